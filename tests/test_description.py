"""The dataset describes itself, and its counts are those of SPARQL."""

from __future__ import annotations

import pytest

from kg import description, terms
from kg.build import Inputs, quad_lines, union_lines
from kg.description import DATASET, STATISTICS
from kg.names import BASE, PREFIXES, own, shrink
from kg.store import Embedded
from kg.triples import Graphs

PREFIX = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("dcat", "dcterms", "myo", "prov", "skos", "void", "voidext")
)


@pytest.fixture(scope="module")
def store(graphs: Graphs) -> Embedded:
    found = Embedded()
    found.load([*quad_lines(graphs), *union_lines(graphs)])
    return found


def said(store: Embedded, query: str) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in store.select(PREFIX + query).texts()]


def test_what_it_is(store: Embedded, inputs: Inputs) -> None:
    found = {(shrink(p), o) for p, o in said(store, f"SELECT ?p ?o WHERE {{ <{DATASET}> ?p ?o }}")}
    named = {predicate for predicate, _ in found}

    assert {"dcterms:title", "dcterms:description", "dcterms:creator", "dcterms:license", "dcat:version"} <= named
    assert {o for p, o in found if p == "prov:wasDerivedFrom"} == {own("record", one.source) for one in inputs.records}
    assert {o for p, o in found if p == "void:exampleResource"} == set(description.EXAMPLES)


def test_files_have_a_type(store: Embedded) -> None:
    query = f"""SELECT ?title ?media WHERE {{ <{DATASET}> dcat:distribution ?f .
        ?f dcterms:title ?title ; dcat:mediaType ?media }}"""

    assert sorted((title, media.rpartition("/")[2]) for title, media in said(store, query)) == [
        ("myositis.nq", "n-quads"), ("myositis.ttl", "turtle"),
    ]  # fmt: skip


def test_counts_stand_outside_of_the_union(graphs: Graphs, store: Embedded) -> None:
    assert len(graphs.content[STATISTICS]) > 1000
    assert not set(graphs.content[STATISTICS]) & set(graphs.union())
    assert said(store, "SELECT ?p WHERE { ?p void:classPartition ?q }") == []


def counted(store: Embedded, query: str) -> dict[tuple[str, ...], int]:
    return {row[:-1]: int(row[-1]) for row in said(store, query)}


def test_classes_are_counted_as_sparql_does(store: Embedded) -> None:
    stated = counted(
        store,
        f"""SELECT ?class ?n WHERE {{ GRAPH <{STATISTICS}> {{
        <{DATASET}> void:classPartition ?p . ?p void:class ?class ; void:entities ?n }} }}""",
    )

    assert stated == counted(store, "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class")


def test_properties_are_counted_as_sparql_does(store: Embedded) -> None:
    stated = counted(
        store,
        f"""SELECT ?class ?property ?n WHERE {{ GRAPH <{STATISTICS}> {{
        <{DATASET}> void:classPartition ?p . ?p void:class ?class ; void:propertyPartition ?q .
        ?q void:property ?property ; void:triples ?n }} }}""",
    )
    query = "SELECT ?class ?p (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?p ?o } GROUP BY ?class ?p"

    assert stated == counted(store, query)


def test_values_are_counted_as_sparql_does(store: Embedded) -> None:
    stated = counted(
        store,
        f"""SELECT ?class ?property ?kind ?n WHERE {{ GRAPH <{STATISTICS}> {{
        <{DATASET}> void:classPartition ?p . ?p void:class ?class ; void:propertyPartition ?q .
        ?q void:property ?property .
        {{ ?q void:classPartition ?r . ?r void:class ?kind }}
        UNION {{ ?q voidext:datatypePartition ?r . ?r voidext:datatype ?kind }}
        ?r void:triples ?n }} }}""",
    )
    links = (
        "SELECT ?class ?p ?kind (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?p ?o . ?o a ?kind } GROUP BY ?class ?p ?kind"
    )
    texts = """SELECT ?class ?p ?kind (COUNT(*) AS ?n)
        WHERE { ?s a ?class ; ?p ?o FILTER (ISLITERAL(?o)) BIND (DATATYPE(?o) AS ?kind) } GROUP BY ?class ?p ?kind"""

    assert stated == {**counted(store, links), **counted(store, texts)}


def test_links_are_counted(store: Embedded, graphs: Graphs) -> None:
    stated = counted(
        store,
        f"""SELECT ?predicate ?space ?n WHERE {{ GRAPH <{STATISTICS}> {{
        ?l a void:Linkset ; void:linkPredicate ?predicate ;
        void:objectsTarget/void:uriSpace ?space ; void:triples ?n }} }}""",
    )
    matches = tuple(terms.iri(f"{PREFIXES['skos']}{name}Match") for name in ("exact", "close"))
    lines = [line for line in graphs.union() if line.split(" ")[1] in matches and line.startswith(f"<{BASE}")]

    assert stated[f"{PREFIXES['skos']}exactMatch", PREFIXES["MONDO"]] > 100
    assert sum(stated.values()) == len([line for line in lines if f" <{BASE}" not in line])


def test_partitions_have_one_label_each(store: Embedded) -> None:
    query = f"""SELECT ?s (COUNT(?l) AS ?n) WHERE {{ GRAPH <{STATISTICS}> {{
        ?s a ?class OPTIONAL {{ ?s skos:prefLabel ?l }} }} }}
        GROUP BY ?s HAVING (COUNT(?l) != 1)"""

    assert said(store, query) == []


def test_example_that_is_not_there_is_not_named() -> None:
    assert not [line for line in description.head([], (), 0) if "exampleResource" in line]
