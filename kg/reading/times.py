"""When something is measured: the times of outcomes as pages write them, within a line, on one, or run together."""

from __future__ import annotations

import re

from kg.reading.blocks import Line

_LONGEST, _LONGEST_LINE, _MOST = 400, 4000, 40
_GAP = re.compile(r"\s{40}")
"""No name of an outcome holds so many blanks, at which searches for marks between blanks would take long."""
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
BRACKET = re.compile(r"\[\s*time ?frame:?\s*((?:[^\[\]]|\[[^\[\]]*\])*)\]", re.I)
_INLINE = re.compile(r"[.;,]?\s*\(?time ?frame:?\s*(.+?)\)?\s*\.?$", re.I)
_TAIL = re.compile(
    rf"[,;]?\s*\(?\b(?:at|from|after|through|until|over|up to|by|within|in)?\s*(?:the )?(?P<time>(?:week"
    rf" 0|baseline)\s*(?:to|and|until|through|-)\s*(?:{_ONE})|{_ONE}|(?:one|two|three|six|twelve) (?:year"
    rf"|month|week)s?)\)?\s*\.?$",
    re.I,
)
_MEASURED = re.compile(
    r"\s*[,;]\s*(?:as )?(?:measured|assessed|evaluated|recorded|determined|reported)\s+"
    r"(?P<at>at\s+)?(?:over\s+)?(?P<time>.+)$",
    re.I,
)
_MARK = re.compile(
    r"\s+(?:-+|[\N{EN DASH}\N{EM DASH}|@])\s+|\s*[|@\t]\s*|\s{3,}|:\s+|,\s+(?=at\b|after\b|up to\b|from\b|through)"
)
"""What parts a name from its time, where no bracket does."""
_TIME_WORD = (
    r"(?:up|to|from|at|through|throughout|within|over|during|after|before|until|till|by|every|and|or|of|the"
    r"|an?|each|then|on|post|pre|prior|between"
    r"|approximately|about|average|maximum|minimum|first|last|end|initial|final|whichever|occurs|comes|least|whole"
    r"|baseline|screening|randomi[sz]ation"
    r"|enrol\w+|inclusion|weeks?|days?|months?|years?|hours?|minutes?|min|hrs?|wks?|visits?|cycles?|treatment"
    r"|therapy|dos(?:e|es|ing)|pre-?dose"
    r"|post-?dose|surgery|stud(?:y|ies)|infusion|follow[- ]?up|period|completion|discharge|delivery|death"
    r"|progression|disease|operation|trial|start"
    r"|assessed|intervention|admission|start|administration|drug|date|hospital|any|cause"
    r"|\d+(?:[.,/\N{PLUS-MINUS SIGN}-]\d+)*(?:th|st|nd|rd|days|weeks)?)(?!\w)|[(),;:&+/\N{PLUS-MINUS SIGN}-]"
)
_TIME_RUN = re.compile(rf"(?<![\w-])(?:{_TIME_WORD})(?:\s*(?:{_TIME_WORD}))*", re.I)
_RESTART = re.compile(
    r"(?<![,;:(&+] )(?<!and )(?<!or )(?<!to )(?<!at )(?<!From )(?<!from )(?<!of )(?<!through )(?<!until"
    r" )(?<!by )(?<!the )(?<!after )(?<!on )(?<!in )"
    r"\b(?:Baseline|Weeks?|Days?|Months?|Years?|Up to|From|At|Through|Throughout|Within|Over|During|After"
    r"|Until|Every|Approximately|Screening|Pre-?dose"
    r"|\d+(?:\.\d+)?[- ](?:weeks?|days?|months?|years?|hours?|minutes?|wks?|min)\b)"
)
_BEFORE_TIME = re.compile(
    r"\b(?:at|to|from|in|of|and|or|through|by|until|the|than|after|within|over|every|per|for|on|during"
    r"|between|with)\s*$|[(,]\s*$",
    re.I,
)
_SURE = re.compile(
    rf"\d\s*-?\s*{_UNIT}\b|\b{_UNIT}\s*\d|\bbaseline\b|\b(?:study|treatment) completion\b|\bdischarge\b"
    r"|\bvisits?\b|\bcycles? \d",
    re.I,
)
"""What makes a run of words of time a time for sure."""
_TRAILING = re.compile(
    r"(?:\s*\b(?:and|or|of|the|an?|to|at|from|on|each|by|any|then|first|disease|drug|treatment(?= the$))"
    r"|\s*[,;:&+(/-])+$",
    re.I,
)
_WHAT = re.compile(
    r"(?:(?:the|to|mean|median)\s+)*(?:time (?:to|from|in|until|of|spent)|change|mean change|number|numbers"
    r"|percent\w*|proportion|incidence"
    r"|rate|difference|total (?!follow)|duration(?! of (?:lab|stay|stud|treat|hosp|the |pregn|follow|adm))"
    r"|frequency|improvement|absolute|relative|cumulative|patient|physician"
    r"|overall|progression|area|serum|plasma|occurrence|event|survival|average (?!of)|day(?:s)? (?:alive"
    r"|free)|assessment of"
    r"|percentage|count|score|scores|level|levels|result|area|ratio|determin\w+|assess|evaluate|compare"
    r"|evaluation of|\d+[- ](?:min\w*|met(?:er|re)s?|m)[- ](?:walk|step|timed|push)\w*|\d+[- ](?:day|week"
    r"|month|year)s? (?:mortality|survival|readmission|rate))\b",
    re.I,
)
_WHEN = re.compile(
    r"\W*(?:(?:up|prior|from|through|throughout|at|on|by|in|until|till|every|during|within|over|after|before"
    r"|between|for|post|pre|to|performed|evaluated|preoperative\w*|postoperative\w*|pre-?op|post-?op)\b"
    r"|baseline|screening|week|wk|day|month|year|visit|cycle|hour|approximately|approx|about|an? average"
    r"|average|end of|study|initial|first|last|phase|duration of|total follow"
    r"|randomi[sz]ation|enrol\w+|inclusion|measured|assessed|it is"
    r"|the (?:end|first|last|day|week|month|year|study|duration|time|whole|entire|course|period|date|\d|treatment"
    r"|follow|start|hospital|trial|beginning|final|same)|time ?(?:frame|point|zero)"
    r"|\d[\d.,\s/+\N{PLUS-MINUS SIGN}-]*(?:(?:,|and|or|to|through|versus|vs\.?|months?|mo\b|weeks?|wks?|days?"
    r"|years?|yrs?"
    r"|hours?|hrs?|h\b|min\w*|st\b|nd\b|rd\b|th\b|time ?points?|visits?|cycles?|courses?|treatments?|post"
    r"|after|pre)|$)|one"
    r"|two|three|four|five|six|seven|eight"
    r"|nine|ten|twelve|intra|peri|immediate|admission|discharge|delivery|birth|pre-?dose|continuous|daily"
    r"|weekly|monthly|d\d|w\d|m\d|t\d|v\d)",
    re.I,
)
_MOMENT = re.compile(
    r"\b(?:weeks?|days?|months?|years?|hours?|minutes?|min|hrs?|wks?|mo|yrs?|visits?|cycles?|baseline"
    r"|discharge|delivery|death|progression|completion"
    r"|treatment|dos(?:e|ing)|surgery|stud(?:y|ies)|infusion|follow[- ]?up|randomi[sz]ation|enrol\w+"
    r"|screening|period|procedure|operation|trial"
    r"|phase|time ?points?|follow-?up|pre-?operative\w*|post-?operative\w*|season|seconds?|years?\b"
    r"|pregnancy|admission|hospitali[sz]ation|[wdmv]\d+)\b",
    re.I,
)
_SCALE = re.compile(r",\s*(?:scores?\s+)?(?:range|scale)[sd]?\b[^,]{0,40}$", re.I)
_STOP = re.compile(r"(?<![A-Z0-9]|\bv)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)[.](?=\s+[A-Z])")
_NO_TIME_START = re.compile(
    r"(?:change|mean|number|percent\w*|proportion|incidence|rate|total|frequency|improvement|absolute|quality)\b", re.I
)
_PART_OF_NAME = re.compile(r"\s*(?:in|of|for|on|with|was|is|are|were|mean|to|as|who|that|which)\b", re.I)
"""What follows a time that belongs to a name or a sentence: Change From Baseline in ..."""
NOT_STATED = re.compile(
    r"(?:not|none) (?:provided|available|specified|stated|reported|given)|n/?a|unspecified|-+", re.I
)
UNIT = re.compile(rf"\b{_UNIT}\b|baseline|visit|cycle", re.I)
_LEAD = re.compile(r"^(?:at|after|from)\s+(?=\d|week|month|day|base)", re.I)
SPELT = re.compile(
    r"\b(?:one|two|three|four|five|six|nine|twelve|eighteen|twenty-four) (?:year|month|week)s?\b",
    re.I,
)


