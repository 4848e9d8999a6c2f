"""Tests of benchmarks/page_score.py: a slip of the reader lowers the figure that it belongs to."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from kg.reading.readings import Condition, Fact, Intervention, Outcome, Reading
from kg.reading.statements import Approval, Claims, Mechanism, Recommendation
from kg.reading.vocabulary import load
from kg.resources import root

sys.path.insert(0, str(root() / "benchmarks"))

from page_score import Scorer, frame, overlap, same

AT = (0, 1)
NOTHING = Claims((), (), (), (), (), ())
TELLS = "Abatacept binds CD80."
APPROVED = "It is approved for gout, not for myositis."


def gold(**facts: Any) -> dict[str, Any]:
    """Return the gold facts of a page that states only what is given."""
    empty: dict[str, Any] = {name: [] for name in ("conditions", "interventions", "outcomes", "mechanism_claims")}
    return {"file": "a", **empty, "approved_indications_claimed": [], "background_treatments": [], **facts}


def reading(claims: Claims = NOTHING, **parts: Any) -> Reading:
    """Return a reading of parts of a page."""
    facts = {name: Fact(value, AT, "x") for name, value in parts.pop("facts", {}).items()}
    return Reading("x", facts, claims=claims, **parts)


def mechanism(drug: str, target: str, *, denied: bool = False) -> Mechanism:
    """Return the claim that a drug binds a target."""
    return Mechanism(drug, drug, "binds", (target,), (target,), None, None, denied, False, AT, TELLS, "r")


def approval(disease: str, *, denied: bool = False) -> Approval:
    """Return the claim that abatacept is approved for a disease."""
    return Approval("abatacept", "It", (disease,), (), denied, False, AT, APPROVED, "r")


@pytest.fixture
def scorer() -> Scorer:
    return Scorer(load())


def figures(scorer: Scorer, field: str) -> tuple[int, int, int, int]:
    """Return right, given, stated, invented of a field."""
    tally = scorer.fields[field]
    return tally.right, tally.given, tally.stated, tally.invented


@pytest.mark.parametrize(
    ("stated", "read", "expected"),
    [
        ("PHASE2", "PHASE2", (1, 1, 1, 0)),
        ("PHASE2", "PHASE3", (0, 1, 1, 0)),
        ("PHASE2", None, (0, 0, 1, 0)),
        (None, "PHASE2", (0, 1, 0, 1)),
        (None, None, (0, 0, 0, 0)),
    ],
)
def test_a_field_is_right_missed_wrong_or_invented(
    scorer: Scorer, stated: str | None, read: str | None, expected: tuple[int, ...]
) -> None:
    scorer.score(gold(phase=stated), reading(facts={} if read is None else {"phase": read}))

    assert figures(scorer, "phase") == expected


def test_a_field_that_is_not_judged_does_not_count(scorer: Scorer) -> None:
    scorer.score(gold(phase=None, unjudged=["phase"]), reading(facts={"phase": "PHASE2"}))

    assert figures(scorer, "phase") == (0, 0, 0, 0)


def test_an_intervention_needs_its_role_and_counts_once(scorer: Scorer) -> None:
    item = {"name": "Orencia", "canonical": "abatacept", "role": "experimental"}
    orencia = Intervention("Orencia", "abatacept", "experimental", AT, "x", "abatacept")
    placebo = Intervention("placebo", "placebo", "comparator", AT, "x", "placebo")
    scorer.score(gold(interventions=[item]), reading(interventions=(orencia, orencia, placebo)))
    scorer.score(gold(interventions=[{**item, "role": "comparator"}]), reading(interventions=(orencia,)))

    assert figures(scorer, "interventions") == (1, 3, 2, 0)


def test_a_measure_with_two_time_frames_is_two_outcomes(scorer: Scorer) -> None:
    items = [
        {"measure": "SF-36", "canonical": "SF-36", "type": "unknown", "time_frame": time}
        for time in ("12 weeks", "24 weeks")
    ]
    have = Outcome("SF-36", "SF-36", "unknown", AT, "x", None, "at 24 weeks")
    scorer.score(gold(outcomes=items), reading(outcomes=(have,)))

    assert figures(scorer, "outcomes") == (1, 1, 2, 0)


def test_an_optional_item_is_neither_rewarded_nor_punished(scorer: Scorer) -> None:
    items = [{"measure": "SF-36", "canonical": None, "type": "unknown", "time_frame": None, "optional": True}]
    have = Outcome("SF-36", "SF-36", "unknown", AT, "x")
    scorer.score(gold(outcomes=items), reading(outcomes=(have,)))
    scorer.score(gold(outcomes=items), reading())

    assert figures(scorer, "outcomes") == (0, 0, 0, 0)


def test_conditions_are_the_same_when_the_tables_link_them(scorer: Scorer) -> None:
    have = Condition("DM", "dermatomyositis", AT, "x", "dermatomyositis")
    scorer.score(gold(conditions=["Dermatomyositis", "polymyositis"]), reading(conditions=(have,)))

    assert figures(scorer, "conditions") == (1, 1, 2, 0)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (mechanism("abatacept", "CD80"), (1, 1, 1, 0)),
        (mechanism("abatacept", "CD28"), (0, 1, 1, 0)),
        (mechanism("belatacept", "CD80"), (0, 1, 1, 0)),
        (mechanism("abatacept", "CD80", denied=True), (0, 0, 1, 0)),
    ],
)
def test_a_mechanism_needs_drug_target_and_polarity(
    scorer: Scorer, claim: Mechanism, expected: tuple[int, ...]
) -> None:
    item = {"drug": "abatacept", "action": "binds", "targets": ["CD80", "CD86"], "quote": TELLS}
    scorer.score(gold(mechanism_claims=[item]), reading(NOTHING._replace(mechanism=(claim,))))

    assert figures(scorer, "mechanism") == expected


def test_a_fact_made_of_a_denial_is_counted_on_its_own(scorer: Scorer) -> None:
    item = {"drug": "abatacept", "indications": ["gout"], "agency": None, "quote": APPROVED}
    page = gold(approved_indications_claimed=[item], not_for=[["abatacept", "myositis"]])
    scorer.score(page, reading(NOTHING._replace(approvals=(approval("gout"), approval("myositis", denied=True)))))

    assert scorer.counts["positive facts from negated sentences"] == 0

    scorer.score(page, reading(NOTHING._replace(approvals=(approval("gout"), approval("myositis")))))

    assert figures(scorer, "approvals") == (2, 3, 2, 0)
    assert scorer.counts["positive facts from negated sentences"] == 1


def test_a_recommendation_needs_its_line(scorer: Scorer) -> None:
    have = Recommendation("human normal immunoglobulin", "IVIG", "DM", "second", None, None, False, False, AT, "x", "r")
    item = {"drug": "human immunoglobulin, intravenous", "line": "second"}
    scorer.score(gold(recommendations=[item]), reading(NOTHING._replace(recommendations=(have,))))
    scorer.score(gold(recommendations=[{**item, "line": "first"}]), reading(NOTHING._replace(recommendations=(have,))))

    assert figures(scorer, "recommendation") == (1, 2, 2, 0)


def test_texts_are_compared_by_letters_and_digits() -> None:
    assert same("Phase\N{NO-BREAK SPACE}2, open-label", "phase 2 open label")
    assert not same("phase 2", "phase 3")
    assert overlap("binds CD80", "Abatacept binds CD80.")
    assert not overlap("", "Abatacept")
    assert frame("at Week 24.") == frame("week 24")
