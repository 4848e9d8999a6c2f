"""The pipeline: the same bytes from the same sources, a small change a small difference, a failure harmless."""

from __future__ import annotations

import contextlib
import difflib
import json
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import projects
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner

from kg import build, report, serialise, terms
from kg.build import PIPELINE, Inputs, Pipeline, Stage
from kg.cli import main
from kg.description import DATASET, STATISTICS
from kg.errors import ContractError, KgError, QueryError, QuerySyntaxError, SourceError, StoreError, ValidationError
from kg.link import LinkedRecord
from kg.names import PREFIXES, own
from kg.sources.curated import decode_trial, encode_trial
from kg.triples import Graphs
from kg.validate import Finding

RECORD = "data/trials/NCT02466243.json"

Change = Callable[[Path], object]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Graphs:
    return projects.graphs_of(projects.project(tmp_path_factory))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.built(tmp_path_factory)


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.copy(projects.project(tmp_path_factory), tmp_path / "project")


def written(graphs: Graphs, linked: tuple[LinkedRecord, ...]) -> list[str]:
    """The bytes of each output but the store, as digests."""
    summary = report.summarise(linked, graphs, [])
    quads = sorted({*build.quad_lines(graphs), *build.receipt_quads(graphs)})
    texts = (
        serialise.turtle(graphs.union()),
        "\n".join(quads).encode(),
        repr(summary).encode(),
        summary.markdown().encode(),
    )
    return [projects.digest(text) for text in texts]


# The same bytes.

IN_ANOTHER_PROCESS = """
import sys
sys.path.insert(0, "tests")
import projects, test_build
from kg import build
from kg.resources import root
inputs = build.read(root())
print(*test_build.written(projects.graphs_of(root()), build.link(inputs)))
"""


def in_another_process(seed: str) -> list[str]:
    with projects.python("-c", IN_ANOTHER_PROCESS, PYTHONHASHSEED=seed) as process:
        seen, problem = process.communicate()
    assert process.returncode == 0, problem
    return seen.split()


def test_same_bytes_for_every_hash_seed(graphs: Graphs, linked: tuple[LinkedRecord, ...]) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(in_another_process, ["0", "1", "31", "4294967295"]))

    assert found == [written(graphs, linked)] * 4


def test_same_bytes_for_every_order_of_reading(
    inputs: Inputs, graphs: Graphs, linked: tuple[LinkedRecord, ...]
) -> None:
    records = list(inputs.records)
    random.Random(20).shuffle(records)
    shuffled = inputs._replace(records=tuple(records), hashes=dict(reversed(inputs.hashes.items())))
    again = build.link(shuffled)
    remade = build.describe(shuffled, build.infer(shuffled, build.transform(shuffled, again)))

    assert shuffled.records != inputs.records
    assert written(remade, again) == written(graphs, linked)


def test_same_bytes_in_another_folder(built: Path, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere" / "build"
    with projects.python("build_graph.py", "--root", str(project), "--out", str(out), PYTHONHASHSEED="7") as process:
        _, problem = process.communicate()

    assert process.returncode == 0, problem
    assert projects.hashes(out) == projects.hashes(built)
    for path in (out / "current").iterdir():
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes()


# A small change is a small difference.


def differences(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.decode().splitlines(), after.decode().splitlines()))
    return [line for line in lines if line.startswith("- ")], [line for line in lines if line.startswith("+ ")]


@pytest.mark.parametrize(
    ("old", "new", "least"),
    [
        ('"enrolment": 22', '"enrolment": 23', 2),
        ('"title": "JBT-101', '"title": "A study of JBT-101', 2),
        ('"min_age": 18', '"min_age": 16', 2),
        ('"phase": "Phase 2"', '"phase": "Phase 3"', 2),
        ('"start_date": "2015-07"', '"start_date": "2015"', 2),
        ('"p_value": "0.038"', '"p_value": "0.039"', 2),
        ('"comparator": "Placebo"', '"comparator": "Dummy"', 2),
        ('"has_results": true', '"has_results": false', 2),
        ('"time_frame": "day 113"', '"time_frame": "week 16"', 2),
        ('"verdict": "primary end point met"', '"verdict": "primary end point missed"', 2),
    ],
)
def test_changed_fact_changes_few_lines(old: str, new: str, least: int, small: Graphs, project: Path) -> None:
    projects.change(project / RECORD, old, new)
    before, after = serialise.turtle(small.union()), serialise.turtle(projects.graphs_of(project).union())
    removed, added = differences(before, after)

    assert least <= len(removed) <= 3
    assert least <= len(added) <= 3
    assert sum("contentHash" in line for line in added) == 1


