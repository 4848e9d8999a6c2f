"""What engines answer, and the one place where their differences are smoothed.

Every engine answers in the terms below, in one canonical form, so that the same question gives the
same rows everywhere:

- Literals: an engine keeps ``1.50``, another makes ``1.5`` of it; ``xsd:int`` becomes ``xsd:integer``,
  ``1`` as a boolean ``true``, ``P12M`` ``P1Y``.  The form of the embedded store is the canonical one.
- Language tags are in lower case; a plain text has the datatype ``xsd:string``.
- Virtuoso gives an ``xsd:duration`` as a bare number, of months if whole, else of seconds, and an ASK as a
  table of one row or none.
- Bound variables: the embedded store and rdflib bind one value from outside; several values, and all
  values on an endpoint, are joined by VALUES, inside of the outermost group.
- Statements of a CONSTRUCT or DESCRIBE come in no order and more than once; here they are sorted and
  distinct.

What no answer can mend stands in ``docs/decisions/``: rules for questions that run everywhere.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import pyoxigraph as ox

from kg import sparql
from kg.errors import QueryError
from kg.names import PREFIXES

_XSD = PREFIXES["xsd"]
_STRING = _XSD + "string"
_LANGUAGE = PREFIXES["rdf"] + "langString"
_DURATION = _XSD + "duration"
_ASKED = ("__ASK_RETVAL",)
"""The columns of what Virtuoso answers to ASK."""


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
    more: bool = False
    """Whether a limit left rows out."""

    def texts(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries of texts; an unbound variable is an empty text.

        >>> Rows(("a",), ((Term("x", "literal"),), (None,))).texts()
        [{'a': 'x'}, {'a': ''}]
        """
        return [
            {column: term.value if term else "" for column, term in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]


Triples: TypeAlias = list[str]
"""The answer to CONSTRUCT or DESCRIBE: sorted N-Triples lines without the closing dot."""

Answer: TypeAlias = Rows | bool | Triples
"""The answer to a query of any form."""

Bindings: TypeAlias = Mapping[str, Term | tuple[Term, ...]]
"""Variable -> the term, or the several terms, that it may stand for."""


def limited(columns: tuple[str, ...], rows: Iterable[tuple[Term | None, ...]], limit: int | None) -> Rows:
    """Take as many rows as wanted, and see whether there are more.

    >>> limited(("a",), [(None,), (None,)], 1)
    Rows(columns=('a',), rows=((None,),), more=True)
    """
    found = iter(rows)
    kept = tuple(itertools.islice(found, limit))
    return Rows(columns, kept, limit is not None and next(found, ()) != ())


def node(term: Term) -> ox.NamedNode | ox.Literal:
    """Return a term as the embedded store has it.

    Raises
    ------
    QueryError
        If it can be no term of a query: a blank node, an IRI with spaces.

    Examples
    --------
    >>> str(node(Term("5", "literal", "http://www.w3.org/2001/XMLSchema#integer")))
    '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    try:
        if term.kind == "iri":
            return ox.NamedNode(term.value)
        if term.kind == "blank":
            raise ValueError("a blank node has no name outside of its answer")
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype) if term.datatype else None)
    except ValueError as error:
        raise QueryError(f"{term.value!r} cannot stand in a query: {error}") from None


def written(term: Term) -> str:
    """Write a term in N-Triples.

    >>> written(Term("abatacept", "literal", "", "en")), written(Term("http://x", "iri"))
    ('"abatacept"@en', '<http://x>')
    """
    return f"_:{term.value}" if term.kind == "blank" else str(node(term))


def term_of(found: object) -> Term | None:
    """Return a term of the embedded store as a term of an answer.

    Raises
    ------
    QueryError
        If it is a triple, which RDF 1.1 does not have.

    Examples
    --------
    >>> term_of(ox.NamedNode("http://a"))
    Term(value='http://a', kind='iri', datatype='', language='')
    """
    if found is None:
        return None
    if isinstance(found, ox.NamedNode):
        return Term(found.value, "iri")
    if isinstance(found, ox.Literal):
        return Term(found.value, "literal", found.datatype.value, found.language or "")
    if isinstance(found, ox.BlankNode):
        return Term(found.value, "blank")
    raise QueryError(f"the engine answered with {type(found).__name__}, which is not an RDF 1.1 term")


def canonical(term: Term) -> Term:
    """Give a term the form that the embedded store would give it.

    >>> canonical(Term("1.50", "literal", _XSD + "decimal")).value
    '1.5'
    >>> canonical(Term("18", "literal", _DURATION)).value
    'P1Y6M'
    """
    if term.kind != "literal":
        return term
    if term.language:
        return term._replace(datatype=_LANGUAGE, language=term.language.lower())
    if term.datatype in ("", _STRING):
        return term._replace(datatype=_STRING)
    return _stored(term.value, term.datatype) if term.datatype.startswith(_XSD) else term


@lru_cache(maxsize=10_000)
def _stored(value: str, datatype: str) -> Term:
    if datatype == _DURATION:
        value = _duration(value)
    store, some = ox.Store(), ox.NamedNode("urn:some")
    store.add(ox.Quad(some, some, ox.Literal(value, datatype=ox.NamedNode(datatype))))
    return term_of(next(iter(store)).object) or Term(value, "literal", datatype)


def _duration(value: str) -> str:
    if re.fullmatch(r"-?\d+", value):
        months = int(value)
        return f"{'-' * (months < 0)}P{abs(months)}M"
    if re.fullmatch(r"-?\d+\.\d*(e[+-]?\d+)?", value):
        seconds = Decimal(value)
        return f"{'-' * (seconds < 0)}PT{abs(seconds):f}S"
    return value


def statement(triple: ox.Triple) -> str:
    """Write a statement of an answer as an N-Triples line without the closing dot, its object canonical.

    >>> integer = ox.Literal("05", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    >>> statement(ox.Triple(ox.NamedNode("http://a"), ox.NamedNode("http://b"), integer))
    '<http://a> <http://b> "5"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    found = triple.object
    if isinstance(found, ox.Literal):
        found = node(canonical(Term(found.value, "literal", found.datatype.value, found.language or "")))
    return f"{triple.subject} {triple.predicate} {found}"


def from_json(answer: Mapping[str, Any], limit: int | None = None) -> Rows | bool:
    """Read a SPARQL result in JSON, already decoded.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it is none.

    Examples
    --------
    >>> from_json({"head": {}, "boolean": True})
    True
    """
    if "boolean" in answer:
        if not isinstance(answer["boolean"], bool):
            raise TypeError("a boolean is expected")
        return answer["boolean"]
    columns, bindings = tuple(answer["head"]["vars"]), answer["results"]["bindings"]
    if columns == _ASKED:
        return bool(bindings and bindings[0][_ASKED[0]]["value"] == "1")
    rows = (tuple(_json_term(row.get(name)) for name in columns) for row in bindings)
    return limited(columns, rows, limit)


def _json_term(found: Mapping[str, str] | None) -> Term | None:
    if found is None:
        return None
    kind = {"uri": "iri", "bnode": "blank"}.get(found["type"], "literal")
    if kind != "literal":
        return Term(found["value"], kind)
    return canonical(Term(found["value"], kind, found.get("datatype", ""), found.get("xml:lang", "")))


def split(bind: Bindings) -> tuple[dict[str, Term], dict[str, tuple[Term, ...]]]:
    """Separate the variables with one value from those with several.

    >>> split({"a": Term("x", "literal"), "b": (Term("y", "literal"), Term("z", "literal"))})[1].keys()
    dict_keys(['b'])
    """
    one = {name: given for name, given in bind.items() if isinstance(given, Term)}
    many = {name: given for name, given in bind.items() if not isinstance(given, Term)}
    for name, given in list(many.items()):
        if len(given) == 1:
            one[name] = many.pop(name)[0]
    return one, many


def bound(query: str, bind: Bindings) -> str:
    """Bind variables of a query by a VALUES block; of several values of several variables, all pairs.

    Raises
    ------
    QueryError
        If there is no value for a variable, or it can be no term of a query.

    Examples
    --------
    >>> bound("SELECT ?a WHERE { ?a ?b ?c }", {"a": Term("http://x", "iri")}).splitlines()[1]
    'VALUES (?a) { (<http://x>) }'
    """
    if not bind:
        return query
    for name, given in bind.items():
        if not given:
            raise QueryError(f"no value is given for ?{name}")
    names = " ".join(f"?{ox.Variable(name).value}" for name in bind)
    choices = ((given,) if isinstance(given, Term) else given for given in bind.values())
    rows = " ".join(f"({' '.join(str(node(term)) for term in row)})" for row in itertools.product(*choices))
    return sparql.joined(query, f"VALUES ({names}) {{ {rows} }}")
