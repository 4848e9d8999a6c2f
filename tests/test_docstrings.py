"""Docstrings: every public thing has one, examples are there, and they run."""

from __future__ import annotations

import ast
import doctest
import importlib
import io
import pkgutil
from pathlib import Path

import pytest

import kg

PATHS = {
    info.name: Path(kg.__path__[0])
    .joinpath(*info.name.split(".")[1:], *(["__init__.py"] if info.ispkg else []))
    .with_suffix(".py")
    for info in pkgutil.walk_packages(kg.__path__, "kg.")
}
MODULES = ["kg", *PATHS]

WITHOUT_EXAMPLE = {
    "kg.batch": {"load", "run", "run_on_dask"},
    "kg.build": {
        "check", "describe", "infer", "link", "quad_lines", "receipt_quads", "transform", "union_lines", "write",
        "Pipeline.run",
    },
    "kg.canonical": {"expected"},
    "kg.cli": {"main", "Group.invoke"},
    "kg.cli.ask": {"ask", "query"},
    "kg.cli.build": {"build", "check", "show", "tidy"},
    "kg.cli.draw": {"draw"},
    "kg.cli.export": {"export"},
    "kg.cli.fetch": {"fetch", "show"},
    "kg.cli.graph": {"compare", "path"},
    "kg.cli.options": {"Where.open", "secrets", "stored"},
    "kg.cli.push": {"push"},
    "kg.graph.links": {"Links.nothing", "Links.plain", "Links.receipts"},
    "kg.cli.landscape": {"landscape"},
    "kg.cli.output": {
        "cut", "json_lines", "json_text", "objects", "print_answer", "print_evidence", "print_rows", "print_truth",
        "say",
    },
    "kg.contract": {"read"},
    "kg.evidence": {"of", "receipts_of", "Evidence.statement"},
    "kg.dataset": {
        "Dataset.ask", "Dataset.graph", "Dataset.questions", "Dataset.rdflib", "Dataset.show", "Dataset.slice",
    },
    "kg.link": {"Linker.mention", "Linker.term"},
    "kg.lexicon": {"Lexicon.candidates", "Lexicon.is_decided"},
    "kg.push": {
        "push", "read", "GraphStore.remove", "GraphStore.write", "Server.remove", "Server.write",
        "Update.remove", "Update.write",
    },
    "kg.questions": {
        "Parameter.called", "Question.ask", "Question.parameter", "Question.construct",
        "Question.run", "Question.understand", "read_one",
    },
    "kg.pictures.canvas": {"save"},
    "kg.pictures.figures": {"effects", "responders"},
    "kg.export.kgx": {"edges", "identify", "nodes", "unheld"},
    "kg.report": {"Inputs.omitted", "summarise"},
    "kg.export.network": {"statements"},
    "kg.export.slices": {"branch", "cut", "named_in", "quads", "union"},
    "kg.cli.read": {"read"},
    "kg.cli.show": {"show"},
    "kg.cli.registry": {"map_"},
    "kg.cli.repurpose": {"repurpose"},
    "kg.graph.evaluation": {
        "Evaluation.of", "Evaluation.ahead", "by_chance", "evaluate", "markdown", "ranks", "shuffled",
    },
    "kg.graph.repurposing": {
        "Attempt.weight", "by_degree", "by_distance", "by_popularity", "candidates", "likeness", "network", "path",
        "scores", "tried",
    },
    "kg.sources.page_explanation": {"explain"},
    "kg.sources.page_shelf": {"save"},
    "kg.sources.clinicaltrials": {"studies"},
    "kg.sources.curated": {"everything"},
    "kg.sources.registry.api": {"Client.close", "Client.page", "Client.study", "Client.version"},
    "kg.sources.registry.crawl": {"run"},
    "kg.store": {"Store.ask", "Store.construct", "Store.describe", "Store.query", "Store.select", "Embedded.quads"},
    "kg.triples": {"Graphs.union", "Statement.line", "receipt_iri", "receipt_lines"},
    "kg.validate": {"receipts", "sources", "stated"},
    "kg.walk": {"iri_of", "key_of"},
    "kg.worker": {"answer", "confine", "run"},
    "kg.remote": {"content", "opened"},
    "kg.reading.blocks": {"Page.of"},
    "kg.reading.layouts": {"Layouts.skips", "Layouts.style"},
    "kg.reading.mentions": {
        "Hits.all", "Hits.within", "PageNames.find", "PageNames.find_drugs", "Place.end", "Place.start",
    },
    "kg.reading.readings": {"Reading.value"},
    "kg.reading.arms": {"arms", "assign", "from_prose", "listed", "mentioned", "study_sentences"},
    "kg.reading.endpoints": {"from_prose", "tail"},
    "kg.reading.outcomes": {"canonical", "from_block", "groups", "timed"},
}  # fmt: skip
"""Functions that need a whole build, a folder or a terminal to show anything, or one line that says it all."""


def public(source: str) -> dict[str, tuple[str, bool]]:
    """Qualified name of each public function and class -> its docstring, and whether it must show an example.

    A class without public methods is data and needs none; the example of a class counts for the
    methods that it calls.
    """
    found: dict[str, tuple[str, bool]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found[node.name] = (ast.get_docstring(node) or "", True)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            shown = ast.get_docstring(node) or ""
            found[node.name] = (shown, False)
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    needed = ">>>" not in shown or f".{method.name}(" not in shown
                    found[f"{node.name}.{method.name}"] = (ast.get_docstring(method) or "", needed)
    return found


def lacking(source: str) -> set[str]:
    return {name for name, (text, needed) in public(source).items() if needed and ">>>" not in text}


def test_modules_are_found() -> None:
    assert len(PATHS) >= 19
    assert sum(len(public(path.read_text(encoding="utf-8"))) for path in PATHS.values()) >= 100
    assert all(path.is_file() for path in PATHS.values())


@pytest.mark.parametrize("module", MODULES)
def test_module_says_what_it_is(module: str) -> None:
    assert (importlib.import_module(module).__doc__ or "").strip()


@pytest.mark.parametrize("module", PATHS)
def test_everything_public_has_a_docstring(module: str) -> None:
    names = public(PATHS[module].read_text(encoding="utf-8"))

    assert [name for name, (text, _) in names.items() if not text] == []


@pytest.mark.parametrize("module", PATHS)
def test_examples_are_there_or_excused(module: str) -> None:
    assert WITHOUT_EXAMPLE.get(module, set()) == lacking(PATHS[module].read_text(encoding="utf-8"))


def test_excuses_name_modules() -> None:
    assert set(WITHOUT_EXAMPLE) <= set(PATHS)


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    report = io.StringIO()
    runner = doctest.DocTestRunner()
    tests = doctest.DocTestFinder().find(importlib.import_module(module), module)
    for test in tests:
        runner.run(test, out=report.write)
    written = PATHS[module].read_text(encoding="utf-8").count(">>> ") if module in PATHS else 0

    assert not runner.failures, report.getvalue()
    assert (runner.tries > 0) is (written > 0)


def test_a_missing_example_is_seen() -> None:
    source = '''
def shown():
    """Return one.

    >>> shown()
    1
    """
def bare(): ...
def _private(): ...
class Data:
    """Only fields."""
class Thing:
    """A thing.

    >>> Thing().used()
    """
    def used(self):
        """Be used."""
    def unused(self):
        """Not be used."""
'''

    assert lacking(source) == {"bare", "Thing.unused"}
    assert [name for name, (text, _) in public(source).items() if not text] == ["bare"]
