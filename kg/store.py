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

_SHOWN = 30
"""Characters of a wrong word that are shown."""
_WANTED = 6
"""How many expected words are worth naming; a longer list says nothing."""
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
        raise _syntax_error(query, int(line), int(column), problem) from None


def _syntax_error(query: str, line: int, column: int, problem: str) -> QuerySyntaxError:
    lines = query.split("\n")
    rest = lines[line - 1] if line <= len(lines) else ""
    while 1 < column <= len(rest) and rest[column - 2 : column].isalnum():
        column -= 1
    word = rest[column - 1 :].split()[:1]
    found = f"{word[0][:_SHOWN]!r} cannot stand here" if word else "something is missing or wrong here or just before"
    expected = [one.strip() for one in problem.replace("expected", "").replace("one of", "").split(",")]
    wanted = [one for one in expected if one not in ("", "[_]")]
    few = f"; expected {' or '.join(wanted)}" if 0 < len(wanted) <= _WANTED else ""
    return QuerySyntaxError(f"{found}{few}", line, column)


def _undeclared(prefix: str) -> str:
    known = f"; add PREFIX {prefix}: <{PREFIXES[prefix]}>" if prefix in PREFIXES else ""
    return f"the prefix {prefix}: is not declared{known}"
