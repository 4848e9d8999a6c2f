"""Verbs of those who ask: ask, query."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kg.cli.options import BUILD
from kg.cli.output import print_rows


@click.command()
@click.argument("name", required=False)
@click.argument("values", nargs=-1)
@BUILD
@click.option("--json", "as_json", is_flag=True, help="Print rows as JSON.")
def ask(name: str | None, values: tuple[str, ...], folder: Path, as_json: bool) -> None:
    """Ask a question of the catalogue; without a name, list them.

    Parameters are given as name=value, for example: kg ask trials-of-a-drug drug=abatacept
    """
    from kg import questions
    from kg.errors import QueryError
    from kg.resources import root
    from kg.store import Embedded

    catalogue = questions.read(root() / "queries" / "questions")
    if name is None:
        width = max(map(len, catalogue)) + 2
        for question in sorted(catalogue.values(), key=lambda q: (q.topic, q.name)):
            click.echo(f"{question.topic:<12}{question.name:<{width}}{question.title}")
        return
    if name not in catalogue:
        raise QueryError(f"no question {name!r}; kg ask lists them")
    pairs = dict(value.partition("=")[::2] for value in values)
    rows = catalogue[name].run(Embedded(folder / "store"), **pairs)
    if as_json:
        click.echo(json.dumps(rows.texts(), ensure_ascii=False, indent=2))
    else:
        print_rows(rows.columns, [tuple(row.values()) for row in rows.texts()])


@click.command()
@click.argument("text")
@BUILD
@click.option("--timeout", default=60.0, show_default=True, help="Stop the query after so many seconds.")
@click.option("--allow-service", is_flag=True, help="Let the query ask other endpoints by SERVICE.")
def query(text: str, folder: Path, timeout: float, allow_service: bool) -> None:
    """Run a SPARQL SELECT query: the text itself, a file, or - for standard input."""
    from kg import worker

    path = Path(text)
    if text == "-":
        text = sys.stdin.read()
    elif text.endswith((".rq", ".sparql")) and path.is_file():
        text = _read(path)
    rows = worker.select(folder / "store", text, timeout, allow_service)
    print_rows(rows.columns, [tuple(row.values()) for row in rows.texts()])


def _read(path: Path) -> str:
    from kg.errors import SourceError

    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), "", str(error), "a query in UTF-8") from None
