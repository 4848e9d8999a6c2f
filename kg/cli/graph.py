"""The verbs of those who follow links: compare, path."""

from __future__ import annotations

import json

import click

from kg.cli.options import Where, stored
from kg.cli.output import TABLES, print_answer, visible


@click.command()
@click.argument("mechanisms", nargs=-1, required=True)
@stored
@click.option("--in", "disease", default="myositis disease", show_default=True, help="Only trials of this disease.")
@click.option("--unchecked", is_flag=True, help="Also by mechanisms that nobody checked against a source.")
@click.option("--receipts", is_flag=True, help="Show where what is said of each trial stands written.")
@click.option("--output", type=click.Choice(("text", *TABLES)), default="text", show_default=True, help="The format.")
def compare(
    mechanisms: tuple[str, ...], where: Where, disease: str, unchecked: bool, receipts: bool, output: str
) -> None:
    """Compare the trials of MECHANISMS: drugs, targets, processes, classes or families, in any words.

    For example: kg compare abatacept JAK/TYK2 FcRn
    """
    from kg.graph import comparison
    from kg.graph.paths import find
    from kg.graph.projection import checked, project

    store = where.open()
    whole = project(store)
    graph = whole if unchecked else checked(whole)
    compared = comparison.compare(store, graph, mechanisms, find(whole, disease, ["disease"]))
    if output == "text":
        found = comparison.receipts(store, compared) if receipts else {}
        for line in comparison.text(compared, graph, found).split("\n"):
            click.echo(visible(line))
    else:
        print_answer(comparison.rows(compared), output)


@click.command()
@click.argument("start")
@click.argument("end", required=False)
@stored
@click.option(
    "--by", "metapath", default="", help="Only along a metapath, for example drug-mechanism-target-mechanism-drug."
)
@click.option("--length", type=click.IntRange(1, 8), help="All ways of up to so many hops instead of the usual ones.")
@click.option("--through", multiple=True, help="Pass only this kind of things; may be given more than once.")
@click.option("--edges", multiple=True, help="Walk only this kind of edges; may be given more than once.")
@click.option("--unchecked", is_flag=True, help="Also by mechanisms that nobody checked against a source.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="So many ways of a kind.")
@click.option("--brief", is_flag=True, help="Leave out the receipts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def path(
    start: str,
    end: str | None,
    where: Where,
    metapath: str,
    length: int | None,
    through: tuple[str, ...],
    edges: tuple[str, ...],
    unchecked: bool,
    limit: int,
    brief: bool,
    as_json: bool,
) -> None:
    """Show how START is linked to END, each hop with its receipts; without END, what START is linked to.

    Names are taken as people write them; kind:name says which is meant if two things have the name.
    """
    from kg.graph.links import Asked, Links
    from kg.graph.paths import Limits
    from kg.graph.projection import project

    store = where.open()
    asked = Asked(metapath, length, Limits(through, edges, unchecked), limit)
    links = Links(store, project(store), start, end, asked)
    if as_json:
        click.echo(json.dumps(links.plain(), ensure_ascii=False, indent=2))
    else:
        for line in links.text(brief).split("\n"):
            click.echo(visible(line))
    if not links:
        click.echo(visible(links.nothing()), err=True)
        raise SystemExit(1)
