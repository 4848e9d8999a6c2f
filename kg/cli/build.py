"""Verbs of those who keep the graph: build, check, tidy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.options import BUILD, PAGES, PATH, REGISTRY, ROOT, added
from kg.cli.output import visible

if TYPE_CHECKING:
    from kg.report import Report

Result = TypeVar("Result")


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


@click.command()
@click.option("--out", type=PATH, default=Path("build"), show_default=True, help="Where to build.")
@ROOT
@PAGES
@REGISTRY
def build(out: Path, root: Path | None, pages: Path | None, registry: Path | None) -> None:
    """Build the graph from the tables, the trial records, registry records and pages."""
    from kg.build import PIPELINE
    from kg.resources import root as own_root

    given = {"root": root or own_root(), "added": added(pages=pages, registry=registry), "out": out}
    with Progress(len(PIPELINE.stages)) as progress:
        made = PIPELINE.run(given, around=progress)
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


@click.command()
@BUILD
@ROOT
@PAGES
@REGISTRY
@click.option("--limit", default=20, show_default=True, help="How many findings to print.")
def check(folder: Path, root: Path | None, pages: Path | None, registry: Path | None, limit: int) -> None:
    """Re-find every receipt in the sources; run the shapes and the check queries on a build."""
    from kg import validate
    from kg.resources import root as own_root
    from kg.store import Embedded

    base = root or own_root()
    store = Embedded(folder / "store")
    parts = {
        "receipts": validate.receipts(store, base, added(pages=pages, registry=registry)),
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


@click.command()
@ROOT
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something is not tidy.")
def tidy(root: Path | None, only_check: bool) -> None:
    """Put tables, records of trials and pages, and generated files into their one canonical form."""
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
