"""Grades of evidence: judged by hand for some trials, and moved by exactly what they rest on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import projects
import pytest

from kg.names import own
from kg.store import Embedded
from kg.triples import Graphs

GOLDEN = Path(__file__).parent / "golden" / "grades.tsv"
ASKED = """
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?trial ?grade ?limit WHERE {
  ?trial myo:evidenceGrade/skos:notation ?grade .
  OPTIONAL { ?trial myo:evidenceLimit/skos:notation ?limit }
}
"""


def rows() -> list[dict[str, str]]:
    lines = [line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def grades(graphs: Graphs) -> Mapping[str, tuple[str, set[str]]]:
    store = Embedded()
    store.load(f"{line} ." for line in graphs.union())
    found: dict[str, tuple[str, set[str]]] = {}
    for row in store.select(ASKED).texts():
        grade, limits = found.setdefault(row["trial"].removeprefix(own("trial", "")), (row["grade"], set()))
        assert grade == row["grade"], "one grade for each trial"
        limits |= {row["limit"]} - {""}
    return found


@pytest.fixture(scope="module")
def graded(graphs: Graphs) -> Mapping[str, tuple[str, set[str]]]:
    return grades(graphs)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["trial"])
def test_grade_is_the_judged_one(row: dict[str, str], graded: Mapping[str, tuple[str, set[str]]]) -> None:
    grade, limits = graded.get(row["trial"], ("none", set()))

    assert grade == row["grade"], row["why"]
    assert limits == set(filter(None, row["limits"].split("|"))), row["why"]


def test_every_trial_with_a_verdict_has_one_grade(graphs: Graphs, graded: Mapping[str, tuple[str, set[str]]]) -> None:
    judged = {line.split(" ")[0] for line in graphs.union() if line.split(" ")[1].endswith("/ontology/verdict>")}

    assert len(judged) >= 40
    assert {f"<{own('trial', trial)}>" for trial in graded} == judged


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        ('"enrolment": 22', '"enrolment": 50', {"few participants"}, set()),
        ('"allocation": "Randomized"', '"allocation": "Non-randomized"', set(), {"no randomized control"}),
        ('"verdict": "primary end point met"', '"verdict": "primary end point missed"', set(), set()),
        ('"verdict": "primary end point met"', '"verdict": "interim"', set(), {"open verdict"}),
    ],
)
def test_a_change_of_one_trial_moves_its_grade_alone(
    old: str, new: str, gone: set[str], come: set[str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = projects.copy(projects.project(tmp_path_factory), tmp_path / "project")
    before = dict(grades(projects.graphs_of(project)))
    projects.change(project / "data" / "trials" / "NCT02466243.json", old, new)
    after = dict(grades(projects.graphs_of(project)))

    assert after["NCT02466243"][1] == (before["NCT02466243"][1] - gone) | come
    assert {name: grade for name, grade in after.items() if name != "NCT02466243"} == {
        name: grade for name, grade in before.items() if name != "NCT02466243"
    }
