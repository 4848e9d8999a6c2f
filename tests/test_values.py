"""Partial dates, durations and decimals: parse, compare, print."""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.values import Duration, PartialDate, decimal, decode, durations, schema

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
PARTIAL = st.builds(lambda day, length: PartialDate(day.isoformat()[:length]), DAYS, st.sampled_from([4, 7, 10]))


def first_day(date: PartialDate) -> str:
    return str(date) + "-01-01"[len(date) - 4 :]


def last_day(date: PartialDate) -> str:
    if len(date) == 10:
        return str(date)
    month = int(date[5:7]) if len(date) == 7 else 12
    return f"{date.year}-{month:02}-{calendar.monthrange(date.year, month)[1]:02}"


class Dated(msgspec.Struct):
    """A record with one value of each own type."""

    date: PartialDate
    time: Duration


@given(PARTIAL)
def test_partial_date_stays_as_written(date: PartialDate) -> None:
    assert date == PartialDate(str(date))
    assert int(str(date)[:4]) == date.year
    assert last_day(date)[: len(date)] == date


@given(PARTIAL, PARTIAL)
def test_may_precede_at_the_precision_of_both(one: PartialDate, two: PartialDate) -> None:
    assert (first_day(one) <= last_day(two)) is one.may_precede(two)


@given(PARTIAL)
def test_a_date_may_precede_itself(date: PartialDate) -> None:
    assert date.may_precede(date)


@given(st.text(alphabet="0123456789-", max_size=11) | st.text(max_size=11))
def test_partial_date_accepts_only_real_dates(text: str) -> None:
    try:
        date = PartialDate(text)
    except ValueError:
        return

    assert re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text)
    assert datetime.date.fromisoformat(first_day(date)).year == date.year


BAD_DATES = [
    "",
    "17",
    "1899",
    "2101",
    "2017-00",
    "2017-13",
    "2017-02-29",
    "2017-04-31",
    "2017-01-00",
    "2017-1",
    "2017-03-1",
    "2017-03-13T00:00",
    " 2017",
    "2017 ",
    "2017\n",
    "March 2017",
    "201703",
    "\uff12\uff10\uff11\uff17",
]


@pytest.mark.parametrize("text", BAD_DATES)
def test_partial_date_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="expected a date as YYYY, YYYY-MM or YYYY-MM-DD") as caught:
        PartialDate(text)

    assert str(caught.value).startswith(f"saw {text!r}, ")


@pytest.mark.parametrize("text", ["1900", "2100", "2016-02-29", "2017-12", "2017-12-31"])
def test_partial_date_accepts(text: str) -> None:
    assert text == PartialDate(text)


@given(st.tuples(*[st.none() | st.integers(0, 9999)] * 3).filter(any))
def test_duration_round_trip(parts: tuple[int | None, int | None, int | None]) -> None:
    text = "P" + "".join(f"{number}{unit}" for number, unit in zip(parts, "YMD", strict=True) if number is not None)
    years, months, days = (number or 0 for number in parts)

    assert text == Duration(text)
    assert abs(years * 365.25 + months * 365.25 / 12 + days - Duration(text).days) <= 0.5


@pytest.mark.parametrize("text", ["", "P", "D", "P6", "6M", "P6W", "PT6H", "P-6M", "P6D6M", "P1.5Y", "p6m", "P\uff16M"])
def test_duration_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration such as P168D, P6M or P3Y"):
        Duration(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ([], "baseline and end of study"),
        ([], "MMT8 daily"),
        (["P168D"], "week 24"),
        (["P168D"], "24-week"),
        (["P168D"], "24weeks"),
        (["P168D"], "WEEK 24, then Week 24 again"),
        (["P119D", "P147D", "P175D"], "weeks 17, 21, 25"),
        (["P0D", "P168D"], "week 0 to week 24"),
        (["P1D", "P6M"], "day 1 to 6 months"),
        (["P14D", "P28D"], "between 2 and 4 weeks"),
        (["P6M", "P12M"], "6-12 months"),
        (["P6M", "P12M"], "months 6/12"),
        (["P1Y", "P6M"], "1 year and 6 months"),
        (["P168D", "P6M"], "week 24-month 6"),
        (["P3Y"], "up to 3 years"),
        (["P30D"], "30 days after the last dose"),
    ],
)
def test_durations(expected: list[str], text: str) -> None:
    assert expected == list(durations(text))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["P1D", "P6M"], "day 1 and 6 months"),
        (["P84D", "P6M"], "week 12, 6 months"),
        (["P28D", "P3M"], "day 28 / 3 months"),
        (["P3M", "P6M", "P12M"], "3, 6, and 12 months"),
        (["P28D", "P56D", "P84D"], "weeks 4, 8, and 12"),
        (["P84D", "P168D"], "weeks 12 to 24"),
    ],
)
def test_durations_of_mixed_lists(expected: list[str], text: str) -> None:
    assert expected == list(durations(text))


@pytest.mark.parametrize(("wrong", "text"), [("P5Y", "1.5 years"), ("P5Y", "0.5 year"), ("P0D", "10,000 days")])
def test_durations_never_cut_a_number(wrong: str, text: str) -> None:
    assert wrong not in durations(text)


@given(st.text() | st.lists(st.sampled_from(["week", "12", "-", ",", "and", " ", "months", "to", "3"])).map("".join))
def test_durations_of_any_text_are_durations_each_once(text: str) -> None:
    found = durations(text)

    assert list(dict.fromkeys(found)) == list(found)
    assert all(duration == Duration(str(duration)) for duration in found)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimal_round_trip(number: Decimal) -> None:
    text = format(number, "f")

    assert text == format(decimal(text), "f")


BAD_DECIMALS = ["", "abc", "NaN", "sNaN", "Infinity", "-inf", "1e3", "1E3", " 1", "1 ", "1,5", "1_000", "\uff11.5"]


@pytest.mark.parametrize("text", BAD_DECIMALS)
def test_decimal_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a decimal number such as 0\.083") as caught:
        decimal(text)

    assert str(caught.value).startswith(f"saw {text!r}")


def test_decode_makes_own_types() -> None:
    dated = msgspec.convert({"date": "2017-03", "time": "P6M"}, Dated, dec_hook=decode)

    assert isinstance(dated.date, PartialDate)
    assert isinstance(dated.time, Duration)
    assert (dated.date.year, dated.time.days) == (2017, 183)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"date": 2017, "time": "P6M"}, r"Expected text for PartialDate, got int"),
        ({"date": "2017", "time": "6M"}, r"expected a duration such as .* - at `\$\.time`"),
        ({"date": "2017-13", "time": "P6M"}, r"expected a date as .* - at `\$\.date`"),
    ],
)
def test_decode_names_the_field(fields: dict[str, object], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(fields, Dated, dec_hook=decode)


def test_decode_refuses_other_types() -> None:
    with pytest.raises(ValueError, match="Expected text for complex, got str"):
        decode(complex, "1")


@pytest.mark.parametrize(
    ("kind", "good", "bad"), [(PartialDate, "2017-03", "2017-3"), (Duration, "P168D", "168D")], ids=["date", "duration"]
)
def test_schema_pattern_tells_good_from_bad(kind: type, good: str, bad: str) -> None:
    described = schema(kind)

    assert described["type"] == "string"
    assert re.search(str(described["pattern"]), good)
    assert not re.search(str(described["pattern"]), bad)
