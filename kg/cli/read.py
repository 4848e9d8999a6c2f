"""The verb of those who have pages about trials: read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import PATH, ROOT
from kg.cli.output import visible

if TYPE_CHECKING:
    from kg.sources.page_folder import PageText


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--explain", is_flag=True, help="Show each fact with its place, its exact words and how it was resolved.")
@click.option("--trial", metavar="ID", help="The registry id of the trial, where the text states none.")
@click.option("--save", is_flag=True, help="Keep the text, with a side-car, in the folder of pages that a build reads.")
@click.option("--url", "urls", multiple=True, help="Where the page is from; kept in the side-car.")
@click.option("--pages", type=PATH, default=Path("pages"), show_default=True, help="The folder to save to.")
@ROOT
def read(
    files: tuple[str, ...],
    explain: bool,
    trial: str | None,
    save: bool,
    urls: tuple[str, ...],
    pages: Path,
    root: Path | None,
) -> None:
    """Read pages about trials, as text or HTML (- for standard input), and print their records as JSON.

    A text that cannot be used is told and passed over; the exit code is then 2.
    """
    from kg import contract
    from kg.errors import KgError
    from kg.link import Linker, keys
    from kg.resources import root as own_root
    from kg.sources import curated, page_files, page_folder, page_shelf
    from kg.sources.drafts import Known

    base = root or own_root()
    rules, tables = contract.read(base / "ontology"), curated.tables(base)
    known, kept = Known(rules, keys(rules, tables)), page_files.kept(base / "data" / "pages")
    printed: list[object] = []
    refused = 0
    for name in files:
        try:
            content = _bytes(name)
            one = page_folder.understand(
                content, "page.txt" if name == "-" else name, known, kept, trial=trial, alone=True
            )
            if save:
                click.echo(f"saved {page_shelf.save(one, content, pages, urls)}", err=True)
        except KgError as error:
            click.echo(visible(f"kg: {error}"), err=True)
            refused += 1
            continue
        if one.identity.trial == page_folder.UNSTATED:
            click.echo(visible(f"kg: {name} states no registry id; --trial ID says which trial it is about"), err=True)
        if explain:
            from kg.sources.page_explanation import explain as explained

            click.echo("\n".join(map(visible, explained(one, Linker(rules, [*tables, *one.sourced()])).split("\n"))))
        else:
            printed.append(_record(one))
    if not explain and printed:
        _print(printed if len(files) > 1 else printed[0])
    if refused:
        if len(files) > 1:
            click.echo(f"{refused} of {len(files)} texts could not be used", err=True)
        sys.exit(2)


def _bytes(name: str) -> bytes:
    from kg.errors import SourceError

    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise SourceError(name, "", error.strerror or str(error), "a file that can be read") from None


def _record(one: PageText) -> dict[str, Any]:
    """Return the records as JSON values; what nobody stated of the trial is left out."""
    import msgspec

    from kg.sources.page_folder import UNSTATED

    made: dict[str, Any] = msgspec.to_builtins(one.file(), enc_hook=str)
    for part in (made["page"], made["trial"]):
        for name in [name for name, value in part.items() if value == UNSTATED]:
            del part[name]
    return made


def _print(value: object) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))