def own(name: Line, *, loose: bool = False) -> tuple[int, Line, Line] | None:
    """Find the time within a line: where the name ends, the time, and what follows it.

    Parameters
    ----------
    name
        The line.
    loose
        Whether the lines around it end with their time in brackets, so that what stands there is one in any words.

    Examples
    --------
    >>> own(Line(0, 27, "CDASI (0-100) (at 12 weeks)"))[:2]
    (14, Line(start=15, end=26, text='at 12 weeks'))
    >>> own(Line(0, 27, "CDASI activity - at week 12"))[:2]
    (14, Line(start=17, end=27, text='at week 12'))
    """
    if len(name.text) > _LONGEST_LINE or _GAP.search(name.text):
        return None
    nothing = name.part(len(name.text), len(name.text))
    for form in (BRACKET, _INLINE):
        match = form.search(name.text)
        if match is not None and match.start() > 2:
            stop = _STOP.search(name.text, 0, match.start()) if form is _INLINE else None
            end = stop.start() if stop else match.start()
            rest = name.part(match.end(), len(name.text)) if stop is None else name.part(end + 1, match.start())
            return end, name.part(*match.span(1)), rest
    match = _MEASURED.search(name.text)
    if match is not None and (is_time(match["time"]) or (match["at"] and may_be_time(match["time"]))):
        return match.start(), name.part(*match.span("time")), nothing
    begin = last_bracket(name.text)
    if begin > 2:
        time = name.part(begin + 1, len(name.text.rstrip(" .")) - 1)
        if is_time(time.text) or (loose and _MOMENT.search(time.text)):
            return begin, time, nothing
    for mark in _MARK.finditer(name.text):
        if mark.start() > 2 and is_time(name.text[mark.end() :].rstrip(" .")):
            return mark.start(), name.part(mark.end(), len(name.text)), nothing
    return _at_end(name)


