"""The command ``kg``: verbs, no logic.  Imports stay inside the verbs, so that help is instant.

Exit codes: 0 all is well, 1 something was checked and found wanting, 2 the input cannot be used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg import __version__
from kg.errors import KgError, ValidationError

if TYPE_CHECKING:
    from kg.report import Report

Result = TypeVar("Result")

_PATH = click.Path(path_type=Path)
_BUILD = click.option(
    "--build", "folder", type=_PATH, default=Path("build"), show_default=True, help="The build to use."
)
_ROOT = click.option("--root", type=_PATH, help="Folder of ontology/, queries/ and data/; the package's own if absent.")


class Group(click.Group):
    """Turns the errors of the package into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb."""
        try:
            return super().invoke(ctx)
        except KgError as error:
            click.echo(f"kg: {error}", err=True)
            ctx.exit(1 if isinstance(error, ValidationError) else 2)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Myositis therapy knowledge graph: build it, check it, ask it."""


class Progress:
    """Shows a bar for the stages of a build; each call runs one stage."""

    def __init__(self, stages: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description:<10}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))
        self._task = self._bar.add_task("start", total=stages)

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, name: str, stage: Callable[..., Result], *inputs: Any) -> Result:
        """Run a stage and move the bar."""
        self._bar.update(self._task, description=name)
        made = stage(*inputs)
        self._bar.advance(self._task)
        return made


@main.command()
@click.option("--out", type=_PATH, default=Path("build"), show_default=True, help="Where to build.")
@_ROOT
def build(out: Path, root: Path | None) -> None:
    """Build the graph from the tables and the trial records."""
    from kg.build import PIPELINE
    from kg.resources import root as own_root

    with Progress(len(PIPELINE.stages)) as progress:
        made = PIPELINE.run({"root": root or own_root(), "out": out}, around=progress)
    show(made["report"])
    click.echo(f"\nWrote {out}/: myositis.ttl, myositis.nq, store, report.json, report.md")


def show(report: Report) -> None:
    """Print the summary of a build as tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, rows in report.tables():
        table = Table(title=title, title_justify="left")
        for number, name in enumerate(rows[0]):
            table.add_column(name, justify="left" if number == 0 else "right")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)


@main.command()
@_BUILD
@_ROOT
@click.option("--limit", default=20, show_default=True, help="How many findings to print.")
def check(folder: Path, root: Path | None, limit: int) -> None:
    """Re-find every receipt in the sources; run the shapes and the check queries on a build."""
    from kg import validate
    from kg.resources import root as own_root
    from kg.store import Embedded

    base = root or own_root()
    store = Embedded(folder / "store")
    parts = {
        "receipts": validate.receipts(store, base),
        "checks": validate.checks(store, base / "queries" / "checks"),
        "shapes": validate.shapes(validate.stated(store), base / "ontology"),
    }
    for name, findings in parts.items():
        click.echo(f"{name}: {len(findings) or 'no'} findings")
        for finding in findings[:limit]:
            click.echo(visible(f"  {finding.rule}: {finding.node} {finding.problem} ({finding.value})"))
    known = validate.sources(store)
    click.echo(f"{sum(map(len, known.receipts.values()))} receipts of {len(known.hashes)} source files")
    if any(parts.values()):
        raise SystemExit(1)


@main.command()
@_ROOT
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something is not tidy.")
def tidy(root: Path | None, only_check: bool) -> None:
    """Put tables, trial records and generated files into their one canonical form."""
    from kg.canonical import untidy
    from kg.resources import root as own_root

    changed = 0
    for path, content in untidy(root or own_root()):
        changed += 1
        click.echo(f"{'not tidy' if only_check else 'tidied'}: {path}")
        if not only_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(path.name + ".new")
            beside.write_bytes(content)
            beside.replace(path)
    if changed and only_check:
        raise SystemExit(1)


@main.command()
@click.argument("name", required=False)
@click.argument("values", nargs=-1)
@_BUILD
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
        _print_rows(rows.columns, [tuple(row.values()) for row in rows.texts()])


@main.command()
@click.argument("text")
@_BUILD
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
    _print_rows(rows.columns, [tuple(row.values()) for row in rows.texts()])


def _read(path: Path) -> str:
    from kg.errors import SourceError

    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), "", str(error), "a query in UTF-8") from None


def visible(text: str) -> str:
    r"""Write control characters as escapes, so that no label can steer a terminal.

    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


_SHORT = 30
"""The longest name in a first column that is never broken, in characters."""


def _print_rows(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
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
    click.echo(f"{len(rows)} row{'s' * (len(rows) != 1)}")
