"""What verbs print: answers in every format, and texts that cannot steer a terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kg.evidence import Evidence
    from kg.store import Rows, Term

TABLES = ("table", "csv", "tsv", "json", "jsonl", "markdown", "srj", "srx")
"""The formats of rows; srj and srx are the SPARQL results in JSON and XML."""

CAP = 100
"""How many rows a table shows if not told otherwise; the other formats show all."""

_SHORT = 30
"""The longest name in a first column that is never broken, in characters."""


def visible(text: str) -> str:
    r"""Write control characters as escapes, so that no label can steer a terminal.

    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def say(text: str) -> None:
    """Print a remark beside the answer, so that the answer itself can be read by a program."""
    click.echo(visible(text), err=True)


def cut(rows: Rows, limit: int | None, output: str) -> Rows:
    """Leave out the rows after a limit, and say so.

    Parameters
    ----------
    rows
        The answer.
    limit
        The most rows to keep; 0 for all, None for all but the `CAP` of a table.
    output
        The format.
    """
    most = (CAP if output in ("table", "markdown") else 0) if limit is None else limit
    if not most or len(rows.rows) <= most:
        return rows
    say(f"{most} of {len(rows.rows)} rows are shown; --limit 0 shows all")
    return rows._replace(rows=rows.rows[:most])


def print_rows(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], what: str = "row") -> None:
    """Print rows as a table, and how many there are of what.

    The IRI of a thing is left out where the next column has its label.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kg.names import shrink

    shown = [n for n, name in enumerate(columns) if not n or f"{name}Label" not in columns]
    table = Table()
    for number in shown:
        short = max([len(shrink(row[number])) for row in rows], default=0) <= _SHORT
        table.add_column(columns[number], no_wrap=not number and short, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(shrink(row[number]))) for number in shown))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    click.echo(f"{len(rows)} {what}{'s' * (len(rows) != 1)}")


def print_answer(rows: Rows, output: str) -> None:
    """Print the rows of an answer in one of `TABLES`."""
    if output == "table":
        print_rows(rows.columns, [tuple(row.values()) for row in rows.texts()])
    else:
        click.echo(_WRITERS[output](rows), nl=False)


RECEIPTS = 12
"""How many receipts of a row a table shows; the other formats have all."""


def print_evidence(rows: Rows, evidence: Sequence[Sequence[Evidence]], output: str) -> None:
    """Print the rows of an answer, and for each row the receipts of what it rests on."""
    if output in ("json", "jsonl"):
        found = [
            {**row, "evidence": [{name: getattr(one, name) for name in _RECEIPT} for one in receipts]}
            for row, receipts in zip(objects(rows), evidence, strict=True)
        ]
        click.echo(json_text(found) if output == "json" else json_lines(found), nl=False)
    elif output in ("csv", "tsv"):
        print_answer(_with_receipts(rows, evidence), output)
    else:
        print_answer(rows, output)
        click.echo()
        _print_receipts(evidence, output)


_RECEIPT = ("statement", "source", "place", "quote")


def _with_receipts(rows: Rows, evidence: Sequence[Sequence[Evidence]]) -> Rows:
    """Join each row with each of its receipts."""
    from kg.store import Rows, Term

    joined = [
        (*row, *(Term(getattr(one, name), "literal") for name in _RECEIPT))
        for row, receipts in zip(rows.rows, evidence, strict=True)
        for one in receipts
    ]
    return Rows((*rows.columns, *_RECEIPT), tuple(joined))


def _print_receipts(evidence: Sequence[Sequence[Evidence]], output: str) -> None:
    from kg.store import Rows, Term

    lines = []
    for number, receipts in enumerate(evidence, start=1):
        shown = [(one.statement, one.source, one.place, one.quote) for one in receipts[:RECEIPTS]]
        if len(receipts) > RECEIPTS:
            shown.append((f"and {len(receipts) - RECEIPTS} more; --format json has all", "", "", ""))
        lines += [tuple(Term(text, "literal") for text in (str(number), *cells)) for cells in shown]
    rows = Rows(("row", *_RECEIPT), tuple(lines))
    if output == "markdown":
        print_answer(rows, output)
        return
    print_rows(rows.columns, [tuple(row.values()) for row in rows.texts()], "receipt")


def print_truth(truth: bool, output: str) -> None:
    """Print the answer to an ASK query."""
    word = "true" if truth else "false"
    if output == "srx":
        name = "http://www.w3.org/2005/sparql-results#"
        word = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<sparql xmlns="{name}"><head/><boolean>{word}</boolean></sparql>'
        )
    elif output == "srj":
        word = json.dumps({"head": {}, "boolean": truth})
    click.echo(word)


def written(rows: Rows, output: str) -> str:
    """Write rows in one of `TABLES` but the first.

    >>> from kg.store import Rows, Term
    >>> rows = Rows(("n",), ((Term("1", "literal", "http://www.w3.org/2001/XMLSchema#integer"),), (None,)))
    >>> written(rows, "jsonl").splitlines()
    ['{"n": 1}', '{"n": null}']
    """
    return _WRITERS[output](rows)


def objects(rows: Rows) -> list[dict[str, Any]]:
    """Return the rows as values of JSON: numbers as numbers, truth values as such, nothing as null."""
    return [
        {name: _plain(term) for name, term in zip(rows.columns, row, strict=True)}
        for row in rows.rows
    ]  # fmt: skip


def _plain(term: Term | None) -> Any:
    if term is None:
        return None
    kind = term.datatype.rpartition("#")[2]
    if kind == "integer":
        return int(term.value)
    if kind == "boolean":
        return term.value in ("true", "1")
    if kind in ("decimal", "double", "float"):
        number = float(term.value)
        return int(number) if number.is_integer() and "e" not in term.value.lower() else number
    return term.value


def json_text(values: object) -> str:
    """Write values as JSON for people and programs."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def json_lines(values: Iterable[object]) -> str:
    """Write each value as a line of JSON."""
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows(row.values() for row in rows.texts())
    return text.getvalue()


