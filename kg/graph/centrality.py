"""Betweenness, the one heavy computation over the graph: by rustworkx where it is installed, else by networkx."""

from __future__ import annotations

import networkx as nx


def betweenness(graph: nx.Graph[str]) -> dict[str, float]:
    """Return the share of shortest ways that lead through each node, over all pairs of other nodes.

    With the extra ``fast`` (rustworkx) the same numbers come sooner; see ``benchmarks/graph.py``.

    >>> betweenness(nx.path_graph(["a", "b", "c"]))
    {'a': 0.0, 'b': 1.0, 'c': 0.0}
    """
    try:
        import rustworkx as rx
    except ImportError:
        return by_networkx(graph)
    nodes = list(graph)
    numbers = {node: number for number, node in enumerate(nodes)}
    other: rx.PyGraph[str, None] = rx.PyGraph(multigraph=False)
    other.add_nodes_from(nodes)
    other.add_edges_from_no_data([(numbers[one], numbers[two]) for one, two in graph.edges()])
    share = rx.betweenness_centrality(other, normalized=True)
    return {node: share[number] for node, number in numbers.items()}


def by_networkx(graph: nx.Graph[str]) -> dict[str, float]:
    """Return the same by networkx.

    >>> by_networkx(nx.path_graph(["a", "b", "c"]))["b"]
    1.0
    """
    share: dict[str, float] = nx.betweenness_centrality(graph, normalized=True)
    return share
