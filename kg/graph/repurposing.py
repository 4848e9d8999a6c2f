"""Repurposing: which drugs stand near to those that were tried in a disease, by degree-weighted paths.

A path leads from a drug over what it shares with another drug (a target, a process, a class) to a
disease in which that drug was tried, or over a disease in which the drug itself was tried to one of
the same parent.  Paths through things that many others share count less: the degree-weighted path
count, with each adjacency scaled by the degrees of both ends to the power of minus `DAMPING`, and
the counts of each kind of path scaled by their mean and an inverse hyperbolic sine before they are
added.  Method: D. S. Himmelstein and S. E. Baranzini, PLoS Computational Biology 2015, 11:e1004259
(degree-weighted path count); D. S. Himmelstein and others, eLife 2017, 6:e26726 (scaling).

A trial that missed its end point weakens the paths through it, one that met it strengthens them;
until a verdict is known it counts in between (`WEIGHTS`, the project's own choice).

A rank is a reason to look, never a finding: nothing here says that a drug treats a disease.  How
well such ranks foretell which drugs are tried next is measured in `kg.graph.evaluation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from kg.errors import QueryError
from kg.graph.paths import Hop, Path
from kg.graph.projection import Graph

Matrix: TypeAlias = npt.NDArray[np.float64]

DAMPING = 0.5
"""The power of the degrees; 0 counts plain paths.  Hetionet's connectivity search uses 0.5."""

POSITIVE, OPEN, NEGATIVE = "positive", "open", "negative"
WEIGHTS: Mapping[str, float] = {POSITIVE: 1.0, OPEN: 0.5, NEGATIVE: 0.25}
"""How much a trial counts by its verdict."""

_PROCESSES = ("blocks", "inhibits", "promotes", "takes_part", "in_pathway")
SHARED: Mapping[str, tuple[str, ...]] = {"target": ("acts_on",), "process": _PROCESSES, "class": ("in_class",)}
"""What two drugs can share -> the kinds of edges that lead to it from a mechanism or a drug."""

RELATED = "related disease"
"""The kind of path over a disease of the same parent."""


class Attempt(NamedTuple):
    """A drug under study in a trial of a disease."""

    drug: str
    disease: str
    trial: str
    start: int
    """Year in which the trial started."""
    end: int | None
    """Year of its primary completion, when it is over."""
    verdict: str
    """Positive, open or negative."""

    def weight(self, year: int | None) -> float:
        """Return how much the trial counts, by what was known before a year; None is today."""
        known = year is None or (self.end is not None and self.end < year)
        return WEIGHTS[self.verdict if known else OPEN]


class Network(NamedTuple):
    """What is known of drugs and diseases, as matrices.  Rows are drugs; names are in the order of rows and columns."""

    drugs: tuple[str, ...]
    diseases: tuple[str, ...]
    shared: Mapping[str, Matrix]
    """What drugs can share -> 1 where a drug has it."""
    columns: Mapping[str, tuple[str, ...]]
    """What drugs can share -> the names of the columns of its matrix."""
    kin: Matrix
    """1 where a disease (row) has a parent (column)."""
    attempts: tuple[Attempt, ...]


class Way(NamedTuple):
    """One path that speaks for a drug."""

    kind: str
    """What is shared: target, process, class or related disease."""
    over: str
    """The node that is shared; for a related disease, that disease."""
    drug: str
    """The drug that was tried."""
    attempt: Attempt
    weight: float
    """The part of the degree-weighted path count that is due to it."""


class Candidate(NamedTuple):
    """A drug that was not tried in a disease, with its score and the strongest paths behind it."""

    drug: str
    score: float
    ways: tuple[Way, ...]


def network(graph: Graph) -> Network:
    """Read drugs with a checked mechanism, what they share, and in which diseases they were tried.

    Parameters
    ----------
    graph
        The graph of `kg.graph.projection.project`.

    Raises
    ------
    QueryError
        If the graph holds no trial with a year that evaluates a drug.
    """
    acts: dict[str, set[str]] = {}
    for mechanism, drug, _ in _edges(graph, "mechanism_of"):
        if graph.nodes[mechanism].get("checked", True):
            acts.setdefault(drug, set()).add(mechanism)
    drugs = tuple(sorted(acts))
    attempts = tuple(sorted(set(_attempts(graph, set(drugs)))))
    if not attempts:
        raise QueryError("the graph holds no trial that evaluates a drug with a known mechanism and says when it began")
    diseases = tuple(sorted({attempt.disease for attempt in attempts}))
    shared, columns = {}, {}
    for name, kinds in SHARED.items():
        pairs = {
            (drug, end)
            for drug in drugs
            for node in (drug, *acts[drug])
            for _, end, kind in graph.out_edges(node, keys=True)
            if kind in kinds
        }
        columns[name] = tuple(sorted({end for _, end in pairs}))
        shared[name] = _matrix(drugs, columns[name], pairs)
    kinship = {(child, parent) for child, parent, _ in _edges(graph, "broader") if child in diseases}
    kin = _matrix(diseases, tuple(sorted({parent for _, parent in kinship})), kinship)
    return Network(drugs, diseases, shared, columns, kin, attempts)


