"""Names, limits, ways and receipts over the project's own graph; ways are compared with those of networkx."""

from __future__ import annotations

import itertools
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError, ValidationError
from kg.graph import explanation, paths, receipts, sentences
from kg.graph.metagraph import read
from kg.graph.paths import Limits, Path, find, passable
from kg.graph.projection import Graph
from kg.meanings import key
from kg.store import Embedded

ABATACEPT, BELATACEPT, DM = "drug:abatacept", "drug:belatacept", "disease:dermatomyositis"
KINDS = tuple(read().nodes)


def trail(path: Path) -> list[str]:
    return [path[0].start, *(hop.end for hop in path)]


@pytest.fixture(scope="module")
def part(graph: Graph) -> Graph:
    return passable(graph, [ABATACEPT, BELATACEPT, DM])


# Names.


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("abatacept", ABATACEPT),
        (" ORENCIA ", ABATACEPT),
        ("CTLA4-Ig", ABATACEPT),
        ("abatacpet", ABATACEPT),
        ("drug:abatacept", ABATACEPT),
        ("https://w3id.org/myositis-kg/drug/abatacept", ABATACEPT),
        ("drug:Orencia", ABATACEPT),
        ("DM", DM),
        ("nct02971683", "trial:NCT02971683"),
        ("IM101-611", "trial:NCT02971683"),
        ("CD80", "target:CD80"),
        ("T cell  activation", "process:t-cell-activation"),
        ("abatacept binds CD80 and CD86", "mechanism:abatacept-binds-cd80-cd86"),
        ("Japan", "country:japan"),
    ],
)
def test_find(graph: Graph, text: str, node: str) -> None:
    assert find(graph, text) == node


@pytest.mark.parametrize(
    ("text", "kinds", "said"),
    [
        ("abatept", (), "no thing is named 'abatept'; did you mean 'abatacept'"),
        ("abatacept", ("disease",), "no disease is named 'abatacept'"),
        ("trial:abatacept", (), "no trial is named 'abatacept'"),
        ("", (), "no thing is named ''"),
        ("drug:", (), "no thing is named 'drug:'"),
    ],
)
def test_name_of_nothing(graph: Graph, text: str, kinds: tuple[str, ...], said: str) -> None:
    with pytest.raises(QueryError, match=said):
        find(graph, text, kinds)


def test_name_of_two_things_is_never_guessed(graph: Graph) -> None:
    """Not even where a preferred name would be one of them twice."""
    owners: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for node, data in graph.nodes(data=True):
        labels.setdefault(key(str(data["label"])), set()).add(node)
        for name in {str(data["label"]), *str(data["names"]).split("|")} - {""}:
            owners.setdefault(key(name), set()).add(node)
    shared = {name: nodes for name, nodes in owners.items() if len(nodes) > 1 and len(labels.get(name, ())) != 1}

    assert shared
    for name, nodes in list(shared.items())[:20]:
        with pytest.raises(QueryError, match="names more than one thing") as info:
            find(graph, name)
        assert all(node in str(info.value) for node in nodes)


# Limits.


def test_what_is_an_end_only_is_not_passed(graph: Graph, part: Graph) -> None:
    kinds = {data["kind"] for _, data in part.nodes(data=True)}

    assert kinds == set(KINDS) - {"country", "organisation"}
    assert "country:japan" in passable(graph, ["country:japan"])


def test_unchecked_mechanisms_are_passed_only_when_asked_for(graph: Graph, part: Graph) -> None:
    unchecked = {node for node, data in graph.nodes(data=True) if not data.get("checked", True)}

    assert unchecked
    assert not unchecked & set(part)
    assert unchecked < set(passable(graph, [ABATACEPT], Limits(unchecked=True)))


def test_limits_of_kinds(graph: Graph) -> None:
    limited = passable(graph, [ABATACEPT, DM], Limits(nodes=["trial"], edges=["evaluates"]))

    assert {data["kind"] for _, data in limited.nodes(data=True)} == {"trial", "drug", "disease"}
    assert {kind for *_, kind in limited.edges(keys=True)} == {"evaluates"}
    assert {target for _, target in limited.edges()} == {ABATACEPT}


@pytest.mark.parametrize("limits", [Limits(nodes=["moon"]), Limits(edges=["moon"])])
def test_limit_that_names_nothing(graph: Graph, limits: Limits) -> None:
    with pytest.raises(QueryError, match="no kind 'moon'; there are "):
        passable(graph, [], limits)


