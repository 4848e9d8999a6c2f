"""The property graph and its files: nothing is lost on the way there and back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import networkx as nx
import pyarrow.parquet as pq
import pytest
from test_serialise import HOSTILE

from kg import terms
from kg.build import Inputs, quad_lines
from kg.contract import Contract
from kg.export import columns, delimited, graphfiles, network, views
from kg.export.network import Attribute, Edge, Network, Node
from kg.graph import metagraph, projection
from kg.names import PREFIXES, own
from kg.triples import Graphs

Graph: TypeAlias = "nx.MultiDiGraph[str]"

MYO, TYPE = PREFIXES["myo"], terms.iri(PREFIXES["rdf"] + "type")


@pytest.fixture(scope="module")
def contract(inputs: Inputs) -> Contract:
    return inputs.contract


@pytest.fixture(scope="module")
def whole(graphs: Graphs, contract: Contract) -> Network:
    return network.of(graphs.union(), contract, [line.removesuffix(" .") for line in quad_lines(graphs)])


def hostile_lines() -> list[str]:
    """A drug and a target whose labels, names and codes are of the worst kind, and a link between them."""
    drug, target = terms.iri(own("drug", "x")), terms.iri(own("target", 'a-b.c(d)+"e"'.replace('"', "")))
    said = [
        (TYPE, terms.iri(MYO + "Intervention")),
        *((terms.iri(PREFIXES["skos"] + "altLabel"), terms.label(text)) for text in HOSTILE),
        *((terms.iri(PREFIXES["skos"] + "altLabel"), terms.text(text)) for text in HOSTILE),
        (terms.iri(PREFIXES["skos"] + "prefLabel"), terms.label(HOSTILE[0])),
        (terms.iri(MYO + "modality"), terms.text(HOSTILE[1])),
        (terms.iri(MYO + "modality"), terms.text(HOSTILE[2])),
        (terms.iri(MYO + "enrolment"), terms.text("many")),
        (terms.iri(MYO + "enrolment"), terms.integer(3)),
        (terms.iri(MYO + "value"), terms.typed("1.234567890123456789", "decimal")),
        (terms.iri(MYO + "startDate"), terms.date("2017")),
        (terms.iri(MYO + "startDate"), terms.date("2017-03")),
        (terms.iri("http://example.org/p#q"), '"x"@de-at'),
        (terms.iri("http://example.org/p#q"), terms.iri("http://example.org/a|b;c,d".replace("|", "%7C"))),
        (terms.iri(MYO + "actsOnTarget"), target),
    ]
    lines = {f"{drug} {predicate} {value}" for predicate, value in said}
    return sorted({*lines, f"{target} {TYPE} {terms.iri(MYO + 'Target')}"})


@pytest.fixture(scope="module")
def hostile(contract: Contract) -> Network:
    return network.of(hostile_lines(), contract)


# The property graph.


def test_nothing_is_lost(whole: Network, graphs: Graphs, contract: Contract) -> None:
    made = network.statements(whole, contract)

    assert sorted([*made, *whole.left]) == graphs.union()
    assert len(made) > 0.7 * len(graphs.union())


def test_nothing_hostile_is_lost(hostile: Network, contract: Contract) -> None:
    assert network.statements(hostile, contract) == hostile_lines()
    assert hostile.left == ()


def test_what_is_left_is_of_no_class_of_the_contract(whole: Network, contract: Contract) -> None:
    classes = {terms.iri(MYO + name) for name in contract.classes}
    typed = {tuple(line.split(" ", 2)) for line in whole.left}

    assert not [one for one in typed if one[1] == TYPE and one[2] in classes]


def test_nodes_are_of_the_most_special_class(whole: Network) -> None:
    kinds = {node.id: node.kind for node in whole.nodes}

    assert kinds["drug:abatacept"] == "Drug"
    assert kinds["drug:placebo"] == "Placebo"
    assert kinds["trial:NCT02971683"] == "Trial"


def test_edges_lead_from_node_to_node_and_have_names_of_their_own(whole: Network) -> None:
    nodes = {node.id for node in whole.nodes}
    edges = [edge.id for edge in whole.edges]

    assert {end for edge in whole.edges for end in (edge.subject, edge.object)} <= nodes
    assert len(edges) == len(set(edges))
    assert "trial:NCT02971683 evaluates drug:abatacept" in edges


def test_edges_name_the_records_that_state_them(whole: Network) -> None:
    records = {edge.id: edge.records for edge in whole.edges}

    assert records["trial:NCT02971683 evaluates drug:abatacept"] == ("graph:inferred",)
    assert records["trial:NCT02971683 condition disease:dermatomyositis"] == ("record:curated-NCT02971683",)
    assert all(records.values())


def test_attributes_say_what_they_are(whole: Network, hostile: Network) -> None:
    assert whole.attributes["enrolment"] == Attribute("enrolment", "integer", False)
    assert whole.attributes["startDate"] == Attribute("startDate", "text", False)
    assert whole.attributes["exactMatch"] == Attribute("exactMatch", "curie", True)
    assert hostile.attributes["enrolment^xsd:string"] == Attribute("enrolment^xsd:string", "text", False)
    assert hostile.attributes["modality"].many, "two values where the contract allows one"


# Files that networkx reads.


def reads_graphml(data: bytes, folder: Path) -> Graph:
    (folder / "x.graphml").write_bytes(data)
    return nx.MultiDiGraph(nx.read_graphml(folder / "x.graphml", force_multigraph=True))


def reads_gexf(data: bytes, folder: Path) -> Graph:
    (folder / "x.gexf").write_bytes(data)
    return nx.MultiDiGraph(nx.read_gexf(folder / "x.gexf"))


def reads_cytoscape(data: bytes, folder: Path) -> Graph:
    graph: Graph = nx.MultiDiGraph(nx.cytoscape_graph(json.loads(data)))
    for _, given in graph.nodes(data=True):
        given["value"] = given.pop("myo:value", None)
        if given["value"] is None:
            del given["value"]
    return graph


Reader = Callable[[bytes, Path], Graph]
READERS: Mapping[str, tuple[Callable[[Network], bytes], Reader]] = {
    "graphml": (graphfiles.graphml, reads_graphml),
    "gexf": (graphfiles.gexf, reads_gexf),
    "cytoscape": (graphfiles.cytoscape, reads_cytoscape),
}


def texts(value: object, many: bool) -> tuple[str, ...]:
    """The values of an attribute as they were before they were written."""
    if many:
        found = json.loads(value) if isinstance(value, str) else value
        assert isinstance(found, list)
        return tuple(text for one in found for text in texts(one, False))
    if isinstance(value, bool):
        return (str(value).lower(),)
    if isinstance(value, float):
        return (terms.lexical(terms.decimal(Decimal(repr(value)))),)
    return (str(value),)


def read_back(graph: Graph, attributes: Mapping[str, Attribute]) -> Network:
    nodes = []
    for name, data in graph.nodes(data=True):
        values = {key: texts(data[key], attributes[key].many) for key in attributes if key in data}
        nodes.append(Node(str(name), data["kind"], str(data.get("label", data.get("name"))), values))
    edges = [
        Edge(
            str(data.get("id", key)),
            start,
            str(data.get("kind", data.get("interaction"))),
            end,
            texts(data["records"], True),
        )
        for start, end, key, data in graph.edges(keys=True, data=True)
    ]
    return Network(tuple(sorted(nodes)), tuple(sorted(edges)), attributes)


def labels(of: Network) -> dict[str, tuple[str, str]]:
    return {node.id: (node.kind, node.label or node.id) for node in of.nodes}


@pytest.mark.parametrize("name", READERS)
def test_networkx_reads_the_same_content(
    name: str, whole: Network, contract: Contract, graphs: Graphs, tmp_path: Path
) -> None:
    write, read = READERS[name]
    graph = read(write(whole), tmp_path)
    again = read_back(graph, whole.attributes)

    assert (graph.number_of_nodes(), graph.number_of_edges()) == (len(whole.nodes), len(whole.edges))
    assert {n.id: (n.kind, n.label or n.id) for n in again.nodes} == {
        n.id: (n.kind, n.label or n.id) for n in whole.nodes
    }
    assert set(again.edges) == set(whole.edges)
    assert sorted([*network.statements(again, contract), *whole.left]) == graphs.union()


@pytest.mark.parametrize("name", READERS)
def test_networkx_reads_hostile_content(name: str, hostile: Network, contract: Contract, tmp_path: Path) -> None:
    write, read = READERS[name]
    again = read_back(read(write(hostile), tmp_path), hostile.attributes)

    assert network.statements(again, contract) == hostile_lines()


@pytest.mark.parametrize("name", READERS)
def test_labels_cannot_break_out_of_a_file(name: str, hostile: Network) -> None:
    write, _ = READERS[name]
    written = write(hostile).decode()

    assert "<script>" not in written or name == "cytoscape"
    assert "\x07" not in written
    assert "\x1b" not in written


def test_number_that_is_none_makes_its_column_text(contract: Contract, tmp_path: Path) -> None:
    subject = terms.iri(own("groupvalue", "x"))
    lines = sorted(
        [
            f"{subject} {TYPE} {terms.iri(MYO + 'GroupValue')}",
            f"{subject} {terms.iri(MYO + 'value')} {terms.typed('1.23456789012345678', 'decimal')}",
        ]
    )
    made = network.of(lines, contract)
    for write, read in READERS.values():
        assert network.statements(read_back(read(write(made), tmp_path), made.attributes), contract) == lines


# Neo4j.


def neo4j_reads(files: Mapping[str, bytes], attributes: Mapping[str, Attribute]) -> Network:
    nodes, edges = [], []
    arguments = files["import.args"].decode().splitlines()
    listed = [line.partition("=") for line in arguments if line.startswith(("--nodes", "--relationships"))]
    assert {name for _, _, name in listed} | {"import.args"} == set(files)
    assert "--array-delimiter=U+001F" in arguments
    for option, _, name in listed:
        head, *rows = split(files[name].decode())
        for row in rows:
            given = {str(key): value for key, value in zip(head, row, strict=True) if value is not None}
            if option == "--nodes":
                values = {
                    key.rpartition(":")[0]: tuple(value.split("\x1f")) if key.endswith("[]") else (value,)
                    for key, value in given.items()
                    if key not in ("id:ID", ":LABEL")
                }
                unmangled = {
                    key: values[key.replace(":", "_")] for key in attributes if key.replace(":", "_") in values
                }
                nodes.append(Node(given["id:ID"], given[":LABEL"], "", unmangled))
            else:
                records = tuple(given["records:string[]"].split("\x1f")) if given["records:string[]"] else ()
                ends = given[":START_ID"], given[":TYPE"], given[":END_ID"]
                edges.append(Edge(given["id:string"], *ends, records))
    return Network(tuple(nodes), tuple(edges), attributes)


def split(text: str) -> list[list[str | None]]:
    """Read quoted cells; a cell without quotes is no value, as in Neo4j."""
    marked = (
        text.replace('""', "\ue000").replace(",,", ",\ue001,").replace(",,", ",\ue001,").replace(",\n", ",\ue001\n")
    )
    rows = csv.reader(io.StringIO(marked, newline=""))
    return [[None if c == "\ue001" else "" if c == "\ue000" else c.replace("\ue000", '"') for c in row] for row in rows]


def test_neo4j_files_hold_the_same_content(whole: Network, contract: Contract, graphs: Graphs) -> None:
    again = neo4j_reads(delimited.neo4j(whole), whole.attributes)

    assert {node.id: node.kind for node in again.nodes} == {node.id: node.kind for node in whole.nodes}
    assert set(again.edges) == set(whole.edges)
    assert sorted([*network.statements(again, contract), *whole.left]) == graphs.union()


def test_neo4j_types_its_columns(whole: Network) -> None:
    files = delimited.neo4j(whole)
    heads = {name: content.decode().partition("\n")[0] for name, content in files.items()}

    assert '"enrolment:long"' in heads["nodes-Trial.csv"]
    assert '"value:double"' in heads["nodes-GroupValue.csv"]
    assert '"resultsAvailable:boolean"' in heads["nodes-Trial.csv"]
    assert '"altLabel:string[]"' in heads["nodes-Drug.csv"]


def test_neo4j_separator_in_a_value_cannot_split_it(contract: Contract) -> None:
    lines = [line for line in hostile_lines() if "\\u001F" in line or TYPE in line]
    files = delimited.neo4j(network.of(lines, contract))

    assert b"a|b;c d" in files["nodes-Intervention.csv"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        ("CD80", "CD80"),
        ("", ""),
    ],
)
def test_formulas_are_marked(text: str, expected: str) -> None:
    assert delimited.harmless(text) == expected


def test_safe_tables_hold_no_formula(hostile: Network) -> None:
    plain, safe = delimited.neo4j(hostile), delimited.neo4j(hostile, safe=True)

    assert b"=HYPERLINK" in plain["nodes-Intervention.csv"]
    assert not [row for name in safe if name.endswith(".csv") for row in split(safe[name].decode()) for c in row
                if c and delimited.harmless(c) != c]  # fmt: skip


# Parquet.


def parquet_reads(files: Mapping[str, bytes], attributes: Mapping[str, Attribute]) -> Network:
    read: Callable[[io.BytesIO], Any] = pq.read_table
    rows = {name: read(io.BytesIO(content)).to_pylist() for name, content in files.items()}
    nodes = [
        Node(
            r["id"], r["kind"], r["label"], {k: texts(r[k], attributes[k].many) for k in attributes if r[k] is not None}
        )
        for r in rows["nodes.parquet"]
    ]
    edges = [Edge(**{**row, "records": tuple(row["records"])}) for row in rows["edges.parquet"]]
    return Network(tuple(nodes), tuple(edges), attributes)


def test_parquet_holds_the_same_content(whole: Network, contract: Contract) -> None:
    again = parquet_reads(columns.parquet(whole), whole.attributes)

    assert again.edges == whole.edges
    assert again.nodes == whole.nodes


def test_parquet_holds_hostile_content(hostile: Network, contract: Contract) -> None:
    again = parquet_reads(columns.parquet(hostile), hostile.attributes)

    assert network.statements(again, contract) == hostile_lines()


def test_parquet_types_its_columns(whole: Network) -> None:
    schema = columns.tables(whole)["nodes"].schema

    assert [str(schema.field(name).type) for name in ("enrolment", "value", "resultsAvailable", "altLabel")] == [
        "int64", "double", "bool", "list<item: string>",
    ]  # fmt: skip


# The same bytes.


@pytest.mark.parametrize(
    "write", [graphfiles.graphml, graphfiles.gexf, graphfiles.cytoscape, delimited.neo4j, columns.parquet]
)
def test_same_bytes_twice(write: Callable[[Network], object], graphs: Graphs, contract: Contract) -> None:
    lines = graphs.union()[:3000]

    assert write(network.of(lines, contract)) == write(network.of(list(lines), contract))


# Views.


@pytest.mark.parametrize("view", ["all", *metagraph.read().views])
@pytest.mark.parametrize("name", READERS)
def test_views_reopen_alike(name: str, view: str, graph: Graph, tmp_path: Path) -> None:
    """Names, kinds and every attribute of nodes, the ends, kinds and weights of edges."""
    wanted = graph if view == "all" else projection.reduce(graph, view)
    write, read = READERS[name]
    made = views.network(wanted)
    again = read(write(made), tmp_path)
    nodes = {n: {k: v for k, v in d.items() if k in made.attributes} for n, d in again.nodes(data=True)}
    edges = sorted(
        (s, str(d.get("kind", d.get("interaction"))), t, d.get("weight")) for s, t, d in again.edges(data=True)
    )
    scalars = {n: {k: v for k, v in d.items() if k not in ("kind", "label")} for n, d in wanted.nodes(data=True)}

    assert (len(again), again.number_of_edges()) == (len(wanted), wanted.number_of_edges())
    assert nodes == scalars
    assert edges == sorted((s, k, t, d.get("walks")) for s, t, k, d in wanted.edges(keys=True, data=True))
