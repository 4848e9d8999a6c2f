"""The embedded store: every form of query, bound variables, and errors that say where."""

from __future__ import annotations

from pathlib import Path

import projects
import pytest

from kg.errors import QueryError, QuerySyntaxError, StoreError
from kg.names import PREFIXES
from kg.store import Embedded, Rows, Term

ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"
XSD = PREFIXES["xsd"]


@pytest.fixture
def store() -> Embedded:
    made = Embedded()
    made.load(
        [
            '<http://a> <http://b> "c" .',
            '<http://a> <http://b> "d"@en .',
            f'<http://a> <http://b> "5"^^<{XSD}integer> .',
            "<http://a> <http://b> <http://c> <http://g> .",
        ]
    )
    return made


def test_rows_hold_every_kind_of_term(store: Embedded) -> None:
    found = store.select(ALL)

    assert found.columns == ("s", "p", "o")
    assert {row[2] for row in found.rows} == {
        Term("c", "literal", XSD + "string"),
        Term("d", "literal", PREFIXES["rdf"] + "langString", "en"),
        Term("5", "literal", XSD + "integer"),
    }
    assert {row[0] for row in found.rows} == {Term("http://a", "iri")}


def test_unbound_variable_and_blank_node() -> None:
    store = Embedded()
    store.load(['_:x <http://b> "c" .'])
    ((subject, nothing),) = store.select("SELECT ?s ?no WHERE { ?s ?p ?o OPTIONAL { ?s <http://no> ?no } }").rows

    assert subject is not None
    assert subject.kind == "blank"
    assert nothing is None


def test_texts_of_rows() -> None:
    assert Rows(("a", "b"), ((Term("x", "iri"), None),)).texts() == [{"a": "x", "b": ""}]
    assert Rows(("a",), ()).texts() == []


@pytest.mark.parametrize(
    ("term", "rows"),
    [
        (Term("c", "literal"), 1),
        (Term("d", "literal", language="en"), 1),
        (Term("d", "literal"), 0),
        (Term("5", "literal", XSD + "integer"), 1),
        (Term("5", "literal"), 0),
        (Term("http://c", "iri"), 0),
    ],
)
def test_bound_variable_narrows(term: Term, rows: int, store: Embedded) -> None:
    assert len(store.select(ALL, {"o": term}).rows) == rows


def test_named_graphs_stand_beside_the_default_graph(store: Embedded) -> None:
    assert list(store.quads("http://g")) == [("<http://a>", "<http://b>", "<http://c>", "<http://g>")]
    assert len(list(store.quads())) == 4
    assert store.select("SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } }").texts() == [{"g": "http://g"}]


def test_construct(store: Embedded) -> None:
    lines = store.construct('CONSTRUCT { ?s <http://x> ?o } WHERE { ?s ?p ?o FILTER (?o = "c") }')

    assert list(lines) == ['<http://a> <http://x> "c"']


@pytest.mark.parametrize(
    ("query", "line", "column", "problem"),
    [
        ("SELECT ?s WHERE {", 1, 18, "something is missing or wrong here or just before"),
        ("", 1, 1, "something is missing"),
        ("SELECT ?s\nWHERE { ?s no:prefix ?o }", 2, 12, "the prefix no: is not declared"),
        ("ASK { ?s myo:phase ?o }", 1, 10, "the prefix myo: is not declared; add PREFIX myo: <https://w3id.org/"),
        ("SELECT * {\n?s ?p ?o . OPTIONAL ?s ?p ?o }", 2, 21, "'?s' cannot stand here; expected \"{\""),
        ("SELECT ?s WHERE { ?s ?p ?o } SORT BY ?s", 1, 35, "'BY' cannot stand here; expected HAVING or "),
    ],
)
def test_wrong_place_of_a_query_is_data(query: str, line: int, column: int, problem: str, store: Embedded) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        store.query(query)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.problem.startswith(problem)
    assert len(caught.value.problem) <= 160
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("form", "query", "problem"),
    [
        ("select", "ASK { ?s ?p ?o }", "the query is not a SELECT query"),
        ("select", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "the query is not a SELECT query"),
        ("ask", ALL, "the query is not an ASK query"),
        ("construct", ALL, "the query is not a CONSTRUCT query"),
        ("construct", "ASK {}", "the query is not a CONSTRUCT query"),
        ("select", "SELECT (TRIPLE(<http://a>, <http://b>, 1) AS ?t) {}", "Triple, which is not an RDF 1.1 term"),
        ("select", "SELECT ?s WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "the query cannot be run"),
        ("construct", "CONSTRUCT { ?s ?p 1 } { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "cannot be run"),
    ],
)
def test_wrong_form_or_failure(form: str, query: str, problem: str, store: Embedded) -> None:
    with pytest.raises(QueryError) as caught:
        getattr(store, form)(query)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "query", ["INSERT DATA { <http://a> <http://b> 1 }", "# so\nLOAD <file:///etc/passwd>", "drop all"]
)
def test_changes_are_refused(query: str, store: Embedded) -> None:
    with pytest.raises(QueryError, match=r"^(INSERT|LOAD|DROP) would change the store; only SELECT, ASK"):
        store.query(query)


