"""The verbs of those who follow links: compare, path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import Where, stored
from kg.cli.output import TABLES, print_answer, visible

if TYPE_CHECKING:
    from kg.graph.paths import Hop, Limits
    from kg.graph.paths import Path as Way
    from kg.graph.projection import Graph
    from kg.graph.receipts import Receipt


@click.command()
@click.argument("mechanisms", nargs=-1, required=True)
@stored
@click.option("--in", "disease", default="myositis disease", show_default=True, help="Only trials of this disease.")
@click.option("--unchecked", is_flag=True, help="Also by mechanisms that nobody checked against a source.")
@click.option("--output", type=click.Choice(("text", *TABLES)), default="text", show_default=True, help="The format.")
def compare(mechanisms: tuple[str, ...], where: Where, disease: str, unchecked: bool, output: str) -> None:
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
        for line in comparison.text(compared, graph).splitlines():
            click.echo(visible(line))
    else:
        print_answer(comparison.rows(compared), output)


@click.command()
@click.argument("start")
@click.argument("end", required=False)
@stored
@click.option("--by", "metapath", help="Only along a metapath, for example drug-mechanism-target-mechanism-drug.")
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
    metapath: str | None,
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
    from kg.graph import receipts
    from kg.graph.paths import Limits, find, passable
    from kg.graph.projection import project

    store = where.open()
    whole = project(store)
    ends = [find(whole, name) for name in (start, end) if name is not None]
    limits = Limits(through, edges, unchecked)
    graph = passable(whole, ends, limits)
    sentences, ways = _ways(graph, ends, metapath, length, limit)
    shown = _Printer(graph, lambda hop: receipts.of(store, *hop.edge), brief)
    if as_json:
        click.echo(json.dumps(shown.plain(sentences, ways), ensure_ascii=False, indent=2))
    else:
        shown.print(sentences, ways)
    if not ways[-1][1]:
        click.echo(_nothing(ends, metapath, length, limits), err=True)
        raise SystemExit(1)


Found = list[tuple[str, "list[Way]", bool]]
"""The title of a kind of ways, the ways, and whether there are more."""


def _ways(
    graph: Graph, ends: list[str], metapath: str | None, length: int | None, limit: int
) -> tuple[tuple[str, ...], Found]:
    from kg.graph import paths
    from kg.graph.explanation import explain
    from kg.graph.metagraph import read

    if metapath is not None:
        way = read().metapath(metapath)
        along = paths.along(graph, ends[0], way, ends[1] if len(ends) > 1 else None)
        return (), [(metapath, *paths.first(along, limit))]
    if len(ends) == 1:
        hops = ((hop,) for hop in paths.neighbours(graph, ends[0]))
        return (), [("links", *paths.first(hops, limit))]
    start, end = ends
    if length is not None:
        return (), [(f"up to {length} hops", *paths.first(paths.simple(graph, start, end, length), limit))]
    said: tuple[str, ...] = ()
    made: Found = []
    if [graph.nodes[node]["kind"] for node in ends] == ["drug", "disease"]:
        explained = explain(graph, start, end)
        said = explained.sentences
        made.append((f"how {graph.nodes[start]['label']} acts", [(hop,) for hop in explained.mechanism], False))
    usual = paths.routes(graph, start, end) or {"shortest": paths.shortest(graph, start, end)}
    return said, made + [(title, *paths.first(iter(found), limit)) for title, found in usual.items()]


def _nothing(ends: list[str], metapath: str | None, length: int | None, limits: Limits) -> str:
    how = f"along {metapath}" if metapath else f"of up to {length} hops" if length else "of any length"
    return visible(f"no way {how} between {' and '.join(ends)}, {limits.text()}")


class _Printer:
    """Prints ways, or makes plain data of them."""

    def __init__(self, graph: Graph, receipts: Callable[[Hop], Iterable[Receipt]], brief: bool) -> None:
        self._graph, self._receipts, self._brief = graph, receipts, brief
        self._known: dict[Hop, list[Receipt]] = {}

    def _of(self, hop: Hop) -> list[Receipt]:
        if hop not in self._known:
            self._known[hop] = list(self._receipts(hop))
        return self._known[hop]

    def print(self, said: tuple[str, ...], ways: Found) -> None:
        """Print sentences, then ways under their titles, each hop with its receipts."""
        from kg.graph import sentences

        for sentence in said:
            click.echo(visible(sentence))
        for title, found, more in ways:
            click.echo(f"\n{visible(title)} ({len(found)}{' shown, there are more' if more else ''})")
            for way in found:
                click.echo(visible(f"  {sentences.way(self._graph, way)}"))
                for hop in () if self._brief else way:
                    source, kind, target = hop.edge
                    click.echo(visible(f"      {source} {kind} {target}"))
                    for receipt in self._of(hop):
                        click.echo(visible(f"          {receipt.text()}"))

    def plain(self, said: tuple[str, ...], ways: Found) -> dict[str, Any]:
        """Make data of sentences and ways."""
        return {
            "sentences": said,
            "ways": [
                {"title": title, "more": more, "found": [self._way(way) for way in found]}
                for title, found, more in ways
            ],
        }

    def _way(self, way: Way) -> dict[str, Any]:
        from kg.graph import sentences

        hops = [{**hop._asdict(), "receipts": [one._asdict() for one in self._of(hop)]} for hop in way]
        return {"sentence": sentences.way(self._graph, way), "hops": hops}