def subject_of(line: str) -> str:
    return line.partition(" ")[0]


def is_of_trial(iri: str, trial: str) -> bool:
    """Whether a thing is the trial, its record or one of its parts, whose names start with its name."""
    local = iri.strip("<>").rsplit("/", 1)[1]
    return local in (trial, f"curated-{trial}") or local.startswith(f"{trial}-")


@pytest.mark.parametrize("trial", ["NCT00106184", "NCT02466243", "NCT03440034"])
def test_removed_trial_removes_only_its_own(
    trial: str, inputs: Inputs, linked: tuple[LinkedRecord, ...], graphs: Graphs
) -> None:
    source = f"curated-{trial}"
    records = tuple(sourced for sourced in inputs.records if sourced.source != source)
    fewer = inputs._replace(records=records)
    left = tuple(record for record in linked if record.sourced.source != source)
    after = set(build.describe(fewer, build.infer(fewer, build.transform(fewer, left))).union())
    before = set(graphs.union())
    dataset = terms.iri(DATASET)
    text = "\n".join(after)
    removed = {line for line in before - after if not is_of_trial(subject_of(line), trial)}
    others = {line for line in removed if subject_of(line) != dataset and subject_of(line) in text}

    assert len(records) == len(inputs.records) - 1
    assert before - after - removed
    assert {line for line in others if f"<{own('trial', trial)}>" not in line} == set()
    assert {line.rsplit(" ", 1)[0] for line in after - before} == {f"{dataset} <{PREFIXES['void']}triples>"}
    assert not any(f"/{trial}" in line or f"curated-{trial}" in line for line in after)


# What the files hold.


def test_no_blank_nodes(graphs: Graphs) -> None:
    lines = graphs.union()
    parsed = list(ox.parse("\n".join(f"{line} ." for line in lines), format=ox.RdfFormat.N_TRIPLES))

    assert len(parsed) == len(lines)
    for quad in parsed:
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    assert not any("_:" in line.split(" ")[0] for line in build.receipt_quads(graphs))


