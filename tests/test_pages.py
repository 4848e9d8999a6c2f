"""Reading pages: fields, arms, outcomes, and what must stay absent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.reading.readings import Fact, Reading
from kg.reading.text import of
from kg.sources.pages import read

CRICK = """The goal is to evaluate apremilast in active cutaneous dermatomyositis.
The disease is rare. Twelve patients were reported earlier.
Study Type
INTERVENTIONAL
Allocation
RANDOMIZED
Purpose
TREATMENT
Masking
NONE
Enrollment
40
Apremilast 30 mg twice a day plus prednisone
Prednisone alone
A Hospital
New Orleans, Louisiana, United States
CDASI activity score
Score (0-100), higher scores mean a worse outcome
Time frame: 12 weeks
CDASI activity score
Score (0-100), higher scores mean a worse outcome
Time frame: 24 weeks
Adverse event
Time frame: 24 weeks
This platform is for informational purposes only and does not constitute medical advice."""

LOST = "\n".join(
    [
        "Status and phase",
        "Conditions",
        "Treatments",
        "About",
        "Abatacept is studied.",
        "Full description",
        "Text.",
        "Enrollment",
        "Sex",
        "Ages",
        "Primary purpose",
        "Allocation",
        "Interventional model",
        "Masking",
        "20 participants in 1 patient group",
        "Loading...",
    ]
)


def values(reading: Reading) -> dict[str, str | int]:
    return {field: fact.value for field, fact in reading.facts.items()}


def roles(text: str) -> dict[str, str]:
    return {item.canonical: item.role for item in read(of(text)).interventions}


def test_unlabelled_lines_mean_what_their_order_says() -> None:
    reading = read(of(CRICK))

    assert values(reading)["enrollment"] == 40
    assert {i.canonical: i.role for i in reading.interventions} == {
        "apremilast": "experimental",
        "prednisone": "background",
    }
    assert [(site.facility, site.city, site.country) for site in reading.locations] == [
        ("A Hospital", "New Orleans", "United States")
    ]


def test_a_measure_with_two_time_frames_is_two_outcomes() -> None:
    outcomes = read(of(CRICK)).outcomes

    assert [(o.canonical, o.time_frame, o.range, o.direction) for o in outcomes] == [
        ("CDASI-A", "12 weeks", "0-100", "higher_worse"),
        ("CDASI-A", "24 weeks", "0-100", "higher_worse"),
        ("adverse events", "24 weeks", None, None),
    ]


def test_headings_without_values_give_nothing() -> None:
    assert values(read(of(LOST))) == {"enrollment": 20, "n_groups": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Treatments\nDrug: Placebo\nDrug: Zilucoplan (RA101495)",
            {"placebo": "comparator", "zilucoplan": "experimental"},
        ),
        (
            "Intervention\nDexamethasone 40 mg versus prednisolone",
            {"dexamethasone": "experimental", "prednisolone": "comparator"},
        ),
        (
            "Intervention(s)\nPrednisolone + tacrolimus\nPrednisolone + cyclosporin A",
            {"prednisolone": "background", "tacrolimus": "experimental", "ciclosporin": "comparator"},
        ),
        (
            "Arms\nBaricitinib\nExperimental group\nwith prednisone\n"
            "Methotrexate\nActive Comparator group\nwith prednisone",
            {"baricitinib": "experimental", "prednisone": "background", "methotrexate": "comparator"},
        ),
        ("Exclusion criteria\nRituximab within a year", {}),
        ("Interventions\nXYZ-1234", {"XYZ-1234": "experimental"}),
    ],
)  # fmt: skip
def test_roles(text: str, expected: dict[str, str]) -> None:
    assert roles(text) == expected


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("Target enrollment:\n0", "enrollment", None),
        ("Start Date:\n15/06/2015", "start_date", "2015-06-15"),
        ("Start Date: 05/06/2015", "start_date", "2015"),
        ("Last Updated: 2015-06-05", "start_date", None),
        ("Ages\n18 Years and older (Adult, Older Adult)", "age_max", None),
        ("Ages\n18 Years and older (Adult, Older Adult)", "age_min", 18),
        ("Sex/Gender  ICMJE | Sexes Eligible for Study: All", "sex", "ALL"),
        ("Masking: Triple\nSummary\nThis is a double-blind study.", "masking", "TRIPLE"),
        ("Summary\nThis is a double-blind study.", "masking", "DOUBLE_BLIND"),
        ("Summary\nNo controlled or randomised study has been done.", "allocation", None),
        ("Study design: Randomised: yes Open: no Double blind: yes", "masking", "DOUBLE"),
        ("Main ID: JPRN-UMIN000015469", "registry_id", "JPRN-UMIN000015469"),
    ],
)
def test_fields(text: str, field: str, expected: str | int | None) -> None:
    assert read(of(text)).value(field) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Primary Outcome(s)\nChange of FVC at 52 weeks", [("FVC", "primary", "52 weeks")]),
        (
            "Primary outcome\nHAQ-DI\nWeek 24\nCK\nWeek 8",
            [("HAQ-DI", "primary", "Week 24"), ("CK", "primary", "Week 8")],
        ),
        (
            "Secondary Outcome Measures :\n- Mean change in TIS [ Time Frame: Week 16 ]TIS runs from 0 to 100",
            [("TIS", "secondary", "Week 16")],
        ),
        (
            "Primary Outcome Measures\n"
            "Name Time Method Change in DLCO 24 weeks Change in 6MWD 12 weeks six-minute walk",
            [("DLCO", "primary", "24 weeks"), ("6MWD", "primary", "12 weeks")],
        ),
        (
            "Outcomes\nPrimary outcome [1]\nCK\nTimepoint [1]\n84 weeks after baseline",
            [("CK", "primary", "84 weeks after baseline")],
        ),
        ("Summary\nThe primary end point is survival at 12 months.", [("mortality", "primary", "12 months")]),
    ],
)  # fmt: skip
def test_outcomes(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(o.canonical, o.type, o.time_frame) for o in read(of(text)).outcomes] == expected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from([*CRICK.splitlines(), *LOST.splitlines(), "Phase", "|", "a | b", "\\&", "\u0130", "["]))
)
def test_any_order_of_lines_is_read_and_every_quote_stands_where_it_says(lines: list[str]) -> None:
    text = of("\n".join(lines))

    reading = read(text)

    facts: list[Fact] = [*reading.facts.values(), *reading.secondary_ids, *reading.countries]
    places = [(fact.span, fact.quote) for fact in facts]
    places += [(item.span, item.quote) for item in reading.conditions]
    places += [(item.span, item.quote) for item in reading.interventions]
    places += [(item.span, item.quote) for item in reading.outcomes]
    places += [(item.span, item.quote) for item in reading.locations]
    assert all(text.original[start:end] == quote and quote for (start, end), quote in places)
