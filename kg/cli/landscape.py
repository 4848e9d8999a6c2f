"""The verb of those who look for what was tried, what was not, and what is alike: landscape."""

from __future__ import annotations

import click

from kg.cli.options import Where, stored
from kg.cli.output import TABLES, cut, print_answer

VIEWS = ("alike", "central", "communities", "gaps", "measures", "timeline")


@click.command()
@click.argument("view", type=click.Choice(VIEWS))
@click.argument("thing", required=False)
@stored
@click.option("--unchecked", is_flag=True, help="Also by mechanisms that nobody checked against a source.")
@click.option("--limit", type=click.IntRange(0), help="The most rows; 0 for all.")
@click.option("--output", type=click.Choice(TABLES), default="table", show_default=True, help="The format.")
def landscape(view: str, thing: str | None, where: Where, unchecked: bool, limit: int | None, output: str) -> None:
    """Look at the whole: one VIEW of it, of a THING.

    \b
    timeline [DISEASE]    which mechanisms were tried, when and with what verdict
    gaps [DISEASE]        mechanisms tried in some kinds of a disease and never in others
    measures              how often each measure is used, and how often as primary
    alike DRUG|TRIAL      drugs that act alike, trials of like design and outcomes
    central [KIND]        what stands in the middle of the graph
    communities           drugs, mechanisms, targets and processes that belong together
    """  # noqa: D301
    from kg.graph import landscape as views
    from kg.graph.comparison import MYOSITIS
    from kg.graph.paths import Limits, find, passable
    from kg.graph.projection import project

    whole = project(where.open())
    graph = passable(whole, [], Limits(unchecked=unchecked))
    if view == "alike" and thing is None:
        raise click.UsageError("alike needs a drug or a trial")
    if view in ("communities", "measures") and thing is not None:
        raise click.UsageError(f"{view} takes no more arguments")
    disease = find(whole, thing, ["disease"]) if thing and view in ("gaps", "timeline") else MYOSITIS
    match view:
        case "alike":
            rows = views.table(views.alike(graph, find(graph, str(thing), ["drug", "trial"])), views.Alike, graph)
        case "central":
            rows = views.table(views.central(graph, thing), views.Central, graph)
        case "communities":
            rows = views.table(views.communities(graph), views.Community, graph)
        case "gaps":
            rows = views.table(views.gaps(graph, disease), views.Gap, graph)
        case "measures":
            rows = views.table(views.measures(graph), views.Use, graph)
        case _:
            rows = views.table(views.timeline(graph, disease), views.Tried, graph)
    print_answer(cut(rows, limit, output), output)
