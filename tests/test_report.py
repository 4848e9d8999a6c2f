"""The report counts what was made, links and misses, and can be read as a value, as tables and as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import projects
import pytest

import kg
from kg import build, report
from kg.link import LinkedRecord, Unresolved
from kg.report import Report, summarise
from kg.triples import Graphs
from kg.validate import Finding


@pytest.fixture(scope="module")
def made(graphs: Graphs, linked: tuple[LinkedRecord, ...]) -> Report:
    return summarise(linked, graphs, [])


def test_counts(made: Report, graphs: Graphs) -> None:
    assert made.version == kg.__version__
    assert made.trials == made.classes["Trial"] == 135
    assert made.triples == len(graphs.union())
    assert made.receipts == len({line.split(" ")[0] for line in build.receipt_quads(graphs)})
    assert made.findings == []


def test_classes_are_counted_and_sorted(made: Report, graphs: Graphs) -> None:
    arms = {line.split(" ")[0] for line in graphs.union() if line.endswith("22-rdf-syntax-ns#type> <" + ARM)}

    assert made.classes["Arm"] == len(arms) > 100
    assert list(made.classes) == sorted(made.classes)
    assert all(re.fullmatch(r"[A-Za-z]+", name) and number > 0 for name, number in made.classes.items())


ARM = "https://w3id.org/myositis-kg/ontology/Arm>"


def test_every_mention_is_counted_once(made: Report, linked: tuple[LinkedRecord, ...]) -> None:
    mentions = [v for r in linked for v in r.visits if v.field is not None and v.field.kind == "mention"]
    counted = {kind: sum(methods.values()) for kind, methods in made.links.items()}

    assert sum(counted.values()) == len(mentions)
    assert set(counted) == {visit.field.range for visit in mentions if visit.field}
    assert sum(methods.get("unresolved", 0) for methods in made.links.values()) == len(made.unresolved)
    assert list(made.links) == sorted(made.links)
    assert all(list(methods) == sorted(methods) for methods in made.links.values())


def test_misses_say_where_what_and_near(made: Report) -> None:
    assert made.unresolved == sorted(made.unresolved)
    for miss in made.unresolved:
        assert miss.path.startswith(("data/pages/", "data/trials/"))
        assert miss.pointer.startswith("/")
        assert miss.text
        assert not (miss.decided and miss.candidates)


def test_findings_are_sorted(graphs: Graphs) -> None:
    found = [Finding("b", "", "", ""), Finding("a", "", "", "")]

    assert summarise((), graphs, found).findings == sorted(found)


def test_same_value_for_another_order_of_records(
    made: Report, graphs: Graphs, linked: tuple[LinkedRecord, ...]
) -> None:
    assert summarise(reversed(linked), graphs, []) == made
    assert repr(summarise(reversed(linked), graphs, [])) == repr(made)


def test_files_say_what_the_value_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = projects.built(tmp_path_factory)
    value = msgspec.json.decode((folder / "report.json").read_bytes(), type=Report)

    assert json.loads((folder / "report.json").read_bytes())["trials"] == len(projects.TRIALS)
    assert (folder / "report.md").read_text(encoding="utf-8") == value.markdown()
    assert not re.search(r"\d\d:\d\d|20\d\d-\d\d-\d\dT", (folder / "report.md").read_text(encoding="utf-8"))


def test_tables_have_one_width_each(made: Report) -> None:
    for title, rows in made.tables():
        assert title
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > 1
    totals = {row[0]: row[1] for row in made.tables()[0][1]}
    assert totals["trials"] == "135"
    assert totals["mentions that name no known entity"] == str(len(made.unresolved))


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line)) - 1


def test_page_survives_any_text(made: Report) -> None:
    texts = ["a | b", "two\nlines", "\\", "a\\|b", "|", "`code", "\r"]
    misses = [
        Unresolved("p.json", f"/{n}", "Measure", text, n % 2 == 0, (("x | y", 0.9),)) for n, text in enumerate(texts)
    ]
    page = msgspec.structs.replace(made, unresolved=misses).markdown()
    section = page.split("## Mentions that name no known entity\n\n")[1].splitlines()

    assert len(section) == 2 + len(texts)
    assert {cells(line) for line in section} == {5}
    assert "| yes |" in section[2]
    assert "x \\| y 0.9" in section[2]


def test_page_has_a_section_for_each_table(made: Report) -> None:
    headings = [line[3:] for line in made.markdown().splitlines() if line.startswith("## ")]

    assert headings == [*(title for title, _ in made.tables()), "Not kept", "Mentions that name no known entity"]
    assert made.markdown().endswith("|\n")


def test_empty_table_keeps_its_head() -> None:
    assert report._table([("a", "b")]) == ["| a | b |", "|---|---|"]


def test_report_of_the_small_project(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = projects.project(tmp_path_factory)
    inputs = build.read(folder)
    made = summarise(build.link(inputs), projects.graphs_of(folder), [])

    assert made.trials == len(projects.TRIALS)
    assert made.classes["Record"] == len({sourced.source for sourced in inputs.records})
