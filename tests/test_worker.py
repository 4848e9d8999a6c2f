"""A stranger's query: stopped in time, unable to end the command, read a file or reach an address."""

from __future__ import annotations

import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import worker
from kg.errors import QueryError, StoreError

NESTED = 50_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker") / "store"
    lines = "".join(f'<http://x/{n}> <http://p> "{n}"@en .\n' for n in range(300))
    ox.Store(str(folder)).bulk_load(lines, format=ox.RdfFormat.N_TRIPLES)
    return folder


def test_rows_come_back_as_the_store_gives_them(store: Path) -> None:
    query = 'SELECT ?s ?none WHERE { ?s ?p "7"@en }'
    rows = worker.select(store, query)

    assert rows.texts() == [{"s": "http://x/7", "none": ""}]
    assert (rows.columns, rows.rows) == (worker.answer(store, query.encode()).columns, rows.rows)


def test_cross_product_is_stopped(store: Path) -> None:
    start = time.monotonic()

    with pytest.raises(QueryError, match=r"stopped after 1 s.*--timeout"):
        worker.select(store, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", timeout=1)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE " + "{" * NESTED + "?s ?p ?o" + "}" * NESTED,
        "SELECT * { ?s " + "(" * NESTED + "<a>" + ")" * NESTED,
    ],
    ids=["groups", "paths"],
)
def test_deep_nesting_ends_only_the_worker(store: Path, query: str) -> None:
    with pytest.raises(QueryError, match=r"ended the engine|cannot be run"):
        worker.select(store, query)


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
        worker.select(store, query)


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
    assert not worker.calls_service(query)


def test_service_can_be_allowed(store: Path) -> None:
    query = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"

    with pytest.raises(QueryError, match="cannot be run"):
        worker.select(store, query, allow_service=True)


def test_from_a_file_reads_no_file(store: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://secret> <http://is> <http://out> .")

    assert worker.select(store, f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}").rows == ()


@pytest.mark.parametrize(("query", "message"), [("SELECT", "cannot be run"), ("ASK { ?s ?p ?o }", "not a SELECT")])
def test_bad_query_is_named(store: Path, query: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        worker.select(store, query)
    assert message in worker.answer(store, query.encode()).error


def test_query_that_is_no_text(store: Path) -> None:
    assert "utf-8" in worker.answer(store, b"\xff").error


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store can be opened"):
        worker.select(tmp_path / "none", "SELECT * { ?s ?p ?o }")
    assert worker.answer(tmp_path / "none", b"SELECT * { ?s ?p ?o }").no_store
