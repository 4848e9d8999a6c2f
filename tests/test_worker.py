"""A stranger's query: stopped in time, unable to end the command, read a file or reach an address."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import sparql, worker
from kg.errors import QueryError, QuerySyntaxError, StoreError
from kg.store import Embedded, Rows
from kg.worker import Task


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker") / "store"
    lines = "".join(f'<http://x/{n}> <http://p> "{n}"@en .\n' for n in range(300))
    ox.Store(str(folder)).bulk_load(lines, format=ox.RdfFormat.N_TRIPLES)
    return folder


def test_rows_come_back_as_the_store_gives_them(store: Path) -> None:
    query = 'SELECT ?s ?none WHERE { ?s ?p "7"@en }'
    rows = worker.run(store, query)

    assert isinstance(rows, Rows)
    assert rows.texts() == [{"s": "http://x/7", "none": ""}]
    assert rows == Embedded(store).query(query) == worker.answer(Task(str(store), query)).answer()


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p 'none' }",
        "ASK { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s <http://none> ?o }",
        "DESCRIBE <http://x/7>",
        "SELECT ?s { ?s <http://none> ?o }",
    ],
)
def test_every_form_comes_back_as_the_store_gives_it(query: str, store: Path) -> None:
    assert worker.run(store, query) == Embedded(store).query(query)


def test_limit(store: Path) -> None:
    rows = worker.run(store, "SELECT ?s { ?s ?p ?o }", limit=5)

    assert isinstance(rows, Rows)
    assert (len(rows.rows), rows.more) == (5, True)


PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = {
    "cross product": f"SELECT (COUNT(*) AS ?n) {PRODUCT}",
    "sorted product": f"SELECT * {PRODUCT} ORDER BY ?c ?f",
    "ask": f"ASK {PRODUCT[:-1]} FILTER(CONCAT(STR(?a), STR(?f), STR(?l)) = 'no') }}",
    "construct": f"CONSTRUCT {{ ?a ?b ?l }} {PRODUCT}",
    "growing text": "SELECT * { ?a ?b ?c BIND(CONCAT('0123456789', STR(?c)) AS ?t0) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?t{n}'] * 10)}) AS ?t{n + 1})" for n in range(12))
    + " }",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_stopped(store: Path, name: str) -> None:
    before = set(children())
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 1 s.*--timeout|too much memory"):
        worker.run(store, ENDLESS[name], timeout=1)

    assert time.monotonic() - start < 2
    assert set(children()) <= before, "its process is gone, and its memory with it"


def children() -> list[str]:
    """The processes that this one has started and that still are there."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()


def test_nested_paths_are_stopped(tmp_path: Path) -> None:
    clique = "".join(f"<http://x/{a}> <http://p> <http://x/{b}> .\n" for a in range(60) for b in range(60))
    ox.Store(str(tmp_path / "store")).bulk_load(clique, format=ox.RdfFormat.N_TRIPLES)
    start = time.monotonic()
    query = "SELECT (COUNT(*) AS ?n) { ?a ((<http://p>*)*)* ?b . ?c (<http://p>*)* ?d }"
    with pytest.raises(QueryError, match="stopped after 1 s"):
        worker.run(tmp_path / "store", query, timeout=1)

    assert time.monotonic() - start < 2


DEEP: dict[str, Callable[[int], str]] = {
    "groups": lambda n: "SELECT * WHERE " + "{" * n + "?s ?p ?o" + "}" * n,
    "paths": lambda n: "SELECT * { ?s " + "(" * n + "<http://a>" + ")" * n + " ?o }",
    "brackets": lambda n: "SELECT * { ?s ?p ?o FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "nots": lambda n: "SELECT * { ?s ?p ?o FILTER(" + "!" * n + "true) }",
    "unions": lambda n: "SELECT * { {?s ?p ?o}" + " UNION {?s ?p ?o}" * n + " }",
    "ors": lambda n: "SELECT * { ?s ?p ?o FILTER(true" + " || true" * n + ") }",
}


