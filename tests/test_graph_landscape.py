"""Timelines, gaps and uses of measures equal queries written for this test; the rest is tried on known graphs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import QueryError
from kg.graph import centrality, landscape, paths
from kg.graph.projection import Graph
from kg.names import PREFIXES, shrink
from kg.store import Embedded

HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "disease", "myo", "skos"))
IBM = "disease:inclusion-body-myositis"


@pytest.fixture(scope="module")
def part(graph: Graph) -> Graph:
    return paths.passable(graph, [])


def answers(store: Embedded, query: str) -> set[tuple[str, ...]]:
    return {tuple(map(shrink, row.values())) for row in store.select(HEAD + query).texts()}


# What was tried.


def test_timeline_of_inclusion_body_myositis(part: Graph, whole_store: Embedded) -> None:
    """Mechanisms without a target stand under their own name, so only those with one are asked for here."""
    expected = answers(
        whole_store,
        """SELECT DISTINCT ?trial ?drug ?way WHERE {
          ?trial myo:condition/skos:broader* disease:inclusion-body-myositis ; myo:evaluates ?drug .
          ?mechanism myo:mechanismOf ?drug ; myo:target/skos:prefLabel ?target ; myo:action/skos:prefLabel ?action .
          FILTER NOT EXISTS { ?mechanism myo:evidenceLevel concept:EvidenceLevelDomainKnowledge }
          BIND (CONCAT(?action, " ", ?target) AS ?way)
        }""",
    )
    found = landscape.timeline(part, IBM)
    targets = {data["label"] for _, data in part.nodes(data=True) if data["kind"] == "target"}

    assert len(expected) > 15
    assert {(one.trial, one.drug, one.way) for one in found if one.way.split()[-1] in targets} == expected
    starts = [one.start or "9" for one in found]
    assert starts == sorted(starts)
    assert found[0][:4] == (
        "1990-05",
        "modulates FCGR2B",
        "drug:human-immunoglobulin-intravenous",
        "trial:NCT00001261",
    )


def test_way_of_each_target() -> None:
    graph: Graph = nx.MultiDiGraph()
    graph.add_node("drug:x", kind="drug", label="x")
    graph.add_node("mechanism:m", kind="mechanism", label="x inhibits A and B", action="inhibits")
    graph.add_node("mechanism:n", kind="mechanism", label="x does something", action="changes")
    for target in "AB":
        graph.add_node(f"target:{target}", kind="target", label=target)
        graph.add_edge("mechanism:m", f"target:{target}", "acts_on")
    for mechanism in "mn":
        graph.add_edge(f"mechanism:{mechanism}", "drug:x", "mechanism_of")

    assert landscape.ways(graph, "drug:x") == ["inhibits A", "inhibits B", "x does something"]


def test_gap_of_costimulation_in_inclusion_body_myositis(part: Graph, whole_store: Embedded) -> None:
    (gap,) = (one for one in landscape.gaps(part) if one.way == "binds CD80")
    counted = answers(
        whole_store,
        """SELECT ?disease (STR(COUNT(DISTINCT ?trial)) AS ?number) WHERE {
          ?trial myo:evaluates/myo:hasMechanism/myo:target/skos:prefLabel ?name ; myo:condition/skos:broader* ?disease .
          ?disease skos:broader+ disease:myositis-disease .
          FILTER (STR(?name) = "CD80")
        } GROUP BY ?disease""",
    )

    assert gap.never == (IBM,)
    assert {(disease, str(number)) for disease, number in gap.tried.items()} <= counted
    assert gap.tried["disease:dermatomyositis"] == 4


def test_gaps_are_between_diseases_with_enough_trials(part: Graph) -> None:
    few, many = landscape.gaps(part, least=1), landscape.gaps(part, least=8)
    diseases = {disease for gap in many for disease in (*gap.tried, *gap.never)}

    assert sum(len(gap.never) for gap in few) > sum(len(gap.never) for gap in many) > 0
    assert {"disease:dermatomyositis", IBM} <= diseases
    assert "disease:orbital-myositis" not in diseases
    assert all(gap.tried and gap.never and not set(gap.tried) & set(gap.never) for gap in few)


def test_use_of_measures(graph: Graph, whole_store: Embedded) -> None:
    primary = answers(
        whole_store,
        """SELECT ?measure (STR(COUNT(DISTINCT ?trial)) AS ?number) WHERE {
          ?trial myo:outcome ?outcome . ?outcome myo:priority concept:PriorityPrimary ; myo:measure ?measure .
        } GROUP BY ?measure""",
    )
    found = landscape.measures(graph)

    assert {(use.measure, str(use.primary)) for use in found if use.primary} == primary
    assert all(use.trials >= use.primary for use in found)
    assert any(use.trials and not use.primary for use in found)
    assert len(found) == sum(data["kind"] == "measure" for _, data in graph.nodes(data=True))


# What is in the middle, what belongs together.


def test_betweenness_is_the_same_with_and_without_rustworkx(part: Graph) -> None:
    pytest.importorskip("rustworkx")
    plain = nx.Graph(part)
    fast, slow = centrality.betweenness(plain), centrality.by_networkx(plain)

    assert list(fast) == list(slow)
    assert fast == pytest.approx(slow, abs=1e-12)


def test_betweenness_without_rustworkx() -> None:
    code = (
        "import sys; sys.modules['rustworkx'] = None\n"
        "import networkx as nx; from kg.graph.centrality import betweenness\n"
        "print(betweenness(nx.star_graph(4)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "{0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0, 4: 0.0}\n"


def test_central(part: Graph) -> None:
    found = landscape.central(part, "disease")

    assert found[0].node == "disease:dermatomyositis"
    assert [one.betweenness for one in found] == sorted((one.betweenness for one in found), reverse=True)
    assert len(landscape.central(part)) == len(part)
    with pytest.raises(QueryError, match="no kind 'moon'; there are cell, "):
        landscape.central(part, "moon")


def test_two_cliques_are_two_communities() -> None:
    graph: Graph = nx.MultiDiGraph()
    for name in "abcdefgh":
        graph.add_node(f"drug:{name}", kind="drug", label=name)
    for clique in ("abcd", "efgh"):
        for one in clique:
            for two in clique:
                if one < two:
                    graph.add_edge(f"drug:{one}", f"drug:{two}", "x")
    graph.add_edge("drug:d", "drug:e", "x")
    graph.add_node("drug:alone", kind="drug", label="alone")

    found = landscape.communities(graph)
    assert [(set(one.members), one.inside, one.outside) for one in found] == [
        ({f"drug:{name}" for name in "abcd"}, 6, 1),
        ({f"drug:{name}" for name in "efgh"}, 6, 1),
    ]
    assert found[0].members[0] == "drug:d", "the best linked first"


def test_communities_part_the_graph_and_are_the_same_again(part: Graph) -> None:
    found = landscape.communities(part)
    members = [node for one in found for node in one.members]

    assert len(members) == len(set(members)) > 200
    assert {part.nodes[node]["kind"] for node in members} == set(landscape.BIOLOGY)
    assert found == landscape.communities(part.copy())


# What is alike.


def test_drugs_alike(part: Graph) -> None:
    found = landscape.alike(part, "drug:abatacept")

    assert found[0].node == "drug:belatacept"
    assert {"acts on: CD80", "acts on: CD86", "blocks: CD28 co-stimulation (second signal)"} <= set(found[0].shared)


def test_opposite_effects_are_not_shared(part: Graph) -> None:
    """Lenalidomide promotes what abatacept inhibits."""
    shared = {one.node: one.shared for one in landscape.alike(part, "drug:abatacept")}

    assert not any("T cell activation" in text for text in shared.get("drug:lenalidomide", ()))


@pytest.mark.parametrize("node", ["drug:tofacitinib", "trial:NCT02971683"])
def test_likeness_is_mutual(node: str, part: Graph) -> None:
    found = landscape.alike(part, node)

    assert found
    assert all(0 < one.score <= 1 and one.shared for one in found)
    for one in found[:5]:
        back = {other.node: (other.score, other.shared) for other in landscape.alike(part, one.node)}
        assert back[node] == (one.score, one.shared)


def test_only_drugs_and_trials_are_compared(part: Graph) -> None:
    with pytest.raises(QueryError, match="target:CD80 is no drug or trial"):
        landscape.alike(part, "target:CD80")


# The verb.


def run(build: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["landscape", *arguments, "--build", str(build)])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["timeline", "IBM"], {"start": "1990-05", "way": "modulates FCGR2B", "trial": "NCT00001261"}),
        (["alike", "Orencia"], {"node": "belatacept"}),
        (["central", "disease"], {"node": "dermatomyositis"}),
        (["measures"], {"measure": "adverse events"}),
    ],
)
def test_landscape(arguments: list[str], first: dict[str, str], whole_build: Path) -> None:
    code, out, _ = run(whole_build, *arguments, "--output", "json")

    assert code == 0
    assert json.loads(out)[0].items() >= first.items()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["alike"], "alike needs a drug or a trial"),
        (["measures", "x"], "measures takes no more arguments"),
        (["timeline", "abatacept"], "no disease is named 'abatacept'"),
        (["central", "moon"], "no kind 'moon'"),
        (["moon"], "'moon' is not one of"),
    ],
)
def test_landscape_that_cannot_be_seen(arguments: list[str], said: str, whole_build: Path) -> None:
    code, out, err = run(whole_build, *arguments)

    assert (code, out) == (2, "")
    assert said in err
