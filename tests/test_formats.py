"""``kg export``: every format, slices, files put in place whole, and clear refusals."""

from __future__ import annotations

from pathlib import Path

import projects
import pyoxigraph as ox
import pytest
import sssom_pydantic
from click.testing import CliRunner
from test_serialise import content, hostile_lines

from kg import contract, terms
from kg.cli import main
from kg.contract import Contract
from kg.errors import StoreError
from kg.export import formats, network, slices, sssom
from kg.export.formats import FORMATS
from kg.names import BASE, PREFIXES, own
from kg.resources import root
from kg.serialise import Content
from kg.store import Embedded
from kg.triples import Graphs

TRIAL = projects.TRIALS[0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.built(tmp_path_factory)


@pytest.fixture(scope="module")
def shapes() -> Contract:
    return contract.read(root() / "ontology")


@pytest.fixture(scope="module")
def small(built: Path) -> Content:
    store = Embedded(built / "store")
    return Content(slices.union(store), slices.quads(store))


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["export", *words])
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_twice_alike(name: str, small: Content, shapes: Contract) -> None:
    first, second = (FORMATS[name].write(small, shapes, False) for _ in range(2))

    assert first == second
    assert all(first.values())
    assert ("" in first) is bool(FORMATS[name].suffix)


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_and_empty_content_is_written(name: str, shapes: Contract) -> None:
    assert FORMATS[name].write(content(hostile_lines()), shapes, True) or name == "sssom"
    FORMATS[name].write(Content([]), shapes, False)


@pytest.mark.parametrize("name", FORMATS)
def test_losses_are_counted(name: str, small: Content, shapes: Contract) -> None:
    """RDF loses no statement; the property graph leaves out what is of no class of the contract."""
    lost = FORMATS[name].unheld(small, shapes)
    expected = [] if name in (*list(FORMATS)[:6], "sssom") else list(network.of(small.lines, shapes).left)

    assert lost == expected
    assert FORMATS[name].loses or name in ("nquads", "trig")


def test_suffixes_tell_formats() -> None:
    suffixes = [form.suffix for form in FORMATS.values() if form.suffix]

    assert len(suffixes) == len(set(suffixes)) == 9
    assert {formats.named(Path("x" + form.suffix)) for form in FORMATS.values() if form.suffix} == {
        name for name, form in FORMATS.items() if form.suffix
    }


def test_page_of_formats_has_the_table_of_the_code() -> None:
    page = (projects.CHECKOUT / "docs" / "formats.md").read_text(encoding="utf-8")

    assert [line for line in page.splitlines() if line.startswith("|")] == formats.table()


# Files.


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_bytes(b"before")
    formats.put({"": b"after"}, tmp_path / "x.ttl")

    assert (tmp_path / "x.ttl").read_bytes() == b"after"
    assert [path.name for path in tmp_path.iterdir()] == ["x.ttl"]


def test_failure_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.ttl").write_bytes(b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match=r"x\.ttl: cannot be written \(No space left on device\)"):
        formats.put({"": b"after"}, tmp_path / "x.ttl")

    assert (tmp_path / "x.ttl").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["x.ttl"]


def test_folder_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        formats.put({"nodes.tsv": b"a"}, tmp_path / "x")


# The command.


