"""What a query answers in Python: a table with typed columns, or statements; both show themselves.

Shown as text or HTML they stop at some rows and say so, and no text in them can steer a terminal or
become markup.  Data frames need pandas or pyarrow, which ``pip install 'myositis-kg[frames]'`` brings.
"""

from __future__ import annotations

import datetime
import html
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from kg import serialise
from kg.answers import Rows, Term
from kg.errors import MissingExtraError
from kg.names import PREFIXES, shrink

if TYPE_CHECKING:
    import pandas
    import pyarrow
    import rdflib

Value: TypeAlias = str | int | float | bool | datetime.date | None

SHOWN = 50
"""The most rows that are shown."""

_XSD = PREFIXES["xsd"]
_WHOLE = frozenset(f"{_XSD}{name}" for name in ("integer", "int", "long", "short", "nonNegativeInteger"))
_REAL = frozenset(f"{_XSD}{name}" for name in ("decimal", "double", "float"))


def visible(text: str) -> str:
    r"""Write what cannot be seen, or would turn the direction of writing, as escapes.

    >>> print(visible("a\x1b[31m\u202eb"))
    a\x1b[31m\u202eb
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _value(term: Term | None) -> Value:
    if term is None:
        return None
    if term.kind == "iri":
        return shrink(term.value)
    try:
        if term.datatype in _WHOLE:
            return int(term.value)
        if term.datatype in _REAL:
            return float(Decimal(term.value))
        if term.datatype == _XSD + "boolean":
            return {"true": True, "false": False}[term.value]
        if term.datatype == _XSD + "date":
            return datetime.date.fromisoformat(term.value)
    except (ValueError, ArithmeticError, KeyError):
        return term.value
    return term.value


def _column(terms: Sequence[Term | None]) -> list[Value]:
    """Return the values of a column: of one type if all are, else as they are written."""
    values = [_value(term) for term in terms]
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return [None if value is None else float(str(value)) for value in values]
    if len(kinds) <= 1:
        return values
    return [None if term is None else shrink(term.value) if term.kind == "iri" else term.value for term in terms]


class Table:
    """The answer to a SELECT query: rows with typed columns.

    IRIs are CURIEs; whole and partial dates in one column stay text, because a month has no day.

    Parameters
    ----------
    rows
        The rows.
    title
        What they answer, shown above them.

    Examples
    --------
    >>> table = Table(Rows(("drug", "trials"), ((Term("https://w3id.org/myositis-kg/drug/abatacept", "iri"),
    ...                                          Term("5", "literal", _XSD + "integer")),)))
    >>> table.to_dicts()
    [{'drug': 'drug:abatacept', 'trials': 5}]
    >>> table.to_pandas()["trials"].tolist(), str(table.to_arrow().schema.field("trials").type)
    ([5], 'int64')
    """

    def __init__(self, rows: Rows, title: str = "") -> None:
        self.rows, self.title = rows, title
        self.columns = rows.columns
        self._columns = {
            name: _column([row[position] for row in rows.rows]) for position, name in enumerate(rows.columns)
        }

    def __len__(self) -> int:
        return len(self.rows.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.to_dicts())

    def __getitem__(self, column: str) -> list[Value]:
        return self._columns[column]

    def to_dicts(self) -> list[dict[str, Value]]:
        """Return the rows as dictionaries; what is unbound is None."""
        return [{name: values[row] for name, values in self._columns.items()} for row in range(len(self))]

    def to_pandas(self) -> pandas.DataFrame:
        """Return a data frame with nullable types.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise missing("pandas") from None
        types = {int: "Int64", float: "Float64", bool: "boolean", str: "string", datetime.date: "datetime64[s]"}
        frame = {}
        for name, values in self._columns.items():
            kind = next((type(value) for value in values if value is not None), str)
            frame[name] = pandas.Series(values, dtype=types[kind])
        return pandas.DataFrame(frame, columns=list(self.columns))

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table.

        Raises
        ------
        MissingExtraError
            If pyarrow is not installed.
        """
        try:
            import pyarrow
        except ImportError:
            raise missing("pyarrow") from None
        types = {int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_(), datetime.date: pyarrow.date32()}
        arrays = {}
        for name, values in self._columns.items():
            kind = next((type(value) for value in values if value is not None), str)
            arrays[name] = pyarrow.array(values, types.get(kind, pyarrow.string()))
        return pyarrow.table(arrays)

    def _note(self) -> str:
        more = f", first {SHOWN} shown" if len(self) > SHOWN else ""
        cut = "; the limit left rows out" if self.rows.more else ""
        return f"{len(self)} row{'s' * (len(self) != 1)}{more}{cut}"

    def _shown(self) -> list[str]:
        """Return the columns to show: of a thing with a label, the label."""
        names = set(self.columns)
        return [name for at, name in enumerate(self.columns) if not at or f"{name}Label" not in names]

    def _texts(self) -> list[list[str]]:
        columns = [self._columns[name][:SHOWN] for name in self._shown()]
        return [["" if value is None else visible(str(value)) for value in row] for row in zip(*columns, strict=True)]

    def __repr__(self) -> str:
        from rich.console import Console
        from rich.table import Table as Grid
        from rich.text import Text

        grid = Grid(title=visible(self.title) or None, title_justify="left")
        for name in self._shown():
            grid.add_column(visible(name), overflow="fold")
        for row in self._texts():
            grid.add_row(*map(Text, row))
        out = io.StringIO()
        plain = Console(file=out, width=160, force_terminal=False, force_jupyter=False, color_system=None)
        plain.print(grid)
        return out.getvalue() + self._note()

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        head = "".join(f"<th>{html.escape(visible(name))}</th>" for name in self._shown())
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in self._texts()
        )
        title = f"<caption>{html.escape(visible(self.title))}</caption>" if self.title else ""
        table = f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<div>{table}<p>{html.escape(self._note())}</p></div>"


def missing(library: str) -> MissingExtraError:
    """Return the error that says how to get a library for data frames.

    >>> print(missing("pandas"))
    pandas is not installed; pip install 'myositis-kg[frames]' brings it
    """
    return MissingExtraError(f"{library} is not installed; pip install 'myositis-kg[frames]' brings it")


class Statements:
    """The answer to a CONSTRUCT query, or a slice: statements, sorted.

    Parameters
    ----------
    lines
        N-Triples lines without the closing dot.

    Examples
    --------
    >>> found = Statements(["<http://purl.org/dc/terms/a> <http://purl.org/dc/terms/b> <http://purl.org/dc/terms/c>"])
    >>> len(found), len(found.rdflib()), found.turtle().splitlines()[-1]
    (1, 1, 'dcterms:a dcterms:b dcterms:c .')
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(sorted(set(lines)))

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def turtle(self) -> str:
        """Return them as canonical Turtle."""
        return serialise.turtle(self.lines).decode()

    def rdflib(self) -> rdflib.Graph:
        """Return them as an rdflib graph with the prefixes of the project."""
        import rdflib

        graph = rdflib.Graph()
        for name, iri in PREFIXES.items():
            graph.bind(name, iri, override=True, replace=True)
        return graph.parse(data="".join(f"{line} .\n" for line in self.lines), format="nt")

    def _shown(self) -> tuple[str, str]:
        lines = self.turtle().splitlines()
        body = [visible(line.replace("\t", "    ")) for line in lines if not line.startswith("@prefix ")]
        more = f", first {SHOWN} lines shown" if len(body) > SHOWN else ""
        return "\n".join(body[:SHOWN]), f"{len(self)} statement{'s' * (len(self) != 1)}{more}"

    def __repr__(self) -> str:
        return "\n".join(self._shown())

    def _repr_html_(self) -> str:
        """Show the statements in a notebook."""
        shown, note = self._shown()
        return f"<div><pre>{html.escape(shown)}</pre><p>{html.escape(note)}</p></div>"
