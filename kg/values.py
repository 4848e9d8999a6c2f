"""Values that sources write in many ways: partial dates, durations; parse, compare, print.

A partial date stays as long as its source made it: ``2017``, ``2017-03`` or ``2017-03-13``; it is
never padded.  Numbers of results are `decimal.Decimal`, which keeps the digits as written.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_DURATION = re.compile(r"P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_UNIT = r"(?:years?|months?|weeks?|days?)"
_NUMBER = r"\d+(?!\d|\.\d|,\d{3}(?!\d))"
_NEXT = rf"\s*(?:,\s*(?:and|or)\b|,|-|/|and\b|or\b|to\b)\s*{_NUMBER}"
_SPAN = re.compile(
    rf"(?P<unit>{_UNIT})\s*(?P<after>{_NUMBER}(?:{_NEXT}(?![\s-]*{_UNIT}))*)"
    rf"|(?<![\d.,])(?P<before>{_NUMBER}(?:{_NEXT})*)[\s-]*(?P<unit2>{_UNIT})",
    re.IGNORECASE,
)


def _is_real(year: int | None, month: int | None, day: int | None) -> bool:
    if year is None or not 1900 <= year <= 2100:
        return False
    if month is None:
        return True
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= calendar.monthrange(year, month)[1]


class PartialDate(str):
    """A year, a year and month, or a day, kept as precise as it was written.

    Parameters
    ----------
    text
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, a real date between the years 1900 and 2100.

    Raises
    ------
    ValueError
        If the text is none of these.

    Examples
    --------
    >>> PartialDate("2017-03").may_precede(PartialDate("2017-03-13"))
    True
    >>> PartialDate("2017-13")
    Traceback (most recent call last):
    ValueError: saw '2017-13', expected a date as YYYY, YYYY-MM or YYYY-MM-DD
    """

    __slots__ = ()

    def __new__(cls, text: str) -> PartialDate:
        """Check the text and keep it."""
        match = _DATE.fullmatch(text)
        if match is None or not _is_real(*(int(part) if part else None for part in match.groups())):
            raise ValueError(f"saw {text!r}, expected a date as YYYY, YYYY-MM or YYYY-MM-DD")
        return super().__new__(cls, text)

    @property
    def year(self) -> int:
        """The year.

        >>> PartialDate("2017-03").year
        2017
        """
        return int(self[:4])

    def may_precede(self, other: PartialDate) -> bool:
        """Whether this date can lie before or on the other, given how precise both are.

        >>> PartialDate("2018").may_precede(PartialDate("2017-12-31"))
        False
        """
        shared = min(len(self), len(other))
        return self[:shared] <= other[:shared]


class Duration(str):
    """A length of time in years, months and days, as ``xsd:duration`` writes it.

    Parameters
    ----------
    text
        For example ``P168D``, ``P6M`` or ``P3Y``.  Weeks are written in days.

    Raises
    ------
    ValueError
        If the text is no such duration.

    Examples
    --------
    >>> Duration("P168D").days
    168
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Duration:
        """Check the text and keep it."""
        if not _DURATION.fullmatch(text):
            raise ValueError(f"saw {text!r}, expected a duration such as P168D, P6M or P3Y")
        return super().__new__(cls, text)

    @property
    def days(self) -> int:
        """About how many days it lasts, with 365.25 days a year and 30.4375 days a month.

        >>> Duration("P6M").days
        183
        """
        parts = {unit: int(number) for number, unit in re.findall(r"(\d+)([YMD])", self)}
        return round(parts.get("Y", 0) * 365.25 + parts.get("M", 0) * 30.4375 + parts.get("D", 0))


def durations(time_frame: str) -> tuple[Duration, ...]:
    """Find the points and lengths of time that a time frame names, in order, each once.

    Parameters
    ----------
    time_frame
        The words of a source, in English.

    Returns
    -------
    tuple of Duration
        Weeks as days; empty when the text names none.

    Examples
    --------
    >>> [str(d) for d in durations("weeks 17, 21, 25")]
    ['P119D', 'P147D', 'P175D']
    >>> [str(d) for d in durations("up to 3 years")]
    ['P3Y']
    """
    found: list[Duration] = []
    for match in _SPAN.finditer(time_frame):
        unit = (match["unit"] or match["unit2"]).lower()
        for number in re.findall(r"\d+", match["after"] or match["before"]):
            letter, factor = {"y": ("Y", 1), "m": ("M", 1), "w": ("D", 7), "d": ("D", 1)}[unit[0]]
            found.append(Duration(f"P{int(number) * factor}{letter}"))
    return tuple(dict.fromkeys(found))


def decimal(text: str) -> Decimal:
    """Read a decimal number exactly as written.

    Raises
    ------
    ValueError
        If it is not a finite number in plain notation.

    Examples
    --------
    >>> decimal("-6.5")
    Decimal('-6.5')
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"saw {text!r}, expected a decimal number such as 0.083")
    return Decimal(text)


_OWN: dict[type, Callable[[str], object]] = {PartialDate: PartialDate, Duration: Duration}


def decode(kind: type, value: object) -> Any:
    """Make a value of an own type for ``msgspec`` (its ``dec_hook``).

    >>> decode(PartialDate, "2017").year
    2017
    """
    maker = _OWN.get(kind)
    if maker is None or not isinstance(value, str):
        raise ValueError(f"Expected text for {kind.__name__}, got {type(value).__name__}")
    return maker(value)


def schema(kind: Any) -> dict[str, object]:
    """Describe an own type in JSON Schema (``schema_hook`` of ``msgspec``).

    >>> schema(Duration)["type"]
    'string'
    """
    pattern = {PartialDate: _DATE, Duration: _DURATION}[kind].pattern
    return {"type": "string", "pattern": f"^{pattern}$"}
