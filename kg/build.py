"""The pipeline: sources -> linked records -> triples and receipts -> inferred edges -> findings -> files.

Each stage is a function from one frozen value to the next; none changes its input.  The order of
reading does not matter, no clock and no random number reaches a file: same sources, same bytes.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import pyoxigraph as ox

from kg import contract, description, outputs, preference, questions, serialise, terms, triples, validate
from kg.contract import Contract
from kg.description import DATASET, STATISTICS
from kg.errors import ValidationError
from kg.link import LinkedRecord, Linker, keys
from kg.names import PREFIXES, own
from kg.records import Sourced
from kg.report import Report, summarise
from kg.resources import locate
from kg.sources import clinicaltrials, curated, page_files, page_folder
from kg.sources.drafts import Known, Omission
from kg.store import Embedded
from kg.triples import LABEL, TYPE, Graphs

ONTOLOGY_FILES = ("myositis.ttl", "concepts.ttl", "alignments.ttl")
"""The files of ``ontology/`` that go into the graph; shapes stay outside."""

RECEIPTS = validate.RECEIPTS
INFERRED = own("graph", "inferred")
ONTOLOGY = own("graph", "ontology")

_FORMS = {
    "table": "reference table",
    "curated": "curated record",
    "page": "record of the page",
    "text": "text",
    "registry": "registry record",
}
"""What the first word of the name of a source says that it is."""
_MYO = PREFIXES["myo"]
_LOADERS = 2
"""How many parts of a store are loaded side by side."""
_PART = 40_000
"""Lines in a part."""


class Inputs(NamedTuple):
    """Everything a build reads."""

    root: Path
    contract: Contract
    records: tuple[Sourced, ...]
    hashes: dict[str, str]
    """Path of each source file -> SHA-256 of its bytes."""
    omitted: tuple[Omission, ...] = ()
    """What of the sources could not be kept, and why."""


def read(root: Path, added: Mapping[str, Path] = MappingProxyType({})) -> Inputs:
    """Read the contract, the tables and the trial records below a root folder, and what is added to them.

    Parameters
    ----------
    root
        The folder of the project's own sources.
    added
        Further folders of sources, by their kind.

    Raises
    ------
    kg.errors.KgError
        If any of them is malformed.

    Examples
    --------
    >>> from kg.resources import root
    >>> len({sourced.source for sourced in read(root()).records})
    148
    """
    rules, kept = contract.read(root / "ontology"), page_files.kept(root / "data" / "pages")
    files = (one for path, file in kept.items() for one in page_files.sourced(file, path))
    records: tuple[Sourced, ...] = (*curated.everything(root), *files)
    omitted: tuple[Omission, ...] = ()
    if "pages" in added:
        known = Known(rules, keys(rules, records))
        texts, omitted = page_folder.read(added["pages"], known, kept)
        records += texts
    if clinicaltrials.FOLDER in added:
        rows = [sourced.record for sourced in records]
        studies, out_of_scope = clinicaltrials.studies(added[clinicaltrials.FOLDER], rules, rows)
        records, omitted = records + studies, omitted + out_of_scope
    paths = sorted({sourced.path for sourced in records})
    hashes = {path: hashlib.sha256(locate(path, root, added).read_bytes()).hexdigest() for path in paths}
    return Inputs(root, rules, records, hashes, omitted)


def link(inputs: Inputs) -> tuple[LinkedRecord, ...]:
    """Link every record.

    Raises
    ------
    kg.errors.SourceError
        If a record names a code, key or arm that does not exist.
    """
    linker = Linker(inputs.contract, inputs.records)
    return tuple(linker.link(sourced) for sourced in inputs.records)


def transform(inputs: Inputs, linked: Sequence[LinkedRecord]) -> Graphs:
    """Map linked records to triples and receipts, and add the ontology."""
    stated = [(record, list(triples.statements(record, inputs.contract))) for record in linked]
    content: dict[str, set[str]] = {}
    for _, statements in stated:
        for statement in statements:
            content.setdefault(statement.record, set()).add(statement.line)
    ontology = {line for name in ONTOLOGY_FILES for line in contract.lines(inputs.root / "ontology" / name)}
    graphs = {**{graph: sorted(lines) for graph, lines in content.items()}, ONTOLOGY: sorted(ontology)}
    return Graphs(graphs, [s for _, statements in stated for s in statements], preference.withheld(stated))


def infer(inputs: Inputs, graphs: Graphs) -> Graphs:
    """Add the short edges that the CONSTRUCT views derive.

    Raises
    ------
    kg.errors.QueryError
        If a view cannot be run.
    """
    store = Embedded()
    store.load(union_lines(graphs))
    views = questions.read(inputs.root / "queries" / "views")
    derived: set[str] = set()
    for view in questions.ordered(views):
        made = view.construct(store)
        store.load(f"{line} ." for line in made)
        derived.update(made)
    return graphs._replace(content={**graphs.content, INFERRED: sorted(derived)})


def describe(inputs: Inputs, graphs: Graphs) -> Graphs:
    """Add the description of the dataset, its records with their hashes, and the counts of what it holds."""
    union = graphs.union()
    records = sorted({own("record", sourced.source) for sourced in inputs.records})
    lines = description.head(records, {line.partition(" ")[0] for line in union}, len(union))
    for source, path in sorted({(sourced.source, sourced.path) for sourced in inputs.records}):
        record = terms.iri(own("record", source))
        label = f"{_FORMS.get(source.partition('-')[0], 'record')} {path.removeprefix('ontology/tables/')}"
        lines += [
            f"{record} {terms.iri(TYPE)} {terms.iri(_MYO + 'Record')}",
            f"{record} {terms.iri(TYPE)} {terms.iri(PREFIXES['prov'] + 'Entity')}",
            f"{record} {terms.iri(LABEL)} {terms.label(label)}",
            f"{record} {terms.iri(_MYO + 'recordPath')} {terms.text(path)}",
            f"{record} {terms.iri(_MYO + 'contentHash')} {terms.text(inputs.hashes[path])}",
            f"{record} {terms.iri(PREFIXES['dcterms'] + 'isPartOf')} {terms.iri(DATASET)}",
        ]
    described = graphs._replace(content={**graphs.content, DATASET: sorted(lines)})
    counts = description.statistics(described.union())
    return described._replace(
        content={**described.content, STATISTICS: counts},
        withheld={**described.withheld, STATISTICS: frozenset(counts)},
    )


def quad_lines(graphs: Graphs) -> list[str]:
    """Write all graphs but the receipts as N-Quads lines."""
    return [f"{line} {terms.iri(graph)} ." for graph in sorted(graphs.content) for line in graphs.content[graph]]


def union_lines(graphs: Graphs) -> list[str]:
    """Write the union as lines for the default graph of a store."""
    return [f"{line} ." for line in graphs.union()]


def receipt_quads(graphs: Graphs) -> list[str]:
    """Write the receipts as sorted N-Quads lines."""
    graph = terms.iri(RECEIPTS)
    blocks = sorted(triples.receipt_lines(statement) for statement in set(graphs.statements))
    return [f"{line} {graph} ." for block in blocks for line in block]


def check(inputs: Inputs, graphs: Graphs) -> list[validate.Finding]:
    """Validate what is stated against the shapes, and run the check queries over the union."""
    store = Embedded()
    store.load([*quad_lines(graphs), *union_lines(graphs)])
    stated = graphs.union(but=(INFERRED, DATASET))
    found = validate.shapes([f"{line} ." for line in stated], inputs.root / "ontology")
    return [*found, *validate.checks(store, inputs.root / "queries" / "checks")]


def write(out: Path, graphs: Graphs, summary: Report) -> None:
    """Write the outputs and put them in place, all at once.

    Raises
    ------
    ValidationError
        If there are findings; nothing is written then.
    kg.errors.StoreError
        If the folder cannot be written.
    """
    if summary.findings:
        shown = "\n".join(f"  {f.rule}: {f.node} {f.problem} ({f.value})" for f in summary.findings[:20])
        raise ValidationError(f"{len(summary.findings)} findings, nothing was written:\n{shown}")
    with outputs.new_build(out) as fresh:
        union = graphs.union()
        quads = sorted([*sorted(quad_lines(graphs)), *receipt_quads(graphs)])
        with (fresh / "myositis.nq").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in quads)
        del quads
        (fresh / "myositis.ttl").write_bytes(serialise.turtle(union))
        with (fresh / "myositis.nq").open(encoding="utf-8", newline="\n") as file:
            _fill(fresh / "store", itertools.chain(file, (f"{line} .\n" for line in union)))
        (fresh / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
        (fresh / "report.md").write_text(summary.markdown(), encoding="utf-8")


def _fill(folder: Path, lines: Iterator[str]) -> None:
    """Make a store of N-Quads lines that end with a newline.

    The engine works outside of Python's lock but keeps only one core busy with one load, so parts are
    loaded side by side; small parts keep its buffers small.
    """
    store = ox.Store(str(folder))
    load = partial(store.bulk_load, format=ox.RdfFormat.N_QUADS, lenient=True)
    with ThreadPoolExecutor(_LOADERS) as pool:
        waiting: deque[Future[None]] = deque()
        while part := "".join(itertools.islice(lines, _PART)):
            waiting.append(pool.submit(load, part))
            if len(waiting) > _LOADERS:
                waiting.popleft().result()
        for loading in waiting:
            loading.result()
    store.flush()


class Stage(NamedTuple):
    """One step of the pipeline: what it makes, by which function, from what."""

    makes: str
    function: Callable[..., Any]
    needs: tuple[str, ...]


class Pipeline(NamedTuple):
    """A pipeline as a value: it can be printed, compared and hashed.

    Examples
    --------
    >>> print(PIPELINE)
    inputs <- read(root, added)
    linked <- link(inputs)
    asserted <- transform(inputs, linked)
    inferred <- infer(inputs, asserted)
    graphs <- describe(inputs, inferred)
    findings <- check(inputs, graphs)
    report <- summarise(linked, graphs, findings, inputs)
    build <- write(out, graphs, report)
    """

    stages: tuple[Stage, ...]

    def __str__(self) -> str:
        return "\n".join(f"{s.makes} <- {s.function.__name__}({', '.join(s.needs)})" for s in self.stages)

    def run(self, given: Mapping[str, object], around: Callable[..., Any] | None = None) -> dict[str, Any]:
        """Run the stages in order.

        Parameters
        ----------
        given
            What no stage makes: ``root``, the folder of the sources, ``added``, further folders of
            sources, and ``out``, the build folder.
        around
            Called as ``around(name, function, *inputs)`` to run each stage, for example to show
            progress; the stage is called as it is when absent.

        Returns
        -------
        dict
            Everything given and made, by name.
        """
        made: dict[str, Any] = dict(given)
        for stage in self.stages:
            inputs = [made[name] for name in stage.needs]
            made[stage.makes] = around(stage.makes, stage.function, *inputs) if around else stage.function(*inputs)
        return made


PIPELINE = Pipeline(
    (
        Stage("inputs", read, ("root", "added")),
        Stage("linked", link, ("inputs",)),
        Stage("asserted", transform, ("inputs", "linked")),
        Stage("inferred", infer, ("inputs", "asserted")),
        Stage("graphs", describe, ("inputs", "inferred")),
        Stage("findings", check, ("inputs", "graphs")),
        Stage("report", summarise, ("linked", "graphs", "findings", "inputs")),
        Stage("build", write, ("out", "graphs", "report")),
    )
)
"""The build, from the folder of the sources to the build folder."""
