"""Names of entities and how they stand in text, to tell which entity a mention names.

A lexicon holds the names of one kind of entity (interventions, diseases, measures) and answers with
links, or with the nearest names when it will not link.  A wrong link is worse than none, so that:

* a decision of the curated table of names comes first, also the decision that a text names nothing;
* names are found as whole words, hyphens and spaces aside (``BIIB 059``, ``BIIB-059``), the longest first;
* words around a name can change what is meant (``steroid-sparing``, ``IL-2 receptor``, ``without``);
* what is said to be a placebo is a placebo, whatever drug it looks like;
* a short abbreviation counts only alone, and not when a gloss in brackets says something else;
* a misspelling counts only for long names that begin with the same letter, one letter off (two from
  14 letters on), and only if no second name is as near.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from kg.policies import Policy

Method = Literal["decision", "exact", "synonym", "variant", "fuzzy"]


class Link(NamedTuple):
    """A mention linked to an entity, and on what evidence."""

    entity: str
    """Key of the entity: its preferred name."""
    method: Method
    score: float
    """1 for a name found as it is, less for a misspelling."""
    name: str
    """The name that was found."""


class Entry(NamedTuple):
    """An entity and its names."""

    entity: str
    synonyms: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    group: str | None = None
    """The class that the entity belongs to; a generic entity gives way to a member of its class."""
    generic: bool = False
    parents: tuple[str, ...] = ()
    cutoff: Decimal | None = None
    """The threshold that tells this measure from its parent."""


_SEPARATORS = frozenset("+,;/()[]&:") | {"and", "or", "plus", "with", "then", "after", "followed", "versus", "vs"}
_DUMMIES = frozenset({"placebo", "placebos", "sham"})
_GREEK = {
    "\N{GREEK SMALL LETTER ALPHA}": "alpha",
    "\N{GREEK SMALL LETTER BETA}": "beta",
    "\N{GREEK SMALL LETTER GAMMA}": "gamma",
    "\N{GREEK SMALL LETTER DELTA}": "delta",
    "\N{GREEK SMALL LETTER KAPPA}": "kappa",
    "\N{GREEK SMALL LETTER MU}": "u",
    "\N{MICRO SIGN}": "u",
}
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[+,;/()\[\]&:]")
_LONGEST, _ABBREVIATION = 9, 4
_CUTOFF = re.compile(r"(?:>=|≥|>\s*=|at least)\s*(\d+(?:\.\d+)?)")


def tokens(text: str) -> list[str]:
    """Cut a text into lower-case words, numbers and separators.

    >>> tokens("PF-06823859 (anti-IFN-β)")
    ['pf', '06823859', '(', 'anti', 'ifn', 'beta', ')']
    """
    plain = "".join(_GREEK.get(char, char) for char in text.replace("(R)", " "))
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return _TOKEN.findall(plain)


def is_word(token: str) -> bool:
    """Whether a token is a word or a number, not a separator.

    >>> is_word("+"), is_word("and")
    (False, False)
    """
    return token not in _SEPARATORS


class Lexicon:
    """The names of one kind of entity.

    Parameters
    ----------
    entries
        The entities with their names.
    policy
        How to look for them.
    decisions
        Text as written -> entities it names; an empty tuple: it names none.

    Examples
    --------
    >>> from kg.policies import INTERVENTIONS
    >>> lexicon = Lexicon([Entry("abatacept", ("Orencia",)), Entry("placebo")], INTERVENTIONS)
    >>> lexicon.link("Orencia® 125 mg SC weekly")[0].entity
    'abatacept'
    >>> [link.entity for link in lexicon.link("Placebo matching abatacept")]
    ['placebo']
    """

    def __init__(
        self, entries: Iterable[Entry], policy: Policy, decisions: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.policy = policy
        self.entries = {entry.entity: entry for entry in entries}
        self._decisions = {self._key(tokens(text)): names for text, names in (decisions or {}).items()}
        found: dict[str, dict[str, Link]] = defaultdict(dict)
        for entry in self.entries.values():
            named: tuple[tuple[Method, tuple[str, ...]], ...] = (
                ("exact", (entry.entity,)),
                ("synonym", entry.synonyms),
                ("variant", entry.variants),
            )
            for method, names in named:
                for name in names:
                    found[self._key(tokens(name))].setdefault(entry.entity, Link(entry.entity, method, 1.0, name))
        found.pop("", None)
        self._names = {key: next(iter(found[key].values())) for key in sorted(found) if len(found[key]) == 1}
        self.ambiguous = {key: tuple(links) for key, links in found.items() if len(links) > 1}
        """Names that stand for two entities; they never link."""
        self._long = [key for key in self._names if len(key) >= 8 and key.isalpha()]

    def _fold(self, token: str) -> str:
        if self.policy.plural and len(token) > 3 and token.endswith("s") and not token.endswith("ss"):
            return token[:-1]
        return token

    def _key(self, words: Sequence[str]) -> str:
        return "".join(self._fold(word) for word in words if is_word(word))

    def link(self, text: str) -> tuple[Link, ...]:
        """Return the entities that a mention names, in the order of the text; empty if none is sure."""
        words = tokens(text)
        whole = self._key(words)
        if whole in self._decisions:
            return tuple(Link(entity, "decision", 1.0, text) for entity in self._decisions[whole])
        if whole in self._names:
            return (self._names[whole],)
        if self.policy.whole:
            rest = self._key([word for word in words if word not in self.policy.fillers])
            return (self._names[rest],) if rest in self._names else ()
        if self.policy.dummy is not None and _DUMMIES.intersection(words):
            return self._link_dummies(words)
        links = self._scan(words)
        if self.policy.capitals:
            links = [link for link in links if self.is_meant(link.name, link.entity, text)]
        return self._specific(links, text)

    def is_meant(self, name: str, entity: str, text: str) -> bool:
        """Whether an abbreviation stands in capitals, and not behind other words that it is short for.

        Examples
        --------
        >>> from kg.policies import MEASURES
        >>> lexicon = Lexicon([Entry("Cutaneous Assessment Tool", ("CAT",))], MEASURES)
        >>> [bool(lexicon.link(text)) for text in ("CAT activity", "allergy to cats", "COPD assessment test (CAT)")]
        [True, False, False]
        """
        if not (name.isupper() and name.isalpha() and len(name) <= _ABBREVIATION):
            return True
        found = re.search(rf"((?:\b[A-Za-z]+[\s-]+){{0,{_ABBREVIATION}}}(?:\b[A-Za-z]+)?)[\s(,]*\b{name}s?\b", text)
        if found is None:
            return not re.search(rf"\b{name}s?\b", text, re.I)
        words = tokens(found[1])[-len(name) :]
        if "".join(word[0] for word in words) != name.lower():
            return True
        long = self._key(words)
        other = self._names.get(long)
        return long in self._key(tokens(entity)) or (other is not None and other.entity == entity)

    def is_decided(self, text: str) -> bool:
        """Whether the table of names decides on this text."""
        return self._key(tokens(text)) in self._decisions

    def candidates(self, text: str, limit: int = 3) -> tuple[tuple[str, float], ...]:
        """Return the entities with the names nearest to a text, and how near (0 to 1)."""
        key = self._key([word for word in tokens(text) if word not in self.policy.fillers])
        ranked = process.extract(key, self._names.keys(), scorer=fuzz.WRatio, limit=limit * 3)
        best: dict[str, float] = {}
        for name, score, _ in ranked:
            best.setdefault(self._names[name].entity, round(score / 100, 2))
        return tuple(list(best.items())[:limit])

    def _link_dummies(self, words: list[str]) -> tuple[Link, ...]:
        joined = {"+", "plus"} if {"for", "match", "matching", "matched"}.intersection(words) else {"+", "plus", "and"}
        parts: list[list[str]] = [[]]
        for word in words:
            if word in joined:
                parts.append([])
            else:
                parts[-1].append(word)
        links: dict[str, Link] = {}
        for part in parts:
            if _DUMMIES.intersection(part):
                entity = self.policy.dummy or ""
                links.setdefault(entity, Link(entity, "exact", 1.0, entity))
            else:
                links.update((link.entity, link) for link in self._scan(part))
        return tuple(links.values())

    def _scan(self, words: list[str]) -> list[Link]:
        taken = [False] * len(words)
        found: list[tuple[int, Link]] = []
        for look_up in (self._exactly, self._misspelt):
            for length in range(min(_LONGEST, len(words)), 0, -1):
                for start in range(len(words) - length + 1):
                    stop = start + length
                    if not (is_word(words[start]) and is_word(words[stop - 1])) or any(taken[start:stop]):
                        continue
                    link = look_up(words[start:stop])
                    if link is not None and self._stands(words, start, stop, link):
                        taken[start:stop] = [True] * length
                        found.append((start, link))
        return list({link.entity: link for _, link in sorted(found, key=lambda item: item[0])}.values())

    def _stands(self, words: list[str], start: int, stop: int, link: Link) -> bool:
        """Whether what stands around a name leaves its meaning alone."""
        if start and words[start - 1] in self.policy.before:
            return False
        if stop < len(words) and words[stop] in self.policy.after:
            return False
        name = self._key(words[start:stop])
        if self.policy.dummy is None or len(name) > 4 or not name.isalpha():
            return True
        left, right = start, stop
        while left and is_word(words[left - 1]):
            left -= 1
        while right < len(words) and is_word(words[right]):
            right += 1
        alone = all(self._is_filler(word) for word in words[left:start] + words[stop:right])
        return alone and self._agrees(words[right:], link)

    def _is_filler(self, word: str) -> bool:
        return word in self.policy.fillers or word[0].isdigit()

    def _agrees(self, following: list[str], link: Link) -> bool:
        """Whether a gloss in brackets, if one follows, says the same or nothing."""
        if not following or following[0] not in ("(", "["):
            return True
        gloss = following[1 : following.index(")")] if ")" in following else following[1:]
        content = [word for word in gloss if is_word(word) and not self._is_filler(word)]
        return not content or any(other.entity == link.entity for other in self._scan(gloss))

    def _exactly(self, words: list[str]) -> Link | None:
        return self._names.get(self._key(words))

    def _misspelt(self, words: list[str]) -> Link | None:
        key = "".join(words)
        if not self.policy.fuzzy or len(words) > 3 or len(key) < 8 or not key.isalpha() or key in self._decisions:
            return None
        if any(self._is_filler(word) or not is_word(word) for word in words):
            return None
        allowed = 2 if len(key) >= 14 else 1
        near: dict[str, tuple[int, str]] = {}
        for name in self._long:
            if name[0] == key[0] and abs(len(name) - len(key)) <= allowed:
                distance = OSA.distance(key, name, score_cutoff=allowed)
                if 0 < distance <= allowed:
                    entity = self._names[name].entity
                    near[entity] = min(near.get(entity, (distance, name)), (distance, name))
        if len(near) != 1:
            return None
        entity, (distance, name) = next(iter(near.items()))
        return Link(entity, "fuzzy", round(1 - distance / len(key), 3), self._names[name].name)

    def _specific(self, links: list[Link], text: str) -> tuple[Link, ...]:
        """Let a generic entity give way to a member of its class, a measure to its threshold."""
        groups = {self.entries[link.entity].group for link in links if not self.entries[link.entity].generic}
        kept = []
        cutoffs = {Decimal(number) for number in _CUTOFF.findall(text)}
        for link in links:
            entry = self.entries[link.entity]
            if entry.generic and entry.group in groups:
                continue
            narrower = [
                child.entity
                for child in self.entries.values()
                if child.cutoff in cutoffs and link.entity in child.parents
            ]
            kept.append(link._replace(entity=narrower[0]) if len(narrower) == 1 else link)
        return tuple({link.entity: link for link in kept}.values())
