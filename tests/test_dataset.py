"""The graph in Python: opened in every way, asked in every way, and clear when it cannot be."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import projects
import pytest
import rdflib

import kg
from kg import dataset
from kg.errors import QueryError, StoreError
from kg.results import Statements, Table

TRIALS = "SELECT ?trial WHERE { ?trial a <https://w3id.org/myositis-kg/ontology/Trial> } ORDER BY ?trial"
EVALUATES = "PREFIX myo: <https://w3id.org/myositis-kg/ontology/> CONSTRUCT WHERE { ?trial myo:evaluates ?drug }"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.built(tmp_path_factory)


@pytest.fixture(scope="module")
def small(built: Path) -> kg.Dataset:
    return kg.load(built)


@pytest.fixture(scope="module")
def library(small: kg.Dataset) -> kg.Dataset:
    return kg.load(small.rdflib())


def test_names_of_the_package() -> None:
    assert kg.load is dataset.load
    assert kg.Dataset is dataset.Dataset
    with pytest.raises(AttributeError, match="module 'kg' has no attribute 'open'"):
        _ = kg.open


def test_select(small: kg.Dataset, library: kg.Dataset) -> None:
    first, second = small.query(TRIALS), library.query(TRIALS)

    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert first.to_dicts() == second.to_dicts()
    assert first["trial"] == [f"trial:{trial}" for trial in sorted(projects.TRIALS)]


@pytest.mark.parametrize("timeout", [60.0, None])
def test_every_form(small: kg.Dataset, timeout: float | None) -> None:
    assert small.query("ASK { ?s ?p ?o }", timeout) is True
    assert isinstance(small.query(EVALUATES, timeout), Statements)
    assert isinstance(small.query("SELECT * { ?s ?p ?o } LIMIT 1", timeout), Table)


def test_construct_alike_in_two_engines(small: kg.Dataset, library: kg.Dataset) -> None:
    assert list(small.construct(EVALUATES)) == list(library.construct(EVALUATES))
    assert len(small.construct(EVALUATES)) > 0
    with pytest.raises(QueryError, match="not a CONSTRUCT"):
        small.construct(TRIALS)


def test_limit_is_said(small: kg.Dataset) -> None:
    table = small.query(TRIALS, limit=2)

    assert isinstance(table, Table)
    assert len(table) == 2
    assert repr(table).endswith("2 rows; the limit left rows out")


def test_timeout_stops_a_query(small: kg.Dataset) -> None:
    with pytest.raises(QueryError, match=r"stopped after 0\.5 s"):
        small.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.5)


@pytest.mark.parametrize("name", ["trials-of-a-drug", "trials_of_a_drug"])
def test_questions_are_asked_by_any_name_of_a_thing(name: str, small: kg.Dataset) -> None:
    table = small.ask(name, drug="Rituxan")

    assert table["trial"] == ["trial:NCT00106184"]
    assert "rituximab (Rituxan)" in table.title


def test_catalogue(small: kg.Dataset) -> None:
    catalogue = small.questions()

    assert "trials-of-a-drug" in catalogue["name"]
    assert len(catalogue) >= 26


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("trials-of-a-drag", {}, "trials-of-a-drug"),
        ("trials-of-a-drug", {"dose": "1"}, "no parameter dose"),
        ("trials-of-a-drug", {"drug": "nothing at all"}, "nothing at all"),
    ],
)
def test_what_cannot_be_asked(name: str, parameters: dict[str, str], said: str, small: kg.Dataset) -> None:
    with pytest.raises(QueryError, match=said):
        small.ask(name, **parameters)


def test_show_tells_everything_of_a_thing(small: kg.Dataset) -> None:
    shown = small.show("Rituxan")
    values = shown["value"]

    assert shown.title.startswith("rituximab (")
    assert "rxnorm:121191" in values
    assert any("NCT00106184" in str(value) for value in values)
    assert any("tables/drugs.tsv /rituximab" in str(evidence) for evidence in shown["evidence"])
    with pytest.raises(QueryError):
        small.show("nothing at all")


def test_slice(small: kg.Dataset) -> None:
    near, far = small.slice(depth=0, drug="rituximab"), small.slice(drug="rituximab")

    assert set(near) < set(far)
    assert "trial:NCT00106184 a myo:Trial" in far.turtle()


def test_rdflib_is_a_copy_of_the_whole(small: kg.Dataset, built: Path) -> None:
    graph = small.rdflib()
    turtle = rdflib.Graph().parse(built / "myositis.ttl")

    assert len(graph) == len(turtle)
    graph.remove((None, None, None))
    assert len(small.rdflib()) == len(turtle)


def test_networkx(small: kg.Dataset, library: kg.Dataset) -> None:
    graph = small.graph()

    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.has_edge("trial:NCT00106184", "drug:rituximab")
    assert nx.utils.graphs_equal(graph, library.graph())
    assert 0 < len(small.graph("drug-target")) < len(graph)


def test_path_and_compare(small: kg.Dataset) -> None:
    links = small.path("rituximab", "DM")

    assert links.sentences[0].startswith("rituximab, a chimeric IgG1 monoclonal antibody, binds MS4A1")
    assert "rituximab is evaluated in NCT00106184" in repr(links)
    assert all(links.receipts(hop) for group in links.groups for way in group.ways for hop in way)
    assert [len(way) for way in small.path("rituximab", "DM", length=2).groups[0].ways] == [2]
    assert small.path("rituximab", by="R-M-G").groups[0].ways[0][-1].end == "target:MS4A1"
    (row,) = small.compare("CD20").to_dicts()
    assert (row["trial"], row["people"]) == ("trial:NCT00106184", 200)


def test_names_itself(small: kg.Dataset, built: Path) -> None:
    assert repr(small) == f"<myositis therapy knowledge graph: {built}>"


# Where it is.


def test_folder_of_a_store_will_do(built: Path) -> None:
    assert len(kg.load(str(built / "store")).slice(depth=0, drug="rituximab")) > 10


def test_default_is_the_build_here(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    projects.copy(built, tmp_path / "build")

    assert kg.load().name == "build"


def test_without_a_build_one_is_made_once_and_said(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = projects.copy(projects.project(tmp_path_factory), tmp_path / "project")
    monkeypatch.setattr(dataset, "root", lambda: project)
    first = kg.load()
    said = capsys.readouterr()
    second = kg.load()
    (project / "data" / "trials" / "NCT00106184.json").unlink()
    monkeypatch.setattr(dataset, "root", lambda: project)

    assert said.out == ""
    assert said.err.startswith("kg: building the graph once into ")
    assert capsys.readouterr().err == ""
    assert first.name == second.name
    assert Path(first.name).is_relative_to(tmp_path / "cache" / "myositis-kg")
    assert first.query(TRIALS).to_dicts() == second.query(TRIALS).to_dicts()  # type: ignore[union-attr]
    assert dataset._fingerprint(project) not in first.name


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_nothing_to_open(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="run kg build"):
        kg.load(tmp_path / place)


def test_endpoint_that_is_down() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9"):
        kg.load(endpoint="http://127.0.0.1:9/query", timeout=1).query(TRIALS)


def test_options_are_for_endpoints(built: Path) -> None:
    with pytest.raises(StoreError, match="timeout: only an endpoint has such options"):
        kg.load(built, timeout=1)
