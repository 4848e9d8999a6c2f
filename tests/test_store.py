"""Both engines answer alike, and every failure of theirs becomes one clear error."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sysconfig
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import projects
import pytest

from kg import questions
from kg.build import union_lines
from kg.errors import KgError, QueryError, StoreError
from kg.names import PREFIXES
from kg.resources import root
from kg.store import Embedded, Endpoint, Rows, Store, Term, bound

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
    ("query", "problem"),
    [
        ("SELECT ?s WHERE {", "the query cannot be run: error at 1:18"),
        ("", "the query cannot be run"),
        ("SELECT ?s WHERE { ?s no:prefix ?o }", "the query cannot be run"),
        ("ASK { ?s ?p ?o }", "the query is not a SELECT query"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "the query is not a SELECT query"),
        ("INSERT DATA { <http://a> <http://b> 1 }", "the query cannot be run"),
        ("SELECT (TRIPLE(<http://a>, <http://b>, 1) AS ?t) {}", "answered with Triple, which is not an RDF 1.1 term"),
        ("SELECT ?s WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "the query cannot be run"),
    ],
)
def test_select_refuses(query: str, problem: str, store: Embedded) -> None:
    with pytest.raises(QueryError) as caught:
        store.select(query)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("CONSTRUCT {", "the query cannot be run"),
        (ALL, "the query is not a CONSTRUCT query"),
        ("ASK {}", "the query is not a CONSTRUCT query"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "the query cannot be run"),
    ],
)
def test_construct_refuses(query: str, problem: str, store: Embedded) -> None:
    with pytest.raises(QueryError) as caught:
        list(store.construct(query))

    assert problem in str(caught.value)


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


def test_values_block_of_many() -> None:
    given = {
        "a": Term('x"y', "literal"),
        "b": Term("5", "literal", XSD + "integer"),
        "c": Term("d", "literal", "", "en"),
    }

    assert bound("Q", given) == f'Q\nVALUES (?a ?b ?c) {{ ("x\\"y" "5"^^<{XSD}integer> "d"@en) }}'
    assert bound("Q", {}) == "Q"


# A real server.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def post(url: str, content: bytes) -> None:
    request = urllib.request.Request(url, content, {"Content-Type": "application/n-triples"}, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status < 300


@pytest.fixture(scope="module")
def slice_lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return union_lines(projects.graphs_of(projects.project(tmp_path_factory)))


@pytest.fixture(scope="module")
def server(slice_lines: list[str]) -> Iterator[str]:
    program = shutil.which("oxigraph", path=sysconfig.get_path("scripts"))
    assert program is not None, "the oxigraph wheel is not installed; it is one of the dev dependencies"
    address = f"127.0.0.1:{free_port()}"
    quiet = subprocess.DEVNULL
    with subprocess.Popen([program, "serve", "--bind", address], stdout=quiet, stderr=quiet) as process:
        try:
            for _ in range(200):
                try:
                    post(f"http://{address}/store?default", "\n".join(slice_lines).encode())
                    break
                except urllib.error.URLError:
                    time.sleep(0.05)
            yield f"http://{address}/query"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def engines(slice_lines: list[str], server: str) -> tuple[Store, Store]:
    embedded = Embedded()
    embedded.load(slice_lines)
    return embedded, Endpoint(server, timeout=20)


def test_server_holds_the_slice(engines: tuple[Store, Store], slice_lines: list[str]) -> None:
    first, second = (engine.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }") for engine in engines)

    assert first == second
    assert int(first.texts()[0]["n"]) == len(slice_lines)


def test_server_gives_every_term_alike(engines: tuple[Store, Store]) -> None:
    first, second = (engine.select(ALL) for engine in engines)

    assert first == second
    assert {term.kind for row in first.rows for term in row if term} == {"iri", "literal"}


@pytest.mark.parametrize("name", sorted(questions.read(root() / "queries" / "questions")))
def test_server_answers_questions_alike(name: str, engines: tuple[Store, Store]) -> None:
    question = questions.read(root() / "queries" / "questions")[name]
    first, second = (question.run(engine) for engine in engines)

    assert first.columns == second.columns
    assert sorted(map(repr, first.rows)) == sorted(map(repr, second.rows))


def test_server_binds_alike(engines: tuple[Store, Store]) -> None:
    trials = (
        "PREFIX myo: <https://w3id.org/myositis-kg/ontology/>\nSELECT ?trial ?phase WHERE { ?trial myo:phase ?phase }"
    )
    every = engines[0].select(trials).rows
    bind = {"trial": every[0][0] or Term("", "iri")}
    first, second = (engine.select(trials, bind) for engine in engines)

    assert len(every) > 1
    assert first == second == Rows(("trial", "phase"), (every[0],))


@pytest.mark.parametrize(
    "query",
    ["SELECT ?s WHERE {", "ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "", "no query"],
)
def test_server_and_embedded_refuse_what_is_no_select(query: str, engines: tuple[Store, Store]) -> None:
    for engine in engines:
        with pytest.raises(KgError):
            engine.select(query)


def test_nothing_can_be_written_through_a_question(engines: tuple[Store, Store]) -> None:
    before = engines[1].select(ALL)
    with pytest.raises(KgError):
        engines[1].select("INSERT DATA { <http://a> <http://b> 1 }")

    assert engines[1].select(ALL) == before


# Servers that misbehave.


class Misbehaving(BaseHTTPRequestHandler):
    """Answers in the way that its path names."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        way = self.path.strip("/")
        answers: dict[str, Callable[[], None]] = {
            "slow": lambda: time.sleep(3),
            "cut": lambda: self.answer(200, b'{"head": {"vars": ["s"]}, "resul', length=10_000),
            "html": lambda: self.answer(200, b"<html><body>Welcome</body></html>", kind="text/html"),
            "hang-up": lambda: None,
            "rubbish": lambda: self.raw(b"\x00\x01 this is no HTTP\r\n\r\n"),
            "list": lambda: self.answer(200, b"[]"),
            "text": lambda: self.answer(200, b'"text"'),
            "boolean": lambda: self.answer(200, b'{"head": {}, "boolean": true}'),
            "no-type": lambda: self.answer(
                200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"value": "x"}}]}}'
            ),
            "not-rows": lambda: self.answer(200, b'{"head": {"vars": ["s"]}, "results": {"bindings": ["x"]}}'),
            "bytes": lambda: self.answer(200, b'{"head": "\xff"}'),
        }
        if way.isdigit():
            self.answer(int(way), b"the reason")
        else:
            answers[way]()

    def answer(
        self, status: int, content: bytes, kind: str = "application/sparql-results+json", length: int = 0
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def raw(self, content: bytes) -> None:
        self.wfile.write(content)


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("way", "problem"),
    [
        ("slow", "no answer (timed out)"),
        ("cut", "no answer"),
        ("hang-up", "no answer"),
        ("rubbish", "no answer"),
        ("html", "answered, but not with a SPARQL result in JSON"),
        ("list", "answered, but not with a SPARQL result in JSON"),
        ("text", "answered, but not with a SPARQL result in JSON"),
        ("no-type", "answered, but not with a SPARQL result in JSON"),
        ("not-rows", "answered, but not with a SPARQL result in JSON"),
        ("bytes", "answered, but not with a SPARQL result in JSON"),
        ("503", "no answer"),
    ],
)
def test_endpoint_that_misbehaves(way: str, problem: str, misbehaving: str) -> None:
    started = time.monotonic()
    with pytest.raises(StoreError) as caught:
        Endpoint(f"{misbehaving}/{way}", timeout=1).select(ALL)

    assert str(caught.value).startswith(f"{misbehaving}/{way}: {problem}")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("status", ["400", "414", "500"])