def test_every_form_has_its_kind_of_answer(store: Embedded) -> None:
    assert isinstance(store.query(ALL), Rows)
    assert store.query("ASK { ?s ?p 5 }") is True
    assert store.query("ASK { ?s ?p 6 }") is False
    assert store.query("DESCRIBE <http://a>") == store.describe("http://a")
    assert store.describe("http://a") == sorted(
        ['<http://a> <http://b> "c"', '<http://a> <http://b> "d"@en', f'<http://a> <http://b> "5"^^<{XSD}integer>']
    )


def test_statements_are_sorted_and_distinct(store: Embedded) -> None:
    query = "CONSTRUCT { ?s <http://x> ?n } WHERE { ?s ?p ?o VALUES ?n { 2 1 1 } }"

    assert store.construct(query) == [f'<http://a> <http://x> "{n}"^^<{XSD}integer>' for n in (1, 2)]


@pytest.mark.parametrize(("limit", "rows", "more"), [(None, 3, False), (4, 3, False), (3, 3, False), (2, 2, True)])
def test_limit_says_that_there_is_more(limit: int | None, rows: int, more: bool, store: Embedded) -> None:
    answer = store.query(ALL, limit=limit)

    assert isinstance(answer, Rows)
    assert (len(answer.rows), answer.more) == (rows, more)


def test_several_values(store: Embedded) -> None:
    both = (Term("c", "literal"), Term("5", "literal", XSD + "integer"))

    found = store.select(ALL, {"o": both}).rows

    assert [row[2] and row[2].value for row in found] == ["5", "c"]
    assert store.select(ALL, {"o": both, "s": Term("http://other", "iri")}).rows == ()
    assert len(store.select(ALL, {"o": both[:1]}).rows) == 1


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("other", Term("c", "literal")),
        ("no name", Term("c", "literal")),
        ("o", Term("no iri", "iri")),
        ("o", Term("c", "literal", "no iri")),
        ("o", Term("c", "literal", language="no language")),
    ],
)
def test_binding_that_cannot_be(name: str, term: Term, store: Embedded) -> None:
    with pytest.raises(QueryError):
        store.select(ALL, {name: term})


@pytest.mark.parametrize("line", ["no quads", "<a> <b> <c> .", '<http://a> <http://b> "\\ud800" .', '<http://a> "b" .'])
def test_load_refuses(line: str) -> None:
    store = Embedded()
    with pytest.raises(StoreError, match="the lines could not be loaded"):
        store.load([line])

    assert list(store.quads()) == []


def test_no_store_at_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no store")
    for path in (tmp_path / "missing", tmp_path / "file", tmp_path):
        with pytest.raises(StoreError, match=r"no store can be opened there \(.*\); run kg build"):
            Embedded(path)


def test_broken_store(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = projects.copy(projects.built(tmp_path_factory) / "current" / "store", tmp_path / "store")
    (folder / "CURRENT").write_text("MANIFEST-999999\n")

    with pytest.raises(StoreError, match="no store can be opened there"):
        Embedded(folder)


def test_store_on_disk_is_not_changed_by_reading(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = projects.built(tmp_path_factory) / "store"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    rows = Embedded(folder).select("SELECT (COUNT(*) AS ?number) WHERE { ?s ?p ?o }").texts()

    assert int(rows[0]["number"]) > 1000
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
