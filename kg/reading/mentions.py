"""Names of drugs, diseases, measures, targets and the like wherever they stand in a text.

`kg.lexicon` answers what a mention names; this module finds the mentions in the first place.  All names
of the tables, those of ``reading/names.toml`` and the words of action of ``reading/rules.toml`` are searched
in one pass, whole words, the longest first; names of one view hide each other, not those of another.
Short names in capitals count only as written, and a drug does not count where the words around it change
what is meant (``insulin receptor``, ``steroid-sparing``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from ahocorasick_rs import AhoCorasick
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kg.lexicon import Lexicon
from kg.reading.forms import Name, Token, fold

PRONOUN = ""
"""The key of what stands for a drug or a target that was named before."""
CLAIM, DRUG, DISEASE, MEASURE, COUNTRY = "claim", "drug", "disease", "measure", "country"
"""The views: what the rules of claims see, and the names of one kind each."""

_VIEWS = {
    CLAIM: frozenset(
        (
            "drug",
            "guarded",
            "other",
            "target",
            "cell",
            "process",
            "agency",
            "ordinal",
            "act",
            "acted",
            "acting",
            "actor",
            "deed",
        )
    ),
    DRUG: frozenset(("drug", "guarded", "item", "other")),
    DISEASE: frozenset(("disease", "society")),
    MEASURE: frozenset(("measure",)),
    COUNTRY: frozenset(("country",)),
}
_SHAPED = {"drug": (CLAIM, DRUG), "target": (CLAIM,), "cell": (CLAIM,), "pronoun": (CLAIM,)}
_SHORT = 5
_AFTER = frozenset((
    "kinase", "phosphokinase", "clearance", "level", "levels", "inhibitor", "inhibitors", "antagonist",
    "antagonists", "receptor", "receptors", "analogue", "analogues", "analog", "analogs", "like", "stimulation",
    "serum", "deficiency", "eluting", "blocker", "blockers", "antibody", "antibodies", "test", "sparing", "free",
    "channel", "channels", "resistance", "secretion", "output", "myopathy", "gene", "genes", "excretion",
))  # fmt: skip
_RECOMBINANT = re.compile(
    r"(?:recombinant|low[- ]dose|low doses of|doses? of|human|rh|mg|iu|oral|topical)[\s-]*$", re.I
)
_GIVEN = re.compile(
    r"[\s-]*(?:gel|injections?|monohydrate|supplement\w*|therapy|treatment|\d+ ?(?:mg|iu|g|units))\b", re.I
)
_NEXT = re.compile(r"[\s-]*([A-Za-z]+)")
_ANTI = re.compile(r"\b(?:anti|non|anabolic)[\s-]*$", re.I)
_WORD = re.compile(r"[A-Za-z]{8,}")
_POINTS = re.compile(
    r"\b(\d+)\s*(?:points?)?\s*or (?:more|higher|above)|\b(?:score of|rise of)\s*(\d+) or more",
    re.I,
)


class Place(Protocol):
    """A part of a text, such as a line."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


class Mention(NamedTuple):
    """A name in a text: the entity that it names, or the surface form when no table knows it."""

    entity: str
    start: int
    end: int
    known: bool = True


class Hits:
    """The names found in a text, by view, in the order of the text."""

    def __init__(self, views: Mapping[str, list[Token]]) -> None:
        self._views = views

    def all(self, view: str) -> list[Token]:
        """Return all names of a view."""
        return self._views[view]

    def within(self, view: str, start: int, end: int) -> list[Token]:
        """Return the names of a view in a part of the text."""
        tokens = self._views[view]
        first = bisect_left(tokens, start, key=_start)
        last = first
        while last < len(tokens) and tokens[last].end <= end:
            last += 1
        return tokens[first:last]


def _start(token: Token) -> int:
    return token.start


class PageNames:
    """The names of one page: what stands in a part of a line, by its place in the line.

    Parameters
    ----------
    names
        All names.
    hits
        Those found in the page.
    """

    def __init__(self, names: Names, hits: Hits) -> None:
        self.hits, self.known, self.generic = hits, names.known, names.generic
        self.measure, self.drugs, self.disease, self.canonical = (
            names.measure,
            names.drugs,
            names.disease,
            names.canonical,
        )

    def find(self, line: Place, view: str) -> list[Mention]:
        """Return the names of a view in a part of a line; pronouns are none."""
        cls = "disease" if view == DISEASE else view
        found = []
        for token in self.hits.within(view, line.start, line.end):
            key = token.key("item", cls) if view == DRUG else token.key(cls)
            if key:
                found.append(Mention(key, token.start - line.start, token.end - line.start, key in self.known))
        return found

    def find_drugs(self, line: Place) -> list[Mention]:
        """Return the drugs in a part of a line, also those that only look like one."""
        return self.find(line, DRUG)


