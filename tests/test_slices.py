"""Slices: parts of the graph that stand alone, each thing whole and everything with its label."""

from __future__ import annotations

import projects
import pytest

from kg import build, terms
from kg.build import Inputs
from kg.contract import Contract
from kg.description import STATISTICS
from kg.errors import QueryError
from kg.export import slices
from kg.export.slices import Facts
from kg.names import BASE, PREFIXES, own
from kg.store import Embedded
from kg.triples import Graphs

ABATACEPT, DM = own("drug", "abatacept"), own("disease", "dermatomyositis")
TRIAL = own("trial", "NCT02971683")
STARTS = [TRIAL, ABATACEPT, DM, own("target", "CD80"), own("measure", "cdasi-activity"), own("country", "japan")]
LABELS = (terms.iri(PREFIXES["skos"] + "prefLabel"), terms.iri(PREFIXES["rdfs"] + "label"))


@pytest.fixture(scope="module")
def contract(inputs: Inputs) -> Contract:
    return inputs.contract


@pytest.fixture(scope="module")
def facts(graphs: Graphs, contract: Contract) -> Facts:
    return Facts(graphs.union(), contract)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    return Embedded(projects.built(tmp_path_factory) / "store")


def subjects(lines: list[str]) -> set[str]:
    return {line.split(" ", 1)[0] for line in lines}


def labelled(lines: list[str]) -> set[str]:
    return {line.split(" ")[0] for line in lines if line.split(" ")[1] in LABELS}


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("start", STARTS)
def test_slice_is_closed(start: str, depth: int, facts: Facts, graphs: Graphs) -> None:
    """What the whole graph has a label for has it in the slice, and every own thing is such."""
    lines = facts.around([start], depth)
    named = {term for line in lines for term in line.split(" ", 2) if terms.is_iri(term)}
    known = labelled(graphs.union())

    assert lines == sorted(set(lines))
    assert set(lines) <= set(graphs.union())
    assert named & known <= labelled(lines)
    assert {term for term in named if term.startswith(f"<{BASE}")} <= known


def test_trial_comes_whole(facts: Facts, graphs: Graphs) -> None:
    lines = facts.around([TRIAL], 0)
    parts = {s for s in subjects(graphs.union()) if s.rsplit("/", 1)[1].startswith("NCT02971683-")}
    about = {line for line in graphs.union() if line.split(" ")[0] in parts | {terms.iri(TRIAL)}}

    assert len(parts) > 20
    assert about <= set(lines)
    assert {line.split(" ")[1] for line in set(lines) - about} <= set(LABELS)


@pytest.mark.parametrize("depth", [0, 1])
def test_part_brings_its_whole(depth: int, facts: Facts, graphs: Graphs) -> None:
    arm = next(line for line in graphs.union() if f"{terms.iri(TRIAL)} <{PREFIXES['myo']}arm>" in line).split(" ")[2]

    assert facts.whole(terms.lexical(arm)) == TRIAL
    assert facts.around([terms.lexical(arm)], depth) == facts.around([TRIAL], depth)


def test_depth_counts_links_in_both_directions(facts: Facts) -> None:
    near, far = (subjects(facts.around([ABATACEPT], depth)) for depth in (1, 2))
    described = {
        line.split(" ")[0] for line in facts.around([ABATACEPT], 1) if f"<{PREFIXES['myo']}registryId>" in line
    }

    assert {terms.iri(own("trial", name)) for name in ("NCT02971683", "NCT04946669", "NCT03215927")} <= described
    assert terms.iri(own("mechanism", "abatacept-binds-cd80-cd86")) in near
    assert near < far


def test_slices_grow_and_end_with_everything_that_hangs_together(facts: Facts) -> None:
    sizes = [len(facts.around([ABATACEPT], depth)) for depth in (0, 1, 2, 3, 20, 21)]

    assert sizes == sorted(sizes)
    assert sizes[-1] == sizes[-2]


@pytest.mark.parametrize("thing", [own("drug", "nothing"), "http://example.org/x"])
def test_unknown_thing_is_an_empty_slice(thing: str, facts: Facts) -> None:
    assert facts.around([thing], 2) == []


def test_slice_of_nothing(facts: Facts) -> None:
    assert facts.around([], 3) == []


def test_whole_store_comes_out_as_it_is(small: Embedded, tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = (projects.built(tmp_path_factory) / "myositis.nq").read_text(encoding="utf-8").splitlines()
    without = [line for line in lines if not line.endswith(f"<{slices.RECEIPTS}> .")]

    assert [f"{quad} ." for quad in slices.quads(small)] == lines
    assert [f"{quad} ." for quad in slices.quads(small, receipts=False)] == without
    assert slices.union(small) == sorted(
        {line.rsplit(" ", 2)[0] for line in without if not line.endswith(f"<{STATISTICS}> .")}
    )


def test_receipts_of_a_slice_are_those_of_its_statements(small: Embedded, contract: Contract) -> None:
    trial = own("trial", projects.TRIALS[0])
    cut = slices.cut(small, contract, [trial], 0, graphs=True)
    by_receipt: dict[str, dict[str, str]] = {}
    for quad in cut.quads:
        if quad.endswith(f"<{slices.RECEIPTS}>"):
            receipt, predicate, value = quad.rpartition(" ")[0].split(" ", 2)
            by_receipt.setdefault(receipt, {})[predicate.rsplit("#")[-1].rstrip(">")] = value
    receipted = {" ".join(r[part] for part in ("subject", "predicate", "object")) for r in by_receipt.values()}
    stated = {q.rpartition(" ")[0] for q in cut.quads if f"<{own('record', 'curated-' + projects.TRIALS[0])}>" in q}
    named = {quad.rpartition(" ")[0] for quad in cut.quads if not quad.endswith(f"<{slices.RECEIPTS}>")}

    assert named == set(cut.lines)
    assert receipted <= set(cut.lines)
    assert {line for line in stated if f"<{trial}>" in line.split(" ")[0]} <= receipted


def test_receipts_can_be_left_out(small: Embedded, contract: Contract) -> None:
    things = [own("trial", projects.TRIALS[0])]
    with_them, without = (slices.cut(small, contract, things, 0, graphs=True, receipts=r) for r in (True, False))

    assert set(without.quads) == {quad for quad in with_them.quads if not quad.endswith(f"<{slices.RECEIPTS}>")}
    assert slices.cut(small, contract, things, 0).quads == ()


def test_branch_holds_the_disease_and_those_below(union_store: Embedded) -> None:
    below = slices.branch(union_store, DM)

    assert DM in below
    assert own("disease", "juvenile-dermatomyositis") in below
    assert own("disease", "polymyositis") not in below


def test_things_of_an_answer(union_store: Embedded) -> None:
    found = slices.named_in(union_store, "trials-of-a-drug", {"drug": "Orencia"})

    assert {TRIAL, ABATACEPT} <= set(found)
    with pytest.raises(QueryError, match="no question 'nothing'"):
        slices.named_in(union_store, "nothing", {})


def test_build_and_slices_agree_on_where_receipts_are() -> None:
    assert slices.RECEIPTS == build.RECEIPTS
