"""The import ladder: every module has a rung and imports only from rungs below its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Mapping
from itertools import permutations
from pathlib import Path

import pytest

import kg

PACKAGE = Path(kg.__file__).parent
LONGEST = 400
VAGUE = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}

LADDER: tuple[tuple[int, tuple[str, ...]], ...] = (
    (0, ("errors", "kg")),
    (0, ("names", "resources")),
    (1, ("values",)),
    (1, ("record",)),
    (1, ("posted", "registration")),
    (1, ("records",)),
    (1, ("page_records", "rows")),
    (1, ("policies",)),
    (2, ("contract", "lexicon", "tables", "terms")),
    (2, ("walk",)),
    (2, ("reading", "reading.text", "reading.forms", "reading.statements", "reading.fields", "reading.indications")),
    (2, ("reading.mentions", "reading.layouts", "reading.readings")),
    (2, ("reading.vocabulary", "reading.discourse", "reading.blocks")),
    (2, ("reading.rules",)),
    (2, ("reading.claims", "reading.drugs", "reading.scales")),
    (2, ("reading.page", "reading.times")),
    (2, ("reading.arms", "reading.outcomes", "reading.design")),
    (2, ("reading.topics", "reading.endpoints")),
    (2, ("reading.scalars",)),
    (3, ("link", "sources", "sources.curated")),
    (3, ("sources.registry", "sources.registry.api", "sources.registry.archive")),
    (3, ("sources.registry.crawl",)),
    (3, ("sources.pages",)),
    (3, ("sources.drafts", "sources.page_files", "sources.places")),
    (3, ("sources.page_trial",)),
    (3, ("sources.page_claims",)),
    (3, ("sources.page_folder",)),
    (3, ("sources.page_explanation", "sources.page_shelf")),
    (3, ("sources.registry.files", "sources.registry.values")),
    (3, ("sources.registry.form",)),
    (3, ("sources.registry.results",)),
    (3, ("sources.registry.protocol",)),
    (3, ("sources.registry.keys",)),
    (3, ("sources.registry.judgement",)),
    (3, ("sources.registry.reader", "sources.registry.rebuild", "sources.registry.scope")),
    (3, ("sources.registry.places",)),
    (3, ("sources.clinicaltrials",)),
    (3, ("triples",)),
    (3, ("mapping", "preference")),
    (3, ("batch",)),
    (3, ("jsonld",)),
    (4, ("serialise",)),
    (4, ("description",)),
    (4, ("remote", "sparql")),
    (4, ("answers",)),
    (4, ("store",)),
    (4, ("endpoint", "library", "worker")),
    (4, ("push",)),
    (5, ("families",)),
    (5, ("meanings",)),
    (5, ("graph", "graph.metagraph", "graph.samples")),
    (5, ("graph.projection", "graph.receipts")),
    (5, ("graph.paths",)),
    (5, ("graph.repurposing",)),
    (5, ("graph.evaluation",)),
    (5, ("graph.sentences",)),
    (5, ("graph.explanation",)),
    (5, ("graph.centrality", "graph.effects")),
    (5, ("graph.comparison",)),
    (5, ("graph.landscape", "graph.links")),
    (5, ("outputs", "questions")),
    (5, ("evidence",)),
    (5, ("portrait",)),
    (5, ("catalogue", "reference", "validate")),
    (5, ("export",)),
    (5, ("export.network",)),
    (5, ("export.graphfiles", "export.slices", "export.views")),
    (5, ("export.columns", "export.delimited")),
    (5, ("export.kgx", "export.sssom")),
    (5, ("export.formats",)),
    (5, ("results",)),
    (5, ("canonical", "report")),
    (5, ("build",)),
    (6, ("dataset", "pictures", "pictures.canvas")),
    (6, ("pictures.figures",)),
    (6, ("pictures.page",)),
    (6, ("cli.options", "cli.output")),
    (
        6,
        (
            "cli.ask",
            "cli.build",
            "cli.draw",
            "cli.export",
            "cli.fetch",
            "cli.graph",
            "cli.landscape",
            "cli.push",
            "cli.read",
            "cli.registry",
            "cli.repurpose",
            "cli.show",
        ),
    ),
    (6, ("cli",)),
)
"""Rungs from the lowest up, each with the level it belongs to; ``kg`` is the package itself, its version."""

LAZY = {"kg": {"dataset"}}
"""What a module imports only when it is asked for: ``kg.load`` stands at the bottom and opens what is on top."""

RANKS = {module: rank for rank, (_, modules) in enumerate(LADDER) for module in modules}


def module_of(path: Path) -> str:
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__") or "kg"


PATHS = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if "_resources" not in path.parts}


def imported(source: str, known: Collection[str]) -> set[str]:
    """Modules of the package that a source text imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return {own(name, known) for name in names if name.split(".")[0] in ("kg", "")}