def _at_end(name: Line) -> tuple[int, Line, Line] | None:
    """Find the time at the end of a line, where no mark parts it from the name."""
    scale = _SCALE.search(name.text)
    name = name.part(0, scale.start()) if scale is not None else name
    tail = _TAIL.search(name.text) if len(name.text) < 300 else None
    if tail is None or tail.start() < 3:
        return None
    time = name.part(*tail.span("time"))
    lead = _LEAD.match(time.text)
    gloss = re.search(r"\s+to an? \d+-hour\b.*$", name.text[: tail.start()])
    end = gloss.start() if gloss else tail.start()
    return end, time.part(lead.end() if lead else 0, len(time.text)), name.part(len(name.text), len(name.text))


def last_bracket(text: str) -> int:
    """Return where the bracket opens that closes at the end of a text; -1: none does.

    >>> last_bracket("HAQ (0-3) (week (w) 4)"), last_bracket("HAQ")
    (10, -1)
    """
    depth, plain = 0, text.rstrip(" .")
    if not plain.endswith((")", "]")):
        return -1
    for place in range(len(plain) - 1, -1, -1):
        depth += (plain[place] in ")]") - (plain[place] in "([")
        if depth == 0:
            return place
    return -1


def is_time(text: str) -> bool:
    """Whether a text says when something is measured, and not what.

    >>> is_time("From randomization until progression, up to 61 months"), is_time("Change from baseline to week 4")
    (True, False)
    >>> is_time("Up to approximately 6 years"), is_time("Time to progression"), is_time("week 24")
    (True, False, True)
    """
    if len(text) > _LONGEST or _WHAT.match(text):
        return False
    return _WHEN.match(text) is not None and _MOMENT.search(text) is not None


def may_be_time(text: str) -> bool:
    """Whether a text that stands where others have times can be one.

    >>> may_be_time("Time from study entry to death, assessed up to 2 years"), may_be_time("Serum KL-6")
    (True, False)
    """
    return len(text) <= _LONGEST and _MOMENT.search(text) is not None and not _NO_TIME_START.match(text)


def runs(text: str) -> list[tuple[int, int]]:
    """Find the times in columns run together: runs of words of time that begin anew, in capitals or with a number.

    >>> text = "Change in HAQ at week 4 Week 4 A form Change in CK Up to 12 weeks"
    >>> [text[start:end] for start, end in runs(text)]
    ['Week 4', 'Up to 12 weeks']
    """
    found: list[tuple[int, int]] = []
    for run in _TIME_RUN.finditer(text):
        starts = [m.start() for m in _RESTART.finditer(text, run.start(), run.end())]
        before = _BEFORE_TIME.search(text[: run.start()])
        if not before and text[run.start()].islower() and not starts:
            starts = [run.start()] if _MOMENT.search(run[0]) and re.search(r"\d", run[0]) else []
        elif not before and run.start() not in starts and text[run.start()].isalnum():
            starts.insert(0, run.start())
        fresh = [s for s in starts[:_MOST] if _SURE.search(text, s, run.end())]
        if fresh and not _PART_OF_NAME.match(text, run.end()):
            begin = fresh[-1] if before or text[run.start()].islower() else fresh[0]
            end = begin + len(_TRAILING.sub("", text[begin : run.end()]))
            if end > begin and (not found or begin >= found[-1][1]):
                found.append((begin, end))
    return found
