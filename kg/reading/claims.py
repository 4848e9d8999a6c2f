"""What the prose of a page claims: mechanism, approval, recommendation, background treatment, gaps.

The rules are data (``ontology/reading/rules.toml``); here their matches become claims.  A wrong claim is
worse than none: what is said to be untrue is marked ``denied``, what is supposed ``hedged``, and purposes,
criteria of exclusion and outcomes claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kg.reading import discourse
from kg.reading.discourse import Sentence
from kg.reading.forms import Match, Name, Token, fold
from kg.reading.indications import indications
from kg.reading.mentions import Hits, Names
from kg.reading.rules import Rules, rules
from kg.reading.statements import Approval, Claims, Mechanism, Recommendation, Statement
from kg.reading.text import Text
from kg.reading.vocabulary import load

_CLAUSE_END = re.compile(r";|\b(?:but|yet|whereas|although|though|while|however)\b")
_NONE_OF = re.compile(r"(?:so far |to date |currently |at present )?,? ?(?:none of|neither|not one of)\b")
_APPOSITION = re.compile(
    r"(?: \([^()]*\))?(?:,| (?:is|was|became|as)\b)(?: (?:the )?(?:an?|the|first|only|another)\b)(?: [\w ]{0,40})?"
)
"""What stands between a drug and the class that it is said to be of."""
_OFTEN = 3
"""So often a page names the drug that it is about, which is no background in it."""
_REACH = 90
"""How many characters before a match a word of denial or hedge reaches."""
_TURN = re.compile(r"[;:,()]|\b(?:but|however|although|whereas|while|because|since)\b")
_ASIDE = frozenset((",", "(", "-", "which", "that", "whose", "/"))
_BEFORE_OBJECT = frozenset(
    [
        "with", "on", "to", "for", "after", "under", "than", "receiving", "taking", "in", "from", "including",
        "versus", "given", "without", "during",
    ]
)  # fmt: skip
_CONTRAST = re.compile(
    r"(?:compared (?:with|to)|(?:in )?contrast (?:with|to)|unlike|versus|than|instead of|as opposed to|switch\w* from)"
    r" (?:\w+ ){0,2}$"
)
"""Words before a class of drugs that set it against the drug."""
_NAMED_TARGET = re.compile(
    r"(?!Ig[GAM]\d?$)(?!(?:(?:cytokine|cell|surface|immune|interferon|antigen) )?receptors?$)"
    r"(?:.*[A-Z0-9]|interferon.\w+$|.*\b(?:receptor|cell|lymphocyte|signal|pathway)s?$)"
)
"""A target that no table has must look like a name: any receptor or the isotype of an antibody is none."""
_GIVEN_WITH = re.compile(r"\b(?:treatment|therapy|dosing|infusion|injection)s? (?:with|of) $")
_EVIDENCE = re.compile(
    r"(?:based (?:up)?on|on the (?:strength|basis) of|supported by|resting on|in view of)\s+(?:the )?"
    r"(?:evidence (?:of|from) )?([\w -]+?)(?: rather than.*)?(?:[.;,]|$)"
)
_BY = re.compile(
    r"(?:recommended|advised|suggested|endorsed|favou?red) by (?:the |an? )?([^,;.]+?)(?= (?:as|for|in)\b|[,;.]|$)"
)
_LINE = re.compile(r"\b(first|second|third|fourth) line\b")
_RECOMMENDER = re.compile(
    r"guid|consensus|panel|expert|societ|cent(?:re|er)s|ologists|college|league|committee|doctors|clinicians"
    r"|physicians|recommandations"
)
_CLASS = re.compile(
    r"(?:\b(?:is|are|as)|,) (?:an?|the|another) ([^.;:(),]{0,70}?\b(?:(?:monoclonal )?antibody|inhibitor"
    r"|blocker|antagonist|agonist"
    r"|fusion protein|protein|peptide|immunoglobulin|oligonucleotide|glucocorticoid|corticosteroid|alkaloid"
    r"|hormone|modulator|cytokine"
    r"|antimetabolite|macrolide|vaccine|IgG\d?|antimalarial|statin)\b)(?! (?:receptor|level))"
)
_NO = re.compile(
    r"\b(?:no|not|never|none|nobody|neither|lack\w*|few|little|limited|scarce|wanting|missing|sparse"
    r"|insufficient|unknown|unproven|unmet|aucun)\b"
)


def read(
    text: Text,
    spans: Sequence[tuple[int, int]] | None = None,
    hits: Hits | None = None,
    silent: Sequence[tuple[int, int]] = (),
) -> Claims:
    """Read the claims of a page.

    Parameters
    ----------
    text
        The page.
    spans
        The places of its sentences, if they are known.
    hits
        The names in it, if they are known.
    silent
        Parts that claim nothing, such as criteria of exclusion.

    Examples
    --------
    >>> from kg.reading.text import of
    >>> claims = read(of("Abatacept binds CD80/CD86. It has been approved by the FDA for rheumatoid arthritis."))
    >>> claims.mechanism[0][:5]
    ('abatacept', 'Abatacept', 'binds', ('CD80', 'CD86'), ('CD80', 'CD86'))
    >>> claims.approvals[0][:4]
    ('abatacept', 'It', ('rheumatoid arthritis',), ('FDA',))
    """
    names = load()
    spans = list(text.sentences()) if spans is None else spans
    hits = names.scan(text.clean) if hits is None else hits
    open_spans = [span for span in spans if not any(start <= span[0] < end for start, end in silent)]
    reader = _Reader(text, names, rules())
    for sentence in discourse.sentences(text, open_spans, hits):
        if not sentence.folded.rstrip().endswith("?"):
            reader.add(sentence)
    reader.add_gaps(open_spans)
    return reader.claims(discourse.main_drug(hits.all("claim"), _OFTEN))


class _Reader:
    """Makes claims of matches, sentence by sentence."""

    def __init__(self, text: Text, names: Names, known: Rules) -> None:
        self._text, self._names, self._rules = text, names, known
        self._found: dict[str, list[Any]] = {kind: [] for kind in (*_MAKERS, "background", "gap")}

    def claims(self, main: str | None) -> Claims:
        found = {kind: _once(claims) for kind, claims in self._found.items()}
        own = self._names.canonical(main) if main else None
        background = tuple(claim for claim in found["background"] if claim.drug != own)
        others = tuple(claim for kind in ("derivation", "role", "experience") for claim in found[kind])
        return Claims(found["mechanism"], found["approval"], found["recommendation"], background, found["gap"], others)

    def add(self, sentence: Sentence) -> None:
        order = self._rules.order
        made: set[tuple[str, str]] = set()
        acting: set[str] = set()
        for match in sorted(self._rules.forms.find(sentence.tokens), key=lambda found: order[found.rule]):
            kind, weak = self._rules.by_id[match.rule].emits, self._rules.by_id[match.rule].weak
            for drug in self._drugs(sentence, match):
                key = drug.key("drug") or ""
                claim = None if weak and key in acting else _MAKERS[kind](self, sentence, match, drug)
                if claim is not None and (kind, f"{key}{claim[3]}") not in made:
                    made.add((kind, f"{key}{claim[3]}"))
                    acting.update([key] if kind == "mechanism" else [])
                    self._found[kind].append(claim)
        self._add_background(sentence)

    # ------------------------------------------------------------ parts of a claim

    def _drugs(self, sentence: Sentence, match: Match) -> Iterator[Token]:
        """Yield the drugs of a match; where it has no slot for one, the drug named before."""
        if "drug" in match.slots:
            found = [token for token in sentence.tokens[slice(*match.slots["drug"])] if token.key("drug")]
        else:
            found = [token for token in sentence.tokens[: match.start] if token.key("drug")][:1]
            if not found and sentence.drug:
                place = sentence.tokens[match.start].start
                found = [Token(place, place, "", (Name("", "drug", sentence.drug),))]
        specific: list[Token] = []
        for token in found:
            specific += (token.key("drug") in self._names.generic and self._named_before(sentence, token)) or [token]
        yield from {token.key("drug"): token for token in specific}.values()

    def _named_before(self, sentence: Sentence, group: Token) -> list[Token]:
        """Return the drug that a class of drugs says more of: "tacrolimus, a calcineurin inhibitor which"."""
        before = [token for token in sentence.tokens if token.end <= group.start]
        named = [token for token in before if token.key("drug") and token.key("drug") not in self._names.generic]
        between = sentence.folded[named[-1].end - sentence.start : group.start - sentence.start] if named else ""
        return named[-1:] if _APPOSITION.fullmatch(between) else []

    def _named(self, drug: Token) -> tuple[str, str, str | None]:
        key = drug.key("drug") or ""
        surface = self._text.clean[drug.start : drug.end]
        return self._names.canonical(key), surface, key if key in self._names.known else None

    def _words(self, sentence: Sentence, match: Match, slot: str) -> str:
        start, stop = match.slots[slot]
        return self._text.clean[sentence.tokens[start].start : sentence.tokens[stop - 1].end]

    def _receipt(self, start: int, end: int) -> tuple[tuple[int, int], str]:
        return self._text.span(start, end), self._text.quote(start, end)

    def _scope(self, sentence: Sentence, match: Match, last: int) -> tuple[str, str]:
        """Return the words before a match that bear on it, and those of the match up to a token."""
        tokens = sentence.tokens
        first = tokens[match.start].start - sentence.start
        before = _TURN.split(sentence.folded[max(0, first - _REACH) : first])[-1]
        after = match.slots.get("drug", (0, match.start))[1]
        aside = after < match.stop and tokens[after].text in _ASIDE
        if self._rules.by_id[match.rule].apposition or aside:
            before = ""
        return before, sentence.folded[first : tokens[last - 1].end - sentence.start]

    def _says(self, cue: str, *texts: str) -> bool:
        return any(self._rules.cues[cue].search(text) for text in texts)

    # ------------------------------------------------------------ mechanism

    def _mechanism(self, sentence: Sentence, match: Match, drug: Token) -> Mechanism | None:
        rule = self._rules.by_id[match.rule]
        before, own = self._scope(sentence, match, match.stop)
        if self._says("criteria", sentence.folded) or self._says("tested", before, own):
            return None
        if _CONTRAST.search(sentence.folded[: sentence.tokens[match.start].start - sentence.start]):
            return None
        if self._says("not_mechanism", before, own):
            return None
        if rule.subject and not self._is_subject(sentence, match):
            return None
        targets = self._targets(sentence, match)
        symbols = tuple(dict.fromkeys(s for target in targets for s in self._symbols(target)))
        if not symbols and not rule.weak and not any(map(_NAMED_TARGET.match, targets)):
            return None
        name, surface, entity = self._named(drug)
        start = sentence.start if sentence.target_from is None else sentence.target_from
        span, quote = self._receipt(start, sentence.end)
        return Mechanism(
            name, surface, rule.set.get("action") or self._action(sentence, match), targets, symbols,
            self._effect(sentence), _class_of(self._text.clean[sentence.start : sentence.end]),
            self._says("denied", before, own), self._says("hedged", before, own), span, quote, match.rule, entity,
        )  # fmt: skip

    @staticmethod
    def _is_subject(sentence: Sentence, match: Match) -> bool:
        """Whether the drug does the acting: not after a preposition, and no target stands right before the verb."""
        tokens, (first, after) = sentence.tokens, match.slots["drug"]
        relative = after < len(tokens) and tokens[after].text in _ASIDE
        before = sentence.folded[: tokens[first].start - sentence.start]
        if first and tokens[first - 1].text in _BEFORE_OBJECT and not relative and not _GIVEN_WITH.search(before):
            return False
        verb = match.slots.get("action", match.slots["targets"])[0]
        place = verb - 1
        while place > after and tokens[place].text.endswith("ly"):
            place -= 1
        return place < after or not tokens[place].key("target", "cell")

    def _action(self, sentence: Sentence, match: Match) -> str:
        token = sentence.tokens[match.slots["action"][0]]
        return token.key("act", "acted", "acting", "actor", "deed") or ""

    def _targets(self, sentence: Sentence, match: Match) -> tuple[str, ...]:
        found: list[str] = []
        for slot in ("targets", "next", "more", "further"):
            for token in sentence.tokens[slice(*match.slots.get(slot, (0, 0)))]:
                if token.key("target", "cell", "process"):
                    own = self._text.clean[token.start : token.end]
                    name = token.names[0]
                    shown = own if name.cls != "target" or fold(own) == fold(name.text) else name.text
                    found.append(re.sub(r"^(?:\S*\+ ?)+", "", shown) or shown)
        return tuple(dict.fromkeys(" ".join(target.split()) for target in found))

    def _symbols(self, target: str) -> tuple[str, ...]:
        key = fold(target)
        if key in self._names.symbols:
            return self._names.symbols[key]
        family = re.match(r"(toll like receptors? |tlr|jak|tyk|pde|il |s1p|cd)\s?(\d.*)", key)
        stem = "" if family is None else "tlr" if family[1].startswith("toll") else family[1]
        numbers = re.findall(r"\d+[a-z]?", family[2]) if family else ()
        return tuple(s for number in numbers for s in self._names.symbols.get(f"{stem}{number}", ()))

    def _effect(self, sentence: Sentence) -> str | None:
        """Return the processes that are said to be acted on: "inhibits T cell activation"."""
        found: list[str] = []
        for place, token in enumerate(sentence.tokens):
            if token.names and token.key("act", "acting"):
                following = sentence.tokens[place + 1 : place + 4]
                found += [
                    self._text.clean[token.start : other.end]
                    for other in following
                    if other.names and other.key("process")
                ]
        return "; ".join(dict.fromkeys(found)) or None

    # ------------------------------------------------------------ approval

    def _approval(self, sentence: Sentence, match: Match, drug: Token) -> Approval | None:
        tokens = sentence.tokens
        last = match.slots["indications"][0] if match.slots["indications"][0] > match.start else match.stop
        before, own = self._scope(sentence, match, last)
        words = self._words(sentence, match, "indications")
        found = indications(words, self._names.disease)
        whole = before + own + _CLAUSE_END.split(sentence.folded[tokens[match.start].start - sentence.start :])[0]
        if not found or self._says("no_approval", whole) or self._says("hedged", before, own):
            return None
        name, surface, entity = self._named(drug)
        agencies = dict.fromkeys(key for token in sentence.tokens if (key := token.key("agency")))
        if not agencies and self._says("european", sentence.folded):
            agencies = {"EMA": None}
        span, quote = self._receipt(sentence.start, sentence.end)
        denied = self._says("denied", before, own) or _NONE_OF.match(sentence.folded) is not None
        return Approval(name, surface, found, tuple(agencies), denied, False, span, quote, match.rule, entity)

    # ------------------------------------------------------------ recommendation and the rest

    def _recommendation(self, sentence: Sentence, match: Match, drug: Token) -> Recommendation | None:
        before, own = self._scope(sentence, match, match.slots["indications"][0])
        found = indications(self._words(sentence, match, "indications"), self._names.disease)
        slot = [token for name in ("drug", "other") for token in sentence.tokens[slice(*match.slots.get(name, (0, 0)))]]
        if not found or drug is not next(token for token in slot if token.key("drug")):
            return None
        keys = dict.fromkeys(self._names.canonical(key) for token in slot if (key := token.key("drug")))
        whole = self._text.clean[sentence.start : sentence.end]
        by = _BY.search(whole)
        lead = whole[: sentence.tokens[match.start].start - sentence.start]
        line = self._line(sentence, match)
        reason = _EVIDENCE.search(whole)
        _, surface, entity = self._named(drug)
        span, quote = self._receipt(sentence.start, sentence.end)
        return Recommendation(
            " with ".join(list(keys)[:2]), surface, found[0], line, by[1] if by else _recommender(lead),
            reason[1].strip() if reason else None, self._says("denied", before, own), self._says("hedged", before, own),
            span, quote, match.rule, entity if len(keys) == 1 else None,
        )  # fmt: skip

    @staticmethod
    def _line(sentence: Sentence, match: Match) -> str | None:
        """Return the line of therapy: of the rule, else one that the sentence names beside."""
        if "line" in match.slots:
            return sentence.tokens[match.slots["line"][0]].key("ordinal")
        named = _LINE.search(sentence.folded)
        return named[1] if named else None

    def _other(self, sentence: Sentence, match: Match, drug: Token) -> Statement | None:
        before, own = self._scope(sentence, match, match.stop)
        name, surface, entity = self._named(drug)
        span, quote = self._receipt(sentence.start, sentence.end)
        kind, value = self._rules.by_id[match.rule].emits, self._words(sentence, match, "value").strip(" .,")
        denied, hedged = self._says("denied", before, own), self._says("hedged", before, own)
        return Statement(kind, name, surface, value, denied, hedged, span, quote, match.rule, entity)

    def _add_background(self, sentence: Sentence) -> None:
        """Take the drugs of clauses that speak of what is given beside, before or as the standard."""
        for clause in re.finditer("[^;]+", sentence.folded):
            if not self._says("background", clause[0]) or self._says("excluded", clause[0]):
                continue
            for token in sentence.tokens:
                start = token.start - sentence.start
                if token.key("drug") and token.names[0].text and clause.start() <= start < clause.end():
                    name, _, entity = self._named(token)
                    span, quote = self._receipt(token.start, token.end)
                    self._found["background"].append(
                        Statement("background", name, quote, name, False, False, span, quote, "background", entity)
                    )

    def add_gaps(self, spans: Iterable[tuple[int, int]]) -> None:
        """Take the sentences that say what is not there: no study, no approval, no treatment."""
        for start, end in spans:
            folded = fold(self._text.clean[start:end])
            if folded.count(" ") > 3 and _NO.search(folded) and self._says("gap", folded):
                span, quote = self._receipt(start, end)
                self._found["gap"].append(Statement("gap", None, "", quote, True, False, span, quote, "gap"))


_MAKERS: dict[str, Callable[[_Reader, Sentence, Match, Token], Any]] = {
    "mechanism": _Reader._mechanism,
    "approval": _Reader._approval,
    "recommendation": _Reader._recommendation,
    "derivation": _Reader._other,
    "role": _Reader._other,
    "experience": _Reader._other,
}


def _once(claims: Iterable[Any]) -> tuple[Any, ...]:
    """Keep a claim once when summary and description say the same."""
    kept: dict[object, Any] = {}
    for claim in claims:
        if isinstance(claim, Statement):
            key: object = (claim.kind, claim.drug, claim.value)
        elif isinstance(claim, Mechanism):
            key = (claim.drug, claim.action, claim.targets, claim.denied, claim.hedged)
        else:
            key = (claim.drug, claim[2], claim[3], claim.denied)
        kept.setdefault(key, claim)
    return tuple(kept.values())


def _recommender(lead: str) -> str | None:
    """Return who recommends, given what stands before the verb."""
    part = re.split(r"[,;:]|\bwhile\b|\bwhereas\b", lead)[-1].strip()
    part = re.sub(r"^(?:(?:and|the|a|an|but|however|currently)\s+)+", "", part, flags=re.I)
    return part if _RECOMMENDER.search(part) and len(part.split()) <= 9 else None


def _class_of(clean: str) -> str | None:
    """Return "CTLA-4 fusion protein" of "is a CTLA-4 fusion protein that"."""
    match = _CLASS.search(clean)
    return match[1] if match else None
