"""The graph for traversal equals the store, by queries written for this test; its attributes suit every writer."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
import servers

from kg import build
from kg.errors import QueryError, ValidationError
from kg.graph import comparison, projection, receipts
from kg.graph.metagraph import read
from kg.graph.projection import Graph, project, reduce
from kg.names import PREFIXES, expand
from kg.store import Embedded
from kg.triples import Graphs

HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "myo", "skos"))
CLASSES = {
    "cell": "CellType",
    "class": "DrugClass",
    "country": "Country",
    "disease": "Disease",
    "drug": "Intervention",
    "measure": "Measure",
    "mechanism": "Mechanism",
    "organisation": "Organisation",
    "process": "Process",
    "target": "Target",
    "trial": "Trial",
}
PAIRS = {
    "acts_on": "?a a myo:Mechanism ; myo:target ?b",
    "approved_for": "?x a myo:Approval ; myo:approvedDrug ?a ; myo:indication ?b",
    "blocks": "?a a myo:Mechanism ; myo:blocks ?b",
    "broader": "?a a myo:Disease ; skos:broader ?b",
    "broader_measure": "?a a myo:Measure ; skos:broader ?b",
    "compares_with": "?a myo:use [ myo:role concept:RoleComparator ; myo:intervention ?b ]",
    "evaluates": "?a myo:use [ myo:role concept:RoleExperimental ; myo:intervention ?b ]",
    "extends": "?a a myo:Trial ; myo:extensionOf ?b",
    "has_condition": "?a a myo:Trial ; myo:condition ?b",
    "in_cell": "?a a myo:Mechanism ; myo:cellType ?b",
    "in_class": "?a a myo:Intervention ; myo:drugClass ?b",
    "in_country": "?a a myo:Trial ; myo:country ?b",
    "in_pathway": "?a a myo:Mechanism ; myo:pathway ?b",
    "inhibits": "?a a myo:Mechanism ; myo:inhibits ?b",
    "measured_by": "?a a myo:Trial ; myo:outcome/myo:measure ?b",
    "mechanism_of": "?b myo:hasMechanism ?a",
    "primary_measure": "?a myo:outcome [ myo:priority concept:PriorityPrimary ; myo:measure ?b ]",
    "promotes": "?a a myo:Mechanism ; myo:promotes ?b",
    "sponsored_by": "?a a myo:Trial ; myo:sponsor ?b",
    "takes_part": "?a a myo:Mechanism ; myo:process ?b",
    "uses_background": "?a myo:use [ myo:role concept:RoleBackground ; myo:intervention ?b ]",
    "uses_conditioning": "?a myo:use [ myo:role concept:RoleConditioning ; myo:intervention ?b ]",
    "uses_placebo": "?a myo:use [ myo:role concept:RolePlacebo ; myo:intervention ?b ]",
}
VIEWS = {
    "drug-disease": "?t myo:evaluates ?a ; myo:condition ?b",
    "drug-drug": "?a myo:hasMechanism/myo:target/^myo:target/^myo:hasMechanism ?b FILTER (STR(?a) < STR(?b))",
    "drug-target": "?a myo:hasMechanism/myo:target ?b",
    "measure-trial": "?a a myo:Trial ; myo:outcome/myo:measure ?b",
    "mechanism-disease": "?t myo:evaluates/myo:hasMechanism ?a ; myo:condition ?b",
}


def pairs(store: Embedded, pattern: str) -> set[tuple[str, str]]:
    rows = store.select(f"{HEAD}SELECT DISTINCT ?a ?b WHERE {{ {pattern} }}").texts()
    return {(row["a"], row["b"]) for row in rows}


def edges(graph: Graph, *kinds: str) -> set[tuple[str, str]]:
    return {(expand(source), expand(target)) for source, target, kind in graph.edges(keys=True) if kind in kinds}


# The graph equals the store.


def test_every_kind_is_counted_here() -> None:
    assert set(CLASSES) == set(read().nodes)
    assert set(PAIRS) == set(read().edges)
    assert {*VIEWS, "trial-drug-disease"} == set(read().views)


@pytest.mark.parametrize("kind", CLASSES)
def test_nodes_of_a_kind(kind: str, graph: Graph, whole_store: Embedded) -> None:
    query = f"{HEAD}SELECT (COUNT(DISTINCT ?x) AS ?number) WHERE {{ ?x a myo:{CLASSES[kind]} }}"
    (row,) = whole_store.select(query).texts()

    assert int(row["number"]) == Counter(data["kind"] for _, data in graph.nodes(data=True))[kind] > 0


@pytest.mark.parametrize("kind", PAIRS)
def test_edges_of_a_kind(kind: str, graph: Graph, whole_store: Embedded) -> None:
    assert edges(graph, kind) == pairs(whole_store, PAIRS[kind])
    assert edges(graph, kind)


@pytest.mark.parametrize("name", VIEWS)
def test_edges_of_a_view(name: str, graph: Graph, whole_store: Embedded) -> None:
    view = reduce(graph, name)
    kinds = read().views[name].edges or (name,)

    assert edges(view, *kinds) == pairs(whole_store, VIEWS[name])
    assert edges(view, *kinds)
    assert not list(nx.isolates(view))


def test_view_of_trials_drugs_and_diseases(graph: Graph) -> None:
    view = reduce(graph, "trial-drug-disease")

    assert {kind for *_, kind in view.edges(keys=True)} == {"broader", "evaluates", "has_condition"}
    assert {data["kind"] for _, data in view.nodes(data=True)} == {"disease", "drug", "trial"}


def test_walks_of_a_view_are_counted(graph: Graph) -> None:
    """Counted by hand: abatacept is evaluated in three trials that list dermatomyositis itself."""
    view = reduce(graph, "drug-disease")

    assert view.edges["drug:abatacept", "disease:dermatomyositis", "drug-disease"]["walks"] == 3
    assert reduce(graph, "drug-drug").edges["drug:abatacept", "drug:belatacept", "drug-drug"]["walks"] == 2


def test_view_that_is_not_there(graph: Graph) -> None:
    with pytest.raises(QueryError, match="no view 'moon'; there are drug-disease, "):
        reduce(graph, "moon")


# Attributes.


def test_attributes_are_scalars(graph: Graph) -> None:
    values = [value for _, data in graph.nodes(data=True) for value in data.values()]

    assert {type(value) for value in values} == {str, int, bool}
    assert all(data["label"] and data["iri"] == expand(node) for node, data in graph.nodes(data=True))


def test_attributes_of_a_trial(graph: Graph) -> None:
    assert graph.nodes["trial:NCT02971683"] == {
        "allocation": "randomized",
        "basis": "week-24 IMACS DOI 56.0% vs 42.5%, adjusted OR 1.8 (95% CI 0.9-3.5), p=0.083",
        "comparator": "Placebo + standard treatment",
        "completion": "2020-07-27",
        "course": "active|juvenile",
        "enrolment": 149,
        "grade": "moderate",
        "iri": "https://w3id.org/myositis-kg/trial/NCT02971683",
        "kind": "trial",
        "label": "Abatacept SC plus standard treatment in active idiopathic inflammatory myopathy",
        "limits": "not published",
        "masking": "quadruple",
        "model": "parallel",
        "names": "EUCTR2016-002269-77|IM101-611|NCT02971683",
        "phase": "phase 3",
        "start": "2017-05-04",
        "status": "terminated",
        "verdict": "primary end point missed",
        "verdict_group": "negative verdict",
    }


def test_same_store_same_graph(graph: Graph, whole_store: Embedded) -> None:
    again = project(whole_store)

    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))
    assert list(again.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))


@pytest.mark.parametrize("name", [None, *read().views])
@pytest.mark.parametrize("form", ["graphml", "gexf", "cytoscape"])
def test_files_open_again_with_the_same_counts(name: str | None, form: str, graph: Graph, tmp_path: Path) -> None:
    one = graph if name is None else reduce(graph, name)
    path = tmp_path / f"graph.{form}"
    match form:
        case "cytoscape":
            path.write_text(json.dumps(nx.cytoscape_data(one)))
            again = nx.cytoscape_graph(json.loads(path.read_text()))
        case "graphml":
            nx.write_graphml(one, path)
            again = nx.read_graphml(path)
        case _:
            nx.write_gexf(one, path)
            again = nx.read_gexf(path)

    assert (len(again), again.number_of_edges()) == (len(one), one.number_of_edges())
    assert set(again) == set(one)


# From a server.


def test_same_graph_from_an_endpoint(graphs: Graphs, graph: Graph) -> None:
    quads = [*build.quad_lines(graphs), *build.union_lines(graphs), *build.receipt_quads(graphs)]
    with servers.oxigraph() as server:
        content = "\n".join(quads).encode()
        headers = {"Content-Type": "application/n-quads"}
        urllib.request.urlopen(
            urllib.request.Request(server.store, content, headers, method="POST"), timeout=60
        ).close()
        endpoint = server.endpoint()
        far = project(endpoint)
        found = receipts.of(endpoint, "trial:NCT02971683", "evaluates", "drug:abatacept")
        (one,) = comparison.compare(endpoint, projection.checked(far), ["FcRn"])

    assert list(far.nodes(data=True)) == list(graph.nodes(data=True))
    assert list(far.edges(keys=True)) == list(graph.edges(keys=True))
    assert [receipt.triple[1] for receipt in found] == ["myo:use", "myo:intervention", "myo:role"]
    assert [row.trial for row in one.trials] == ["trial:NCT05379634", "trial:NCT05523167", "trial:NCT05979441"]


# What is wrong.


def store_of(*lines: str) -> Embedded:
    store = Embedded()
    store.load(lines)
    return store


def line(subject: str, predicate: str, value: str) -> str:
    term = value if value.startswith('"') else f"<{expand(value)}>"
    return f"<{expand(subject)}> <{expand(predicate)}> {term} ."


TRIAL = line("trial:NCT1", "rdf:type", "myo:Trial"), line("trial:NCT1", "skos:prefLabel", '"a"')
DRUG = line("drug:x", "rdf:type", "myo:Intervention"), line("drug:x", "skos:prefLabel", '"x"')


def test_store_that_holds_nothing() -> None:
    with pytest.raises(QueryError, match=r"nothing of any kind that the graph is made of \(myo:CellType, "):
        project(store_of())


def test_store_without_inferred_edges() -> None:
    use = (
        line("trial:NCT1", "myo:use", "use:1"),
        line("use:1", "myo:role", "concept:RoleExperimental"),
        line("use:1", "myo:intervention", "drug:x"),
    )

    with pytest.raises(QueryError, match="lacks the inferred edges myo:evaluates: load a whole build"):
        project(store_of(*TRIAL, *DRUG, *use))


def test_edge_to_what_is_not_declared() -> None:
    with pytest.raises(ValidationError, match="has_condition from trial:NCT1 to drug:x: drug:x is no disease"):
        project(store_of(*TRIAL, *DRUG, line("trial:NCT1", "myo:condition", "drug:x")))


def test_several_values_and_hostile_labels_stay_text() -> None:
    label = '"<script>alert(1)</script>\\u202E\\n|&\\u0007"'
    made = project(
        store_of(
            line("drug:x", "rdf:type", "myo:Intervention"),
            line("drug:x", "skos:prefLabel", label),
            *(line("drug:x", "skos:altLabel", name) for name in ('"b"', '"a"')),
        )
    )

    assert made.nodes["drug:x"]["label"] == "<script>alert(1)</script>\u202e\n|&\x07"
    assert made.nodes["drug:x"]["names"] == "a|b"


def test_unchecked_mechanisms_are_marked_and_can_be_left_out(graph: Graph) -> None:
    unchecked = {node for node, data in graph.nodes(data=True) if not data.get("checked", True)}

    assert {graph.nodes[node]["level"] for node in unchecked} == {projection.UNCHECKED}
    assert set(graph) - set(projection.checked(graph)) == unchecked != set()
