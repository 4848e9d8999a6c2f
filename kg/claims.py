"""How claims are made of the matches of the rules in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg import phrases
from kg.forms import Match, Token, fold
from kg.statements import Approval, Claims, Mechanism, Recommendation, Sentence, Statement
from kg.text import Text

__all__ = ["Claims", "Collector"]

_REACH = 70
"""How many characters before a match a word of denial or hedge reaches."""

_CLASS = re.compile(
    r"(?:\b(?:is|are|as)|,) (?:an?|the|another) ([^.;:()]{0,70}?\b(?:(?:monoclonal )?antibody|inhibitor|blocker|"
    r"antagonist|agonist|"
    r"protein|peptide|immunoglobulin|oligonucleotide|glucocorticoid|corticosteroid|derivative|pyridone|alkaloid|"
    r"hormone|"
    r"molecule|modulator|cytokine|antimetabolite|macrolide|vaccine|IgG\d?|antimalarial|"
    r"statin)\b)(?! (?:receptor|level))"
)


class Collector:
    """Makes claims of matches, sentence by sentence.

    Parameters
    ----------
    text
        The page.
    rules
        Rule id -> its declaration.
    cues
        The patterns of denial, hedge and the like.
    symbols
        Folded name of a target -> approved gene symbols.
    main
        The drug that the page is about; it is no background treatment.
    """

    def __init__(
        self,
        text: Text,
        rules: Mapping[str, Mapping[str, Any]],
        cues: Mapping[str, re.Pattern[str]],
        symbols: Mapping[str, tuple[str, ...]],
        main: str | None = None,
    ) -> None:
        self.text, self.rules, self.cues, self.symbols, self.main = text, rules, cues, symbols, main
        self._order = {rule: place for place, rule in enumerate(rules)}
        self._mechanism: list[Mechanism] = []
        self._approvals: list[Approval] = []
        self._recommendations: list[Recommendation] = []
        self._background: dict[str, Statement] = {}
        self._negations: list[Statement] = []
        self._others: list[Statement] = []

    def claims(self) -> Claims:
        """Return all claims so far.

        Examples
        --------
        >>> from kg.text import of
        >>> Collector(of(""), {}, {}, {}).claims().mechanism
        ()
        """
        return Claims(
            _once(self._mechanism),
            _once(self._approvals),
            _once(self._recommendations),
            tuple(s for s in self._background.values() if s.drug != self.main),
            _once(self._negations),
            _once(self._others),
        )

    def add(self, sentence: Sentence, matches: Iterable[Match]) -> None:
        """Take what the rules found in a sentence, and what its cues say.

        Examples
        --------
        >>> from kg.text import of
        >>> from kg.rules import reader
        >>> page, rules = of("No trial of abatacept has been done."), reader()
        >>> collector = Collector(page, rules.rules, rules.cues, rules.symbols)
        >>> for sentence in rules.sentences(page, rules.names(page)):
        ...     collector.add(sentence, rules.forms.find(sentence.tokens))
        >>> [gap.quote for gap in collector.claims().negations]
        ['No trial of abatacept has been done.']
        """
        order = self._order
        by_kind: dict[str, list[Match]] = {}
        for match in sorted(matches, key=lambda found: order[found.rule]):
            by_kind.setdefault(self.rules[match.rule]["emits"], []).append(match)
        prose = not sentence.criteria
        if prose:
            self._add_mechanisms(sentence, by_kind.get("mechanism", []))
            self._add_approvals(sentence, by_kind.get("approval", []))
            self._add_recommendations(sentence, by_kind.get("recommendation", []))
            self._add_others(
                sentence, [m for kind in ("derivation", "role", "experience") for m in by_kind.get(kind, [])]
            )
            self._add_negation(sentence)
            self._add_background(sentence)

    def _place(self, sentence: Sentence, match: Match, slot: str) -> tuple[int, int]:
        start, stop = match.slots[slot]
        return sentence.tokens[start].start, sentence.tokens[stop - 1].end

    def _words(self, sentence: Sentence, match: Match, slot: str) -> str:
        start, end = self._place(sentence, match, slot)
        return self.text.clean[start:end]

    def _drug(self, sentence: Sentence, match: Match) -> tuple[str, str]:
        start, _ = match.slots["drug"]
        token = sentence.tokens[start]
        return token.key("drug") or "", self.text.clean[token.start : token.end]

    def _receipt(self, start: int, end: int) -> tuple[tuple[int, int], str]:
        return self.text.span(start, end), self.text.quote(start, end)

    def _stance(self, sentence: Sentence, match: Match) -> tuple[bool, bool, str]:
        """Whether a match is denied and hedged, and the text that decides it."""
        first = sentence.tokens[match.start].start - sentence.start
        last = sentence.tokens[match.stop - 1].end - sentence.start
        before = sentence.folded[max(0, first - _REACH) : first]
        if self._in_apposition(sentence, match):
            before = ""
        before = re.split(r"[;:]|\b(?:but|however|although|whereas|while)\b", before)[-1]
        scope = before + sentence.folded[first:last]
        return bool(self.cues["denied"].search(scope)), bool(self.cues["hedged"].search(scope)), scope

    def _in_apposition(self, sentence: Sentence, match: Match) -> bool:
        """Whether it says in passing what a drug is: true also where the sentence asks or denies something."""
        if not self.rules[match.rule].get("apposition"):
            return False
        after = match.slots["drug"][1]
        return after >= match.stop or sentence.tokens[after].text in (",", "(", "-")

    # ------------------------------------------------------------ mechanism

    def _add_mechanisms(self, sentence: Sentence, matches: Sequence[Match]) -> None:
        made: dict[str, int] = {}
        for match in matches:
            drug, surface = self._drug(sentence, match)
            denied, hedged, scope = self._stance(sentence, match)
            if not drug or self.cues["tested"].search(scope) or self.cues["not_mechanism"].search(scope):
                continue
            targets = self._targets(sentence, match)
            if drug in made:
                continue
            made[drug] = len(self._mechanism)
            start = sentence.start if sentence.target_from is None else sentence.target_from
            span, quote = self._receipt(start, sentence.end)
            rule = self.rules[match.rule]
            self._mechanism.append(
                Mechanism(
                    drug=drug,
                    surface=surface,
                    action=rule.get("set", {}).get("action") or self._action(sentence, match),
                    targets=targets,
                    symbols=tuple(dict.fromkeys(s for target in targets for s in self._symbols_of(target))),
                    effect=self._words(sentence, match, "effect_act") if "effect_act" in match.slots else None,
                    drug_class=_class_of(self.text.clean[sentence.start : sentence.end]),
                    denied=denied,
                    hedged=hedged,
                    span=span,
                    quote=quote,
                    rule=match.rule,
                )
            )

    def _action(self, sentence: Sentence, match: Match) -> str:
        token = sentence.tokens[match.slots["action"][0]]
        return token.key("act", "acted", "acting", "actor", "deed") or ""

    def _targets(self, sentence: Sentence, match: Match) -> tuple[str, ...]:
        found: list[str] = []
        for slot in ("targets", "more"):
            if slot in match.slots:
                tokens = sentence.tokens[slice(*match.slots[slot])]
                found.extend(self._surface(token) for token in tokens if token.key("target", "cell", "process"))
        return tuple(dict.fromkeys(found))

    def _surface(self, token: Token) -> str:
        own = self.text.clean[token.start : token.end]
        name = token.names[0]
        shown = own if fold(own) == fold(name.text) or name.cls != "target" else name.text
        return re.sub(r"^(?:\S*\+ ?)+", "", shown) or shown

    def _symbols_of(self, target: str) -> tuple[str, ...]:
        key = fold(target)
        if key in self.symbols:
            return self.symbols[key]
        family = re.match(r"(toll like receptors? |tlr|jak|tyk|pde|il )\s?(\d.*)", key)
        if not family:
            return ()
        stem = {"toll like receptor ": "tlr", "toll like receptors ": "tlr"}.get(family[1], family[1])
        return tuple(s for number in re.findall(r"\d+", family[2]) for s in self.symbols.get(f"{stem}{number}", ()))

    # ------------------------------------------------------------ approval

    def _add_approvals(self, sentence: Sentence, matches: Sequence[Match]) -> None:
        made: set[str] = set()
        for match in matches:
            drug, surface = self._approved(sentence, match)
            denied, hedged, scope = self._stance(sentence, match)
            found = phrases.indications(self._words(sentence, match, "indications"))
            if not drug or not found or self.cues["never_approval"].search(scope):
                continue
            if drug in made:
                continue
            made.add(drug)
            found += self._further(sentence, match)
            span, quote = self._receipt(sentence.start, sentence.end)
            agencies = [t.key("agency") for t in sentence.tokens if t.key("agency")]
            if not agencies and re.search("european (?:licen|label|approval|authori|marketing)", sentence.folded):
                agencies = ["EMA"]
            self._approvals.append(
                Approval(
                    drug, surface, tuple(dict.fromkeys(found)), tuple(dict.fromkeys(a for a in agencies if a)),
                    denied, hedged and not re.search("may prescribe", scope), span, quote, match.rule,
                )
            )  # fmt: skip

    def _approved(self, sentence: Sentence, match: Match) -> tuple[str, str]:
        if "drug" in match.slots:
            return self._drug(sentence, match)
        earlier = [token for token in sentence.tokens[: match.start] if token.key("drug")]
        if earlier:
            return earlier[0].key("drug") or "", self.text.clean[earlier[0].start : earlier[0].end]
        return sentence.drug or "", ""

    def _further(self, sentence: Sentence, match: Match) -> tuple[str, ...]:
        """Return what was added later: "; adult dermatomyositis followed in 2021"."""
        rest = self.text.clean[sentence.tokens[match.stop - 1].end : sentence.end]
        later = re.match(
            r"\s*;\s*([^.;]{4,80}?)\s+(?:was|were|followed|came|joined)(?: added)?\b(?! (?:not|left))", rest
        )
        return (
            phrases.indications(later[1])
            if (later and "added" in later[0]) or (later and "followed" in later[0])
            else ()
        )

    # ------------------------------------------------------------ recommendation and the rest

    def _add_recommendations(self, sentence: Sentence, matches: Sequence[Match]) -> None:
        made: set[str] = set()
        for match in matches:
            drug, surface = self._drugs(sentence, match)
            denied, hedged, _ = self._stance(sentence, match)
            found = phrases.indications(self._words(sentence, match, "indications"))
            if not drug or not found or drug in made:
                continue
            made.add(drug)
            span, quote = self._receipt(sentence.start, sentence.end)
            clean = self.text.clean
            line = sentence.tokens[match.slots["line"][0]].key("ordinal") if "line" in match.slots else None
            whole = clean[sentence.start : sentence.end]
            by = phrases.recommender(clean[sentence.start : sentence.tokens[match.start].start], whole)
            reason = phrases.evidence(whole)
            self._recommendations.append(
                Recommendation(drug, surface, found[0], line, by, reason, denied, hedged, span, quote, match.rule)
            )

    def _drugs(self, sentence: Sentence, match: Match) -> tuple[str, str]:
        tokens = sentence.tokens[slice(*match.slots["drug"])]
        keys = list(dict.fromkeys(token.key("drug") or "" for token in tokens if token.key("drug")))
        return " with ".join(keys[:2]), self._words(sentence, match, "drug")

    def _add_others(self, sentence: Sentence, matches: Sequence[Match]) -> None:
        for match in matches:
            drug, surface = self._drug(sentence, match)
            if drug:
                denied, hedged, _ = self._stance(sentence, match)
                span, quote = self._receipt(sentence.start, sentence.end)
                kind, value = self.rules[match.rule]["emits"], self._words(sentence, match, "value").strip(" .,")
                self._others.append(Statement(kind, drug, surface, value, denied, hedged, span, quote, match.rule))

    def _add_negation(self, sentence: Sentence) -> None:
        words = sentence.folded.count(" ")
        if words >= 4 and self.cues["negation"].search(sentence.folded):
            span, quote = self._receipt(sentence.start, sentence.end)
            self._negations.append(Statement("gap", None, "", quote, True, False, span, quote, "negation"))

    def _add_background(self, sentence: Sentence) -> None:
        start = sentence.start
        if not any(token.key("drug") for token in sentence.tokens if token.names):
            return
        for clause in re.finditer("[^;]+", sentence.folded):
            if not self.cues["background"].search(clause[0]) or self.cues["excluded"].search(clause[0]):
                continue
            for token in sentence.tokens:
                drug = token.key("drug") if token.names else None
                inside = start + clause.start() <= token.start < start + clause.end()
                if drug and inside and drug not in self._background and token.names[0].text:
                    span, quote = self._receipt(token.start, token.end)
                    stated = Statement("background", drug, quote, drug, False, False, span, quote, "background")
                    self._background[drug] = stated


def _once(claims: Iterable[Any]) -> tuple[Any, ...]:
    """Keep a claim once when page and summary say the same."""
    kept: dict[tuple[object, ...], Any] = {}
    for claim in claims:
        kept.setdefault(claim[:5] if not isinstance(claim, Statement) else (claim.kind, claim.drug, claim.value), claim)
    return tuple(kept.values())


def _class_of(clean: str) -> str | None:
    """Return "CTLA-4 fusion protein" of "is a CTLA-4 fusion protein that"."""
    match = _CLASS.search(clean)
    return match[1] if match else None
