"""The guards find what is wrong, name it, and stay silent otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import projects
import pytest

from kg import build, validate
from kg.description import DATASET, STATISTICS
from kg.errors import SourceError, StoreError
from kg.names import PREFIXES, own
from kg.store import Embedded
from kg.triples import Graphs, receipt_iri
from kg.validate import Finding, Receipt

MYO = PREFIXES["myo"]
PATH = "data/trials/NCT02466243.json"
TABLE = "ontology/tables/drugs.tsv"


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Graphs:
    return projects.graphs_of(projects.project(tmp_path_factory))


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.copy(projects.project(tmp_path_factory), tmp_path / "project")


def lines_of(graphs: Graphs) -> list[str]:
    return [*build.quad_lines(graphs), *build.union_lines(graphs), *build.receipt_quads(graphs)]


def store_of(lines: list[str]) -> Embedded:
    store = Embedded()
    store.load(lines)
    return store


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def test_project_as_it_is_has_no_findings(graphs: Graphs, project: Path) -> None:
    store = store_of(lines_of(graphs))

    assert validate.receipts(store, project) == []
    assert validate.checks(store, project / "queries" / "checks") == []
    assert validate.shapes(validate.stated(store), project / "ontology") == []


def test_stated_leaves_out_what_is_inferred_described_and_receipted(graphs: Graphs) -> None:
    stated = {line.removesuffix(" .") for line in validate.stated(store_of(lines_of(graphs)))}
    apart = (build.INFERRED, DATASET, STATISTICS)

    assert stated == {line for name, lines in graphs.content.items() if name not in apart for line in lines}


def test_shapes_name_rule_node_value_and_problem(graphs: Graphs, project: Path) -> None:
    trial = own("trial", "NCT02466243")
    stated = validate.stated(store_of(lines_of(graphs)))
    extra = f'<{trial}> <{MYO}enrolment> "many" .'
    found = validate.shapes([*stated, extra], project / "ontology")

    assert {finding.node for finding in found} == {trial}
    assert "shape:Trial-enrolment" in rules(found)
    assert found == sorted(found)
    assert all(finding.problem for finding in found)
    assert {finding.value for finding in found if finding.rule == "shape:Trial-enrolment"} <= {"many", ""}


def test_checks_are_named_after_their_query(graphs: Graphs, project: Path) -> None:
    trial = own("trial", "NCT02466243")
    lines = [f"<{trial}> <https://w3id.org/myositis-kg/ontology/extensionOf> <{trial}> ."]
    found = validate.checks(store_of([*lines_of(graphs), *lines]), project / "queries" / "checks")

    assert rules(found) == {"extension-of-itself"}
    assert {finding.node for finding in found} == {trial}


def test_folder_without_checks(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file"):
        validate.checks(Embedded(), tmp_path)


def test_sources_know_files_hashes_and_receipts(graphs: Graphs, project: Path) -> None:
    known = validate.sources(store_of(lines_of(graphs)))

    assert set(known.receipts) == set(known.hashes)
    assert known.hashes[PATH] == hashlib.sha256((project / PATH).read_bytes()).hexdigest()
    number = sum("/ontology/Receipt> " in line for line in build.receipt_quads(graphs))
    assert sum(map(len, known.receipts.values())) == number
    assert {receipt.value for receipt in known.receipts[PATH] if receipt.locator == "/enrolment"} == {"22"}


@pytest.mark.parametrize("lines", [[], ["<http://a> <http://b> <http://c> ."]])
def test_store_without_receipts(lines: list[str], tmp_path: Path) -> None:
    for read in (validate.sources, lambda store: validate.receipts(store, tmp_path)):
        with pytest.raises(StoreError, match="the store holds no receipts; it was not built by this package"):
            read(store_of(lines))


def without(lines: list[str], *parts: str) -> list[str]:
    kept = [line for line in lines if not all(part in line for part in parts)]
    assert len(kept) < len(lines)
    return kept


def receipt_of(graphs: Graphs, locator: str, predicate: str) -> str:
    """Find the IRI of the one receipt of a predicate at a place of the trial."""
    (found,) = [
        receipt_iri(s)
        for s in graphs.statements
        if s.locator == locator and s.predicate.endswith(predicate) and s.record.endswith("NCT02466243")
    ]
    return found


def test_triple_without_receipt(graphs: Graphs, project: Path) -> None:
    receipt = receipt_of(graphs, "/enrolment", "/enrolment")
    (finding,) = validate.receipts(store_of(without(lines_of(graphs), f"<{receipt}>")), project)

    assert finding == Finding(
        "triple-without-receipt",
        own("trial", "NCT02466243"),
        "an asserted triple has no receipt",
        "myo:enrolment in record:curated-NCT02466243",
    )


def test_triple_added_to_a_record_graph(graphs: Graphs, project: Path) -> None:
    record = own("record", "curated-NCT02466243")
    line = f'<{own("trial", "NCT02466243")}> <{MYO}enrolment> "23" <{record}> .'
    (finding,) = validate.receipts(store_of([*lines_of(graphs), line]), project)

    assert finding.rule == "triple-without-receipt"


def test_receipt_without_triple(graphs: Graphs, project: Path) -> None:
    record = own("record", "curated-NCT02466243")
    lines = without(lines_of(graphs), "/ontology/enrolment>", f" <{record}> .")
    (finding,) = validate.receipts(store_of(lines), project)

    assert finding.rule == "receipt-without-triple"
    assert finding.node == own("trial", "NCT02466243")
    assert finding.value == "myo:enrolment in record:curated-NCT02466243"


def test_receipt_of_a_record_that_is_not_described(graphs: Graphs, project: Path) -> None:
    receipt = receipt_of(graphs, "/enrolment", "/enrolment")
    store = store_of(without(lines_of(graphs), f"<{receipt}>", "/ontology/inRecord>"))

    assert "receipt-without-triple" in rules(validate.receipts(store, project))


def test_record_that_is_not_described(graphs: Graphs, project: Path) -> None:
    lines = without(lines_of(graphs), "/ontology/recordPath>", "curated-NCT02466243>")

    assert rules(validate.receipts(store_of(lines), project))


def test_changed_source(graphs: Graphs, project: Path) -> None:
    projects.change(project / PATH, '"enrolment": 22', '"enrolment": 23')
    found = validate.receipts(store_of(lines_of(graphs)), project)

    assert rules(found) == {"source-changed", "receipt-differs"}
    assert {finding.node for finding in found} == {PATH, own("trial", "NCT02466243")}
    assert {finding.value for finding in found if finding.rule == "receipt-differs"} == {"23"}


def test_changed_layout_is_a_changed_source(graphs: Graphs, project: Path) -> None:
    (project / PATH).write_bytes((project / PATH).read_bytes() + b"\n")
    (finding,) = validate.receipts(store_of(lines_of(graphs)), project)

    assert (finding.rule, finding.node) == ("source-changed", PATH)
    assert "run kg build" in finding.problem


def test_lost_place(graphs: Graphs, project: Path) -> None:
    projects.change(project / PATH, '  "enrolment": 22,\n', "")
    found = validate.receipts(store_of(lines_of(graphs)), project)

    assert rules(found) == {"source-changed", "receipt-lost"}
    assert "nothing stands at /enrolment, where '22' was read" in {finding.problem for finding in found}


def test_changed_table(graphs: Graphs, project: Path) -> None:
    first = (project / TABLE).read_text(encoding="utf-8").splitlines()[-1]
    (project / TABLE).write_text(
        (project / TABLE).read_text(encoding="utf-8").replace(first, "z" + first[1:]), encoding="utf-8"
    )
    found = validate.receipts(store_of(lines_of(graphs)), project)

    assert rules(found) == {"source-changed", "receipt-lost"}


def test_missing_source(graphs: Graphs, project: Path) -> None:
    (project / PATH).unlink()
    (finding,) = validate.receipts(store_of(lines_of(graphs)), project)

    assert finding == Finding("source-missing", PATH, "cannot be read", "No such file or directory")


def test_folder_instead_of_source(graphs: Graphs, project: Path) -> None:
    (project / TABLE).unlink()
    (project / TABLE).mkdir()

    assert [finding.rule for finding in validate.receipts(store_of(lines_of(graphs)), project)] == ["source-missing"]


@pytest.mark.parametrize(("path", "content"), [(PATH, b"{"), (PATH, b"\xff"), (TABLE, b"drug\n"), (TABLE, b"")])
def test_unreadable_source(path: str, content: bytes, graphs: Graphs, project: Path) -> None:
    (project / path).write_bytes(content)
    found = validate.receipts(store_of(lines_of(graphs)), project)

    assert [finding.rule for finding in found] == ["source-changed", "source-unreadable"]
    assert {finding.node for finding in found} == {path}


RECEIPT = Receipt("<http://s>", "<http://p>", "<http://o>", "<http://r>", "/a", "x", "<http://shape>")


@pytest.mark.parametrize(
    ("content", "edit", "expected"),
    [
        (b'{"a": "x"}', lambda receipt: receipt, []),
        (b'{"a": "y"}', lambda receipt: receipt, ["receipt-differs"]),
        (b'{"a": "X"}', lambda receipt: receipt, ["receipt-differs"]),
        (b'{"a": ""}', lambda receipt: receipt, ["receipt-differs"]),
        (b'{"b": "x"}', lambda receipt: receipt, ["receipt-lost"]),
        (b'{"a": {"b": "x"}}', lambda receipt: receipt, ["receipt-lost"]),
        (b'{"a": ["x"]}', lambda receipt: receipt._replace(locator="/a/0"), []),
        (b'{"a": 56.0}', lambda receipt: receipt._replace(value="56.0"), []),
        (b'{"a": 56}', lambda receipt: receipt._replace(value="56.0"), ["receipt-differs"]),
        (b'{"a": true}', lambda receipt: receipt._replace(value="true"), []),
        (b"not json", lambda receipt: receipt, ["source-unreadable"]),
    ],
)
def test_refind(content: bytes, edit: Callable[[Receipt], Receipt], expected: list[str]) -> None:
    found = validate.refind("data/trials/x.json", content, [edit(RECEIPT)])

    assert [finding.rule for finding in found] == expected


def test_refind_compares_hashes_when_given_one() -> None:
    content = b'{"a": "x"}'
    good = hashlib.sha256(content).hexdigest()

    assert validate.refind("x.json", content, [RECEIPT], good) == []
    assert [f.rule for f in validate.refind("x.json", content, [RECEIPT], "0" * 64)] == ["source-changed"]
    assert [f.rule for f in validate.refind("x.json", b"{", [RECEIPT], good)] == ["source-changed", "source-unreadable"]
