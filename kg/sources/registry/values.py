r"""Values of registry records: from JSON to what a record holds, or a reason why not.

A reading function takes the JSON value, the codes of the contract and returns what the record holds;
None means that the value says nothing.  It raises `UnreadableError` for a value that is not what it
should be; such a value is counted and left out, and the rest of the record is kept.

Numbers of results are texts in the source.  `number` reads what is surely a number (``56.0``,
``1,234``, ``.05``, ``-.9``, ``999.``) and nothing else: ``NA``, ``12,5`` or ``0.05 (approx)`` have
none.  The text is kept by `number_text` wherever the number alone would not give it back.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

from kg import terms
from kg.values import PartialDate

Codes = Mapping[tuple[str, str], str]
"""(code list, notation) -> IRI, as `kg.contract.Contract.notations` holds it."""

Reading = Callable[[object, Codes], object]
"""What reads one JSON value."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+\.?[0-9]*|\.[0-9]+)")
_BOUND = re.compile(r"\s*(<=|>=|<|>|≤|≥|=)?\s*(\S+)\s*")
_MISSING = frozenset({"", "NA", "N/A", "NaN", "NR", "ND"})
"""Texts by which sources say that there is no number."""


class UnreadableError(ValueError):
    """A value that is not what it should be; the text says what was expected."""


def verbatim(value: object, _: Codes) -> str:
    """Read text as it stands, also empty text.

    >>> verbatim(" 56.0", {})
    ' 56.0'
    """
    if not isinstance(value, str):
        raise UnreadableError("text")
    return value


def text(value: object, codes: Codes) -> str | None:
    """Read text; empty text says nothing.

    >>> text("", {}) is None
    True
    """
    return verbatim(value, codes) or None


def whole(value: object, _: Codes) -> int:
    """Read a whole number.

    >>> whole(0, {})
    0
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnreadableError("a whole number")
    return value


def size(value: object, codes: Codes) -> int:
    """Read a whole number that is not negative.

    >>> size(149, {})
    149
    """
    if whole(value, codes) < 0:
        raise UnreadableError("a whole number, 0 or more")
    return whole(value, codes)


def flag(value: object, _: Codes) -> bool:
    """Read a truth value.

    >>> flag(False, {})
    False
    """
    if not isinstance(value, bool):
        raise UnreadableError("true or false")
    return value


def coordinate(value: object, _: Codes) -> Decimal:
    """Read a JSON number exactly as its shortest form writes it.

    >>> coordinate(18.0649, {})
    Decimal('18.0649')
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise UnreadableError("a number")
    return Decimal(repr(value))


@lru_cache(maxsize=50_000)
def _date(value: str) -> PartialDate:
    try:
        return PartialDate(value)
    except ValueError as error:
        raise UnreadableError(str(error).rpartition("expected ")[2]) from None


def date(value: object, codes: Codes) -> PartialDate:
    """Read a year, a year and month, or a day; nothing is padded.

    >>> date("2017-03", {})
    '2017-03'
    """
    return _date(verbatim(value, codes))


def code(scheme: str) -> Reading:
    """Return what reads a notation of a code list.

    >>> code("Sex")("ALL", {("Sex", "ALL"): "iri"})
    'ALL'
    """

    def read(value: object, codes: Codes) -> str:
        notation = verbatim(value, codes)
        if (scheme, notation) not in codes:
            raise UnreadableError(f"a notation of the code list {scheme} (ontology/concepts.ttl)")
        return notation

    return read


def joined(scheme: str) -> Reading:
    """Return what reads a list of notations that together are one of a code list.

    >>> joined("Phase")(["PHASE1", "PHASE2"], {("Phase", "PHASE1|PHASE2"): "iri"})
    'PHASE1|PHASE2'
    """
    one = code(scheme)

    def read(value: object, codes: Codes) -> object:
        if not isinstance(value, list):
            raise UnreadableError("a list")
        return one("|".join(verbatim(part, codes) for part in value), codes) if value else None

    return read


