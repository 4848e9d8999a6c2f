"""Shapes, check queries and receipts -> findings.

Three independent guards: pySHACL reads the contract as shapes, the check queries hold what spans
several fields, and the receipts are re-found in the bytes of the sources by code that the mapper
does not use.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from kg import questions, terms
from kg.errors import QueryError, SourceError, StoreError
from kg.names import BASE, expand, own, shrink
from kg.resources import locate
from kg.sources.places import finder
from kg.store import Embedded

RECEIPTS = own("graph", "receipts")
"""The named graph of receipts."""


class Finding(NamedTuple):
    """Something that a guard found."""

    rule: str
    node: str
    problem: str
    value: str


class Receipt(NamedTuple):
    """A receipt as the store holds it: terms in N-Triples, locator and value as plain text."""

    subject: str
    predicate: str
    object: str
    record: str
    locator: str
    value: str
    shape: str


def shapes(lines: Iterable[str], folder: Path, shapes_file: str = "shapes.ttl") -> list[Finding]:
    """Validate triples against shapes with pySHACL.

    Parameters
    ----------
    lines
        N-Triples lines.
    folder
        The folder of the shapes.
    shapes_file
        The file of shapes in it.

    Returns
    -------
    list of Finding
        Sorted; empty when all hold.

    Examples
    --------
    >>> from kg.resources import root
    >>> country = "<https://w3id.org/myositis-kg/ontology/Country>"
    >>> line = f"<http://x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> {country} ."
    >>> [finding.rule for finding in shapes([line], root() / "ontology")][0]
    'shape:Country-iso'
    """
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    _speed_up()
    data = rdflib.Graph().parse(data="\n".join(lines), format="nt")
    contract = rdflib.Graph().parse(folder / shapes_file, format="turtle")
    _, results, _ = pyshacl.validate(data, shacl_graph=contract, inference="none", advanced=False, inplace=True)
    findings = []
    for result in results.objects(None, SH.result):
        one = {name: results.value(result, SH[name]) for name in ("sourceShape", "focusNode", "value", "resultMessage")}
        texts = {name: "" if node is None else str(node) for name, node in one.items()}
        problem = texts["resultMessage"]
        findings.append(Finding(shrink(texts["sourceShape"]), texts["focusNode"], problem, texts["value"]))
    return sorted(findings)


def _speed_up() -> None:
    """Let pySHACL look constraint parameters up in a set.

    It keeps them in a list that it searches once for each statement of a shape and each focus node,
    which is more than half of its time; it caches that list under this name in the module.
    """
    import pyshacl.shape
    from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP

    vars(pyshacl.shape)["CONSTRAINT_PARAMS"] = (frozenset(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)


def checks(store: Embedded, folder: Path) -> list[Finding]:
    """Run the check queries of a folder; each row is a finding.

    Raises
    ------
    QueryError
        If a check cannot be run or lacks its columns.

    Examples
    --------
    >>> from kg.resources import root
    >>> checks(Embedded(), root() / "queries" / "checks")
    []
    """
    findings = []
    for name, check in sorted(questions.read(folder).items()):
        rows = check.run(store)
        if rows.columns != _CHECK_COLUMNS:
            seen = " ".join(rows.columns)
            raise QueryError(f"{name}.rq: a check has the columns {' '.join(_CHECK_COLUMNS)}, this one has {seen}")
        findings += [Finding(name, row["node"], row["problem"], row["value"]) for row in rows.texts()]
    return findings


_CHECK_COLUMNS = ("node", "problem", "value")
_RECEIPT_PARTS = tuple(
    terms.iri(expand(curie))
    for curie in (
        "rdf:subject", "rdf:predicate", "rdf:object", "myo:inRecord", "myo:locator", "myo:exactValue", "myo:mappedBy",
    )
)  # fmt: skip
_RECORDS = """
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
SELECT ?record ?path ?hash WHERE { ?record a myo:Record ; myo:recordPath ?path ; myo:contentHash ?hash }
"""
_STATED = """
PREFIX graph: <https://w3id.org/myositis-kg/graph/>
CONSTRUCT { ?subject ?predicate ?object } WHERE {
  ?subject ?predicate ?object .
  FILTER NOT EXISTS { GRAPH graph:inferred { ?subject ?predicate ?object } }
  FILTER NOT EXISTS { GRAPH graph:dataset { ?subject ?predicate ?object } }
}
"""


class Sources(NamedTuple):
    """What a store says of its sources."""

    receipts: Mapping[str, Sequence[Receipt]]
    """Path of a source file -> its receipts."""
    hashes: Mapping[str, str]
    """Path of a source file -> SHA-256 of its bytes at the time of the build."""


def sources(store: Embedded) -> Sources:
    """Read from a store which files it was built from, and every receipt.

    Raises
    ------
    StoreError
        If the store holds no receipt at all.
    """
    paths: dict[str, str] = {}
    hashes: dict[str, str] = {}
    for row in store.select(_RECORDS).texts():
        paths[terms.iri(row["record"])] = row["path"]
        hashes[row["path"]] = row["hash"]
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value, _ in store.quads(RECEIPTS):
        parts[subject][predicate] = value
    found: dict[str, list[Receipt]] = defaultdict(list)
    for stated in parts.values():
        receipt = Receipt(*(stated.get(predicate, "") for predicate in _RECEIPT_PARTS))
        located = receipt._replace(locator=terms.lexical(receipt.locator), value=terms.lexical(receipt.value))
        found[paths.get(receipt.record, "")].append(located)
    if not found:
        raise StoreError("the store holds no receipts; it was not built by this package")
    return Sources(found, hashes)


def refind(path: str, content: bytes, receipts: Sequence[Receipt], expected_hash: str = "") -> list[Finding]:
    """Re-find receipts in the bytes of their source.

    Parameters
    ----------
    path
        The path of the file below the project.
    content
        Its bytes now.
    receipts
        The receipts that point into it.
    expected_hash
        The SHA-256 of the file at the time of the build; empty to leave the comparison out.

    Returns
    -------
    list of Finding
        One for the file if its bytes changed at all, one for each receipt that is not re-found.

    Examples
    --------
    >>> receipt = Receipt("<s>", "<p>", "<o>", "<r>", "/id", "NCT1", "<shape>")
    >>> refind("data/trials/NCT1.json", b'{"id": "NCT2"}', [receipt])[0].value
    'NCT2'
    """
    findings = []
    if expected_hash and hashlib.sha256(content).hexdigest() != expected_hash:
        problem = "the bytes of the source are not those the graph was built from; run kg build"
        findings.append(Finding("source-changed", path, problem, expected_hash[:12]))
    try:
        at = finder(content, path)
    except SourceError as error:
        return [*findings, Finding("source-unreadable", path, "cannot be read again", str(error))]
    for receipt in receipts:
        seen = at(receipt.locator)
        if seen is None:
            problem = f"nothing stands at {receipt.locator}, where {receipt.value!r} was read"
            findings.append(Finding("receipt-lost", receipt.subject[1:-1], problem, ""))
        elif seen != receipt.value:
            problem = f"{path} at {receipt.locator} no longer says {receipt.value!r}"
            findings.append(Finding("receipt-differs", receipt.subject[1:-1], problem, seen))
    return findings


def receipts(store: Embedded, root: Path, added: Mapping[str, Path] = MappingProxyType({})) -> list[Finding]:
    """Re-find every receipt of a store in its sources, and look for triples without one.

    Parameters
    ----------
    store
        The store of a build.
    root
        The folder of the project's own sources.
    added
        Further folders of sources, by their kind.

    Raises
    ------
    StoreError
        If the store holds no receipt at all.
    """
    known = sources(store)
    findings = [
        Finding(
            "record-not-described", terms.lexical(one.subject), "its receipt names a record that is not described", ""
        )
        for one in known.receipts.get("", ())
    ]
    for path, expected in sorted(known.hashes.items()):
        try:
            content = locate(path, root, added).read_bytes()
        except OSError as error:
            findings.append(Finding("source-missing", path, "cannot be read", error.strerror or str(error)))
            continue
        findings.extend(refind(path, content, known.receipts.get(path, ()), expected))
    receipted = {
        (one.subject, one.predicate, one.object, one.record) for group in known.receipts.values() for one in group
    }
    asserted = {quad for quad in store.quads() if quad[3].startswith(f"<{BASE}record/")}
    for rule, odd, problem in (
        ("triple-without-receipt", asserted - receipted, "an asserted triple has no receipt"),
        ("receipt-without-triple", receipted - asserted, "a receipt states a triple that its record graph lacks"),
    ):
        for subject, predicate, _, graph in sorted(odd):
            value = f"{shrink(predicate[1:-1])} in {shrink(graph[1:-1])}"
            findings.append(Finding(rule, subject[1:-1], problem, value))
    return findings


def stated(store: Embedded) -> list[str]:
    """Read from a store what was stated and preferred, as N-Triples lines: the union without inferred edges."""
    return [f"{line} ." for line in store.construct(_STATED)]
