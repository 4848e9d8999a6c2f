"""What the prose of a page claims: mechanism, approval, recommendation, background treatment, gaps.

The rules, names and words are data (``ontology/reading/rules.toml``) on top of the tables of drugs and
targets; here matches become claims.  A wrong claim is worse than none: what is said to be untrue is
marked ``denied``, what is supposed ``hedged``, and purposes, criteria and outcomes claim nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kg import phrases
from kg.claims import Collector
from kg.forms import Forms, Name, Token, Tokens, fold
from kg.resources import root
from kg.rows import DrugRow
from kg.statements import Claims, Sentence
from kg.tables import TABLES
from kg.tables import read as read_table
from kg.text import Text

_KINDS = frozenset({"Drug", "DrugGroup", "CellTherapy", "GeneTherapy", "Procedure"})
_PRONOUN = ""
_OF_TARGET = re.compile(
    r"its (?:counter|receptors?|ligands?|targets?|docking|natural|cognate|partners?|binding|substrates?|signal|"
    r"cleavage)",
    re.I,
)
_DEMOTED = re.compile(
    r"(?:derivatives?|analog(?:ue)?s?|metabolites?|prodrug|form|relatives?|successor|biosimilar|"
    r"version) of (?:the )?$"
    r"|\b(?:is|are|was) an? (?:\w+ )?$"
    r"|(?:unlike|like|contrast (?:with|to)|compared (?:with|to)|versus|related to|similar to|than|against|vs\.?|"
    r"resembles|"
    r"instead of) (?:every |other |the |all )?$"
)


class Reader:
    """Names and rules, ready to read; see `read`."""

    def __init__(self) -> None:
        folder = root() / "ontology"
        data = tomllib.loads((folder / "reading" / "rules.toml").read_text(encoding="utf-8"))
        self.rules: dict[str, dict[str, Any]] = {rule["id"]: rule for rule in data["rule"]}
        self.canonical: dict[str, str] = data["canonical"]
        self.symbols: dict[str, tuple[str, ...]] = {}
        names = [*self._drugs(data, folder), *self._targets(data, folder), *_others(data)]
        shapes = {cls: pattern for cls, pattern in data["shapes"].items() if cls != "not_drug"}
        self._not_drug = re.compile(data["shapes"]["not_drug"])
        self.cut = Tokens(names, shapes)
        self._long: dict[str, list[str]] = {}
        for text, found in self.cut.names.items():
            if len(text) >= 8 and text.isalpha() and any(name.cls == "drug" and name.key for name in found):
                self._long.setdefault(text[0], []).append(text)
        classes = [*self.cut.names.values(), *((Name("", cls, ""),) for cls in shapes), (Name("", "mention", ""),)]
        forms = {rule: spec["form"] for rule, spec in self.rules.items()}
        self.forms = Forms(forms, data["words"], data["cues"]["stop"], ["drug"], classes)
        self.cues = {cue: re.compile(text) for cue, text in data["cues"].items() if isinstance(text, str)}

    def _drugs(self, data: dict[str, Any], folder: Any) -> Iterator[Name]:
        blocked = {fold(text) for text in data["not_names"]["drug"]}
        for row in read_table(TABLES["drugs"], folder / "tables"):
            if isinstance(row, DrugRow) and row.kind in _KINDS:
                key = self.canonical.get(row.name, row.name)
                for text in (re.sub(r" \((?:class|unspecified)\)$", "", row.name), *row.synonyms, *row.variants):
                    if len(text) > 2 and fold(text) not in blocked:
                        yield from (Name(form, "drug", key) for form in _spellings(text))
        for key, texts in data["drugs"].items():
            yield from (Name(text, "drug", self.canonical.get(key, key)) for text in texts)
        yield from (Name(text, "drug", _PRONOUN) for text in data["pronouns"]["drug"])
        yield from (Name(text, "other", text) for text in data["not_names"]["other"])

    def _targets(self, data: dict[str, Any], folder: Any) -> Iterator[Name]:
        for row in read_table(TABLES["targets"], folder / "tables"):
            symbol, synonyms = str(getattr(row, "symbol", "")), getattr(row, "synonyms", ())
            for text in (symbol, *synonyms):
                if len(text) > 1 and text not in ("AR", "C2", "MIF"):
                    self.symbols.setdefault(fold(text), (symbol,))
                    yield from (Name(form, "target", symbol) for form in _spellings(text))
        for text, symbols in data["targets"].items():
            self.symbols[fold(text)] = tuple(symbols)
            yield from (Name(form, "target", text) for form in _spellings(text))
        yield from (Name(text, "target", _PRONOUN) for text in data["pronouns"]["target"])

    def misspelt(self, text: str, hits: Sequence[Token]) -> list[Token]:
        """Return the misspelt drug names of a text: long, one letter off, the same first letter.

        Examples
        --------
        >>> [(token.text, token.key("drug")) for token in reader().misspelt("Tofacitinb 5 mg", [])]
        [('tofacitinb', 'tofacitinib')]
        """
        taken = {place for hit in hits for place in range(hit.start, hit.end)}
        found = []
        for match in re.finditer(r"[A-Za-z]{8,}", text):
            word = match[0].lower()
            names = self._long.get(word[0])
            if names is None or match.start() in taken:
                continue
            allowed = 2 if len(word) >= 14 else 1
            near = process.extract(word, names, scorer=OSA.distance, score_cutoff=allowed, limit=2)
            keys = {self.cut.names[name][0].key for name, _, _ in near}
            if len(keys) == 1:
                found.append(Token(*match.span(), word, (Name(word, "drug", keys.pop()),)))
        return found

    def names(self, text: Text) -> list[Token]:
        """Return all names in a page, misspelt ones included.

        Examples
        --------
        >>> from kg.text import of
        >>> [name.key("drug", "target") for name in reader().names(of("Abatacpt covers CD80"))]
        ['abatacept', None, 'CD80']
        """
        hits = [hit for hit in self.cut.hits(text.clean) if not self._is_english(hit)]
        return sorted([*(self._known(hit) for hit in hits), *self.misspelt(text.clean, hits)])

    def sentences(self, text: Text, hits: Sequence[Token]) -> Iterator[Sentence]:
        """Yield the sentences of a page, given its names, with pronouns resolved.

        Examples
        --------
        >>> from kg.text import of
        >>> page = of("Abatacept works. It binds CD80.")
        >>> [sentence.tokens[0].key("drug") for sentence in reader().sentences(page, reader().names(page))]
        ['abatacept', 'abatacept']
        """
        criteria, before = False, _Before(phrases.main_drug(hits))
        for start, end in text.sentences():
            folded = fold(text.clean[start:end])
            if self.cues["exclusion_heading"].search(folded):
                criteria = True
            elif self.cues["other_heading"].search(folded):
                criteria = False
            tokens = self.cut(text.clean, start, end, hits)
            last = before.drug
            resolved, target_from = before.resolve(tokens, text.clean, start)
            yield Sentence(start, end, resolved, folded, criteria, last.key if last else None, target_from)

    def _known(self, hit: Token) -> Token:
        """Let a biosimilar's suffix lead to the drug: rituximab-pvvr."""
        bare = self.cut.names.get(re.sub(r" [a-z]{4}$", "", hit.text)) if hit.key("drug") else None
        return hit._replace(names=bare) if bare and hit.text not in self.cut.names else hit

    def _is_english(self, hit: Token) -> bool:
        return hit.key("drug") is not None and self._not_drug.fullmatch(hit.text) is not None


