"""Polarity traps: triples that the union must hold, and triples that it must not."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from kg import build
from kg.names import expand, own
from kg.resources import root
from kg.store import Embedded, Term

ANYTHING = "*"
TREATMENT = {
    "biolink:treats",
    "biolink:treats_or_applied_or_studied_to_treat",
    "RO:0002606",
    "schema:possibleTreatment",
}
"""Predicates that no triple may use, so that no trap can show that they are in use."""

UNAPPROVED = [
    ("abatacept", "idiopathic-inflammatory-myopathy"),
    ("dazukibart", "idiopathic-inflammatory-myopathy"),
    ("lenalidomide", "idiopathic-inflammatory-myopathy"),
    ("rituximab", "idiopathic-inflammatory-myopathy"),
    ("tofacitinib", "idiopathic-inflammatory-myopathy"),
]
"""A drug, and a branch of diseases that no regulator has approved it for."""


class Trap(NamedTuple):
    """One line of the table."""

    name: str
    subject: str
    predicate: str
    object: str
    holds: str
    why: str


def read() -> list[Trap]:
    path = Path(__file__).parent / "golden" / "traps.tsv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    header, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(header) != Trap._fields:
        raise ValueError(f"saw the columns {header}, expected {Trap._fields}")
    return [Trap(*row) for row in rows]


TRAPS = read()
NEGATIVE = [trap for trap in TRAPS if trap.holds == "no"]


@pytest.fixture(scope="module")
def union() -> Embedded:
    inputs = build.read(root())
    graphs = build.infer(inputs, build.transform(inputs, build.link(inputs)))
    store = Embedded()
    store.load(f"{line} ." for line in graphs.union())
    return store


def found(union: Embedded, *terms: str) -> bool:
    bind = {
        name: Term(expand(curie), "iri")
        for name, curie in zip(("subject", "predicate", "object"), terms, strict=True)
        if curie != ANYTHING
    }
    query = "SELECT ?subject ?predicate ?object WHERE { ?subject ?predicate ?object } LIMIT 1"
    return bool(union.select(query, bind).rows)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_trap(trap: Trap, union: Embedded) -> None:
    seen = found(union, trap.subject, trap.predicate, trap.object)

    assert seen is (trap.holds == "yes"), f"{trap.subject} {trap.predicate} {trap.object}: {trap.why}"


@pytest.mark.parametrize("trap", NEGATIVE, ids=lambda trap: trap.name)
def test_negative_trap_speaks_of_known_things(trap: Trap, union: Embedded) -> None:
    named = [curie for curie in (trap.subject, trap.object) if curie != ANYTHING]
    absent = trap.subject.startswith("approval:") and trap.object == ANYTHING
    unknown = [curie for curie in named if not absent and not found(union, curie, "rdf:type", ANYTHING)]

    assert unknown == []
    assert trap.predicate in TREATMENT or found(union, ANYTHING, trap.predicate, ANYTHING)


@pytest.mark.parametrize(("drug", "branch"), UNAPPROVED)
def test_no_regulator_has_approved(drug: str, branch: str, union: Embedded) -> None:
    query = """
        PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
        SELECT ?approval ?drug ?branch WHERE {
          ?approval myo:approvedDrug ?drug ; myo:indication/myo:inBranch ?branch .
        }
    """
    bind = {"drug": Term(own("drug", drug), "iri"), "branch": Term(own("disease", branch), "iri")}
    known = {"branch": bind["branch"]}

    assert union.select(query, known).rows
    assert union.select(query, bind).rows == ()


def test_table_is_in_order_and_wide_enough() -> None:
    names = [trap.name for trap in TRAPS]

    assert names == sorted(set(names))
    assert {trap.holds for trap in TRAPS} == {"yes", "no"}
    assert len(TRAPS) >= 40
    assert 0.4 <= len(NEGATIVE) / len(TRAPS) <= 0.7
    assert all(all(trap) for trap in TRAPS)
