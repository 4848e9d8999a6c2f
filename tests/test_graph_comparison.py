"""Trials compared by mechanism agree with what was judged by hand, and effects are said as stated."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import QueryError
from kg.graph import comparison, effects, projection, sentences
from kg.graph.comparison import Compared, TrialRow
from kg.graph.projection import Graph
from kg.store import Embedded

GOLDEN = Path(__file__).parent / "golden" / "comparison.tsv"
LINES = [line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
EXPECTED = list(csv.DictReader(LINES, delimiter="\t"))
ASKED = tuple(dict.fromkeys(row["asked"] for row in EXPECTED))


@pytest.fixture(scope="module")
def checked(graph: Graph) -> Graph:
    return projection.checked(graph)


@pytest.fixture(scope="module")
def compared(whole_store: Embedded, checked: Graph) -> tuple[Compared, ...]:
    return comparison.compare(whole_store, checked, ASKED)


@pytest.fixture(scope="module")
def rows(compared: tuple[Compared, ...]) -> dict[tuple[str, str], TrialRow]:
    return {(one.asked, row.trial.removeprefix("trial:")): row for one in compared for row in one.trials}


def test_golden_is_read() -> None:
    assert len(EXPECTED) == 19
    assert ASKED == ("co-stimulation", "JAK/TYK2", "FcRn")


def test_trials_of_each_mechanism(rows: dict[tuple[str, str], TrialRow]) -> None:
    assert [(row["asked"], row["trial"]) for row in EXPECTED] == list(rows)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["trial"])
def test_trial(expected: dict[str, str], rows: dict[tuple[str, str], TrialRow], graph: Graph) -> None:
    row = rows[expected["asked"], expected["trial"]]
    drugs = "; ".join(sentences.name(graph, drug) for drug in row.drugs)

    assert expected == {
        "asked": expected["asked"],
        "trial": expected["trial"],
        "drugs": drugs,
        "population": row.population,
        "outcome": "; ".join(row.outcomes),
        "verdict": row.verdict,
    }


def test_results_of_abatacept_in_full(rows: dict[tuple[str, str], TrialRow]) -> None:
    row = rows["co-stimulation", "NCT02971683"]

    assert row.effects == (
        "IMACS DOI at week 24: 56.0 % (abatacept) against 42.5 % (placebo); "
        "abatacept vs placebo: odds ratio 1.8 (0.9 to 3.5), p = 0.083",
    )
    assert (row.verdict, row.people, row.comparator) == (
        "primary end point missed",
        "149",
        "Placebo + standard treatment",
    )
    assert (row.phase, row.design) == ("phase 3", "randomized, parallel, quadruple")
    assert row.evidence == "moderate (not published)"


@pytest.mark.parametrize(
    ("asked", "trial", "effect"),
    [
        (
            "IVIG",
            "NCT02728752",
            "TIS responders (TIS>=20) at week 16: 79 %, 37 of 47 (IVIG) against 44 %, 21 of 48 (placebo)",
        ),
        (
            "rituximab",
            "NCT00106184",
            "Median time to DOI, early against late rituximab: median 20.0 weeks (early rituximab) against median 20.2 "
            "weeks (late rituximab); early rituximab vs late rituximab: p = 0.74",
        ),
        ("tofacitinib", "NCT03002649", "IMACS DOI at 12 weeks: 10 of 10 (tofacitinib); stated: positive"),
        ("zilucoplan", "NCT04025632", "Percent change of CK at week 8, zilucoplan vs placebo: stated: not significant"),
        ("abatacept", "NCT01315938", "DOI at 6 months, both arms: 8 of 19 (both arms)"),
    ],
)
def test_effects(asked: str, trial: str, effect: str, whole_store: Embedded, checked: Graph) -> None:
    (one,) = comparison.compare(whole_store, checked, [asked])

    assert {row.trial: row.effects for row in one.trials}[f"trial:{trial}"] == (effect,)


def test_drugs_without_a_trial_are_named(compared: tuple[Compared, ...], graph: Graph) -> None:
    said = comparison.text(compared, graph)

    assert "co-stimulation: 5 trials of abatacept; no trial here of belatacept\n" in said
    assert "no trial here of batoclimab and rozanolixizumab\n" in said


def test_nothing_is_pooled(compared: tuple[Compared, ...]) -> None:
    """Every figure of a text stands in the results of one trial."""
    rows = comparison.rows(compared)

    assert rows.columns == comparison.COLUMNS
    assert len(rows.rows) == len(EXPECTED)


def test_only_trials_of_the_disease(whole_store: Embedded, checked: Graph) -> None:
    (one,) = comparison.compare(whole_store, checked, ["JAK/TYK2"], "disease:inclusion-body-myositis")

    assert [row.trial for row in one.trials] == ["trial:NCT06536166"]


def test_unchecked_mechanisms_count_only_when_asked_for(whole_store: Embedded, graph: Graph, checked: Graph) -> None:
    unchecked = "mechanism:human-immunoglobulin-subcutaneous-modulates-fcgrt-fcgr2b"

    assert unchecked in graph
    with pytest.raises(QueryError, match="names no mechanism that was checked against a source"):
        comparison.compare(whole_store, checked, [unchecked])
    (one,) = comparison.compare(whole_store, graph, [unchecked])
    assert [row.trial for row in one.trials] == ["trial:NCT02271165", "trial:NCT04044690"]


def test_words_that_name_nothing(whole_store: Embedded, checked: Graph) -> None:
    with pytest.raises(
        QueryError, match=r"no mechanism is named 'moonlight'.*a drug, target, process or class can be given"
    ):
        comparison.compare(whole_store, checked, ["moonlight"])


@pytest.mark.parametrize(
    ("number", "places", "shown"), [("56", 1, "56.0"), ("42.5", 1, "42.5"), ("7", 0, "7"), ("1.5", 3, "1.500")]
)
def test_decimals_as_the_neighbours_have(number: str, places: int, shown: str) -> None:
    assert effects.padded(number, places) == shown


def test_what_a_row_says_has_receipts(whole_store: Embedded, compared: tuple[Compared, ...]) -> None:
    found = comparison.receipts(whole_store, compared)
    stated = [(receipt.triple[1], receipt.value) for receipt in found["trial:NCT02971683"]]

    assert {row.trial for one in compared for row in one.trials} == set(found)
    for expected in (
        ("myo:percent", "56.0"),
        ("myo:percent", "42.5"),
        ("myo:value", "1.8"),
        ("myo:lowerBound", "0.9"),
        ("myo:upperBound", "3.5"),
        ("myo:pValue", "0.083"),
        ("myo:enrolment", "149"),
        ("myo:verdict", "primary end point missed"),
        ("myo:condition", "Dermatomyositis"),
        ("myo:timeFrame", "week 24"),
    ):
        assert expected in stated
    for one in compared:
        for row in one.trials:
            predicates = {receipt.triple[1] for receipt in found[row.trial]}
            assert "myo:condition" in predicates
            assert bool(row.verdict) is ("myo:verdict" in predicates)
            assert bool(row.people) is ("myo:enrolment" in predicates)


# The verb.


def test_compare_prints_text_and_tables(whole_build: Path) -> None:
    text, table = (
        CliRunner().invoke(main, ["compare", "CTLA-4", "FcRn", "--build", str(whole_build), *more])
        for more in (["--receipts"], ["--output", "json"])
    )

    assert text.exit_code == table.exit_code == 0
    assert "56.0 % (abatacept) against 42.5 % (placebo)" in text.output
    assert "myo:pValue 0.083: record:curated-NCT02971683 at /results/" in text.output
    assert len(json.loads(table.output)) == 8
    assert json.loads(table.output)[0]["trial"] == "https://w3id.org/myositis-kg/trial/NCT01315938"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["moonlight"], "kg: no mechanism is named"), (["FcRn", "--in", "x"], "kg: no disease is named 'x'")],
)
def test_compare_what_cannot_be_used(arguments: list[str], said: str, whole_build: Path) -> None:
    result = CliRunner().invoke(main, ["compare", *arguments, "--build", str(whole_build)])

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
