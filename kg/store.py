"""The one interface to every engine, and the embedded engine behind it.

`Embedded` is pyoxigraph, on disk or in memory; `kg.library.Library` is any rdflib graph, and
`kg.endpoint.Endpoint` any SPARQL 1.1 endpoint.  Each answers a query with `Rows`, a truth value or
`Triples` of plain terms, so that nothing above knows an engine.  Errors of the engines become
`StoreError` and `QueryError`.
"""

from __future__ import annotations

import contextlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import sparql
from kg.answers import Answer, Bindings, Rows, Term, Triples, bound, limited, node, split, statement, term_of, written
from kg.errors import QueryError, QuerySyntaxError, StoreError
from kg.names import PREFIXES

__all__ = ["Embedded", "Rows", "Store", "Term", "Triples", "written"]

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Store(ABC):
    """What the package asks of an engine."""

    @abstractmethod
    def query(self, query: str, bind: Bindings | None = None, limit: int | None = None) -> Answer:
        """Answer a query of any form.

        Parameters
        ----------
        query
            The text; its default graph is the union of all graphs but the receipts.
        bind
            Variables with the terms that they may stand for.
        limit
            How many rows to take at most.

        Raises
        ------
        QueryError
            If the query is malformed, is refused or fails.
        StoreError
            If the engine cannot answer.
        """

    def select(self, query: str, bind: Bindings | None = None) -> Rows:
        """Answer a SELECT query.

        Raises
        ------
        QueryError
            If it is none, or fails.
        """
        answer = self.query(query, bind)
        if not isinstance(answer, Rows):
            raise QueryError("the query is not a SELECT query")
        return answer

    def ask(self, query: str, bind: Bindings | None = None) -> bool:
        """Answer an ASK query.

        Raises
        ------
        QueryError
            If it is none, or fails.
        """
        answer = self.query(query, bind)
        if not isinstance(answer, bool):
            raise QueryError("the query is not an ASK query")
        return answer

    def construct(self, query: str, bind: Bindings | None = None) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query.

        Raises
        ------
        QueryError
            If it is none, or fails.
        """
        answer = self.query(query, bind)
        if not isinstance(answer, list):
            raise QueryError("the query is not a CONSTRUCT query")
        return answer

    def describe(self, iri: str) -> Triples:
        """Return every statement about a thing; engines differ in what they answer to DESCRIBE, not in this.

        Raises
        ------
        QueryError
            If it is no IRI.
        """
        found = f"{node(Term(iri, 'iri'))} ?predicate ?object"
        return self.construct(f"CONSTRUCT {{ {found} }} WHERE {{ {found} }}")


class Embedded(Store):
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
    >>> store.query("ASK { ?s ?p 5 }")
    False
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

    def query(self, query: str, bind: Bindings | None = None, limit: int | None = None) -> Answer:
        """Answer a query of any form; its default graph is the union without receipts.

        Raises
        ------
        QueryError
            If the query is malformed or fails; a `QuerySyntaxError` if it has a wrong place.
        """
        sparql.refuse_changes(query)
        one, many = split(bind or {})
        with _translated(query):
            given: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
                ox.Variable(name): node(term) for name, term in one.items()
            }
            answer = self._store.query(bound(query, many), substitutions=given)
            if isinstance(answer, ox.QueryBoolean):
                return bool(answer)
            if isinstance(answer, ox.QueryTriples):
                return sorted({statement(triple) for triple in answer})
            columns = tuple(variable.value for variable in answer.variables)
            return limited(columns, (tuple(term_of(row[name]) for name in columns) for row in answer), limit)

    def quads(self, graph: str | None = None) -> Iterator[tuple[str, str, str, str]]:
        """Yield the quads of one named graph, or of all of them, as N-Triples terms."""
        name = ox.NamedNode(graph) if graph else None
        for quad in self._store.quads_for_pattern(None, None, None, name):
            yield str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name)


@contextlib.contextmanager
def _translated(query: str) -> Iterator[None]:
    try:
        yield
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        place = _PLACE.match(str(error))
        if place is None:
            raise QueryError(f"the query cannot be run: {error}") from None
        line, column, problem = place.groups()
        missing = sparql.undeclared(query)
        if missing:
            raise QuerySyntaxError(_undeclared(missing[0]), *missing[1:]) from None
        raise QuerySyntaxError(_problem(query, int(line), int(column), problem), int(line), int(column)) from None


_WORDS = 6
"""How many expected words are worth naming; a longer list says nothing."""


def _problem(query: str, line: int, column: int, problem: str) -> str:
    lines = query.split("\n")
    rest = lines[line - 1][column - 1 :].split() if line <= len(lines) else []
    found = f"{rest[0][:20]!r} cannot stand here" if rest else "the query ends, or a line breaks off, too early"
    expected = [word.strip() for word in problem.replace("expected", "").replace("one of", "").split(",")]
    words = [word for word in expected if word not in ("", "[_]")]
    return f"{found}; expected {' or '.join(words)}" if 0 < len(words) <= _WORDS else found


def _undeclared(prefix: str) -> str:
    known = f"; add PREFIX {prefix}: <{PREFIXES[prefix]}>" if prefix in PREFIXES else ""
    return f"the prefix {prefix}: is not declared{known}"
