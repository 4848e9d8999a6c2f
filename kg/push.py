"""Loads the graphs of a build into a server, in parts, so that a push that was cut off can go on.

Each graph goes where the build has it: the graphs under their names, the union into the default graph.
A server without a default graph of its own, or whose default graph is all graphs together, gets the
union under the name `kg.endpoint.UNION`, where `Endpoint` finds it.

The order of the parts depends on nothing but the build, and the server keeps in a graph of its own how
far the push has come.  The first part of a graph replaces what stood there; a part sent twice changes
nothing, because there are no blank nodes.  At the end the graphs are counted, and that graph is removed.
"""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.answers import Term
from kg.endpoint import UNION, Endpoint
from kg.errors import StoreError
from kg.names import BASE, PREFIXES, own
from kg.remote import Login, content, failure, opened

STATE = own("graph", "push")
"""The graph in which a server keeps how far a push has come; it is there only while it is not complete."""

_DEFAULT = ""
_FAR = PREFIXES["dcterms"] + "identifier"
_LAYOUTS = {
    "/sparql-graph-crud-auth": "/sparql",
    "/sparql-graph-crud": "/sparql",
    "/sparql-auth": "/sparql",
    "/rdf-graphs/service": "",
    "/statements": "",
    "/store": "/query",
    "/data": "/query",
    "/update": "/query",
}
"""End of the address at which a known server is written -> end of the one at which it is asked."""
_UPDATES = ("/update", "/sparql-auth", "/statements")
"""Ends of addresses that take SPARQL Update."""


class Part(NamedTuple):
    """Some statements of one graph."""

    graph: str
    """Its name; empty for the union."""
    first: bool
    lines: tuple[str, ...]
    """N-Triples lines."""


class Graphs(NamedTuple):
    """The graphs of a build."""

    lines: dict[str, list[str]]
    """Name -> N-Triples lines; the union under the empty name, the last."""
    digest: str
    """The SHA-256 of the build."""

    def parts(self, size: int) -> Iterator[Part]:
        """Yield all statements in parts of at most so many lines, always in the same order.

        >>> [part.graph for part in Graphs({"http://g": ["a", "b", "c"], "": ["a"]}, "").parts(2)]
        ['http://g', 'http://g', '']
        """
        for graph, lines in self.lines.items():
            for start in range(0, len(lines), size):
                yield Part(graph, start == 0, tuple(lines[start : start + size]))


def read(build: Path) -> Graphs:
    """Read the graphs of a build: those with names from its N-Quads, the union from its Turtle.

    Raises
    ------
    StoreError
        If there is no build.
    """
    try:
        quads, union = ((build / name).read_bytes() for name in ("myositis.nq", "myositis.ttl"))
    except OSError as error:
        raise StoreError(f"{error.filename}: there is no build ({error.strerror}); run kg build") from None
    named: dict[str, list[str]] = {}
    for line in quads.decode().splitlines():
        statement, graph, _ = line.rsplit(" ", 2)
        named.setdefault(graph.strip("<>"), []).append(f"{statement} .")
    stated = sorted(f"{quad.triple} ." for quad in ox.parse(union, format=ox.RdfFormat.TURTLE))
    return Graphs({**dict(sorted(named.items())), _DEFAULT: stated}, hashlib.sha256(quads + union).hexdigest())


class Server(ABC):
    """Where graphs are written."""

    size: int
    """Lines that one request may carry."""

    def __init__(self, url: str, timeout: float = 60, login: Login = Login()) -> None:  # noqa: B008
        if not url.startswith(("http://", "https://")):
            raise StoreError(f"{url}: the address of a server starts with http:// or https://")
        self.url, self._timeout, self._login = url, timeout, login

    @abstractmethod
    def write(self, part: Part) -> None:
        """Write a part; the first of a graph replaces what stands there.

        Raises
        ------
        kg.errors.KgError
            If the server does not take it.
        """

    @abstractmethod
    def remove(self, graph: str) -> None:
        """Remove a graph, if it is there.

        Raises
        ------
        kg.errors.KgError
            If the server does not do it.
        """

    def _send(self, request: urllib.request.Request, absent: bool = False) -> None:
        try:
            with opened(request, self._timeout, self._login) as response:
                content(response, time.monotonic() + self._timeout)
        except (OSError, ValueError, http.client.HTTPException) as error:
            if absent and getattr(error, "code", None) == http.HTTPStatus.NOT_FOUND:
                return
            raise failure(self.url, error, self._timeout, self._login) from None


class GraphStore(Server):
    """A server that speaks the SPARQL 1.1 Graph Store HTTP Protocol."""

    size = 10_000

    def write(self, part: Part) -> None:
        """Write a part with PUT or POST."""
        body = "".join(f"{line}\n" for line in part.lines).encode()
        kind = {"Content-Type": "application/n-triples"}
        method = "PUT" if part.first else "POST"
        self._send(urllib.request.Request(self._address(part.graph), body, kind, method=method))  # noqa: S310

    def remove(self, graph: str) -> None:
        """Remove a graph with DELETE."""
        self._send(urllib.request.Request(self._address(graph), method="DELETE"), absent=True)  # noqa: S310

    def _address(self, graph: str) -> str:
        named = "graph=" + urllib.parse.quote(graph, safe="") if graph else "default"
        return f"{self.url}{'&' if '?' in self.url else '?'}{named}"


