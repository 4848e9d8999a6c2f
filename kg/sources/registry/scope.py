"""Which studies are trials of myositis therapies, as one rule.

A study belongs to the graph if all of this holds:

1. one of its conditions names a disease of the myositis branch of ``ontology/tables/diseases.tsv``;
2. it has an intervention;
3. its titles, keywords, summary, description or criteria name a disease of that branch, too.

The third keeps out studies that list myositis among many conditions and are about something else:
a registry of patients with 64 conditions (NCT03840928, which has no intervention either), a heart
trial that lists inflammatory myopathy and means the heart (NCT04687111).  Headings of MeSH and words
in adverse events count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.lexicon import Lexicon
from kg.records import Trial
from kg.rows import DiseaseRow
from kg.sources.registry.judgement import normal

ROOT = "myositis disease"
"""The disease above all of the branch."""

_SHORTEST = 6
"""Letters of the shortest name that is looked for in prose; shorter ones mean too many things."""


class Scope:
    """Tells which trials belong to the graph.

    Parameters
    ----------
    diseases
        The rows of the table of diseases.
    lexicon
        Their names, by which conditions are linked.

    Examples
    --------
    >>> from kg.link import lexicons
    >>> rows = [DiseaseRow(name=ROOT, group="myositis", synonyms=("myositis",), sources=("x",))]
    >>> scope = Scope(rows, lexicons(rows)["Disease"])
    >>> scope.reason(Trial(id="NCT00000001", title="Asthma", conditions=("Asthma",)))
    'no condition names a disease of the myositis branch'
    """

    def __init__(self, diseases: Iterable[DiseaseRow], lexicon: Lexicon) -> None:
        rows = {row.name: row for row in diseases}
        self._branch = frozenset(name for name in rows if ROOT in _above(name, rows))
        names = {name for key in self._branch for name in (key, *rows[key].synonyms)}
        words = sorted({normal(name) for name in names if len(name) >= _SHORTEST}, key=len, reverse=True)
        self._named = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
        self._lexicon = lexicon

    def reason(self, trial: Trial) -> str | None:
        """Say why a trial does not belong to the graph, or None if it does."""
        found = {link.entity for condition in trial.conditions for link in self._lexicon.link(condition)}
        if not found & self._branch:
            return "no condition names a disease of the myositis branch"
        if not trial.uses:
            return "no intervention"
        if not any(self._named.search(normal(text)) for text in _prose(trial)):
            return "only the list of conditions names a disease of the myositis branch"
        return None


def _above(name: str, rows: dict[str, DiseaseRow]) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        row = rows.get(waiting.pop())
        fresh = set(row.parents if row else ()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _prose(trial: Trial) -> Iterator[str]:
    for text in (
        trial.title, trial.official_title, *trial.keywords, trial.brief_summary, trial.eligibility,
        trial.study_population, trial.detailed_description,
    ):  # fmt: skip
        if text:
            yield text
