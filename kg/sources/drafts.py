"""A record in the making: values with their places, and what of a source could not be kept.

A reader of free text cannot know beforehand that a notation is in a code list or a country in its
table.  A draft takes what the contract knows and lists the rest, so that no page can stop a build
and nothing is lost without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from kg.contract import ClassContract, Contract, Field
from kg.page_records import Claim
from kg.records import Outcome, Place, Record, Trial, Use
from kg.registration import Site
from kg.walk import key_of

_TYPES: Mapping[str, type[Record]] = {kind.__name__: kind for kind in (Claim, Outcome, Site, Trial, Use)}


class Omission(NamedTuple):
    """Something in a source that did not become part of the graph, and why."""

    path: str
    locator: str
    text: str
    reason: str


class Layout(NamedTuple):
    """What a draft needs of its class: contract, record type, shapes by field, fields that hold many values."""

    of: ClassContract
    kind: type[Record]
    links: Mapping[str, tuple[Field, ...]]
    many: frozenset[str]


def _layout(of: ClassContract) -> Layout:
    kind = _TYPES[of.record_type]
    links = {name: tuple(entry for entry in of.fields if entry.name == name) for name in kind.__struct_fields__}
    many = frozenset(one.name for one in msgspec.structs.fields(kind) if one.default == ())
    return Layout(of, kind, links, many)


@dataclass(frozen=True)
class Known:
    """What a value may name: the contract with its code lists, and the keys of the things in the tables."""

    contract: Contract
    keys: Mapping[str, Collection[str]]
    """Class -> keys."""
    layouts: dict[str, Layout] = field(default_factory=dict, repr=False, compare=False)
    """What drafts have found out of the classes so far."""

    def has(self, entry: Field, value: str) -> bool:
        """Whether a value names something, where it has to.

        Examples
        --------
        >>> from kg.contract import read
        >>> from kg.resources import root
        >>> known = Known(read(root() / "ontology"), {"Country": {"Japan"}})
        >>> phase = next(f for f in known.contract.of("Trial").fields if f.name == "phase")
        >>> known.has(phase, "PHASE2"), known.has(phase, "PHASE9")
        (True, False)
        """
        if entry.kind == "notation":
            return (entry.range, value) in self.contract.notations
        return entry.kind != "key" or value in self.keys.get(entry.range, ())


class Draft:
    """A record of a class in the making.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> draft = Draft("Trial", Known(read(root() / "ontology"), {"Country": {"Japan"}}))
    >>> for country in ("Japan", "Atlantis"):
    ...     draft.add("countries", country, Place("char=0,5", country))
    >>> for field in ("id", "title"):
    ...     draft.add(field, "NCT1", Place("char=7,11", "NCT1"))
    >>> draft.record().countries, draft.places["/countries/0"].exact
    (('Japan',), 'Japan')
    >>> [(place.exact, why) for place, why in draft.left]
    [('Atlantis', 'countries: no Country of the tables')]
    >>> use = Draft("Use", Known(read(root() / "ontology"), {}))
    >>> use.add("text", "abatacept", Place("char=3,12", "abatacept"))
    >>> use.add("role", "experimental", Place("char=3,12", "abatacept"))
    >>> draft.nest("uses", use)
    >>> draft.drop("countries", "not now")
    >>> sorted(draft.places)
    ['/id', '/title', '/uses/0/role', '/uses/0/text']
    """

    def __init__(self, name: str, known: Known) -> None:
        layout = known.layouts.get(name) or known.layouts.setdefault(name, _layout(known.contract.of(name)))
        self._of, self._kind, self._links, self._many = layout
        self._known = known
        self._fields: dict[str, Any] = {}
        self.places: dict[str, Place] = {}
        self.left: list[tuple[Place, str]] = []

    def __contains__(self, field: str) -> bool:
        return field in self._fields

    def add(self, field: str, value: object, place: Place) -> None:
        """Add a value to a field; the first value of a field that holds one stays."""
        for entry in self._links[field]:
            if not self._known.has(entry, str(value)):
                what = (
                    f"no {entry.range} of the tables" if entry.kind == "key" else f"not in the code list {entry.range}"
                )
                self.left.append((place, f"{field}: {what}"))
                return
        if field in self._many:
            values = self._fields.setdefault(field, [])
            if value not in values:
                self.places[f"/{field}/{len(values)}"] = place
                values.append(value)
        elif field not in self._fields:
            self._fields[field] = value
            self.places[f"/{field}"] = place

    def nest(self, field: str, child: Draft) -> None:
        """Add a nested record, unless one with its key is there."""
        values, record = self._fields.setdefault(field, []), child.record()
        self.left += child.left
        if key_of(record, child._of) in {key_of(value, child._of) for value in values}:
            return
        base = f"/{field}/{len(values)}"
        values.append(record)
        self.places.update((base + pointer, place) for pointer, place in child.places.items())

    def drop(self, field: str, reason: str) -> None:
        """Take a field back."""
        for pointer in [p for p in self.places if p == f"/{field}" or p.startswith(f"/{field}/")]:
            self.left.append((self.places.pop(pointer), f"{field}: {reason}"))
        self._fields.pop(field, None)

    def record(self) -> Any:
        """Return the record as it is now."""
        return self._kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in self._fields.items()})
