"""The embedded store and a remote endpoint behind one small interface.

`Embedded` is pyoxigraph, on disk or in memory; `Endpoint` is any SPARQL 1.1 endpoint, reached
through SPARQLWrapper.  Both answer a query with `Rows`: names of columns and rows of plain terms,
so that nothing above this module knows an engine.  Errors of the engines become `StoreError` and
`QueryError`.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import urllib.error
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.names import PREFIXES


class Term(NamedTuple):
    """A term of an answer."""

    value: str
    kind: str
    """``iri``, ``literal`` or ``blank``."""
    datatype: str = ""
    language: str = ""


class Rows(NamedTuple):
    """The answer to a SELECT query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def texts(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries of texts; an unbound variable is an empty text.

        >>> Rows(("a",), ((Term("x", "literal"),), (None,))).texts()
        [{'a': 'x'}, {'a': ''}]
        """
        return [
            {column: term.value if term else "" for column, term in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]


class Store(Protocol):
    """What the package asks of an engine."""

    def select(self, query: str, bind: Mapping[str, Term] | None = None) -> Rows:
        """Answer a SELECT query over the default graph, with variables bound from outside."""


def _term(node: object) -> Term | None:
    if node is None:
        return None
    if isinstance(node, ox.NamedNode):
        return Term(node.value, "iri")
    if isinstance(node, ox.Literal):
        return Term(node.value, "literal", node.datatype.value, node.language or "")
    if isinstance(node, ox.BlankNode):
        return Term(node.value, "blank")
    raise QueryError(f"the engine answered with {type(node).__name__}, which is not an RDF 1.1 term")


def _node(term: Term) -> ox.NamedNode | ox.Literal:
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    datatype = ox.NamedNode(term.datatype) if term.datatype else None
    return ox.Literal(term.value, datatype=datatype)


def written(term: Term) -> str:
    """Write a term in N-Triples.

    >>> written(Term("abatacept", "literal", "", "en")), written(Term("http://x", "iri"))
    ('"abatacept"@en', '<http://x>')
    """
    return str(_node(term))


class Embedded:
    """A pyoxigraph store.

    Its default graph holds the union of all graphs but the receipts; each graph also stands under
    its name.

    Parameters
    ----------
    path
        The folder of a store built before, opened read-only; None for an empty one in memory.

    Raises
    ------
    StoreError
        If there is no store at the path or it cannot be opened.

    Examples
    --------
    >>> store = Embedded()
    >>> store.load(['<http://a> <http://b> "c" .'])
    >>> store.select("SELECT ?o WHERE { ?s ?p ?o }").texts()
    [{'o': 'c'}]
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self._store = ox.Store() if path is None else ox.Store.read_only(str(path))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{path}: no store can be opened there ({error}); run kg build") from None

    def load(self, lines: Iterable[str]) -> None:
        """Add N-Quads lines; a line without a graph goes into the default graph.

        Raises
        ------
        StoreError
            If a line is not N-Quads.
        """
        try:
            self._store.bulk_load("\n".join(lines), format=ox.RdfFormat.N_QUADS)
        except (SyntaxError, OSError) as error:
            raise StoreError(f"the lines could not be loaded: {error}") from None

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"the query cannot be run: {error}") from None

    def select(self, query: str, bind: Mapping[str, Term] | None = None) -> Rows:
        """Answer a SELECT query; its default graph is the union without receipts.

        Raises
        ------
        QueryError
            If the query is malformed, is not a SELECT or fails.
        """
        with self._translated():
            substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
                ox.Variable(name): _node(term) for name, term in (bind or {}).items()
            }
            answer = self._store.query(query, substitutions=substitutions)
            if not isinstance(answer, ox.QuerySolutions):
                raise QueryError("the query is not a SELECT query")
            columns = tuple(variable.value for variable in answer.variables)
            return Rows(columns, tuple(tuple(_term(row[name]) for name in columns) for row in answer))

    def construct(self, query: str) -> list[str]:
        """Answer a CONSTRUCT query with N-Triples lines without the closing dot.

        Raises
        ------
        QueryError
            If the query is malformed, is not a CONSTRUCT or fails.
        """
        with self._translated():
            answer = self._store.query(query)
            if not isinstance(answer, ox.QueryTriples):
                raise QueryError("the query is not a CONSTRUCT query")
            return [str(triple) for triple in answer]

    def quads(self, graph: str | None = None) -> Iterator[tuple[str, str, str, str]]:
        """Yield the quads of one named graph, or of all of them, as N-Triples terms."""
        name = ox.NamedNode(graph) if graph else None
        for quad in self._store.quads_for_pattern(None, None, None, name):
            yield str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name)


