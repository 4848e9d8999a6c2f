"""The interventions of a page and the role of each: experimental, comparator, background, mentioned.

Lists of treatments and of arms come first; what all arms share is background, what one arm alone has
is studied or compared.  Where the page has no list, its title and the sentences about the study tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.reading.blocks import Line, Page
from kg.reading.drugs import BESIDE, COMPARED, MENTIONED, STUDIED, Given, dose, drugs
from kg.reading.mentions import PageNames

_KIND = re.compile(
    r"\b(?:combination product|dietary supplement|diagnostic test|drug|biological|procedure|device"
    r"|behaviou?ral|genetic|radiation|other)\s*:\s*",
    re.I,
)
_ARM_TYPE = re.compile(
    r"\b(?P<type>experimental|active[ _]comparator|placebo[ _]comparator|sham[ _]comparator|no[ _]interv"
    r"ention)\b(?: (?:group|arm))?\s*:?\s*",
    re.I,
)
_OTHER = re.compile(
    r"^(?:other names?|description|type|arm type|arm label|arms?|group intervention description|particip"
    r"ant group/arm|intervention/treatment)\b\s*[:|]?\s*",
    re.I,
)
_SUFFIX = re.compile(rf"(?:type:\s*)?{_ARM_TYPE.pattern}", re.I)
_STUDY = re.compile(
    r"\b(?:this|the present|our) (?:[\w-]+,?[ ]){0,4}?(?:study|trial|observation|comparison|pilot|experi"
    r"ment)\b|\b(?:purpose|aim|goal|objective)\b|\b(?:participants|patients|subjects|volunteers|people"
    r"|adults) (?:\w+ )?(?:are given|receive|take|will (?:be (?:randomly )?(?:assigned|given|allocated)"
    r"|receive|take|get|be treated)|inject|were assigned|are assigned|are treated)\b"
    r"|\bwill be (?:given|added|treated|randomi[sz]ed)\b|\b(?:trial|study) (?:compares|checks|measures"
    r"|tests|gives|asks|evaluates)\b|\bis then (?:given|dripped)\b|\btirage au sort\b|\bare compared"
    r" with\b|\bwe (?:will|aim|propose|want)\b",
    re.I,
)
_PERMITTED = re.compile(
    r"\b(?:may|might|allowed|permitted|could|can|continue\w*|keep|kept|carry on|carried on|stay\w*"
    r"|go on|stable|steady|unchanged|acceptable|prior|previous\w*|standard|usual|classical|conventional"
    r"|co-?medication|approved|licen[cs]e\w*|label|registered|indication\w*|recommend\w*|advise\w*"
    r"|first[- ]line|second[- ]line|third[- ]line|guideline\w*)\b",
    re.I,
)
_RELATED = re.compile(
    r"\b(?:derivative|analogue?|version|relative|cousin|successor|metabolite|form) of\W+$|\b(?:in contra"
    r"st (?:with|to)|unlike|similar to|(?:inhibitors|blockers|drugs|pills|antibodies|agents)\)? like"
    r"|the same class as)\W+$",
    re.I,
)
_HAS_ONE = re.compile(r"\s+(?:has one|is the only)\b", re.I)


class Unit(NamedTuple):
    """One arm or item of a list: its drugs in the order of the text."""

    line: Line
    type: str
    drugs: tuple[Given, ...]


def _items(lines: Sequence[Line]) -> Iterator[Line]:
    """Cut the lines of a list of treatments into items."""
    for line in lines:
        if _OTHER.match(line.text) and line.text.lower().startswith("other name"):
            continue
        marks = list(_KIND.finditer(line.text))
        if marks:
            for place, mark in enumerate(marks):
                end = marks[place + 1].start() if place + 1 < len(marks) else len(line.text)
                yield line.part(mark.end(), end)
        elif ";" in line.text or (
            len(line.text) < 120 and "," in line.text and not re.search(r"\d|\+|\bwith\b|\bplus\b", line.text)
        ):
            for match in re.finditer(r"[^;,]+" if ";" not in line.text else r"[^;]+", line.text):
                yield line.part(*match.span())
        else:
            yield line


def listed(page: Page, names: PageNames) -> list[Unit]:
    """Return the items of the lists of treatments."""
    units: list[Unit] = []
    for block in page.of("interventions"):
        label = block.label.lower().strip(" :")
        first_only = label in (
            "drug",
            "biological",
            "procedure",
            "device",
            "genetic",
            "behavioral",
            "combination product",
            "dietary supplement",
            "radiation",
        )
        for place, item in enumerate(_items(block.lines)):
            if first_only and place:
                if units and units[-1].drugs and units[-1].drugs[0].dose is None:
                    only = units[-1].drugs[0]
                    units[-1] = units[-1]._replace(drugs=(only._replace(dose=dose(item)), *units[-1].drugs[1:]))
                continue
            if item.text:
                units.append(Unit(item, "", tuple(drugs(item, names, whole=True))))
    return [unit for unit in units if unit.drugs]


def arms(lines: Sequence[Line], names: PageNames, listed_as: Sequence[Given] = ()) -> list[Unit]:
    """Return the arms that lines describe; a line that names the type of an arm begins or names it.

    Parameters
    ----------
    lines
        The lines.
    names
        The names of the page.
    listed_as
        What a list of the page names and no table knows, to be found by its words.
    """

    def found(line: Line) -> list[Given]:
        own = drugs(line, names)
        low = line.text.lower()
        for given in listed_as:
            place = low.find(given.name.text.lower())
            if place >= 0 and not any(given.entity == other.entity for other in own):
                own.append(given._replace(name=line.part(place, place + len(given.name.text))))
        return own

    marks = [place for place, line in enumerate(lines) if _SUFFIX.fullmatch(line.text)]
    heads = [place for place, line in enumerate(lines) if _ARM_TYPE.match(line.text) and place not in marks]
    runs = len(marks) > 1 and any(after - before == 1 for before, after in pairwise(marks))
    if runs:
        units = [unit for line in lines if not _SUFFIX.fullmatch(line.text) for unit in _parts(line, found)]
        kinds = [_type(lines[place].text) for place in marks]
        same = len(kinds) == len(units)
        return [unit._replace(type=kinds[place] if same else "") for place, unit in enumerate(units)]
    starts = sorted({max(place - 1, 0) for place in marks} | set(heads))
    if len(marks) + len(heads) == 0 or (marks and marks[0] == 0):
        return [unit for line in lines if not _SUFFIX.fullmatch(line.text) for unit in _parts(line, found)]
    segments: list[Unit] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        own = lines[start:end]
        given_of = {given.entity: given for line in reversed(own) for given in reversed(found(line))}
        given = [
            item._replace(dose=item.dose or (_dose_in(own) if len(given_of) == 1 else None))
            for item in given_of.values()
        ]
        type_ = next(_type(line.text) for line in own if _SUFFIX.fullmatch(line.text) or _ARM_TYPE.match(line.text))
        segments.append(Unit(own[0], type_, tuple(given)))
    return [unit for unit in segments if unit.drugs]


def _dose_in(lines: Sequence[Line]) -> Line | None:
    return next((found for line in lines if (found := dose(line)) is not None), None)


def _type(text: str) -> str:
    match = _ARM_TYPE.search(text)
    return match["type"].lower() if match else ""


def _parts(line: Line, find: Callable[[Line], list[Given]]) -> Iterator[Unit]:
    for match in re.finditer(r"[^;]+?(?:\s/\s|;|$)", line.text):
        part = line.part(*match.span())
        found = find(part)
        if found:
            yield Unit(part, "", tuple(found))


def assign(units: Sequence[Unit]) -> dict[str, Given]:
    """Give each drug of the arms its role: shared by all is background, alone is studied or compared."""
    sets = [{given.entity for given in unit.drugs if given.entity != "placebo"} for unit in units]
    active = [found for found in sets if found]
    common = set.intersection(*active) if len(active) > 1 else set()
    if len(active) > 1 and not set.union(*active) - common:
        common = set()
    studied = {g.entity for u in units if "comparator" not in u.type for g in u.drugs if g.entity != "placebo"}
    if not studied:
        units = [unit._replace(type="") for unit in units]
    result: dict[str, Given] = {}
    alone = 0
    for unit, entities in zip(units, sets, strict=True):
        unique = [e for e in entities if sum(e in other for other in sets) == 1 and e not in common]
        alone += bool(unique)
        for given in unit.drugs:
            role = given.role
            if given.entity == "placebo":
                role = COMPARED
            elif given.entity in common:
                role = BESIDE
            elif "active" in unit.type and given.entity not in studied:
                role = COMPARED
            elif len(active) > 1 and role == BESIDE and common:
                role = STUDIED
            if len(units) == 2 and len(active) == 2 and common and alone == 2 and given.entity in unique:
                role = COMPARED
            _keep(result, given._replace(role=role))
    return result


def _keep(result: dict[str, Given], given: Given) -> None:
    """Keep the first role of a drug and the first dose."""
    old = result.setdefault(given.entity, given)
    if old.dose is None and given.dose is not None:
        result[given.entity] = old._replace(dose=given.dose)


def is_about_study(sentence: str) -> bool:
    """Whether a sentence says what the study itself does.

    >>> is_about_study("The purpose is to treat."), is_about_study("Lupus is a disease.")
    (True, False)
    """
    return _STUDY.search(sentence) is not None


def study_sentences(title: Iterable[Line], first: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    """Return the sentences that say what the study gives: the title, the first one, those about the study."""
    chosen = list(title)
    for place, sentence in enumerate(first):
        if place == 0 or _STUDY.search(sentence.text):
            chosen.append(sentence)
    chosen += [sentence for sentence in others if _STUDY.search(sentence.text)]
    return chosen


def from_prose(sentences: Sequence[Line], names: PageNames, titles: int) -> dict[str, Given]:
    """Return the drugs that the sentences about the study give."""
    result: dict[str, Given] = {}
    for place, sentence in enumerate(sentences):
        if place >= titles and _PERMITTED.search(sentence.text) and not _STUDY.search(sentence.text):
            continue
        for given in drugs(sentence, names):
            cut = sentence.text[: given.name.start - sentence.start]
            if place >= titles and re.search(r"\b(?:may|allowed|permitted|keep|stable|steady)\b[^.]*$", cut):
                continue
            _keep(result, given)
    return result


def mentioned(sentences: Iterable[Line], names: PageNames, known: Iterable[str]) -> Iterator[Given]:
    """Yield the drugs that the text merely mentions beside its own: as parent, relative or contrast."""
    seen = set(known)
    for sentence in sentences:
        for mention in names.find_drugs(sentence):
            if (
                mention.entity in seen
                or not mention.known
                or mention.entity == "placebo"
                or mention.entity in names.generic
            ):
                continue
            if _RELATED.search(sentence.text[: mention.start]) or _HAS_ONE.match(sentence.text, mention.end):
                seen.add(mention.entity)
                yield Given(mention.entity, True, MENTIONED, sentence.part(mention.start, mention.end))
