"""An endpoint that misbehaves: every failure becomes one error that says what to do; none looks like an answer."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kg.endpoint import UNION, Endpoint
from kg.errors import KgError, QueryError, StoreError
from kg.names import PREFIXES
from kg.store import Rows, Term

ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"
JSON = "application/sparql-results+json"
NO_ROWS = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'


class Misbehaving(BaseHTTPRequestHandler):
    """Answers in the way that its path names, and remembers what it was asked."""

    asked: list[tuple[str, str, dict[str, list[str]], dict[str, str]]] = []  # noqa: RUF012

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        parts = urlsplit(self.path)
        form = parse_qs(body or parts.query)
        type(self).asked.append((self.command, parts.path, form, dict(self.headers)))
        if form["query"][0] == f"ASK {{ GRAPH <{UNION}> {{ ?s ?p ?o }} }}" and not parts.path.endswith("?"):
            return self.answer(200, b'{"head": {}, "boolean": %s}' % (b"true" if "union" in parts.path else b"false"))
        way = parts.path.strip("/")
        if way.isdigit():
            return self.answer(int(way), b"<html><body>the <b>reason</b></body></html>", "text/html")
        return WAYS[way](self)

    do_POST = do_GET  # noqa: N815

    def answer(self, status: int, content: bytes, kind: str = JSON, length: int = 0, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def drip(self) -> None:
        """Answer a byte at a time, without end."""
        self.answer(200, b"{", length=10_000)
        with_patience = 40
        for _ in range(with_patience):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def rubbish(self) -> None:
        """Answer something that is no HTTP."""
        self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")

    def guard(self) -> None:
        """Answer those who know the password, asked as a digest."""
        if self.headers.get("Authorization", "").startswith('Digest username="ann", realm="kg", nonce="once"'):
            return self.answer(200, NO_ROWS)
        return self.answer(401, b"", WWW_Authenticate='Digest realm="kg", nonce="once", qop="auth", algorithm="MD5"')


WAYS: dict[str, Callable[[Misbehaving], None]] = {
    "fine": lambda h: h.answer(200, NO_ROWS),
    "union": lambda h: h.answer(200, NO_ROWS),
    "slow": lambda h: time.sleep(3),
    "drip": Misbehaving.drip,
    "guard": Misbehaving.guard,
    "cut": lambda h: h.answer(200, b'{"head": {"vars": ["s"]}, "resul', length=10_000),
    "stopped": lambda h: h.answer(200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [Timeout', JSON),
    "html": lambda h: h.answer(200, b"<html><body>Welcome</body></html>", "text/html"),
    "hang-up": lambda h: None,
    "rubbish": Misbehaving.rubbish,
    "list": lambda h: h.answer(200, b"[]"),
    "text": lambda h: h.answer(200, b'"text"'),
    "boolean": lambda h: h.answer(200, b'{"head": {}, "boolean": true}'),
    "no-boolean": lambda h: h.answer(200, b'{"head": {}, "boolean": "true"}'),
    "no-type": lambda h: h.answer(
        200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"value": "x"}}]}}'
    ),
    "not-rows": lambda h: h.answer(200, b'{"head": {"vars": ["s"]}, "results": {"bindings": ["x"]}}'),
    "bytes": lambda h: h.answer(200, b'{"head": "\xff"}'),
    "partial": lambda h: h.answer(200, NO_ROWS, X_SQL_State="S1TAT"),
    "capped": lambda h: h.answer(
        200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{}, {}]}}', X_SPARQL_MaxRows="2"
    ),
    "away": lambda h: h.answer(302, b"", Location=f"http://localhost:{h.server.server_port}/fine?query=x"),  # type: ignore[attr-defined]
    "turtle": lambda h: h.answer(
        200, b'<http://b> <http://p> 05 . <http://a> <http://p> "x"@EN, "x"@en .', "text/turtle"
    ),
    "cut-turtle": lambda h: h.answer(200, b'<http://b> <http://p> "5', "text/turtle"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("way", "problem"),
    [
        ("slow", "no answer within 1 s; ask for less, or allow more time"),
        ("drip", "no answer within 1 s"),
        ("cut", "the answer breaks off; the server may have stopped"),
        ("stopped", r"the answer breaks off or is no SPARQL result \(.*narrow it"),
        ("hang-up", "no answer .*; check the address"),
        ("rubbish", "no answer .*; check the address"),
        ("html", "answered with a web page, not with a SPARQL result; check the address"),
        ("partial", "ran out of its time and answered with a part of the rows; narrow the query"),
        ("list", "the answer breaks off or is no SPARQL result"),
        ("text", "the answer breaks off or is no SPARQL result"),
        ("no-boolean", "the answer breaks off or is no SPARQL result"),
        ("no-type", "the answer breaks off or is no SPARQL result"),
        ("not-rows", "the answer breaks off or is no SPARQL result"),
        ("bytes", "the answer breaks off or is no SPARQL result"),
        ("boolean", "answered something else than the SELECT that was asked"),
        ("401", r"asks who is there \(401 Unauthorized\); give --user and KG_PASSWORD, or KG_TOKEN"),
        ("403", r"forbids this \(403 Forbidden\)"),
        ("404", r"there is nothing at this address \(404 Not Found\); check the address"),
        ("405", r"does not do this here \(405 Method Not Allowed\)"),
        ("429", r"is asked too much \(429 Too Many Requests\); try again later"),
        ("502", r"does not work now \(502 Bad Gateway\); try again later"),
        ("503", r"does not work now \(503 Service Unavailable\); try again later"),
        ("504", r"was too slow \(504 Gateway Timeout\); ask for less"),
    ],
)
def test_endpoint_that_misbehaves(way: str, problem: str, server: str) -> None:
    started = time.monotonic()
    with pytest.raises(StoreError) as caught:
        Endpoint(f"{server}/{way}", timeout=1).select(ALL)

    assert re.match(re.escape(f"{server}/{way}: ") + problem, str(caught.value))
    assert "\n" not in str(caught.value)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("status", ["400", "414", "500"])
def test_endpoint_that_refuses_the_query(status: str, server: str) -> None:
    with pytest.raises(QueryError) as caught:
        Endpoint(f"{server}/{status}", timeout=5).select(ALL)

    assert str(caught.value).startswith(f"{server}/{status}: refused the request ({status} ")
    assert str(caught.value).endswith("): the reason")


def test_endpoint_that_is_down() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/query"
    with pytest.raises(StoreError) as caught:
        Endpoint(url, timeout=1).select(ALL)

    assert str(caught.value) == f"{url}: cannot be reached (Connection refused); is the server running?"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://[::1", "no answer"),
        ("no address", "the address of an endpoint starts with http"),
        ("file:///etc/passwd", "the address of an endpoint starts with http"),
        ("ftp://127.0.0.1/", "the address of an endpoint starts with http"),
        ("http://127.0.0.1:99999/query", ""),
    ],
)
def test_address_that_cannot_be(url: str, problem: str) -> None:
    with pytest.raises(StoreError) as caught:
        Endpoint(url, timeout=1).select(ALL)

    assert str(caught.value).startswith(f"{url}: {problem}")


def test_endpoint_answers_blank_nodes_and_languages(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (
        b'{"head": {"vars": ["a", "b", "c"]}, "results": {"bindings": [{"a": {"type": "bnode", "value": "x"},'
        b' "b": {"type": "typed-literal", "value": "5", "datatype": "http://int"}},'
        b' {"c": {"type": "literal", "xml:lang": "EN", "value": "d"}}]}}'
    )
    monkeypatch.setitem(WAYS, "fine", lambda handler: handler.answer(200, content))

    assert Endpoint(f"{server}/fine", timeout=5).select(ALL).rows == (
        (Term("x", "blank"), Term("5", "literal", "http://int"), None),
        (None, None, Term("d", "literal", PREFIXES["rdf"] + "langString", "en")),
    )


def test_statements_are_sorted_distinct_and_canonical(server: str) -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o }"

    assert Endpoint(f"{server}/turtle", timeout=5).construct(query) == [
        '<http://a> <http://p> "x"@en',
        f'<http://b> <http://p> "5"^^<{PREFIXES["xsd"]}integer>',
    ]
    with pytest.raises(StoreError, match="answered with RDF that breaks off or is malformed"):
        Endpoint(f"{server}/cut-turtle", timeout=5).construct(query)


def test_rows_that_the_server_left_out_are_said(server: str) -> None:
    answer = Endpoint(f"{server}/capped", timeout=5).select(ALL)

    assert (len(answer.rows), answer.more) == (2, True)


def last() -> tuple[str, str, dict[str, list[str]], dict[str, str]]:
    return Misbehaving.asked[-1]


def test_long_queries_are_sent_as_a_body(server: str) -> None:
    endpoint = Endpoint(f"{server}/fine", timeout=5)
    for length, method in ((10, "GET"), (5_000, "POST")):
        endpoint.select(f"SELECT * {{ ?s ?p '{'x' * length}' }}")

        assert last()[0] == method
        assert len(last()[2]["query"][0]) > length


def test_only_the_accept_header_chooses_the_format(server: str) -> None:
    Endpoint(f"{server}/fine", timeout=5).select(ALL)

    assert set(last()[2]) == {"query"}
    assert last()[3]["Accept"] == JSON


def test_server_without_a_default_graph_is_asked_over_the_union(server: str) -> None:
    endpoint = Endpoint(f"{server}/union", timeout=5)
    query = "PREFIX g: <http://g/> SELECT * {{ {} }}"
    named = "GRAPH g:a { ?s ?p ?o } GRAPH <http://g/b> { ?s ?p ?o }"
    anyone = "GRAPH ?g { ?s ?p ?o }"
    for text, expected in (
        (query.format("?s ?p ?o"), {"default-graph-uri": [UNION]}),
        (query.format(anyone), {"default-graph-uri": [UNION]}),
        (query.format(named), {"default-graph-uri": [UNION], "named-graph-uri": ["http://g/a", "http://g/b"]}),
        (f"SELECT * FROM <http://g/a> {{ {anyone} }}", {}),
    ):
        endpoint.select(text)
        assert expected == {name: values for name, values in last()[2].items() if name != "query"}
    with pytest.raises(QueryError, match="can name graphs or leave them open, not both"):
        endpoint.select(query.format(named + anyone))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, None),
        ({"user": "ann", "password": "secret"}, "Basic YW5uOnNlY3JldA=="),
        ({"token": "abc"}, "Bearer abc"),
    ],
)
def test_who_asks(given: dict[str, str], shown: str | None, server: str) -> None:
    Endpoint(f"{server}/fine", timeout=5, **given).select(ALL)

    assert last()[3].get("Authorization") == shown


def test_digest_of_the_password(server: str) -> None:
    url = f"{server}/guard"

    assert Endpoint(url, timeout=5, user="ann", password="secret").select(ALL) == Rows(("s",), ())
    for login in ({"user": "bob", "password": "x"}, {"token": "x"}):
        with pytest.raises(StoreError, match=r"\(401 Unauthorized\); the name and password, or the token, are wrong"):
            Endpoint(url, timeout=5, **login).select(ALL)


def test_a_redirect_does_not_carry_the_password_along(server: str) -> None:
    Endpoint(f"{server}/away", timeout=5, user="ann", password="secret").select(ALL)

    assert last()[1] == "/fine"
    assert "Authorization" not in last()[3]


def test_the_password_is_never_shown(server: str) -> None:
    endpoint = Endpoint(f"{server}/401", timeout=5, user="ann", password="secret")
    with pytest.raises(StoreError) as caught:
        endpoint.select(ALL)

    assert "secret" not in f"{caught.value} {vars(endpoint)}"


@pytest.mark.parametrize("query", ["", "no query", "INSERT DATA { <http://a> <http://b> 1 }", "LOAD <http://a>"])
def test_what_is_no_query_is_not_sent(query: str, server: str) -> None:
    before = len(Misbehaving.asked)
    with pytest.raises(KgError, match=r"(none of|only) SELECT, ASK, CONSTRUCT, DESCRIBE"):
        Endpoint(f"{server}/fine", timeout=5).query(query)

    assert len(Misbehaving.asked) == before


def test_json_of_numbers_is_canonical(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    xsd = PREFIXES["xsd"]
    given = {
        ("1", "boolean"): "true",
        ("1.50", "decimal"): "1.5",
        ("05", "int"): "5",
        ("1.45152e+07", "duration"): "P168D",
        ("0.0", "duration"): "PT0S",
        ("18", "duration"): "P1Y6M",
        ("P24W", "duration"): "P24W",
        ("2019-05", "gYearMonth"): "2019-05",
        ("x", "integer"): "x",
    }
    rows = [{"s": {"type": "literal", "value": value, "datatype": xsd + kind}} for value, kind in given]
    content = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": rows}}).encode()
    monkeypatch.setitem(WAYS, "fine", lambda handler: handler.answer(200, content))
    found = Endpoint(f"{server}/fine", timeout=5).select("SELECT ?s { ?s ?p ?o }").texts()

    assert list(given.values()) == [row["s"] for row in found]
