"""Mapping many records: the same triples as the build, the same files however the work is shared, nothing half done."""

from __future__ import annotations

import errno
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyoxigraph as ox
import pytest
from backports import zstd
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from studies import NUMBER, measure, posted, read, real, sample, study, tools

from kg import batch, build
from kg.batch import Counts, Job
from kg.cli import main
from kg.errors import SourceError, StoreError, UnknownNameError
from kg.link import LinkedRecord
from kg.mapping import Mapper
from kg.names import own
from kg.records import Arm, Sourced, Trial
from kg.resources import root
from kg.sources import clinicaltrials
from kg.sources.registry import files
from kg.sources.registry.files import Study
from kg.sources.registry.rebuild import Rebuilder, differences, index, normalised
from kg.triples import statements


@pytest.fixture(scope="module")
def mapper() -> Mapper:
    return Mapper(tools()[1])


def by_statements(sourced: Sourced) -> list[str]:
    known, linker, _ = tools()
    graph = f" <{own('record', sourced.source)}> .\n"
    return list(dict.fromkeys(one.line + graph for one in statements(linker.link(sourced), known)))


# The two ways of mapping say the same


def test_every_record_of_the_project_is_mapped_alike(linked: tuple[LinkedRecord, ...], inputs: build.Inputs) -> None:
    from kg.link import Linker

    mapper = Mapper(Linker(inputs.contract, inputs.records))
    for record in linked:
        graph = f" <{own('record', record.sourced.source)}> .\n"
        stated = dict.fromkeys(one.line + graph for one in statements(record, inputs.contract))
        seen = mapper.lines(record.sourced.record, record.sourced.source)

        assert sorted(seen) == sorted(stated)

    assert len(linked) > 500


@real
def test_real_records_are_mapped_alike(mapper: Mapper) -> None:
    number = 0
    for line in sample():
        if len(line) < 40_000:
            trial = read(json.loads(line)).trial
            one = Sourced(record=trial, source=f"registry-{trial.id}", path="x")

            assert sorted(mapper.lines(trial, one.source)) == sorted(by_statements(one))
            number += 1

    assert number > 200


def test_name_of_what_the_trial_lacks_is_refused(mapper: Mapper) -> None:
    with pytest.raises(UnknownNameError, match="saw 'abatacept'"):
        mapper.lines(Trial(id=NUMBER, title="T", arms=(Arm(label="A", uses=("abatacept",)),)), "registry-x")


def test_two_parts_of_one_name_are_refused(mapper: Mapper) -> None:
    with pytest.raises(SourceError, match="stands here only once"):
        mapper.lines(Trial(id=NUMBER, title="T", arms=(Arm(label="A"), Arm(label="A"))), "registry-x")


# Any record of the documented form

TEXTS = st.text(st.sampled_from('aZ 1\u00e9"\\\n\t\u2265\u0000\U0001f600<>'), max_size=6)
FIGURES = st.sampled_from(["1", "1.50", "NA", "", "1,234", ".5", "<0.01", "n.s.", "-0", "12,5", "1e9"])
DATES = st.sampled_from(["2017", "2017-03", "2017-03-13", "2017-02-30", "soon", ""])
WHOLE = st.integers(-1, 1_000_000)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def lists(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, max_size=most)


