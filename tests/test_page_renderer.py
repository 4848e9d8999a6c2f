"""Tests of benchmarks/page_renderer.py: a gold fact is a fact that its page prints."""

from __future__ import annotations

import doctest
import sys

import pytest

from kg.lexicon import Lexicon
from kg.resources import root

sys.path.insert(0, str(root() / "benchmarks"))

import page_facts
import page_records
import page_renderer
from page_facts import Arm, Given, Measured, Site, Trial, plain


@pytest.fixture(scope="module")
def lexicons() -> dict[str, Lexicon]:
    return page_renderer.load_lexicons()


TRIAL = Trial(
    {
        "registry_id": "NCT00000001",
        "title": "Abatacept against placebo in dermatomyositis",
        "phase": "PHASE2/PHASE3",
        "study_type": "INTERVENTIONAL",
        "allocation": "RANDOMIZED",
        "model": "PARALLEL",
        "masking": "QUADRUPLE",
        "purpose": "TREATMENT",
        "enrollment": 48,
        "sponsor": "University of Nowhere",
        "status": "ACTIVE_NOT_RECRUITING",
        "age_min": 18,
        "age_max": 75,
        "sex": "ALL",
        "start_date": "2019-07-26",
        "completion_date": "2022-07",
        "n_groups": 2,
    },
    conditions=("Dermatomyositis",),
    given=(
        Given("DRUG", "Abatacept 125 mg", "once a week", ("Abatacept",)),
        Given("DRUG", "Placebo", "", ("Dummy",)),
        Given("DRUG", "Methotrexate", "", ("Abatacept", "Dummy")),
    ),
    arms=(Arm("Abatacept", "EXPERIMENTAL"), Arm("Dummy", "PLACEBO_COMPARATOR")),
    outcomes=(Measured("primary", "CDASI activity score", "24 weeks"), Measured("secondary", "SF-36", "week 12")),
    sites=(Site("Nowhere Hospital", "Nowhere", "Canada"),),
    summary="A comparison.",
)


@pytest.mark.parametrize("style", page_renderer.STYLES)
def test_every_style_prints_its_gold_and_only_that(style: str, lexicons: dict[str, Lexicon]) -> None:
    page = page_renderer.render(TRIAL, style, lexicons)

    assert page == page_renderer.render(TRIAL, style, lexicons)
    text, gold = plain(page.text), page.gold
    assert gold["style"] == style
    for name in ("registry_id", "title", "sponsor", "enrollment", "age_min", "age_max"):
        assert gold[name] in (None, TRIAL.fields[name])
        assert gold[name] is None or plain(str(gold[name])) in text, name
    for name in ("phase", "allocation", "model", "purpose", "sex", "start_date", "completion_date"):
        assert gold[name] in (None, TRIAL.fields[name])
    for item in gold["outcomes"]:
        assert plain(item["measure"]) in text
        assert item["time_frame"] is None or plain(item["time_frame"]) in text
    stated = sum(gold[name] is not None for name in TRIAL.fields) + len(gold["outcomes"])
    assert stated >= (2 if style in ("veeva_lost", "centerwatch_prose") else 6)


def test_a_lost_fact_is_not_gold(lexicons: dict[str, Lexicon]) -> None:
    page = page_facts.Page(TRIAL, "example", lexicons, loss=1)

    assert page.fact("phase") == ""
    assert page.gold()["phase"] is None


def test_roles_come_from_the_arms(lexicons: dict[str, Lexicon]) -> None:
    page = page_facts.Page(TRIAL, "example", lexicons)
    page.given(arms=True)

    roles = {item["canonical"]: item["role"] for item in page.gold()["interventions"]}
    assert roles == {"abatacept": "experimental", "placebo": "comparator", "methotrexate": "background"}


def test_what_prose_may_state_is_not_judged(lexicons: dict[str, Lexicon]) -> None:
    page = page_facts.Page(TRIAL, "example", lexicons)
    page.prose("A double-blind study.")

    assert "masking" in page.gold()["unjudged"]
    assert "enrollment" not in page.gold()["unjudged"]


def test_curated_trials_render_in_every_style(lexicons: dict[str, Lexicon]) -> None:
    trials = list(page_records.trials(registry=root() / "no-such-file"))
    pages = list(page_renderer.pages(trials, lexicons, sample=100))

    assert len(trials) > 100
    assert len(pages) == 100
    assert {page.style for page in pages} <= set(page_renderer.STYLES)


def test_two_thirds_are_for_development() -> None:
    share = sum(page_records.development(f"NCT{number:08}") for number in range(3000)) / 3000

    assert share == pytest.approx(2 / 3, abs=0.03)
    assert page_records.development("NCT04946669")
    assert page_records.development("NCT05488327")


@pytest.mark.skipif(not page_records.REGISTRY.exists(), reason="the registry records are not at hand (../shared/data)")
def test_registry_records_are_read_whole() -> None:
    trial = next(
        trial for trial in page_records.trials() if trial.id.startswith("NCT") and trial.summary.count(" ") > 20
    )

    assert trial.fields["title"]
    assert trial.given
    assert trial.sites or trial.outcomes


@pytest.mark.parametrize("module", [page_facts, page_records])
def test_examples_of_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
    assert doctest.testmod(module).attempted > 0  # type: ignore[arg-type]
