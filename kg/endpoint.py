"""Any SPARQL 1.1 endpoint as an engine, reached through SPARQLWrapper.

A server may have no default graph of its own, or one that also holds the receipts.  ``kg push`` then
puts the union into the graph `UNION`; an endpoint that holds that graph is asked over it, so that a
question gives the same rows there.

What is no whole answer is an error: a refusal, a web page, an answer that breaks off, a part of the
rows.  An empty table means that there is nothing.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import json
import math
import time
import urllib.parse
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox

from kg import sparql
from kg.answers import Answer, Bindings, Rows, bound, from_json, statement
from kg.errors import QueryError, StoreError
from kg.names import own
from kg.remote import Login, content, failure, opened
from kg.store import Store

if TYPE_CHECKING:
    from SPARQLWrapper import SPARQLWrapper

UNION = own("graph", "union")
"""The graph of the union on a server without a default graph of its own."""

_LONG = 2_000
"""Characters of a request that are sent as its body rather than in its address."""
_ROWS = "application/sparql-results+json"
_STATEMENTS = "application/n-triples, text/turtle;q=0.9"


class Reply(NamedTuple):
    """The whole of what a server answered."""

    content: bytes
    kind: str
    headers: http.client.HTTPMessage


class Endpoint(Store):
    """A SPARQL 1.1 endpoint.

    Parameters
    ----------
    url
        The address of its query service.
    timeout
        Seconds in which it must have answered.
    user, password
        The name and the password to show to it, if any.
    token
        The bearer token to show to it, if any.
    default_graph
        The graph to ask unless the query names one; empty for what the server itself has.  If not given,
        `UNION` where the server holds it.

    Examples
    --------
    >>> Endpoint("http://127.0.0.1:9/query", timeout=1).query("SELECT ?s WHERE { ?s ?p ?o }")
    Traceback (most recent call last):
    kg.errors.StoreError: http://127.0.0.1:9/query: cannot be reached (Connection refused); is the server running?
    """

    def __init__(
        self,
        url: str,
        timeout: float = 60,
        user: str = "",
        password: str = "",
        token: str = "",
        default_graph: str | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise StoreError(f"{url}: the address of an endpoint starts with http:// or https://")
        self.url, self._timeout, self._login = url, timeout, Login(user, password, token)
        self._given = default_graph

    def query(self, query: str, bind: Bindings | None = None, limit: int | None = None) -> Answer:
        """Answer a query of any form over the default graph of the endpoint.

        Raises
        ------
        StoreError
            If the endpoint does not answer, or not with a whole result.
        QueryError
            If the endpoint refuses the query.
        """
        sparql.refuse_changes(query)
        form = sparql.form(query)
        if form not in sparql.FORMS:
            raise QueryError(f"the query is none of {', '.join(sparql.FORMS)}")
        reply = self._ask(bound(query, bind or {}), form, self._dataset(query))
        if form in ("SELECT", "ASK"):
            return self._rows(reply, form, limit)
        try:
            found = ox.parse(reply.content, format=ox.RdfFormat.TURTLE)
            return sorted({statement(quad.triple) for quad in found})
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.url}: answered with RDF that breaks off or is malformed ({error})") from None

    def _rows(self, reply: Reply, form: str, limit: int | None) -> Answer:
        try:
            answer = from_json(json.loads(reply.content), limit)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                f"{self.url}: the answer breaks off or is no SPARQL result ({error}); "
                "the server may have stopped the query: narrow it"
            ) from None
        if isinstance(answer, Rows) is not (form == "SELECT"):
            raise StoreError(f"{self.url}: answered something else than the {form} that was asked")
        most = reply.headers.get("X-SPARQL-MaxRows", "")
        if isinstance(answer, Rows) and most.isdigit() and len(answer.rows) >= int(most):
            return answer._replace(more=True)
        return answer

    @functools.cached_property
    def _default(self) -> str:
        if self._given is not None:
            return self._given
        held = self._ask(f"ASK {{ GRAPH <{UNION}> {{ ?s ?p ?o }} }}", "ASK", [])
        return UNION if self._rows(held, "ASK", None) else ""

    def _dataset(self, query: str) -> list[tuple[str, str]]:
        if sparql.names(query, "FROM") or not self._default:
            return []
        named, anyone = sparql.graphs(query)
        if named and anyone:
            raise QueryError(
                f"{self.url}: has no default graph of its own, so a query can name graphs or leave them open, not both"
            )
        return [("default-graph-uri", self._default), *(("named-graph-uri", graph) for graph in named)]

    def _ask(self, query: str, form: str, dataset: list[tuple[str, str]]) -> Reply:
        deadline = time.monotonic() + self._timeout
        client = _client(self.url, self._login)
        client.setTimeout(math.ceil(self._timeout))
        client.setOnlyConneg(True)
        client.addCustomHttpHeader("Accept", _ROWS if form in ("SELECT", "ASK") else _STATEMENTS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client.setQuery(query)
        client.queryType = form
        client.setMethod("GET" if len(urllib.parse.quote(query)) < _LONG else "POST")
        for name, value in dataset:
            client.addParameter(name, value)
        try:
            with contextlib.closing(client.query().response) as response:
                reply = Reply(content(response, deadline), response.headers.get_content_type(), response.headers)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise failure(self.url, error, self._timeout, self._login) from None
        if reply.kind in ("text/html", "application/xhtml+xml"):
            raise StoreError(f"{self.url}: answered with a web page, not with a SPARQL result; check the address")
        if reply.headers.get("X-SQL-State", "").startswith("S1TAT"):
            raise StoreError(f"{self.url}: ran out of its time and answered with a part of the rows; narrow the query")
        return reply


def _client(url: str, login: Login) -> SPARQLWrapper:
    """Return a SPARQLWrapper that shows a login to no other address, and whose errors are those of urllib."""
    from SPARQLWrapper import SPARQLWrapper

    class Client(SPARQLWrapper):
        def _query(self) -> tuple[Any, str]:
            return opened(self._createRequest(), self.timeout or 0, login), self.returnFormat

    return Client(url)
