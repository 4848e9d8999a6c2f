"""Explains how a drug and a disease belong together: the side of the mechanism and the side of the trials."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx

from kg.graph import sentences
from kg.graph.metagraph import Metagraph, read
from kg.graph.paths import Hop, Path, neighbours, routes
from kg.graph.projection import Graph


class Explanation(NamedTuple):
    """What is known of a drug in a disease.

    ``sentences`` sum it up; ``mechanism`` has the hops from the drug to what it acts on and does;
    ``routes`` the ways from the drug to the disease by the title of their route; ``graph`` all of that
    as one graph.
    """

    drug: str
    disease: str
    sentences: tuple[str, ...]
    mechanism: tuple[Hop, ...]
    routes: dict[str, list[Path]]
    graph: Graph


def branch(graph: Graph, disease: str) -> set[str]:
    """Return a disease and all kinds of it.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> branch(project(store()), "disease:dermatomyositis")
    {'disease:dermatomyositis'}
    """
    todo, found = [disease], {disease}
    while todo:
        here = todo.pop()
        below = {narrow for narrow, _, kind in graph.in_edges(here, keys=True) if kind == "broader"} - found
        found |= below
        todo += below
    return found


def trials(graph: Graph, drug: str, disease: str) -> list[str]:
    """Return the trials that evaluate a drug in a disease or a kind of it, in the order of their numbers.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> trials(project(store()), "drug:abatacept", "disease:dermatomyositis")
    ['trial:NCT1']
    """
    within = branch(graph, disease)
    return sorted(
        hop.end
        for hop in neighbours(graph, drug, ["trial"])
        if hop.kind == "evaluates" and any(graph.has_edge(hop.end, one, "has_condition") for one in within)
    )


def mechanism(graph: Graph, drug: str) -> tuple[Hop, ...]:
    """Return the hops from a drug to its mechanisms, and from them to what they act on and do.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> [hop.end for hop in mechanism(project(store()), "drug:abatacept")]
    ['mechanism:binds', 'target:CD80', 'process:t-cell-activation']
    """
    found: list[Hop] = []
    for hop in neighbours(graph, drug, ["mechanism"]):
        found.append(hop)
        found += [one for one in neighbours(graph, hop.end, ["process", "target"]) if one.kind in _EFFECTS]
    return tuple(found)


_EFFECTS = ("acts_on", "blocks", "inhibits", "promotes")


def explain(graph: Graph, drug: str, disease: str, meta: Metagraph | None = None) -> Explanation:
    """Explain how a drug and a disease belong together.

    Parameters
    ----------
    graph
        The graph, limited to what may be passed.
    drug, disease
        Two nodes of it.
    meta
        Another metagraph than that of the project.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> for sentence in explain(project(store()), "drug:abatacept", "disease:dermatomyositis").sentences:
    ...     print(sentence)
    abatacept, a CTLA-4 fusion protein, binds CD80; it inhibits T cell activation.
    It is evaluated in 1 trial of dermatomyositis or a kind of it: 1 primary end point missed.
    No approval for dermatomyositis is known here.
    """
    meta = meta or read()
    acting = mechanism(graph, drug)
    found = routes(graph, drug, disease, meta)
    said = [sentences.acts(graph, drug, hop.end) for hop in acting if hop.kind == "mechanism_of"]
    if not said:
        said = [f"How {sentences.name(graph, drug)} acts is not known here."]
    said += [_tested(graph, drug, disease), _approved(graph, drug, disease)]
    picture: Graph = nx.MultiDiGraph()
    for hop in (*acting, *(hop for paths in found.values() for path in paths for hop in path)):
        source, kind, target = hop.edge
        picture.add_node(source, **graph.nodes[source])
        picture.add_node(target, **graph.nodes[target])
        picture.add_edge(source, target, kind, kind=kind)
    return Explanation(drug, disease, tuple(said), acting, found, picture)


def _tested(graph: Graph, drug: str, disease: str) -> str:
    tested = trials(graph, drug, disease)
    where = f"{sentences.name(graph, disease)} or a kind of it"
    if not tested:
        return f"No trial here evaluates it in {where}."
    number = f"{len(tested)} trial{'s' * (len(tested) != 1)}"
    return f"It is evaluated in {number} of {where}: {sentences.outcomes(graph, tested)}."


def _approved(graph: Graph, drug: str, disease: str) -> str:
    called = sentences.name(graph, disease)
    if graph.has_edge(drug, disease, "approved_for"):
        by = str(graph.edges[drug, disease, "approved_for"].get("regulators", "")).split("|")
        return f"It is approved for {called} ({', '.join(by)})."
    return f"No approval for {called} is known here."
