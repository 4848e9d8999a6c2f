"""What was read from a page of the world -> `Claim` records with the sentence as evidence.

Decided here:

* A claim is named by what it says in the canonical names of its parts, so that the same claim in
  other words on the same page, or in what a curator keeps of it, is the same thing.
* An approval for three diseases is three claims, as it is three approvals in the tables.
* Where a curator has put a sentence into claims of a kind, the text adds the sentence, the names as
  written and the places; it adds no second claim of that kind from the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kg.page_records import Claim
from kg.reading.readings import Reading
from kg.reading.statements import Approval, Mechanism, Recommendation, Statement
from kg.reading.text import Text
from kg.records import Place
from kg.sources.drafts import Draft, Known
from kg.sources.page_trial import place, within

_NOT = "denied: "
_PERHAPS = "supposed: "
_STANDING_IN = frozenset({"both", "il", "it", "its", "le", "la", "that", "the", "these", "they", "this"})
"""First words of what stands for a drug that was named before."""
Span = tuple[int, int]


class Said:
    """One claim on its way to a draft: its kind, label, parts as (field, value), and the sentence.

    Examples
    --------
    >>> statement = Statement("role", "tofacitinib", "Tofacitinib", "a pill", True, False, (4, 20), "", "")
    >>> said = Said("role", "tofacitinib as a pill", statement, (0, 30))
    >>> said.put("by", "FDA", None)
    >>> said.label, said.polarity, said.parts
    ('denied: tofacitinib as a pill', 'denied', [('by', 'FDA')])
    """

    def __init__(self, kind: str, label: str, of: Any, sentence: Span) -> None:
        self.kind, self.sentence, self.own = kind, sentence, tuple(of.span)
        self.polarity = "denied" if of.denied else "affirmed"
        self.hedged = bool(of.hedged)
        says_no = of.denied and kind != "gap"
        self.label = (_PERHAPS if of.hedged else "") + (_NOT if says_no else "") + label
        self.parts: list[tuple[str, str]] = []

    def put(self, field: str, *values: str | None) -> None:
        """Add what there is of some values."""
        self.parts += [(field, value) for value in values if value]


def claims(
    reading: Reading, text: Text, page: tuple[str, Place], known: Known, kept: Sequence[Claim] = ()
) -> Iterator[Draft]:
    """Make the claims of a page.

    Parameters
    ----------
    reading
        What was read.
    text
        The text of the page.
    page
        The id of the page, and where it is said.
    known
        What values may name.
    kept
        What a curator keeps of the same page.

    Yields
    ------
    Draft
        Of a `Claim`; each label once.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.reading.text import of
    >>> from kg.resources import root
    >>> from kg.sources import pages
    >>> text = of("Tocilizumab blocks the IL-6 receptor.")
    >>> known = Known(read(root() / "ontology"), {"Page": {"a"}, "Target": {"IL6R"}})
    >>> [draft.record().label for draft in claims(pages.read(text), text, ("a", place((0, 11), "")), known)]
    ['tocilizumab inhibits IL6R']
    """
    said = {one.label: one for one in reversed(list(_said(reading, text, known)))}
    curated = {claim.label: claim for claim in kept}
    for claim in kept:
        spans = [span for span in map(_span, claim.sentences_at) if span[1] <= len(text.original)]
        if spans:
            mine = said.get(claim.label)
            yield _draft(
                claim.label,
                claim.kind,
                claim.polarity,
                claim.hedged,
                mine.parts if mine else (),
                spans,
                text,
                page,
                known,
            )
    for label, one in sorted(said.items(), key=lambda item: (item[1].own, item[0])):
        if label not in curated and not any(_same(one, claim) for claim in kept):
            yield _draft(
                label, one.kind, one.polarity, one.hedged or None, one.parts, [one.sentence], text, page, known, one.own
            )


def _span(locator: str) -> Span:
    start, _, end = locator.removeprefix("char=").partition(",")
    return int(start), int(end)


def _same(one: Said, claim: Claim) -> bool:
    spans = map(_span, claim.sentences_at)
    return claim.kind == one.kind and any(start < one.own[1] and one.own[0] < end for start, end in spans)


def _draft(
    label: str,
    kind: str,
    polarity: str,
    hedged: bool | None,
    parts: Iterable[tuple[str, str]],
    spans: Sequence[Span],
    text: Text,
    page: tuple[str, Place],
    known: Known,
    own: Span | None = None,
) -> Draft:
    sentence = spans[-1]
    here = place(sentence, text.original[slice(*sentence)])
    draft = Draft("Claim", known)
    draft.add("page", page[0], here)
    draft.add("label", label, here)
    draft.add("kind", kind, here)
    draft.add("polarity", polarity, here)
    if hedged:
        draft.add("hedged", value=True, place=here)
    for field, value in parts:
        found = within(text.original, value, own) if own else here
        draft.add(field, value, found if found.exact == value else within(text.original, value, sentence))
    for span in spans:
        whole = place(span, text.original[slice(*span)])
        draft.add("sentences_at", whole.locator, whole)
        draft.add("sentences", whole.exact, whole)
    return draft


def _said(reading: Reading, text: Text, known: Known) -> Iterator[Said]:
    found = reading.claims
    if found is None:
        return
    sentences = [text.span(start, end) for start, end in text.sentences()]

    def around(span: Span) -> Span:
        """Return the sentence that a claim stands in; its own place if it spans several."""
        return next(((a, b) for a, b in sentences if a <= span[0] and span[1] <= b), span)

    for mechanism in found.mechanism:
        yield _mechanism(mechanism, around(mechanism.span), known)
    for approval in found.approvals:
        yield from _approvals(approval, around(approval.span), known)
    for advice in found.recommendations:
        yield _recommendation(advice, around(advice.span))
    for statement in (*found.background, *found.negations, *found.others):
        yield _statement(statement, around(statement.span))


def _mechanism(of: Mechanism, sentence: Span, known: Known) -> Said:
    acted_on = " and ".join(dict.fromkeys(of.symbols or of.targets)) or of.effect or of.drug_class or "something"
    said = Said("mechanism", f"{of.drug} {of.action} {acted_on}", of, sentence)
    said.put("drugs", _as_written(of.surface, of.entity or of.drug))
    said.put("action", of.action)
    said.put("targets", *of.symbols)
    said.put("target_texts", *of.targets)
    said.put("processes", *(target for target in of.targets if target in known.keys.get("Process", ())))
    said.put("effects", of.effect)
    said.put("natures", of.drug_class)
    return said


def _approvals(of: Approval, sentence: Span, known: Known) -> Iterator[Said]:
    who = f" by {' and '.join(of.agencies)}" if of.agencies else ""
    for disease in of.indications:
        said = Said("approval", f"{of.drug} approved for {disease}{who}", of, sentence)
        said.put("drugs", _as_written(of.surface, of.entity or of.drug))
        said.put("diseases", disease)
        said.put("regulators", *(a for a in of.agencies if ("Regulator", a) in known.contract.notations))
        said.put("by", *of.agencies)
        yield said


def _recommendation(of: Recommendation, sentence: Span) -> Said:
    line = f" in the {of.line} line" if of.line else ""
    said = Said("recommendation", f"{of.drug} recommended{line} for {of.indication}", of, sentence)
    said.put(
        "drugs", *of.drug.split(" with ") if " with " in of.drug else (_as_written(of.surface, of.entity or of.drug),)
    )
    said.put("diseases", of.indication)
    said.put("line", of.line)
    said.put("by", of.by)
    said.put("evidence", of.evidence)
    return said


def _statement(of: Statement, sentence: Span) -> Said:
    value = of.value or ""
    labels = {
        "background": f"{of.drug} as background treatment",
        "derivation": f"{of.drug} derived from {value}",
        "role": f"{of.drug} as {value}",
        "experience": f"{of.drug} used before: {value}",
    }
    fields = {"derivation": "derived_from", "role": "natures", "experience": "effects"}
    said = Said(of.kind, labels.get(of.kind, f"{of.kind}: {of.quote}"), of, sentence)
    said.put("drugs", _as_written(of.surface, of.entity or of.drug))
    if of.kind in fields:
        said.put(fields[of.kind], value)
    return said


def _as_written(surface: str, drug: str | None) -> str | None:
    """Return the drug as the sentence writes it, or by its name where a pronoun stands for it."""
    first = surface.split()[0].lower() if surface.split() else ""
    return drug if not first or first in _STANDING_IN else surface
