"""Trial records as JSON: the published schema and the types agree, and nothing is lost on the way."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import jsonschema
import msgspec
import pytest
from hypothesis import given, settings

from kg import records
from kg.records import Arm, Record, Trial, Use, text_of
from kg.resources import files, root
from kg.sources.curated import decode_trial, encode_trial, values_at
from kg.values import Duration, PartialDate

PATHS = files(root() / "data" / "trials", "*.json")
SCHEMA = json.loads((root() / "data" / "trial.schema.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_schema_accepts_every_record() -> None:
    problems = {
        path.name: [error.message for error in VALIDATOR.iter_errors(json.loads(path.read_bytes()))] for path in PATHS
    }

    assert len(problems) == 135
    assert {name: found for name, found in problems.items() if found} == {}


def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root() / "data" / "trials" / "NCT02466243.json").read_bytes())
    return found


def broken(*path: str | int, value: object) -> dict[str, Any]:
    made = record()
    node: Any = made
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("colour",), "red"),
        (("arms", 0, "colour"), "red"),
        (("results", 1, "comparisons", 0, "colour"), "red"),
        (("enrolment",), "22"),
        (("conditions",), "Dermatomyositis"),
        (("start_date",), "July 2015"),
        (("start_date",), "2015-7"),
        (("start_date",), "2015-07-01 to 2015-08-01"),
        (("results", 1, "times"), ["16 weeks"]),
        (("results", 1, "times", 0), "P"),
        (("title",), None),
    ],
)
def test_schema_refuses(path: tuple[str | int, ...], value: object) -> None:
    assert VALIDATOR.is_valid(record())
    assert not VALIDATOR.is_valid(broken(*path, value=value))


@pytest.mark.parametrize("name", ["id", "title", "conditions", "study_type", "sources", "verification"])
def test_schema_demands(name: str) -> None:
    made = record()
    del made[name]

    assert not VALIDATOR.is_valid(made)


def test_schema_describes_every_type_and_field() -> None:
    types = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, Record)]
    described = {kind.__name__ for kind in types} & set(SCHEMA["$defs"])

    assert described == {kind.__name__ for kind in types} - {"Record"}
    for name in described:
        assert set(SCHEMA["$defs"][name]["properties"]) == set(getattr(records, name).__struct_fields__)
        assert SCHEMA["$defs"][name]["additionalProperties"] is False


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=3)
DATES = st.one_of(
    st.dates().filter(lambda day: 1900 <= day.year <= 2100).map(str),
    st.integers(1900, 2100).map(str),
    st.builds("{}-{:02}".format, st.integers(1900, 2100), st.integers(1, 12)),
).map(PartialDate)
DURATIONS = st.builds("P{}{}".format, st.integers(0, 5000), st.sampled_from("YMD")).map(Duration)
LEAVES = {str: TEXTS, Decimal: NUMBERS, PartialDate: DATES, Duration: DURATIONS, int: st.integers(-(2**53), 2**53)}


def instances(record: type[Record], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Generate records of a type, every field included."""
    made = {field.name: of_type(field.type) for field in msgspec.structs.fields(record)}
    return st.builds(record, **{**made, **fixed})


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    arguments: tuple[Any, ...] = getattr(hint, "__args__", ())
    if getattr(hint, "__origin__", None) is tuple:
        return st.lists(of_type(arguments[0]), max_size=2).map(tuple)
    if arguments:
        return st.none() | of_type(arguments[0])
    if hint is bool:
        return st.booleans()
    return instances(hint) if issubclass(hint, Record) else LEAVES[hint]


SOME = st.lists(TEXTS, min_size=1, max_size=2).map(tuple)
NAMED = TEXTS.filter(bool)
VOUCHED = {"conditions": SOME, "study_type": NAMED, "sources": SOME, "verification": NAMED}
POSTED: dict[str, Any] = {
    **dict.fromkeys(("registration", "participant_flow", "baseline", "adverse_events"), st.none()),
    "posted_outcomes": st.just(()),
    "uses": st.lists(instances(Use, role=NAMED), max_size=2).map(tuple),
    "arms": st.lists(instances(Arm, kind=NAMED), max_size=2).map(tuple),
}
"""Left out, as only a registry states it and it would be too large; and parts with all that curators vouch for."""
TRIALS = instances(
    Trial, completion_date=st.none(), primary_completion_date=st.none(), max_age=st.none(), **VOUCHED, **POSTED
)


@settings(max_examples=60, deadline=None)
@given(TRIALS)
def test_round_trip(trial: Trial) -> None:
    content = encode_trial(trial)

    assert decode_trial(content, "x.json") == trial
    assert encode_trial(decode_trial(content, "x.json")) == content
    assert VALIDATOR.is_valid(json.loads(content))


@settings(max_examples=30, deadline=None)
@given(TRIALS)
def test_written_record_states_each_value_once_and_nothing_empty(trial: Trial) -> None:
    values = list(values_at(encode_trial(trial), "x.json"))

    assert len({pointer for pointer, _ in values}) == len(values)
    assert ("/id", trial.id) in values
    assert ("/verification", trial.verification) in values
    assert b": null" not in encode_trial(trial)
    assert b": []" not in encode_trial(trial)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([1, True, False, "x", Decimal("1.50")])))
def test_text_of_many_joins_the_texts_of_each(values: list[object]) -> None:
    assert text_of(tuple(values)) == "|".join(map(text_of, values))


def test_records_cannot_be_changed() -> None:
    trial = decode_trial((root() / "data" / "trials" / "NCT02466243.json").read_bytes(), "x.json")

    with pytest.raises(AttributeError, match="immutable"):
        trial.title = "another"  # type: ignore[misc]
