"""Whole trials against Turtle that was worked out by hand, triple by triple.

The trials in ``golden/trials`` are records of the project.  Those in ``golden/records`` are not:
their Turtle was finished before any mapper saw the record.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import build
from kg.link import Linker
from kg.names import own
from kg.records import Sourced
from kg.resources import files, root
from kg.sources.curated import decode_trial, encode_trial

HERE = Path(__file__).parent / "golden"
GOLDEN = files(HERE / "trials", "*.ttl")
UNSEEN = files(HERE / "records", "*.json")
UNSEEN_GOLDEN = files(HERE / "records", "*.ttl")


@pytest.fixture(scope="module")
def inputs() -> build.Inputs:
    return build.read(root())


@pytest.fixture(scope="module")
def unseen() -> tuple[Sourced, ...]:
    return tuple(
        Sourced(
            record=decode_trial(path.read_bytes(), path.name),
            source=f"curated-{path.stem}",
            path=f"tests/golden/records/{path.name}",
        )
        for path in UNSEEN
    )


@pytest.fixture(scope="module")
def graphs(inputs: build.Inputs, unseen: tuple[Sourced, ...]) -> dict[str, list[str]]:
    linker = Linker(inputs.contract, (*inputs.records, *unseen))
    linked = [*build.link(inputs), *(linker.link(sourced) for sourced in unseen)]
    return build.transform(inputs, linked).content


def lines(content: bytes, syntax: ox.RdfFormat) -> set[str]:
    """Return triples as text, with every literal spelt as it stands."""
    return {str(quad.triple) for quad in ox.parse(content, format=syntax)}


def difference(expected: set[str], seen: set[str]) -> str:
    missing = [f"only by hand: {line}" for line in sorted(expected - seen)]
    extra = [f"only built:   {line}" for line in sorted(seen - expected)]
    return "\n".join(["", *missing, *extra])


@pytest.mark.parametrize("path", [*GOLDEN, *UNSEEN_GOLDEN], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_record_graph_equals_golden(path: Path, graphs: dict[str, list[str]]) -> None:
    expected = lines(path.read_bytes(), ox.RdfFormat.TURTLE)
    stated = graphs[own("record", f"curated-{path.stem}")]
    seen = lines("".join(f"{line} .\n" for line in stated).encode(), ox.RdfFormat.N_TRIPLES)

    assert len(seen) == len(stated)
    assert seen == expected, difference(expected, seen)


def test_literals_are_compared_as_they_are_spelt() -> None:
    spelt = [
        f'<http://a> <http://b> "{text}"^^<http://www.w3.org/2001/XMLSchema#decimal> .' for text in ("1.5", "1.50")
    ]

    assert len(lines("\n".join(spelt).encode(), ox.RdfFormat.N_TRIPLES)) == 2


def test_difference_names_both_sides() -> None:
    assert difference({"a", "b"}, {"b", "c"}).split("\n") == ["", "only by hand: a", "only built:   c"]


def test_at_least_five_whole_trials() -> None:
    assert len(GOLDEN) >= 5


def test_at_least_four_unseen_trials_each_with_its_golden(inputs: build.Inputs) -> None:
    known = {sourced.source for sourced in inputs.records}

    assert len(UNSEEN) >= 4
    assert [path.stem for path in UNSEEN] == [path.stem for path in UNSEEN_GOLDEN]
    assert not {f"curated-{path.stem}" for path in UNSEEN} & known


@pytest.mark.parametrize("path", UNSEEN, ids=lambda path: path.stem)
def test_unseen_record_is_in_canonical_form(path: Path) -> None:
    content = path.read_bytes()
    trial = decode_trial(content, path.name)

    assert trial.id == path.stem
    assert encode_trial(trial) == content
