"""What was understood of a page, for a person: each fact with its place, its words and how its name was resolved."""

from __future__ import annotations

from collections.abc import Iterator

from kg.link import LinkedRecord, LinkedTerm, Linker
from kg.names import shrink
from kg.page_records import Claim
from kg.sources.page_folder import UNSTATED, PageText

_QUIET = frozenset({"page", "label", "sentences", "sentences_at"})
"""Fields of a claim that its heading and its quotation show."""


_SHORT = 60
"""Characters of the longest words that are quoted beside a part of a claim, whose sentence stands above."""


def explain(one: PageText, linker: Linker) -> str:
    """Explain a page.

    Parameters
    ----------
    one
        The text, as it was understood.
    linker
        Links its names; it must know the records of the text.

    Returns
    -------
    str
        Lines for a terminal.
    """
    return "\n".join(_lines(one, linker))


def _lines(one: PageText, linker: Linker) -> Iterator[str]:
    of, place = one.identity, one.identity.place
    yield f"{one.path}: page {of.page}, style {one.reading.style}"
    if of.trial == UNSTATED:
        yield "about a trial that the text does not name; --trial ID says which"
    else:
        yield f"about {of.trial}: {place.exact!r} at {place.locator}" + (f" of {place.source}" if place.source else "")
    records = [linker.link(sourced) for sourced in one.sourced() if sourced.source.startswith("text-")]
    yield "\nThe trial"
    for record in records:
        if not isinstance(record.sourced.record, Claim):
            yield from _facts(record, "  ")
    yield "\nClaims"
    for record in records:
        claim = record.sourced.record
        if isinstance(claim, Claim):
            stance = claim.polarity + (", hedged" if claim.hedged else "")
            yield f"  {claim.kind}, {stance}: {claim.label}"
            for sentence, at in zip(claim.sentences, claim.sentences_at, strict=True):
                yield f"      {at}  {sentence!r}"
            yield from _facts(record, "      ")
    left = one.omissions()
    if left:
        yield "\nNot kept"
    for omission in left:
        yield f"  {omission.reason}: {omission.text!r} at {omission.locator}"


def _facts(record: LinkedRecord, indent: str) -> Iterator[str]:
    claim = isinstance(record.sourced.record, Claim)
    seen: set[str] = set()
    for visit in record.visits:
        field = visit.field
        if field is None or field.kind == "child" or visit.pointer in seen or (claim and field.name in _QUIET):
            continue
        place = record.sourced.place(visit.pointer, visit.quote)
        if place.source or (claim and field.name in ("kind", "polarity", "hedged")):
            continue
        seen.add(visit.pointer)
        links = [
            link
            for (pointer, shape), found in record.terms.items()
            if pointer == visit.pointer and shape in {f.shape for f in visit.contract.fields if f.name == field.name}
            for link in found
        ]
        named = "".join(f" = {_resolved(link)}" for link in links)
        shown = "" if place.exact == visit.quote or (claim and len(place.exact) > _SHORT) else f" from {place.exact!r}"
        yield f"{indent}{visit.contract.name}.{field.name}: {visit.quote}{named}  [{place.locator}{shown}]"


def _resolved(link: LinkedTerm) -> str:
    sure = "" if link.score == 1 else f" {link.score:.2f}"
    return f"{shrink(link.iri)} ({link.method}{sure})"
