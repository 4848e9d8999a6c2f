"""Every asserted triple has a receipt, every receipt is re-found, and a change of one character does not go unseen."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from kg import build, validate
from kg.build import Inputs
from kg.errors import SourceError
from kg.names import BASE, PREFIXES
from kg.resources import root
from kg.sources.curated import values_at
from kg.store import Embedded
from kg.triples import Graphs
from kg.validate import Receipt, Sources

CHANGES = 60


@pytest.fixture(scope="module")
def store(graphs: Graphs) -> Embedded:
    made = Embedded()
    made.load([*build.quad_lines(graphs), *build.union_lines(graphs), *build.receipt_quads(graphs)])
    return made


@pytest.fixture(scope="module")
def known(store: Embedded) -> Sources:
    return validate.sources(store)


@pytest.fixture(scope="module")
def contents(inputs: Inputs) -> dict[str, bytes]:
    """Every source file."""
    return {path: (root() / path).read_bytes() for path in sorted(inputs.hashes)}


def test_every_asserted_triple_has_a_receipt(store: Embedded) -> None:
    """Counted from the quads alone, without the code that writes or checks receipts."""
    rdf, record = PREFIXES["rdf"], f"<{PREFIXES['myo']}inRecord>"
    parts: dict[str, dict[str, str]] = {}
    asserted: set[tuple[str, str, str, str]] = set()
    for subject, predicate, value, graph in store.quads():
        if graph == f"<{build.RECEIPTS}>":
            parts.setdefault(subject, {})[predicate] = value
        elif graph.startswith(f"<{BASE}record/"):
            asserted.add((subject, predicate, value, graph))
    names = (f"<{rdf}subject>", f"<{rdf}predicate>", f"<{rdf}object>", record)
    receipted = {tuple(stated[name] for name in names) for stated in parts.values()}

    assert len(asserted) > 15_000
    assert asserted == receipted


def test_every_receipt_is_whole(store: Embedded) -> None:
    parts: dict[str, list[str]] = {}
    for subject, predicate, _, _ in store.quads(build.RECEIPTS):
        parts.setdefault(subject, []).append(predicate.rstrip(">").replace("#", "/").rsplit("/", 1)[1])
    always = ["exactValue", "inRecord", "locator", "mappedBy", "object", "predicate", "subject", "type"]
    optional = {"linkMethod", "linkScore"}

    assert all(sorted(set(found) - optional) == always for found in parts.values())
    assert all(len(found) == len(set(found)) for found in parts.values())


def test_every_receipt_is_found_again(store: Embedded, known: Sources, contents: dict[str, bytes]) -> None:
    assert set(known.receipts) == set(known.hashes) == set(contents)
    assert validate.receipts(store, root()) == []


def test_every_receipt_names_a_shape(known: Sources, inputs: Inputs) -> None:
    classes = inputs.contract.classes.values()
    shapes = {f"<{shape}>" for of in classes for shape in (of.shape, *(entry.shape for entry in of.fields))}

    assert {receipt.shape for found in known.receipts.values() for receipt in found} <= shapes


def test_every_value_of_every_source_has_a_receipt(known: Sources, contents: dict[str, bytes]) -> None:
    """Nothing that a source says is lost on the way."""
    lost = []
    for path, content in contents.items():
        receipted = {(receipt.locator, receipt.value) for receipt in known.receipts[path]}
        said = dict(values_at(content, path))
        lists = {pointer for pointer in said if f"{pointer}/0" in said}
        lost += [(path, place) for place in said.keys() - lists if (place, said[place]) not in receipted]

    assert lost == []


def changed(content: bytes, chance: random.Random) -> bytes:
    """Replace one character of a file by another."""
    text = content.decode()
    place = chance.randrange(len(text))
    other = chance.choice(
        [char for char in "abcxyzABC0123456789 ,.:-_/\"'{}[]|\t\n\u00e9\u03b1" if char != text[place]]
    )
    return (text[:place] + other + text[place + 1 :]).encode()


def read(content: bytes, path: str) -> dict[str, str] | None:
    try:
        return dict(values_at(content, path))
    except SourceError:
        return None


def draws(contents: dict[str, bytes]) -> Sequence[tuple[str, bytes]]:
    chance = random.Random(20261123)
    tables = [path for path in contents if path.endswith(".tsv")]
    trials = [path for path in contents if path.endswith(".json")]
    paths = [*chance.sample(trials, CHANGES * 2 // 3), *chance.choices(tables, k=CHANGES - CHANGES * 2 // 3)]
    return [(path, changed(contents[path], chance)) for path in paths]


def test_every_change_of_one_character_is_flagged(known: Sources, contents: dict[str, bytes]) -> None:
    unseen = [
        path
        for path, content in draws(contents)
        if not validate.refind(path, content, known.receipts[path], known.hashes[path])
    ]

    assert len(draws(contents)) == CHANGES
    assert all(content != contents[path] for path, content in draws(contents))
    assert unseen == []


def test_every_change_of_what_a_source_says_is_flagged_without_its_hash(
    known: Sources, contents: dict[str, bytes]
) -> None:
    """Only a change of layout or of a comment may pass the receipts, and then the hash stands in its way."""
    said = [(path, content) for path, content in draws(contents) if read(content, path) != read(contents[path], path)]
    unseen = [path for path, content in said if not validate.refind(path, content, known.receipts[path])]

    assert len(said) > CHANGES / 2
    assert unseen == []


def test_unchanged_source_is_not_flagged(known: Sources, contents: dict[str, bytes]) -> None:
    for path, content in contents.items():
        assert validate.refind(path, content, known.receipts[path], known.hashes[path]) == []


def test_receipt_of_a_value_that_is_not_there_is_flagged(known: Sources, contents: dict[str, bytes]) -> None:
    path = "data/trials/NCT02466243.json"
    receipts = known.receipts[path]
    for edit in ({"value": "made up"}, {"locator": "/nowhere"}):
        forged: Receipt = receipts[0]._replace(**edit)
        found = validate.refind(path, contents[path], [*receipts, forged], known.hashes[path])

        assert len(found) == 1
