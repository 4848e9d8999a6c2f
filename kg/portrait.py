"""Everything that the graph says about one thing: facts with their receipts, parts, links to it, matches.

What belongs to a thing and makes no sense alone (the outcomes of a trial, the figures of a result) is
shown under it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from kg.evidence import Evidence, Triple, receipts_of
from kg.meanings import anything
from kg.names import BASE, PREFIXES, shrink
from kg.store import Store, Term

PARTS = frozenset({
    "alternative", "arm", "comparison", "eligibility", "groupvalue", "outcome", "postedmeasure", "publication",
    "result", "resultgroup", "site", "use",
})  # fmt: skip
"""The kinds of things that belong to another one."""
_DEEPEST = 3
"""How deep parts of parts are shown."""
_TYPE, _LABEL = PREFIXES["rdf"] + "type", PREFIXES["skos"] + "prefLabel"
_STANDARD = {
    PREFIXES["skos"] + name: words
    for name, words in (
        ("altLabel", "also called"),
        ("hiddenLabel", "variant"),
        ("definition", "definition"),
        ("broader", "a form of"),
        ("exactMatch", "the same as"),
        ("closeMatch", "nearly the same as"),
    )
}
"""Names of standard properties."""
_MATCHES = tuple(PREFIXES["skos"] + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch"))

_OUT = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT DISTINCT ?thing ?predicate ?predicateLabel ?value ?valueLabel
WHERE {
  ?thing ?predicate ?value .
  OPTIONAL { ?predicate rdfs:label ?predicateLabel . }
  OPTIONAL { ?value skos:prefLabel|rdfs:label ?valueLabel . }
}
ORDER BY ?predicate ?valueLabel ?value
"""
_IN = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT DISTINCT ?thing ?predicate ?predicateLabel ?from ?fromLabel
WHERE {
  ?from
    ?predicate ?thing ;
    skos:prefLabel ?fromLabel .
  OPTIONAL { ?predicate rdfs:label ?predicateLabel . }
}
ORDER BY ?predicate ?fromLabel ?from
"""


class Fact(NamedTuple):
    """A statement about a thing."""

    predicate: str
    """An IRI."""
    name: str
    """The predicate in words."""
    value: Term
    label: str
    """The value in words."""
    evidence: tuple[Evidence, ...]
    """Its receipts; none if it is derived."""
    part: Portrait | None = None
    """The value itself, if it belongs to the thing."""


class Links(NamedTuple):
    """The things that point to a thing by one predicate."""

    predicate: str
    name: str
    things: tuple[tuple[str, str], ...]
    """IRI and label of each."""


class Portrait(NamedTuple):
    """Everything about a thing."""

    iri: str
    label: str
    classes: tuple[str, ...]
    """The names of its classes."""
    facts: tuple[Fact, ...]
    matches: tuple[Fact, ...]
    """Identifiers elsewhere."""
    links: tuple[Links, ...]
    """What points to it."""


def portrait(store: Store, text: str) -> Portrait:
    """Show everything about a thing.

    Parameters
    ----------
    store
        Where to look; without receipts in it, facts have no evidence.
    text
        A name, code, CURIE or IRI.

    Raises
    ------
    QueryError
        If the text means nothing, or several things.

    Examples
    --------
    >>> from kg.store import Embedded
    >>> store = Embedded()
    >>> store.load(['<https://w3id.org/myositis-kg/drug/abatacept> '
    ...             '<http://www.w3.org/2004/02/skos/core#prefLabel> "abatacept"@en .'])
    >>> portrait(store, "drug:abatacept").label
    'abatacept'
    """
    meaning = anything(store, text)
    shown = _portrait(store, meaning.terms[0].value, meaning.labels[0], _DEEPEST)
    return shown._replace(links=_links(store, meaning.terms[0]))


def _portrait(store: Store, iri: str, label: str, depth: int) -> Portrait:
    rows = store.select(_OUT, {"thing": Term(iri, "iri")}).rows
    triples: set[Triple] = {(row[0], row[1], row[3]) for row in rows if row[0] and row[1] and row[3]}
    receipts = receipts_of(store, triples)
    facts, classes = [], []
    for thing, predicate, name, value, value_label in rows:
        if thing is None or predicate is None or value is None or predicate.value == _LABEL:
            continue
        shown = value_label.value if value_label else shrink(value.value)
        if predicate.value == _TYPE:
            classes.append(shown)
            continue
        evidence = tuple(sorted(receipts.get((thing, predicate, value), ())))
        part = _portrait(store, value.value, shown, depth - 1) if depth and _belongs(value, iri) else None
        facts.append(Fact(predicate.value, _name(predicate, name), value, shown, evidence, part))
    matches = tuple(fact for fact in facts if fact.predicate in _MATCHES)
    return Portrait(iri, label, tuple(classes), tuple(fact for fact in facts if fact not in matches), matches, ())


def _belongs(value: Term, iri: str) -> bool:
    kind, _, local = value.value.removeprefix(BASE).partition("/")
    return value.kind == "iri" and kind in PARTS and (local.startswith(iri.rpartition("/")[2]) or kind == "publication")


def _name(predicate: Term, label: Term | None) -> str:
    return label.value if label else _STANDARD.get(predicate.value) or shrink(predicate.value).partition(":")[2]


def _links(store: Store, thing: Term) -> tuple[Links, ...]:
    found: Mapping[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for _, predicate, name, source, label in store.select(_IN, {"thing": thing}).rows:
        if predicate and source and label:
            found[predicate.value, _name(predicate, name)].append((source.value, label.value))
    return tuple(Links(predicate, name, tuple(things)) for (predicate, name), things in found.items())
