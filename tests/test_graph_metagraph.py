"""The metagraph: what it declares exists, and what is no metagraph is refused."""

from __future__ import annotations

import re

import pytest

from kg.errors import QueryError, SourceError
from kg.graph import metagraph, projection
from kg.graph.metagraph import read
from kg.names import expand
from kg.resources import root
from kg.store import Embedded

TEXT = (root() / "ontology" / "metagraph.yaml").read_text(encoding="utf-8")
INFERRED = [name for name, kind in read().edges.items() if kind.property and kind.where]
SMALL = """
nodes:
  drug: {code: R, class: "myo:Intervention", title: drug}
  trial: {code: T, class: "myo:Trial", title: trial}
edges:
  evaluates: {code: e, source: trial, target: drug, forward: tests, backward: is tested in, property: "myo:evaluates"}
views: {}
routes: []
"""


def test_every_term_is_declared_by_the_ontology(inputs_terms: frozenset[str]) -> None:
    terms = set(re.findall(r"\b(?:myo|concept|skos):\w+", TEXT))

    assert len(terms) >= 40
    assert {term for term in terms if not term.startswith("skos:") and expand(term) not in inputs_terms} == set()


@pytest.fixture(scope="module")
def inputs_terms() -> frozenset[str]:
    store = Embedded()
    store.load(_ontology_lines())
    return frozenset(row["term"] for row in store.select("SELECT DISTINCT ?term { ?term a ?class }").texts())


def _ontology_lines() -> list[str]:
    import pyoxigraph as ox

    files = [root() / "ontology" / name for name in ("myositis.ttl", "concepts.ttl")]
    return [f"{quad.triple} ." for path in files for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


def test_no_edge_says_that_something_treats() -> None:
    words = " ".join(f"{kind.forward} {kind.backward}" for kind in read().edges.values())

    assert not re.search(r"treat|cure|benefit|effective", words)


def test_inferred_edges_are_found() -> None:
    assert {"evaluates", "compares_with", "primary_measure", "uses_background", "uses_placebo"} <= set(INFERRED)


@pytest.mark.parametrize("kind", INFERRED)
def test_stated_ground_of_an_inferred_edge_gives_the_same_edges(kind: str, whole_store: Embedded) -> None:
    """The receipts of an inferred edge are those of its ground, so both must say the same."""
    inferred, ground = (
        set(whole_store.select(query(read(), kind)).rows) for query in (projection.edge_query, projection.ground_query)
    )

    assert inferred
    assert inferred == ground


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("drug-mechanism-target", ["mechanism", "target"]),
        ("R-M-G", ["mechanism", "target"]),
        ("drug-evaluates-trial-d-D", ["trial", "disease"]),
        ("disease-broader-disease", ["disease"]),
    ],
)
def test_metapath(text: str, kinds: list[str]) -> None:
    assert [step.node for step in read().metapath(text).steps] == kinds


def test_edge_of_one_kind_is_walked_both_ways() -> None:
    (step,) = read().metapath("disease-broader-disease").steps

    assert step.edges == (("broader", True), ("broader", False))


def test_metapath_without_a_kind_of_edge_takes_all() -> None:
    (step,) = read().metapath("trial-drug").steps

    assert {kind for kind, _ in step.edges} == {
        "compares_with",
        "evaluates",
        "uses_background",
        "uses_conditioning",
        "uses_placebo",
    }


@pytest.mark.parametrize("text", ["drug-evaluates-trial", "drug-mechanism-process-mechanism", "trial-T"])
def test_reversed_twice_is_the_same(text: str) -> None:
    way = read().metapath(text)

    assert way.reversed().end == way.start
    assert set(way.reversed().reversed().steps[0].edges) == set(way.steps[0].edges)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "unknown ''"),
        ("drug", "kinds of nodes: cell, class"),
        ("drug-", "unknown ''"),
        ("drug-cures-disease", "unknown 'cures'"),
        ("evaluates-trial", "kinds of nodes: cell"),
        ("trial-evaluates", "kinds of nodes: cell"),
        ("drug-country", "drug and country are not joined by any edge"),
        ("drug-acts_on-trial", "drug and trial are not joined by acts_on"),
    ],
)
def test_what_is_no_metapath(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        read().metapath(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("nodes:", "node:", "unknown field `node`"),
        ("code: T", "code: R", "saw 'R', expected one letter, for one kind"),
        ("code: T", "code: TT", "saw 'TT', expected one letter"),
        ("target: drug", "target: pill", "edges/evaluates: saw 'pill', expected a kind of node"),
        (', property: "myo:evaluates"', "", "edges/evaluates: saw '', expected property or where"),
        ("myo:evaluates", "mio:evaluates", "saw 'mio:evaluates', expected prefix:identifier"),
        ("evaluates: {", "drug: {", "expected a name that no kind of node has"),
        ("views: {}", "views: {x: {path: drug-moon}}", "at path: saw 'drug-moon'"),
        ("views: {}", "views: {x: {edges: [moon]}}", "at views: saw 'moon', expected a kind of edge"),
        ("routes: []", "routes: [{title: x, path: drug}]", "at path: saw 'drug'"),
        ("class:", "klass:", "unknown field `klass`"),
        ("views: {}", "views: {", "expected a metagraph"),
        ("nodes:", "- x\nnodes:", "expected a metagraph"),
    ],
)
def test_what_is_no_metagraph(old: str, new: str, said: str) -> None:
    assert metagraph.parse("x.yaml", SMALL).nodes
    assert old in SMALL

    with pytest.raises(SourceError, match=said):
        metagraph.parse("x.yaml", SMALL.replace(old, new, 1))