GROUPS = st.sampled_from([[], [{"id": "G0", "title": "A"}], [{"id": "G0", "title": "A"}, {"id": "G1"}, {"id": "G1"}]])
GROUP = st.sampled_from(["G0", "G1", "G7"])
COUNTS = lists(some(groupId=GROUP, value=FIGURES))
DENOMS = lists(some(units=TEXTS, counts=COUNTS), 2)
ROWS = lists(
    some(
        title=TEXTS,
        denoms=DENOMS,
        categories=lists(
            some(
                title=TEXTS,
                measurements=lists(
                    some(
                        groupId=GROUP,
                        value=FIGURES,
                        spread=FIGURES,
                        lowerLimit=FIGURES,
                        upperLimit=FIGURES,
                        comment=TEXTS,
                    )
                ),
            ),
            2,
        ),
    )
)
ANALYSES = lists(
    some(groupIds=lists(GROUP), pValue=FIGURES, paramType=TEXTS, paramValue=FIGURES, ciPctValue=FIGURES), 2
)
STATS = lists(some(groupId=GROUP, numAffected=WHOLE, numAtRisk=WHOLE, numEvents=WHOLE))
EVENTS = lists(some(term=TEXTS, organSystem=TEXTS, stats=STATS))
STEPS = lists(some(type=TEXTS, comment=TEXTS, achievements=lists(some(groupId=GROUP, numSubjects=FIGURES))), 2)
STUDIES = st.builds(
    lambda **modules: study(**{name: module for name, module in modules.items() if module is not None}),
    status=some(
        overallStatus=st.sampled_from(["COMPLETED", "UNKNOWN", "NOVEL"]),
        startDateStruct=some(date=DATES, type=st.sampled_from(["ACTUAL", "GUESSED"])),
        statusVerifiedDate=DATES,
    ),
    design=some(
        phases=lists(st.sampled_from(["NA", "PHASE1", "PHASE2", "PHASE3"]), 2),
        enrollmentInfo=some(count=WHOLE, type=st.sampled_from(["ACTUAL", "ESTIMATED"])),
    ),
    conditions=some(conditions=lists(TEXTS), keywords=lists(TEXTS)),
    eligibility=some(minimumAge=st.sampled_from(["18 Years", "6 Months", "N/A", ""]), healthyVolunteers=st.booleans()),
    armsInterventions=some(
        armGroups=lists(some(label=st.sampled_from(["A", "B", ""]), type=st.sampled_from(["EXPERIMENTAL", "X"]))),
        interventions=lists(
            some(name=st.sampled_from(["X", "Placebo"]) | TEXTS, armGroupLabels=lists(st.sampled_from(["A", "B", "C"])))
        ),
    ),
    outcomes=some(
        primaryOutcomes=lists(some(measure=TEXTS, timeFrame=TEXTS)), otherOutcomes=lists(some(measure=TEXTS))
    ),
    contactsLocations=some(locations=lists(some(facility=TEXTS, city=TEXTS, country=st.sampled_from(["Japan", "X"])))),
    references=some(references=lists(some(citation=TEXTS, pmid=st.sampled_from(["1", "x"])))),
    participantFlow=some(groups=GROUPS, periods=lists(some(title=TEXTS, milestones=STEPS), 2)),
    baselineCharacteristics=some(groups=GROUPS, denoms=DENOMS, measures=lists(some(title=TEXTS, classes=ROWS), 2)),
    outcomeMeasures=some(
        outcomeMeasures=lists(
            some(
                type=st.sampled_from(["PRIMARY", "OTHER_PRE_SPECIFIED"]),
                title=TEXTS,
                groups=GROUPS,
                denoms=DENOMS,
                classes=ROWS,
                analyses=ANALYSES,
            ),
            2,
        )
    ),
    adverseEvents=some(frequencyThreshold=FIGURES, eventGroups=GROUPS, seriousEvents=EVENTS, otherEvents=EVENTS),
)


