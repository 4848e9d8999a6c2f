"""The lie of the land: what was tried when and where, what was not, what stands in the middle, what is alike.

Each function says its method.  Counts are counts of trials here, not of all trials in the world; a gap is
a gap in what is here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import networkx as nx

from kg.errors import QueryError
from kg.graph import sentences
from kg.graph.centrality import betweenness
from kg.graph.comparison import MYOSITIS
from kg.graph.explanation import branch
from kg.graph.metagraph import read
from kg.graph.paths import Hop, neighbours
from kg.graph.projection import Graph
from kg.names import PREFIXES
from kg.store import Rows, Term

SEED = 7
"""The seed of what is drawn at random, so that the same graph gives the same answer."""

BIOLOGY = ("drug", "mechanism", "process", "target")
"""The kinds of nodes that communities are made of if no others are asked for."""


def ways(graph: Graph, drug: str) -> list[str]:
    """Return the ways in which a drug acts: action and target, or the mechanism where it has no target.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> ways(project(store()), "drug:abatacept")
    ['binds CD80']
    """
    found = set()
    for hop in neighbours(graph, drug, ["mechanism"]):
        action = str(graph.nodes[hop.end].get("action", "acts on"))
        targets = [sentences.name(graph, one.end) for one in neighbours(graph, hop.end, ["target"])]
        found |= {f"{action} {target}" for target in targets} or {str(graph.nodes[hop.end]["label"])}
    return sorted(found)


class Tried(NamedTuple):
    """A way of acting that was tried: in which disease, by which drug, in which trial, and what came of it."""

    start: str
    way: str
    drug: str
    trial: str
    phase: str
    verdict: str


def timeline(graph: Graph, disease: str) -> tuple[Tried, ...]:
    """Return what was tried in a disease and its kinds, in the order in which the trials began.

    A trial counts once for each way in which a drug under study acts; trials without a start date come last.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> timeline(project(store()), "disease:dermatomyositis")[0].way
    'binds CD80'
    """
    found = []
    for trial in _trials(graph, branch(graph, disease)):
        data = graph.nodes[trial]
        for hop in neighbours(graph, trial, ["drug"]):
            if hop.kind == "evaluates":
                start, phase, verdict = (str(data.get(name, "")) for name in ("start", "phase", "verdict"))
                found += [Tried(start, way, hop.end, trial, phase, verdict) for way in ways(graph, hop.end)]
    return tuple(sorted(found, key=lambda one: (one.start or "9", one)))


def _trials(graph: Graph, diseases: Collection[str]) -> list[str]:
    hops = (hop for disease in diseases for hop in neighbours(graph, disease, ["trial"]))
    return sorted({hop.end for hop in hops if hop.kind == "has_condition"})


class Gap(NamedTuple):
    """A way of acting that was tried in some diseases (with the number of trials) and never in others."""

    way: str
    tried: Mapping[str, int]
    never: tuple[str, ...]


def gaps(graph: Graph, disease: str = MYOSITIS, least: int = 3) -> tuple[Gap, ...]:
    """Find ways of acting that were tried in one kind of a disease and never in another.

    A trial counts for the diseases that it lists and those above them.  A trial of a wider disease that does
    not list a kind does not count for the kind: whether it took such patients is not known here.

    Parameters
    ----------
    graph
        The graph, without what should not count.
    disease
        The disease whose kinds are compared.
    least
        The fewest trials of a kind that is compared.

    Returns
    -------
    tuple
        Ways in the order of the number of diseases they were never tried in, the fewest first: the most
        nearly closed gaps stand on top.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> gaps(project(store()), "disease:dermatomyositis", 1)
    ()
    """
    tested = {one: _ways_tried(graph, one) for one in sorted(branch(graph, disease) - {disease})}
    compared = [one for one in tested if len(_trials(graph, branch(graph, one))) >= least]
    found = []
    for way in sorted({way for one in compared for way in tested[one]}):
        tried = {one: tested[one][way] for one in compared if tested[one][way]}
        never = tuple(one for one in compared if one not in tried)
        if never:
            found.append(Gap(way, tried, never))
    return tuple(sorted(found, key=lambda gap: (len(gap.never), -sum(gap.tried.values()), gap.way)))


def _ways_tried(graph: Graph, disease: str) -> Counter[str]:
    return Counter(way for _, way in {(one.trial, one.way) for one in timeline(graph, disease)})


class Use(NamedTuple):
    """How often a measure is used: in how many trials at all, and in how many as primary."""

    measure: str
    trials: int
    primary: int


def measures(graph: Graph) -> tuple[Use, ...]:
    """Count the trials that plan to use each measure; those that nobody uses as primary have ``primary`` 0.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> measures(project(store()))
    ()
    """
    found = []
    for node, data in graph.nodes(data=True):
        if data["kind"] == "measure":
            kinds = Counter(hop.kind for hop in neighbours(graph, node, ["trial"]))
            found.append(Use(node, kinds["measured_by"], kinds["primary_measure"]))
    return tuple(sorted(found, key=lambda use: (-use.trials, -use.primary, use.measure)))


class Central(NamedTuple):
    """A node, the number of its links, and its betweenness: the share of shortest ways that lead through it."""

    node: str
    links: int
    betweenness: float


def central(graph: Graph, kind: str | None = None) -> tuple[Central, ...]:
    """Rank nodes by betweenness over the graph without directions.

    Method: L. C. Freeman, Sociometry 1977, 40:35; computed as in U. Brandes, Journal of Mathematical
    Sociology 2001, 25:163.  What is in the middle here is what trials and tables speak of most, not what
    matters most in the body.

    Raises
    ------
    QueryError
        If there is no such kind.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> central(project(store()), "target")[0].node
    'target:CD80'
    """
    if kind is not None and kind not in read().nodes:
        raise QueryError(f"no kind {kind!r}; there are {', '.join(read().nodes)}")
    plain = nx.Graph(graph)
    share = betweenness(plain)
    found = (
        Central(node, plain.degree(node), round(share[node], 9))
        for node, data in graph.nodes(data=True)
        if kind in (None, data["kind"])
    )
    return tuple(sorted(found, key=lambda one: (-one.betweenness, -one.links, one.node)))


class Community(NamedTuple):
    """Nodes that are linked among each other more than with others, the best linked first."""

    members: tuple[str, ...]
    inside: int
    """Links among them."""
    outside: int
    """Links to others."""


def communities(graph: Graph, kinds: Collection[str] = BIOLOGY) -> tuple[Community, ...]:
    """Part the nodes of some kinds into communities, the largest first; nodes without links are left out.

    Method: V. D. Blondel and others, Journal of Statistical Mechanics 2008, P10008 (Louvain), with the seed
    `SEED`.  Another seed may draw the borders elsewhere: a community is a view, not a fact.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> [len(one.members) for one in communities(project(store()))]
    [3, 2, 2]
    """
    plain: nx.Graph[str] = nx.Graph(graph.subgraph(n for n, data in graph.nodes(data=True) if data["kind"] in kinds))
    plain.remove_nodes_from(list(nx.isolates(plain)))
    found = []
    for part in nx.community.louvain_communities(plain, seed=SEED):
        inside = plain.subgraph(part).number_of_edges()
        outside = sum(degree for _, degree in plain.degree(part)) - 2 * inside
        found.append(Community(tuple(sorted(part, key=lambda node: (-plain.degree(node), node))), inside, outside))
    return tuple(sorted(found, key=lambda one: (-len(one.members), one.members)))


class Alike(NamedTuple):
    """Something alike: how much, from 0 to 1, and what is shared."""

    node: str
    score: float
    shared: tuple[str, ...]


_DESIGN = ("allocation", "masking", "model", "phase")
_STUDIED = ("has_condition", "measured_by", "primary_measure")
_EFFECTS = ("acts_on", "blocks", "inhibits", "promotes", "in_pathway", "takes_part")


def _features_of_drug(graph: Graph, node: str) -> set[str]:
    acting = (one for hop in neighbours(graph, node, ["mechanism"]) for one in neighbours(graph, hop.end))
    return {_said(graph, hop) for hop in acting if hop.kind in _EFFECTS}


def _features_of_trial(graph: Graph, node: str) -> set[str]:
    data = graph.nodes[node]
    design = {f"{name}: {data[name]}" for name in _DESIGN if name in data}
    return design | {_said(graph, hop) for hop in neighbours(graph, node) if hop.kind in _STUDIED}


def _said(graph: Graph, hop: Hop) -> str:
    return f"{hop.kind.replace('_', ' ')}: {sentences.name(graph, hop.end)}"


_FEATURES: Mapping[str, Callable[[Graph, str], set[str]]] = {"drug": _features_of_drug, "trial": _features_of_trial}
"""Kind of node -> what tells what it is like."""


def alike(graph: Graph, node: str) -> tuple[Alike, ...]:
    """Rank drugs by what they do, or trials by design, diseases and measures, against one of them.

    Method: the share of common features in all features of both (P. Jaccard, New Phytologist 1912, 11:37).
    Two drugs of which one inhibits and one promotes a process do not share that.  All with a score above 0.

    Raises
    ------
    QueryError
        If it is neither a drug nor a trial.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> alike(project(store()), "drug:abatacept")
    (Alike(node='drug:belatacept', score=0.5, shared=('acts on: CD80',)),)
    """
    kind = graph.nodes[node]["kind"]
    if kind not in _FEATURES:
        raise QueryError(f"{node} is no {' or '.join(_FEATURES)}: only these can be compared")
    features = _FEATURES[kind]
    own = features(graph, node)
    found = []
    for other, data in graph.nodes(data=True):
        if data["kind"] == kind and other != node:
            theirs = features(graph, other)
            if own & theirs:
                score = len(own & theirs) / len(own | theirs)
                found.append(Alike(other, round(score, 6), tuple(sorted(own & theirs))))
    return tuple(sorted(found, key=lambda one: (-one.score, one.node)))


def table(found: Sequence[tuple[object, ...]], kind: type[NamedTuple], graph: Graph) -> Rows:
    """Make rows of what one of the functions here found; nodes are given by their names.

    Parameters
    ----------
    found
        What was found.
    kind
        What each is, for the names of the columns.
    graph
        The graph.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> graph = project(store())
    >>> table(alike(graph, "drug:abatacept"), Alike, graph).texts()
    [{'node': 'belatacept', 'score': '0.5', 'shared': 'acts on: CD80'}]
    """

    def cell(value: object) -> str:
        if isinstance(value, tuple):
            return "; ".join(map(cell, value))
        if isinstance(value, Mapping):
            return "; ".join(f"{cell(one)} {number}" for one, number in value.items())
        return sentences.name(graph, str(value)) if value in graph else str(value)

    def term(value: object) -> Term:
        number = {int: "integer", float: "decimal"}.get(type(value))
        return Term(cell(value), "literal", PREFIXES["xsd"] + number if number else "")

    rows = (tuple(map(term, one)) for one in found)
    return Rows(tuple(kind._fields), tuple(rows))
