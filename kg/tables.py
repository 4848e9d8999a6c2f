"""The reference tables: ``ontology/tables/*.tsv`` to typed rows, and back to the one canonical form.

A table is UTF-8 text: comment lines that start with ``#`` (what it is, licence, curators), a header
line that equals the fields of its row type, then one row a line, cells separated by tabs, values
inside a cell separated by ``|``.  An empty cell means unknown.  Rows are sorted by their key and
keys are unique.  A row is a record like any other and reaches the graph through the contract.
"""

from __future__ import annotations

import csv
import io
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from kg.errors import FormError, SourceError
from kg.records import Record, text_of
from kg.rows import (
    ApprovalRow,
    CellTypeRow,
    CountryRow,
    DiseaseRow,
    DrugRow,
    MeasureRow,
    MechanismRow,
    NameRow,
    OrganisationRow,
    ProcessRow,
    TargetRow,
)
from kg.values import PartialDate, decimal, decode


class Table(msgspec.Struct, frozen=True):
    """A reference table: its file, the type of its rows, the columns that make a row's key."""

    name: str
    row: type[Record]
    key: tuple[str, ...]

    def key_of(self, row: Record) -> str:
        """Return the key of a row as one text.

        >>> TABLES["countries"].key_of(CountryRow(name="Japan", iso="JP", sources=("ISO 3166-1",)))
        'Japan'
        """
        return " ".join(text_of(getattr(row, column)) for column in self.key)


TABLES: dict[str, Table] = {
    name: Table(name, row, key)
    for name, row, key in (
        ("approvals", ApprovalRow, ("drug", "indication", "regulator")),
        ("cell_types", CellTypeRow, ("name",)),
        ("countries", CountryRow, ("name",)),
        ("diseases", DiseaseRow, ("name",)),
        ("drugs", DrugRow, ("name",)),
        ("measures", MeasureRow, ("name",)),
        ("mechanisms", MechanismRow, ("drug", "action", "targets")),
        ("names", NameRow, ("text", "kind")),
        ("organisations", OrganisationRow, ("name",)),
        ("processes", ProcessRow, ("name",)),
        ("targets", TargetRow, ("symbol",)),
    )
}
"""Every reference table by the name of its file."""


@cache
def _columns(row: type[Record]) -> tuple[tuple[str, bool, type], ...]:
    """For each field of a row type: its name, whether it holds many values, and of which type."""
    columns = []
    for name, hint in typing.get_type_hints(row).items():
        many = typing.get_origin(hint) is tuple
        options = typing.get_args(hint) if many or isinstance(hint, types.UnionType) else (hint,)
        columns.append((name, many, options[0]))
    return tuple(columns)


def _value(text: str, kind: type, many: bool) -> object:
    if many:
        return tuple(text.split("|")) if text else ()
    if not text:
        return None
    if kind is Decimal:
        return decimal(text)
    return PartialDate(text) if kind is PartialDate else text


def _parse_row(table: Table, where: str, number: int, cells: list[str]) -> Record:
    columns = _columns(table.row)
    if len(cells) != len(columns):
        expected = f"{len(columns)} cells, one for each column"
        raise SourceError(where, f"line {number}", f"{len(cells)} cells", expected)
    fields: dict[str, object] = {}
    for (name, many, kind), text in zip(columns, cells, strict=True):
        parts = text.split("|") if many and text else [text]
        if any(part != part.strip() for part in parts) or (len(parts) > 1 and "" in parts):
            raise FormError(
                where, f"line {number}, column {name}", text, "no spaces at the ends of values; run kg tidy"
            )
        try:
            value = _value(text, kind, many)
        except ValueError as error:
            expected = str(error).rpartition("expected ")[2]
            raise SourceError(where, f"line {number}, column {name}", text, expected) from None
        if value is not None and value != ():
            fields[name] = value
    try:
        return msgspec.convert(fields, table.row, dec_hook=decode)
    except msgspec.ValidationError as error:
        raise SourceError(where, f"line {number}", "\t".join(cells), str(error)) from None


