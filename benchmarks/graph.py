"""Time to make the graph for traversal, beside the same rows taken one by one from rdflib; and of what is asked of it.

The build must be there (``make graph``).  All run in one process, each several times, alternating.
rdflib gets the same triples in memory and the same queries, and its rows are iterated into a networkx
graph as a notebook would; the time to parse the triples into rdflib is shown apart.

With rustworkx installed (the extra ``fast``), betweenness over the same graph without directions is
compared: the same numbers, and how much sooner.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import rdflib

from kg.graph import centrality, explanation, paths, projection, receipts
from kg.graph.metagraph import read
from kg.store import Embedded


def timed(call: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Return the median time of some rounds, in seconds, and the last answer."""
    taken, answer = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        answer = call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), answer


def by_rdflib(union: rdflib.Graph) -> nx.MultiDiGraph[str]:
    """Make the graph row by row from rdflib's answers to the same queries."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    meta = read()
    for kind in meta.nodes:
        row: Any
        for row in union.query(projection.node_query(meta, kind)):
            graph.add_node(str(row.node), kind=kind)
            graph.nodes[str(row.node)][str(row.attribute)] = str(row.value)
    for kind in meta.edges:
        for row in union.query(projection.edge_query(meta, kind)):
            graph.add_edge(str(row.source), str(row.target), kind)
    return graph


def main(folder: Path, rounds: int) -> None:
    """Print the figures."""
    store = Embedded(folder / "store")
    union = rdflib.Graph()
    parsing, _ = timed(lambda: union.parse(folder / "myositis.ttl"), 1)
    ours, graph = timed(lambda: projection.project(store), rounds)
    theirs, slow = timed(lambda: by_rdflib(union), 1)
    same = (len(graph), graph.number_of_edges()) == (len(slow), slow.number_of_edges())
    print(f"{len(graph)} nodes, {graph.number_of_edges()} edges; rdflib gives as many: {'yes' if same else 'NO'}")
    print(f"projection        {ours:8.3f} s")
    print(f"rdflib, rows      {theirs:8.3f} s   {theirs / ours:.1f} times as long")
    print(f"rdflib, parsing   {parsing:8.3f} s")
    drug, disease = "drug:abatacept", "disease:dermatomyositis"
    part = paths.passable(graph, [drug, disease])
    asked: dict[str, Callable[[], Any]] = {
        "all views": lambda: [projection.reduce(graph, name) for name in read().views],
        "routes": lambda: paths.routes(part, drug, disease),
        "explanation": lambda: explanation.explain(part, drug, disease),
        "ways of 4 hops": lambda: list(paths.simple(part, drug, disease, 4)),
        "receipts of an edge": lambda: receipts.of(store, "trial:NCT02971683", "evaluates", drug),
    }
    for name, call in asked.items():
        print(f"{name:<20}{timed(call, rounds)[0]:6.3f} s")
    print(betweenness(part, rounds))


def betweenness(graph: nx.MultiDiGraph[str], rounds: int) -> str:
    """Compare betweenness by networkx and by rustworkx."""
    plain = nx.Graph(graph)
    slow, expected = timed(lambda: centrality.by_networkx(plain), 1)
    if importlib.util.find_spec("rustworkx") is None:
        return f"betweenness         {slow:6.3f} s by networkx; rustworkx is not installed"
    fast, found = timed(lambda: centrality.betweenness(plain), rounds)
    off = max(abs(found[node] - value) for node, value in expected.items())
    ratio = f"{slow / fast:.0f} times; off by {off:.1e}"
    return f"betweenness         {slow:6.3f} s by networkx, {fast:.3f} s by rustworkx: {ratio}"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build"), 5)
