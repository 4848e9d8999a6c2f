"""Record -> N-Quads text without receipts: the mapping of `kg.triples`, compiled for many records.

The contract is read once into a plan for each class: the text of every predicate, and a function that
writes the objects of every field.  What comes out is exactly what `kg.link` and `kg.triples` state of
the same record, which a test holds for every record of the project; what is missing are receipts and
the candidates for mentions that name no known entity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from kg import terms
from kg.contract import ClassContract, Field
from kg.errors import SourceError, UnknownNameError
from kg.link import Linker
from kg.names import BASE, local_name, own
from kg.record import Record, text_of
from kg.triples import TYPE, literal
from kg.walk import key_of

_CACHED = 200_000
"""Mentions and numbers that are remembered by one mapper."""

Owners = dict[str, str]
"""Class -> local name of the nearest record that holds records of this class."""


class _Literal(NamedTuple):
    """A field of values: its predicate, and what writes a value."""

    name: str
    predicate: str
    write: Callable[[object], str]


class _Link(NamedTuple):
    """A field of texts that stand for things: its predicate, and what finds them."""

    name: str
    predicate: str
    find: Callable[[str], tuple[str, ...]]
    minted: ClassContract | None
    """The class of the thing if the text makes it."""


class _Name(NamedTuple):
    """A field that names records of the same trial."""

    name: str
    predicate: str
    of: ClassContract


class _Child(NamedTuple):
    """A field of nested records."""

    name: str
    predicate: str
    of: ClassContract


class _Plan(NamedTuple):
    """How the records of one class are written."""

    of: ClassContract
    typed: str
    literals: tuple[_Literal, ...]
    links: tuple[_Link, ...]
    names: tuple[_Name, ...]
    children: tuple[_Child, ...]


class _Writer:
    """Writes one record and all that is nested in it."""

    __slots__ = ("_end", "_named", "_nodes", "_out", "_plans")

    def __init__(self, plans: Mapping[str, _Plan], end: str) -> None:
        self._plans, self._end = plans, end
        self._out: list[str] = []
        self._nodes: set[str] = set()
        self._named: dict[str, tuple[str, str]] = {}

    def write(self, record: Record) -> list[str]:
        plan = self._plans[type(record).__name__]
        key = _key(record, plan.of)
        local = local_name(plan.of.iri_kind, plan.of.iri_form, key)
        self._node(record, plan, f"<{BASE}{plan.of.iri_kind}/{local}>", local, {})
        for node, (subject, text) in self._named.items():
            if node not in self._nodes:
                raise UnknownNameError(subject, "", text, "a nested record of this name in the same trial")
        return list(dict.fromkeys(self._out))

    def _node(self, record: Record, plan: _Plan, subject: str, local: str, owners: Owners) -> None:
        out, end = self._out, self._end
        out.append(f"{subject}{plan.typed}{end}")
        for name, predicate, write in plan.literals:
            value = getattr(record, name)
            if value is None or value == ():
                continue
            if isinstance(value, tuple):
                out += [f"{subject}{predicate}{write(one)}{end}" for one in value]
            else:
                out.append(f"{subject}{predicate}{write(value)}{end}")
        for link in plan.links:
            self._links(subject, link, getattr(record, link.name))
        if plan.children:
            owners = self._children(record, plan, subject, local, owners)
        for name, predicate, of in plan.names:
            value = getattr(record, name)
            if value is not None:
                for text in value if isinstance(value, tuple) else (value,):
                    self._name(subject, predicate, of, text, owners)

    def _links(self, subject: str, link: _Link, value: object) -> None:
        for text in value if isinstance(value, tuple) else () if value is None else (value,):
            for thing in link.find(text):
                self._out.append(f"{subject}{link.predicate}{thing}{self._end}")
                if link.minted is not None:
                    label = f"{terms.iri(link.minted.fields[0].path)} {terms.label(text)}"
                    self._out.append(f"{thing} {terms.iri(TYPE)} {terms.iri(link.minted.iri)}{self._end}")
                    self._out.append(f"{thing} {label}{self._end}")

    def _children(self, record: Record, plan: _Plan, subject: str, local: str, owners: Owners) -> Owners:
        held = {of.name: local for name, _, of in plan.children if getattr(record, name)}
        owners = {**owners, **held}
        for name, predicate, of in plan.children:
            value = getattr(record, name)
            if not value:
                continue
            start, form, kind = subject + predicate, of.iri_form, of.iri_kind
            stem = f"<{BASE}{kind}/"
            child = self._plans[of.record_type]
            for one in value if isinstance(value, tuple) else (value,):
                key = _key(one, of)
                below = local_name(kind, form, key, local)
                node = f"{stem}{below}>"
                if node in self._nodes:
                    raise SourceError(subject, f"/{name}", key, f"a {of.name} that stands here only once")
                self._nodes.add(node)
                self._out.append(start + node + self._end)
                self._node(one, child, node, below, owners)
        return owners

    def _name(self, subject: str, predicate: str, of: ClassContract, text: str, owners: Owners) -> None:
        if of.name not in owners:
            raise UnknownNameError(subject, "", text, f"the {of.key_fields[0]} of a {of.name} of the same trial")
        node = f"<{BASE}{of.iri_kind}/{local_name(of.iri_kind, of.iri_form, text.strip(), owners[of.name])}>"
        self._named[node] = (subject, text)
        self._out.append(subject + predicate + node + self._end)


def _key(record: Record, of: ClassContract) -> str:
    """Write the key of a record, as `kg.walk.key_of` does; most have one part."""
    names = of.key_fields
    if len(names) == 2 and names[1] == "repeat" and getattr(record, "repeat") is None:  # noqa: B009
        names = names[:1]
    if len(names) == 1:
        return text_of(getattr(record, names[0])).strip()
    return key_of(record, of)


class Mapper:
    """Writes records as N-Quads.

    Parameters
    ----------
    linker
        What texts are linked by, with its contract.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> from kg.rows import CountryRow
    >>> japan = CountryRow(name="Japan", iso="JP", sources=("ISO 3166-1",))
    >>> mapper = Mapper(Linker(read(root() / "ontology"), []))
    >>> [line.split(" ")[2] for line in mapper.lines(japan, "table-countries")][1:3]
    ['"Japan"@en', '"JP"']
    """

    def __init__(self, linker: Linker) -> None:
        self._linker, self._contract = linker, linker.contract
        self._plans = {name: self._plan(of) for name, of in self._contract.by_record_type.items()}

    def lines(self, record: Record, source: str) -> list[str]:
        """Write a record as N-Quads lines, each with its newline and each once, in the graph of its source.

        Parameters
        ----------
        record
            The record.
        source
            The name of its source, and so of its graph.

        Raises
        ------
        kg.errors.SourceError
            As `kg.link.Linker.link` does: a code, key or nested record that does not exist, or two
            nested records with one IRI.
        """
        return _Writer(self._plans, f" <{own('record', source)}> .\n").write(record)

    def _plan(self, of: ClassContract) -> _Plan:
        literals, links, names, children = [], [], [], []
        for entry in of.fields:
            predicate = f" {terms.iri(entry.path)} "
            if entry.kind == "child":
                children.append(_Child(entry.name, predicate, self._contract.of(entry.range)))
            elif entry.kind == "record":
                names.append(_Name(entry.name, predicate, self._contract.of(entry.range)))
            elif entry.range:
                minted = self._contract.of(entry.range) if entry.kind == "mint" else None
                links.append(_Link(entry.name, predicate, lru_cache(_CACHED)(partial(self._find, entry)), minted))
            else:
                write = literal(entry.kind)
                cached = lru_cache(_CACHED)(write) if entry.kind in ("decimal", "PartialDate") else write
                literals.append(_Literal(entry.name, predicate, cached))
        typed = f" {terms.iri(TYPE)} {terms.iri(of.iri)}"
        return _Plan(of, typed, tuple(literals), tuple(links), tuple(names), tuple(children))

    def _find(self, entry: Field, text: str) -> tuple[str, ...]:
        if entry.kind == "mention":
            return tuple(terms.iri(link.iri) for link in self._linker.mention(entry.range, text))
        return (terms.iri(self._linker.term(entry, text)),)