@settings(
    deadline=None, max_examples=60, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(made=STUDIES)
def test_any_study_is_mapped_alike_and_its_results_come_back(made: dict[str, Any], mapper: Mapper) -> None:
    known, _, reader = tools()
    sourced, found = clinicaltrials.read(json.dumps(made).encode(), "registry/studies/x.json", reader)
    stated = by_statements(sourced)

    assert sorted(mapper.lines(found.trial, sourced.source)) == sorted(stated)
    assert len(list(ox.parse("".join(stated), format=ox.RdfFormat.N_QUADS))) == len(stated)
    lost = [loss for loss in found.losses if loss.place.startswith("/resultsSection") and "listed" in loss.expected]
    if not lost:
        graph = index(line.rpartition(" <")[0] for line in stated)
        seen = Rebuilder(known, graph).results(own("trial", NUMBER))

        assert [one for one in differences(normalised(made.get("resultsSection", {})), seen) if not nameless(one)] == []


def nameless(difference: tuple[str, Any, Any]) -> bool:
    """What had an empty name, or nothing in it at all, and comes back without."""
    place, expected, seen = difference
    return (expected in ("", None) and seen is None) or place == "" or not isinstance(expected, (str, int))


# Files of every kind


LINES = [json.dumps(study(identification={"nctId": f"NCT{number:08}"})).encode() for number in range(1, 8)]
PLAIN = b"\n".join(LINES) + b"\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", PLAIN),
        ("a.jsonl.gz", gzip.compress(PLAIN)),
        ("a.jsonl.zst", zstd.compress(PLAIN)),
        ("misnamed.txt", gzip.compress(PLAIN)),
        ("a.json", b"[" + b",".join(LINES) + b"]"),
        ("page.json", b'{"studies": [' + b",".join(LINES) + b'], "nextPageToken": "x"}'),
        ("page.json.gz", gzip.compress(b'{"nextPageToken": "x", "studies": [' + b", ".join(LINES) + b"]}")),
    ],
)
def test_studies_of_any_kind_of_file(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    assert [one.content for one in files.read(tmp_path / name)] == LINES


def test_one_study_in_a_file_and_files_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    for number, line in enumerate(LINES):
        (tmp_path / "studies" / f"NCT{number}.json").write_bytes(json.dumps(json.loads(line), indent=2).encode())
    (tmp_path / "manifest.json").write_text("{}")
    found = [one for path in files.paths(tmp_path) for one in files.read(path)]

    assert [json.loads(one.content) for one in found] == [json.loads(line) for line in LINES]


def test_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file"):
        files.paths(tmp_path)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BufferedReader(io.BytesIO(gzip.compress(PLAIN)))

    monkeypatch.setattr(sys, "stdin", Input)

    assert next(one.where for one in files.read(Path("-"))) == "standard input line 1"


@pytest.mark.parametrize("content", [gzip.compress(PLAIN * 50)[:-9], zstd.compress(PLAIN * 50)[:-9]])
def test_truncated_file_gives_what_it_holds_and_one_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(content)
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["map", str(tmp_path / "a.jsonl.gz"), "--scope", "all", "--out", str(out)])

    assert result.exit_code == 2
    assert "expected a file that can be read to its end" in result.stderr
    assert result.stderr.count("kg: ") == 1


def test_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST", 1000)
    (tmp_path / "a.jsonl").write_bytes(b"{}\n" + b'"' + b"x" * 2000 + b'"\n')
    found = files.read(tmp_path / "a.jsonl")

    assert next(found).content == b"{}"
    with pytest.raises(SourceError, match="line 2: saw 'more than 1000 bytes'"):
        next(found)


# Parts


BAD = [b'{"a": ', b"[]", b'"NCT00000001"', b'{"protocolSection": {}}', b"\xff\xfe", b"[" * 100_000, b'{"a": "\\ud800"}']


def job(tmp_path: Path, *contents: bytes, everything: bool = True) -> Job:
    studies = tuple(Study(f"line {number}", content) for number, content in enumerate(contents, start=1))
    return Job(studies, tmp_path / "part.nq", root(), everything)


def test_broken_lines_are_counted_and_the_rest_is_mapped(tmp_path: Path) -> None:
    counts = batch.map_studies(job(tmp_path, LINES[0], *BAD, LINES[1]))
    left = (tmp_path / "part.nq.left-out.tsv").read_text(encoding="utf-8").splitlines()

    assert (counts.studies, counts.mapped, counts.rejected) == (2 + len(BAD), 2, len(BAD))
    assert counts.triples == len((tmp_path / "part.nq").read_text(encoding="utf-8").splitlines())
    assert [row.split("\t")[0] for row in left[1:]] == [f"line {number}" for number in range(2, 2 + len(BAD))]
    assert all(row.count("\t") == 3 for row in left)


def test_values_that_are_lost_are_listed_with_their_place(tmp_path: Path) -> None:
    made = posted(measure({"groupId": "OG000", "value": "about 5"}))
    counts = batch.map_studies(job(tmp_path, json.dumps(made).encode()))
    (row,) = (tmp_path / "part.nq.left-out.tsv").read_text(encoding="utf-8").splitlines()[1:]

    assert counts.losses == 1
    assert row.startswith(f"line 1 {NUMBER}\t/resultsSection/outcomeMeasuresModule/outcomeMeasures/0/classes/0/")
    assert row.endswith("\tabout 5\ta number or NA")


