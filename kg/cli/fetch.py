"""The verb of those who bring records from the registry: fetch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH
from kg.cli.output import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sources.registry.archive import Query
    from kg.sources.registry.crawl import Summary


@click.command()
@click.argument("numbers", nargs=-1)
@click.option("--query", "expression", help="Any expression of the registry's search language instead.")
@click.option("--out", type=PATH, default=Path("registry"), show_default=True, help="Where the records go.")
@click.option("--url", help="Another server with the same interface.")
@click.option("--page-size", default=100, show_default=True, type=click.IntRange(1, 1000), help="Studies a page.")
@click.option("--pause", default=1.2, show_default=True, type=click.FloatRange(0), help="Seconds between requests.")
@click.option("--tries", default=6, show_default=True, type=click.IntRange(1), help="How often a request is tried.")
@click.option("--timeout", default=60.0, show_default=True, type=click.FloatRange(0.01), help="Seconds of silence.")
def fetch(
    numbers: tuple[str, ...],
    expression: str | None,
    out: Path,
    url: str | None,
    page_size: int,
    pause: float,
    tries: int,
    timeout: float,
) -> None:
    """Bring records from ClinicalTrials.gov: of all myositis trials, or of the NUMBERS given.

    Interrupted, it goes on where it stopped when it is run again.
    """
    from kg.sources.registry import crawl
    from kg.sources.registry.api import URL, Client, Manners
    from kg.sources.registry.archive import Archive

    query, manners = _query(numbers, expression), Manners(pause=pause, silence=timeout, attempts=tries)
    try:
        with (
            Archive(out).opened() as archive,
            _bar() as (notice, progress),
            closing(Client(url or URL, manners, notice)) as client,
        ):
            summary = crawl.run(client, archive, query, page_size, progress=progress)
    except KeyboardInterrupt:
        raise click.ClickException("interrupted; the same command goes on from here") from None
    show(summary, out)
    if not summary.complete():
        raise SystemExit(1)


def _query(numbers: tuple[str, ...], expression: str | None) -> Query:
    from kg import tables
    from kg.resources import root
    from kg.rows import DiseaseRow
    from kg.sources.registry import crawl
    from kg.sources.registry.archive import Query

    if numbers and expression is not None:
        raise click.UsageError("numbers and --query exclude each other")
    if expression is not None:
        return Query("term", expression)
    if numbers:
        return crawl.numbers(numbers)
    rows = tables.read(tables.TABLES["diseases"], root() / "ontology" / "tables")
    return crawl.default_query(row for row in rows if isinstance(row, DiseaseRow))


@contextmanager
def _bar() -> Iterator[tuple[Callable[[str], None], Callable[[int, int | None], None]]]:
    """Show a bar of studies; give the functions that write above it and move it."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.fields[of]}"))
    bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))
    task = bar.add_task("studies", total=None, of="?")
    with bar:
        yield (
            lambda text: bar.console.print(escape(visible(text))),
            lambda done, total: bar.update(task, completed=done, total=total, of="?" if total is None else total),
        )


def show(summary: Summary, out: Path) -> None:
    """Print what a crawl did, and what to do next."""
    counts, crawl = summary.counts, summary.crawl
    went = "went on and fetched" if summary.resumed else "fetched"
    parts = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(f"{went} {len(crawl.found)} studies into {out}/ ({parts})")
    click.echo(visible(f"data of {crawl.after}, version {crawl.api_version} of {crawl.url}"))
    for old, new in summary.aliases.items():
        click.echo(f"{old} is now {new}")
    for text in summary.warnings():
        click.echo(visible(f"warning: {text}"), err=True)
    click.echo("next: make graph")