class Endpoint:
    """A SPARQL 1.1 endpoint.

    Parameters
    ----------
    url
        The address of its query service.
    timeout
        Seconds to wait for an answer.

    Examples
    --------
    >>> Endpoint("http://127.0.0.1:9/query", timeout=1).select("SELECT ?s WHERE { ?s ?p ?o }")
    Traceback (most recent call last):
    kg.errors.StoreError: http://127.0.0.1:9/query: no answer ([Errno 111] Connection refused)
    """

    def __init__(self, url: str, timeout: int = 60) -> None:
        self._url, self._timeout = url, timeout

    def select(self, query: str, bind: Mapping[str, Term] | None = None) -> Rows:
        """Answer a SELECT query over the default graph of the endpoint.

        Raises
        ------
        StoreError
            If the endpoint does not answer, or answers with something that is not a result.
        QueryError
            If the endpoint refuses the query.
        """
        from SPARQLWrapper import JSON, POST, SELECT, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        client = SPARQLWrapper(self._url)
        client.setTimeout(self._timeout)
        client.setMethod(POST)
        client.setReturnFormat(JSON)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client.setQuery(bound(_without_header(query), bind or {}))
        if client.queryType != SELECT:
            raise QueryError("the query is not a SELECT query")
        try:
            with contextlib.closing(client.query().response) as response:
                content = response.read()
        except SPARQLWrapperException as error:
            _close(error)
            raise QueryError(f"{self._url}: refused the query ({error})") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            _close(error)
            raise StoreError(f"{self._url}: no answer ({getattr(error, 'reason', error)})") from None
        try:
            return _rows(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StoreError(f"{self._url}: answered, but not with a SPARQL result in JSON") from None


def _without_header(query: str) -> str:
    """Drop the comment lines on top, whose words SPARQLWrapper takes for the form of the query."""
    lines = query.splitlines()
    return "\n".join(itertools.dropwhile(lambda line: not line or line.startswith("#"), lines))


def _close(error: BaseException) -> None:
    """Close the answer that an error of urllib, or the one behind an error, holds open."""
    for one in (error, error.__context__):
        if isinstance(one, urllib.error.HTTPError):
            one.close()


def _rows(answer: Mapping[str, Any]) -> Rows:
    columns = tuple(answer["head"]["vars"])
    bindings = answer["results"]["bindings"]
    return Rows(columns, tuple(tuple(_json_term(row.get(name)) for name in columns) for row in bindings))


def _json_term(node: Mapping[str, str] | None) -> Term | None:
    if node is None:
        return None
    kind = {"uri": "iri", "bnode": "blank"}.get(node["type"], "literal")
    plain = PREFIXES["rdf"] + "langString" if "xml:lang" in node else PREFIXES["xsd"] + "string"
    datatype = node.get("datatype", plain) if kind == "literal" else ""
    return Term(node["value"], kind, datatype, node.get("xml:lang", ""))


def bound(query: str, bind: Mapping[str, Term]) -> str:
    """Bind variables of a query by a VALUES block after it, for engines without bound variables.

    >>> bound("SELECT ?a WHERE { ?a ?b ?c }", {"a": Term("http://x", "iri")}).splitlines()[-1]
    'VALUES (?a) { (<http://x>) }'
    """
    if not bind:
        return query
    names = " ".join(f"?{name}" for name in bind)
    values = " ".join(str(_node(term)) for term in bind.values())
    return f"{query}\nVALUES ({names}) {{ ({values}) }}"
