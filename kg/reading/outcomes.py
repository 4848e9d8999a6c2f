"""The outcomes of a page: what is measured, when, on which scale and which direction is better.

Pages write them in a dozen forms: name, description and ``Time frame:`` on lines of their own, one line
with the time in brackets or at its end, columns run together, rows of a table, or sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.reading import times
from kg.reading.blocks import Block, Line
from kg.reading.mentions import PageNames
from kg.reading.scales import own_name

LABEL = re.compile(r"(?:time ?frames?|time ?points?)(?:\(s\))?(?: of evaluation[^|:]*)?\s*(?:\||:)?\s*:?\s*", re.I)
_RUN = re.compile(r"name\s+time\s+method\s+", re.I)
_NAMES = re.compile(r"(?:title|measure$|outcome measure$|name)", re.I)
_LONGEST_NAME, _LONG_NAME, _NAME = 400, 40, 90
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
CUT_OFF = re.compile(
    r"(?:\b(?:change|changes|number|difference|percent|percentage|of|in|the|and|or|than|from|least"
    r"|about|approximately|up|every|measured|assessed|within|until|before|after|prior)|[:(])$",
    re.I,
)
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
_DIVIDERS = re.compile(r"[;()\[\]]")
_TIMELABEL = re.compile(r"time ?(?:frame|point)s?(?:\(s\))?(?: of evaluation[^|]*)?\s*(?:\[\d+\])?\s*[:|]?", re.I)
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


def timed(name: Line, type_: str, about: Sequence[Line] = (), *, loose: bool = False) -> Draft:
    """Make a draft of a line that may carry its own time."""
    name = name.part(_numbered(name.text), len(name.text))
    own = times.own(name, loose=loose)
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
        if _TIMELABEL.fullmatch(line.text):
            self._awaited = True
            return
        label = LABEL.match(line.text)
        field = _FIELD.match(line.text)
        if self._awaited and not (times.may_be_time(line.text) or times.NOT_STATED.fullmatch(line.text)):
            self._awaited = False
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
        heading = line.text == "Adverse Events" and self._pending is not None
        if times.BRACKET.search(line.text) or not (heading or _JUNK.search(line.text)):
            self._lines.append(line)

    def _close(self, time: Line | None, *, bare: bool = False) -> Iterator[Draft]:
        """Make one outcome of the lines so far; of lines before the last that carry a time, each its own."""
        lines, self._lines = [line for line in self._lines if len(line.text) > 1], []
        if not lines:
            return
        self._pending = None
        if len(lines) == 1:
            name = lines[0].part(_numbered(lines[0].text), len(lines[0].text))
            parts = _counted(name) or _clauses(name)
            if len(parts) > 1 and len(name.text) > _LONG_NAME:
                yield from (Draft(_without_scale(part), self.type, time, (part,)) for part in parts if part.text)
                return
        *before, last = groups(lines) if bare else [lines]
        yield from (draft for group in before for draft in (timed(group[0], self.type, group[1:]),))
        name = last[0].part(_numbered(last[0].text), len(last[0].text))
        yield Draft(_without_scale(name), self.type, time, tuple(last))

    def flush(self) -> Iterator[Draft]:
        """Yield the outcomes of the lines that no label of a time has closed."""
        if self._labelled or self._pending is not None:
            self._labelled = False
            yield from self._close(self._pending)
            return
        lines, self._lines = [line for line in self._lines if len(line.text) > 1], []
        if any(times.BRACKET.search(line.text) for line in lines):
            yield from self._bracketed(lines)
            return
        alone = sum(times.is_time(line.text) for line in lines)
        within = sum(times.own(line) is not None for line in lines if not times.is_time(line.text))
        if not alone and (within or not self._paired(lines)):
            loose = within * 2 >= len(lines)
            for line in lines:
                yield from self._single(line, loose=loose)
        elif within > alone and not self._paired(lines):
            for line in lines:
                yield from self._single(line)
        else:
            yield from self._alternating(lines)

    @staticmethod
    def _paired(lines: Sequence[Line]) -> bool:
        """Whether every second line is a time."""
        names, whens = lines[::2], lines[1::2]
        sure = sum(times.is_time(line.text) for line in whens)
        return (
            len(names) == len(whens)
            and sure * 2 > len(whens)
            and all(times.may_be_time(line.text) for line in whens)
            and not any(times.is_time(line.text) for line in names)
        )

    def _bracketed(self, lines: Sequence[Line]) -> Iterator[Draft]:
        """Take lines of which some end with their time; those without belong to the one before."""
        groups: list[list[Line]] = []
        for line in lines:
            if not groups or times.BRACKET.search(line.text):
                groups.append([line])
            else:
                groups[-1].append(line)
        for group in groups:
            yield timed(group[0], self.type, group[1:])

    def _alternating(self, lines: Sequence[Line]) -> Iterator[Draft]:
        """Take names, perhaps what is said of them, and times, each on its own line."""
        paired = self._paired(lines)
        marks = [place % 2 == 1 if paired else times.is_time(line.text) for place, line in enumerate(lines)]
        groups: list[list[Line]] = [[]]
        closing: list[Line] = []
        for line, time in zip(lines, marks, strict=True):
            if not time:
                groups[-1].append(line)
            elif groups[-1]:
                closing.append(line)
                groups.append([])
        bare = sum(len(group) == 1 for group in groups[:-1]) * 2 >= len(closing)
        for group, time_line in zip(groups, closing, strict=False):
            self._lines = group
            yield from self._close(time_line, bare=bare)
        for line in groups[-1]:
            yield from self._single(line)

    def _single(self, line: Line, *, loose: bool = False) -> Iterator[Draft]:
        end_point = _END_POINT.match(line.text)
        line = line.part(end_point.end() if end_point else 0, len(line.text))
        if _OBJECTIVE.fullmatch(line.text):
            return
        parts = _counted(line)
        if not parts:
            own = times.own(line, loose=loose)
            parts = _clauses(line) if own is None or ";" in line.text[: own[0]] else [line]
            if any(times.is_time(part.text) for part in parts[1:]):
                parts = [line]
        yield from (timed(part, self.type, loose=loose) for part in parts if _is_name(part))


def _is_name(line: Line) -> bool:
    """Whether a line, or what stands in it before its time, is as long as a name may be."""
    if len(line.text) <= _LONGEST_NAME:
        return len(line.text) > 1
    own = times.own(line)
    return own is not None and own[0] <= _LONGEST_NAME


def _clauses(line: Line) -> list[Line]:
    """Cut a line at the semicolons outside of brackets."""
    parts, depth, start = [], 0, 0
    for mark in _DIVIDERS.finditer(line.text):
        depth += (mark[0] in "([") - (mark[0] in ")]")
        if mark[0] == ";" and depth <= 0:
            parts.append(line.part(start, mark.start()))
            start = mark.end()
    parts.append(line.part(start, len(line.text)))
    return [part for part in parts if len(part.text) > 1]


def groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Tell lines that say more of an outcome from those that name the next one."""
    groups = [[lines[0]]]
    for line in lines[1:]:
        if len(line.text) < _NAME and not line.text.endswith(".") and not _TOLD.search(line.text):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _columns(line: Line, type_: str) -> Iterator[Draft]:
    """Read ``Name 24 weeks method Name 24 weeks ...``, columns of a table run together."""
    found, start = times.runs(line.text), 0
    for place, (begin, end) in enumerate(found):
        name = line.part(start, begin)
        last = place + 1 == len(found)
        rest = line.text[end : len(line.text) if last else found[place + 1][0]]
        cut = len(rest) if last else _boundary(rest)
        about = line.part(end, end + cut)
        if len(name.text) > 1 and not _TOLD.search(name.text) and _whole(name.text) and _whole(line.text[begin:end]):
            yield Draft(_without_scale(name), type_, line.part(begin, end), (name, about) if about.text else (name,))
        start = end + cut


def _whole(text: str) -> bool:
    """Whether a text is no piece of one: its brackets close, and it does not end in the middle of a phrase."""
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]")) and not CUT_OFF.search(text)


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
