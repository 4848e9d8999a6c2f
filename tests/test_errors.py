"""The exception tree: its outline, and what a message says."""

from __future__ import annotations

import re

import pytest

from kg import errors
from kg.errors import FormError, KgError, SourceError, UnknownNameError

CLASSES = {
    name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)
}


def outline(text: str) -> dict[str, str]:
    """Read ``child -> parent`` from the tree drawn in a docstring."""
    parents: dict[str, str] = {}
    branch: list[str] = []
    for line in text.splitlines():
        match = re.match(r"    ([│├└─ ]*)([A-Z]\w+Error)\b", line)
        if match:
            depth = len(match[1]) // 4
            branch = [*branch[:depth], match[2]]
            parents[match[2]] = branch[depth - 1] if depth else "Exception"
    return parents


def test_outline_is_the_tree() -> None:
    expected = {name: value.__bases__[0].__name__ for name, value in CLASSES.items()}

    assert len(expected) >= 8
    assert expected == outline(errors.__doc__ or "")


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_is_one_of_ours(name: str) -> None:
    assert issubclass(CLASSES[name], KgError)
    assert CLASSES[name].__doc__


@pytest.mark.parametrize("name", sorted(n for n, c in CLASSES.items() if not issubclass(c, SourceError)))
def test_plain_errors_show_their_text(name: str) -> None:
    assert str(CLASSES[name]("as it is")) == "as it is"


@pytest.mark.parametrize("kind", [SourceError, FormError, UnknownNameError])
def test_source_errors_say_where_and_what(kind: type[SourceError]) -> None:
    error = kind("drugs.tsv", "line 3", 7, "a name")

    assert str(error) == "drugs.tsv at line 3: saw '7', expected a name"
    assert (error.where, error.place, error.seen, error.expected) == ("drugs.tsv", "line 3", "7", "a name")


def test_empty_place_is_left_out() -> None:
    assert str(SourceError("drugs.tsv", "", "", "rows")) == "drugs.tsv: saw '', expected rows"


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 117 + "...")])
def test_long_values_are_shortened_only_in_the_message(length: int, shown: str) -> None:
    error = SourceError("a", "b", "x" * length, "less")

    assert str(error) == f"a at b: saw {shown!r}, expected less"
    assert error.seen == "x" * length