class _Before:
    """The drug and the target that were named last, to resolve pronouns."""

    def __init__(self, drug: Name | None) -> None:
        self.drug = drug
        self.target: Name | None = None
        self.target_at = -1
        self._subject: Name | None = None

    def resolve(self, tokens: Sequence[Token], clean: str, start: int) -> tuple[list[Token], int | None]:
        """Put the drug in the place of "it", and the target in the place of "this enzyme"."""
        self._subject, target_from = None, None
        resolved: list[Token] = []
        for token in tokens:
            new = self._drug(token, clean, start) if token.key("drug") is not None else token
            if token.key("target") == _PRONOUN and self.target:
                new = token._replace(names=(Name(self.target.text, "target", self.target.key),))
                target_from = self.target_at if self.target_at != start else None
            elif token.key("target") and self.target_at != start:
                self.target = Name(clean[token.start : token.end], "target", token.key("target") or "")
                self.target_at = start
            resolved.append(new)
        if self._subject is not None:
            self.drug = self._main(resolved) or self._subject
        return resolved, target_from

    def _drug(self, token: Token, clean: str, start: int) -> Token:
        """Resolve a pronoun; let a drug that is only compared with, or another name in brackets, be a mention."""
        key = token.key("drug")
        if key == _PRONOUN:
            drug = None if _OF_TARGET.match(clean, token.start) else self._subject or self.drug
            return token._replace(names=(Name("", "drug", drug.key),) if drug else ())
        before = fold(clean[max(start, token.start - 30) : token.start])
        alias = self._subject is not None and self._subject.key == key and re.search(r"\([^()]*$", before)
        if alias or _DEMOTED.search(before):
            return token._replace(names=(Name(token.text, "mention", key or ""),))
        if self._subject is None or not _is_aside(clean, token.start):
            self._subject = token.names[0]
        return token

    @staticmethod
    def _main(tokens: Sequence[Token]) -> Name | None:
        return next((name for token in tokens for name in token.names if name.cls == "drug" and name.key), None)