def test_endpoint_that_refuses_the_query(status: str, misbehaving: str) -> None:
    with pytest.raises(QueryError) as caught:
        Endpoint(f"{misbehaving}/{status}", timeout=5).select(ALL)

    assert str(caught.value).startswith(f"{misbehaving}/{status}: refused the query")
    assert "the reason" in str(caught.value)


@pytest.mark.parametrize("status", ["401", "403", "404", "429"])
def test_endpoint_that_is_not_there_for_us(status: str, misbehaving: str) -> None:
    with pytest.raises(KgError) as caught:
        Endpoint(f"{misbehaving}/{status}", timeout=5).select(ALL)

    assert str(caught.value).startswith(f"{misbehaving}/{status}: ")


def test_endpoint_that_is_down() -> None:
    url = f"http://127.0.0.1:{free_port()}/query"
    with pytest.raises(StoreError) as caught:
        Endpoint(url, timeout=1).select(ALL)

    assert str(caught.value).startswith(f"{url}: no answer (")
    assert "refused" in str(caught.value)


@pytest.mark.parametrize("url", ["http://[::1", "no address", "http://127.0.0.1:99999/query"])
def test_address_that_cannot_be(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Endpoint(url, timeout=1).select(ALL)

    assert str(caught.value).startswith(f"{url}: no answer")


def test_endpoint_answers_blank_nodes_and_languages(misbehaving: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (
        b'{"head": {"vars": ["a", "b", "c"]}, "results": {"bindings": [{"a": {"type": "bnode", "value": "x"},'
        b' "b": {"type": "typed-literal", "value": "5", "datatype": "http://int"}},'
        b' {"c": {"type": "literal", "xml:lang": "en", "value": "d"}}]}}'
    )
    monkeypatch.setattr(Misbehaving, "do_POST", lambda handler: handler.answer(200, content))

    assert Endpoint(f"{misbehaving}/x", timeout=5).select(ALL).rows == (
        (Term("x", "blank"), Term("5", "literal", "http://int"), None),
        (None, None, Term("d", "literal", PREFIXES["rdf"] + "langString", "en")),
    )
