"""The catalogue in RDF: every query is in it, whole and runnable, in the layout that editors read."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib

from kg import catalogue, questions, sparql
from kg.resources import root
from kg.store import Embedded

FOLDERS = ("questions", "checks", "views")
FOUND = {name: query for folder in FOLDERS for name, query in questions.read(root() / "queries" / folder).items()}
SH = "PREFIX sh: <http://www.w3.org/ns/shacl#>\nPREFIX schema: <https://schema.org/>\n"


@pytest.fixture(scope="module")
def store() -> Embedded:
    made = Embedded()
    made.load(f"{line} ." for line in catalogue.triples(FOUND.values(), "http://127.0.0.1/sparql"))
    return made


def test_an_editor_finds_every_query_with_its_comment(store: Embedded) -> None:
    rows = store.select(
        SH + "SELECT ?query ?comment ?text ?keyword ?target { ?query a sh:SPARQLExecutable ; "
        "<http://www.w3.org/2000/01/rdf-schema#comment> ?comment ; schema:keywords ?keyword ; "
        "schema:target ?target ; sh:select|sh:ask|sh:construct|sh:describe ?text }"
    ).texts()
    found = {row["query"].rpartition("/")[2]: row for row in rows}

    assert len(rows) == len(FOUND) > 80
    for name, query in FOUND.items():
        assert found[name]["comment"] == query.title
        assert found[name]["keyword"] == query.topic
        assert "#+" not in found[name]["text"]
        assert sparql.form(found[name]["text"]) == sparql.form(query.text)


def test_every_text_runs_and_is_of_the_form_that_its_class_says(store: Embedded) -> None:
    rows = store.select(
        SH
        + "SELECT ?text ?class { ?query a ?class ; sh:select|sh:construct ?text FILTER(?class != sh:SPARQLExecutable) }"
    ).texts()
    empty = Embedded()

    for row in rows:
        empty.query(row["text"])
        assert row["class"].endswith({"SELECT": "SelectExecutable", "CONSTRUCT": "ConstructExecutable"}[
            sparql.form(row["text"])
        ])  # fmt: skip
    assert len(rows) == len(FOUND)


def test_the_prefixes_that_are_declared_are_those_used(store: Embedded) -> None:
    rows = store.select(
        SH + "SELECT ?prefix ?iri { ?all sh:declare ?one . ?one sh:prefix ?prefix ; sh:namespace ?iri }"
    )
    declared = {row["prefix"]: row["iri"] for row in rows.texts()}

    assert declared == {name: iri for query in FOUND.values() for name, iri in sparql.prefixes(query.text).items()}


def test_the_file_is_the_same_in_two_parsers_and_has_no_blank_nodes() -> None:
    content = catalogue.page(root())
    lines = {f"{quad.triple}" for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)}

    assert content == (root() / "queries" / "catalogue.ttl").read_bytes()
    assert lines == set(catalogue.triples(FOUND.values()))
    assert len(rdflib.Graph().parse(data=content, format="turtle")) == len(lines)
    assert not any("_:" in line.split(" ", 1)[0] for line in lines)


def test_without_an_endpoint_there_is_no_target() -> None:
    assert not any("schema.org/target" in line for line in catalogue.triples(FOUND.values()))
    assert catalogue.triples([]) == []
