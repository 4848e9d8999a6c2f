"""The layouts: every style is recognised, labels lead to fields, empty labels to nothing."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from kg.errors import SourceError
from kg.reading.blocks import cut
from kg.reading.layouts import Layouts, key, load
from kg.reading.text import of

LAYOUTS = load()

STYLES = {
    "crick": "A summary.\nStudy Type\nINTERVENTIONAL\nPurpose\nTREATMENT\nEnrollment\n8\nTime frame: 3 months",
    "veeva": "Status and phase\nConditions\nTreatments\nAbout\nText.\nFull description\nText.",
    "clinicaltrialexchange": "Overview\nA title\nStatus:\nCompleted\nTrial end date:\n\nTarget enrollment:\n51",
    "medpath": "A title\n- Registration Number\n- NCT01234567\n- Target Recruitment\n- 11",
    "meddatax": "A title\nNCT ID: NCT01234567\nLast Updated: 2019-10-09\nBlinding Strategy\nTRIPLE",
    "ctgov": "ClinicalTrials.gov Identifier: NCT01234567\nRecruitment Status  :\nCompleted\nLast Update Posted  : x",
    "ctgov_modern": "ClinicalTrials.gov ID NCT01234567\nStudy Overview\nEnrollment (Actual)\n20",
    "who_ictrp": "Note: This record shows only 22 elements\nMain ID: JPRN-UMIN000015469\nLast refreshed on: 1 May 2020",
    "trials_co": "A title\nSponsored by\nA company",
    "centerwatch": "A title\nOverall Status:\nCompleted\nClinical Study ID\nNCT01234567",
    "ichgcp": "ICH GCP\nA title\nMay 1, 2020 updated by: A company",
    "withpower": "A drug for a disease\n(NAME Trial)\nTrial Phase: Phase 3",
    "biotechhunter": "BiotechHunter\nA title",
    "label_lines": "Study Status: Completed\nOfficial Title: A title\nBrief Summary: Text.",
    "isrctn": "ISRCTN registry\nISRCTN48188950",
    "anzctr": "Trial registered on ANZCTR\nRegistration number\nACTRN12620000391943",
    "eu_ctr": "EudraCT Number: | 2012-005772-34\nA.3 | Full title of the trial | A title",
    "prose": "A society writes about a trial.\nIt has begun.",
}


@pytest.mark.parametrize("style", STYLES)
def test_style_is_recognised(style: str) -> None:
    assert LAYOUTS.style(of(STYLES[style])).name == style


def test_every_style_has_a_test() -> None:
    source = Layouts.__module__ and (load.__globals__["root"]() / "ontology/reading/layouts.toml").read_text("utf-8")

    assert set(re.findall(r'\[\[style\]\]\nname = "(\w+)"', source)) == set(STYLES)


def test_labels_are_in_their_compared_form_and_lead_to_one_field() -> None:
    labels = Counter(label for field in LAYOUTS.fields.values() for label in field.labels)

    assert [label for label, count in labels.items() if count > 1] == []
    assert [label for label in labels if label != key(label)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sex\nAges\n18 to 75 years", {"sex": [], "ages": ["18 to 75 years"]}),
        ("Sponsor:\nCollaborator:\nA company", {"sponsor": [], "ignore": ["A company"]}),
        ("- Status\n- Not specified\n- Sex\n- All", {"status": [], "sex": ["All"]}),
        ("Primary purpose\nTreatment\nMasking\nNone", {"purpose": ["Treatment"], "masking": ["None"]}),
        ("It is given.Phase:\nPhase 1", {"loose": ["It is given."], "phase": ["Phase 1"]}),
        ("| Allocation: | Randomized |", {"allocation": ["Randomized"]}),
        ("Phase\nPhase 2\nPhase 3\nSex\nAll", {"phase": ["Phase 2", "Phase 3"], "sex": ["All"]}),
    ],
)
def test_lines_go_under_their_labels(text: str, expected: dict[str, list[str]]) -> None:
    found = {block.field: [line.text for line in block.lines] for block in cut(LAYOUTS, of(text)).blocks}

    assert {field: lines for field, lines in found.items() if lines or field in expected} == expected


def test_head_of_a_table_names_its_columns() -> None:
    text = "| Condition or disease | Phase |\n| --- | --- |\n| Dermatomyositis | Phase 3 |"

    found = {block.field: block.lines[0].text for block in cut(LAYOUTS, of(text)).blocks if block.lines}

    assert found == {"conditions": "Dermatomyositis", "phase": "Phase 3"}


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("phase", "Phase 2/Phase 3", "PHASE2/PHASE3"),
        ("phase", "Phase II", "PHASE2"),
        ("phase", "Condition", None),
        ("status", "ecruiting", "RECRUITING"),
        ("status", "Not yet enrolling", "NOT_YET_RECRUITING"),
        ("status", "Terminated (slow accrual)", "TERMINATED"),
        ("masking", "None (Open Label)", "NONE"),
        ("allocation", "Non-Randomized", "NON_RANDOMIZED"),
        ("sex", "Male and Female", "ALL"),
        ("sex", "Ages", None),
    ],
)
def test_values(field: str, text: str, expected: str | None) -> None:
    assert LAYOUTS.value(field, text) == expected


@pytest.mark.parametrize("source", ["", "x = ", "field = 3"])
def test_bad_layouts_are_refused(source: str) -> None:
    with pytest.raises(SourceError, match="layouts in the form"):
        Layouts(source)
