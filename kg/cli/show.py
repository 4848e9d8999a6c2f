"""The verb of those who look at one thing: show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import Where, stored
from kg.cli.output import json_text, visible

if TYPE_CHECKING:
    from kg.portrait import Fact, Links, Portrait


@click.command()
@click.argument("thing", nargs=-1, required=True)
@stored
@click.option(
    "--format",
    "-f",
    "output",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=12, show_default=True, help="Show so many links of a kind."
)
def show(thing: tuple[str, ...], where: Where, output: str, limit: int) -> None:
    """Show everything about a drug, trial, mechanism, disease, measure or other thing, by any of its names."""
    from kg.portrait import portrait

    found = portrait(where.open(), " ".join(thing))
    if output == "json":
        click.echo(json_text(_plain(found)), nl=False)
        return
    _print(found, limit)


def _plain(found: Portrait) -> dict[str, Any]:
    return {
        "iri": found.iri,
        "label": found.label,
        "classes": list(found.classes),
        "facts": [_plain_fact(fact) for fact in found.facts],
        "matches": [_plain_fact(fact) for fact in found.matches],
        "links": [_plain_links(links) for links in found.links],
    }


def _plain_links(links: Links) -> dict[str, Any]:
    things = [{"iri": iri, "label": label} for iri, label in links.things]
    return {"predicate": links.predicate, "name": links.name, "things": things}


def _plain_fact(fact: Fact) -> dict[str, Any]:
    made: dict[str, Any] = {
        "predicate": fact.predicate,
        "name": fact.name,
        "value": fact.value.value,
        "label": fact.label,
    }
    made["evidence"] = [{"source": one.source, "place": one.place, "quote": one.quote} for one in fact.evidence]
    if fact.part:
        made["part"] = _plain(fact.part)
    return made


def _print(found: Portrait, limit: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kg.names import shrink

    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(Text(visible(f"{found.label}  ({', '.join(found.classes)}; {shrink(found.iri)})"), style="bold"))
    table = Table(box=None, pad_edge=False)
    for name in ("fact", "value", "where it stands"):
        table.add_column(name, overflow="fold", no_wrap=name == "fact")
    for depth, fact in _flat(found, 0):
        place = [f"{one.source} {one.place}" for one in fact.evidence]
        said = place[0] + (f" and {len(place) - 1} more" if place[1:] else "") if place else "derived"
        table.add_row(*(Text(visible(text)) for text in ("  " * depth + fact.name, fact.label, said)))
    console.print(table)
    if found.matches:
        console.print()
        console.print(Text(visible(f"elsewhere: {', '.join(shrink(fact.value.value) for fact in found.matches)}")))
    for links in found.links:
        shown = "; ".join(f"{label} ({shrink(iri)})" for iri, label in links.things[:limit])
        more = f"; and {len(links.things) - limit} more" if len(links.things) > limit else ""
        console.print()
        console.print(Text(visible(f"{links.name} <- {len(links.things)}: {shown}{more}")))


def _flat(found: Portrait, depth: int) -> list[tuple[int, Fact]]:
    """Put the facts of parts below the part."""
    lines = []
    for fact in found.facts:
        lines.append((depth, fact))
        if fact.part:
            lines += _flat(fact.part, depth + 1)
    return lines
