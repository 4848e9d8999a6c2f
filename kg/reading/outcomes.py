"""The outcomes of a page: what is measured, when, on which scale and which direction is better.

Pages write them in a dozen forms: name, description and ``Time frame:`` on lines of their own, one line
with the time in brackets or at its end, columns run together, rows of a table, or sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.reading import times
from kg.reading.blocks import Block, Line
from kg.reading.mentions import MEASURE, PageNames
from kg.reading.scales import own_name

_LABEL = re.compile(r"(?:time ?frames?|time ?points?)(?:\(s\))?(?: of evaluation[^|:]*)?\s*(?:\||:)?\s*:?\s*", re.I)
_RUN = re.compile(r"name\s+time\s+method\s+", re.I)
_NAMES = re.compile(r"(?:title|measure$|outcome measure$|name)", re.I)
_SHORT_TIME, _LONG_LINE = 120, 250
_LONGEST_NAME, _LONG_NAME, _MOSTLY = 400, 40, 0.6
_HEADS = re.compile(
    r"(?:\d+\s*\.\s*)?(?P<type>primary|secondary|other|tertiary|exploratory)(?:\s*(?:outcomes?|end"
    r" ?points?|measures?)?)*\s*(?:pre-specified)?\s*(?:\[\d+\])?\s*:?",
    re.I,
)
_FIELD = re.compile(
    r"(?P<label>title|measure|outcome measure|name|description|measure description|method|time frames?"
    r"|timeframe|type)\s*(?:\||:)\s*",
    re.I,
)
_COLUMNS = re.compile(
    r"(?:(?:outcome measures?|measure description|time ?frame|measure|type|name|time|method|title"
    r"|description)[\s|]*)+",
    re.I,
)
_JUNK = re.compile(
    r"\||\b(?:p\s*[=<>]|odds ratio|95\s*%\s*ci|confidence interval)|^(?:results?|yes|no|safety issue.*"
    r"|posted|not reported|anticipated|number of participants analyzed.*)\b",
    re.I,
)
_TOLD = re.compile(
    r"^(?:the|this|these|it|we|patients|participants|if|and|or|each|all|compare[ds]?|[a-z,;(])\b|^[,;(]"
    r"|\b(?:was|were|is|are|will be|defined as)\b",
    re.I,
)
"""What no name of an outcome holds or begins with where columns are run together."""
_NUMBER = re.compile(r"(?:^|\s)(\d{1,2})\.\s+(?=[A-Z0-9])")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.)]|[a-z]\))\s+")
_STARTS = (
    r"(?:Change|Number|Numbers|Percent|Percentage|Proportion|Time|Mean|Incidence|Rate|Difference|Total"
    r"|Frequency|Assessment|"
    r"Improvement|Duration|Occurrence|Absolute|Relative|Median|Cumulative|Patient|Physician|Health"
    r"|Overall|Progression|Area)"
)
_START = re.compile(rf"(?<=[a-z0-9)%.])\s+(?={_STARTS}\b)")
_CAPITAL = re.compile(r"(?<=[a-z0-9)%.;])\s+(?=[A-Z])")
_PROSE = (
    (
        re.compile(
            r"\b(?:primary|main|principal|chief)\s+(?:end ?points?|outcomes?|measures?|yardstick|result|criterio"
            r"n|objective|aim)\b[^:.;]{0,30}?(?::|\bis\b|\bare\b|\bwill be\b|\bwas\b)|\b(?:critère principal"
            r"|objectif principal) est\b",
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
            r"\b(?:are|is|will be) (?:counted|judged|assessed|measured|evaluated|followed|recorded|rated)\b"
            r"|\blooks? at (?:muscle|skin)|\b(?:measured|assessed|evaluated|judged) (?:by|with|using)\b",
            re.I,
        ),
        "unknown",
    ),
)
_CLAUSE = re.compile(r"[^;]+")
_TIME_LABEL = re.compile(r"time ?(?:frame|point)s?(?:\(s\))?(?: of evaluation[^|]*)?\s*(?:\[\d+\])?\s*[:|]?", re.I)
_OBJECTIVE = re.compile(r"(?:main|secondary|primary) objectives?\b.*", re.I)
_END_POINT = re.compile(r"(?:primary|secondary) end ?points?(?:\(s\))?\s*:\s*", re.I)


class Draft(NamedTuple):
    """An outcome as cut out of a page: its name, when it is measured, what else is said of it."""

    name: Line
    type: str
    time: Line | None = None
    about: tuple[Line, ...] = ()


def canonical(draft: Draft, names: PageNames) -> tuple[str, str | None]:
    """Return the name of the measure and the entity of the tables, if there is one."""
    entity = names.measure(draft.name.text)
    for line in draft.about if entity is None else ():
        if len(line.text) < 300 and (entity := names.measure(line.text)) is not None:
            break
    if entity is not None:
        return names.canonical(entity), entity
    abbreviation = re.search(r"\(([A-Z][A-Za-z0-9-]*[A-Z0-9])\)", draft.name.text)
    return (abbreviation[1], None) if abbreviation is not None else (own_name(draft.name.text), None)


def _timed(name: Line, type_: str, about: Sequence[Line] = ()) -> Draft:
    """Make a draft of a line that may carry its own time."""
    name = name.part(_numbered(name.text), len(name.text))
    own = times.own(name)
    if own is None:
        return Draft(_without_scale(name), type_, None, (name, *about))
    end, time, rest = own
    more = (rest,) if rest.text else ()
    return Draft(_without_scale(name.part(0, end)), type_, time if time.text else None, (*more, name, *about))


def _numbered(text: str) -> int:
    match = _NUMBERING.match(text)
    return match.end() if match else 0


def _counted(line: Line) -> list[Line]:
    """Cut "1. This 2. That" where the numbers count up."""
    marks = list(_NUMBER.finditer(line.text))
    if len(marks) < 2 or [int(m[1]) for m in marks] != list(range(int(marks[0][1]), int(marks[0][1]) + len(marks))):
        return []
    ends = [*(m.start() for m in marks[1:]), len(line.text)]
    parts = [line.part(m.end(), end) for m, end in zip(marks, ends, strict=True)]
    return [line.part(0, marks[0].start()), *parts] if marks[0].start() else parts


def _without_scale(name: Line) -> Line:
    match = re.search(r"\s*\((?=[^)]*\d)[^)]*(?:score|range|scale|\d\s*(?:-|to)\s*\d)[^)]*\)$", name.text)
    return name.part(0, match.start()) if match and match.start() > 4 else name


def from_block(block: Block, type_: str) -> Iterator[Draft]:
    """Yield the outcomes of a block of lines."""
    segment = _Segment(type_)
    for line in block.lines:
        head = _HEADS.fullmatch(line.text)
        columns = _RUN.match(line.text)
        if head is not None:
            yield from segment.flush()
            segment = _Segment("primary" if head["type"].lower() == "primary" else "secondary")
        elif columns is not None:
            yield from segment.flush()
            yield from _columns(line.part(columns.end(), len(line.text)), segment.type)
        elif not _COLUMNS.fullmatch(line.text):
            yield from segment.add(line)
    yield from segment.flush()


class _Segment:
    """Lines of outcomes of one type: names, what is said of them, and their times."""

    def __init__(self, type_: str) -> None:
        self.type = type_
        self._lines: list[Line] = []
        self._pending: Line | None = None
        self._awaited = self._labelled = False

    def add(self, line: Line) -> Iterator[Draft]:
        """Take a line; yield the outcome that it completes."""
        if _TIME_LABEL.fullmatch(line.text):
            self._awaited = True
            return
        label = _LABEL.match(line.text)
        field = _FIELD.match(line.text)
        if self._awaited or (label is not None and label.end() < len(line.text)):
            time = line if label is None else line.part(label.end(), len(line.text))
            self._awaited = False
            if self._lines:
                yield from self._close(time)
            else:
                self._pending = time
            return
        if field is not None and _NAMES.match(field["label"]):
            yield from self.flush()
            self._labelled = True
        counted = _counted(line)
        line = line.part(field.end() if field else 0 if counted else _numbered(line.text), len(line.text))
        if times.BRACKET.search(line.text) or not _JUNK.search(line.text):
            self._lines.append(line)

    def _close(self, time: Line | None) -> Iterator[Draft]:
        """Make one outcome of the lines so far; of lines before the last that carry a time, each its own."""
        lines, self._lines = [line for line in self._lines if len(line.text) > 1], []
        if not lines:
            return
        self._pending = None
        name = lines[0].part(_numbered(lines[0].text), len(lines[0].text))
        parts = _counted(lines[0]) or [name.part(*piece.span()) for piece in _CLAUSE.finditer(name.text)]
        if len(lines) == 1 and len(parts) > 1 and len(name.text) > _LONG_NAME:
            yield from (Draft(_without_scale(part), self.type, time, (part,)) for part in parts if part.text)
        else:
            yield Draft(_without_scale(name), self.type, time, tuple(lines))

    def flush(self) -> Iterator[Draft]:
        """Yield the outcomes of the lines that no label of a time has closed."""
        if self._labelled or self._pending is not None:
            self._labelled = False
            yield from self._close(self._pending)
            return
        lines, self._lines = [line for line in self._lines if len(line.text) > 1], []
        if any(times.BRACKET.search(line.text) for line in lines):
            yield from self._bracketed(lines)
        elif any(times.is_time(line.text) for line in lines):
            yield from self._alternating(lines)
        else:
            for line in lines:
                yield from self._single(line)

    def _bracketed(self, lines: Sequence[Line]) -> Iterator[Draft]:
        """Take lines of which some end with their time; those without belong to the one before."""
        groups: list[list[Line]] = []
        for line in lines:
            if not groups or times.BRACKET.search(line.text):
                groups.append([line])
            else:
                groups[-1].append(line)
        for group in groups:
            yield _timed(group[0], self.type, group[1:])

    def _alternating(self, lines: Sequence[Line]) -> Iterator[Draft]:
        """Take names, perhaps what is said of them, and times, each on its own line."""
        marks = [times.is_time(line.text) for line in lines]
        if len(lines) % 2 == 0 and sum(marks[1::2]) >= len(lines) // 2 * _MOSTLY and sum(marks[::2]) <= len(lines) // 8:
            marks = [place % 2 == 1 for place in range(len(lines))]
        group: list[Line] = []
        for line, time in zip(lines, marks, strict=True):
            if time and group:
                self._lines = group
                yield from self._close(line)
                group = []
            elif not time:
                group.append(line)
        for line in group:
            yield from self._single(line)

    def _single(self, line: Line) -> Iterator[Draft]:
        end_point = _END_POINT.match(line.text)
        line = line.part(end_point.end() if end_point else 0, len(line.text))
        if not _OBJECTIVE.fullmatch(line.text):
            counted = _counted(line)
            parts = counted or [line.part(*piece.span()) for piece in _CLAUSE.finditer(line.text)]
            if not counted and len(parts) > 1 and any(times.is_time(part.text) for part in parts[1:]):
                parts = [line]
            yield from (_timed(part, self.type) for part in parts if 1 < len(part.text) <= _LONGEST_NAME)


def _columns(line: Line, type_: str) -> Iterator[Draft]:
    """Read ``Name 24 weeks method Name 24 weeks ...``, columns of a table run together."""
    found, start = times.runs(line.text), 0
    for place, (begin, end) in enumerate(found):
        name = line.part(start, begin)
        last = place + 1 == len(found)
        rest = line.text[end : len(line.text) if last else found[place + 1][0]]
        cut = len(rest) if last else _boundary(rest)
        about = line.part(end, end + cut)
        if len(name.text) > 1 and not _TOLD.search(name.text):
            yield Draft(_without_scale(name), type_, line.part(begin, end), (name, about) if about.text else (name,))
        start = end + cut


def _boundary(rest: str) -> int:
    """Where the method of one outcome ends and the name of the next begins."""
    starts = list(_START.finditer(rest))
    if starts:
        return starts[-1].end()
    stripped = rest.lstrip()
    if stripped[:1].islower() or stripped[:1].isdigit():
        capitals = list(_CAPITAL.finditer(rest))
        return capitals[-1].end() if capitals else 0
    stop = rest.rfind(". ")
    return stop + 2 if stop >= 0 else 0


def tail(lines: Sequence[Line], names: PageNames, arm_like: Iterable[bool]) -> tuple[int, list[Draft]]:
    """Read name, description and time-frame lines without labels; return where they begin."""
    marks = [place for place, line in enumerate(lines) if _LABEL.match(line.text)]
    if not marks:
        return len(lines), []
    like = list(arm_like)
    first = marks[0]
    while first > 0 and marks[0] - first < 2 and not like[first - 1]:
        first -= 1
    drafts: list[Draft] = []
    start = first
    for mark in marks:
        group = list(lines[start:mark])
        if group:
            label = _LABEL.match(lines[mark].text)
            time = lines[mark].part(label.end() if label else 0, len(lines[mark].text))
            drafts.append(Draft(group[0], "unknown", time if time.text else None, tuple(group)))
        start = mark + 1
    drafts.extend(Draft(line, "unknown", None, (line,)) for line in lines[start:] if names.measure(line.text))
    return first, drafts


def unlabelled(lines: Sequence[Line]) -> Iterator[Draft]:
    """Yield the outcomes of lines under no label: each line before one that is a time.

    >>> page = ["Some Hospital", "CDASI activity", "12 weeks"]
    >>> [(draft.name.text, draft.time.text) for draft in unlabelled([Line(0, len(text), text) for text in page])]
    [('CDASI activity', '12 weeks')]
    """
    used = False
    for line, after in pairwise(lines):
        timed = len(after.text) < _SHORT_TIME and times.is_time(after.text)
        plain = not used and not times.is_time(line.text) and " " in line.text and len(line.text) < _LONG_LINE
        if timed and plain and times.UNIT.search(after.text):
            yield Draft(line, "unknown", after, (line,))
        used = timed and plain


def from_prose(sentences: Iterable[Line], names: PageNames) -> Iterator[Draft]:
    """Yield the outcomes that sentences name, for pages without a list of them."""
    for sentence in sentences:
        if re.search(r"\bresult awaited\b", sentence.text):
            part = sentence.part(sentence.text.find(":") + 1, len(sentence.text))
            yield _timed(part, "primary" if sentence.text.lower().startswith("primary") else "unknown")
            continue
        for clause in _CLAUSE.finditer(sentence.text):
            for cue, type_ in _PROSE:
                match = cue.search(clause[0])
                if match is not None:
                    yield from _named(
                        sentence.part(*clause.span()), match.end() if type_ == "primary" else 0, type_, names
                    )
                    break


def _named(clause: Line, start: int, type_: str, names: PageNames) -> Iterator[Draft]:
    measures = [m for m in names.find(clause, MEASURE) if m.start >= start]
    if not measures and type_ == "primary":
        draft = _timed(clause.part(start, len(clause.text)), type_)
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
