"""The scale of a score, its direction, and what an outcome without a row in the tables is called."""

from __future__ import annotations

import re

from kg.reading.mentions import PageNames

_RANGE = re.compile(
    r"(?<![\w.])(?:(?:range[sd]?|runs?|goes|scored?|scale)\s*(?:of|from|is|:)?\s*|\()?(?P<low>\d{1,2})\s"
    r"*(?:\([^)]{0,40}\)|[a-z ]{0,24}?)?\s*"
    r"(?P<sep>-|to|~|\N{EN DASH}|,)\s*(?:max(?:imum)?\.? ?)?(?P<high>\d{1,3})(?!\s*(?:%|weeks?|months?"
    r"|days?|years?|mg)|\d|[.,]\d)",
    re.I,
)
_SUBJECT = re.compile(r"\b((?=[\w-]*[A-Z][\w-]*[A-Z])[\w-]{3,12})(?: score)? (?:goes|runs|ranges?|is scored|scores?)\b")
_OF_SCALE = re.compile(
    r"\b(?:scale|scor\w+|rang\w+|points?|runs|goes|total|worse|better|difficulty|unable|effect|means?|max\w*"
    r"|items?)\b",
    re.I,
)
_COMPONENT = re.compile(r"\b(?:each|per|every|items?)\b[^.;]{0,40}$", re.I)
_WORSE = (
    r"(?:wors\w*|severe|severity|more disease|poor\w*|disab\w*|less able|greater impairment|damage"
    r"|active|activity|impair\w*|large effect|unable|impossible)"
)
_BETTER = r"(?:better|improve\w*|strong\w*|good|best|normal|higher function|less disease)"
_HIGH = r"(?:high\w*|larger?|more(?! than)|greater|increas\w*)"
_LOW = r"(?:low\w*|small\w*|fewer|less|decreas\w*|0)"
_DIRECTIONS = (
    (re.compile(rf"\b{_HIGH}\b[^.;]{{0,50}}?\b{_WORSE}", re.I), "higher_worse"),
    (re.compile(rf"\b{_HIGH}\b[^.;]{{0,50}}?\b{_BETTER}", re.I), "higher_better"),
    (re.compile(rf"\b{_LOW}\b[^.;]{{0,40}}?\b(?:weak\w*|wors\w*|poor\w*|severe)", re.I), "higher_better"),
    (
        re.compile(
            rf"\b0\b\W{{0,3}}(?:no |normal|none|without|best)[^.;]{{0,40}}?\d+\W{{0,3}}[^.;]{{0,12}}?{_WORSE}", re.I
        ),
        "higher_worse",
    ),
)
_STRIP = re.compile(
    r"^(?:the )?(?:(?:mean|median|absolute|relative|percent(?:age)?|average|adjusted) )*(?:change|change"
    r"s|drop|fall|decrease|increase|difference|improvement)s?"
    r"(?: from baseline| over time)?(?: (?:in|of|from))?(?: the)?\s+(?:from baseline (?:in|of) )?|^serum"
    r"\s+|\s*\((?:[A-Z0-9-]{2,8})\)|\s+(?:rate|score|level|response)s?$",
    re.I,
)


def scale(text: str) -> tuple[str | None, str | None]:
    """Find the range of a score and its direction.

    Examples
    --------
    >>> scale("CDASI activity score (0-100), higher scores mean a worse outcome")
    ('0-100', 'higher_worse')
    >>> scale("0~80, low means weak"), scale("11 items each 0 - 10; total rescaled 0 to 100")
    (('0-80', 'higher_better'), ('0-100', None))
    """
    span = None
    for match in _RANGE.finditer(text):
        low, high = int(match["low"]), int(match["high"])
        around = text[max(0, match.start() - 60) : match.end() + 60]
        if (
            low >= high
            or _COMPONENT.search(text[: match.start()])
            or not (_OF_SCALE.search(around) or match[0][0] == "(")
        ):
            continue
        if match["sep"] == "," and not re.search(r"[a-z]", match[0]):
            continue
        span = f"{low}-{high}"
        break
    direction = next((way for pattern, way in _DIRECTIONS if pattern.search(text)), None)
    return span, direction


def is_of_another(text: str, name: str, entity: str | None, names: PageNames) -> bool:
    """Whether the range in a text belongs to another score than the outcome, a component of it.

    >>> from kg.reading.mentions import PageNames
    >>> from kg.reading.vocabulary import load
    >>> names = PageNames(load(), load().scan(""))
    >>> is_of_another("SLEDAI-2K goes from 0 to 105", "SLE Responder Index (SRI)", None, names)
    True
    """
    for match in _SUBJECT.finditer(text):
        score = match[1]
        if score not in name and (entity is None or names.measure(score) != entity):
            return True
    return False


def own_name(name: str) -> str:
    """Return what is measured, without what is done with it, for measures that no table knows.

    >>> own_name("Mean Change in Total lung capacity"), own_name("Serum KL-6")
    ('total lung capacity', 'KL-6')
    """
    plain = name
    for _ in range(3):
        plain = _STRIP.sub("", plain).strip(" ,.;:")
    plain = plain or name
    codes = plain.split(" and ")
    if len(codes) == 2 and all(re.fullmatch(r"(?=.*[A-Z].*[A-Z\d])\S+", code) for code in codes):
        plain = codes[0]
    return " ".join(word if re.search(r"[A-Z].*[A-Z]|\d", word) else word.lower() for word in plain.split())