class Update(Server):
    """A server that speaks SPARQL 1.1 Update."""

    size = 200

    def write(self, part: Part) -> None:
        """Write a part with INSERT DATA, after CLEAR in the same request if it is the first."""
        statements = "\n".join(part.lines)
        clear = f"CLEAR SILENT {f'GRAPH <{part.graph}>' if part.graph else 'DEFAULT'} ;\n" if part.first else ""
        data = f"GRAPH <{part.graph}> {{ {statements} }}" if part.graph else statements
        self._update(f"{clear}INSERT DATA {{ {data} }}")

    def remove(self, graph: str) -> None:
        """Remove a graph with DROP."""
        self._update(f"DROP SILENT GRAPH <{graph}>")

    def _update(self, text: str) -> None:
        body = urllib.parse.urlencode({"update": text}).encode()
        self._send(urllib.request.Request(self.url, body))  # noqa: S310


def server_at(
    url: str,
    update: bool = False,
    timeout: float = 60,
    login: Login = Login(),  # noqa: B008
    size: int | None = None,
) -> Server:
    """Return the server at an address: `Update` if asked for or known by the address, else `GraphStore`.

    A size says how many statements one request may carry.

    >>> type(server_at("http://127.0.0.1:7878/update")).__name__
    'Update'
    """
    kind = Update if update or url.endswith(_UPDATES) else GraphStore
    server = kind(url, timeout, login)
    server.size = size or server.size
    return server


def asked_at(url: str) -> str:
    """Return the address at which a server is asked, from the one at which it is written.

    Raises
    ------
    StoreError
        If that address is of no known layout.

    Examples
    --------
    >>> asked_at("http://127.0.0.1:7878/store")
    'http://127.0.0.1:7878/query'
    """
    for end, other in _LAYOUTS.items():
        if url.endswith(end):
            return url.removesuffix(end) + other
    raise StoreError(f"{url}: of no known layout ({', '.join(sorted(_LAYOUTS))}); name its query service by --endpoint")


class Pushed(NamedTuple):
    """What a push has done."""

    graphs: int
    statements: int
    resumed: int
    """How many parts were there from before."""
    union: str
    """The graph of the union; empty for the default graph."""


def push(graphs: Graphs, server: Server, endpoint: Endpoint, step: Callable[[int, int], None] | None = None) -> Pushed:
    """Load graphs into a server and count them there.

    Parameters
    ----------
    graphs
        What to load.
    server
        Where to write.
    endpoint
        Where to ask the same server; its default graph is the server's own.
    step
        Called after each part with the number of parts done and of all.

    Raises
    ------
    kg.errors.KgError
        If the server does not do as asked, or holds another number of statements in the end.
    """
    parts = list(graphs.parts(server.size))
    resumed = _far(endpoint, graphs, server.size)
    _note(server, graphs, resumed)
    union = UNION if _is_mixed(endpoint) else _DEFAULT
    for done, part in enumerate(parts[resumed:], resumed + 1):
        server.write(part if part.graph else part._replace(graph=union))
        _note(server, graphs, done)
        if step:
            step(done, len(parts))
    expected = {graph or union: len(lines) for graph, lines in graphs.lines.items()}
    for graph in sorted(set(_counts(endpoint)) - set(expected) - {STATE}):
        if graph.startswith(BASE):
            server.remove(graph)
    wrong = _wrong(endpoint, expected)
    server.remove(STATE)
    if wrong:
        graph, number = wrong
        raise StoreError(
            f"{server.url}: {graph or 'the default graph'} holds {number} statements, {expected[graph]} were sent; "
            "push again from the start"
        )
    return Pushed(len(expected), sum(expected.values()), resumed, union)


def _note(server: Server, graphs: Graphs, done: int) -> None:
    server.write(Part(STATE, True, (f'<{STATE}> <{_FAR}> "{graphs.digest} {server.size} {done}" .',)))


def _far(endpoint: Endpoint, graphs: Graphs, size: int) -> int:
    """Return how many parts of these graphs a server has from before."""
    rows = endpoint.select(f"SELECT ?far {{ GRAPH <{STATE}> {{ <{STATE}> <{_FAR}> ?far }} }}").texts()
    for row in rows:
        digest, parted, done = row["far"].split(" ")
        if (digest, parted) == (graphs.digest, str(size)):
            return int(done)
    return 0


def _is_mixed(endpoint: Endpoint) -> bool:
    """Whether what stands in a named graph also stands in the default graph."""
    return endpoint.ask(f"ASK {{ <{STATE}> <{_FAR}> ?far }}")


def _counts(endpoint: Endpoint) -> dict[str, int]:
    rows = endpoint.select("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").rows
    return {graph.value: int(number.value) for graph, number in rows if graph and number}


def _wrong(endpoint: Endpoint, expected: dict[str, int]) -> tuple[str, int] | None:
    """Find a graph that holds another number of statements than expected."""
    found = _counts(endpoint)
    if _DEFAULT in expected:
        ((number,),) = endpoint.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
        found[_DEFAULT] = int(number.value) if isinstance(number, Term) else 0
    for graph, number_of in expected.items():
        if found.get(graph, 0) != number_of:
            return graph, found.get(graph, 0)
    return None
