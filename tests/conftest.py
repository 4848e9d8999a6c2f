"""What the tests share: the build of the project's own data, stage by stage, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import build
from kg.build import Inputs
from kg.graph import projection
from kg.graph.projection import Graph
from kg.link import LinkedRecord
from kg.report import summarise
from kg.resources import root
from kg.store import Embedded
from kg.triples import Graphs


@pytest.fixture(scope="session")
def inputs() -> Inputs:
    """The contract, the tables and the trial records."""
    return build.read(root())


@pytest.fixture(scope="session")
def linked(inputs: Inputs) -> tuple[LinkedRecord, ...]:
    """All records, linked."""
    return build.link(inputs)


@pytest.fixture(scope="session")
def graphs(inputs: Inputs, linked: tuple[LinkedRecord, ...]) -> Graphs:
    """All named graphs but the receipts, with the inferred edges and the description of the dataset."""
    return build.describe(inputs, build.infer(inputs, build.transform(inputs, linked)))


@pytest.fixture(scope="session")
def union_store(graphs: Graphs) -> Embedded:
    """A store whose default graph is the union, with the named graphs but without receipts."""
    store = Embedded()
    store.load([*build.quad_lines(graphs), *build.union_lines(graphs)])
    return store


@pytest.fixture(scope="session")
def whole_store(graphs: Graphs) -> Embedded:
    """A store with everything that a build holds, receipts included."""
    store = Embedded()
    store.load([*build.quad_lines(graphs), *build.union_lines(graphs), *build.receipt_quads(graphs)])
    return store


@pytest.fixture(scope="session")
def graph(whole_store: Embedded) -> Graph:
    """The graph for traversal."""
    return projection.project(whole_store)


@pytest.fixture(scope="session")
def whole_build(graphs: Graphs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder of the project's own data, with an empty report."""
    out = tmp_path_factory.mktemp("whole")
    build.write(out, graphs, summarise((), graphs, []))
    return out
