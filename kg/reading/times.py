"""When something is measured: the times of outcomes as pages write them, within a line, on one, or run together."""

from __future__ import annotations

import re

from kg.reading.blocks import Line

_LONGEST = 400
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
_MEASURED = re.compile(r"\s*,\s*(?:measured|assessed|evaluated) (?:at|over|after|during|by|within)?\s*(.+)$", re.I)
_TIME_WORD = (
    r"(?:up|to|from|at|through|throughout|within|over|during|after|before|until|till|by|every|and|or|of|the"
    r"|an?|each|then|on|post|pre|prior|between"
    r"|approximately|about|average|maximum|minimum|first|last|end|initial|final|whichever|occurs|comes|least"
    r"|baseline|screening|randomi[sz]ation"
    r"|enrol\w+|inclusion|weeks?|days?|months?|years?|hours?|minutes?|min|hrs?|wks?|visits?|cycles?|treatment"
    r"|therapy|dos(?:e|es|ing)|pre-?dose"
    r"|post-?dose|surgery|stud(?:y|ies)|infusion|follow[- ]?up|period|completion|discharge|delivery|death"
    r"|progression|disease|operation|trial|start"
    r"|assessed|intervention|admission|start|administration|drug|date|hospital|any|cause|\(|\)"
    r"|\d+(?:[.,/-]\d+)*|[,;:&+/-])"
)
_TIME_RUN = re.compile(rf"(?<![\w-]){_TIME_WORD}(?![\w])(?:\s*{_TIME_WORD}(?![\w]))*", re.I)
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
    r"(?:time (?:to|from|in|until|of|spent)|change|mean change|number|numbers|percent\w*|proportion|incidence"
    r"|rate|difference|total|duration|frequency|improvement|absolute|relative|cumulative|patient|physician"
    r"|overall|progression|area|serum|plasma|occurrence|event|survival|day(?:s)? (?:alive|free)|assessment of"
    r"|evaluation of|\d+[- ](?:min\w*|met(?:er|re)s?|m)[- ](?:walk|step|timed|push)\w*|\d+[- ](?:day|week"
    r"|month|year)s? (?:mortality|survival|readmission|rate))\b",
    re.I,
)
_WHEN = re.compile(
    r"\W*(?:(?:up|prior|from|through|throughout|at|on|by|in|until|till|every|during|within|over|after|before"
    r"|between|for|post|pre|to)\b"
    r"|baseline|screening|week|wk|day|month|year|visit|cycle|hour|approximately|approx|about|an? average"
    r"|average|end of|study|initial|first|last"
    r"|randomi[sz]ation|enrol\w+|inclusion|measured|assessed|performed|it is|the|time ?(?:frame|point)|\d|one"
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
    r"|pregnancy|admission|hospitali[sz]ation|[wdmv]\d+)\b",
    re.I,
)
UNIT = re.compile(rf"\b{_UNIT}\b|baseline|visit|cycle", re.I)
_LEAD = re.compile(r"^(?:at|after|from)\s+(?=\d|week|month|day|base)", re.I)
SPELT = re.compile(
    r"\b(?:one|two|three|four|five|six|nine|twelve|eighteen|twenty-four) (?:year|month|week)s?\b",
    re.I,
)


def own(name: Line) -> tuple[int, Line, Line] | None:
    """Find the time within a line: where the name ends, the time, and what follows it.

    >>> own(Line(0, 27, "CDASI (0-100) (at 12 weeks)"))[:2]
    (14, Line(start=15, end=26, text='at 12 weeks'))
    """
    for form in (BRACKET, _INLINE, _MEASURED):
        match = form.search(name.text)
        if match is not None and match.start() > 2:
            stop = re.search(r"\.\s", name.text[: match.start()]) if form is _INLINE else None
            end = stop.start() if stop else match.start()
            rest = name.part(match.end(), len(name.text)) if stop is None else name.part(end + 1, match.start())
            return end, name.part(*match.span(1)), rest
    begin = _last_bracket(name.text)
    if begin > 2 and is_time(name.text[begin + 1 :].rstrip(" .)]")):
        return begin, name.part(begin + 1, len(name.text.rstrip(" .")) - 1), name.part(len(name.text), len(name.text))
    tail = _TAIL.search(name.text) if len(name.text) < 300 else None
    if tail is None or tail.start() < 3:
        return None
    time = name.part(*tail.span("time"))
    lead = _LEAD.match(time.text)
    gloss = re.search(r"\s+to an? \d+-hour\b.*$", name.text[: tail.start()])
    end = gloss.start() if gloss else tail.start()
    return end, time.part(lead.end() if lead else 0, len(time.text)), name.part(len(name.text), len(name.text))


def _last_bracket(text: str) -> int:
    """Return where the bracket opens that closes at the end of a text; -1: none does."""
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
        elif not before and run.start() not in starts:
            starts.insert(0, run.start())
        fresh = [s for s in starts if _SURE.search(text, s, run.end())]
        if fresh:
            begin = fresh[-1] if before or text[run.start()].islower() else fresh[0]
            end = begin + len(_TRAILING.sub("", text[begin : run.end()]))
            if end > begin and (not found or begin >= found[-1][1]):
                found.append((begin, end))
    return found