class Names:
    """Finds and links names; see `kg.reading.vocabulary.load`.

    Parameters
    ----------
    lexicons
        The names of the tables by kind, to link whole items of lists.
    names
        All names to find, with the class of each.
    shapes
        Class -> pattern of what is a name by its look.
    canonical
        Entity -> the name by which pages are judged.
    symbols
        Folded name of a target -> its gene symbols.
    extra
        Kind -> folded text -> entity: what names beside those of the lexicons.
    suffix
        Endings and heads of the names of targets.

    Examples
    --------
    >>> from kg.reading.vocabulary import load
    >>> names = load()
    >>> hits = names.scan("Kineret in dermatomyositis")
    >>> [token.key("drug") for token in hits.all(DRUG)], [token.key("disease") for token in hits.all(DISEASE)]
    (['anakinra'], ['dermatomyositis'])
    >>> names.measure("Change in HAQ-DI"), names.canonical("cyclosporine")
    ('Health Assessment Questionnaire Disability Index', 'ciclosporin')
    """

    def __init__(
        self,
        lexicons: Mapping[str, Lexicon],
        names: Iterable[Name],
        shapes: Mapping[str, str],
        canonical: Mapping[str, str],
        symbols: Mapping[str, tuple[str, ...]],
        extra: Mapping[str, Mapping[str, str]],
        suffix: Mapping[str, Sequence[str]],
    ) -> None:
        self.lexicons, self._canonical, self.symbols, self._extra = lexicons, canonical, symbols, extra
        self.generic = frozenset(e.entity for e in lexicons["Intervention"].entries.values() if e.generic)
        by_text: dict[str, dict[str, Name]] = {}
        for name in names:
            by_text.setdefault(fold(name.text), {}).setdefault(name.cls, name)
        self._texts = list(by_text)
        self._views: list[list[tuple[str, tuple[Name, ...]]]] = []
        for found in by_text.values():
            seen = ((view, tuple(n for n in found.values() if n.cls in classes)) for view, classes in _VIEWS.items())
            self._views.append([(view, own) for view, own in seen if own])
        self._suffixes = len(self._texts)
        self._heads, self._no_heads = frozenset(suffix["heads"]), frozenset(suffix["no_heads"])
        self._search = AhoCorasick([*self._texts, *{*suffix["endings"], *suffix["heads"]}])
        self._not_drug = re.compile(shapes["not_drug"], re.X)
        self._shapes = {cls: re.compile(shapes[cls], re.X) for cls in _SHAPED}
        self._long: dict[str, list[str]] = {}
        self._keys = {text: found["drug"].key for text, found in by_text.items() if "drug" in found}
        for text in self._keys:
            if len(text) >= 8 and text.isalpha():
                self._long.setdefault(text[0], []).append(text)
        entries = lexicons["Intervention"].entries
        self._of_classes = {word for entry in entries.values() for word in (entry.group or "").lower().split()}
        self.known = frozenset(entries)
        seen_together = {own for views in self._views for view, own in views if view == CLAIM}
        self.classes = [*seen_together, *((Name("", cls, ""),) for cls in _SHAPED)]
        """All sets of classes that a name of the rules of claims may be of."""
        self.measure = lru_cache(maxsize=4096)(self._measure)
        self.drugs = lru_cache(maxsize=4096)(self._drugs)
        self.disease = lru_cache(maxsize=4096)(self._disease)
        self._misspelt = lru_cache(maxsize=20_000)(self._misspelling)

    # ------------------------------------------------------------ finding

    def scan(self, text: str) -> Hits:
        """Find all names in a text, leftmost and longest first in each view, never overlapping."""
        low = fold(text)
        found = self._listed(text, low)
        for cls, shape in self._shapes.items():
            for match in shape.finditer(text):
                for name in self._shaped(cls, match[0]):
                    for view in _SHAPED[cls]:
                        found[view].append((match.start(), -match.end(), (name,)))
        views = {view: list(self._longest(sorted(hits, key=_place), low, text)) for view, hits in found.items()}
        for token in self._misspelt_in(text, [*views[DRUG], *views[CLAIM]]):
            for view in (CLAIM, DRUG):
                views[view] = sorted([*(t for t in views[view] if t.end <= token.start or t.start >= token.end), token])
        return Hits(views)

    def _listed(self, text: str, low: str) -> dict[str, list[tuple[int, int, tuple[Name, ...]]]]:
        """Find the names of the lists, by view."""
        found: dict[str, list[tuple[int, int, tuple[Name, ...]]]] = {view: [] for view in _VIEWS}
        for index, start, end in self._search.find_matches_as_indexes(low, overlapping=True):
            if end < len(low) and low[end].isalnum():
                continue
            if index >= self._suffixes:
                start = self._begin(text, low, start, end)
                if low[start:end].removeprefix("counter ") not in self._heads:
                    found[CLAIM].append((start, -end, (Name(low[start:end], "target", text[start:end]),)))
            elif not start or not low[start - 1].isalnum():
                for view, names in self._views[index]:
                    found[view].append((start, -end, names))
        return found

    def _begin(self, text: str, low: str, start: int, end: int) -> int:
        """Return where a name begins that ends like a target: its whole word, of heads the word before too."""
        begin = _begin_of_word(text, start)
        if low[begin:end] not in self._heads or begin == 0 or text[begin - 1] != " ":
            return begin
        before = _begin_of_word(text, begin - 1)
        word = low[before : begin - 1]
        return begin if len(word) < 3 or word in self._no_heads or word.endswith(("ing", "ed")) else before

    def _shaped(self, cls: str, text: str) -> Iterator[Name]:
        if cls == "pronoun":
            yield Name(text, "drug", PRONOUN)
        elif cls != "drug" or not self._not_drug.fullmatch(text):
            yield Name(fold(text), cls, text if any(c.isdigit() or c.isupper() for c in text[1:]) else text.lower())

    def _longest(self, found: Sequence[tuple[int, int, tuple[Name, ...]]], low: str, text: str) -> Iterator[Token]:
        done = 0
        for start, minus_end, names in found:
            if start < done:
                continue
            own = tuple(name for name in names if self._stands(text, start, -minus_end, name))
            if own:
                done = -minus_end
                own = tuple(name._replace(cls="drug") if name.cls == "guarded" else name for name in own)
                yield Token(start, done, low[start:done], own)

    def _stands(self, text: str, start: int, end: int, name: Name) -> bool:
        surface = text[start:end]
        capitals = len(name.text) <= _SHORT and name.text.isupper() and name.text.isalpha()
        if capitals and sum(map(str.isupper, surface)) < min(3, len(name.text)):
            return False
        before = text[max(0, start - 24) : start]
        if name.cls == "measure":
            return not before.rstrip(" -").lower().endswith("free")
        if name.cls not in ("drug", "guarded") or not name.key:
            return True
        after = _NEXT.match(text, end)
        if (after is not None and after[1].lower() in _AFTER) or _ANTI.search(before):
            return False
        return name.cls == "drug" or _RECOMBINANT.search(before) is not None or _GIVEN.match(text, end) is not None

    def _misspelt_in(self, text: str, hits: Sequence[Token]) -> Iterator[Token]:
        taken = {place for hit in hits for place in range(hit.start, hit.end)}
        for match in _WORD.finditer(text):
            key = self._misspelt(match[0].lower())
            if key is not None and match.start() not in taken:
                yield Token(*match.span(), match[0].lower(), (Name(match[0].lower(), "drug", key),))

    def _misspelling(self, word: str) -> str | None:
        """Return the drug that a word misspells: long, one letter off, the same first letter."""
        names = self._long.get(word[0])
        if names is None or word in self._keys or word in self._of_classes:
            return None
        near = process.extract(word, names, scorer=OSA.distance, score_cutoff=2 if len(word) >= 14 else 1, limit=3)
        keys = {self._keys[name] for name, _, _ in near}
        return keys.pop() if len(keys) == 1 else None

    # ------------------------------------------------------------ linking

    def _measure(self, text: str) -> str | None:
        plain = _POINTS.sub(lambda m: f"at least {m[1] or m[2]}", text)
        entities = [link.entity for link in self.lexicons["Measure"].link(plain)]
        if not entities:
            keys = (token.key("measure") or "" for token in self.scan(plain).all(MEASURE))
            lexicon = self.lexicons["Measure"]
            entities = [key for key in keys if lexicon.is_meant(self._canonical.get(key, ""), key, plain)]
        entries = self.lexicons["Measure"].entries
        parents = {parent for entity in entities for parent in entries[entity].parents}
        narrow = [entity for entity in entities if entity not in parents] or entities
        return narrow[0] if narrow else None

    def _drugs(self, text: str) -> tuple[str, ...]:
        own = self._extra["Intervention"].get(fold(text))
        return (own,) if own else tuple(link.entity for link in self.lexicons["Intervention"].link(text))

    def _disease(self, text: str) -> str | None:
        links = self.lexicons["Disease"].link(text)
        return links[0].entity if links else self._extra["Disease"].get(fold(text))

    def canonical(self, entity: str) -> str:
        """Return the name by which pages are judged: of a measure its abbreviation."""
        return self._canonical.get(entity, entity)


def _begin_of_word(text: str, place: int) -> int:
    while place and (text[place - 1].isalnum() or text[place - 1] in "-'"):
        place -= 1
    return place


def _place(hit: tuple[int, int, Any]) -> tuple[int, int]:
    return hit[:2]
