"""Python values to RDF terms, with another parser as the judge."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg import terms
from kg.names import PREFIXES

XSD = PREFIXES["xsd"]


def parsed(term: str) -> ox.NamedNode | ox.Literal:
    line = f"<http://example.org/s> <http://example.org/p> {term} ."
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    return quad.object


@given(st.text())
@example("\x00\x01\b\t\n\f\r\x1f\x7f")
@example('\\u0041 \\n "quoted" \\')
@example("\u2028\U0001f600")
def test_text_round_trip(value: str) -> None:
    term = terms.text(value)

    assert value == terms.lexical(term)
    assert parsed(term) == ox.Literal(value)
    assert term.isprintable() or not {"\n", "\r", "\t", "\x00"}.intersection(term)


@given(st.text())
def test_label_round_trip(value: str) -> None:
    assert value == terms.lexical(terms.label(value))
    assert parsed(terms.label(value)) == ox.Literal(value, language="en")


@given(st.text())
def test_typed_round_trip(value: str) -> None:
    term = terms.typed(value, "anyURI")

    assert value == terms.lexical(term)
    assert parsed(term) == ox.Literal(value, datatype=ox.NamedNode(XSD + "anyURI"))


@given(st.text())
def test_lexical_reads_what_another_writer_wrote(value: str) -> None:
    assert value == terms.lexical(str(ox.Literal(value)))


@pytest.mark.parametrize(
    ("expected", "term"),
    [
        ("\N{LATIN SMALL LETTER E WITH ACUTE}", '"\\u00E9"'),
        ("\N{LATIN SMALL LETTER E WITH ACUTE}", '"\\u00e9"'),
        ("\U0001f600", '"\\U0001F600"'),
        ("colour", '"colour"@en-GB'),
        ("a'b", '"a\\\'b"'),
    ],
)
def test_lexical_reads_all_of_n_triples(expected: str, term: str) -> None:
    assert expected == parsed(term).value
    assert expected == terms.lexical(term)


@pytest.mark.parametrize("term", ["", "plain", '"open', '"a"b"', '"a"^^xsd:date', "_:b0", '"a" '])
def test_lexical_refuses_what_is_no_term(term: str) -> None:
    with pytest.raises(ValueError, match="expected an N-Triples term"):
        terms.lexical(term)


def test_iri() -> None:
    term = terms.iri("https://example.org/a")

    assert parsed(term) == ox.NamedNode("https://example.org/a")
    assert terms.lexical(term) == "https://example.org/a"
    assert terms.is_iri(term)


@pytest.mark.parametrize("term", [terms.text("<a>"), terms.label("a"), terms.integer(1), terms.date("2017")])
def test_literals_are_no_iris(term: str) -> None:
    assert not terms.is_iri(term)


@given(st.integers())
def test_integer(value: int) -> None:
    assert parsed(terms.integer(value)) == ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))


@pytest.mark.parametrize(("expected", "value"), [("true", True), ("false", False)])
def test_boolean(expected: str, value: bool) -> None:
    assert parsed(terms.boolean(value)) == ox.Literal(expected, datatype=ox.NamedNode(XSD + "boolean"))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_decimal_keeps_the_value(value: Decimal) -> None:
    assert value == Decimal(terms.lexical(terms.decimal(value)))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimal_is_canonical(value: Decimal) -> None:
    lexical = terms.lexical(terms.decimal(value))
    whole, point, digits = lexical.lstrip("-").partition(".")

    assert Decimal(lexical) == value
    assert terms.decimal(Decimal(lexical)) == terms.decimal(value)
    assert whole.isdecimal()
    assert (point == "") is (digits == "")
    assert not digits.endswith("0")
    assert lexical != "-0"


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("56", "56.0"),
        ("1000", "1E+3"),
        ("100", "100"),
        ("0", "0.000"),
        ("0", "-0.0"),
        ("0", "-0E+5"),
        ("0.083", "0.0830"),
        ("-6.5", "-6.50"),
    ],
)
def test_decimal(expected: str, value: str) -> None:
    assert expected == terms.lexical(terms.decimal(Decimal(value)))


@pytest.mark.parametrize(
    ("datatype", "value"), [("gYear", "2017"), ("gYearMonth", "2017-03"), ("date", "2017-03-13")], ids=lambda v: v
)
def test_date_is_typed_by_its_length(datatype: str, value: str) -> None:
    assert parsed(terms.date(value)) == ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    "make", [terms.text, terms.label, lambda value: terms.typed(value, "string")], ids=["text", "label", "typed"]
)
def test_one_line_each(make: Callable[[str], str]) -> None:
    assert len(make("two\nlines\r\nof text").splitlines()) == 1