def test_drug_by_any_name(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "rituximab.ttl"
    code, shown, said = run(str(out), "--drug", "Rituxan", "--build", str(built))
    lines = {str(quad.triple) for quad in ox.parse(path=str(out), format=ox.RdfFormat.TURTLE)}

    assert (code, shown) == (0, "")
    assert f"Wrote {out}: turtle, {len(lines)} statements" in said
    assert any(line.startswith(f"<{own('drug', 'rituximab')}>") for line in lines)
    assert any(line.startswith(f"<{own('trial', 'NCT00106184')}>") for line in lines)


def test_standard_output_holds_the_file_and_nothing_else(built: Path, shapes: Contract) -> None:
    code, shown, _ = run("-f", "ntriples", "--trial", TRIAL, "--depth", "0", "--build", str(built))
    lines = [str(quad.triple) for quad in ox.parse(shown, format=ox.RdfFormat.N_TRIPLES)]

    assert code == 0
    assert (
        lines
        == slices.cut(Embedded(built / "store"), contract.read(root() / "ontology"), [own("trial", TRIAL)], 0).lines
    )


def test_whole_graph_as_quads_is_the_build(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.nq"
    code, _, _ = run(str(out), "--build", str(built))

    assert code == 0
    assert out.read_bytes() == (built / "myositis.nq").read_bytes()


def test_whole_graph_as_turtle_is_the_build(built: Path, tmp_path: Path) -> None:
    run(str(tmp_path / "x.ttl"), "--build", str(built))

    assert (tmp_path / "x.ttl").read_bytes() == (built / "myositis.ttl").read_bytes()


def test_question_makes_a_slice_of_its_answer(built: Path) -> None:
    words = ("-f", "ntriples", "--question", "trials-of-a-drug", "--with", "drug=rituximab", "--build", str(built))
    code, near, _ = run(*words)
    _, far, _ = run(*words, "--depth", "1")

    assert code == 0
    assert f"<{own('trial', 'NCT00106184')}> <{PREFIXES['myo']}registryId>" in near
    assert f"<{own('trial', 'NCT02466243')}> <{PREFIXES['myo']}registryId>" not in near
    assert len(near) < len(far)


def test_disease_brings_those_below_it(built: Path) -> None:
    code, shown, _ = run("-f", "ntriples", "--disease", "dermatomyositis", "--depth", "0", "--build", str(built))
    store = Embedded(built / "store")

    assert code == 0
    for disease in slices.branch(store, own("disease", "dermatomyositis")):
        assert f"<{disease}> <{PREFIXES['rdf']}type>" in shown


def test_folder_of_tables(built: Path, tmp_path: Path) -> None:
    code, _, said = run(str(tmp_path / "kgx"), "-f", "kgx-tsv", "--build", str(built))

    assert code == 0, said
    assert sorted(path.name for path in (tmp_path / "kgx").iterdir()) == ["edges.tsv", "nodes.tsv"]


@pytest.mark.parametrize("name", FORMATS)
def test_losses_are_said(name: str) -> None:
    code, shown, _ = run("--losses", "-f", name)

    assert code == 0
    assert shown.splitlines()[0].startswith(f"{name} (")
    assert shown.splitlines()[1] == f"  cannot hold: {FORMATS[name].loses or 'nothing'}"


def test_view_of_the_graph_for_traversal(built: Path, tmp_path: Path) -> None:
    code, _, said = run(str(tmp_path / "x.graphml"), "--view", "drug-target", "--build", str(built))

    assert (code, said) == (0, f"Wrote {tmp_path / 'x.graphml'}: graphml, the view drug-target\n")
    assert b"drug-target" in (tmp_path / "x.graphml").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x.ttl", "--view", "drug-target"], "a view is written as graphml, gexf, cytoscape"),
        (["x.gexf", "--view", "nothing"], "no view 'nothing'"),
        (["x.gexf", "--view", "all", "--drug", "rituximab"], "a slice of it cannot be asked for"),
        (["x.docx"], "the name of the file tells no format; give --format, one of turtle"),
        (["x", "-f", "docx"], "no format 'docx'"),
        (["--losses", "-f", "docx"], "no format 'docx'"),
        (["-f", "kgx-tsv"], "kgx-tsv is a folder of files; say where to write it"),
        (["x.ttl", "--drug", "ritumab"], "ritumab"),
        (["x.ttl", "--question", "trials"], "no question 'trials'"),
        (["x.ttl", "--question", "trials-of-a-drug", "--with", "dose=1"], "no parameter dose"),
        (["x.ttl", "--depth", "2"], "need something to start from"),
        (["/proc/x.ttl", "--trial", TRIAL], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], said: str, built: Path, tmp_path: Path) -> None:
    given = [str(tmp_path / word) if word.startswith("x") else word for word in words]
    code, shown, problem = run(*given, "--build", str(built))

    assert (code, shown) == (2, "")
    assert said in problem
    assert list(tmp_path.iterdir()) == []


# Mapping sets.


@pytest.fixture(scope="module")
def mapping_sets(graphs: Graphs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sssom")
    formats.put(sssom.sets(graphs.union()), folder)
    return folder


def test_mapping_sets_are_read_by_the_library_of_the_standard(mapping_sets: Path, graphs: Graphs) -> None:
    matches = tuple(f"<{PREFIXES['skos']}{name}Match>" for name in ("exact", "close", "broad", "narrow", "related"))
    read: set[str] = set()
    for path in sorted(mapping_sets.iterdir()):
        mappings, converter, metadata = sssom_pydantic.read(path)
        assert str(metadata.id).startswith(BASE)
        assert str(metadata.license) == sssom.LICENCE
        for mapping in mappings:
            iris = [converter.expand(one.curie) for one in (mapping.subject, mapping.predicate, mapping.object)]
            read.add(" ".join(f"<{iri}>" for iri in iris))
            assert mapping.justification.curie == "semapv:ManualMappingCuration"
    stated = {line for line in graphs.union() if line.split(" ")[1] in matches and f"> <{BASE}" not in line}

    assert len(stated) > 2000
    assert {line for line in read if line.split(" ")[1] in matches} == stated


def test_mapping_sets_name_what_they_map(mapping_sets: Path) -> None:
    lines = (mapping_sets / "drug.sssom.tsv").read_text(encoding="utf-8").splitlines()

    assert "drug:abatacept\tabatacept\tskos:exactMatch\trxnorm:614391\t\tsemapv:ManualMappingCuration" in lines
    assert lines[-1].count("\t") == 5


def test_hostile_label_stays_in_its_cell() -> None:
    drug, match, label = (
        terms.iri(x) for x in (own("drug", "x"), sssom._SKOS + "exactMatch", sssom._SKOS + "prefLabel")
    )
    hostile = terms.label("=a\tb\nc")
    lines = [f"{drug} {label} {hostile}", f"{drug} {match} <{PREFIXES['unii']}x>"]
    plain, safe = (sssom.sets(lines, safe)["drug.sssom.tsv"].decode().splitlines()[-1] for safe in (False, True))

    assert plain == "drug:x\t=a b c\tskos:exactMatch\tunii:x\t\tsemapv:ManualMappingCuration"
    assert safe.split("\t")[1] == "'=a b c"
