"""The graph for traversal, or a reduction of it, as a property graph for the graph files.

Attributes are those of the projection: one scalar each, under its own name there; the number of ways
that an edge of a reduction stands for is its weight.
"""

from __future__ import annotations

from kg.export.network import Attribute, Edge, Network, Node
from kg.graph.projection import Graph

_FIXED = frozenset({"kind", "label"})


def network(graph: Graph) -> Network:
    """Make the property graph of a graph of networkx whose attributes are scalars.

    Examples
    --------
    >>> from kg.graph.projection import project, reduce
    >>> from kg.graph.samples import store
    >>> made = network(reduce(project(store()), "drug-target"))
    >>> [(edge.id, edge.weight) for edge in made.edges][0]
    ('drug:abatacept drug-target target:CD80', 1)
    """
    kinds: dict[str, str] = {}
    nodes = []
    for name in sorted(graph):
        data = graph.nodes[name]
        values = {key: (_text(value),) for key, value in sorted(data.items()) if key not in _FIXED}
        for key in values:
            kinds[key] = _kind(data[key]) if kinds.get(key, _kind(data[key])) == _kind(data[key]) else "text"
        nodes.append(Node(name, str(data["kind"]), str(data["label"]), values))
    edges = sorted(
        Edge(f"{source} {kind} {target}", source, kind, target, (), data.get("walks"))
        for source, target, kind, data in graph.edges(keys=True, data=True)
    )
    return Network(tuple(nodes), tuple(edges), {name: Attribute(name, kinds[name], False) for name in sorted(kinds)})


def _kind(value: object) -> str:
    return {bool: "boolean", int: "integer", float: "decimal"}.get(type(value), "text")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
