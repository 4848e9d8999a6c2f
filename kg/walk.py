"""Goes through a record in the order of the contract: every stated value once, with its place.

Mapper and linker both walk; neither knows a class or a field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.contract import ClassContract, Contract, Field
from kg.errors import SourceError
from kg.names import mint
from kg.records import Record, text_of


class Visit(NamedTuple):
    """One step of a walk over a record: a value that fills a property, or the node itself.

    ``field`` is None for the node itself.  ``pointer`` leads to the scalar in the source that says
    so, and ``quote`` is that scalar; ``value`` is the typed value, or the IRI of a nested record.
    """

    subject: str
    contract: ClassContract
    field: Field | None
    pointer: str
    quote: str
    value: object


def key_of(record: Record, of: ClassContract) -> str:
    """Return the natural key of a record as one text."""
    return " ".join(text_of(getattr(record, name)) for name in of.key_fields).strip()


def iri_of(record: Record, of: ClassContract, parent: str | None = None) -> str:
    """Return the IRI of a record, minted from its natural key."""
    return mint(of.iri_kind, of.iri_form, key_of(record, of), parent)


def pointer_token(text: str) -> str:
    """Escape a text for a JSON pointer (RFC 6901).

    >>> pointer_token("a/b~c")
    'a~1b~0c'
    """
    return text.replace("~", "~0").replace("/", "~1")


def _named_at(record: Record, of: ClassContract, base: str) -> tuple[str, str]:
    """Return where a record says what it is, and what it says there: the first field of its key."""
    first = of.key_fields[0]
    value = getattr(record, first)
    if isinstance(value, tuple):
        return f"{base}/{first}/0", text_of(value[0])
    return f"{base}/{first}", text_of(value)


def walk(record: Record, contract: Contract, pointer: str = "", parent: str | None = None) -> Iterator[Visit]:
    """Go through a record in the order of the contract and yield every stated value once.

    Parameters
    ----------
    record
        The record.
    contract
        The contract that names its fields.
    pointer
        JSON pointer of the record in its file.
    parent
        IRI of the record that it is nested in.

    Raises
    ------
    SourceError
        If two nested records of one kind have the same key.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> from kg.rows import CountryRow
    >>> for visit in walk(CountryRow(name="Japan", iso="JP", sources=("ISO",)), read(root() / "ontology")):
    ...     print(visit.pointer, visit.quote)
    /name Japan
    /name Japan
    /iso JP
    /sources/0 ISO
    """
    of = contract.by_record_type[type(record).__name__]
    subject = iri_of(record, of, parent)
    yield Visit(subject, of, None, *_named_at(record, of, pointer), None)
    for entry in of.fields:
        stated = getattr(record, entry.name)
        many = isinstance(stated, tuple)
        seen: set[str] = set()
        for number, value in enumerate(stated if many else (stated,)):
            place = f"{pointer}/{entry.name}/{number}" if many else f"{pointer}/{entry.name}"
            if isinstance(value, Record):
                child = contract.by_record_type[type(value).__name__]
                iri = iri_of(value, child, subject)
                if iri in seen:
                    raise SourceError(
                        subject, place, key_of(value, child), f"a {child.name} that stands here only once"
                    )
                seen.add(iri)
                yield Visit(subject, of, entry, *_named_at(value, child, place), iri)
                yield from walk(value, contract, place, subject)
            elif value is not None:
                yield Visit(subject, of, entry, place, text_of(value), value)