def _edges(graph: Graph, kind: str) -> Iterable[tuple[str, str, str]]:
    return (edge for edge in graph.edges(keys=True) if edge[2] == kind)


def _attempts(graph: Graph, drugs: set[str]) -> Iterable[Attempt]:
    for trial, data in graph.nodes(data=True):
        if data["kind"] == "trial" and (start := _year(data.get("start"))):
            ends: Mapping[str, list[str]] = {"evaluates": [], "has_condition": []}
            for _, other, kind in graph.out_edges(trial, keys=True):
                if kind in ends:
                    ends[kind].append(other)
            told = start, _year(data.get("completion")), _verdict(data.get("verdict_group"))
            yield from (
                Attempt(drug, disease, trial, *told)
                for drug in ends["evaluates"]
                for disease in ends["has_condition"]
                if drug in drugs
            )


def _year(date: object) -> int | None:
    return int(str(date)[:4]) if date else None


def _verdict(group: object) -> str:
    return str(group).split(" ", maxsplit=1)[0] if group else OPEN


def _matrix(rows: Sequence[str], columns: Sequence[str], pairs: Iterable[tuple[str, str]]) -> Matrix:
    at_row = {name: number for number, name in enumerate(rows)}
    at_column = {name: number for number, name in enumerate(columns)}
    made = np.zeros((len(rows), len(columns)))
    for row, column in pairs:
        made[at_row[row], at_column[column]] = 1
    return made


def damped(matrix: Matrix, damping: float = DAMPING) -> Matrix:
    """Scale an adjacency matrix by the degrees of both ends.

    Parameters
    ----------
    matrix
        Weights of edges, 0 where there is none.
    damping
        The power of the degrees.

    Examples
    --------
    >>> damped(np.array([[1.0, 1.0], [0.0, 1.0]])).round(2).tolist()
    [[0.71, 0.5], [0.0, 0.71]]
    """
    rows, columns = (matrix > 0).sum(1), (matrix > 0).sum(0)
    scaled: Matrix = matrix * np.outer(_powers(rows, damping), _powers(columns, damping))
    return scaled


def _powers(degrees: npt.NDArray[np.int64], damping: float) -> Matrix:
    powers: Matrix = np.power(np.maximum(degrees, 1).astype(float), -damping)
    return powers


def tried(net: Network, year: int | None = None, weigh: bool = True) -> Matrix:
    """Return how strongly each drug (row) was tried in each disease (column) before a year.

    Parameters
    ----------
    net
        The network.
    year
        Only trials that started before it count, and only verdicts that were known before it; None is today.
    weigh
        Whether verdicts count; if not, each trial counts 1.
    """
    rows = {name: number for number, name in enumerate(net.drugs)}
    columns = {name: number for number, name in enumerate(net.diseases)}
    made = np.zeros((len(rows), len(columns)))
    for attempt in net.attempts:
        if year is None or attempt.start < year:
            place = rows[attempt.drug], columns[attempt.disease]
            made[place] = max(made[place], attempt.weight(year) if weigh else 1.0)
    return made


def likeness(matrix: Matrix) -> Matrix:
    """Return the degree-weighted paths of two steps between the rows of a matrix, none from a row to itself."""
    scaled = damped(matrix)
    made: Matrix = scaled @ scaled.T
    np.fill_diagonal(made, 0)
    return made


def scores(net: Network, known: Matrix) -> Matrix:
    """Score each drug (row) for each disease (column).

    Parameters
    ----------
    net
        The network.
    known
        What was tried, as `tried` says it.
    """
    edges = damped(known)
    counts = [likeness(matrix) @ edges for matrix in net.shared.values()]
    counts.append(edges @ likeness(net.kin))
    total: Matrix = np.sum([_scaled(count) for count in counts], axis=0)
    return total


def _scaled(counts: Matrix) -> Matrix:
    mean = counts[counts > 0].mean() if (counts > 0).any() else 1.0
    scaled: Matrix = np.arcsinh(counts / mean)
    return scaled


def candidates(net: Network, disease: str, top: int = 10, ways: int = 3) -> tuple[Candidate, ...]:
    """Rank the drugs that were not tried in a disease.

    Parameters
    ----------
    net
        The network.
    disease
        The node of the disease.
    top
        How many drugs to return.
    ways
        How many paths to return for each.

    Returns
    -------
    tuple of Candidate
        The highest score first, then by name; drugs without any path are left out.

    Raises
    ------
    QueryError
        If no drug with a known mechanism was tried in any trial of the disease.
    """
    if disease not in net.diseases:
        raise QueryError(f"{disease}: no drug with a known mechanism was tried in it, so there is nothing to go by")
    column = net.diseases.index(disease)
    known = tried(net)
    points = scores(net, known)[:, column]
    order = sorted(
        (number for number in range(len(net.drugs)) if points[number] > 0 and not known[number, column]),
        key=lambda number: (-points[number], net.drugs[number]),
    )
    return tuple(
        Candidate(net.drugs[number], float(points[number]), _ways(net, known, number, column)[:ways])
        for number in order[:top]
    )


