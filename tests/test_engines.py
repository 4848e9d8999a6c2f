"""The same rows everywhere: the whole graph is pushed into real servers, and every question asked there.

The reference is the embedded store, whose answers are held to goldens worked out by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import rdflib
import servers
from click.testing import CliRunner
from servers import Server
from test_questions import GOLDENS, QUESTIONS

from kg import push, sparql, worker
from kg.cli import main
from kg.endpoint import Endpoint
from kg.errors import QueryError, StoreError
from kg.library import Library
from kg.names import PREFIXES
from kg.resources import root
from kg.store import Embedded, Rows, Store, Term

SERVERS = ("oxigraph", "virtuoso")
ENGINES = ("library", *SERVERS)
DISEASE = "https://w3id.org/myositis-kg/disease/idiopathic-inflammatory-myopathy"
PREAMBLE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("myo", "skos", "xsd"))
DRUG, RECEIPTS = "https://w3id.org/myositis-kg/drug/abatacept", "https://w3id.org/myositis-kg/graph/receipts"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, whole_build: Path) -> Iterator[dict[str, Server]]:
    """Both servers, with the whole graph in them."""
    graphs = push.read(whole_build)
    with ExitStack() as stack:
        found = {
            "oxigraph": stack.enter_context(servers.oxigraph()),
            "virtuoso": stack.enter_context(servers.virtuoso(tmp_path_factory.mktemp("virtuoso"))),
        }
        for server in found.values():
            target = push.server_at(server.store, login=server.login)
            push.push(graphs, target, server.endpoint(default_graph=""))
        yield found


@pytest.fixture(scope="session")
def embedded(whole_build: Path) -> Embedded:
    return Embedded(whole_build / "store")


@pytest.fixture(scope="session")
def library(whole_build: Path) -> Library:
    graph = rdflib.Graph()
    graph.parse(whole_build / "myositis.ttl", format="turtle")
    return Library(graph)


def test_a_dataset_of_rdflib_has_named_graphs() -> None:
    dataset = rdflib.Dataset()
    dataset.default_graph.add((rdflib.URIRef("http://a"), rdflib.URIRef("http://p"), rdflib.Literal(1)))
    dataset.graph(rdflib.URIRef("http://g")).add(
        (rdflib.URIRef("http://b"), rdflib.URIRef("http://p"), rdflib.Literal(2))
    )
    library = Library(dataset)

    assert [row["s"] for row in library.select("SELECT ?s { ?s ?p ?o }").texts()] == ["http://a"]
    assert library.select("SELECT ?g ?s { GRAPH ?g { ?s ?p ?o } }").texts() == [{"g": "http://g", "s": "http://b"}]


@pytest.fixture(params=SERVERS)
def endpoint(request: pytest.FixtureRequest, running: dict[str, Server]) -> Endpoint:
    return running[request.param].endpoint()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Store:
    if request.param == "library":
        store: Store = request.getfixturevalue("library")
        return store
    running: dict[str, Server] = request.getfixturevalue("running")
    return running[request.param].endpoint()


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_give_the_same_rows_in_the_same_order(name: str, endpoint: Endpoint, embedded: Embedded) -> None:
    question = QUESTIONS[name]
    examples = {one: parameter.example for one, parameter in question.parameters.items()}

    for values in ({}, examples):
        meanings = question.understand(embedded, values)

        assert question.ask(endpoint, meanings) == question.ask(embedded, meanings)


@pytest.mark.parametrize("name", GOLDENS)
def test_goldens_have_the_same_rows(name: str, engine: Store, embedded: Embedded) -> None:
    for golden in GOLDENS[name].answers:
        question = QUESTIONS[golden.question]
        if isinstance(engine, Library) and sparql.names(question.text, "GRAPH"):
            continue  # one rdflib graph has no named graphs, and a dataset of this size takes minutes
        meanings = question.understand(embedded, golden.values)
        rows = question.ask(engine, meanings)

        assert rows == question.ask(embedded, meanings)
        assert bool(rows.rows) is bool(golden.rows)


def test_names_are_understood_alike(endpoint: Endpoint, embedded: Embedded) -> None:
    for name, values in (
        ("trials-of-a-drug", {"drug": "Orencia"}),
        ("trials-of-a-mechanism", {"mechanism": "JAK"}),
    ):
        assert QUESTIONS[name].understand(endpoint, values) == QUESTIONS[name].understand(embedded, values)


def test_every_statement_is_alike(endpoint: Endpoint, embedded: Embedded) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    found = endpoint.select(query).rows

    assert len(found) == len(set(found)) > 25_000
    assert set(found) == set(embedded.select(query).rows)
    kinds = {term.datatype.rpartition("#")[2] for _, _, term in found if term and term.kind == "literal"}
    assert {"boolean", "date", "decimal", "duration", "gYear", "gYearMonth", "integer", "langString", "string"} <= kinds


def test_graphs_have_the_same_size(endpoint: Endpoint, embedded: Embedded) -> None:
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    union = "https://w3id.org/myositis-kg/graph/union"
    found = {row["g"]: row["n"] for row in endpoint.select(query).texts() if "myositis-kg" in row["g"]}

    assert {row["g"]: row["n"] for row in embedded.select(query).texts()} == {
        graph: number for graph, number in found.items() if graph != union
    }


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{RECEIPTS}> {{ ?s ?p ?o }} }}",
        f"SELECT (COUNT(*) AS ?n) FROM <{RECEIPTS}> {{ ?s ?p ?o }}",
        f"SELECT ?r {{ <{DRUG}> a ?class GRAPH <{RECEIPTS}> {{ ?r ?p <{DRUG}> }} }} ORDER BY ?r LIMIT 9",
        f"SELECT ?g {{ <{DRUG}> a myo:Drug GRAPH ?g {{ <{DRUG}> a myo:Drug }} ?g a myo:Record }}",
        "SELECT (COUNT(*) AS ?n) { ?s a myo:Receipt }",
        "SELECT (COUNT(DISTINCT ?t) AS ?n) (MIN(?e) AS ?least) (SUM(?e) AS ?sum) { ?t myo:enrolment ?e }",
        "SELECT ?p (COUNT(?t) AS ?n) { ?t myo:phase/skos:prefLabel ?p } GROUP BY ?p HAVING (COUNT(?t) > 3) ORDER BY ?p",
        f"SELECT ?d {{ <{DISEASE}> skos:broader* ?d }} ORDER BY ?d",
        f"SELECT DISTINCT ?d {{ ?d skos:broader+ <{DISEASE}> }} ORDER BY ?d",
        "SELECT ?x { VALUES ?x { 1 1.50 true 'a' 'a'@en '2019'^^xsd:gYear <http://a> } }",
        f"SELECT ?label {{ <{DRUG}> skos:altLabel ?label }} ORDER BY STR(?label)",
        "SELECT ?t { ?t a myo:Trial FILTER NOT EXISTS { ?t myo:phase ?p } } ORDER BY ?t",
        "SELECT ?t ?d { ?t myo:startDate ?d FILTER(STRSTARTS(STR(?d), '2019')) } ORDER BY STR(?d) ?t",
        "SELECT (GROUP_CONCAT(?n; separator='|') AS ?all) { SELECT ?n { ?d a myo:Disease ; skos:prefLabel ?l "
        "BIND(STR(?l) AS ?n) } ORDER BY ?n LIMIT 5 }",
        "ASK { ?s a myo:Trial }",
        "ASK { ?s a myo:NoSuchClass }",
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(?s = <{DRUG}>) }}",
        f"CONSTRUCT {{ <{DRUG}> skos:note 01, '''é \"q\"\n''' }} WHERE {{}}",
        "CONSTRUCT { ?s myo:x ?o } WHERE { ?s myo:noSuchProperty ?o }",
    ],
)  # fmt: skip
def test_every_form_and_feature(query: str, endpoint: Endpoint, embedded: Embedded) -> None:
    text = PREAMBLE + query

    assert endpoint.query(text) == embedded.query(text)


@pytest.mark.parametrize("name", ["disease/dermatomyositis", "trial/NCT02971683", "drug/no-such-drug"])
def test_descriptions_are_alike(name: str, engine: Store, embedded: Embedded) -> None:
    iri = f"https://w3id.org/myositis-kg/{name}"

    assert engine.describe(iri) == embedded.describe(iri)
    assert bool(embedded.describe(iri)) is ("no-such" not in name)


@pytest.mark.parametrize(
    "given",
    [
        Term(DRUG, "iri"),
        (Term(DRUG, "iri"), Term(DRUG.replace("abatacept", "rituximab"), "iri")),
        Term("http://nobody", "iri"),
    ],
)
def test_bound_variables(given: Term | tuple[Term, ...], engine: Store, embedded: Embedded) -> None:
    query = PREAMBLE + "SELECT ?drug ?label { ?drug a myo:Drug ; skos:prefLabel ?label } ORDER BY ?drug"
    label = Term("abatacept", "literal", language="en")

    for bind in ({"drug": given}, {"drug": given, "label": label}):
        assert engine.select(query, bind) == embedded.select(query, bind)


@pytest.mark.parametrize("query", ["SELECT ?s WHERE {", "SELECT * { ?s ?p }", "ASK { ?s no:prefix ?o }"])
def test_a_malformed_query_is_refused(query: str, engine: Store, embedded: Embedded) -> None:
    for one in (engine, embedded):
        with pytest.raises(QueryError):
            one.query(query)


@pytest.mark.parametrize("query", ["DROP ALL", "INSERT DATA { <http://a> <http://b> 1 }", "LOAD <file:///etc/passwd>"])
def test_no_engine_is_changed_by_a_query(query: str, engine: Store) -> None:
    with pytest.raises(QueryError, match="would change the store"):
        engine.query(query)


@pytest.mark.parametrize("word", ["FROM <file:///etc/passwd>", "FROM NAMED <http://127.0.0.1:9/>"])
def test_rdflib_reads_nothing_that_a_query_names(word: str, library: Library) -> None:
    with pytest.raises(QueryError, match="FROM is not allowed here"):
        library.query(f"SELECT * {word} {{ ?s ?p ?o }}")
    with pytest.raises(QueryError, match="SERVICE is not allowed here"):
        library.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_a_slow_query_ends_in_time(endpoint: Endpoint) -> None:
    slow = Endpoint(endpoint.url, timeout=1)
    with pytest.raises(StoreError, match="no answer within 1 s"):
        slow.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }")


@pytest.mark.parametrize("name", SERVERS)
def test_commands_ask_an_endpoint(name: str, running: dict[str, Server], whole_build: Path) -> None:
    asked = (
        ("ask", "trials-of-a-drug", "--drug", "Orencia", "--evidence", "--format", "json"),
        ("ask", "trials-of-a-disease-branch", "--branch", "sIBM", "--evidence", "--format", "json"),
        ("query", PREAMBLE + "SELECT ?d { ?d a myo:Drug } ORDER BY ?d", "--format", "csv"),
        ("query", f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ <{DRUG}> }} ?s ?p ?o }}"),
    )
    for arguments in asked:
        there = CliRunner().invoke(main, [*arguments, "--endpoint", running[name].query, "--build", "no-build"])
        here = CliRunner().invoke(main, [*arguments, "--build", str(whole_build)])

        assert (there.exit_code, here.exit_code) == (0, 0), there.output
        assert there.stdout == here.stdout
        assert there.stdout


def test_a_command_that_asks_nobody_says_so() -> None:
    url = f"http://127.0.0.1:{servers.free_port()}/query"
    for arguments in (("ask", "trials-of-a-drug"), ("query", "ASK {}")):
        result = CliRunner().invoke(main, [*arguments], env={"KG_ENDPOINT": url})

        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr == f"kg: {url}: cannot be reached (Connection refused); is the server running?\n"


# Federation.

FEDERATED = root() / "queries" / "federated" / "diseases-of-the-proteins-that-drugs-target.rq"
PROTEINS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix uniprot: <http://purl.uniprot.org/uniprot/> .
@prefix up: <http://purl.uniprot.org/core/> .
uniprot:P33681 up:recommendedName <http://name/1> . <http://name/1> up:fullName "T-lymphocyte activation antigen CD80" .
uniprot:P29597 up:recommendedName <http://name/2> . <http://name/2> up:fullName "Non-receptor tyrosine-protein kinase TYK2" .
uniprot:P29597 up:annotation <http://note/2> . <http://note/2> up:disease <http://purl.uniprot.org/diseases/2> .
<http://purl.uniprot.org/diseases/2> skos:prefLabel "Immunodeficiency 35" .
uniprot:Q00000 up:recommendedName <http://name/3> . <http://name/3> up:fullName "A protein that nobody asked for" .
"""  # noqa: E501