def test_studies_out_of_scope_are_listed_with_the_reason(tmp_path: Path) -> None:
    counts = batch.map_studies(job(tmp_path, LINES[0], everything=False))

    assert (counts.mapped, counts.excluded, counts.triples) == (0, 1, 0)
    assert "no condition names" in (tmp_path / "part.nq.left-out.tsv").read_text(encoding="utf-8")


def test_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.nq").write_text("before\n")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match=r"part\.nq: cannot be written \(No space left on device\)"):
        batch.map_studies(job(tmp_path, LINES[0]))

    assert [path.name for path in tmp_path.iterdir()] == ["part.nq"]
    assert (tmp_path / "part.nq").read_text() == "before\n"


def test_parts_are_cut_by_number_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(PLAIN)
    monkeypatch.setattr(batch, "PART", 3)
    by_number = [len(one.studies) for one in batch.jobs([tmp_path / "a.jsonl"], tmp_path, root())]
    monkeypatch.setattr(batch, "PART_BYTES", len(LINES[0]) + 1)
    by_size = [len(one.studies) for one in batch.jobs([tmp_path / "a.jsonl"], tmp_path, root())]

    assert by_number == [3, 3, 1]
    assert by_size == [1] * 7


def test_counts_add_up() -> None:
    assert Counts(studies=2, mapped=1, rejected=1) + Counts(studies=1, losses=4) == Counts(3, 1, 0, 1, 4, 0)


# However the work is shared


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    (folder / "a.jsonl").write_bytes(PLAIN * 3)
    return folder


def mapped(folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    monkeypatch.setattr(batch, "PART", 4)
    out.mkdir()
    return list(batch.jobs([folder / "a.jsonl"], out, root(), everything=True))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_processes_make_the_same_files(alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = list(batch.run(mapped(alone, tmp_path / "one", monkeypatch)))
    two = list(batch.run(mapped(alone, tmp_path / "two", monkeypatch), workers=2))

    assert one == two
    assert len(contents(tmp_path / "one")) == 12
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_dask_makes_the_same_files(alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (extra: cluster)")
    one = list(batch.run(mapped(alone, tmp_path / "one", monkeypatch)))
    work = mapped(alone, tmp_path / "dask", monkeypatch)
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        many = list(batch.run_on_dask(work, client))

    assert one == many
    assert contents(tmp_path / "one") == contents(tmp_path / "dask")


def test_parts_before_an_error_are_finished(tmp_path: Path) -> None:
    def work() -> Any:
        yield job(tmp_path, LINES[0])
        raise SourceError("a.jsonl", "", "nothing", "more")

    done = batch.run(work(), workers=2)

    assert next(done).mapped == 1
    with pytest.raises(SourceError, match="expected more"):
        next(done)


def test_store_is_switched_once_all_is_loaded(tmp_path: Path) -> None:
    batch.map_studies(job(tmp_path, LINES[0]))
    first = batch.load([tmp_path / "part.nq"], tmp_path / "store")
    (tmp_path / "bad.nq").write_text("no quads\n")
    with pytest.raises(StoreError, match="cannot be loaded"):
        batch.load([tmp_path / "part.nq", tmp_path / "bad.nq"], tmp_path / "store")

    assert first == len(ox.Store.read_only(str(tmp_path / "store"))) == 6


def test_command(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(PLAIN + b"broken\n")
    arguments = ["map", str(tmp_path / "a.jsonl"), "--scope", "all", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, [*arguments, "--store", str(tmp_path / "store")])

    assert result.exit_code == 0, result.output
    assert "mapped: 7\n" in result.stdout
    assert "rejected: 1\n" in result.stdout
    assert "loaded: 42\n" in result.stdout


def test_command_says_what_a_cluster_needs(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed (extra: cluster)")
    (tmp_path / "a.jsonl").write_bytes(PLAIN)
    arguments = ["map", str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "out"), "--cluster", "nonsense://x"]
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert result.stderr.count("kg: ") == 1