def _lines(where: str, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if not (cells and cells[0].startswith("#")):
                yield number, cells
    except csv.Error as error:
        raise SourceError(where, "", str(error), "tab-separated text") from None


def parse(table: Table, where: str, text: str) -> tuple[Record, ...]:
    r"""Read the text of a table.

    Parameters
    ----------
    table
        Which table it is.
    where
        The name of the file, for messages.
    text
        The whole text.

    Raises
    ------
    SourceError
        If a row has the wrong cells or a cell is not what its column holds, or a key occurs twice.
    FormError
        If the columns or the rows are not in their one order; the message names the repair.

    Examples
    --------
    >>> parse(TABLES["countries"], "countries.tsv", "name\tsynonyms\tiso\tsources\nJapan\t\tJP\tISO 3166-1\n")[0].iso
    'JP'
    """
    lines = _lines(where, text)
    header = next((cells for _, cells in lines), [])
    expected = [name for name, _, _ in _columns(table.row)]
    if header != expected:
        odd = [name for name in header if name not in expected]
        odd += [name for name in expected if header and name not in header]
        wanted = "the columns " + " ".join(expected) + " in this order; run kg tidy if only the order is wrong"
        raise FormError(where, "header", " ".join(odd or header), wanted)
    rows: list[Record] = []
    seen: dict[str, int] = {}
    last: tuple[str, ...] = ()
    for number, cells in lines:
        row = _parse_row(table, where, number, cells)
        key = table.key_of(row)
        if key in seen:
            raise SourceError(where, f"line {number}", key, f"a key that line {seen[key]} does not have")
        order = tuple(text_of(getattr(row, column)) for column in table.key)
        if order < last:
            raise FormError(where, f"line {number}", key, f"rows sorted by {', '.join(table.key)}; run kg tidy")
        seen[key], last = number, order
        rows.append(row)
    if not rows:
        raise SourceError(where, "", "no row", "at least one row")
    return tuple(rows)


def read(table: Table, folder: Path) -> tuple[Record, ...]:
    """Read a table from its file in a folder.

    Raises
    ------
    SourceError
        If the file cannot be read, and as `parse` does.

    Examples
    --------
    >>> from kg.resources import root
    >>> len(read(TABLES["approvals"], root() / "ontology" / "tables"))
    19
    """
    where = f"ontology/tables/{table.name}.tsv"
    return parse(table, where, text(table, folder))


def text(table: Table, folder: Path) -> str:
    """Return the text of the file of a table.

    Raises
    ------
    SourceError
        If it cannot be read or is not UTF-8.

    Examples
    --------
    >>> from kg.resources import root
    >>> text(TABLES["countries"], root() / "ontology" / "tables").startswith("# ")
    True
    """
    where = f"ontology/tables/{table.name}.tsv"
    try:
        return (folder / f"{table.name}.tsv").read_bytes().decode()
    except OSError as error:
        raise SourceError(where, "", error.strerror or str(error), "a table that can be read") from None
    except UnicodeDecodeError as error:
        raise SourceError(where, f"byte {error.start}", "no UTF-8", "UTF-8 text") from None


def tidy(table: Table, where: str, text: str) -> str:
    r"""Return the text of a table in its one canonical form.

    Columns and rows are put in order, spaces at the ends of values go, double values in a cell go.

    Raises
    ------
    SourceError
        If a column is unknown or missing, or a cell cannot be what its column holds.

    Examples
    --------
    >>> tidy(TABLES["cell_types"], "t", "name\tsources\tcl\nT cell \tCL\tCL:0000084\n").splitlines()[1]
    'T cell\tCL:0000084\tCL'
    """
    comments = [line.rstrip() for line in text.split("\n") if line.startswith("#")]
    lines = _lines(where, text)
    header = next((cells for _, cells in lines), [])
    columns = _columns(table.row)
    if sorted(header) != sorted(name for name, _, _ in columns):
        raise SourceError(where, "header", " ".join(header), "the columns " + " ".join(n for n, _, _ in columns))
    rows: list[tuple[tuple[str, ...], list[str]]] = []
    for number, cells in lines:
        if len(cells) != len(header):
            raise SourceError(
                where, f"line {number}", f"{len(cells)} cells", f"{len(header)} cells, one for each column"
            )
        by_name = dict(zip(header, cells, strict=True))
        clean = []
        for name, many, _ in columns:
            parts = by_name.get(name, "").split("|") if many else [by_name.get(name, "")]
            clean.append("|".join(dict.fromkeys(part.strip() for part in parts if part.strip())))
        row = _parse_row(table, where, number, clean)
        rows.append((tuple(text_of(getattr(row, column)) for column in table.key), clean))
    body = ["\t".join(name for name, _, _ in columns), *("\t".join(cells) for _, cells in sorted(rows))]
    return "\n".join([*comments, *body]) + "\n"