def _is_aside(clean: str, place: int) -> bool:
    return clean[max(0, place - 1)] == "(" or re.search(r"(?:with|and|or|plus|,|/) ?$", clean[:place][-6:]) is not None


def _spellings(text: str) -> Iterator[str]:
    """Yield the ways in which a name is written: with lost Greek letters, without its hyphen."""
    yield text
    greek = re.sub(r"[ -]?(?:alpha|beta|gamma|kappa)\b", "-?", text)
    if greek != text:
        yield greek
    if re.search(r"\d", text) and re.search("[ -]", text) and len(text) < 14:
        yield re.sub("[ -]", "", text)


def _others(data: dict[str, Any]) -> Iterator[Name]:
    for cls, group in (("cell", "cells"), ("process", "processes")):
        yield from (Name(text, cls, text) for text in data[group]["names"])
    for key, texts in data["agencies"].items():
        yield from (Name(text, "agency", key) for text in texts)
    for text in data["words"]["ordinal"]:
        yield Name(text, "ordinal", phrases.ORDINALS.get(text, text))
    for cls, by_action in data["nouns"].items():
        yield from (Name(text, cls, action) for action, texts in by_action.items() for text in texts)
    for action, verbs in data["verbs"].items():
        for verb in verbs:
            yield from (Name(text, cls, action) for cls, text in phrases.inflected(verb, data["irregular"]))


def _may_claim(sentence: Sentence) -> bool:
    """Whether a sentence is prose that names a drug or a regulator: every rule needs one."""
    return not sentence.criteria and any(
        name.cls in ("drug", "agency") for token in sentence.tokens for name in token.names
    )


@cache
def reader() -> Reader:
    """Return the names and rules, read once.

    Examples
    --------
    >>> reader().canonical["cyclosporine"]
    'ciclosporin'
    """
    return Reader()


def read(text: Text) -> Claims:
    """Read the claims of a page.

    Examples
    --------
    >>> from kg.text import of
    >>> claims = read(of("Abatacept binds CD80/CD86. It has been approved by the FDA for rheumatoid arthritis."))
    >>> claims.mechanism[0][:5]
    ('abatacept', 'Abatacept', 'binds', ('CD80', 'CD86'), ('CD80', 'CD86'))
    >>> claims.approvals[0][:4]
    ('abatacept', 'It', ('rheumatoid arthritis',), ('FDA',))
    """
    rules = reader()
    hits = rules.names(text)
    main = phrases.main_drug(hits)
    collector = Collector(text, rules.rules, rules.cues, rules.symbols, main.key if main else None)
    for sentence in rules.sentences(text, hits):
        collector.add(sentence, rules.forms.find(sentence.tokens) if _may_claim(sentence) else ())
    return collector.claims()