# Ways.


def test_routes_from_abatacept_to_dermatomyositis(part: Graph) -> None:
    """By hand from the records: three trials that list dermatomyositis, one of the juvenile form."""
    found = paths.routes(part, ABATACEPT, DM)

    assert [trail(path) for path in found["trials"]] == [
        [ABATACEPT, f"trial:{trial}", DM] for trial in ("NCT01315938", "NCT02971683", "NCT04946669")
    ]
    assert [trail(path) for path in found["trials of a kind of it"]] == [
        [ABATACEPT, "trial:NCT02594735", "disease:juvenile-dermatomyositis", DM]
    ]
    through = [trail(path)[2] for path in found["another drug on the same process"]]
    assert through == ["process:t-cell-activation", "process:t-cell-costimulation"]
    assert "approval" not in found


def test_routes_go_both_ways(part: Graph) -> None:
    there, back = paths.routes(part, ABATACEPT, DM), paths.routes(part, DM, ABATACEPT)

    assert {title: sorted(trail(path) for path in found) for title, found in there.items()} == {
        title: sorted(trail(path)[::-1] for path in found) for title, found in back.items()
    }


def test_metapath_through_both_targets(part: Graph) -> None:
    way = read().metapath("drug-mechanism-target-mechanism-drug")
    found = [trail(path)[2] for path in paths.along(part, ABATACEPT, way)]

    assert found == ["target:CD80", "target:CD86"]


def test_metapath_from_another_kind_leads_nowhere(part: Graph) -> None:
    assert list(paths.along(part, DM, read().metapath("drug-trial"))) == []


def test_disease_walked_up_and_down(graph: Graph) -> None:
    """One kind of edge between two nodes of one kind is walked in both directions."""
    way = read().metapath("disease-disease")
    found = {trail(path)[1]: path[0].forward for path in paths.along(graph, DM, way)}

    assert found["disease:idiopathic-inflammatory-myopathy"] is True
    assert found["disease:juvenile-dermatomyositis"] is False


def test_telling_edges_stand_for_general_ones(part: Graph) -> None:
    general = {name for name, kind in read().edges.items() if kind.general}
    found = paths.routes(part, ABATACEPT, DM)["another drug on the same process"]

    assert general == {"in_pathway", "takes_part"}
    assert [hop.kind for hop in found[0]][1:3] == ["inhibits", "promotes"]


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("ends", [(ABATACEPT, DM), (ABATACEPT, BELATACEPT), ("target:CD80", DM)])
def test_simple_ways_are_those_of_networkx(part: Graph, ends: tuple[str, str], length: int) -> None:
    plain: Any = nx.MultiGraph()
    plain.add_nodes_from(part)
    for source, target, kind in part.edges(keys=True):
        plain.add_edge(source, target, (source, kind, target))
    ways: Any = nx.all_simple_edge_paths(plain, *ends, cutoff=length)
    expected = {tuple(key for *_, key in way) for way in ways}
    found = list(paths.simple(part, *ends, length))

    assert {tuple(map(str, (hop.edge for hop in path))) for path in found} == {tuple(map(str, way)) for way in expected}
    assert len(found) == len(expected)
    assert [len(path) for path in found] == sorted(len(path) for path in found)


def test_shortest_ways_are_the_shortest(part: Graph) -> None:
    found = paths.shortest(part, ABATACEPT, DM)

    assert found == list(paths.simple(part, ABATACEPT, DM, 2))
    assert paths.shortest(part, ABATACEPT, "trial:NCT02971683")[0][0].edge == (
        "trial:NCT02971683",
        "evaluates",
        ABATACEPT,
    )


def test_no_way(graph: Graph) -> None:
    limited = passable(graph, [ABATACEPT, DM], Limits(edges=["approved_for"]))

    assert paths.shortest(limited, ABATACEPT, DM) == []
    assert list(paths.simple(limited, ABATACEPT, DM, 5)) == []


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_way_is_whole(graph: Graph, data: st.DataObject) -> None:
    """Ways join up, pass no node twice and walk only edges that are there."""
    start, end = (data.draw(st.sampled_from(sorted(graph))) for _ in range(2))
    part = passable(graph, [start, end])
    found = [path for ways in paths.routes(part, start, end).values() for path in ways]
    found += [] if start == end else paths.first(paths.simple(part, start, end, 3), 50)[0]
    for path in found:
        nodes = trail(path)
        assert (nodes[0], nodes[-1]) == (start, end)
        assert len(set(nodes)) == len(nodes)
        for hop in path:
            source, kind, target = hop.edge
            assert part.has_edge(source, target, key=kind)
        assert all(one.end == other.start for one, other in itertools.pairwise(path))
        assert sentences.way(part, path).endswith(".")


