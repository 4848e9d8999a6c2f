"""Verb of those who look: draw."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import PATH, Where, stored

PICTURES = ("timeline", "phases", "effects", "responders", "network", "page")


@click.command()
@click.argument("picture", type=click.Choice(PICTURES))
@click.argument("names", nargs=-1)
@stored
@click.option("--out", "-o", type=PATH, required=True, help="The file: .svg, .png or .pdf; .html for a page.")
@click.option("--depth", type=click.IntRange(1, 4), default=1, show_default=True, help="How far a network reaches.")
@click.option("--seed", type=int, default=1, show_default=True, help="Start of the layout of a network.")
def draw(picture: str, names: tuple[str, ...], where: Where, out: Path, depth: int, seed: int) -> None:
    """Draw a PICTURE of the graph; a network or a page around NAMES, in any words.

    timeline: when trials of each class of drugs began, and what they showed.  phases: how many there are in
    each phase.  effects: differences with their intervals.  responders: shares of people, group beside
    group.  network: what is around things.  page: an HTML file in which the graph can be explored.
    """
    from kg.errors import QueryError
    from kg.export.formats import put
    from kg.graph.paths import find
    from kg.graph.projection import project
    from kg.pictures import canvas, figures, page

    store = where.open()
    graph = project(store)
    starts = [find(graph, name) for name in names]
    if names and picture not in ("network", "page"):
        raise QueryError(f"{picture} takes no names; network and page do")
    if picture == "page":
        put({"": page.html(graph, store, starts).encode()}, out)
    elif picture == "network":
        if not starts:
            raise QueryError("a network needs at least one name to start from")
        canvas.save(figures.network(graph, starts, depth, seed), out)
    elif picture in ("timeline", "phases"):
        canvas.save({"timeline": figures.timeline, "phases": figures.phases}[picture](graph), out)
    else:
        canvas.save({"effects": figures.effects, "responders": figures.responders}[picture](store), out)
    click.echo(f"Wrote {out}", err=True)