def _tsv(rows: Rows) -> str:
    from kg.store import written as in_turtle

    lines = ["\t".join(f"?{name}" for name in rows.columns)]
    lines += ["\t".join(in_turtle(term) if term else "" for term in row) for row in rows.rows]
    return "".join(f"{line}\n" for line in lines)


def _markdown(rows: Rows) -> str:
    from kg.names import shrink

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(visible(cell).replace("|", "\\|") for cell in cells) + " |\n"

    head = line(rows.columns) + "|" + "---|" * len(rows.columns) + "\n"
    return head + "".join(line(map(shrink, row.values())) for row in rows.texts())


def _srj(rows: Rows) -> str:
    found = [
        {name: _srj_term(term) for name, term in zip(rows.columns, row, strict=True) if term}
        for row in rows.rows
    ]  # fmt: skip
    return json_text({"head": {"vars": list(rows.columns)}, "results": {"bindings": found}})


def _srj_term(term: Term) -> dict[str, str]:
    made = {"type": {"iri": "uri", "blank": "bnode"}.get(term.kind, "literal"), "value": term.value}
    if term.language:
        made["xml:lang"] = term.language
    elif term.datatype and not term.datatype.endswith("#string"):
        made["datatype"] = term.datatype
    return made


def _srx(rows: Rows) -> str:
    from xml.sax.saxutils import escape, quoteattr

    def cell(name: str, term: Term) -> str:
        made = _srj_term(term)
        kind = made.pop("type")
        attributes = "".join(f" {key}={quoteattr(text)}" for key, text in made.items() if key != "value")
        return f"<binding name={quoteattr(name)}><{kind}{attributes}>{escape(term.value)}</{kind}></binding>"

    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<sparql xmlns="http://www.w3.org/2005/sparql-results#">']
    lines.append("<head>" + "".join(f"<variable name={quoteattr(name)}/>" for name in rows.columns) + "</head>")
    lines.append("<results>")
    for row in rows.rows:
        cells = (cell(name, term) for name, term in zip(rows.columns, row, strict=True) if term)
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*lines, "</results>", "</sparql>", ""])


_WRITERS = {
    "csv": _csv,
    "tsv": _tsv,
    "json": lambda rows: json_text(objects(rows)),
    "jsonl": lambda rows: json_lines(objects(rows)),
    "markdown": _markdown,
    "srj": _srj,
    "srx": _srx,
}