@pytest.fixture(scope="session")
def proteins() -> Iterator[str]:
    """A second server, which knows of proteins."""
    with servers.oxigraph() as server:
        lines = rdflib.Graph().parse(data=PROTEINS, format="turtle").serialize(format="nt").splitlines()
        push.server_at(server.store).write(push.Part("", True, tuple(lines)))
        yield server.query


def test_a_federated_question(proteins: str, whole_build: Path, running: dict[str, Server]) -> None:
    text = FEDERATED.read_text(encoding="utf-8")
    (address,) = re.findall(r"SERVICE <(https://[^>]*)>", text)
    local = text.replace(address, proteins)
    found = worker.run(whole_build / "store", local, timeout=20, allow_service=True)

    assert isinstance(found, Rows)
    assert [tuple(row.values())[1:] for row in found.texts()] == [
        ("CD80", "http://purl.uniprot.org/uniprot/P33681", "T-lymphocyte activation antigen CD80", "", ""),
        (
            "TYK2",
            "http://purl.uniprot.org/uniprot/P29597",
            "Non-receptor tyrosine-protein kinase TYK2",
            "http://purl.uniprot.org/diseases/2",
            "Immunodeficiency 35",
        ),
    ]
    assert running["oxigraph"].endpoint().query(local) == found
    with pytest.raises(QueryError, match="allow that with --allow-service"):
        worker.run(whole_build / "store", local)
