"""Where each field of a record stands in a record of ClinicalTrials.gov: the form of the source, as a table.

This table is all that says which JSON value becomes which field.  The reader follows it from the
source to the records, receipts follow it from a field back to the place in the source, and
`kg.sources.registry.rebuild` follows it from the graph to the JSON of posted results.  The forms themselves stand in
`kg.sources.registry.protocol` and `kg.sources.registry.results`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kg.record import Record
from kg.sources.registry.values import Reading, text


class Value(NamedTuple):
    """A field that one JSON value fills, or each value of a list."""

    field: str
    path: tuple[str, ...]
    """Keys from the JSON object of the record to the value."""
    read: Reading
    many: bool = False
    inside: str = ""
    """The key of the value in each object of the list."""


class Part(NamedTuple):
    """A list of JSON objects that become nested records."""

    path: tuple[str, ...]
    fixed: Mapping[str, object]
    """Fields that say in which list the object stands."""


class Parts(NamedTuple):
    """A field of nested records."""

    field: str
    of: type[Record]
    lists: tuple[Part, ...]
    """Lists of JSON objects; or, where there is one at most, the object itself."""
    many: bool = True
    form: Form | None = None
    """The form of the objects here, where it is not the one in `FORMS`."""


class Form(NamedTuple):
    """The form of one type of record."""

    values: tuple[Value, ...]
    parts: tuple[Parts, ...]


def value(field: str, path: str, read: Reading = text) -> Value:
    """Say where one value of a field stands.

    >>> value("start_date", "statusModule.startDateStruct.date").path
    ('statusModule', 'startDateStruct', 'date')
    """
    return Value(field, tuple(path.split(".")), read)


def values(field: str, path: str, read: Reading = text) -> Value:
    """Say where the list of values of a field stands.

    >>> values("condition_mesh", "meshes[].id").inside
    'id'
    """
    keys, _, inside = path.partition("[].")
    return Value(field, tuple(keys.removesuffix("[]").split(".")), read, True, inside)


def parts(field: str, of: type[Record], path: str) -> Parts:
    """Say where the list of nested records of a field stands.

    >>> parts("sites", Record, "locations").lists[0].path
    ('locations',)
    """
    return Parts(field, of, (Part(tuple(path.split(".")), {}),))


def one(field: str, of: type[Record], path: str) -> Parts:
    """Say where the one nested record of a field stands.

    >>> one("baseline", Record, "baselineCharacteristicsModule").many
    False
    """
    return Parts(field, of, (Part(tuple(path.split(".")) if path else (), {}),), many=False)
