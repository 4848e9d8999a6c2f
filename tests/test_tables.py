"""The reference tables: text to rows and back, and what every kind of malformed table is told."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import FormError, SourceError
from kg.names import slug
from kg.records import Record, text_of
from kg.resources import root
from kg.rows import MeasureRow, MechanismRow
from kg.tables import TABLES, Table, parse, read, tidy
from kg.values import PartialDate

FOLDER = root() / "ontology" / "tables"


class CountryRow(Record, frozen=True, kw_only=True):
    """A small type of row: text, text that must be there, a list."""

    name: str
    iso: str
    sources: tuple[str, ...]


COUNTRIES = Table("countries", CountryRow, ("name",))
HEADER = "name\tiso\tsources"
JAPAN = "Japan\tJP\tISO 3166-1"
CELL = (
    st.text(st.sampled_from("aB 0#\"'\\-.\u00e9\u2028\x85\x1e\U0001f600"), min_size=1, max_size=6)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith("#"))
)
"""Text that a cell can hold, with characters that other readers take for the end of a line."""
DATE = st.dates().map(lambda day: PartialDate(f"20{day.isoformat()[2:]}"))
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000)


def column(hint: object) -> st.SearchStrategy[typing.Any]:
    if typing.get_origin(hint) is tuple:
        return st.lists(CELL, max_size=3, unique=True).map(tuple)
    options = typing.get_args(hint) or (hint,)
    one = {Decimal: NUMBER, PartialDate: DATE, str: CELL}[options[0]]
    return one | st.none() if len(options) > 1 else one


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, tuple[Record, ...]]:
    table = TABLES[draw(st.sampled_from(["approvals", "countries", "measures", "mechanisms", "names"]))]
    fields = {name: column(hint) for name, hint in typing.get_type_hints(table.row).items()}
    required = [field.name for field in msgspec.structs.fields(table.row) if field.required]
    stated = {name: values.filter(bool) if name in required else values for name, values in fields.items()}
    rows = [table.row(**draw(st.fixed_dictionaries(stated))) for _ in range(draw(st.integers(1, 3)))]
    unique = {table.key_of(row): row for row in rows}.values()
    return table, tuple(sorted(unique, key=lambda row: order(table, row)))


def order(table: Table, row: Record) -> tuple[str, ...]:
    return tuple(text_of(getattr(row, name)) for name in table.key)


def write(table: Table, rows: Sequence[Record]) -> str:
    names = table.row.__struct_fields__
    lines = [[text_of(getattr(row, name)) for name in names] for row in rows]
    return "".join("\t".join(cells) + "\n" for cells in ([*names], *lines))


def text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in (HEADER, *lines))


def measure(**cells: str) -> str:
    given = {"name": "a", "direction": "x", "domain": "d", "verified": "no", "sources": "s"} | cells
    names = MeasureRow.__struct_fields__
    return "\t".join(names) + "\n" + "\t".join(given.get(name, "") for name in names) + "\n"


@given(tables())
@settings(deadline=None, max_examples=40)
def test_rows_round_trip(drawn: tuple[Table, tuple[Record, ...]]) -> None:
    table, rows = drawn

    assert rows == parse(table, "t.tsv", write(table, rows))


@given(tables(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_tidy_puts_rows_and_columns_in_order(drawn: tuple[Table, tuple[Record, ...]], random: typing.Any) -> None:
    table, rows = drawn
    grid = [line.split("\t") for line in write(table, rows).removesuffix("\n").split("\n")]
    head, *body = zip(*random.sample(list(zip(*grid, strict=True)), len(grid[0])), strict=True)
    shuffled = [head, *random.sample(body, len(body))]
    mixed = "# what it is\n" + "".join("\t".join(f" {cell} " for cell in line) + "\n" for line in shuffled[1:])
    mixed = "\t".join(head) + "\n" + mixed

    assert "# what it is\n" + write(table, rows) == tidy(table, "t.tsv", mixed)


@given(tables())
@settings(deadline=None, max_examples=40)
def test_tidy_is_idempotent(drawn: tuple[Table, tuple[Record, ...]]) -> None:
    table, rows = drawn
    once = tidy(table, "t.tsv", write(table, rows))

    assert once == write(table, rows)
    assert once == tidy(table, "t.tsv", once)


def test_tidy_keeps_cells_that_hold_other_line_separators() -> None:
    odd = text("Ja\u2028#pan\tJP\tISO 3166-1")

    assert odd == tidy(COUNTRIES, "t.tsv", odd)


@pytest.mark.parametrize("name", TABLES)
def test_table_on_disk_is_canonical(name: str) -> None:
    content = (FOLDER / f"{name}.tsv").read_bytes().decode()

    assert content == tidy(TABLES[name], name, content)
    assert "\r" not in content
    assert content.startswith("# ")


@pytest.mark.parametrize("name", TABLES)
def test_slugs_of_keys_are_unique(name: str) -> None:
    table = TABLES[name]
    slugs: dict[str, str] = {}
    for row in read(table, FOLDER):
        key = table.key_of(row)
        assert slugs.setdefault(slug(key), key) == key
    assert slugs


def test_every_table_file_is_known() -> None:
    assert sorted(TABLES) == sorted(path.stem for path in FOLDER.glob("*"))
    assert {name: table.name for name, table in TABLES.items()} == {name: name for name in TABLES}


def test_key_joins_its_columns() -> None:
    row = MechanismRow(
        drug="abatacept",
        action="binds",
        targets=("CD80", "CD86"),
        label="l",
        action_detail="d",
        statement="s",
        evidence="e",
        sources=("x",),
    )

    assert TABLES["mechanisms"].key_of(row) == "abatacept binds CD80|CD86"


def test_comments_and_empty_cells() -> None:
    names = MeasureRow.__struct_fields__
    (row,) = parse(TABLES["measures"], "m.tsv", "# what\n# licence\n" + measure(scale_max="56.0", core_sets="a|b"))

    assert isinstance(row, MeasureRow)
    assert (row.scale_min, row.scale_max, row.core_sets, row.synonyms) == (None, Decimal("56.0"), ("a", "b"), ())
    assert len(names) > 10


BAD: dict[str, tuple[str, str, str, str]] = {
    "too few cells": (text("Japan\tJP"), "line 2", "2 cells", "3 cells, one for each column"),
    "too many cells": (text(JAPAN + "\tx"), "line 2", "4 cells", "3 cells, one for each column"),
    "empty line": (text(JAPAN, ""), "line 3", "0 cells", "3 cells, one for each column"),
    "spaces only": (text("   "), "line 2", "1 cells", "3 cells, one for each column"),
    "a required cell is empty": (text("Japan\t\tISO 3166-1"), "line 2", "Japan\t\tISO 3166-1", "`iso`"),
    "a required list is empty": (text("Japan\tJP\t"), "line 2", "Japan\tJP\t", "`sources`"),
    "duplicate key": (text("# x", JAPAN, JAPAN), "line 4", "Japan", "a key that line 3 does not have"),
    "no row": (text(), "", "no row", "at least one row"),
    "comments only": ("# what it is\n", "header", "", "the columns name iso sources"),
    "empty file": ("", "header", "", "the columns name iso sources"),
    "a return inside a line": (text("Ja\rpan\tJP\tISO"), "", "new-line character", "tab-separated text"),
}


@pytest.mark.parametrize("case", BAD)
def test_malformed_table(case: str) -> None:
    content, place, seen, expected = BAD[case]
    with pytest.raises(SourceError) as caught:
        parse(COUNTRIES, "countries.tsv", content)

    assert caught.value.where == "countries.tsv"
    assert caught.value.place == place
    assert caught.value.seen.startswith(seen)
    assert seen or not caught.value.seen
    assert expected in caught.value.expected


DISORDER: dict[str, tuple[str, str, str]] = {
    "wrong order of rows": (text(JAPAN, "Brazil\tBR\tISO"), "line 3", "Brazil"),
    "unknown column": (f"{HEADER}\tcapital\n{JAPAN}\tTokyo\n", "header", "capital"),
    "missing column": ("name\tsources\nJapan\tISO\n", "header", "iso"),
    "misspelt column": (f"name\tISO\tsources\n{JAPAN}\n", "header", "ISO iso"),
    "wrong order of columns": ("iso\tname\tsources\nJP\tJapan\tISO\n", "header", "iso name sources"),
    "the same column twice": (f"{HEADER}\tname\n{JAPAN}\tJapan\n", "header", "name iso sources name"),
    "no header": (f"{JAPAN}\n", "header", "Japan JP ISO 3166-1"),
    "a byte order mark": ("\ufeff" + text(JAPAN), "header", "\ufeffname"),
    "space before a value": (text(" " + JAPAN), "line 2, column name", " Japan"),
    "space after a value": (text("Japan\tJP \tISO"), "line 2, column iso", "JP "),
    "space in a list": (text("Japan\tJP\ta | b"), "line 2, column sources", "a | b"),
    "an empty value in a list": (text("Japan\tJP\ta||b"), "line 2, column sources", "a||b"),
    "a bar at the end of a list": (text("Japan\tJP\ta|"), "line 2, column sources", "a|"),
}


@pytest.mark.parametrize("case", DISORDER)
def test_disorder_names_the_repair(case: str) -> None:
    content, place, seen = DISORDER[case]
    with pytest.raises(FormError, match="run kg tidy") as caught:
        parse(COUNTRIES, "countries.tsv", content)

    assert caught.value.where == "countries.tsv"
    assert caught.value.place == place
    assert caught.value.seen.startswith(seen)


@pytest.mark.parametrize("cell", ["abc", "NaN", "Infinity", "1e3", "1_0", "\uff11", "1,5", "--1"])
def test_number_that_is_none(cell: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(TABLES["measures"], "measures.tsv", measure(scale_min=cell))

    assert caught.value.place == "line 2, column scale_min"
    assert caught.value.seen == cell
    assert "a decimal number" in caught.value.expected
    assert "<class" not in caught.value.expected


def test_date_that_is_none_is_named_once() -> None:
    names = TABLES["approvals"].row.__struct_fields__
    cells = {"year": "2017-13"}
    content = "\t".join(names) + "\n" + "\t".join(cells.get(name, "x") for name in names) + "\n"
    with pytest.raises(SourceError) as caught:
        parse(TABLES["approvals"], "approvals.tsv", content)

    assert caught.value.place == "line 2, column year"
    assert caught.value.seen == "2017-13"
    assert caught.value.expected == "a date as YYYY, YYYY-MM or YYYY-MM-DD"


def test_rows_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "countries.tsv").write_bytes(text(JAPAN).encode())

    assert read(COUNTRIES, tmp_path) == (CountryRow(name="Japan", iso="JP", sources=("ISO 3166-1",)),)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(COUNTRIES, tmp_path)

    expected = "ontology/tables/countries.tsv: saw 'No such file or directory', expected a table that can be read"
    assert str(caught.value) == expected


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "countries.tsv").mkdir()
    with pytest.raises(SourceError, match="expected a table that can be read"):
        read(COUNTRIES, tmp_path)


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "countries.tsv").write_bytes(text("Curaçao\tCW\tISO").encode("latin-1"))
    with pytest.raises(SourceError) as caught:
        read(COUNTRIES, tmp_path)

    place = len(HEADER) + 1 + len("Cura")
    assert str(caught.value) == f"ontology/tables/countries.tsv at byte {place}: saw 'no UTF-8', expected UTF-8 text"


def test_tidy_cleans_cells() -> None:
    messy = "# what \nsources\tname\tiso\n b | a|b||\t Japan\tJP \n# note\nx\tBrazil\tBR\n"

    assert tidy(COUNTRIES, "t.tsv", messy) == f"# what\n# note\n{HEADER}\nBrazil\tBR\tx\nJapan\tJP\tb|a\n"


@pytest.mark.parametrize("header", ["name\tiso", f"{HEADER}\tcapital", f"{HEADER}\tname", ""])
def test_tidy_refuses_other_columns(header: str) -> None:
    with pytest.raises(SourceError, match="expected the columns name iso sources") as caught:
        tidy(COUNTRIES, "t.tsv", header + "\n")

    assert (caught.value.where, caught.value.place) == ("t.tsv", "header")
    assert caught.value.seen == header.replace("\t", " ")


def test_tidy_refuses_an_empty_file() -> None:
    with pytest.raises(SourceError, match="expected the columns name iso sources"):
        tidy(COUNTRIES, "t.tsv", "")


@pytest.mark.parametrize("row", ["Japan\t\tISO", "Japan\tJP", "Japan", "", "Japan\tJP\tISO\tlost", "Japan\tx\tJP\tISO"])
def test_tidy_refuses_a_row_it_cannot_keep(row: str) -> None:
    with pytest.raises(SourceError) as caught:
        tidy(COUNTRIES, "t.tsv", text(row))

    assert (caught.value.where, caught.value.place) == ("t.tsv", "line 2")
