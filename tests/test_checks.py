"""Every check query is seen to fire, and alone, on the smallest data that breaks its rule.

A fixture is named after its check; further cases of one check add a word after a dot.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import questions, validate
from kg.resources import files, root
from kg.store import Embedded

CHECKS = root() / "queries" / "checks"
FIXTURES = files(Path(__file__).parent / "bad" / "checks", "*.*")
NAMES = sorted(path.stem for path in files(CHECKS, "*.rq"))
FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG}


def check_of(path: Path) -> str:
    return path.name.partition(".")[0]


def load(path: Path) -> Embedded:
    quads = list(ox.parse(path=str(path), format=FORMATS[path.suffix]))
    union = {str(quad.triple) for quad in quads}
    named = {f"{quad.triple} {quad.graph_name}" for quad in quads if quad.graph_name != ox.DefaultGraph()}
    store = Embedded()
    store.load(f"{line} ." for line in sorted(union | named))
    return store


@pytest.mark.parametrize("name", NAMES)
def test_check_has_fixture(name: str) -> None:
    assert name in {check_of(path) for path in FIXTURES}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_fixture_fires_its_check_alone(path: Path) -> None:
    findings = validate.checks(load(path), CHECKS)

    assert {finding.rule for finding in findings} == {check_of(path)}, findings


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_fixture_belongs_to_a_check(path: Path) -> None:
    assert check_of(path) in NAMES
    assert path.suffix == (
        ".trig" if "GRAPH" in (CHECKS / f"{check_of(path)}.rq").read_text(encoding="utf-8") else ".ttl"
    )


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_fixture_is_small(path: Path) -> None:
    assert len(list(ox.parse(path=str(path), format=FORMATS[path.suffix]))) <= 20


def test_checks_read_are_the_files() -> None:
    assert sorted(questions.read(CHECKS)) == NAMES