def test_turtle_reads_alike_in_two_engines(graphs: Graphs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rdflib would rewrite to its own normal forms is compared as it is written."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    turtle = serialise.turtle(graphs.union())
    first = {str(quad.triple) for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    text = rdflib.Graph().parse(data=turtle, format="turtle").serialize(format="nt")
    second = {str(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}

    assert first == set(graphs.union())
    assert second == first


def test_union_is_all_graphs_but_receipts_and_counts(built: Path) -> None:
    by_graph: dict[str, set[str]] = {}
    for quad in ox.parse(path=str(built / "myositis.nq"), format=ox.RdfFormat.N_QUADS):
        by_graph.setdefault(str(quad.graph_name), set()).add(str(quad.triple))
    turtle = {str(quad.triple) for quad in ox.parse(path=str(built / "myositis.ttl"), format=ox.RdfFormat.TURTLE)}
    receipts = by_graph.pop(terms.iri(build.RECEIPTS))
    counts = by_graph.pop(terms.iri(STATISTICS))

    assert turtle == set.union(*by_graph.values())
    assert not (receipts | counts) & turtle
    assert len(by_graph) == len(projects.TRIALS) + 11 + 3


def test_store_holds_what_the_files_say(built: Path) -> None:
    """Nothing that the store would rewrite to a form of its own may reach a file."""
    store = ox.Store.read_only(str(built / "store"))
    held = {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    named = {str(quad) for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)}
    turtle = {str(quad.triple) for quad in ox.parse(path=str(built / "myositis.ttl"), format=ox.RdfFormat.TURTLE)}
    quads = {str(quad) for quad in ox.parse(path=str(built / "myositis.nq"), format=ox.RdfFormat.N_QUADS)}

    assert held == turtle
    assert named == quads


def test_quads_are_sorted_and_each_once(built: Path) -> None:
    lines = (built / "myositis.nq").read_bytes().splitlines()

    assert lines == sorted(set(lines))


def test_literal_that_looks_like_a_prefix_stays_where_it_is() -> None:
    lines = ['<http://purl.org/dc/terms/a> <http://purl.org/dc/terms/b> "@prefix dcterms: <http://x> ."']

    assert serialise.turtle(lines).decode() == (
        '@prefix dcterms: <http://purl.org/dc/terms/> .\ndcterms:a dcterms:b "@prefix dcterms: <http://x> ." .\n'
    )


def test_prefixes_are_sorted_and_used(graphs: Graphs, small: Graphs) -> None:
    for text in (serialise.turtle(graphs.union()).decode(), serialise.turtle(small.union()).decode()):
        lines = text.splitlines()
        declared = [line.split()[1:3] for line in lines if line.startswith("@prefix ")]
        names = [name for name, _ in declared]

        assert lines[: len(declared)] == [f"@prefix {name} {iri} ." for name, iri in declared]
        assert names == sorted(names)
        assert {name.rstrip(":"): iri.strip("<>") for name, iri in declared}.items() <= PREFIXES.items()
        assert "@base" not in text


def test_subjects_stand_once_and_in_order(graphs: Graphs) -> None:
    lines = [line for line in serialise.turtle(graphs.union()).decode().splitlines() if not line.startswith("@prefix")]
    subjects = [line.split(" ")[0] for line in lines if line and not line.startswith(("\t", " "))]

    assert len(subjects) == len(set(subjects)) == len({subject_of(line) for line in graphs.union()})


def test_dataset_counts_its_triples(graphs: Graphs) -> None:
    (line,) = [line for line in graphs.content[DATASET] if f"<{PREFIXES['void']}triples>" in line]
    counted = len(graphs.union()) - len(set(graphs.content[DATASET]))

    assert int(terms.lexical(line.split(" ", 2)[2])) == counted


# The pipeline as a value.


def test_pipeline_prints_as_documented() -> None:
    lines = str(PIPELINE).splitlines()
    shown = (projects.CHECKOUT / "build_graph.py").read_text(encoding="utf-8")

    assert lines[0] == "inputs <- read(root, added)"
    assert len(lines) == len(PIPELINE.stages)
    documented = [line.split()[:3] for line in shown.splitlines() if "<-" in line]
    assert documented == [[s.makes, "<-", s.function.__name__] for s in PIPELINE.stages]


def test_pipeline_compares_and_hashes() -> None:
    same, shorter = Pipeline(tuple(PIPELINE.stages)), Pipeline(PIPELINE.stages[:-1])

    assert same == PIPELINE
    assert hash(same) == hash(PIPELINE)
    assert shorter != PIPELINE
    assert {PIPELINE: 1}[same] == 1


def test_pipeline_runs_stages_in_order_and_keeps_all_that_was_made() -> None:
    pipeline = Pipeline(
        (Stage("double", lambda given: given * 2, ("given",)), Stage("both", lambda a, b: (a, b), ("given", "double")))
    )
    seen: list[str] = []

    def around(name: str, function: Callable[..., object], *inputs: object) -> object:
        seen.append(name)
        return function(*inputs)

    assert pipeline.run({"given": 2}) == {"given": 2, "double": 4, "both": (2, 4)}
    assert pipeline.run({"given": 2}, around=around) == pipeline.run({"given": 2})
    assert seen == ["double", "both"]


def test_each_stage_needs_what_stands_before() -> None:
    known = {"root", "added", "out"}
    for stage in PIPELINE.stages:
        assert set(stage.needs) <= known
        known.add(stage.makes)


# A failure leaves the build before as it was.


def edit_record(**fields: object) -> Change:
    """Change fields of a record and keep it in canonical form, if it has one."""

    def change(project: Path) -> None:
        content = json.dumps({**json.loads((project / RECORD).read_bytes()), **fields}).encode()
        with contextlib.suppress(SourceError):
            content = encode_trial(decode_trial(content, RECORD))
        (project / RECORD).write_bytes(content)

    return change


def append(name: str, text: str) -> Change:
    def change(project: Path) -> None:
        (project / name).write_text((project / name).read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


def replace(name: str, text: str) -> Change:
    return lambda project: (project / name).write_text(text, encoding="utf-8")


def remove(name: str) -> Change:
    return lambda project: (project / name).unlink()


def empty(name: str) -> Change:
    def change(project: Path) -> None:
        shutil.rmtree(project / name)
        (project / name).mkdir()

    return change


HEADER = "#+ title: T.\n#+ description: d\n#+ topic: view\n#+ columns: {}\n"
FAILURES: list[tuple[str, Change, type[KgError], str]] = [
    ("record not JSON", append(RECORD, "}"), SourceError, RECORD),
    ("record not tidy", append(RECORD, "\n"), SourceError, "run kg tidy"),
    ("record with unknown phase", edit_record(phase="Phase 9"), SourceError, "/phase: saw 'Phase 9'"),
    ("record with number that is none", edit_record(enrolment="many"), SourceError, "enrolment"),
    (
        "no records",
        empty("data/trials"),
        SourceError,
        "no file",
    ),
    ("core trial missing", remove("data/trials/NCT00533091.json"), SourceError, "NCT00533091"),
    ("table with odd row", append("ontology/tables/drugs.tsv", "x\n"), SourceError, "drugs.tsv at line"),
    ("table with unknown column", replace("ontology/tables/drugs.tsv", "name\tcolour\n"), SourceError, "colour"),
    ("table not UTF-8", lambda p: (p / "ontology/tables/drugs.tsv").write_bytes(b"\xff"), SourceError, "UTF-8"),
    ("table missing", remove("ontology/tables/targets.tsv"), SourceError, "targets.tsv"),
    ("shapes not Turtle", append("ontology/shapes.ttl", "shape:x a"), SourceError, "shapes.ttl at line"),
    ("concepts not Turtle", append("ontology/concepts.ttl", "concept:x a"), SourceError, "concepts.ttl at line"),
    ("ontology not Turtle", append("ontology/myositis.ttl", "myo:x a"), SourceError, "myositis.ttl at line"),
    ("alignments not Turtle", append("ontology/alignments.ttl", "myo:x a"), SourceError, "alignments.ttl"),
    ("alignments missing", remove("ontology/alignments.ttl"), SourceError, "alignments.ttl"),
    ("shapes without a class", replace("ontology/shapes.ttl", ""), ContractError, "no node shape"),
    (
        "view not SPARQL",
        replace("queries/views/x.rq", HEADER + "CONSTRUCT {"),
        QuerySyntaxError,
        "line 5, column 12 of x.rq: ",
    ),
    ("view that selects", replace("queries/views/x.rq", HEADER + "SELECT * {}"), QueryError, "not a CONSTRUCT"),
    ("view without header", replace("queries/views/x.rq", "SELECT * {}"), SourceError, "x.rq at line 1"),
    (
        "check not SPARQL",
        replace("queries/checks/x.rq", HEADER + "SELECT ?x {"),
        QuerySyntaxError,
        "line 5, column 12 of x.rq: ",
    ),
    (
        "check without its columns",
        replace("queries/checks/x.rq", HEADER + "SELECT ?x { ?x ?y ?z }"),
        KgError,
        "x",
    ),
    (
        "no views",
        empty("queries/views"),
        SourceError,
        "no file",
    ),
    ("fact against a shape", edit_record(enrolment=-1), ValidationError, "findings, nothing was written"),
    ("facts against a check", edit_record(verdict_basis="not said"), ValidationError, "nothing was written"),
]


@pytest.mark.parametrize(("change", "error", "said"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES])
def test_failed_build_is_one_error_and_leaves_the_build_before(
    change: Change, error: type[KgError], said: str, project: Path, built: Path, tmp_path: Path
) -> None:
    change(project)
    out = projects.copy(built, tmp_path / "build")
    before = projects.tree(out)
    with pytest.raises(error) as caught:
        PIPELINE.run({"root": project, "added": {}, "out": out})

    assert said in str(caught.value)
    assert projects.tree(out) == before


@pytest.mark.parametrize(
    "name",
    [
        "record not JSON",
        "table with odd row",
        "shapes not Turtle",
        "shapes without a class",
        "view not SPARQL",
        "facts against a check",
    ],
)
def test_failed_build_through_the_command(name: str, project: Path, built: Path, tmp_path: Path) -> None:
    _, change, error, said = next(failure for failure in FAILURES if failure[0] == name)
    change(project)
    out = projects.copy(built, tmp_path / "build")
    before = projects.tree(out)
    result = CliRunner().invoke(main, ["build", "--root", str(project), "--out", str(out)])

    assert result.exit_code == (1 if error is ValidationError else 2), result.output
    assert said in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert projects.tree(out) == before


def test_no_project_at_all(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        PIPELINE.run({"root": tmp_path, "added": {}, "out": tmp_path / "build"})

    assert not (tmp_path / "build").exists()


def test_folder_that_cannot_be_written(project: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        PIPELINE.run({"root": project, "added": {}, "out": Path("/proc/build")})


def test_findings_are_listed_up_to_twenty(small: Graphs, tmp_path: Path) -> None:
    found = [Finding("rule", f"node-{number}", "is wrong", "value") for number in range(10, 40)]
    summary = report.summarise((), small, found)
    with pytest.raises(ValidationError) as caught:
        build.write(tmp_path / "build", small, summary)
    lines = str(caught.value).splitlines()

    assert lines[0] == "30 findings, nothing was written:"
    assert lines[1:] == [f"  rule: node-{number} is wrong (value)" for number in range(10, 30)]
    assert not (tmp_path / "build").exists()
