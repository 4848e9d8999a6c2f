"""Every RDF syntax reads back as the statements that were written, in two engines; what one cannot hold is left out."""

from __future__ import annotations

import json

import projects
import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld as pyld

from kg import build, jsonld, serialise, terms
from kg.names import PREFIXES, own
from kg.serialise import FORMATS, Content
from kg.triples import Graphs

HOSTILE = (
    "<script>alert(1)</script> & \"double\" 'single' ]]>",
    "tab\tnew\nreturn\rbackslash\\",
    "bell\x07 escape\x1b[31m delete\x7f",
    "\u202eright to left\u202c \u0627\u0644\u062a\u0647\u0627\u0628",
    "=HYPERLINK(1)",
    "a|b;c\x1fd",
    "@prefix x: <http://x> .",
    "",
    "\U0001f9ea",
)
"""Texts that some syntax or reader may take for something else."""

OX = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def hostile_lines() -> list[str]:
    subject, predicate = terms.iri(own("drug", "x")), terms.iri(PREFIXES["skos"] + "altLabel")
    texts = [write(value) for value in HOSTILE for write in (terms.text, terms.label)]
    values = [*texts, terms.typed("2017-03", "gYearMonth"), terms.integer(-7), terms.boolean(False), '"x"@de-at']
    links = [terms.iri("http://example.org/a_b#c"), terms.iri("https://bioregistry.io/unii:7D0YB67S97")]
    return sorted({f"{subject} {predicate} {value}" for value in [*values, *links]})


def content(lines: list[str], graph: str = "graph") -> Content:
    return Content(lines, [f"{line} {terms.iri(own('graph', graph))}" for line in lines])


@pytest.fixture(scope="module")
def whole(graphs: Graphs) -> Content:
    quads = sorted(line.removesuffix(" .") for line in build.quad_lines(graphs))
    return Content(graphs.union(), quads)


def read(name: str, data: bytes) -> set[str]:
    quads = ox.parse(data, format=OX[name])
    return {str(quad) if FORMATS[name].graphs else str(quad.triple) for quad in quads}


def expected(name: str, of: Content) -> set[str]:
    lines = of.quads if FORMATS[name].graphs else of.lines
    return {line for line in lines if name != "rdfxml" or serialise.xml_can_hold(line)}


def test_every_syntax_is_tested() -> None:
    assert set(OX) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_whole_graph_reads_back(name: str, whole: Content) -> None:
    assert read(name, FORMATS[name].write(whole)) == expected(name, whole)


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_reads_back(name: str) -> None:
    given = content(hostile_lines())
    left_out = len(given.lines) - len(expected(name, given))

    assert read(name, FORMATS[name].write(given)) == expected(name, given)
    assert left_out == (6 if name == "rdfxml" else 0)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_write(name: str) -> None:
    assert read(name, FORMATS[name].write(Content([]))) == set()


def test_whole_graph_fits_into_every_syntax(whole: Content) -> None:
    assert [line for line in whole.lines if not serialise.xml_can_hold(line)] == []


@pytest.mark.parametrize(
    ("line", "held"),
    [
        ('<http://x/a> <http://x/b> "c"', True),
        ('<http://x/a> <http://x/b> "c\\td\\n"', True),
        ('<http://x/a> <http://x/b> "c\\r"', False),
        ('<http://x/a> <http://x/b> "c\\u0000"', False),
        ('<http://x/a> <http://x/b> "\\uFFFE"', False),
        ("<http://x/a> <http://x/1> <http://x/c>", False),
        ("<http://x/a> <http://x/> <http://x/c>", False),
        ("<http://x/a> <http://x/X_b2> <http://x/c>", True),
    ],
)
def test_what_xml_can_hold(line: str, held: bool) -> None:
    assert serialise.xml_can_hold(line) is held


def test_same_bytes_for_every_order(whole: Content) -> None:
    shuffled = Content(whole.lines, list(reversed(whole.quads)))

    assert projects.digest(serialise.trig(shuffled.quads)) == projects.digest(serialise.trig(whole.quads))


# JSON-LD.


def rdflib_reads(document: bytes, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    text = rdflib.Graph().parse(data=document, format="json-ld").serialize(format="nt")
    return {str(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}


def pyld_reads(document: bytes) -> set[str]:
    text = pyld.to_rdf(json.loads(document), {"format": "application/n-quads"})
    return {str(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_json_ld_reads_alike_in_three_processors(whole: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*whole.lines[::5], *hostile_lines()]
    document = jsonld.document(lines)

    assert read("jsonld", document) == set(lines)
    assert pyld_reads(document) == set(lines)
    assert rdflib_reads(document, monkeypatch) == set(lines)


def test_json_ld_reads_as_a_person_would_write_it(graphs: Graphs) -> None:
    made = json.loads(jsonld.document(graphs.content[own("record", "curated-NCT02971683")]))
    nodes = {node["id"]: node for node in made["@graph"]}
    trial = nodes["trial:NCT02971683"]

    assert (trial["type"], trial["enrolment"], trial["phase"]) == ("myo:Trial", 149, "concept:Phase3")
    assert not any(key.startswith("http") or ":" in key for node in nodes.values() for key in node)


def test_context_of_a_document_holds_what_is_used_and_no_more(graphs: Graphs) -> None:
    lines = graphs.content[own("record", "curated-NCT02971683")]
    made = json.loads(jsonld.document(lines))
    context = made["@context"]
    names = {name.partition(":")[0] for node in made["@graph"] for name in node} | {"trial", "concept", "xsd"}

    assert names <= set(context)
    assert "rxnorm" not in context
    for name, entry in context.items():
        assert name == "@version" or jsonld.published()[name] == entry


@pytest.mark.parametrize("number", ["01", "-0", "9007199254740993", "1e3"])
def test_number_that_json_would_change_stays_text(number: str) -> None:
    line = f"<http://x/a> <{PREFIXES['myo']}enrolment> {terms.typed(number, 'integer')}"

    assert read("jsonld", jsonld.document([line])) == {line}
