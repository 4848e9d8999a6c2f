"""What verbs print: tables, and texts that cannot steer a terminal."""

from __future__ import annotations

import sys

import click


def visible(text: str) -> str:
    r"""Write control characters as escapes, so that no label can steer a terminal.

    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


SHORT = 30
"""The longest name in a first column that is never broken, in characters."""


def print_rows(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print rows as a table; the IRI of a thing is left out where the next column has its label."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kg.names import shrink

    shown = [n for n, name in enumerate(columns) if not n or f"{name}Label" not in columns]
    table = Table()
    for number in shown:
        short = max([len(shrink(row[number])) for row in rows], default=0) <= SHORT
        table.add_column(columns[number], no_wrap=not number and short, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(shrink(row[number]))) for number in shown))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    click.echo(f"{len(rows)} row{'s' * (len(rows) != 1)}")