def test_neighbours(graph: Graph) -> None:
    hops = paths.neighbours(graph, "mechanism:abatacept-binds-cd80-cd86", ["target", "drug"])

    assert [(hop.kind, hop.end, hop.forward) for hop in hops] == [
        ("acts_on", "target:CD80", True),
        ("acts_on", "target:CD86", True),
        ("mechanism_of", ABATACEPT, True),
    ]
    assert len(paths.neighbours(graph, ABATACEPT)) == graph.degree(ABATACEPT)


# Receipts.


@pytest.mark.parametrize("kind", read().edges)
def test_every_edge_has_a_receipt(kind: str, graph: Graph, whole_store: Embedded) -> None:
    """Asked for all edges of a kind at once, without binding the ends."""
    rows = whole_store.select(receipts.query(read(), kind)).texts()
    receipted = {(row["source"], row["target"]) for row in rows}
    wanted = {
        (graph.nodes[source]["iri"], graph.nodes[target]["iri"])
        for source, target, one in graph.edges(keys=True)
        if one == kind
    }

    assert wanted
    assert wanted == receipted


def test_receipts_of_an_inferred_edge_are_those_of_its_ground(whole_store: Embedded) -> None:
    found = receipts.of(whole_store, "trial:NCT02971683", "evaluates", ABATACEPT)

    assert [(receipt.triple[1], receipt.record, receipt.value) for receipt in found] == [
        ("myo:use", "record:curated-NCT02971683", "Abatacept subcutaneous"),
        ("myo:intervention", "record:curated-NCT02971683", "Abatacept subcutaneous"),
        ("myo:role", "record:curated-NCT02971683", "experimental"),
    ]


def test_edge_without_receipt_is_never_shown(whole_store: Embedded) -> None:
    with pytest.raises(ValidationError, match="no receipt"):
        receipts.of(whole_store, "trial:NCT02971683", "evaluates", BELATACEPT)


# Explanation.


def test_explanation_of_abatacept_in_dermatomyositis(part: Graph) -> None:
    explained = explanation.explain(part, ABATACEPT, DM)

    assert explained.sentences == (
        "abatacept, a CTLA-4 fusion protein, binds CD80 and CD86; it blocks CD28 co-stimulation (second signal) and "
        "inhibits T cell activation.",
        "It is evaluated in 4 trials of dermatomyositis or a kind of it: 1 no result known here; 1 positive without "
        "control; 1 primary end point missed; 1 reported, not judged.",
        "No approval for dermatomyositis is known here.",
    )
    assert [hop.end for hop in explained.mechanism] == [
        "mechanism:abatacept-binds-cd80-cd86",
        "target:CD80",
        "target:CD86",
        "process:cd28-co-stimulation-second-signal",
        "process:t-cell-activation",
    ]
    assert {"target:CD80", "trial:NCT02971683", DM, ABATACEPT} <= set(explained.graph)
    assert nx.is_connected(explained.graph.to_undirected())


def test_explanation_of_what_is_approved_and_of_what_is_not_known(graph: Graph) -> None:
    ivig = explanation.explain(passable(graph, []), "drug:human-immunoglobulin-intravenous", DM)
    untried = explanation.explain(passable(graph, []), "drug:mepolizumab", DM) if "drug:mepolizumab" in graph else None

    assert ivig.sentences[-1] == "It is approved for dermatomyositis (FDA, PMDA)."
    assert untried is None or untried.sentences[-1].startswith("No approval")


def test_branch_has_kinds_of_kinds(graph: Graph) -> None:
    assert {DM, "disease:juvenile-dermatomyositis", "disease:hypomyopathic-dermatomyositis"} <= explanation.branch(
        graph, DM
    )
    assert "disease:idiopathic-inflammatory-myopathy" not in explanation.branch(graph, DM)
