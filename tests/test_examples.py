"""The examples of the contract: each valid one conforms, each invalid one breaks what it says and nothing else.

An invalid example is named ``<class>.<rule>.ttl`` and starts with the finding it expects::

    # breaks shape:Trial-startDate: a start date that is no date

Shapes that put the same demand on the same property cannot be broken one by one; the file then
starts with one such line for each of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from kg import validate
from kg.names import PREFIXES, shrink
from kg.resources import root

ONTOLOGY = root() / "ontology"
FILES = sorted((ONTOLOGY / "examples").glob("*"))
VALID = [path for path in FILES if "." not in path.stem]
INVALID = [path for path in FILES if "." in path.stem]

NEVER_BROKEN = {"shape:Intervention-kind.minCount"}
"""A node without a type is no target of the shape that asks for the type."""

_BREAKS = re.compile(r"# breaks (shape:[A-Za-z]+(?:-[A-Za-z0-9]+)?): \S.*\S")
_DESCRIBING = {SH.path, SH.name, SH.order, SH.message, SH.description}
_PREFIX = re.compile(r"@prefix (\S+:) +<(\S+)> \.")


def named(path: Path) -> str:
    return path.stem


@cache
def contract() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "shapes.ttl", format="turtle")


@cache
def classes() -> dict[str, str]:
    """Class as file names write it -> its node shape."""
    found = {}
    for shape in contract().subjects(SH.targetClass):
        name = shrink(str(shape))
        found[re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.removeprefix("shape:")).lower()] = name
    return found


@cache
def property_shapes() -> dict[str, tuple[str, str]]:
    """Property shape -> its node shape and path, for the shapes of classes."""
    return {
        shrink(str(shape)): (shrink(str(node)), str(contract().value(shape, SH.path)))
        for node in contract().subjects(SH.targetClass)
        for shape in contract().objects(node, SH.property)
    }


def expected(path: Path) -> set[str]:
    """The shapes that a file says it breaks."""
    heading = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    return {match[1] for line in heading if (match := _BREAKS.fullmatch(line))}


def apart(path: Path) -> list[str]:
    """The triples of a file as N-Triples, with the name of the file in each of its subjects.

    So marked, the nodes of many files can be validated in one go without touching each other.
    """
    triples = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    own = {triple.subject for triple in triples}

    def mark(term: object) -> str:
        return f"<{term.value}#{path.stem}>" if isinstance(term, ox.NamedNode) and term in own else str(term)

    return [f"{mark(triple.subject)} {triple.predicate} {mark(triple.object)} ." for triple in triples]


def broken(paths: list[Path], folder: Path, shapes_file: str) -> dict[str, set[str]]:
    """File -> the shapes of classes that it breaks.

    What a shape says through another one (a code list, a partial date) is also reported for that
    other shape; it has no target of its own and is left out here.
    """
    found = defaultdict(set)
    for finding in validate.shapes([line for path in paths for line in apart(path)], folder, shapes_file):
        if not finding.rule.startswith(("shape:in-", "shape:PartialDate")):
            found[finding.node.rpartition("#")[2]].add(finding.rule)
    return found


@pytest.fixture(scope="module")
def findings() -> dict[str, set[str]]:
    return broken(FILES, ONTOLOGY, "shapes.ttl")


def test_folder_holds_examples() -> None:
    assert VALID, "no valid example"
    assert INVALID, "no invalid example"
    assert {path.suffix for path in FILES} == {".ttl"}


@pytest.mark.parametrize("path", VALID, ids=named)
def test_valid_example_conforms(path: Path, findings: dict[str, set[str]]) -> None:
    assert findings.get(path.stem, set()) == set()


@pytest.mark.parametrize("path", INVALID, ids=named)
def test_invalid_example_breaks_what_it_says(path: Path, findings: dict[str, set[str]]) -> None:
    assert path.read_text(encoding="utf-8").startswith("# breaks ")
    assert findings.get(path.stem, set()) == expected(path)


@pytest.mark.parametrize("path", INVALID, ids=named)
def test_invalid_example_breaks_one_rule_of_its_class(path: Path) -> None:
    shapes = expected(path)
    node = classes()[path.stem.split(".")[0]]

    assert shapes
    if shapes != {node}:
        rules = {property_shapes()[shape] for shape in shapes}
        assert len(rules) == 1
        assert {of for of, _ in rules} == {node}


@pytest.mark.parametrize("name", sorted(classes()))
def test_class_has_a_valid_example_of_itself(name: str) -> None:
    path = ONTOLOGY / "examples" / f"{name}.ttl"
    target = contract().value(rdflib.URIRef(PREFIXES["shape"] + classes()[name].removeprefix("shape:")), SH.targetClass)

    assert (None, RDF.type, target) in rdflib.Graph().parse(path, format="turtle")


def test_shape_has_an_invalid_example() -> None:
    named_by_files = {shape for path in INVALID for shape in expected(path)}

    assert sorted(set(property_shapes()) | set(classes().values())) == sorted(named_by_files)


def test_constraint_has_an_invalid_example(tmp_path: Path) -> None:
    split, demands = one_constraint_each()
    split.serialize(tmp_path / "split.ttl", format="turtle")
    found = broken(INVALID, tmp_path, "split.ttl")
    tripped = {rule for rules in found.values() for rule in rules} - set(classes().values())

    assert sorted(demands - NEVER_BROKEN) == sorted(tripped)


def one_constraint_each() -> tuple[rdflib.Graph, set[str]]:
    """The contract with each property shape split into one for each constraint, and the names of these."""
    split = rdflib.Graph() + contract()
    demands = set()
    for node in contract().subjects(SH.targetClass):
        for shape in contract().objects(node, SH.property):
            split.remove((None, None, shape))
            split.remove((shape, None, None))
            for predicate, value in contract().predicate_objects(shape):
                if not str(predicate).startswith(PREFIXES["sh"]) or predicate in _DESCRIBING:
                    continue
                part = rdflib.URIRef(f"{shape}.{str(predicate).removeprefix(PREFIXES['sh'])}")
                split.add((node, SH.property, part))
                split.add((part, RDF.type, SH.PropertyShape))
                split.add((part, SH.path, contract().value(shape, SH.path) or RDF.nil))
                split.add((part, predicate, value))
                demands.add(shrink(str(part)))
    return split, demands


@pytest.mark.parametrize("name", sorted(classes()))
def test_file_alone_gives_the_findings_it_gives_among_others(name: str, findings: dict[str, set[str]]) -> None:
    path = ONTOLOGY / "examples" / f"{name}.undeclared-property.ttl"
    lines = [f"{quad.triple} ." for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]

    assert {finding.rule for finding in validate.shapes(lines, ONTOLOGY)} == findings[path.stem]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head, *blocks = text.removesuffix("\n").split("\n\n")
    lines = head.splitlines()
    prefixes = [line for line in lines if not line.startswith("# ")]
    matches = [_PREFIX.fullmatch(line) for line in prefixes]
    pairs = [(match[1].removesuffix(":"), match[2]) for match in matches if match]
    body = re.sub(r'"(?:[^"\\]|\\.)*"', "", "\n".join(blocks))
    used = {word.partition(":")[0] for word in re.findall(r"(?<![<\w])[A-Za-z][\w.]*:(?!//)", body)}

    assert lines[0].startswith("# A valid ") == (path in VALID)
    assert text.endswith(" .\n")
    assert "\t" not in text
    assert len(pairs) == len(prefixes)
    assert len({line.index("<") for line in prefixes}) == 1
    assert pairs == sorted(pairs)
    assert dict(pairs) == {name: PREFIXES[name] for name in used}
    for block in blocks:
        subject, *rest = block.splitlines()
        assert re.fullmatch(r"\S+", subject)
        assert all(re.match(r"  (?:  )?\S", line) for line in rest)
        assert not any(line.startswith("  a ") for line in rest[1:])


@pytest.mark.parametrize("path", FILES, ids=named)
def test_two_parsers_read_the_same(path: Path) -> None:
    triples = {str(quad.triple) for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)}
    lines = rdflib.Graph().parse(path, format="turtle").serialize(format="nt11")

    assert {str(quad.triple) for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)} == triples
