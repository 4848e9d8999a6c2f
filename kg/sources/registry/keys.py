"""Which keys of a study are read, and which are left out on purpose; all others are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from kg import records
from kg.records import Trial
from kg.resources import root
from kg.sources.registry.form import Form
from kg.sources.registry.protocol import FORMS


class Loss(NamedTuple):
    """A value of a study that did not become part of its record."""

    place: str
    """JSON pointer in the study."""
    value: str
    """What stands there."""
    expected: str
    """What should have stood there."""


def shown(value: object) -> str:
    """Write a JSON value for a message.

    >>> shown(["PHASE9"])
    '["PHASE9"]'
    """
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else text[:197] + "..."


def is_hollow(value: object) -> bool:
    """Whether nothing stands in a JSON value: no text, number or truth value at any depth.

    >>> is_hollow({"groups": [{}], "title": None}), is_hollow({"count": 0})
    (True, False)
    """
    if isinstance(value, dict):
        return all(map(is_hollow, value.values()))
    return all(map(is_hollow, value)) if isinstance(value, list) else value is None


Known = dict[str, "Known"]
"""Key -> the keys below it; none of them where all below is taken or left out."""


def left_out() -> dict[str, str]:
    """Read the paths that are left out, each with its reason (``data/registry/left-out.tsv``).

    >>> left_out()["protocolSection.contactsLocationsModule.centralContacts"]
    'Personal data.'
    """
    text = (root() / "data" / "registry" / "left-out.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    return {row[0]: row[1] for row in rows}


def known_keys() -> Known:
    """Return every key that the form reads or that is left out, as a tree.

    >>> sorted(known_keys())[:2]
    ['annotationSection', 'derivedSection']
    """
    tree: Known = {}
    _learn(FORMS[Trial], tree)
    for path in left_out():
        _learn_path(path.split("."), tree)
    return tree


def _learn_path(steps: Sequence[str], tree: Known) -> Known:
    for step in steps:
        tree = tree.setdefault(step, {})
    return tree


def _learn(form: Form, tree: Known) -> None:
    for value in form.values:
        _learn_path([*value.path, *([value.inside] if value.inside else [])], tree)
    if form is FORMS[records.Use]:
        _learn_path(["armGroupLabels"], tree)
    for parts in form.parts:
        for part in parts.lists:
            _learn(parts.form or FORMS[parts.of], _learn_path(part.path, tree))


def unknown(value: Mapping[str, object], known: Known, place: str = "") -> Iterator[Loss]:
    """Find keys that are neither read nor left out.

    >>> list(unknown({"a": 1, "b": [{"c": 2}]}, {"a": {}, "b": {"d": {}}}))
    [Loss(place='/b/0/c', value='2', expected='a key that the form of the registry has')]
    """
    for key, item in value.items():
        below = known.get(key)
        if below is None:
            yield Loss(f"{place}/{key}", shown(item), "a key that the form of the registry has")
        elif not below:
            continue
        elif isinstance(item, dict):
            yield from unknown(item, below, f"{place}/{key}")
        elif isinstance(item, list):
            for number, one in enumerate(item):
                if isinstance(one, dict):
                    yield from unknown(one, below, f"{place}/{key}/{number}")
