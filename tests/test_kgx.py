"""KGX: the rules of Biolink 4.4.6, honest polarity, and nothing lost."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg import terms
from kg.build import Inputs, quad_lines
from kg.contract import Contract
from kg.export import kgx, network, slices
from kg.export.kgx import Row
from kg.export.network import Edge, Network, Node
from kg.names import BASE, PREFIXES, own, shrink
from kg.triples import Graphs

BIOLINK = json.loads((Path(__file__).parent / "data" / "biolink.json").read_text(encoding="utf-8"))
ENUMS = {
    "knowledge_level": "KnowledgeLevelEnum",
    "agent_type": "AgentTypeEnum",
    "object_aspect_qualifier": "GeneOrGeneProductOrChemicalEntityAspectEnum",
    "object_direction_qualifier": "DirectionQualifierEnum",
    "causal_mechanism_qualifier": "CausalMechanismQualifierEnum",
    "max_research_phase": "ResearchPhaseEnum",
    "clinical_approval_status": "ClinicalApprovalStatusEnum",
}
CURIE = re.compile(r"[A-Za-z_][\w.-]*:[^\s<>\"{}|\\^`]+")
SAYS_TREATS = re.compile("treat|ameliorate|prevent|beneficial")


@pytest.fixture(scope="module")
def contract(inputs: Inputs) -> Contract:
    return inputs.contract


@pytest.fixture(scope="module")
def whole(graphs: Graphs, contract: Contract) -> Network:
    return network.of(graphs.union(), contract, [line.removesuffix(" .") for line in quad_lines(graphs)])


@pytest.fixture(scope="module")
def nodes(whole: Network) -> list[Row]:
    return kgx.nodes(whole)


@pytest.fixture(scope="module")
def edges(whole: Network, graphs: Graphs) -> list[Row]:
    return kgx.edges(whole, graphs.union())


def problems(nodes: list[Row], edges: list[Row]) -> list[str]:
    """What the Biolink model would object to."""
    found = []
    categories: dict[object, list[str]] = {}
    for node in nodes:
        name = node.get("id")
        if not isinstance(name, str) or not CURIE.fullmatch(name) or name in categories:
            found.append(f"id {name}")
        given = node.get("category")
        categories[name] = [c.removeprefix("biolink:") for c in given] if isinstance(given, list) else []
        if not categories[name] or not set(categories[name]) <= set(BIOLINK["classes"]):
            found.append(f"{name}: category {given}")
        found += [f"{name}: {key} is no list" for key in ("xref", "synonym", "same_as") if not listed(node, key)]
    ids: Counter[object] = Counter(edge.get("id") for edge in edges)
    found += [f"edge {name} twice" for name, count in ids.items() if count > 1]
    for edge in edges:
        needed = ("subject", "predicate", "object", "knowledge_level", "agent_type", "primary_knowledge_source")
        found += [f"{edge.get('id')}: no {key}" for key in needed if not edge.get(key)]
        for key, enum in ENUMS.items():
            if key in edge and edge[key] not in BIOLINK["enums"][enum]:
                found.append(f"{edge['id']}: {key} {edge[key]}")
        if not str(edge.get("primary_knowledge_source")).startswith("infores:"):
            found.append(f"{edge['id']}: source")
        found += ends(edge, categories)
    return found


def listed(row: Row, key: str) -> bool:
    return isinstance(row.get(key, []), list)


def ends(edge: Row, categories: dict[object, list[str]]) -> list[str]:
    predicate = str(edge.get("predicate")).removeprefix("biolink:")
    if predicate not in BIOLINK["predicates"]:
        return [f"{edge['id']}: predicate {predicate}"]
    found = []
    for end, wanted in zip(("subject", "object"), BIOLINK["predicates"][predicate], strict=True):
        if edge.get(end) not in categories:
            found.append(f"{edge['id']}: {end} {edge.get(end)} is no node")
        elif not any(wanted in (c, *BIOLINK["classes"][c]) for c in categories[edge.get(end)]):
            found.append(f"{edge['id']}: {end} is {categories[edge.get(end)]}, expected {wanted}")
    return found


def test_rules_of_biolink_hold(nodes: list[Row], edges: list[Row]) -> None:
    assert len(nodes) > 2000
    assert len(edges) > 5000
    assert problems(nodes, edges) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"knowledge_level": "certain"}, "knowledge_level"),
        ({"agent_type": ""}, "no agent_type"),
        ({"predicate": "biolink:evaluates"}, "predicate evaluates"),
        ({"object": "MONDO:0"}, "is no node"),
        ({"primary_knowledge_source": "me"}, "source"),
        ({"subject": "HGNC:1700", "predicate": "biolink:treats"}, "expected ChemicalOrDrugOrTreatment"),
    ],
)
def test_a_broken_edge_is_seen(changed: Row, said: str, nodes: list[Row], edges: list[Row]) -> None:
    broken = {**edges[0], **changed}

    assert said in "\n".join(problems(nodes, [broken]))


def test_a_broken_node_is_seen(nodes: list[Row]) -> None:
    assert problems([{"id": "no curie", "category": ["biolink:Thing"], "xref": "a"}], []) == [
        "id no curie", "no curie: category ['biolink:Thing']", "no curie: xref is no list",
    ]  # fmt: skip
    assert problems([nodes[0], nodes[0]], []) == [f"id {nodes[0]['id']}"]


# Polarity.


def test_only_approvals_say_treats(edges: list[Row], graphs: Graphs) -> None:
    said = {(e["subject"], e["object"]) for e in edges if SAYS_TREATS.search(str(e["predicate"]))}
    approvals = [line for line in graphs.union() if f"<{PREFIXES['myo']}approvedDrug>" in line]

    assert 0 < len(said) <= len(approvals)
    for edge in edges:
        if (edge["subject"], edge["object"]) in said and SAYS_TREATS.search(str(edge["predicate"])):
            assert str(edge["clinical_approval_status"]).endswith("approved_for_condition")
            assert "has_supporting_studies" not in edge


def test_what_a_trial_evaluates_is_in_clinical_trials_and_no_more(edges: list[Row]) -> None:
    (edge,) = [e for e in edges if e["id"] == "RXCUI:614391 in_clinical_trials_for MONDO:0016367"]

    assert edge["max_research_phase"] == "clinical_trial_phase_3"
    assert "CLINICALTRIALS:NCT02971683" in edge["has_supporting_studies"]  # type: ignore[operator]
    assert [e for e in edges if str(e["id"]).startswith("RXCUI:614391 treats MONDO:0016367")] == []


def test_removing_approvals_removes_every_word_of_treatment(graphs: Graphs, contract: Contract) -> None:
    lines = [line for line in graphs.union() if f"<{PREFIXES['myo']}intent>" not in line]
    predicates = {str(edge["predicate"]) for edge in kgx.edges(network.of(lines, contract), lines)}

    assert "biolink:in_clinical_trials_for" in predicates
    assert [predicate for predicate in predicates if SAYS_TREATS.search(predicate)] == []


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ("RXCUI:614391 directly_physically_interacts_with HGNC:1700", {"causal_mechanism_qualifier": "binding"}),
        (
            "RXCUI:1357536 affects HGNC:6192",
            {
                "qualified_predicate": "biolink:causes",
                "object_aspect_qualifier": "activity",
                "object_direction_qualifier": "decreased",
                "causal_mechanism_qualifier": "inhibition",
            },
        ),
    ],
)
def test_mechanisms_have_direction(edge: str, expected: dict[str, str], edges: list[Row]) -> None:
    (found,) = [e for e in edges if e["id"] == edge]

    assert {key: value for key, value in found.items() if "qualif" in key} == expected


# Names.


def test_nodes_are_known_by_what_others_know(nodes: list[Row]) -> None:
    same = {str(node["same_as"]): node["id"] for node in nodes if "same_as" in node}

    assert same["['MYOKG:drug/abatacept']"] == "RXCUI:614391"
    assert same["['MYOKG:target/CD80']"] == "HGNC:1700"
    assert same["['MYOKG:trial/NCT02971683']"] == "CLINICALTRIALS:NCT02971683"
    assert same["['MYOKG:disease/dermatomyositis']"] == "MONDO:0016367"


def test_two_things_with_one_identifier_keep_their_own() -> None:
    twins = tuple(Node(f"drug:{x}", "Drug", x, {"exactMatch": ("rxnorm:1",)}) for x in "ab")

    assert kgx.identify(Network(twins, (), {})) == {"drug:a": "MYOKG:drug/a", "drug:b": "MYOKG:drug/b"}


def test_every_class_has_a_category(inputs: Inputs, whole: Network) -> None:
    known = set(kgx.model().categories)

    assert set(inputs.contract.classes) <= known
    assert {node.kind for node in whole.nodes} <= known
    assert set(kgx.model().categories.values()) <= set(BIOLINK["classes"])
    assert set(kgx.model().predicates.values()) <= set(BIOLINK["predicates"])


def test_prefixes_are_those_of_biolink() -> None:
    used = {theirs.partition(":")[0] for theirs in kgx.model().prefixes.values()}

    assert used - set(BIOLINK["prefixes"]) == {"ATC", "OBI"}
    assert set(kgx.model().prefixes) <= set(PREFIXES)


def test_agents_tell_curators_from_readers() -> None:
    def agent(*records: str) -> object:
        nodes = tuple(Node(f"drug:{x}", "Drug", x, {}) for x in "ab")
        edge = Edge("x", "drug:a", "uses", "drug:b", records)
        return kgx.edges(Network(nodes, (edge,), {}), [])[0]["agent_type"]

    assert agent("record:curated-NCT1") == "manual_agent"
    assert agent("record:table-drugs", "graph:inferred") == "manual_agent"
    assert agent("record:page-1") == "automated_agent"
    assert agent("graph:inferred") == "automated_agent"


# Nothing lost.


def back(rows: dict[str, list[dict[str, Any]]], whole: Network) -> Network:
    own_names = {row["id"]: (row.get("same_as") or [row["id"]])[0] for row in rows["nodes"]}
    curies = {ours: own_name(ours) for ours in own_names.values()}
    nodes = [
        Node(
            curies[own_names[row["id"]]],
            "",
            row.get("name", ""),
            {k: tuple(texts(row[k])) for k in whole.attributes if k in row and row[k] != ""},
        )
        for row in rows["nodes"]
    ]
    edges = [
        Edge(
            "", curies[own_names[r["subject"]]], r["original_predicate"].rsplit("/")[-1], curies[own_names[r["object"]]]
        )
        for r in rows["edges"]
        if r.get("original_predicate")
    ]
    return Network(tuple(nodes), tuple(edges), whole.attributes)


def own_name(curie: str) -> str:
    return shrink(BASE + curie.removeprefix("MYOKG:"))


def texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [terms.lexical(terms.decimal(Decimal(repr(value)))) if isinstance(value, float) else str(value)]


def test_json_lines_hold_everything(whole: Network, contract: Contract, graphs: Graphs) -> None:
    files = kgx.jsonl(whole, graphs.union())
    rows = {name.partition(".")[0]: [json.loads(x) for x in data.splitlines()] for name, data in files.items()}
    again = back(rows, whole)

    assert sorted([*network.statements(again, contract), *whole.left]) == graphs.union()


def test_tables_hold_everything_but_what_is_listed(whole: Network, contract: Contract, graphs: Graphs) -> None:
    files = kgx.tsv(whole, graphs.union())
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, data in files.items():
        read = csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
        rows[name.partition(".")[0]] = [
            {k: v.split("|") if k == "same_as" or many(k, whole) else number(k, v, whole) for k, v in row.items() if v}
            for row in read
        ]
    again = back(rows, whole)

    assert kgx.unheld(whole) == []
    assert sorted([*network.statements(again, contract), *whole.left]) == graphs.union()


def many(name: str, whole: Network) -> bool:
    return name in whole.attributes and whole.attributes[name].many


def number(name: str, text: str, whole: Network) -> object:
    return float(text) if name in whole.attributes and whole.attributes[name].kind == "decimal" else text


@pytest.mark.parametrize(("value", "held"), [("a|b", False), ("a\tb", False), ("a\nb", False), ("a b", True)])
def test_what_tables_cannot_hold_is_listed(value: str, held: bool, contract: Contract) -> None:
    drug = terms.iri(own("drug", "x"))
    lines = [
        f"{drug} {terms.iri(PREFIXES['rdf'] + 'type')} {terms.iri(PREFIXES['myo'] + 'Intervention')}",
        f"{drug} {terms.iri(PREFIXES['skos'] + 'altLabel')} {terms.label(value)}",
    ]
    made = network.of(lines, contract)

    assert (kgx.unheld(made) == []) is held
    head, row = kgx.tsv(made, lines)["nodes.tsv"].decode().splitlines()
    assert head.count("\t") == row.count("\t")


def test_slices_make_whole_tables(graphs: Graphs, contract: Contract) -> None:
    for thing in (own("drug", "abatacept"), own("disease", "dermatomyositis"), own("target", "CD80")):
        lines = slices.Facts(graphs.union(), contract).around([thing], 1)
        made = network.of(lines, contract)

        assert problems(kgx.nodes(made), kgx.edges(made, lines)) == []
