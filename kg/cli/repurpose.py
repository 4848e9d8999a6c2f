"""The verb of those who look for drugs to try: repurpose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import BUILD
from kg.cli.output import visible

if TYPE_CHECKING:
    from kg.graph.projection import Graph
    from kg.graph.repurposing import Network
    from kg.store import Embedded


@click.command()
@click.argument("disease", required=False)
@BUILD
@click.option("--top", default=10, show_default=True, type=click.IntRange(1), help="So many drugs.")
@click.option("--ways", default=2, show_default=True, type=click.IntRange(1), help="So many ways for each drug.")
@click.option("--brief", is_flag=True, help="Leave out the receipts.")
@click.option("--evaluate", "evaluated", is_flag=True, help="Print how well such ranks foretold later trials.")
def repurpose(disease: str | None, folder: Path, top: int, ways: int, brief: bool, evaluated: bool) -> None:
    """Rank drugs that were not tried in DISEASE by what they share with drugs that were.

    Each rank shows its ways, each hop with its receipts.  A rank is a reason to look, not a finding.
    """
    try:
        import numpy  # noqa: F401
    except ImportError:
        raise click.ClickException("ranks need numpy: pip install 'myositis-kg[analysis]'") from None
    from kg.graph import evaluation, repurposing
    from kg.graph.projection import project
    from kg.store import Embedded

    if (disease is None) is not evaluated:
        raise click.UsageError("give a disease, or --evaluate alone")
    store = Embedded(folder / "store")
    graph = project(store)
    net = repurposing.network(graph)
    if disease is None:
        click.echo(evaluation.markdown(evaluation.evaluate(net)), nl=False)
        return
    _print(store, graph, net, disease, top, ways, brief)
    made = evaluation.evaluate(net, permutations=evaluation.FEW_PERMUTATIONS)
    click.echo(f"\n{evaluation.sentence(made)}")


def _print(store: Embedded, graph: Graph, net: Network, disease: str, top: int, ways: int, brief: bool) -> None:
    from kg.graph import paths, receipts, repurposing, sentences

    node = paths.find(graph, disease)
    for place, candidate in enumerate(repurposing.candidates(net, node, top, ways), 1):
        label = graph.nodes[candidate.drug]["label"]
        click.echo(visible(f"{place}. {label} (score {candidate.score:.2f})"))
        for way in candidate.ways:
            path = repurposing.path(graph, candidate.drug, way)
            click.echo(visible(f"   by {way.kind}: {sentences.way(graph, path)}"))
            for hop in () if brief else path:
                for receipt in receipts.of(store, *hop.edge):
                    click.echo(visible(f"       {receipt.text()}"))
