"""Pushing into real servers: every graph arrives whole, also after a kill half-way, and nothing stays twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import projects
import pytest
import servers
from servers import Server

from kg.endpoint import UNION, Endpoint
from kg.errors import KgError, StoreError
from kg.names import own
from kg.push import STATE, Graphs, GraphStore, Part, Update, asked_at, push, read, server_at
from kg.remote import Login
from kg.store import Embedded

PART = 200
"""Statements in one request of a push that is to be killed: few, so that there are many."""

COUNTS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
FAR = f"SELECT ?far {{ GRAPH <{STATE}> {{ ?s ?p ?far }} }}"


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = (
        servers.oxigraph() if request.param == "oxigraph" else servers.virtuoso(tmp_path_factory.mktemp("virtuoso"))
    )
    with started as running:
        yield running


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.built(tmp_path_factory)


@pytest.fixture(scope="module")
def graphs(build: Path) -> Graphs:
    return read(build)


def held(server: Server) -> dict[str, int]:
    """The graphs of ours on a server, with the number of their statements."""
    rows = server.endpoint(default_graph="").select(COUNTS).texts()
    return {row["g"]: int(row["n"]) for row in rows if row["g"].startswith(own("", "")[:-1])}


def expected(graphs: Graphs, server: Server) -> dict[str, int]:
    union = UNION if server.user else ""
    return {graph or union: len(lines) for graph, lines in graphs.lines.items() if graph or union}


def size_of_default(server: Server) -> int:
    return int(server.endpoint().select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").texts()[0]["n"])


def writable(way: str, server: Server) -> str:
    """The address to write to, one way or the other."""
    if way == "update" and server.user:
        pytest.skip("Virtuoso cannot write an xsd:duration by SPARQL Update (see the test of its error)")
    address: str = getattr(server, way)
    return address


def clear(server: Server) -> None:
    for graph in held(server):
        server_at(server.store, login=server.login).remove(graph)
    if not server.user:
        server_at(server.update).write(Part("", True, ()))


def test_graphs_of_a_build(build: Path, graphs: Graphs) -> None:
    lines = (build / "myositis.nq").read_text(encoding="utf-8").splitlines()
    store = Embedded(build / "store")

    assert sum(len(of) for graph, of in graphs.lines.items() if graph) == len(lines)
    assert {f"{s} {p} {o} ." for s, p, o, graph in store.quads() if graph == "DEFAULT"} == set(graphs.lines[""])
    assert list(graphs.lines)[-1] == "", "the union comes last, when all else is there"
    assert [line for part in graphs.parts(7) for line in part.lines] == [
        line for of in graphs.lines.values() for line in of
    ]
    assert sum(part.first for part in graphs.parts(7)) == len(graphs.lines)


@pytest.mark.parametrize("way", ["store", "update"])
def test_push_and_push_again(way: str, server: Server, graphs: Graphs) -> None:
    clear(server)
    endpoint = server.endpoint(default_graph="")
    target = server_at(writable(way, server), login=server.login)
    steps: list[tuple[int, int]] = []
    for _ in range(2):
        done = push(graphs, target, endpoint, lambda *step: steps.append(step))

        assert held(server) == expected(graphs, server)
        assert size_of_default(server) == len(graphs.lines[""])
        assert (done.graphs, done.resumed) == (len(graphs.lines), 0)
        assert done.statements == sum(map(len, graphs.lines.values()))
    number = len(list(graphs.parts(target.size)))
    assert steps == 2 * [(n, number) for n in range(1, number + 1)]


def test_a_graph_that_is_gone_is_removed_and_those_of_others_stay(server: Server, graphs: Graphs) -> None:
    target = server_at(server.store, login=server.login)
    gone, other = own("record", "gone"), "http://example.org/other"
    for graph in (gone, other):
        target.write(Part(graph, True, ("<http://a> <http://b> <http://c> .",)))
    push(graphs, target, server.endpoint(default_graph=""))

    assert held(server) == expected(graphs, server)
    assert server.endpoint(default_graph="").ask(f"ASK {{ GRAPH <{other}> {{ ?s ?p ?o }} }}")
    target.remove(other)
    target.remove(other)  # what is not there is no error


def test_what_stood_there_before_is_replaced(server: Server, graphs: Graphs) -> None:
    target = server_at(server.store, login=server.login)
    graph = own("graph", "ontology")
    target.write(Part(graph, False, ("<http://a> <http://old> <http://c> .",)))
    push(graphs, target, server.endpoint(default_graph=""))

    assert held(server) == expected(graphs, server)


@pytest.mark.parametrize("way", ["store", "update"])
def test_killed_half_way_and_resumed(way: str, server: Server, build: Path, graphs: Graphs) -> None:
    clear(server)
    url = writable(way, server)
    half = len(list(graphs.parts(PART))) // 2
    command = ("-c", "from kg.cli import main; main()", "push", url, "--build", str(build), "--part", str(PART))
    endpoint = Endpoint(server.query, timeout=120, default_graph="")
    with projects.python(*command, **server.environment) as process:
        done = 0
        while process.poll() is None and done < half:
            rows = endpoint.select(FAR).texts()
            done = int(rows[0]["far"].split()[-1]) if rows else 0
            time.sleep(0.001)
        process.kill()
        process.communicate()

    assert process.returncode != 0, "it was killed, not done"
    assert endpoint.ask(f"ASK {{ GRAPH <{STATE}> {{ ?s ?p ?o }} }}"), "a push that is not complete can be seen"
    with projects.python(*command, **server.environment) as process:
        said, errors = process.communicate()

    assert process.returncode == 0, errors
    assert f"holds {len(graphs.lines)} graphs with {sum(map(len, graphs.lines.values()))} statements, " in said
    assert int(said.split(" parts were there from before")[0].split()[-1]) >= half
    assert held(server) == expected(graphs, server)
    assert size_of_default(server) == len(graphs.lines[""])


def test_another_build_starts_anew(server: Server, graphs: Graphs) -> None:
    target = server_at(server.store, login=server.login)
    target.write(Part(STATE, True, (f'<{STATE}> <http://purl.org/dc/terms/identifier> "other {target.size} 5" .',)))

    assert push(graphs, target, server.endpoint(default_graph="")).resumed == 0


def test_a_server_that_lost_something_is_found_out(server: Server, graphs: Graphs) -> None:
    target = server_at(server.store, login=server.login)
    number = len(list(graphs.parts(target.size)))
    far = f'<{STATE}> <http://purl.org/dc/terms/identifier> "{graphs.digest} {target.size} {number}" .'
    target.write(Part(STATE, True, (far,)))
    target.remove(own("graph", "ontology"))
    with pytest.raises(
        StoreError, match=r"graph/ontology holds 0 statements, \d+ were sent; push again from the start"
    ):
        push(graphs, target, server.endpoint(default_graph=""))

    assert push(graphs, target, server.endpoint(default_graph="")).resumed == 0
    assert held(server) == expected(graphs, server)


def test_who_may_not_write_is_told(server: Server, graphs: Graphs) -> None:
    if not server.user:
        pytest.skip("this server asks nobody for a password")
    for login, advice in (
        (Login(), "give --user and KG_PASSWORD"),
        (Login("dba", "no"), "password, or the token, are wrong"),
    ):
        for url in (server.store, server.update):
            with pytest.raises(StoreError, match=rf"asks who is there \(401 Unauthorized\); .*{advice}"):
                push(graphs, server_at(url, login=login), server.endpoint(default_graph=""))


def test_what_a_server_cannot_take_is_one_error(server: Server) -> None:
    week = '<http://a> <http://b> "P7D"^^<http://www.w3.org/2001/XMLSchema#duration> .'
    target = server_at(server.update, login=server.login)
    bad = week if server.user else week.replace("<http://b>", "b")
    with pytest.raises(KgError) as caught:
        target.write(Part(own("graph", "other"), False, (bad,)))

    assert str(caught.value).startswith(f"{server.update}: refused the request (")
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


def test_addresses() -> None:
    assert isinstance(server_at("http://127.0.0.1/store"), GraphStore)
    assert isinstance(server_at("http://127.0.0.1/anything", update=True), Update)
    assert isinstance(server_at("http://127.0.0.1/repositories/kg/statements"), Update)
    assert asked_at("http://127.0.0.1/repositories/kg/statements") == "http://127.0.0.1/repositories/kg"
    assert asked_at("http://127.0.0.1:8890/sparql-graph-crud-auth") == "http://127.0.0.1:8890/sparql"
    assert asked_at("http://127.0.0.1:3030/kg/data") == "http://127.0.0.1:3030/kg/query"
    with pytest.raises(StoreError, match=r"of no known layout .*; name its query service by --endpoint"):
        asked_at("http://127.0.0.1/anything")
    with pytest.raises(StoreError, match="starts with http"):
        server_at("file:///tmp/store")


def test_no_build(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no build .*; run kg build"):
        read(tmp_path)


def test_server_that_is_down(graphs: Graphs) -> None:
    url = f"http://127.0.0.1:{servers.free_port()}/store"
    with pytest.raises(KgError, match=r"cannot be reached \(Connection refused\); is the server running"):
        push(graphs, server_at(url, timeout=1), Endpoint(asked_at(url), timeout=1, default_graph=""))
