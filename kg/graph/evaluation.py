"""How well ranks of `kg.graph.repurposing` foretell which drugs are tried in a disease next.

For each cut-off year the ranking sees only trials that had started, and verdicts that were known,
before it; what it is asked for are the pairs of drug and disease that were tried for the first time
later.  A pair is ranked among all drugs that had not been tried in the disease by then, the other
later ones left out; where drugs score the same, the figures are means over all their orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kg.graph import repurposing
from kg.graph.repurposing import Matrix, Network, Scorer

CUTOFFS = (2010, 2012, 2014, 2016, 2018, 2020, 2022)
"""Years; at each there are trials before and after."""

SEED = 20
RESAMPLES = 1000
PERMUTATIONS = 200
FEW_PERMUTATIONS = 40
"""Enough to tell whether p is below 0.05, where a ranking is shown and not studied."""
PATHS = "paths"
CHANCE = "chance"


class Figures(NamedTuple):
    """How a ranking did."""

    method: str
    cutoff: int | None
    """None for all cut-offs together."""
    positives: int
    hit10: float
    """Share of the later pairs that were ranked among the first ten."""
    hit20: float
    mrr: float
    """Mean of one over the rank."""
    low: float
    """Lower end of the 95 % interval of the mean, from resampled pairs."""
    high: float


class Evaluation(NamedTuple):
    """All figures, and how the paths compare with paths of shuffled drugs."""

    figures: tuple[Figures, ...]
    p_value: float
    """Share of networks with shuffled drugs that did as well as the real one, by the mean of one over the rank."""
    drugs: int
    diseases: int

    def of(self, method: str) -> Figures:
        """Return the figures of a method over all cut-offs."""
        return next(one for one in self.figures if one.method == method and one.cutoff is None)

    @property
    def ahead(self) -> bool:
        """Whether paths are ahead of each baseline by more than chance: above the upper end of its interval."""
        rivals = [one for one in self.figures if one.cutoff is None and one.method in BASELINES]
        return all(self.of(PATHS).mrr > one.high for one in rivals) and self.p_value < 0.05


class Rank(NamedTuple):
    """Where a pair came among its rivals.  Figures are means over all orders of those of equal score."""

    better: int
    """How many rivals scored higher."""
    equal: int
    """How many rivals scored the same."""

    def hit(self, limit: int) -> float:
        """Return how likely it is among the first so many.

        >>> Rank(0, 0).hit(10), Rank(8, 3).hit(10), Rank(10, 0).hit(10)
        (1.0, 0.5, 0.0)
        """
        return min(1.0, max(0.0, (limit - self.better) / (self.equal + 1)))

    def inverse(self) -> float:
        """Return the mean of one over its place.

        >>> Rank(0, 1).inverse()
        0.75
        """
        places = range(self.better + 1, self.better + self.equal + 2)
        return sum(1 / place for place in places) / len(places)


def ranks(net: Network, year: int, scorer: Scorer, weigh: bool = True) -> list[Rank]:
    """Rank each pair that was first tried in or after a year by what was known before it.

    Parameters
    ----------
    net
        The network.
    year
        The cut-off.
    scorer
        What scores.
    weigh
        Whether it sees verdicts.

    Returns
    -------
    list of Rank
        In the order of drugs and diseases.
    """
    known = repurposing.tried(net, year, weigh)
    later = (repurposing.tried(net) > 0) & (known == 0)
    points = scorer(net, known)
    found = []
    for drug, disease in np.argwhere(later):
        rivals = points[(known[:, disease] == 0) & ~later[:, disease], disease]
        own = points[drug, disease]
        found.append(Rank(int((rivals > own).sum()), int((rivals == own).sum())))
    return found


def by_chance(net: Network, known: Matrix) -> Matrix:
    """Score all the same."""
    return np.zeros(known.shape)


BASELINES: Mapping[str, Scorer] = {
    "degree": repurposing.by_degree,
    "popularity": repurposing.by_popularity,
    "shortest path": repurposing.by_distance,
}
"""What any method must beat to be worth its trouble."""

METHODS: Mapping[str, tuple[Scorer, bool]] = {
    PATHS: (repurposing.scores, True),
    "paths, verdicts ignored": (repurposing.scores, False),
    **{name: (scorer, False) for name, scorer in BASELINES.items()},
    CHANCE: (by_chance, False),
}
"""Name -> what scores, and whether it sees verdicts."""


def evaluate(
    net: Network,
    cutoffs: Sequence[int] = CUTOFFS,
    permutations: int = PERMUTATIONS,
    tick: Callable[[], object] = lambda: None,
) -> Evaluation:
    """Evaluate paths and baselines at several cut-offs.

    Parameters
    ----------
    net
        The network.
    cutoffs
        Years.
    permutations
        How many networks with shuffled drugs to compare with.
    tick
        Called after each of them.
    """
    found: dict[str, dict[int, list[Rank]]] = {
        name: {year: ranks(net, year, scorer, weigh) for year in cutoffs} for name, (scorer, weigh) in METHODS.items()
    }
    rows = [_figures(name, year, of[year]) for name, of in found.items() for year in cutoffs]
    rows += [_figures(name, None, [rank for year in cutoffs for rank in of[year]]) for name, of in found.items()]
    real = _mrr(rank for year in cutoffs for rank in found[PATHS][year])
    as_good = 0
    generator = np.random.default_rng(SEED)
    for _ in range(permutations):
        other = shuffled(net, generator)
        as_good += real <= _mrr(rank for year in cutoffs for rank in ranks(other, year, repurposing.scores))
        tick()
    return Evaluation(tuple(rows), (as_good + 1) / (permutations + 1), len(net.drugs), len(net.diseases))


def shuffled(net: Network, generator: np.random.Generator) -> Network:
    """Give each drug what another drug has: the degrees stay, what they mean is lost."""
    order = generator.permutation(len(net.drugs))
    return net._replace(shared={name: matrix[order] for name, matrix in net.shared.items()})


def _mrr(found: Iterable[Rank]) -> float:
    values = [rank.inverse() for rank in found]
    return float(np.mean(values)) if values else 0.0


def _figures(name: str, cutoff: int | None, found: Sequence[Rank]) -> Figures:
    if not found:
        return Figures(name, cutoff, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    inverse = np.asarray([rank.inverse() for rank in found])
    draws = np.random.default_rng(SEED).integers(0, len(found), (RESAMPLES, len(found)))
    low, high = np.percentile(inverse[draws].mean(1), [2.5, 97.5])
    hit10, hit20 = (float(np.mean([rank.hit(limit) for rank in found])) for limit in (10, 20))
    return Figures(name, cutoff, len(found), hit10, hit20, float(inverse.mean()), float(low), float(high))


def sentence(made: Evaluation) -> str:
    """Say in words how far the ranks can be trusted.

    Examples
    --------
    >>> figures = [Figures(name, None, 40, 0.3, 0.5, mrr, mrr - 0.05, mrr + 0.05)
    ...            for name, mrr in (("paths", 0.12), ("degree", 0.1), ("popularity", 0.1), ("shortest path", 0.1))]
    >>> sentence(Evaluation(tuple(figures), 0.2, 90, 30)).split(":")[0]
    'These ranks are not better than the baselines'
    """
    paths = made.of(PATHS)
    rivals = sorted((made.of(name) for name in BASELINES), key=lambda one: -one.mrr)
    told = ", ".join(f"{one.method} {one.mrr:.3f}" for one in rivals)
    head = (
        "These ranks are better than the baselines" if made.ahead else "These ranks are not better than the baselines"
    )
    return (
        f"{head}: over {paths.positives} later pairs of drug and disease, {paths.hit10:.0%} were among the first ten "
        f"and the mean of one over the rank was {paths.mrr:.3f} ({paths.low:.3f} to {paths.high:.3f}; {told}); "
        f"p = {made.p_value:.3f} against networks with shuffled drugs."
    )


LIMITS = (
    "The numbers are small; a pair counts at each cut-off before its first trial, and pairs of one disease or one "
    "trial are not independent, so the intervals are too narrow.",
    "The candidates are the drugs of the tables, all of which someone tried in myositis or close to it: "
    "the ranking tells which of them comes next, not which drug of all drugs.",
    "Facts of mechanisms have no dates: what is known of a drug today is used at every cut-off.",
    "To be tried next is not to work: what is foretold is the choice of sponsors.",
)
"""What no figure shows."""


def markdown(made: Evaluation) -> str:
    """Write an evaluation as a page; every number in it comes from the figures."""
    head = "| method | cut-off | later pairs | in first 10 | in first 20 | mean of 1/rank | 95 % interval |"
    lines = [
        "# How far the repurposing ranks can be trusted",
        "",
        sentence(made),
        "",
        f"{made.drugs} drugs with a checked mechanism, {made.diseases} diseases.",
        "",
        head,
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for one in made.figures:
        cells = (
            one.method, str(one.cutoff or "all"), str(one.positives), f"{one.hit10:.2f}", f"{one.hit20:.2f}",
            f"{one.mrr:.3f}", f"{one.low:.3f} to {one.high:.3f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", "## Limits", "", *(f"- {limit}" for limit in LIMITS)]) + "\n"
