"""The outcomes of a page: what is measured, when, on which scale and which direction is better.

Pages write them in a dozen forms: name, description and ``Time frame:`` on lines of their own, one line
with the time in brackets or at its end, columns run together, rows of a table, or sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.reading.blocks import Block, Line
from kg.reading.mentions import MEASURE, PageNames
from kg.reading.scales import own_name

_UNIT = r"(?:weeks?|months?|days?|years?|hours?|wks?|mo|yrs?)"
_ONE = (
    rf"(?:(?:baseline|screening|randomi[sz]ation|enrollment|day 0|first (?:infusion|dose)|study (?:start"
    rf"|entry)),?\s*(?:and|to|until|through|up to|,|-)?\s*(?:at )?)?"
    rf"(?:(?:up to|at|from|through|until|within|over|after|every|and|to|by)\s+)*"
    rf"(?:{_UNIT}\s*\d+(?:\.\d+)?(?:\s*(?:,|and|or|to|-|through|until|&|\+)+\s*(?:{_UNIT}\s*)?\d+(?:\.\d+)?)*"
    rf"|\d+(?:\.\d+)?(?:\s*(?:,|and|or|to|-|&)+\s*\d+(?:\.\d+)?)*[\s-]*{_UNIT}(?:\s*(?:,|and|or|to|&)+\s*"
    rf"\d+[\s-]*{_UNIT})*)"
    rf"(?:\s*(?:after|from|post|of|following)[\s-]+(?:randomi[sz]ation|baseline|treatment|enrollment"
    rf"|first (?:dose|infusion)|start of treatment|treatment start|initiation))?"
)
TIME = re.compile(_ONE, re.I)
_TIME_LINE = re.compile(
    rf"(?:(?:baseline|screening|day 1)(?: (?:visit|only))?|through study completion.*|(?:{_ONE})(?:[\s,;."
    rf"()-]*(?:and )?(?:{_ONE}))*.{{0,30}})\s*\.?",
    re.I,
)
_LABEL = re.compile(r"(?:time ?frames?|time ?points?)\s*(?:\||:)?\s*:?\s*", re.I)
_BRACKET = re.compile(r"\[\s*time ?frame:?\s*([^\]]*)\]", re.I)
_INLINE = re.compile(r"[.;,]?\s*\(?time ?frame:?\s*(.+?)\)?\s*\.?$", re.I)
_TAIL = re.compile(
    rf"[,;]?\s*\(?\b(?:at|from|after|through|until|over|up to|by|within|in)?\s*(?:the )?(?P<time>(?:week"
    rf" 0|baseline)\s*(?:to|and|until|through|-)\s*(?:{_ONE})|{_ONE}|(?:one|two|three|six|twelve) (?:year"
    rf"|month|week)s?)\)?\s*\.?$",
    re.I,
)
_LEAD = re.compile(r"^(?:at|after|from)\s+(?=\d|week|month|day|base)", re.I)
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
_SPELT = re.compile(
    r"\b(?:one|two|three|four|five|six|nine|twelve|eighteen|twenty-four) (?:year|month|week)s?\b",
    re.I,
)
_CLAUSE = re.compile(r"[^;]+")


_TIME_LABEL = re.compile(r"time ?(?:frame|point)s?(?: of evaluation[^|]*)?\s*(?:\[\d+\])?\s*[:|]?", re.I)
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
    """Make a draft of a name that may carry its own time."""
    name = name.part(_numbered(name.text), len(name.text))
    bracket = _BRACKET.search(name.text)
    if bracket is not None:
        rest = name.part(bracket.end(), len(name.text))
        within = name.part(*bracket.span(1))
        return Draft(
            name.part(0, bracket.start()),
            type_,
            within if within.text else None,
            (rest, *about) if rest.text else tuple(about),
        )
    inline = _INLINE.search(name.text)
    if inline is not None and inline.start() > 3:
        time = name.part(*inline.span(1))
        stop = re.search(r"\.\s", name.text[: inline.start()])
        end = stop.start() if stop else inline.start()
        more = name.part(end + 1, inline.start()) if stop else None
        return Draft(name.part(0, end), type_, time, (more, *about) if more and more.text else tuple(about))
    tail = _TAIL.search(name.text)
    if tail is not None and tail.start() > 2 and len(name.text) < 300:
        time = name.part(*tail.span("time"))
        lead = _LEAD.match(time.text)
        rest_name = name.part(0, tail.start())
        gloss = re.search(r"\s+to an? \d+-hour\b.*$", rest_name.text)
        rest_name = rest_name.part(0, gloss.start()) if gloss else rest_name
        return Draft(
            _without_scale(rest_name), type_, time.part(lead.end() if lead else 0, len(time.text)), (name, *about)
        )
    return Draft(_without_scale(name), type_, None, (name, *about))


def _numbered(text: str) -> int:
    match = _NUMBERING.match(text)
    return match.end() if match else 0


def _without_scale(name: Line) -> Line:
    match = re.search(r"\s*\((?=[^)]*\d)[^)]*(?:score|range|scale|\d\s*(?:-|to)\s*\d)[^)]*\)$", name.text)
    return name.part(0, match.start()) if match and match.start() > 4 else name


def from_block(block: Block, type_: str) -> Iterator[Draft]:
    """Yield the outcomes of a block of lines."""
    group: list[Line] = []
    pending: Line | None = None
    awaited = False
    lines = [line for line in block.lines if not _COLUMNS.fullmatch(line.text)]
    timed = any(_time_of(line) for line in lines)
    for line in lines:
        head = _HEADS.fullmatch(line.text)
        if head is not None:
            yield from _flush(group, type_, pending, timed=timed)
            group, pending = [], None
            type_ = "secondary" if head["type"].lower() not in ("primary",) else "primary"
            continue
        columns = re.match(r"name\s+time\s+method\s+", line.text, re.I)
        if columns is not None or (len(line.text) > 60 and _runs_together(line.text)):
            yield from _columns(line.part(columns.end() if columns else 0, len(line.text)), type_)
            continue
        field = _FIELD.match(line.text)
        if (
            field is not None
            and field["label"].lower().startswith(("title", "measure", "outcome", "name"))
            and "desc" not in field["label"].lower()
        ):
            yield from _flush(group, type_, pending, timed=timed)
            group, pending = [line.part(field.end(), len(line.text))], None
            continue
        if _TIME_LABEL.fullmatch(line.text):
            awaited = True
            continue
        time = line if awaited else _time_of(line)
        awaited = False
        if time is not None and group:
            yield from _flush(group, type_, time, timed=True)
            group, pending = [], None
        elif time is not None:
            pending = time
        elif (part := line.part(field.end() if field else 0, len(line.text))) and (
            _JUNK.search(part.text) is None or _BRACKET.search(part.text)
        ):
            if _BRACKET.search(part.text) and group:
                yield from _flush(group, type_, pending, timed=timed)
                group = []
            group.append(part)
    yield from _flush(group, type_, pending, timed=timed)


def _flush(group: list[Line], type_: str, time: Line | None, *, timed: bool) -> Iterator[Draft]:
    lines = [line for line in group if len(line.text) > 1]
    if not lines:
        return
    if time is not None:
        yield Draft(
            _without_scale(lines[0].part(_numbered(lines[0].text), len(lines[0].text))), type_, time, tuple(lines)
        )
    elif timed or _BRACKET.search(lines[0].text):
        yield _timed(lines[0], type_, lines[1:])
    else:
        for line in lines:
            end_point = _END_POINT.match(line.text)
            line = line.part(end_point.end() if end_point else 0, len(line.text))
            if len(line.text) <= 400 and not _OBJECTIVE.fullmatch(line.text):
                parts = [line.part(*piece.span()) for piece in _CLAUSE.finditer(line.text)]
                yield from (_timed(part, type_) for part in parts if len(part.text) > 1)


def _time_of(line: Line) -> Line | None:
    label = _LABEL.match(line.text)
    if label is not None and label.end() < len(line.text):
        return line.part(label.end(), len(line.text))
    return line if len(line.text) < 120 and _TIME_LINE.fullmatch(line.text) else None


def _runs_together(text: str) -> bool:
    return text.lower().startswith("name time")


def _columns(line: Line, type_: str) -> Iterator[Draft]:
    """Read ``Name 24 weeks method Name 24 weeks ...``, columns of a table run together."""
    times = [
        m
        for m in TIME.finditer(line.text)
        if not re.search(r"\b(?:the|than|last|at least)\s*$", line.text[: m.start()], re.I)
    ]
    start = 0
    for place, match in enumerate(times):
        name = line.part(start, match.start())
        last = place + 1 == len(times)
        following = len(line.text) if last else times[place + 1].start()
        rest = line.text[match.end() : following]
        cut = len(rest) if last else _boundary(rest)
        about = line.part(match.end(), match.end() + cut)
        if len(name.text) > 1:
            yield Draft(name, type_, line.part(*match.span()), (name, about) if about.text else (name,))
        start = match.end() + cut


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
            time = _time_of(lines[mark])
            drafts.append(Draft(group[0], "unknown", time, tuple(group)))
        start = mark + 1
    drafts.extend(Draft(line, "unknown", None, (line,)) for line in lines[start:] if names.measure(line.text))
    return first, drafts


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
        time = TIME.search(clause.text, measure.end, end) or _SPELT.search(clause.text, measure.end, end)
        begin = measure.start
        lead = re.search(r"(?:change|drop|rise|improvement) (?:in|of) (?:the )?$", clause.text[:begin], re.I)
        begin = lead.start() if lead else begin
        when = clause.part(*time.span()) if time else None
        if when is not None and (cut := re.match(r"(?:at|after|by|within)\s+", when.text)):
            when = when.part(cut.end(), len(when.text))
        yield Draft(clause.part(begin, measure.end), type_, when)