def identifier(prefix: str, pattern: str) -> Reading:
    """Return what reads a standard identifier as a CURIE.

    >>> identifier("pubmed", "[0-9]+")("25433040", {})
    'pubmed:25433040'
    """
    form = re.compile(pattern)

    def read(value: object, codes: Codes) -> str:
        local = verbatim(value, codes).strip()
        if not form.fullmatch(local):
            raise UnreadableError(f"an identifier of {prefix}")
        return f"{prefix}:{local}"

    return read


def years(value: object, codes: Codes) -> int | None:
    """Read an age that is given in years; other ages stay text.

    >>> years("18 Years", {}), years("6 Months", {})
    (18, None)
    """
    match = re.fullmatch(r"([0-9]+) Years?", verbatim(value, codes))
    return int(match[1]) if match else None


@lru_cache(maxsize=50_000)
def _parsed(value: str) -> Decimal | None:
    stripped = value.strip()
    if _NUMBER.fullmatch(stripped):
        return Decimal(stripped.replace(",", ""))
    if stripped in _MISSING:
        return None
    raise UnreadableError("a number or NA")


def number(value: object, codes: Codes) -> Decimal | None:
    """Read a number that the source writes as text.

    >>> number("1,234", {}), number("NA", {})
    (Decimal('1234'), None)
    """
    return _parsed(verbatim(value, codes))


@lru_cache(maxsize=50_000)
def _text_of_number(value: str) -> str | None:
    try:
        parsed = _parsed(value)
    except UnreadableError:
        return value
    return value if parsed is None or canonical(parsed) != value else None


def canonical(value: Decimal) -> str:
    """Write a number as the graph holds it.

    >>> canonical(Decimal("56.0"))
    '56'
    """
    return terms.lexical(terms.decimal(value))


def number_text(value: object, codes: Codes) -> str | None:
    """Keep the text of a number where the number alone would not give it back.

    >>> number_text("56", {}), number_text("56.0", {}), number_text("NA", {})
    (None, '56.0', 'NA')
    """
    return _text_of_number(verbatim(value, codes))


def count(value: object, codes: Codes) -> int | None:
    """Read a whole number that the source writes as text.

    >>> count("1,075", {})
    1075
    """
    parsed = number(value, codes)
    if parsed is not None and parsed != parsed.to_integral_value():
        raise UnreadableError("a whole number or NA")
    return None if parsed is None else int(parsed)


def count_text(value: object, codes: Codes) -> str | None:
    """Keep the text of a count where the number alone would not give it back.

    >>> count_text("75", {}), count_text("1,075", {})
    (None, '1,075')
    """
    try:
        parsed = count(value, codes)
    except UnreadableError:
        parsed = None
    return None if str(parsed) == value else verbatim(value, codes)


@lru_cache(maxsize=10_000)
def _bound(value: str) -> tuple[str, Decimal | None]:
    match = _BOUND.fullmatch(html.unescape(value))
    if match is None:
        raise UnreadableError("a p-value such as 0.083 or <0.001")
    try:
        parsed = _parsed(match[2])
    except UnreadableError:
        raise UnreadableError("a p-value such as 0.083 or <0.001") from None
    if parsed is not None and not 0 <= parsed <= 1:
        raise UnreadableError("a p-value between 0 and 1")
    return match[1] or "=", parsed


def p_value(value: object, codes: Codes) -> Decimal | None:
    """Read the number of a p-value, which may be a bound.

    >>> p_value("<0.0001", {})
    Decimal('0.0001')
    """
    return _bound(verbatim(value, codes))[1]


def p_relation(value: object, codes: Codes) -> str | None:
    """Read how a p-value relates to its number; None where there is no number.

    >>> p_relation("<0.0001", {}), p_relation("0.083", {})
    ('<', '=')
    """
    try:
        relation, parsed = _bound(verbatim(value, codes))
    except UnreadableError:
        return None
    return relation if parsed is not None else None


def p_text(value: object, codes: Codes) -> str | None:
    """Keep the text of a p-value where relation and number would not give it back.

    >>> p_text("<0.001", {}), p_text("0.0830", {})
    (None, '0.0830')
    """
    try:
        relation, parsed = _bound(verbatim(value, codes))
    except UnreadableError:
        parsed = None
    if parsed is not None and f"{'' if relation == '=' else relation}{canonical(parsed)}" == value:
        return None
    return verbatim(value, codes)
