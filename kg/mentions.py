"""Names of drugs, diseases and measures wherever they stand in a text, with their places.

`kg.lexicon` answers what a mention names; this module finds the mentions in the first place.  All names
of the tables are searched at once, whole words, the longest first.  Short names count only as written,
and a name does not count where the words around it change what is meant (``creatine kinase``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from kg.errors import SourceError
from kg.layouts import Layouts
from kg.lexicon import Entry, Lexicon
from kg.policies import DISEASES, INTERVENTIONS, MEASURES, ORGANISATIONS
from kg.resources import root
from kg.rows import CountryRow, DiseaseRow, DrugRow, MeasureRow, NameRow
from kg.tables import TABLES, parse

_SHORT = 5
_TARGETS = frozenset({"il-2", "interleukin-2", "cortisol", "creatine", "testosterone", "il-1ra", "acth"})
_BEFORE = INTERVENTIONS.before - {"no", "non", "not", "without", "versus", "minus", "except", "excluding", "pre"}
_AFTER = (INTERVENTIONS.after | {"kinase", "phosphokinase", "clearance", "level", "levels"}) - {
    "naive", "resistant", "refractory", "intolerant", "exposed", "experienced", "withdrawal", "derivative",
    "derivatives",
}  # fmt: skip
_SOCIETIES = frozenset(
    [
        "association",
        "foundation",
        "society",
        "center",
        "centre",
        "clinic",
        "institute",
        "alliance",
        "network",
        "registry",
        "support",
        "assessment",
        "functional",
        "activities",
        "damage",
        "patients'",
        "charity",
        "group",
        "specific",
    ]
)
_RECOMBINANT = re.compile(r"(?:recombinant|low[- ]dose|low doses of|dose|human|rh?|mg|iu)[\s-]*$", re.I)
_NEXT = re.compile(r"[\s-]*([A-Za-z]+)")
_LAST = re.compile(r"([A-Za-z]+)[\s-]*$")
_POINTS = re.compile(r"\b(\d+)\s*(?:points?)?\s*or (?:more|higher|above)|\b(?:score of|rise of)\s*(\d+) or more", re.I)


class Mention(NamedTuple):
    """A name in a text."""

    kind: str
    """Intervention, Disease, Measure or Country."""
    entity: str
    """Preferred name of the entity; the surface form when no table knows it."""
    start: int
    end: int
    known: bool = True


class Names:
    """Finds and links the names of the tables in texts.

    Examples
    --------
    >>> names = load()
    >>> [(m.kind, m.entity) for m in names.find("Kineret in dermatomyositis, creatine kinase")]
    [('Intervention', 'anakinra'), ('Disease', 'dermatomyositis')]
    >>> names.measure("Change in HAQ-DI"), names.canonical("cyclosporine")
    ('Health Assessment Questionnaire Disability Index', 'ciclosporin')
    """

    def __init__(
        self,
        lexicons: Mapping[str, Lexicon],
        layouts: Layouts,
        countries: Iterable[str],
        abbreviations: Mapping[str, str],
    ) -> None:
        self.lexicons, self._layouts = lexicons, layouts
        self.generic = frozenset(e.entity for e in lexicons["Intervention"].entries.values() if e.generic)
        self._abbreviations = abbreviations
        found: dict[str, tuple[str, str, str]] = {}
        for kind in ("Disease", "Measure", "Intervention"):
            for entry in lexicons[kind].entries.values():
                for name in (entry.entity, *entry.synonyms, *entry.variants):
                    plural = kind == "Disease" or (kind == "Intervention" and entry.generic)
                    for form in {name, f"{name}s"} if plural else {name}:
                        found.setdefault(fold(form), (kind, entry.entity, name))
        for kind, words in layouts.words.items():
            for name, entity in words.items():
                if entity not in lexicons[kind].entries:
                    raise SourceError("layouts.toml", f"words.{kind}", entity, f"the name of a {kind} in the tables")
                found.setdefault(fold(name), (kind, entity, name))
        for country in countries:
            found[fold(country)] = ("Country", country, country)
        self._names = list(found.values())
        self._finder = ahocorasick_rs.AhoCorasick(list(found))
        self.measure = lru_cache(maxsize=4096)(self._measure)
        self.drugs = lru_cache(maxsize=4096)(self._drugs)
        self.disease = lru_cache(maxsize=4096)(self._disease)

    def find(self, text: str, *kinds: str) -> list[Mention]:
        """Find the names in a text, leftmost and longest first, never overlapping."""
        low = fold(text)
        hits = []
        for index, start, end in self._finder.find_matches_as_indexes(low, overlapping=True):
            if (start and low[start - 1].isalnum()) or (end < len(low) and low[end].isalnum()):
                continue
            hits.append((start, -end, index))
        found: list[Mention] = []
        done = 0
        for start, last, index in sorted(hits):
            kind, entity, name = self._names[index]
            if start < done or not self._stands(text, start, -last, kind, name):
                continue
            done = -last
            if not kinds or kind in kinds:
                found.append(Mention(kind, entity, start, -last))
        return found

    def find_drugs(self, text: str, *, unknown: bool = True) -> list[Mention]:
        """Find the drugs of a text, also those that only look like one."""
        found = self.find(text, "Intervention")
        if not unknown:
            return found
        taken = [(m.start, m.end) for m in found]
        for pattern in (self._layouts.stem, self._layouts.code):
            for match in pattern.finditer(text):
                free = all(match.end() <= start or match.start() >= end for start, end in taken)
                if free and match[0].lower() not in self._layouts.not_drugs:
                    taken.append(match.span())
                    entity = match[0] if any(c.isdigit() for c in match[0]) else match[0].lower()
                    found.append(Mention("Intervention", entity, *match.span(), known=False))
        return sorted(found, key=lambda mention: mention.start)

    def _stands(self, text: str, start: int, end: int, kind: str, name: str) -> bool:
        surface = text[start:end]
        if len(name) <= _SHORT and name.upper() == name and surface.rstrip("s") != name.rstrip("s"):
            return False
        after, before = _NEXT.match(text, end), _LAST.search(text[max(0, start - 20) : start])
        if kind != "Intervention":
            return kind != "Disease" or after is None or after[1].lower() not in _SOCIETIES
        if after is not None and after[1].lower() in _AFTER:
            return False
        if (
            before is not None
            and before[1].lower() in _BEFORE
            and before.end() == len(text[max(0, start - 20) : start])
        ):
            return False
        if surface.lower() in _TARGETS:
            return _RECOMBINANT.search(text[max(0, start - 24) : start]) is not None or (
                after is not None and after[1].lower() in ("gel", "injection", "injections", "monohydrate")
            )
        return True

    def _measure(self, text: str) -> str | None:
        plain = _POINTS.sub(lambda m: f"at least {m[1] or m[2]}", text)
        entities = [link.entity for link in self.lexicons["Measure"].link(plain)]
        if not entities:
            entities = [mention.entity for mention in self.find(plain, "Measure")]
        parents = {parent for entity in entities for parent in self.lexicons["Measure"].entries[entity].parents}
        narrow = [entity for entity in entities if entity not in parents] or entities
        return narrow[0] if narrow else None

    def _drugs(self, text: str) -> tuple[str, ...]:
        return tuple(link.entity for link in self.lexicons["Intervention"].link(text))

    def _disease(self, text: str) -> str | None:
        links = self.lexicons["Disease"].link(text)
        if links:
            return links[0].entity
        return self._layouts.words["Disease"].get(fold(text))

    def canonical(self, entity: str) -> str:
        """Return the name by which pages are judged: of a measure its abbreviation."""
        return self._layouts.names.get(entity) or self._abbreviations.get(entity, entity)


def fold(text: str) -> str:
    """Write in lower case without ever changing the length.

    >>> fold("\u0130L-6")[1:]
    'l-6'
    """
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def load(layouts: Layouts | None = None, folder: Path | None = None) -> Names:
    """Read the tables of names and make the finder."""
    from kg.layouts import load as load_layouts

    where = (folder or root() / "ontology") / "tables"
    entries: dict[str, list[Entry]] = {"Intervention": [], "Disease": [], "Measure": [], "Organisation": []}
    decisions: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in entries}
    countries: list[str] = []
    abbreviations: dict[str, str] = {}
    for name in ("drugs", "diseases", "measures", "countries", "names"):
        for row in parse(TABLES[name], name, (where / f"{name}.tsv").read_text(encoding="utf-8")):
            if isinstance(row, DrugRow):
                group = row.kind == "DrugGroup"
                entries["Intervention"].append(Entry(row.name, row.synonyms, row.variants, row.drug_class, group))
            elif isinstance(row, DiseaseRow):
                entries["Disease"].append(Entry(row.name, row.synonyms))
            elif isinstance(row, MeasureRow):
                names = (*row.synonyms, row.abbreviation) if row.abbreviation else row.synonyms
                abbreviations.update({row.name: row.abbreviation} if row.abbreviation else {})
                entries["Measure"].append(Entry(row.name, names, parents=row.parents, cutoff=row.cutoff))
            elif isinstance(row, CountryRow):
                countries.append(row.name)
            elif isinstance(row, NameRow):
                decisions[row.kind][row.text] = row.interventions + row.diseases + row.measures
    policies = {"Intervention": INTERVENTIONS, "Disease": DISEASES, "Measure": MEASURES, "Organisation": ORGANISATIONS}
    made = {kind: Lexicon(entries[kind], policies[kind], decisions[kind]) for kind in entries}
    return Names(made, layouts or load_layouts(), countries, abbreviations)
