"""Any graph or dataset of rdflib as an engine.

rdflib evaluates slowly and would read files and addresses that a query names, so it answers only
queries without FROM and SERVICE; a query from outside goes to `kg.worker`.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from kg import sparql
from kg.answers import Answer, Bindings, Term, bound, canonical, limited, node, split, written
from kg.errors import QueryError, QuerySyntaxError
from kg.store import Store

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.query import Result
    from rdflib.term import Identifier, Node


class Library(Store):
    """An rdflib graph; a dataset answers from the default graph that it is set to have.

    Parameters
    ----------
    graph
        The graph or dataset.

    Examples
    --------
    >>> import rdflib
    >>> graph = rdflib.Graph().parse(data="<http://a> <http://b> 5 .")
    >>> Library(graph).select("SELECT ?o WHERE { ?s ?p ?o }").texts()
    [{'o': '5'}]
    >>> Library(graph).query("ASK { ?s ?p 6 }")
    False
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def query(self, query: str, bind: Bindings | None = None, limit: int | None = None) -> Answer:
        """Answer a query of any form.

        Raises
        ------
        QueryError
            If the query is malformed, names FROM or SERVICE, or fails.
        """
        from pyparsing import ParseException

        sparql.refuse_changes(query)
        if sparql.form(query) not in sparql.FORMS:
            raise QueryError(f"the query is none of {', '.join(sparql.FORMS)}")
        for word in ("FROM", "SERVICE"):
            if sparql.names(query, word):
                raise QueryError(f"{word} is not allowed here: rdflib would read the file or address that it names")
        one, many = split(bind or {})
        given = {name: _identifier(term) for name, term in one.items()}
        try:
            with warnings.catch_warnings():
                # rdflib warns of its own calls when a dataset is asked
                warnings.simplefilter("ignore", DeprecationWarning)
                return _answer(self._graph.query(bound(query, many), initBindings=given), limit)
        except ParseException as error:
            raise QuerySyntaxError(error.msg, error.lineno, error.column) from None
        except QueryError:
            raise
        except Exception as error:
            # rdflib has no base class of its errors: parser, evaluator and plugins raise what they like
            raise QueryError(f"the query cannot be run: {type(error).__name__}: {error}") from None


def _answer(result: Result, limit: int | None) -> Answer:
    if result.type == "ASK":
        return bool(result.askAnswer)
    if result.graph is not None:
        return sorted({" ".join(written(_term(part)) for part in triple) for triple in result.graph})
    columns = tuple(str(variable) for variable in result.vars or ())
    rows = (tuple(_term(row[name]) if name in row else None for name in result.vars or ()) for row in result.bindings)
    return limited(columns, rows, limit)


def _identifier(term: Term) -> Identifier:
    from rdflib import Literal, URIRef

    node(term)
    if term.kind == "iri":
        return URIRef(term.value)
    return Literal(term.value, lang=term.language or None, datatype=URIRef(term.datatype) if term.datatype else None)


def _term(found: Node) -> Term:
    from rdflib import BNode, Literal

    if isinstance(found, Literal):
        return canonical(Term(str(found), "literal", str(found.datatype or ""), found.language or ""))
    return Term(str(found), "blank" if isinstance(found, BNode) else "iri")