@pytest.mark.parametrize("depth", [50, 50_000])
@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_ends_only_the_worker(store: Path, name: str, depth: int) -> None:
    said = ""
    try:
        assert isinstance(worker.run(store, DEEP[name](depth), timeout=2), Rows)
    except QueryError as error:
        said = str(error)

    assert bool(said) is (depth > 50), said
    assert re.search(r"^$|ended the engine|of the query: |stopped after 2 s", said)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service<http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { \\U00000053ERVICE <file:///etc/passwd> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '' . SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '#' . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s <http://x#y> ?o SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { { SELECT ?s { SERVICE ?g { ?s ?p ?o } } } }",
    ],
)
def test_service_is_refused(store: Path, query: str) -> None:
    with pytest.raises(QueryError, match=r"asks another endpoint \(SERVICE\)"):
        worker.run(store, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p ?o }",
        "PREFIX ex: <http://service/> SELECT * { ?s ex:service ?o }",
        "SELECT * { ?s ?p 'SERVICE <http://x> { }' } # SERVICE",
        "SELECT * { ?s ?p '''it's SERVICE''' }",
        'SELECT * { ?s ?p "a \\" SERVICE" }',
        "SELECT * { ?s ?p '\\U99999999' }",
    ],
)
def test_other_services_are_not_meant(query: str) -> None:
    assert not sparql.names(query, "SERVICE")


def test_service_can_be_allowed(store: Path, canary: tuple[str, list[str]]) -> None:
    address, asked = canary
    query = f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"

    with pytest.raises(QueryError, match="cannot be run"):
        worker.run(store, query, allow_service=True)
    assert asked, "the canary hears what reaches the network"


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """An address, and what was asked there."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(500)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


REACHING = (
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "ASK FROM <{0}> {{ ?s ?p ?o }}",
    "CONSTRUCT {{ ?s ?p ?o }} FROM <{0}> {{ ?s ?p ?o }}",
    "DESCRIBE <{0}>",
    "DESCRIBE <http://x/0> FROM <{0}>",
    "BASE <{0}> SELECT * FROM <> {{ ?s ?p ?o }}",
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE # here\n SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?g {{ <{0}> }} SERVICE SILENT ?g {{ ?s ?p ?o }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }} }}",
    "LOAD <{0}>",
    "LOAD SILENT <{0}> INTO GRAPH <http://g>",
    "PREFIX a: <http://a/> LOAD <{0}>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "WITH <{0}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
)


@pytest.mark.parametrize("query", REACHING)
def test_nothing_reaches_a_file_or_the_network(
    query: str, store: Path, tmp_path: Path, canary: tuple[str, list[str]]
) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text('<http://secret> <http://is> "the secret" .')
    before = {path.name: path.stat().st_mtime_ns for path in store.iterdir()}
    for address in (secret.as_uri(), canary[0]):
        try:
            said = str(worker.run(store, query.format(address), timeout=5))
        except QueryError as error:
            said = str(error)
        assert "the secret" not in said

    assert canary[1] == []
    assert {path.name: path.stat().st_mtime_ns for path in store.iterdir()} == before


@pytest.mark.parametrize("query", [query for query in REACHING if re.search("LOAD|INSERT|DELETE", query)])
def test_changes_are_refused(query: str, store: Path) -> None:
    with pytest.raises(QueryError, match="would change the store; only SELECT, ASK, CONSTRUCT, DESCRIBE"):
        worker.run(store, query.format("http://127.0.0.1:9/"))


def test_regular_expressions_take_no_exponential_time(store: Path) -> None:
    query = f"SELECT ?s {{ ?s ?p ?o FILTER(REGEX('{'a' * 40}b', '^(a+)+$')) }}"

    assert worker.run(store, query, timeout=5) == Rows(("s",), ())


def test_bad_query_says_where(store: Path) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        worker.run(store, "SELECT ?s\nWHERE { ?s ?p }")

    assert (caught.value.line, caught.value.column) == (2, 16)


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store can be opened"):
        worker.run(tmp_path / "none", "SELECT * { ?s ?p ?o }")


def test_an_outcome_without_an_answer_is_an_error() -> None:
    with pytest.raises(QueryError, match="no answer"):
        worker.Outcome().answer()
