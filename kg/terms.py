"""Python value -> RDF term: the only place that builds a literal.

A term is its N-Triples text, which every sink understands and which sorts and hashes cheaply.
Lexical forms are canonical, because stores rewrite numbers to their canonical form: what a source
wrote, digit by digit, stands in the receipt.
"""

from __future__ import annotations

import re
from decimal import Decimal

from kg.names import PREFIXES

_XSD = PREFIXES["xsd"]
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f]')
_BACK = {escape[1]: char for char, escape in _ESCAPES.items()}
_TO_UNESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([A-Za-z]+(?:-[A-Za-z0-9]+)*))?', re.DOTALL)


def iri(text: str) -> str:
    """Return an IRI as a term.

    >>> iri("https://example.org/a")
    '<https://example.org/a>'
    """
    return f"<{text}>"


def _quoted(text: str) -> str:
    return '"' + _TO_ESCAPE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", text) + '"'


def text(value: str) -> str:
    r"""Return a plain string literal.

    >>> print(text('5 "mg"'))
    "5 \"mg\""
    """
    return _quoted(value)


def label(value: str) -> str:
    """Return an English text literal.

    >>> label("placebo")
    '"placebo"@en'
    """
    return _quoted(value) + "@en"


def typed(value: str, datatype: str) -> str:
    """Return a literal of an XML Schema type, given its lexical form.

    >>> typed("P168D", "duration")
    '"P168D"^^<http://www.w3.org/2001/XMLSchema#duration>'
    """
    return f"{_quoted(value)}^^<{_XSD}{datatype}>"


def integer(value: int) -> str:
    """Return a whole number.

    >>> integer(149)
    '"149"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return typed(str(value), "integer")


def boolean(value: bool) -> str:
    """Return a truth value.

    >>> boolean(True)
    '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    """
    return typed("true" if value else "false", "boolean")


def decimal(value: Decimal) -> str:
    """Return a decimal number in its canonical form.

    >>> decimal(Decimal("56.0"))
    '"56"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return typed("0" if plain in ("-0", "") else plain, "decimal")


def date(value: str) -> str:
    """Return a year, a year and month, or a day, typed by its length and never padded.

    >>> date("2017-03")
    '"2017-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    return typed(value, {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)])


def duration(value: str) -> str:
    """Return a duration of years, months and days in its canonical form.

    >>> duration("P18M").split("^^")[0], duration("P0D").split("^^")[0]
    ('"P1Y6M"', '"PT0S"')
    """
    parts = {unit: int(number) for number, unit in re.findall(r"([0-9]+)([YMD])", value)}
    years, months = divmod(12 * parts.get("Y", 0) + parts.get("M", 0), 12)
    counted = ((years, "Y"), (months, "M"), (parts.get("D", 0), "D"))
    written = "".join(f"{number}{unit}" for number, unit in counted if number)
    return typed(f"P{written}" if written else "PT0S", "duration")


def literal(value: str, datatype: str = "", language: str = "") -> str:
    """Return a literal of any datatype or language; of neither, a plain string.

    >>> literal("3", _XSD + "integer") == integer(3), literal("x", _XSD + "string"), literal("x", language="de")
    (True, '"x"', '"x"@de')
    """
    if language:
        return f"{_quoted(value)}@{language}"
    return _quoted(value) if datatype in ("", _XSD + "string") else f"{_quoted(value)}^^<{datatype}>"


def is_iri(term: str) -> bool:
    """Whether a term is an IRI.

    >>> is_iri(label("placebo"))
    False
    """
    return term.startswith("<")


def lexical(term: str) -> str:
    """Return the text of a term: the IRI itself, or the characters of a literal.

    >>> lexical(text('5 "mg"'))
    '5 "mg"'
    """
    if is_iri(term):
        return term[1:-1]
    match = _LITERAL.fullmatch(term)
    if match is None:
        raise ValueError(f"saw {term!r}, expected an N-Triples term")
    return _TO_UNESCAPE.sub(lambda escape: _unescaped(escape[1]), match[1])


def parts(term: str) -> tuple[str, str, str]:
    """Return the text, the datatype and the language of a literal; one of the last two is empty.

    >>> parts(label("placebo")), parts(integer(3))[1].rsplit("#")[1]
    (('placebo', '', 'en'), 'integer')
    """
    match = _LITERAL.fullmatch(term)
    if match is None:
        raise ValueError(f"saw {term!r}, expected a literal in N-Triples")
    datatype = "" if match[3] else match[2] or _XSD + "string"
    return lexical(term), datatype, match[3] or ""


def _unescaped(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else _BACK.get(code, code)
