"""Ways through the graph: shortest, all up to a length, along a metapath, along the declared routes.

An edge may be walked against its direction; a hop says which way it was walked.  What is an end only
(a country, an organisation) is never passed through, and mechanisms that nobody checked against a
source are left out unless asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice, pairwise
from typing import NamedTuple

import networkx as nx

from kg.errors import QueryError
from kg.graph.metagraph import Metagraph, Metapath, read
from kg.graph.projection import Graph, steps
from kg.meanings import Names
from kg.names import shrink


class Hop(NamedTuple):
    """One step of a way: from a node by a kind of edge to another, along the edge or against it."""

    start: str
    kind: str
    end: str
    forward: bool

    @property
    def edge(self) -> tuple[str, str, str]:
        """The edge in its own direction: source, kind, target.

        >>> Hop("drug:abatacept", "evaluates", "trial:NCT1", False).edge
        ('trial:NCT1', 'evaluates', 'drug:abatacept')
        """
        return (self.start, self.kind, self.end) if self.forward else (self.end, self.kind, self.start)


Path = tuple[Hop, ...]


class Limits(NamedTuple):
    """What a way may pass: kinds of nodes and of edges (none named: all), and unchecked mechanisms or not."""

    nodes: Collection[str] = ()
    edges: Collection[str] = ()
    unchecked: bool = False

    def text(self) -> str:
        """Say it in words.

        >>> Limits(nodes=("drug", "trial")).text()
        'through drug, trial; without unchecked mechanisms'
        """
        parts = [f"through {', '.join(self.nodes)}"] if self.nodes else []
        parts += [f"by {', '.join(self.edges)}"] if self.edges else []
        return "; ".join([*parts, "with unchecked mechanisms" if self.unchecked else "without unchecked mechanisms"])


EVERYTHING = Limits()


def find(graph: Graph, text: str, kinds: Collection[str] = ()) -> str:
    """Find the one node that a name stands for, as `kg.meanings` does: capitals and hyphens aside, misspelt or not.

    Parameters
    ----------
    graph
        The graph.
    text
        A name as people write it, an acronym, a number of a registry, a CURIE or an IRI; ``drug:Orencia``
        asks for a thing of one kind.
    kinds
        The kinds of node that it may be; all if none is named.

    Raises
    ------
    QueryError
        If nothing or more than one thing has the name; says what comes nearest, or which things have it.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> find(project(store()), "orencia")
    'drug:abatacept'
    """
    allowed = {node: data for node, data in graph.nodes(data=True) if not kinds or data["kind"] in kinds}
    key = shrink(text.strip())
    if key in allowed:
        return key
    prefix, _, rest = text.partition(":")
    if prefix in read().nodes and rest and not kinds:
        return find(graph, rest, [prefix])
    names = Names(
        " or ".join(kinds) or "thing", (name for node, data in allowed.items() for name in _names(node, data))
    )
    return (names.whole(text) or names.misspelt(text) or names.refuse(text)).terms[0].value


def _names(node: str, data: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    yield node, "prefLabel", str(data["label"])
    for name in str(data["names"]).split("|"):
        if name:
            yield node, "altLabel", name


def passable(graph: Graph, ends: Collection[str], limits: Limits = EVERYTHING, meta: Metagraph | None = None) -> Graph:
    """Return the part of the graph that a way between two ends may pass.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> part = passable(project(store()), ["drug:abatacept"], Limits(nodes=["trial"]))
    >>> sorted(part)
    ['drug:abatacept', 'trial:NCT1']

    Raises
    ------
    QueryError
        If a limit names no kind.
    """
    meta = meta or read()
    for named, known in ((limits.nodes, meta.nodes), (limits.edges, meta.edges)):
        if unknown := [name for name in named if name not in known]:
            raise QueryError(f"no kind {unknown[0]!r}; there are {', '.join(known)}")
    kinds = set(limits.nodes) or {name for name, kind in meta.nodes.items() if not kind.ends}
    nodes = {
        node
        for node, data in graph.nodes(data=True)
        if node in ends or (data["kind"] in kinds and (limits.unchecked or data.get("checked", True)))
    }
    edges = set(limits.edges or meta.edges)
    part: Graph = nx.MultiDiGraph()
    part.add_nodes_from((node, data) for node, data in graph.nodes(data=True) if node in nodes)
    for source, target, kind, data in graph.edges(keys=True, data=True):
        if kind in edges and source in nodes and target in nodes:
            part.add_edge(source, target, kind, **data)
    return part


def neighbours(graph: Graph, node: str, kinds: Collection[str] = ()) -> tuple[Hop, ...]:
    """Return all hops from a node, those to other kinds of nodes left out if kinds are named.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> for hop in neighbours(project(store()), "drug:abatacept"):
    ...     print(hop)
    Hop(start='drug:abatacept', kind='evaluates', end='trial:NCT1', forward=False)
    Hop(start='drug:abatacept', kind='mechanism_of', end='mechanism:binds', forward=False)
    """
    hops = {Hop(node, kind, end, True) for _, end, kind in graph.out_edges(node, keys=True)}
    hops |= {Hop(node, kind, start, False) for start, _, kind in graph.in_edges(node, keys=True)}
    return tuple(sorted(hop for hop in hops if not kinds or graph.nodes[hop.end]["kind"] in kinds))


def along(graph: Graph, start: str, metapath: Metapath, end: str | None = None) -> Iterator[Path]:
    """Yield the ways from a node along a metapath that pass no node twice, in the order of their names.

    Parameters
    ----------
    graph
        The graph, limited to what may be passed.
    start
        Where to begin.
    metapath
        The kinds of nodes and edges.
    end
        Where to end; anywhere if None.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> way = read().metapath("drug-evaluates-trial-has_condition-disease")
    >>> [hop.end for hop in next(along(project(store()), "drug:abatacept", way))]
    ['trial:NCT1', 'disease:dermatomyositis']
    """
    if graph.nodes[start]["kind"] != metapath.start:
        return
    useful = _useful(graph, metapath, end)

    def walk(path: Path, here: str) -> Iterator[Path]:
        depth = len(path)
        if depth == len(metapath.steps):
            yield path
            return
        passed = {start, *(hop.end for hop in path)}
        for other, kind, forward in sorted(steps(graph, here, metapath.steps[depth].edges)):
            if other in useful[depth + 1] and other not in passed:
                yield from walk((*path, Hop(here, kind, other, forward)), other)

    yield from walk((), start)


def _useful(graph: Graph, metapath: Metapath, end: str | None) -> list[set[str]]:
    """Find, for each place in a metapath, the nodes from which its end can be reached."""
    kind = metapath.end
    last = {node for node, data in graph.nodes(data=True) if data["kind"] == kind and end in (None, node)}
    useful = [last]
    for step in metapath.reversed().steps:
        useful.append({other for node in useful[-1] for other, _, _ in steps(graph, node, step.edges)})
    return useful[::-1]


def shortest(graph: Graph, start: str, end: str) -> list[Path]:
    """Return all shortest ways between two nodes, in the order of their names.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> [[hop.kind for hop in path] for path in shortest(project(store()), "drug:abatacept", "drug:belatacept")]
    [['mechanism_of', 'acts_on', 'acts_on', 'mechanism_of']]
    """
    try:
        found = list(nx.all_shortest_paths(graph.to_undirected(as_view=True), start, end))
    except nx.NetworkXNoPath:
        return []
    return sorted({path for nodes in found for path in _expanded(graph, nodes)})


def simple(graph: Graph, start: str, end: str, length: int) -> Iterator[Path]:
    """Yield all ways of up to some hops that pass no node twice, shorter ones first.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> [len(path) for path in simple(project(store()), "drug:abatacept", "disease:dermatomyositis", 4)]
    [2]
    """
    plain = nx.Graph(graph)
    near = nx.single_source_shortest_path_length(plain, end, cutoff=length)
    plain.remove_nodes_from([node for node in list(plain) if node not in near])
    if start not in plain:
        return
    distance: int = near[start]
    for hops in range(distance, length + 1):
        found = (nodes for nodes in nx.all_simple_paths(plain, start, end, cutoff=hops) if len(nodes) == hops + 1)
        for nodes in sorted(found):
            yield from _expanded(graph, nodes)


def _expanded(graph: Graph, nodes: list[str]) -> Iterator[Path]:
    """Yield a way for each choice of parallel edges between the nodes of a way."""
    paths: list[Path] = [()]
    for here, there in pairwise(nodes):
        hops = [hop for hop in neighbours(graph, here) if hop.end == there]
        paths = [(*path, hop) for path in paths for hop in hops]
    yield from paths


def routes(graph: Graph, start: str, end: str, meta: Metagraph | None = None) -> dict[str, list[Path]]:
    """Return the ways between two nodes along the declared routes, by title; routes without any are left out.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> list(routes(project(store()), "disease:dermatomyositis", "drug:belatacept"))
    ['another drug on the same target']
    """
    meta = meta or read()
    found: dict[str, list[Path]] = {}
    for route in meta.routes:
        way = meta.metapath(route.path)
        for one in dict.fromkeys((way, way.reversed())):
            if (one.start, one.end) == (graph.nodes[start]["kind"], graph.nodes[end]["kind"]):
                ways = (path for path in along(graph, start, one, end) if _is_telling(graph, path, meta))
                found.setdefault(route.title, []).extend(ways)
    return {title: paths for title, paths in found.items() if paths}


def _is_telling(graph: Graph, path: Path, meta: Metagraph) -> bool:
    """Tell whether no hop takes a general edge where another joins the same two nodes."""
    general = [hop for hop in path if meta.edges[hop.kind].general]
    parallel = (one for hop in general for one in neighbours(graph, hop.start) if one.end == hop.end)
    return all(meta.edges[one.kind].general for one in parallel)


def first(paths: Iterator[Path], most: int) -> tuple[list[Path], bool]:
    """Take no more than some ways, and tell whether there are more.

    >>> first(iter([(), ()]), 1)
    ([()], True)
    """
    taken = list(islice(paths, most + 1))
    return taken[:most], len(taken) > most
