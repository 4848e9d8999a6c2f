"""Answers in Python: typed columns, data frames, and texts that stay texts."""

from __future__ import annotations

import builtins
import datetime
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import rdflib
from test_serialise import HOSTILE, hostile_lines

from kg import results
from kg.answers import Rows, Term
from kg.errors import MissingExtraError
from kg.names import PREFIXES, own
from kg.results import Statements, Table

XSD = PREFIXES["xsd"]


def column(*values: tuple[str, str] | None) -> Table:
    terms = tuple((Term(value[0], "literal", XSD + value[1]) if value else None,) for value in values)
    return Table(Rows(("x",), terms))


@pytest.mark.parametrize(
    ("table", "values", "dtype", "arrow"),
    [
        (column(("3", "integer"), None), [3, None], "Int64", "int64"),
        (column(("1.8", "decimal"), ("1e-3", "double")), [1.8, 0.001], "Float64", "double"),
        (column(("56", "decimal"), ("2", "integer"), None), [56.0, 2.0, None], "Float64", "double"),
        (column(("true", "boolean"), ("false", "boolean")), [True, False], "boolean", "bool"),
        (column(("2017-03-13", "date")), [datetime.date(2017, 3, 13)], "datetime64[s]", "date32[day]"),
        (column(("2017-03-13", "date"), ("2017-03", "gYearMonth")), ["2017-03-13", "2017-03"], "string", "string"),
        (column(("2017", "gYear")), ["2017"], "string", "string"),
        (column(("P6M", "duration")), ["P6M"], "string", "string"),
        (column(("3", "integer"), ("many", "string")), ["3", "many"], "string", "string"),
        (column(("many", "integer")), ["many"], "string", "string"),
        (column(("yes", "boolean")), ["yes"], "string", "string"),
        (column(("2017-99-99", "date")), ["2017-99-99"], "string", "string"),
        (column(None), [None], "string", "string"),
        (column(), [], "string", "string"),
    ],
)
def test_columns_are_typed(table: Table, values: list[object], dtype: str, arrow: str) -> None:
    frame = table.to_pandas()

    assert table["x"] == values
    assert table.to_dicts() == [{"x": value} for value in values]
    assert [type(value) for value in table["x"]] == [type(value) for value in values]
    assert str(frame["x"].dtype) == dtype
    assert [None if pd.isna(v) else v for v in frame["x"]] == [
        pd.Timestamp(v) if isinstance(v, datetime.date) else v for v in values
    ]  # fmt: skip
    assert str(table.to_arrow().schema.field("x").type) == arrow
    assert table.to_arrow()["x"].to_pylist() == values


def test_iris_are_curies_and_languages_are_left_out() -> None:
    row = (
        Term(own("drug", "abatacept"), "iri"),
        Term("abatacept", "literal", language="en"),
        Term("http://x/y", "iri"),
    )

    assert Table(Rows(("a", "b", "c"), (row,))).to_dicts() == [
        {"a": "drug:abatacept", "b": "abatacept", "c": "http://x/y"}
    ]


def test_empty_answer_keeps_its_columns() -> None:
    table = Table(Rows(("a", "b"), ()))

    assert list(table.to_pandas().columns) == ["a", "b"]
    assert table.to_arrow().column_names == ["a", "b"]
    assert repr(table).endswith("0 rows")


def test_table_counts_and_iterates() -> None:
    table = column(("1", "integer"), ("2", "integer"))

    assert len(table) == 2
    assert list(table) == [{"x": 1}, {"x": 2}]


# What is shown.


@pytest.mark.parametrize(
    ("count", "more", "note"),
    [
        (0, False, "0 rows"),
        (1, False, "1 row"),
        (50, False, "50 rows"),
        (51, False, "51 rows, first 50 shown"),
        (60, True, "60 rows, first 50 shown; the limit left rows out"),
    ],
)
def test_cap_is_said(count: int, more: bool, note: str) -> None:
    table = Table(Rows(("x",), ((Term("row", "literal"),),) * count, more))

    assert repr(table).splitlines()[-1] == note
    assert repr(table).count("│ row") == min(count, 50)
    assert table._repr_html_().count("<td>row</td>") == min(count, 50)
    assert f"<p>{note}</p>" in table._repr_html_()


def test_things_are_shown_by_their_labels() -> None:
    names = ("trial", "trialLabel", "drug", "drugLabel")
    row = tuple(Term(text, "literal") for text in ("T", "a trial", "D", "a drug"))
    table = Table(Rows(names, (row,)))

    assert "drugLabel" in repr(table)
    assert "│ D " not in repr(table)
    assert "<td>D</td>" not in table._repr_html_()
    assert list(table.to_pandas().columns) == list(names)


class Tags(HTMLParser):
    """The tags and the texts of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.data: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert attrs == []

    def handle_data(self, data: str) -> None:
        self.data.append(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_stay_texts(text: str) -> None:
    table = Table(Rows((text or "x",), ((Term(text, "literal"),),)), text)
    read = Tags(table._repr_html_())
    shown = results.visible(text)

    assert read.tags <= {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
    assert not shown or read.data.count(shown) == 3
    for written in (repr(table), table._repr_html_()):
        assert not any(char in written for char in "\x07\x1b\x7f\u202e\u202c")


def test_statements_stay_texts() -> None:
    found = Statements(hostile_lines())
    read = Tags(found._repr_html_())

    assert read.tags == {"div", "pre", "p"}
    for written in (repr(found), found._repr_html_()):
        assert not any(char in written for char in "\x07\x1b\x7f\u202e")


def test_statements_go_to_rdflib_and_back() -> None:
    found = Statements(hostile_lines() * 2)
    graph = found.rdflib()

    assert len(found) == len(hostile_lines()) == len(graph)
    assert list(found) == sorted(hostile_lines())
    assert graph.namespace_manager.curie(own("drug", "x")) == "drug:x"
    assert isinstance(graph, rdflib.Graph)


def test_statements_are_capped() -> None:
    lines = [f'<http://x/a{number}> <http://x/b> "c"' for number in range(60)]

    assert repr(Statements(lines)).splitlines()[-1] == "60 statements, first 50 lines shown"
    assert len(repr(Statements(lines)).splitlines()) == 51


@pytest.mark.parametrize(("library", "method"), [("pandas", "to_pandas"), ("pyarrow", "to_arrow")])
def test_missing_library_is_named(library: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> object:
        if name == library:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtraError, match=rf"{library} is not installed; pip install 'myositis-kg\[frames\]'"):
        getattr(column(("1", "integer")), method)()


def test_arrow_and_pandas_agree() -> None:
    table = column(("3", "integer"), None)

    assert isinstance(table.to_arrow(), pa.Table)
    assert table.to_arrow().to_pandas()["x"].dropna().tolist() == table.to_pandas()["x"].dropna().tolist()
