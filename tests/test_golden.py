"""Whole trials against Turtle that was worked out by hand, triple by triple."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib

from kg import build
from kg.names import own
from kg.resources import files, root

GOLDEN = files(Path(__file__).parent / "golden" / "trials", "*.ttl")


@pytest.fixture(scope="module")
def graphs() -> dict[str, list[str]]:
    inputs = build.read(root())
    return build.transform(inputs, build.link(inputs)).content


def lines(graph: rdflib.Graph) -> set[str]:
    return {line for line in graph.serialize(format="nt").splitlines() if line}


def difference(expected: set[str], seen: set[str]) -> str:
    missing = [f"only by hand: {line}" for line in sorted(expected - seen)]
    extra = [f"only built:   {line}" for line in sorted(seen - expected)]
    return "\n".join(["", *missing, *extra])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_record_graph_equals_golden(path: Path, graphs: dict[str, list[str]]) -> None:
    expected = lines(rdflib.Graph().parse(path, format="turtle"))
    stated = graphs[own("record", f"curated-{path.stem}")]
    seen = lines(rdflib.Graph().parse(data="".join(f"{line} .\n" for line in stated), format="nt"))

    assert len(seen) == len(stated)
    assert seen == expected, difference(expected, seen)


def test_difference_names_both_sides() -> None:
    assert difference({"a", "b"}, {"b", "c"}).split("\n") == ["", "only by hand: a", "only built:   c"]


def test_at_least_five_whole_trials() -> None:
    assert len(GOLDEN) >= 5
