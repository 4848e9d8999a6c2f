"""The sentences of a page as tokens, in which pronouns stand for what was named before.

"It", "this antibody" stand for the drug that the text is about at that place; "this enzyme" for the target
named last.  A drug that is only compared with, or from which another derives, is a mere mention.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.reading.forms import Name, Token, fold, tokens
from kg.reading.mentions import CLAIM, PRONOUN, Hits
from kg.reading.text import Text

MENTION = "mention"
"""The class of a drug that is only compared with."""

_FIRST = 5
"""So many namings more count for the drug that a page names first."""
_GROUPS = frozenset({"glucocorticoids (class)", "immunosuppressants", "placebo", "antimalarials"})
_OF_TARGET = re.compile(
    r"its (?:counter|receptors?|ligands?|targets?|docking|natural|cognate|partners?|substrates?|cleavage)", re.I
)
_DEMOTED = re.compile(
    r"(?:derivatives?|analog(?:ue)?s?|metabolites?|prodrug|form|relatives?|successor|biosimilar|variants?"
    r"|version) of (?:the )?$"
    r"|(?:unlike|like|contrast (?:with|to)|compared (?:with|to)|versus|related to|similar to|than|vs\.?|resembles"
    r"|instead of|different from|opposed to) (?:every |other |the |all )?$"
)
_ASIDE = re.compile(r"(?:\(|\b(?:with|and|or|plus)|,|/|\+) ?$")


class Sentence(NamedTuple):
    """A sentence that names a drug or an agency."""

    start: int
    end: int
    tokens: list[Token]
    folded: str
    drug: str | None
    """The drug that was named last before it."""
    target_from: int | None
    """Where the sentence begins in which a target was named that this one calls "this enzyme"."""


def main_drug(hits: Sequence[Token], fewest: int = 1) -> str | None:
    """Return the drug that a page names most often, groups aside; of several, the first.

    Parameters
    ----------
    hits
        The names in the page.
    fewest
        How often the drug must be named to be what the page is about.

    Examples
    --------
    >>> it, abatacept = Name("it", "drug", PRONOUN), Name("abatacept", "drug", "abatacept")
    >>> main_drug([Token(0, 2, "it", (it,)), Token(3, 12, "abatacept", (abatacept,))])
    'abatacept'
    """
    named = [key for hit in hits if (key := hit.key("drug"))]
    single = [key for key in named if key not in _GROUPS] or named
    counts = Counter(single)
    often = [key for key in single if counts[key] >= fewest]
    counts.update(single[:1] * _FIRST)
    return max(often, key=lambda key: counts[key], default=None)


def sentences(text: Text, spans: Sequence[tuple[int, int]], hits: Hits) -> Iterator[Sentence]:
    """Yield the sentences that name a drug or an agency, with pronouns resolved.

    Parameters
    ----------
    text
        The page.
    spans
        The places of its sentences.
    hits
        The names in it.

    Examples
    --------
    >>> from kg.reading.text import of
    >>> from kg.reading.vocabulary import load
    >>> page = of("Abatacept works. It binds CD80.")
    >>> [s.tokens[0].key("drug") for s in sentences(page, list(page.sentences()), load().scan(page.clean))]
    ['abatacept', 'abatacept']
    """
    named = hits.all(CLAIM)
    before, place = _Before(main_drug(named)), 0
    starts = [hit.start for hit in named]
    for start, end in spans:
        place = bisect_left(starts, start, place)
        last = bisect_left(starts, end, place)
        own = named[place:last]
        if not own:
            continue
        if not any(hit.key("drug", "agency") is not None for hit in own):
            before.note(own, text.clean, start)
            continue
        folded = fold(text.clean[start:end])
        drug = before.drug
        resolved, target_from = before.resolve(tokens(text.clean, start, end, own), text.clean, start)
        yield Sentence(start, end, resolved, folded, drug, target_from)


class _Before:
    """The drug and the target that were named last."""

    def __init__(self, drug: str | None) -> None:
        self.drug = drug
        self._target: Name | None = None
        self._target_at = -1
        self._subject: str | None = None

    def note(self, hits: Sequence[Token], clean: str, start: int) -> None:
        """Take notice of the target that a sentence without drugs is about."""
        for hit in hits:
            if hit.key("target"):
                self._target = Name(clean[hit.start : hit.end], "target", hit.key("target") or "")
                self._target_at = start
                return

    def resolve(self, found: Sequence[Token], clean: str, start: int) -> tuple[list[Token], int | None]:
        """Put the drug in the place of "it", and the target in the place of "this enzyme"."""
        self._subject, target_from = None, None
        resolved: list[Token] = []
        for place, token in enumerate(found):
            new = token
            if token.names and token.key("drug") is not None:
                following = found[place + 1].key("drug") if place + 1 < len(found) else None
                new = token._replace(names=()) if following else self._drug(token, clean, start)
            elif token.names and token.key("target") == PRONOUN:
                new = token._replace(names=(self._target,) if self._target else ())
                target_from = self._target_at if self._target and self._target_at != start else None
            elif token.names and token.key("target") and self._target_at != start:
                self.note([token], clean, start)
            resolved.append(new)
        self.drug = self._subject or self.drug
        return resolved, target_from

    def _drug(self, token: Token, clean: str, start: int) -> Token:
        key = token.key("drug")
        if key == PRONOUN:
            drug = None if _OF_TARGET.match(clean, token.start) else self._subject or self.drug
            return token._replace(names=(Name("", "drug", drug),) if drug else ())
        before = fold(clean[max(start, token.start - 30) : token.start])
        alias = self._subject == key and re.search(r"\([^()]*$", before)
        if alias or _DEMOTED.search(before):
            return token._replace(names=(Name(token.text, MENTION, key or ""),))
        if self._subject is None or (not _ASIDE.search(before[-6:]) and key not in _GROUPS):
            self._subject = key if self._subject is None or self._subject in _GROUPS else self._subject
        return token
