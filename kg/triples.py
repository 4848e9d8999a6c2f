"""Linked record x contract -> triples and receipts.  Total: it judges nothing and refuses nothing.

A statement is one triple together with its receipt: the record it comes from, the place in that
record, the exact value there and the shape that mapped it.  Statements are plain tuples of text;
what is done with them (N-Quads, an rdflib graph) is the business of small sinks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from kg import terms
from kg.contract import Contract, Field
from kg.link import LinkedRecord, LinkedTerm
from kg.names import PREFIXES, digest, expand, own
from kg.records import Place
from kg.walk import Visit

TYPE = PREFIXES["rdf"] + "type"
LABEL = PREFIXES["skos"] + "prefLabel"


class Statement(NamedTuple):
    """A triple and where it comes from."""

    subject: str
    """An IRI."""
    predicate: str
    """An IRI."""
    object: str
    """A term in N-Triples."""
    record: str
    """IRI of the source record, which is also the named graph of the triple."""
    locator: str
    """Where the value stands in the source: a JSON pointer or a range of characters."""
    value: str
    """The value there, exactly."""
    shape: str
    """IRI of the shape that mapped it."""
    method: str = ""
    """How a mention was linked; empty where nothing had to be linked."""
    score: float = 1.0

    @property
    def line(self) -> str:
        """The triple as a line of N-Triples without the closing dot."""
        return f"{terms.iri(self.subject)} {terms.iri(self.predicate)} {self.object}"


class Graphs(NamedTuple):
    """Named graphs as sorted N-Triples lines without the closing dot."""

    content: dict[str, list[str]]
    """IRI of a graph -> its lines; without receipts."""
    statements: list[Statement]
    withheld: Mapping[str, frozenset[str]] = {}
    """IRI of a graph -> the lines of it that are not in the union, because another source is preferred,
    or because they count it."""

    def union(self, but: Collection[str] = ()) -> list[str]:
        """Return the lines of the union of all graphs without receipts, sorted, each once.

        Parameters
        ----------
        but
            IRIs of graphs to leave out.
        """
        taken = (
            line
            for graph, lines in self.content.items()
            if graph not in but
            for line in lines
            if line not in self.withheld.get(graph, ())
        )
        return sorted(set(taken))


_LITERALS: dict[str, Callable[[object], str]] = {
    "string": lambda value: terms.text(str(value)),
    "langString": lambda value: terms.label(str(value)),
    "integer": lambda value: terms.integer(int(str(value))),
    "decimal": lambda value: terms.decimal(Decimal(str(value))),
    "boolean": lambda value: terms.boolean(bool(value)),
    "PartialDate": lambda value: terms.date(str(value)),
    "duration": lambda value: terms.duration(str(value)),
    "anyURI": lambda value: terms.typed(str(value), "anyURI"),
}


def kinds() -> frozenset[str]:
    """Return the kinds of literal that the mapper can write.

    >>> "duration" in kinds()
    True
    """
    return frozenset(_LITERALS)


def literal(kind: str) -> Callable[[object], str]:
    """Return what writes the values of a kind as literals.

    >>> literal("integer")(149)
    '"149"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return _LITERALS[kind]


def statements(linked: LinkedRecord, contract: Contract) -> Iterator[Statement]:
    """Map a linked record to its triples, each with its receipt.

    Parameters
    ----------
    linked
        The linked record.
    contract
        The contract.

    Yields
    ------
    Statement
        In the order of the contract; a triple that two fields state comes twice.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.link import Linker
    >>> from kg.records import Sourced
    >>> from kg.resources import root
    >>> from kg.rows import CountryRow
    >>> contract = read(root() / "ontology")
    >>> japan = CountryRow(name="Japan", iso="JP", sources=("ISO",))
    >>> row = Sourced(record=japan, source="table-countries", path="c.tsv")
    >>> [s.object for s in statements(Linker(contract, [row]).link(row), contract)][1:3]
    ['"Japan"@en', '"JP"']
    """
    record = own("record", linked.sourced.source)
    for visit in linked.visits:
        entry = visit.field
        stated = _Stated(visit, record, linked.sourced.place(visit.pointer, visit.quote))
        if entry is None:
            yield stated.triple(TYPE, terms.iri(visit.contract.iri), visit.contract.shape)
        elif entry.kind == "child":
            yield stated.triple(entry.path, terms.iri(str(visit.value)), entry.shape)
        elif entry.range:
            for link in linked.terms[visit.pointer, entry.shape]:
                yield from _link(stated, entry, link, contract)
        else:
            yield stated.triple(entry.path, _LITERALS[entry.kind](visit.value), entry.shape)


class _Stated(NamedTuple):
    """A value on its way to its triples."""

    visit: Visit
    record: str
    place: Place

    def triple(self, predicate: str, term: str, shape: str) -> Statement:
        locator, exact, source = self.place
        return Statement(
            self.visit.subject, predicate, term, own("record", source) if source else self.record, locator, exact, shape
        )


def _link(stated: _Stated, entry: Field, link: LinkedTerm, contract: Contract) -> Iterator[Statement]:
    base = stated.triple(entry.path, terms.iri(link.iri), entry.shape)
    yield base._replace(method=link.method, score=link.score) if entry.kind == "mention" else base
    if entry.kind == "mint":
        of = contract.of(entry.range)
        yield base._replace(subject=link.iri, predicate=TYPE, object=terms.iri(of.iri), shape=of.shape)
        label = of.fields[0]
        named = terms.label(stated.visit.quote)
        yield base._replace(subject=link.iri, predicate=label.path, object=named, shape=label.shape)


def receipt_iri(statement: Statement) -> str:
    """Return the IRI of the receipt of a statement, made from what it states and where it stands."""
    subject, predicate, value, record, locator, _, shape, _, _ = statement
    return own("receipt", digest("\n".join((subject, predicate, value, record, locator, shape)), 20))


def _term(curie: str) -> str:
    return terms.iri(expand(curie))


_OBJECT, _PREDICATE, _SUBJECT, _TYPE, _VALUE, _RECORD, _METHOD, _SCORE, _LOCATOR, _SHAPE = (
    f" {_term(curie)} "
    for curie in (
        "rdf:object", "rdf:predicate", "rdf:subject", "rdf:type", "myo:exactValue", "myo:inRecord", "myo:linkMethod",
        "myo:linkScore", "myo:locator", "myo:mappedBy",
    )
)  # fmt: skip
_IS_RECEIPT = _TYPE + _term("myo:Receipt")


def receipt_lines(statement: Statement) -> list[str]:
    """Write the receipt of a statement as sorted N-Triples lines without the closing dot."""
    receipt = f"<{receipt_iri(statement)}>"
    lines = [
        f"{receipt}{_OBJECT}{statement.object}",
        f"{receipt}{_PREDICATE}<{statement.predicate}>",
        f"{receipt}{_SUBJECT}<{statement.subject}>",
        receipt + _IS_RECEIPT,
        f"{receipt}{_VALUE}{terms.text(statement.value)}",
        f"{receipt}{_RECORD}<{statement.record}>",
        f"{receipt}{_LOCATOR}{terms.text(statement.locator)}",
        f"{receipt}{_SHAPE}<{statement.shape}>",
    ]
    if statement.method:
        lines.insert(6, f"{receipt}{_METHOD}{terms.text(statement.method)}")
        if statement.score < 1:
            lines.insert(7, f"{receipt}{_SCORE}{terms.decimal(Decimal(str(statement.score)))}")
    return lines
