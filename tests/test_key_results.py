"""Every number that a curator wrote into a summary of results stands in the graph as a typed value.

What counts as a number of a summary:

* a run of digits with an optional decimal part, or one of the words one to twelve; a minus or plus
  before it belongs to it unless a digit or letter stands before the sign (``53-66`` is a range);
* a date (``2006-05-31``) is one value, not three;
* a number is part of a *name*, and no value of its own, if it is glued to letters (6MWD, CD8, KLRG1),
  joined to capital letters or to a noun by a hyphen (SF-36, IL-2, 13-gene), part of a dose (150 mg,
  0.1 mg/kg) or of a known name (PRINTO 20, phase 2, 2016 ACR/EULAR, ACR 2025).

Each number must be a typed value (integer, decimal, duration, date) of a result whose quote covers
it, or of a figure of that result, and the graph must hold it at least as often as the summary does.
A signed number must have its sign; an unsigned one may be negative in the graph, where the words say
that something fell.  A number that counts weeks, months, years or days may be a duration.  A name
must stand in the words of a result whose quote covers it: its label, measure, population, time
frame, or the label of one of its groups, comparisons or arms.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

from kg import triples
from kg.build import Inputs
from kg.link import Linker
from kg.names import PREFIXES, own
from kg.records import Sourced, Trial
from kg.resources import root
from kg.sources.curated import decode_trial
from kg.triples import Graphs
from kg.walk import iri_of

MYO, XSD = PREFIXES["myo"], PREFIXES["xsd"]
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NAMES = re.compile(
    r"PRINTO 20|[Pp]hase \d|2016 ACR/EULAR|ACR 2025"
    r"|\d+(?:\.\d+)? mg(?:/kg)?(?![\w/])"
    r"|\b\d+-gene|\b[A-Z]+-\d+\b"
    r"|\b(?=\w*[A-Za-z])(?=\w*\d)\w+\b"
)
DATES = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
NUMBERS = re.compile(r"(?:(?<![\w.])[+-])?\d+(?:\.\d+)?|\b(?:" + "|".join(WORDS) + r")\b(?! thirds)")
UNITS = {"day": ("D", 1), "week": ("D", 7), "month": ("M", 1), "year": ("Y", 1)}
AFTER = re.compile(r"(?:[-,/]\d+)?[ -](day|week|month|year)s?\b")
BEFORE = re.compile(r"\b(day|week|month|year)s?[ -](?:\d+(?:-|, | and ))*$")


class Number(NamedTuple):
    """A number of a summary."""

    start: int
    text: str
    value: Decimal | str
    """The number; a date as it is written."""
    duration: str
    """The duration that it may be, in years, months and days; empty if it counts no time."""

    @property
    def signed(self) -> bool:
        return self.text[0] in "+-"


class Result(NamedTuple):
    """A result in the graph."""

    quote: str
    numbers: Counter[Decimal]
    durations: Counter[str]
    dates: Counter[str]
    words: str


def names(cell: str) -> Iterator[tuple[int, str]]:
    for match in NAMES.finditer(cell):
        yield match.start(), match[0]


def numbers(cell: str) -> Iterator[Number]:
    """Find the numbers of a summary that are values of their own."""
    plain = NAMES.sub(lambda match: "_" * len(match[0]), cell)
    for match in DATES.finditer(plain):
        yield Number(match.start(), match[0], match[0], "")
    plain = DATES.sub(lambda match: "_" * len(match[0]), plain)
    for match in NUMBERS.finditer(plain):
        text = match[0]
        value = Decimal(WORDS.index(text) + 1) if text in WORDS else Decimal(text)
        unit = AFTER.match(plain, match.end()) or BEFORE.search(plain, 0, match.start())
        letter, factor = UNITS[unit[1]] if unit else ("", 1)
        yield Number(match.start(), text, value, f"P{value * factor}{letter}" if unit else "")


def canonical(duration: str) -> str:
    """Months as years and months, as stores write them."""
    parts = {unit: int(number) for number, unit in re.findall(r"(\d+)([YMD])", duration)}
    months = parts.get("Y", 0) * 12 + parts.get("M", 0)
    return f"{months} months {parts.get('D', 0)} days"


def results(trial: str, lines: Sequence[str]) -> list[Result]:
    """Read the results of a trial from the lines of its graph."""
    nodes: dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]] = defaultdict(list)
    for quad in ox.parse("".join(f"{line} .\n" for line in lines), format=ox.RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.NamedNode | ox.Literal)
        nodes[quad.subject.value].append((quad.predicate.value, quad.object))
    found = [node.value for predicate, node in nodes[own("trial", trial)] if predicate == MYO + "result"]
    return [one_result(iri, nodes) for iri in found]


def one_result(iri: str, nodes: dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]]) -> Result:
    parts = [
        node.value for _, node in nodes[iri] if node.value.startswith((own("groupvalue", ""), own("comparison", "")))
    ]
    stated = [pair for part in (iri, *parts) for pair in nodes[part]]
    arms = [node.value for _, node in stated if node.value.startswith(own("arm", ""))]
    literals = [(predicate, node) for predicate, node in stated if isinstance(node, ox.Literal)]
    labels = [node.value for arm in arms for _, node in nodes[arm] if isinstance(node, ox.Literal)]
    by_type: dict[str, list[str]] = defaultdict(list)
    for predicate, node in literals:
        if predicate != MYO + "quote":
            by_type[node.datatype.value.removeprefix(XSD)].append(node.value)
    (quote,) = [node.value for predicate, node in literals if predicate == MYO + "quote"]
    texts = by_type["string"] + by_type[PREFIXES["rdf"] + "langString"] + labels
    return Result(
        quote,
        Counter(Decimal(value) for value in by_type["integer"] + by_type["decimal"]),
        Counter(canonical(value) for value in by_type["duration"]),
        Counter(by_type["date"] + by_type["gYear"] + by_type["gYearMonth"]),
        "\n".join(texts),
    )


def amount(number: Number, result: Result) -> int:
    """How often a result holds a number."""
    if isinstance(number.value, str):
        return result.dates[number.value]
    times = result.durations[canonical(number.duration)] if number.duration else 0
    falls = 0 if number.signed or not number.value else result.numbers[-number.value]
    return result.numbers[number.value] + falls + times


def covering(start: int, text: str, cell: str, found: Sequence[Result]) -> list[Result]:
    """The results of which a quote, wherever it stands in the summary, covers a place."""
    return [
        result
        for result in found
        if any(
            match.start() <= start and start + len(text) <= match.start() + len(result.quote)
            for match in re.finditer(f"(?={re.escape(result.quote)})", cell)
        )
    ]


def problems(cell: str, found: Sequence[Result]) -> list[str]:
    """Say which numbers and names of a summary the graph does not hold."""
    said = [f"the quote {result.quote!r} does not stand in the summary" for result in found if result.quote not in cell]
    every = list(numbers(cell))
    for number in every:
        results_there = covering(number.start, number.text, cell, found)
        if not any(amount(number, result) for result in results_there):
            said.append(f"{number.text} at {number.start} is no typed value of a result that quotes it")
    for value in {(number.value, number.duration, number.signed): number for number in every}.values():
        alike = [n for n in every if (n.value, n.duration, n.signed) == (value.value, value.duration, value.signed)]
        held = sum(amount(value, result) for result in found)
        if held < len(alike):
            said.append(f"{value.text} stands {len(alike)} times in the summary and {held} times in the graph")
    for start, name in names(cell):
        if not any(name.lower() in result.words.lower() for result in covering(start, name, cell, found)):
            said.append(f"the name {name} at {start} is in no words of a result that quotes it")
    return said


def trials_with_results() -> list[Trial]:
    paths = sorted((root() / "data" / "trials").glob("*.json"))
    every = [decode_trial(path.read_bytes(), path.name) for path in paths]
    return [trial for trial in every if trial.key_results]


TRIALS = trials_with_results()


def test_number_of_summaries() -> None:
    assert len(TRIALS) == 44


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.id)
def test_every_number_of_the_summary_is_typed(trial: Trial, graphs: Graphs) -> None:
    found = results(trial.id, graphs.content[own("record", f"curated-{trial.id}")])

    assert found
    assert problems(trial.key_results or "", found) == []


def test_numbers_are_counted_over_all_summaries() -> None:
    """The count by hand of what is looked for, so that the search cannot go blind."""
    values = sum(len(list(numbers(trial.key_results or ""))) for trial in TRIALS)
    digits = sum(len(re.findall(r"\d+(?:\.\d+)?", trial.key_results or "")) for trial in TRIALS)

    assert values > 250
    assert values / digits > 0.8


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("53-66% in blood", ["53", "66"]),
        ("-9.2% controls vs +0.9%", ["-9.2", "+0.9"]),
        ("[90% CI -20.4,-12.1]", ["90", "-20.4", "-12.1"]),
        ("[-18.3,-9.0], p<0.0001", ["-18.3", "-9.0", "0.0001"]),
        ("7/15 by IMACS, n=102", ["7", "15", "102"]),
        ("TIS>=20 week 16 79% (37/47)", ["20", "16", "79", "37", "47"]),
        ("2006-05-31 to 2010-11-12", ["2006-05-31", "2010-11-12"]),
        ("week-24 DOI; 52-week survival", ["24", "52"]),
        ("pf-SF-36, IL-2, 6MWD, CD8+KLRG1+, 13-gene", []),
        ("PRINTO 20, Phase 2, 2016 ACR/EULAR, ACR 2025", []),
        ("150 mg, 0.1 mg/kg, 1.2 vs 29.2 mg/day", ["1.2", "29.2"]),
        ("one death, nine endpoints, six months, more than two thirds", ["one", "nine", "six"]),
    ],
)
def test_what_is_a_number(cell: str, expected: list[str]) -> None:
    assert [number.text for number in sorted(numbers(cell))] == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("week 24", ["P168D"]),
        ("weeks 24-104", ["P168D", "P728D"]),
        ("12 months", ["P12M"]),
        ("52-week", ["P364D"]),
        ("day 113 -6.5", ["P113D", ""]),
        ("week 28 28.3", ["P196D", ""]),
        ("2 years: 90", ["P2Y", ""]),
        ("5 of 6", ["", ""]),
    ],
)
def test_what_counts_time(cell: str, expected: list[str]) -> None:
    assert [number.duration for number in numbers(cell)] == expected


# Seen to fail.

Edit = Callable[[dict[str, Any]], object]


def first(record: dict[str, Any], kind: str, field: str) -> Any:
    """The first figure of a kind that has a field."""
    return next(figure for result in record["results"] for figure in result.get(kind, ()) if field in figure)


@pytest.mark.parametrize(
    ("trial", "edit", "said"),
    [
        ("NCT02466243", lambda r: first(r, "comparisons", "value").update(value="-6.4"), "-6.5 at "),
        ("NCT02466243", lambda r: first(r, "comparisons", "value").update(value="6.5"), "-6.5 at "),
        ("NCT02466243", lambda r: first(r, "comparisons", "p_value").pop("p_value"), "0.038 at "),
        (
            "NCT02466243",
            lambda r: first(r, "values", "count").update(count=12),
            "11 stands 2 times in the summary and 1",
        ),
        ("NCT02466243", lambda r: r["results"].pop(0), "11 at 0 is no typed value"),
        ("NCT02466243", lambda r: r["results"][1].update(times=["P112D"]), "113 at "),
        ("NCT02466243", lambda r: r["results"][0].update(quote="11 vs 11"), "the quote '11 vs 11' does not stand"),
        ("NCT00323960", lambda r: [one.pop("start_date", 0) for one in r["results"]], "2006-05-31 at "),
    ],
)
def test_broken_copy_is_found(trial: str, edit: Edit, said: str, inputs: Inputs) -> None:
    path = f"data/trials/{trial}.json"
    content = json.loads((root() / path).read_bytes())
    edit(content)
    changed = decode_trial(json.dumps(content).encode(), path)
    linked = Linker(inputs.contract, inputs.records).link(Sourced(record=changed, source=f"curated-{trial}", path=path))
    lines = {f"<{s.subject}> <{s.predicate}> {s.object}" for s in triples.statements(linked, inputs.contract)}
    found = problems(changed.key_results or "", results(trial, sorted(lines)))

    assert iri_of(changed, inputs.contract.of("Trial")) == own("trial", trial)
    assert any(problem.startswith(said) for problem in found), found


def test_name_that_no_words_hold_is_found() -> None:
    result = Result("6MWD fell", Counter(), Counter(), Counter(), "distance walked")

    assert problems("6MWD fell", [result]) == ["the name 6MWD at 0 is in no words of a result that quotes it"]
    assert problems("6MWD fell", [result._replace(words="6MWD")]) == []
