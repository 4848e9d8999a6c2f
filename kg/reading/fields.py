"""The values of single fields as pages write them: dates, ages, counts, identifiers.

Each function finds the value and where it stands in the text it was given; a text that says nothing
for sure gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = tuple(
    re.compile(form, re.I)
    for form in (
        r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)(?:-(?P<d>\d\d))?\b",
        r"\b(?P<y>(?:19|20)\d\d)[/.](?P<m>\d\d?)[/.](?P<d>\d\d?)\b",
        r"\b(?P<a>\d\d?)[/.](?P<b>\d\d?)[/.](?P<y>(?:19|20)\d\d)\b",
        rf"\b{_MONTH.format('n')}\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<d>\d\d?)(?:st|nd|rd|th)?\.?[\s-]+{_MONTH.format('n')}[\s,-]+(?P<y>(?:19|20)\d\d)\b",
        rf"\b{_MONTH.format('n')},?[\s-]+(?P<y>(?:19|20)\d\d)\b",
        r"\b(?P<m>\d\d?)/(?P<y>(?:19|20)\d\d)\b",
        r"^(?P<y>(?:19|20)\d\d)$",
    )
)
_SLASHED = re.compile(r"\b(\d\d?)[/.](\d\d?)[/.](?:19|20)\d\d\b")
_YEARS = r"(?:\s*(?:-?\s*years?(?:[ -]olds?)?(?: of age)?|yrs?|y/?o|ans))"
_RANGE = re.compile(
    rf"(?:\bage[ds]?:?\s*|\bages?\s+)?\b(?P<low>\d{{1,2}}){_YEARS}?\s*(?:-|to|and|through|up to|~)\s*"
    rf"(?P<high>\d{{1,3}})\b{_YEARS}?",
    re.I,
)
_LOW = re.compile(
    rf"(?:(?:ages?|aged|over|at least|minimum(?: age)?:?|>=?|≥|older than|from)\s*(?:>=?|≥|of|over)?\s*"
    rf"(?P<low>\d{{1,2}})\b{_YEARS}?"
    rf"|\b(?P<low2>\d{{1,2}}){_YEARS}?\s*(?:and|or)\s+(?:older|over|above|up)|\b(?P<low3>\d{{1,2}}){_YEARS}?\s*\+)",
    re.I,
)
_HIGH = re.compile(
    rf"(?:up to|under|maximum(?: age)?:?|<=?|≤|younger than|at most)\s*(?P<high>\d{{1,3}})\b{_YEARS}?"
    rf"|\b(?P<high2>\d{{1,3}}){_YEARS}\s*(?:and|or)\s+(?:younger|under|below)",
    re.I,
)
_CRITERION = re.compile(
    rf"(?:(?:patients?|adults?|subjects?|participants?|men and women|male (?:or|and) female|people)?[^.;]{{0,40}}?\b)?"
    rf"(?:age[ds]?\b[^.;]{{0,20}}?|at least|over|>=?|≥)\s*\d{{1,2}}(?:{_YEARS}|\s*(?:-|to|and)\s*\d{{1,3}}"
    rf"{_YEARS}?|\s*only|$)",
    re.I,
)
_COUNT = re.compile(r"(?<![\d.,/:-])(\d{1,3}(?:,\d{3})+|\d{1,6})(?![\d.,/:-]*\d|\s*(?:%|mg|weeks?|months?|years?))")
_ARMED = re.compile(r":\s*(\d+)\s*(?=;|$)")
_IDS = re.compile(
    r"\b(?P<nct>NCT\s?\d{8})\b|\b(?P<isrctn>ISRCTN\s?\d{8})\b|\b(?P<eu>(?:EUCTR)?(?:19|20)\d\d-\d{6}-\d\d"
    r"(?:-\d\d)?(?:-[A-Z]{2}\b)?)"
    r"|\b(?P<other>JPRN-[A-Za-z0-9-]+|UMIN\d{9}|jRCTs?\d{9,}|ChiCTR[A-Za-z0-9-]+|ACTRN\d{14}|DRKS\d{8}"
    r"|CTRI/\d{4}/\d\d/\d{6}"
    r"|KCT\d{7}|IRCT\d+N\d+|NTR\d{2,5}|NL\d{3,6}|PACTR\d{15,}|TCTR\d{8,}|RBR-\w+|SLCTR/\d{4}/\d+|RPCEC\d"
    r"{8}|PER-\d+-\d+)\b"
)
_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
    "dix": 10, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "quatre-vingts": 80, "cent": 100,
}  # fmt: skip
_NUMBER_WORDS = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPELT = re.compile(
    rf"\b(?:(?P<hundreds>one|two|three|four|five|a) hundred(?: and)? ?)?(?P<rest>(?:{_NUMBER_WORDS})"
    rf"(?:-(?:{_NUMBER_WORDS}))?)?\b",
    re.I,
)


class Found(NamedTuple):
    """A value and where it stands."""

    value: str | int
    start: int
    end: int


def date(text: str, *, day_first: bool | None = None) -> Found | None:
    """Find the first date, as precise as it is written.

    Parameters
    ----------
    text
        The value of a field.
    day_first
        Whether 05/06/2013 is in June; None: unknown, then only the year of such a date is sure.

    Examples
    --------
    >>> date("Actual: July 14, 2021").value, date("2011-12").value, date("15/06/2015").value, date("05/06/2013").value
    ('2021-07-14', '2011-12', '2015-06-15', '2013')
    """
    for form in _DATES:
        match = form.search(text)
        if match is not None:
            value = _date(match.groupdict(), day_first)
            return None if value is None else Found(value, match.start(), match.end())
    return None


def _date(parts: dict[str, str | None], day_first: bool | None) -> str | None:
    year, month, day = parts["y"], parts.get("m"), parts.get("d")
    if name := parts.get("n"):
        month = str(_MONTHS.index(name[:3].lower()) + 1)
    if parts.get("a"):
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        if first > 12 or (day_first and second <= 12):
            first, second = second, first
        elif second <= 12 and day_first is None and first != second:
            return year
        month, day = str(first), str(second)
    if month is None:
        return year
    if not 1 <= int(month) <= 12 or (day is not None and not 1 <= int(day) <= 31):
        return None
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def day_first(text: str) -> bool | None:
    """Tell from the dates of a page whether the day stands before the month; None if they leave it open.

    >>> day_first("Updated 6/11/2024, start 15/06/2015"), day_first("01/02/2003")
    (True, None)
    """
    pairs = [(int(a), int(b)) for a, b in _SLASHED.findall(text)]
    first, second = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    return None if first == second else first


def ages(text: str) -> tuple[Found | None, Found | None]:
    """Find the lowest and the highest age in years.

    >>> [found and found.value for found in ages("18 Years and older (Adult, Older Adult)")]
    [18, None]
    >>> [found and found.value for found in ages("18 - 75")]
    [18, 75]
    """
    match = _RANGE.search(text)
    if match is not None and int(match["low"]) < int(match["high"]) <= 120:
        return Found(int(match["low"]), *match.span("low")), Found(int(match["high"]), *match.span("high"))
    low = high = None
    match = _LOW.search(text)
    if match is not None:
        group = next(name for name in ("low", "low2", "low3") if match[name])
        low = Found(int(match[group]), *match.span(group))
    match = _HIGH.search(text)
    if match is not None:
        group = "high" if match["high"] else "high2"
        high = Found(int(match[group]), *match.span(group))
    return low, high


def is_age_criterion(text: str) -> bool:
    """Whether a line of the criteria is about age.

    >>> is_age_criterion("At least 18 years old"), is_age_criterion("Cancer within 5 years")
    (True, False)
    """
    return len(text) < 120 and _CRITERION.match(text) is not None


def age(text: str) -> Found | None:
    """Find a single age in years.

    >>> age("75 Years").value, age("N/A")
    (75, None)
    """
    match = re.search(r"\b(\d{1,3})\b(?!\s*(?:month|week|day))", text, re.I)
    return Found(int(match[1]), *match.span(1)) if match is not None and 0 < int(match[1]) <= 120 else None


def count(text: str) -> Found | None:
    """Find the number of participants; counts of groups divided by semicolons are added up.

    >>> count("1,024 participants (Actual)").value, count("PM:94;DM:94;").value, count("0")
    (1024, 188, None)
    """
    parts = _ARMED.findall(text)
    if len(parts) > 1:
        return Found(sum(map(int, parts)), 0, len(text))
    match = _COUNT.search(text)
    if match is not None:
        value = int(match[1].replace(",", ""))
        return Found(value, *match.span(1)) if value else None
    return spelt(text)


def spelt(text: str) -> Found | None:
    """Find a number written in words.

    >>> spelt("One hundred eighty-three adults").value, spelt("Quatre-vingts personnes").value
    (183, 80)
    """
    for match in _SPELT.finditer(text):
        if not match[0].strip():
            continue
        total = (
            100 * (1 if match["hundreds"] in ("a", "A") else _UNITS[match["hundreds"].lower()])
            if match["hundreds"]
            else 0
        )
        rest = (match["rest"] or "").lower()
        if rest:
            total += _UNITS[rest] if rest in _UNITS else sum(_UNITS.get(word, 0) for word in rest.split("-"))
        return Found(total, match.start(), match.start() + len(match[0].rstrip()))
    return None


def ids(text: str) -> Iterator[Found]:
    """Find the identifiers of registries.

    >>> [found.value for found in ids("NCT01234567, EudraCT 2012-005772-34")]
    ['NCT01234567', '2012-005772-34']
    """
    for match in _IDS.finditer(text):
        yield Found(match[0].replace(" ", ""), match.start(), match.end())