def _ways(net: Network, known: Matrix, drug: int, disease: int) -> tuple[Way, ...]:
    edges = damped(known)
    found = []
    for name, matrix in net.shared.items():
        scaled = damped(matrix)
        for other in np.flatnonzero(edges[:, disease]):
            for over in np.flatnonzero(scaled[drug] * scaled[other]):
                weight = scaled[drug, over] * scaled[other, over] * edges[other, disease]
                found.append(_way(net, name, net.columns[name][over], int(other), disease, float(weight)))
    alike = likeness(net.kin)
    for other in np.flatnonzero(edges[drug] * alike[:, disease]):
        weight = edges[drug, other] * alike[other, disease]
        found.append(_way(net, RELATED, net.diseases[other], drug, int(other), float(weight)))
    return tuple(sorted(found, key=lambda way: (-way.weight, way.kind, way.over, way.drug)))


def _way(net: Network, kind: str, over: str, drug: int, disease: int, weight: float) -> Way:
    ends = net.drugs[drug], net.diseases[disease]
    attempts = [attempt for attempt in net.attempts if (attempt.drug, attempt.disease) == ends]
    best = min(attempts, key=lambda attempt: (-attempt.weight(None), attempt.start, attempt.trial))
    return Way(kind, over, ends[0], best, weight)


def path(graph: Graph, candidate: str, way: Way) -> Path:
    """Return a way as hops over the graph, from the candidate to the disease.

    Parameters
    ----------
    graph
        The graph.
    candidate
        The node of the drug for which the way speaks.
    way
        The way.
    """
    attempt = way.attempt
    to_trial = (
        Hop(way.drug, "evaluates", attempt.trial, False),
        Hop(attempt.trial, "has_condition", attempt.disease, True),
    )
    if way.kind == RELATED:
        return to_trial
    there = tuple(_leads(graph, candidate, way))
    back = tuple(
        Hop(hop.end, hop.kind, hop.start, not hop.forward) for hop in reversed(tuple(_leads(graph, way.drug, way)))
    )
    return there + back + to_trial


def _leads(graph: Graph, drug: str, way: Way) -> Iterable[Hop]:
    """Yield the hops from a drug to what it shares, over one of its mechanisms where there is one between."""
    kinds = SHARED[way.kind]
    if direct := [kind for kind in kinds if graph.has_edge(drug, way.over, key=kind)]:
        yield Hop(drug, direct[0], way.over, True)
        return
    for mechanism, _, kind in sorted(graph.in_edges(drug, keys=True)):
        last = [one for one in kinds if graph.has_edge(mechanism, way.over, key=one)]
        if kind == "mechanism_of" and last:
            yield Hop(drug, kind, mechanism, False)
            yield Hop(mechanism, last[0], way.over, True)
            return


Scorer: TypeAlias = Callable[[Network, Matrix], Matrix]
"""What gives each drug (row) a score for each disease (column), from what was tried."""


def by_degree(net: Network, known: Matrix) -> Matrix:
    """Score a drug by the number of its edges, whatever they are."""
    degrees = sum((matrix.sum(1) for matrix in net.shared.values()), (known > 0).sum(1))
    return np.repeat(np.asarray(degrees, dtype=float)[:, None], known.shape[1], axis=1)


def by_popularity(net: Network, known: Matrix) -> Matrix:
    """Score a drug by the number of diseases in which it was tried."""
    return np.repeat((known > 0).sum(1).astype(float)[:, None], len(net.diseases), axis=1)


def by_distance(net: Network, known: Matrix) -> Matrix:
    """Score a drug by the inverse of the length of the shortest path to the disease."""
    import networkx as nx

    graph: Any = nx.Graph()
    for name, matrix in net.shared.items():
        graph.add_edges_from((("drug", int(row)), (name, int(column))) for row, column in np.argwhere(matrix))
    graph.add_edges_from((("drug", int(row)), ("disease", int(column))) for row, column in np.argwhere(known))
    graph.add_edges_from((("disease", int(row)), ("parent", int(column))) for row, column in np.argwhere(net.kin))
    made = np.zeros((len(net.drugs), len(net.diseases)))
    for column in range(len(net.diseases)):
        if ("disease", column) in graph:
            for (kind, row), length in nx.single_source_shortest_path_length(graph, ("disease", column)).items():
                if kind == "drug":
                    made[row, column] = 1 / length
    return made
