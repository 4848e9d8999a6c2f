"""Outcomes that stand in no list: lines known by their order alone, or by the time beside them, and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kg.reading import times
from kg.reading.blocks import Line
from kg.reading.mentions import MEASURE, PageNames
from kg.reading.outcomes import CUT_OFF, LABEL, Draft, groups, timed

_SHORT_TIME, _LONG_LINE = 120, 250
_CLAUSE = re.compile(r"[^;]+")
_AIM = (
    r"\b(?:is|are|was|were|be|as) (?:the )?(?:primary|main|principal|chief) "
    r"(?:end ?points?|outcomes?|measures?|results?)\b"
)
_BEFORE = re.compile(_AIM, re.I)
"""What follows its measure: X at week 12 is the main result."""
_PROSE = (
    (
        re.compile(
            r"\b(?:primary|main|principal|chief)\s+(?:end ?points?|outcomes?|measures?|yardstick|result|criterio"
            r"n|objective|aim)\b[^:.;]{0,30}?(?::|\bis\b|\bare\b|\bwill be\b|\bwas\b)|\b(?:critère principal"
            r"|objectif principal) est\b|" + _AIM,
            re.I,
        ),
        "primary",
    ),
    (
        re.compile(
            r"\b(?:secondary|further|other)\s+(?:end ?points?|outcomes?|measures?)\b[^:.;]{0,30}?(?::|\bis\b"
            r"|\bare\b|\binclude)|\b(?:is|are) secondary\b",
            re.I,
        ),
        "secondary",
    ),
    (
        re.compile(
            r"\b(?:are|is|will be) (?:also )?(?:counted|judged|assessed|measured|evaluated|followed|recorded|rated)\b"
            r"|\blooks? at (?:muscle|skin)|\b(?:measured|assessed|evaluated|judged) (?:by|with|using)\b",
            re.I,
        ),
        "unknown",
    ),
)
_TITLE = re.compile(r"(?:\S+ \S|(?=\S*[A-Z]\S*[A-Z])\S{3,12}$)(?!.*(?<!\bvs)\.(?:\s|$))")
_SENTENCE = re.compile(
    r"\.\s+\S|\b(?:is|are|was|were|be|been|have|has|had|may|must|should|can|who|which)\b"
    r"|\b(?:they|their|he|she|we|our)\b",
    re.I,
)
"""What stands in sentences and not in a title or a time."""


def tail(lines: Sequence[Line], names: PageNames, arm_like: Iterable[bool]) -> tuple[int, list[Draft]]:
    """Read name, description and time-frame lines without labels; return where they begin."""
    marks = [place for place, line in enumerate(lines) if LABEL.match(line.text)]
    like = list(arm_like)
    if not marks:
        named = [place for place, line in enumerate(lines) if not like[place] and names.measure(line.text)]
        first = named[0] if named and named == list(range(named[0], len(lines))) else len(lines)
        return first, [Draft(line, "unknown", None, (line,)) for line in lines[first:]]
    first = marks[0]
    while first > 0 and marks[0] - first < 2 and not like[first - 1]:
        first -= 1
    drafts: list[Draft] = []
    start = first
    for mark in marks:
        group = list(lines[start:mark])
        if group:
            label = LABEL.match(lines[mark].text)
            time = lines[mark].part(label.end() if label else 0, len(lines[mark].text))
            drafts.append(Draft(group[0], "unknown", time if time.text else None, tuple(group)))
        start = mark + 1
    rest = groups(lines[start:]) if start < len(lines) else []
    drafts.extend(Draft(group[0], "unknown", None, tuple(group)) for group in rest if len(group[0].text) < _LONG_LINE)
    return first, drafts


def unlabelled(lines: Sequence[Line]) -> Iterator[Draft]:
    """Yield the outcomes of lines under no label: each line before one that is a time.

    >>> page = ["Some Hospital", "CDASI activity", "12 weeks"]
    >>> [(draft.name.text, draft.time.text) for draft in unlabelled([Line(0, len(text), text) for text in page])]
    [('CDASI activity', '12 weeks')]
    """
    used = False
    for line, after in pairwise(lines):
        timed = len(after.text) < _SHORT_TIME and times.is_time(after.text) and bool(times.UNIT.search(after.text))
        timed = timed and not _SENTENCE.search(after.text) and not CUT_OFF.search(line.text)
        plain = not used and not times.is_time(line.text) and _TITLE.match(line.text) and len(line.text) < _LONG_LINE
        if timed and plain:
            yield Draft(line, "unknown", after, (line,))
        used = bool(timed and plain)


def from_prose(sentences: Iterable[Line], names: PageNames) -> Iterator[Draft]:
    """Yield the outcomes that sentences name, for pages without a list of them."""
    for sentence in sentences:
        if re.search(r"\bresult awaited\b", sentence.text):
            part = sentence.part(sentence.text.find(":") + 1, len(sentence.text))
            yield timed(part, "primary" if sentence.text.lower().startswith("primary") else "unknown")
            continue
        for clause in _CLAUSE.finditer(sentence.text):
            for cue, type_ in _PROSE:
                match = cue.search(clause[0])
                if match is not None:
                    begin = 0 if type_ != "primary" or _BEFORE.search(clause[0]) else match.end()
                    yield from _named(sentence.part(*clause.span()), begin, type_, names)
                    break


def _named(clause: Line, start: int, type_: str, names: PageNames) -> Iterator[Draft]:
    measures = [m for m in names.find(clause, MEASURE) if m.start >= start]
    if not measures and type_ == "primary":
        draft = timed(clause.part(start, len(clause.text)), type_)
        if names.measure(draft.name.text) is not None:
            yield draft
    for place, measure in enumerate(measures):
        end = measures[place + 1].start if place + 1 < len(measures) else len(clause.text)
        time = times.TIME.search(clause.text, measure.end, end) or times.SPELT.search(clause.text, measure.end, end)
        begin = measure.start
        lead = re.search(r"(?:change|drop|rise|improvement) (?:in|of) (?:the )?$", clause.text[:begin], re.I)
        begin = lead.start() if lead else begin
        when = clause.part(*time.span()) if time else None
        if when is not None and (cut := re.match(r"(?:at|after|by|within)\s+", when.text)):
            when = when.part(cut.end(), len(when.text))
        yield Draft(clause.part(begin, measure.end), type_, when)