def own(name: str, known: Collection[str]) -> str:
    if name.startswith("."):
        return name
    steps = name.split(".")[1:]
    while steps and ".".join(steps) not in known:
        steps.pop()
    return ".".join(steps) or "kg"


def violations(imports: Mapping[str, Collection[str]], ranks: Mapping[str, int]) -> list[str]:
    found = [f"{module} has no rung" for module in sorted(imports) if module not in ranks]
    for module in sorted(set(imports) & set(ranks)):
        above = [other for other in sorted(imports[module]) if ranks.get(other, len(ranks)) >= ranks[module]]
        found.extend(f"{module} imports {other}, which is not below it" for other in above)
    return found


def mutual(imports: Mapping[str, Collection[str]]) -> list[str]:
    pairs = permutations(sorted(imports), 2)
    return [f"{one} and {two}" for one, two in pairs if one < two and two in imports[one] and one in imports[two]]


IMPORTS = {
    module: imported(path.read_text(encoding="utf-8"), PATHS) - LAZY.get(module, set())
    for module, path in PATHS.items()
}


def test_modules_are_found() -> None:
    assert len(PATHS) >= 20
    assert {"kg", "cli", "sources", "sources.curated"} <= set(PATHS)


def test_every_module_obeys_the_ladder() -> None:
    assert violations(IMPORTS, RANKS) == []


@pytest.mark.parametrize("module", LAZY)
def test_what_is_imported_late_is_not_there_before(module: str) -> None:
    """Neither do the words say so, nor does a process that imports the package have any other module of it."""
    assert LAZY[module] <= imported(PATHS[module].read_text(encoding="utf-8"), PATHS)

    code = "import sys, kg; print(*sorted(m for m in sys.modules if m.split('.')[0] in ('kg', 'rdflib', 'pyoxigraph')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == [module]


def test_no_two_modules_import_each_other() -> None:
    assert mutual(IMPORTS) == []


def test_ladder_names_each_module_once_and_no_other() -> None:
    named = [module for _, modules in LADDER for module in modules]

    assert sorted(PATHS) == sorted(named)


def test_levels_only_rise() -> None:
    levels = [level for level, _ in LADDER]

    assert levels == sorted(levels)


def test_imports_are_seen_where_they_are() -> None:
    assert {"contract", "rows"} <= IMPORTS["link"]
    assert "store" in IMPORTS["cli.build"], "an import inside a function"
    assert "report" in IMPORTS["cli.build"], "an import for type checking"
    assert "kg" in IMPORTS["description"], "the package itself"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import json", set()),
        ("import kgx.names", set()),
        ("import kg", {"kg"}),
        ("from kg import __version__", {"kg"}),
        ("import kg.names as n", {"names"}),
        ("from kg import names, __version__", {"names", "kg"}),
        ("from kg.names import own", {"names"}),
        ("from kg.sources import curated", {"sources.curated"}),
        ("from kg.sources.curated import rows", {"sources.curated"}),
        ("def f() -> None:\n    from kg.store import Store", {"store"}),
        ("from .names import own", {".names.own"}),
    ],
)
def test_imported(source: str, expected: set[str]) -> None:
    assert expected == imported(source, PATHS)


def test_violations_are_named() -> None:
    ranks = {"errors": 0, "names": 1, "store": 2}
    imports = {"errors": {"names"}, "names": {"errors"}, "novel": set(), "store": {"store", ".names.own"}}

    assert violations(imports, ranks) == [
        "novel has no rung",
        "errors imports names, which is not below it",
        "store imports .names.own, which is not below it",
        "store imports store, which is not below it",
    ]
    assert mutual({"errors": {"names"}, "names": {"errors"}, "store": {"names"}}) == ["errors and names"]


@pytest.mark.parametrize("module", PATHS)
def test_module_is_short_and_well_named(module: str) -> None:
    lines = PATHS[module].read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST
    assert VAGUE.isdisjoint(module.split("."))


@pytest.mark.parametrize("module", PATHS)
def test_no_module_imports_by_a_computed_name(module: str) -> None:
    tree = ast.parse(PATHS[module].read_text(encoding="utf-8"))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert {"import_module", "__import__"}.isdisjoint(named | attributes)
