"""Every row of every question rests on receipts, and each of them is found again in its source."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from kg import build, evidence, questions
from kg.errors import QueryError
from kg.evidence import Evidence
from kg.names import own
from kg.questions import Question
from kg.resources import root
from kg.sources.curated import values_at
from kg.store import Embedded
from kg.triples import Graphs

QUESTIONS = questions.read(root() / "queries" / "questions")
VIEWS = tuple(questions.read(root() / "queries" / "views").values())
SAMPLE = 8
"""How many rows are looked at, spread over the answer."""

PREFIXES = """\
PREFIX concept: <https://w3id.org/myositis-kg/concept/>
PREFIX disease: <https://w3id.org/myositis-kg/disease/>
PREFIX drug: <https://w3id.org/myositis-kg/drug/>
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX trial: <https://w3id.org/myositis-kg/trial/>
"""


@pytest.fixture(scope="module")
def store(graphs: Graphs) -> Embedded:
    store = Embedded()
    store.load([*build.union_lines(graphs), *build.receipt_quads(graphs)])
    return store


@cache
def values_of(path: str) -> dict[str, set[str]]:
    """Place in a source -> what stands there, read by the code that re-finds receipts."""
    found = defaultdict(set)
    for place, value in values_at((root() / path).read_bytes(), path):
        found[place].add(value)
    return found


def ask(store: Embedded, where: str, columns: str = "?trial", tail: str = "") -> list[tuple[Evidence, ...]]:
    text = f"{PREFIXES}\nSELECT DISTINCT {columns}\nWHERE {{\n{where}\n}}\n{tail}"
    question = Question(title="", description="", topic="trials", columns={}, name="x", text=text)
    rows = question.ask(store, {})

    assert rows.rows
    return evidence.of(store, question, {}, rows, VIEWS)


def statements(found: tuple[Evidence, ...]) -> set[str]:
    return {one.statement for one in found}


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_row_has_receipts_that_are_found_again(name: str, store: Embedded) -> None:
    question = QUESTIONS[name]
    values = {parameter: kind.example for parameter, kind in question.parameters.items()}
    meanings = question.understand(store, values)
    rows = question.ask(store, meanings)
    rows = rows._replace(rows=rows.rows[:: max(1, len(rows.rows) // SAMPLE)])
    found = evidence.of(store, question, meanings, rows, VIEWS)

    assert len(found) == len(rows.rows)
    for receipts in found:
        assert receipts
        for one in receipts:
            assert one.quote in values_of(one.source)[one.place], one


def test_a_value_rests_on_its_field(store: Embedded) -> None:
    (found,) = ask(store, "  VALUES ?trial { trial:NCT02971683 }\n  ?trial myo:enrolment ?n .", "?trial ?n")

    assert [(one.statement, one.source, one.place, one.quote) for one in found] == [
        ("trial:NCT02971683 myo:enrolment 149", "data/trials/NCT02971683.json", "/enrolment", "149")
    ]


def test_an_inferred_edge_rests_on_what_it_is_inferred_from(store: Embedded) -> None:
    (found,) = ask(store, "  VALUES ?trial { trial:NCT02971683 }\n  ?trial myo:testsMechanism ?m .", "?trial ?m")

    assert {one.predicate for one in found} == {
        "myo:use", "myo:role", "myo:intervention", "myo:mechanismOf", "myo:evidenceLevel",
    }  # fmt: skip
    assert {one.source for one in found} == {"data/trials/NCT02971683.json", "ontology/tables/mechanisms.tsv"}


def test_a_branch_rests_on_each_step_of_the_hierarchy(store: Embedded) -> None:
    where = (
        "  VALUES ?d { disease:juvenile-dermatomyositis }\n  ?d myo:inBranch disease:idiopathic-inflammatory-myopathy ."
    )
    (found,) = ask(store, where, "?d")

    assert {
        "disease:juvenile-dermatomyositis skos:broader disease:dermatomyositis",
        "disease:dermatomyositis skos:broader disease:idiopathic-inflammatory-myopathy",
        "disease:juvenile-dermatomyositis skos:broader disease:juvenile-idiopathic-inflammatory-myopathy",
        "disease:juvenile-idiopathic-inflammatory-myopathy skos:broader disease:idiopathic-inflammatory-myopathy",
    } <= statements(found)


def test_a_count_rests_on_all_that_was_counted(store: Embedded) -> None:
    where = "  VALUES ?drug { drug:abatacept }\n  ?trial myo:evaluates ?drug ."
    (found,) = ask(store, where, "?drug (COUNT(DISTINCT ?trial) AS ?trials)", "GROUP BY ?drug")
    trials = {one.subject for one in found if one.predicate == "myo:use"}

    assert len(trials) == 5


def test_a_count_inside_rests_on_all_that_was_counted(store: Embedded) -> None:
    where = """\
  VALUES ?drug { drug:abatacept }
  {
    SELECT ?drug (COUNT(DISTINCT ?trial) AS ?trials)
    WHERE {
      ?trial myo:evaluates ?drug .
    }
    GROUP BY ?drug
  }"""
    (found,) = ask(store, where, "?drug ?trials")

    assert len({one.subject for one in found if one.predicate == "myo:use"}) == 5


def test_what_is_absent_has_no_evidence_but_what_is_there_has(store: Embedded) -> None:
    where = "  ?trial myo:evaluates drug:abatacept .\n  FILTER NOT EXISTS { ?trial myo:verdict ?verdict . }"
    (found,) = ask(store, where)

    assert {one.predicate for one in found} == {"myo:use", "myo:role", "myo:intervention"}


def test_paths_are_followed(store: Embedded) -> None:
    where = """\
  VALUES ?trial { trial:NCT02971683 }
  ?trial (myo:sponsor|myo:collaborator)/skos:prefLabel ?name .
  ?trial ^myo:extensionOf|myo:phase ?other ."""
    (found,) = ask(store, where, "?trial ?name ?other")

    assert {one.predicate for one in found} == {"myo:sponsor", "skos:prefLabel", "myo:phase"}


def test_either_branch_counts_if_it_holds(store: Embedded) -> None:
    where = """\
  VALUES ?trial { trial:NCT02971683 }
  { ?trial myo:enrolment ?n . }
  UNION
  { ?trial myo:minimumAge ?age . }"""
    with_number, with_age = sorted(map(statements, ask(store, where, "?trial ?n ?age")), key=str)

    assert {tuple(with_number), tuple(with_age)} == {
        ("trial:NCT02971683 myo:enrolment 149",), ("trial:NCT02971683 myo:minimumAge 18",),
    }  # fmt: skip


def test_trial_records_come_first_and_labels_last(store: Embedded) -> None:
    where = """\
  VALUES ?trial { trial:NCT02971683 }
  ?trial myo:evaluates ?drug .
  ?drug
    skos:prefLabel ?label ;
    myo:drugClass ?class ."""
    (found,) = ask(store, where, "?trial ?drug ?label ?class")
    sources = [one.source.partition("/")[0] for one in found]

    assert found[-1].predicate == "skos:prefLabel"
    assert sources == sorted(sources)


def test_no_receipt_no_evidence(graphs: Graphs) -> None:
    """A store without receipts gives none: nothing is made up."""
    store = Embedded()
    store.load(build.union_lines(graphs))
    (found,) = ask(store, "  VALUES ?trial { trial:NCT02971683 }\n  ?trial myo:enrolment ?n .", "?trial ?n")

    assert found == ()


def test_other_layouts_are_refused(store: Embedded) -> None:
    text = f"SELECT ?s WHERE {{ ?s a <{own('x', 'y')}> }}"
    question = Question(title="", description="", topic="trials", columns={}, name="x", text=text)

    with pytest.raises(QueryError, match="evidence needs a query of the form"):
        evidence.of(store, question, {}, question.ask(store, {}), VIEWS)
