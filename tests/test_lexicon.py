"""What a mention names, by small lexicons: each rule with what it allows and what it forbids."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.lexicon import Entry, Lexicon, Link, is_word, tokens
from kg.policies import DISEASES, INTERVENTIONS, MEASURES, ORGANISATIONS

DRUGS = Lexicon(
    [
        Entry("abatacept", ("Orencia", "BMS-188667"), ("abatacpet sc",)),
        Entry("azathioprine", ("AZA", "Imuran")),
        Entry("cyclosporine", ("ciclosporin",)),
        Entry("glucocorticoids (class)", ("glucocorticoids", "steroids"), group="glucocorticoid", generic=True),
        Entry(
            "human immunoglobulin, intravenous",
            ("IVIG", "intravenous immunoglobulin", "normal immunoglobulin"),
            group="immunoglobulin",
        ),
        Entry("interferon beta-1a", ("IFN-β1a",)),
        Entry("methotrexate", ("MTX",)),
        Entry("placebo"),
        Entry("prednisolone", group="glucocorticoid"),
        Entry("prednisone", group="glucocorticoid"),
        Entry("rituximab", ("MabThera", "double")),
        Entry("tacrolimus", ("double",)),
        Entry("mesenchymal stromal cells", ("MSC",)),
        Entry("bimagrumab", ("BYM338",)),
        Entry("dazukibart", ("PF-06823859",)),
        Entry("nameless", ("+", "")),
    ],
    INTERVENTIONS,
    {"immunosuppressant of choice": (), "triple therapy": ("methotrexate", "azathioprine"), "retuximab": ()},
)


def entities(text: str, lexicon: Lexicon = DRUGS) -> list[str]:
    return [link.entity for link in lexicon.link(text)]


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ([], ""),
        (["pf", "06823859", "(", "anti", "ifn", "beta", ")"], "PF-06823859 (anti-IFN-β)"),
        (["0.5", "mg", "/", "kg"], "0.5 mg/kg"),
        (["orencia", "125"], "Orencia(R)125"),
        (["5", "ug"], "5 \N{MICRO SIGN}g"),
        (["behcet"], "Behçet"),
        (["a", "+", "b"], "A + b"),
    ],
)
def test_tokens(expected: list[str], text: str) -> None:
    assert expected == tokens(text)


@given(st.text())
def test_tokens_are_lower_case_ascii(text: str) -> None:
    found = tokens(text)

    assert all(token and token.isascii() and token == token.lower() for token in found)
    assert found == tokens(" ".join(found))


@pytest.mark.parametrize(
    ("expected", "token"), [(True, "drug"), (True, "5"), (False, "+"), (False, "and"), (False, "(")]
)
def test_is_word(expected: bool, token: str) -> None:
    assert is_word(token) is expected


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Link("abatacept", "exact", 1.0, "abatacept"), "ABATACEPT"),
        (Link("abatacept", "synonym", 1.0, "Orencia"), "orencia 125 mg weekly"),
        (Link("abatacept", "variant", 1.0, "abatacpet sc"), "Abatacpet-SC"),
        (Link("abatacept", "synonym", 1.0, "BMS-188667"), "BMS 188667"),
        (Link("azathioprine", "fuzzy", 0.917, "azathioprine"), "azathiopirne 50 mg"),
        (Link("prednisolone", "exact", 1.0, "prednisolone"), "Prednisolone"),
    ],
)
def test_evidence(expected: Link, text: str) -> None:
    assert (expected,) == DRUGS.link(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["methotrexate", "azathioprine"], "methotrexate plus azathioprine"),
        (["azathioprine", "methotrexate"], "Imuran, then MTX"),
        (["abatacept"], "Orencia (abatacept), abatacept"),
        (["dazukibart"], "PF06823859"),
        (["interferon beta-1a"], "IFN-beta 1a"),
        (["human immunoglobulin, intravenous"], "intravenous immunoglobulin 2 g/kg"),
        ([], "no drug named"),
        ([], ""),
        ([], "+"),
    ],
)
def test_names_are_found_as_whole_words(expected: list[str], text: str) -> None:
    assert expected == entities(text)


@pytest.mark.parametrize("text", ["preabatacept", "abataceptlike substance"])
def test_names_inside_words_are_not_found(text: str) -> None:
    assert entities(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "steroid-sparing agent",
        "steroids-sparing agent",
        "anti-rituximab antibodies",
        "without methotrexate",
        "methotrexate-naive",
        "abatacept analogue",
        "tacrolimus-eluting stent",
    ],
)
def test_words_around_a_name_forbid_it(text: str) -> None:
    assert entities(text) == []


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["placebo"], "Placebo"),
        (["placebo"], "placebo matching abatacept"),
        (["placebo"], "Placebo for methotrexate and abatacept"),
        (["placebo"], "sham"),
        (["placebo", "methotrexate"], "placebo + methotrexate"),
        (["methotrexate", "placebo"], "methotrexate plus placebo"),
        (["placebo", "methotrexate"], "placebo and methotrexate"),
        (["placebo"], "placebo plus placebo"),
    ],
)
def test_what_is_said_to_be_a_placebo_is_one(expected: list[str], text: str) -> None:
    assert expected == entities(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["azathioprine"], "AZA"),
        (["azathioprine"], "AZA 50 mg daily"),
        (["azathioprine"], "oral AZA"),
        (["azathioprine", "methotrexate"], "AZA + MTX"),
        (["azathioprine"], "AZA (azathioprine)"),
        (["azathioprine"], "AZA [Imuran"),
        (["azathioprine"], "AZA (50 mg)"),
        ([], "AZA (acetazolamide)"),
        ([], "AZA [acetazolamide"),
        ([], "AZA score of muscles"),
        ([], "muscle MSC study"),
        (["mesenchymal stromal cells"], "MSC infusion"),
        (["bimagrumab"], "BYM338 study"),
    ],
)
def test_short_abbreviations_count_only_alone(expected: list[str], text: str) -> None:
    assert expected == entities(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["rituximab"], "rituxymab"),
        (["cyclosporine"], "cyclosporin"),
        ([], "xituximab"),
        ([], "rituxmyab b"),
        ([], "tacrolymuss"),
        (["human immunoglobulin, intravenous"], "normal imunoglobuln"),
        ([], "intravenous imunoglobuln"),
        ([], "normal + imunoglobulin"),
    ],
)
def test_misspelt_long_names(expected: list[str], text: str) -> None:
    assert expected == entities(text)


def test_misspelling_near_two_names_links_neither() -> None:
    near = Lexicon([Entry("abcdefgh"), Entry("abcdefgi")], INTERVENTIONS)

    assert entities("abcdefgj", near) == []
    assert entities("abcdefg", near) == []


def test_misspelling_near_two_names_of_one_entity_takes_the_nearest() -> None:
    one = Lexicon([Entry("abcdefghijklmno", ("abcdefghijklmxx",))], INTERVENTIONS)
    (link,) = one.link("abcdefghijklmnx")

    assert link == Link("abcdefghijklmno", "fuzzy", 0.933, "abcdefghijklmno")


@pytest.mark.parametrize("text", ["azathioprine5", "abatcep", "retuximab"])
def test_no_misspelling_of_numbers_short_or_decided_names(text: str) -> None:
    assert [link.method for link in DRUGS.link(text) if link.method == "fuzzy"] == []


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ([], "Immunosuppressant of choice"),
        (["methotrexate", "azathioprine"], "triple therapy"),
        ([], "retuximab"),
    ],
)
def test_decisions_come_first(expected: list[str], text: str) -> None:
    assert expected == entities(text)
    assert {link.method for link in DRUGS.link(text)} <= {"decision"}
    assert DRUGS.is_decided(text)


def test_other_texts_are_not_decided() -> None:
    assert not DRUGS.is_decided("abatacept")


def test_ambiguous_names_never_link() -> None:
    assert DRUGS.ambiguous == {"double": ("rituximab", "tacrolimus")}
    assert entities("double") == []


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["prednisone"], "steroids (prednisone)"),
        (["glucocorticoids (class)"], "steroids"),
        (["glucocorticoids (class)", "methotrexate"], "glucocorticoids and methotrexate"),
    ],
)
def test_generic_gives_way_to_a_member_of_its_class(expected: list[str], text: str) -> None:
    assert expected == entities(text)


DISORDERS = Lexicon([Entry("dermatomyositis", ("DM",)), Entry("myositis disease", ("Myositis",))], DISEASES)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["dermatomyositis"], "Dermatomyositis"),
        (["dermatomyositis"], "refractory adult dermatomyositis"),
        (["dermatomyositis"], "DM"),
        (["myositis disease"], "active myositis"),
        ([], "dermatomyositis and lupus"),
        ([], "juvenile dermatomyositis"),
        ([], "dermatomyositus"),
        ([], "refractory"),
    ],
)
def test_diseases_are_named_by_the_whole_text(expected: list[str], text: str) -> None:
    assert expected == entities(text, DISORDERS)


SPONSORS = Lexicon([Entry("University of Pittsburgh", ("Pitt",)), Entry("Kezar")], ORGANISATIONS)


@pytest.mark.parametrize(
    ("expected", "text"),
    [(["University of Pittsburgh"], "university of pittsburgh"), (["Kezar"], "Kezar"), ([], "Kezar Life Sciences")],
)
def test_organisations_are_named_by_the_whole_text(expected: list[str], text: str) -> None:
    assert expected == entities(text, SPONSORS)


INSTRUMENTS = Lexicon(
    [
        Entry("total improvement score", ("TIS", "TISs")),
        Entry("minimal improvement", parents=("total improvement score",), cutoff=Decimal(20)),
        Entry("moderate improvement", parents=("total improvement score",), cutoff=Decimal("40.0")),
        Entry("first of two", parents=("manual muscle testing",), cutoff=Decimal(5)),
        Entry("second of two", parents=("manual muscle testing",), cutoff=Decimal(5)),
        Entry("manual muscle testing", ("MMT",)),
        Entry("muscle enzymes"),
    ],
    MEASURES,
)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["total improvement score"], "Change in total improvement scores"),
        (["total improvement score"], "Mean TIS"),
        (["minimal improvement"], "TIS >= 20 at week 24"),
        (["minimal improvement"], "TIS \N{GREATER-THAN OR EQUAL TO}20"),
        (["moderate improvement"], "TIS of at least 40"),
        (["total improvement score"], "TIS >= 30"),
        (["manual muscle testing"], "MMT at least 5"),
        (["muscle enzymes"], "Muscle enzyme"),
        (["total improvement score", "manual muscle testing"], "TIS and MMT"),
        ([], "adverse events"),
        ([], "total improvment score"),
    ],
)
def test_measures_are_named_inside_a_title(expected: list[str], text: str) -> None:
    assert expected == entities(text, INSTRUMENTS)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_candidates_are_ranked_and_few(limit: int) -> None:
    found = DRUGS.candidates("azathioprene tablets", limit)
    scores = [score for _, score in found]

    assert found[0][0] == "azathioprine"
    assert len({entity for entity, _ in found}) == len(found) <= limit
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_lexicon_without_names_answers_with_nothing() -> None:
    nothing = Lexicon([], INTERVENTIONS)

    assert nothing.link("abatacept") == ()
    assert nothing.candidates("abatacept") == ()


@given(
    st.text()
    | st.lists(st.sampled_from(["AZA", "MTX", "placebo", "(", ")", "+", "and", "anti", "50", "for"])).map(" ".join)
)
def test_links_of_any_text_are_known_and_each_once(text: str) -> None:
    found = DRUGS.link(text)

    assert len({link.entity for link in found}) == len(found)
    assert {link.entity for link in found} <= set(DRUGS.entries)
    assert all(0.8 <= link.score <= 1 for link in found)
    assert all((link.score < 1) is (link.method == "fuzzy") for link in found)
