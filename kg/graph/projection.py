"""The graph for traversal, made from a store: a networkx MultiDiGraph that obeys the metagraph.

A node is named by its CURIE (``drug:abatacept``), an edge by its ends and its kind, so that names
stay the same from build to build.  Attributes are texts, numbers and truth values only: every
writer of networkx can write them.  Several values of one attribute are joined by ``|``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

import networkx as nx

from kg.errors import QueryError, ValidationError
from kg.graph.metagraph import Metagraph, Metapath, read
from kg.names import PREFIXES, expand, shrink
from kg.store import Store, Term

Graph: TypeAlias = "nx.MultiDiGraph[str]"
Value: TypeAlias = str | int | float | bool

UNCHECKED = "concept:EvidenceLevelDomainKnowledge"
"""The level of evidence of a mechanism that nobody checked."""

_NAMES = "skos:altLabel|skos:hiddenLabel|myo:abbreviation|myo:acronym|myo:otherId|myo:registryId"
_HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "myo", "skos"))
_XSD = PREFIXES["xsd"]


def node_query(meta: Metagraph, kind: str) -> str:
    """Return the query for the nodes of a kind: one row for each value of an attribute, in no order.

    >>> print(node_query(read(), "cell").splitlines()[3])
    SELECT ?node ?attribute ?value
    """
    paths = {"label": "skos:prefLabel", "names": _NAMES, **meta.nodes[kind].attributes}
    parts = " UNION\n".join(
        f'  {{ ?node a {meta.nodes[kind].class_} ; {path} ?value . BIND("{name}" AS ?attribute) }}'
        for name, path in paths.items()
    )
    return f"{_HEAD}SELECT ?node ?attribute ?value\nWHERE {{\n{parts}\n}}\n"


def edge_query(meta: Metagraph, kind: str) -> str:
    """Return the query for the edges of a kind: one row an edge, in no order and maybe more than once.

    >>> print(edge_query(read(), "acts_on").splitlines()[-2])
      ?source myo:target ?target .
    """
    return _edge_query(meta.edges[kind].patterns())


def ground_query(meta: Metagraph, kind: str) -> str:
    """Return the query for the edges of a kind by the stated triples behind them.

    >>> "myo:role concept:RoleExperimental" in ground_query(read(), "evaluates")
    True
    """
    return _edge_query(meta.edges[kind].where or meta.edges[kind].patterns())


def _edge_query(patterns: Iterable[str]) -> str:
    lines = "".join(f"  {pattern} .\n" for pattern in patterns)
    return f"{_HEAD}SELECT ?source ?target\nWHERE {{\n{lines}}}"


def project(store: Store, meta: Metagraph | None = None) -> Graph:
    """Make the graph.

    Parameters
    ----------
    store
        A store or an endpoint that holds a build.
    meta
        Another metagraph than that of the project.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes have ``kind``, ``label``, ``names``, ``iri`` and the attributes of their kind; mechanisms
        also ``checked``.  Edges have ``kind`` and the attributes of theirs.

    Raises
    ------
    QueryError
        If the store has no nodes, or lacks inferred edges whose stated ground it has; says what is missing.
    ValidationError
        If an edge ends at something that is not a node of the kind declared for it.

    Examples
    --------
    >>> from kg.graph.samples import store
    >>> graph = project(store())
    >>> graph.nodes["drug:abatacept"]["label"], graph.has_edge("trial:NCT1", "drug:abatacept", "evaluates")
    ('abatacept', True)
    """
    meta = meta or read()
    graph: Graph = nx.MultiDiGraph()
    for kind in meta.nodes:
        graph.add_nodes_from(_nodes(store, meta, kind).items())
    if not graph:
        classes = ", ".join(kind.class_ for kind in meta.nodes.values())
        raise QueryError(f"the store has nothing of any kind that the graph is made of ({classes})")
    for kind, edge in meta.edges.items():
        pairs = _pairs(store, edge_query(meta, kind))
        if not pairs and edge.property and edge.where and _pairs(store, ground_query(meta, kind)):
            raise QueryError(f"the store lacks the inferred edges {edge.property}: load a whole build")
        attributes = _edge_attributes(store, meta, kind)
        for source, target in pairs:
            for end, expected in ((source, edge.source), (target, edge.target)):
                if graph.nodes.get(end, {}).get("kind") != expected:
                    raise ValidationError(f"{kind} from {source} to {target}: {end} is no {expected}")
            graph.add_edge(source, target, kind, kind=kind, **attributes.get((source, target), {}))
    return graph


def _nodes(store: Store, meta: Metagraph, kind: str) -> dict[str, dict[str, Value]]:
    found: defaultdict[str, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for node, attribute, value in store.select(node_query(meta, kind)).rows:
        if node and attribute and value:
            found[node.value][attribute.value].append(value)
    made: dict[str, dict[str, Value]] = {}
    for iri, attributes in sorted(found.items()):
        values = {name: _value(attributes[name]) for name in sorted(attributes)}
        checked = {"checked": values.get("level") != UNCHECKED} if kind == "mechanism" else {}
        made[_name(iri)] = {"label": iri, "names": "", **values, **checked, "kind": kind, "iri": iri}
    return made


def _value(terms: list[Term]) -> Value:
    """Make a scalar of the values of an attribute."""
    texts = sorted({_name(term.value) if term.kind == "iri" else term.value for term in terms})
    if len(texts) > 1 or terms[0].kind == "iri":
        return "|".join(texts)
    term = terms[0]
    match term.datatype.removeprefix(_XSD):
        case "integer":
            return int(term.value)
        case "decimal":
            return float(Decimal(term.value))
        case "boolean":
            return term.value == "true"
    return term.value


def _pairs(store: Store, query: str) -> list[tuple[str, str]]:
    rows = store.select(query).rows
    return sorted({(_name(source.value), _name(target.value)) for source, target in rows if source and target})


def _edge_attributes(store: Store, meta: Metagraph, kind: str) -> dict[tuple[str, str], dict[str, Value]]:
    made: defaultdict[tuple[str, str], dict[str, Value]] = defaultdict(dict)
    for name, pattern in meta.edges[kind].attributes.items():
        patterns = " . ".join((*(meta.edges[kind].where or meta.edges[kind].patterns()), pattern))
        found: defaultdict[tuple[str, str], list[Term]] = defaultdict(list)
        for source, target, value in store.select(f"{_HEAD}SELECT ?source ?target ?value {{ {patterns} }}").rows:
            if source and target and value:
                found[_name(source.value), _name(target.value)].append(value)
        for ends, values in found.items():
            made[ends][name] = _value(values)
    return made


@lru_cache(maxsize=2**16)
def _name(iri: str) -> str:
    return shrink(iri)


def checked(graph: Graph) -> Graph:
    """Return the graph without mechanisms that nobody checked against a source.

    >>> from kg.graph.samples import store
    >>> whole = project(store())
    >>> sorted(set(whole) - set(checked(whole)))
    ['mechanism:doubtful']
    """
    kept = [node for node, data in graph.nodes(data=True) if data.get("checked", True)]
    return graph.subgraph(kept)


def reduce(graph: Graph, name: str, meta: Metagraph | None = None) -> Graph:
    """Make a view of the graph: one of the usual reductions.

    Parameters
    ----------
    graph
        The graph.
    name
        The name of the view; ``metagraph.read().views`` has all.
    meta
        Another metagraph than that of the project.

    Returns
    -------
    networkx.MultiDiGraph
        Of a metapath: an edge for each pair of different ends, with ``walks``, the number of ways between
        them; for ends of one kind, only from the lower name to the higher.  Of kinds of edges: those edges
        with their ends.

    Raises
    ------
    QueryError
        If there is no such view.

    Examples
    --------
    >>> from kg.graph.samples import store
    >>> reduce(project(store()), "drug-target").edges["drug:abatacept", "target:CD80", "drug-target"]["walks"]
    1
    """
    meta = meta or read()
    if name not in meta.views:
        raise QueryError(f"no view {name!r}; there are {', '.join(meta.views)}")
    view = meta.views[name]
    made: Graph = nx.MultiDiGraph()
    if view.edges:
        for source, target, kind, data in graph.edges(keys=True, data=True):
            if kind in view.edges:
                made.add_edge(source, target, kind, **data)
        made.add_nodes_from((node, graph.nodes[node]) for node in list(made))
        return made
    metapath = meta.metapath(view.path)
    for source, ends in counts(graph, metapath).items():
        for target, number in ends.items():
            if metapath.start != metapath.end or source < target:
                made.add_node(source, **graph.nodes[source])
                made.add_node(target, **graph.nodes[target])
                made.add_edge(source, target, name, kind=name, walks=number)
    return made


def counts(graph: Graph, metapath: Metapath) -> Mapping[str, Mapping[str, int]]:
    """Count the walks along a metapath between each pair of different ends.

    >>> from kg.graph.samples import store
    >>> way = read().metapath("drug-evaluates-trial-has_condition-disease")
    >>> dict(counts(project(store()), way)["drug:abatacept"])
    {'disease:dermatomyositis': 1}
    """
    found: dict[str, dict[str, int]] = {}
    for start, data in graph.nodes(data=True):
        if data["kind"] == metapath.start:
            ends = {start: 1}
            for step in metapath.steps:
                following: defaultdict[str, int] = defaultdict(int)
                for node, number in ends.items():
                    for other, _, _ in steps(graph, node, step.edges):
                        following[other] += number
                ends = dict(following)
            ends.pop(start, None)
            if ends:
                found[start] = ends
    return found


def steps(graph: Graph, node: str, edges: Iterable[tuple[str, bool]]) -> Iterable[tuple[str, str, bool]]:
    """Yield where edges of some kinds lead from a node: the other end, the kind, whether along the edge.

    >>> from kg.graph.samples import store
    >>> list(steps(project(store()), "mechanism:binds", [("acts_on", True)]))
    [('target:CD80', 'acts_on', True)]
    """
    for kind, forward in edges:
        for other in graph.successors(node) if forward else graph.predecessors(node):
            ends = (node, other) if forward else (other, node)
            if graph.has_edge(*ends, key=kind):
                yield other, kind, forward


def iri(node: str) -> str:
    """Return the IRI of a node.

    >>> iri("drug:abatacept")
    'https://w3id.org/myositis-kg/drug/abatacept'
    """
    return expand(node)
