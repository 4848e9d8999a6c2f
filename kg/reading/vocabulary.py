"""The names that pages are searched for: the tables, the further names and the words of action, put together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.lexicon import Entry, Lexicon
from kg.policies import DISEASES, INTERVENTIONS, MEASURES
from kg.reading.forms import Name, fold
from kg.reading.mentions import PRONOUN, Names
from kg.resources import root
from kg.rows import CountryRow, DiseaseRow, DrugRow, MeasureRow, NameRow, TargetRow
from kg.tables import TABLES, parse

_TABLES = ("drugs", "diseases", "measures", "countries", "targets", "names")
_POLICIES = {"Intervention": INTERVENTIONS, "Disease": DISEASES, "Measure": MEASURES}
_GIVEN = frozenset({"Drug", "DrugGroup", "CellTherapy", "GeneTherapy", "Procedure"})
_CLASS_OF = {"Intervention": "drug", "Disease": "disease", "Measure": "measure"}
_SOCIETY = (
    "association", "foundation", "society", "alliance", "network", "registry", "support", "assessment", "damage",
    "functional", "activities", "patients'", "charity", "group", "specific", "clinic", "center", "centre",
    "institute",
)  # fmt: skip
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "initial": "first", "primary": "first"}


@cache
def load() -> Names:
    """Read the tables, ``reading/names.toml`` and ``reading/rules.toml``.

    Raises
    ------
    SourceError
        If a file is not in its form, or names an entity that no table has.

    Examples
    --------
    >>> load().disease("dermatomiosite")
    'dermatomyositis'
    """
    folder = root() / "ontology"
    rows = [row for table in _TABLES for row in _rows(table, folder / "tables" / f"{table}.tsv")]
    names, rules = (read_toml(folder / "reading" / f"{file}.toml") for file in ("names", "rules"))
    lexicons = _lexicons(rows)
    canonical = {r.name: r.abbreviation for r in rows if isinstance(r, MeasureRow) and r.abbreviation}
    symbols = {fold(name): (row.symbol,) for row in rows if isinstance(row, TargetRow) for name in _target_names(row)}
    symbols.update((fold(row.symbol), (row.symbol,)) for row in rows if isinstance(row, TargetRow))
    symbols.update((fold(name), tuple(found)) for name, found in names["target"].items())
    extra = {
        kind: {fold(text): entity for entity, texts in names[kind].items() for text in texts} for kind in _POLICIES
    }
    for kind in ("Disease", "Measure"):
        for entity in names[kind]:
            if entity not in lexicons[kind].entries:
                raise SourceError("names.toml", kind, entity, f"the name of a {kind} in the tables")
    found = [*_of_tables(rows, names), *_of_lists(names), *_of_actions(rules)]
    return Names(lexicons, found, names["shape"], {**canonical, **names["canonical"]}, symbols, extra, names["suffix"])


def _rows(table: str, path: Path) -> list[Any]:
    return list(parse(TABLES[table], table, path.read_text(encoding="utf-8")))


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of the folder ``reading``.

    Examples
    --------
    >>> sorted(read_toml(root() / "ontology/reading/names.toml"))[:2]
    ['Disease', 'Intervention']
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SourceError(str(path), "", str(error), "a file in TOML") from None


def _lexicons(rows: Iterable[Any]) -> dict[str, Lexicon]:
    entries: dict[str, list[Entry]] = {kind: [] for kind in _POLICIES}
    decisions: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in _POLICIES}
    for row in rows:
        if isinstance(row, DrugRow):
            group = row.kind == "DrugGroup"
            entries["Intervention"].append(Entry(row.name, row.synonyms, row.variants, row.drug_class, group))
        elif isinstance(row, DiseaseRow):
            entries["Disease"].append(Entry(row.name, row.synonyms))
        elif isinstance(row, MeasureRow):
            names = (*row.synonyms, row.abbreviation) if row.abbreviation else row.synonyms
            entries["Measure"].append(Entry(row.name, names, parents=row.parents, cutoff=row.cutoff))
        elif isinstance(row, NameRow) and row.kind in decisions:
            decisions[row.kind][row.text] = row.interventions + row.diseases + row.measures
    return {kind: Lexicon(entries[kind], _POLICIES[kind], decisions[kind]) for kind in _POLICIES}


def _of_tables(rows: Iterable[Any], names: Mapping[str, Any]) -> Iterator[Name]:
    alone = {fold(text) for text in names["not_drug"]["alone"]}
    guarded = {fold(text) for text in names["not_drug"]["guarded"]}
    for row in rows:
        if isinstance(row, DrugRow):
            for text in (re.sub(r" \((?:class|unspecified)\)$", "", row.name), *row.synonyms, *row.variants):
                listed = row.kind not in _GIVEN or fold(text) in alone or len(text) < 3
                cls = "item" if listed else "guarded" if fold(text) in guarded else "drug"
                plural = [f"{text}s"] if row.kind == "DrugGroup" and not text.endswith("s") else []
                yield from (Name(form, cls, row.name) for form in (*_spellings(text), *plural))
        elif isinstance(row, DiseaseRow):
            for text in (row.name, *row.synonyms):
                yield Name(text, "disease", row.name)
                yield Name(f"{text}s", "disease", row.name)
                if not text.isupper():
                    yield from (Name(f"{text} {word}", "society", "") for word in _SOCIETY)
        elif isinstance(row, MeasureRow):
            own = (row.name, *row.synonyms, *((row.abbreviation,) if row.abbreviation else ()))
            yield from (Name(text, "measure", row.name) for text in own)
        elif isinstance(row, CountryRow):
            yield Name(row.name, "country", row.name)
        elif isinstance(row, TargetRow):
            yield from (Name(form, "target", row.symbol) for text in _target_names(row) for form in _spellings(text))


def _target_names(row: TargetRow) -> Iterator[str]:
    """Yield the names of a target; a symbol that is an English word or stands for much else is none."""
    yield from (text for text in (row.symbol, *row.synonyms) if len(text) > 2)


def _of_lists(names: Mapping[str, Any]) -> Iterator[Name]:
    guarded = {fold(text) for text in names["not_drug"]["guarded"]}
    for kind, cls in _CLASS_OF.items():
        for entity, texts in names[kind].items():
            for text in texts:
                own = "guarded" if cls == "drug" and fold(text) in guarded else cls
                yield from (Name(form, own, entity) for form in _spellings(text))
    yield from (Name(text, "other", text) for text in names["not_drug"]["within"])
    for text in names["target"]:
        yield from (Name(form, "target", text) for form in _spellings(text))
    yield from (Name(text, "target", PRONOUN) for text in names["pronoun"]["target"])
    yield from (Name(text, cls, text) for cls in ("cell", "process") for text in names[cls]["names"])
    yield from (Name(text, "agency", key) for key, texts in names["agency"].items() for text in texts)


def _of_actions(rules: Mapping[str, Any]) -> Iterator[Name]:
    for text in rules["words"]["ordinal"]:
        yield Name(text, "ordinal", _ORDINALS.get(text, text))
    for cls in ("actor", "deed"):
        yield from (Name(text, cls, action) for action, texts in rules["nouns"][cls].items() for text in texts)
    for action, verbs in rules["verbs"].items():
        for verb in verbs:
            yield from (Name(text, cls, action) for cls, text in inflected(verb, rules["irregular"]))


def _spellings(text: str) -> Iterator[str]:
    """Yield the ways in which a name is written: with lost Greek letters, without its hyphen."""
    yield text
    greek = re.sub(r"[ -]?(?:alpha|beta|gamma|kappa)\b", "-?", text)
    if greek != text:
        yield greek
    if re.search(r"\d", text) and re.search("[ -]", text) and len(text) < 14:
        yield re.sub("[ -]", "", text)


def inflected(verb: str, irregular: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the forms of a verb with the class of each: act, acted, acting.

    Examples
    --------
    >>> list(inflected("sit on", {"sit": ["sits", "sat", "sat", "sitting"]}))
    [('act', 'sit on'), ('act', 'sits on'), ('act', 'sat on'), ('acted', 'sat on'), ('acting', 'sitting on')]
    """
    head, _, rest = verb.partition(" ")
    if head in irregular:
        third, past, participle, ing = irregular[head]
    else:
        third, past, ing = _regular(head)
        participle = past
    for cls, form in (("act", head), ("act", third), ("act", past), ("acted", participle), ("acting", ing)):
        yield cls, f"{form} {rest}".strip()
    if participle != past:
        yield "act", f"{participle} {rest}".strip()


def _regular(head: str) -> tuple[str, str, str]:
    if re.search("[^aeiou]y$", head):
        return f"{head[:-1]}ies", f"{head[:-1]}ied", f"{head}ing"
    stem = head.removesuffix("e")
    return f"{head}{'es' if re.search('(?:s|x|sh|ch|ss)$', head) else 's'}", f"{stem}ed", f"{stem}ing"
