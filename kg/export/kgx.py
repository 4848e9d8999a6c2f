"""A property graph -> KGX, the tables that Biolink tools exchange.

``ontology/biolink.tsv`` says how our classes, properties and prefixes are called there.  Every edge of
the property graph becomes an edge with its own property as ``original_predicate``; what Biolink can
say better is added from ``queries/biolink/``: a drug is *in clinical trials for* a disease because of
the trials that evaluate it, it *affects* or binds a target with its direction, and it *treats* a
disease only by a regulator's approval.
"""

from __future__ import annotations

import csv
import functools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kg import questions
from kg.export.delimited import harmless
from kg.export.graphfiles import number
from kg.export.network import Edge, Network, Node, full
from kg.names import BASE, shrink
from kg.resources import root
from kg.store import Embedded

SOURCE = "infores:myositis-kg"
"""The source of all knowledge here, by the name that it would have in the catalogue of sources."""

_OWN = "MYOKG:"
_NODES = ("id", "category", "name", "description", "synonym", "xref", "same_as", "provided_by")
_EDGES = (
    "id", "subject", "predicate", "object", "category", "knowledge_level", "agent_type", "primary_knowledge_source",
    "original_predicate", "qualified_predicate", "object_aspect_qualifier", "object_direction_qualifier",
    "causal_mechanism_qualifier", "max_research_phase", "clinical_approval_status", "has_supporting_studies",
    "stated_in",
)  # fmt: skip
_LISTS = frozenset({"category", "synonym", "xref", "same_as", "provided_by", "has_supporting_studies", "stated_in"})

Row = dict[str, object]


class Model(NamedTuple):
    """What things are called in Biolink."""

    categories: Mapping[str, str]
    """Class -> category."""
    ids: Mapping[str, tuple[str, ...]]
    """Class -> prefixes of identifiers by which its things are known."""
    predicates: Mapping[str, str]
    prefixes: Mapping[str, str]


@functools.cache
def model() -> Model:
    """Read ``ontology/biolink.tsv``.

    >>> model().categories["Trial"], model().prefixes["rxnorm"]
    ('ClinicalTrial', 'RXCUI')
    """
    with (root() / "ontology" / "biolink.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
    of = {kind: [row for row in rows if row["kind"] == kind] for kind in ("class", "property", "prefix")}
    return Model(
        categories={row["own"]: row["biolink"] for row in of["class"]},
        ids={row["own"]: tuple(filter(None, row["ids"].split("|"))) for row in of["class"]},
        predicates={row["own"]: row["biolink"] for row in of["property"]},
        prefixes={row["own"]: row["biolink"] for row in of["prefix"]},
    )


def curie(name: str) -> str:
    """Return how a CURIE of ours is written with the prefixes of Biolink.

    >>> curie("rxnorm:614391"), curie("arm:NCT1-x"), curie("Orphanet:93672")
    ('RXCUI:614391', 'MYOKG:arm/NCT1-x', 'ORDO:Orphanet_93672')
    """
    iri = full(name)
    if iri.startswith(BASE):
        return _OWN + iri.removeprefix(BASE)
    prefix, _, local = name.partition(":")
    theirs = model().prefixes.get(prefix, prefix)
    return f"{theirs}{'' if ':' in theirs else ':'}{local}"


def identify(of: Network) -> dict[str, str]:
    """Return the KGX identifier of each node: one that others use where it has exactly one, else its own."""
    wanted = {node.id: _known_by(node) for node in of.nodes}
    shared = Counter(wanted.values())
    return {own: known if shared[known] == 1 else curie(own) for own, known in wanted.items()}


def _known_by(node: Node) -> str:
    trial = node.values.get("registryId", ("",))[0]
    if node.kind == "Trial" and trial.startswith("NCT"):
        return f"CLINICALTRIALS:{trial}"
    matches = node.values.get("exactMatch", ())
    for prefix in model().ids.get(node.kind, ()):
        found = [match for match in matches if match.partition(":")[0] == prefix]
        if len(found) == 1:
            return curie(found[0])
    return curie(node.id)


def nodes(of: Network) -> list[Row]:
    """Return the rows of the nodes: the columns of KGX, then every attribute under its own name."""
    ids = identify(of)
    return [_node(node, ids, of) for node in of.nodes]


def _node(node: Node, ids: Mapping[str, str], of: Network) -> Row:
    values = node.values
    known = ids[node.id]
    row: Row = {
        "id": known,
        "category": [f"biolink:{model().categories[node.kind]}"],
        "name": node.label,
        "description": values.get("definition", ("",))[0],
        "synonym": list(values.get("altLabel", ())),
        "xref": [curie(match) for match in values.get("exactMatch", ()) if curie(match) != known],
        "same_as": [curie(node.id)] if known != curie(node.id) else [],
        "provided_by": [SOURCE],
    }
    for name, given in values.items():
        attribute = of.attributes[name]
        found = [number(value, attribute.kind) for value in given]
        row[name] = found if attribute.many else found[0]
    return {name: value for name, value in row.items() if value not in ("", [])}


def edges(of: Network, lines: Iterable[str]) -> list[Row]:
    """Return the rows of the edges: one for each edge, and those that Biolink says in its own way."""
    ids = identify(of)
    rows = [_edge(edge, ids) for edge in of.edges]
    store = Embedded()
    store.load(f"{line} ." for line in lines)
    for question in questions.read(root() / "queries" / "biolink").values():
        answers = store.select(question.text).texts()
        rows += [_said(row, ids) for row in answers if {shrink(row["subject"]), shrink(row["object"])} <= set(ids)]
    counted: Counter[object] = Counter()
    for row in rows:
        counted[row["id"]] += 1
        if counted[row["id"]] > 1:
            row["id"] = f"{row['id']} {counted[row['id']]}"
    return rows


def _edge(edge: Edge, ids: Mapping[str, str]) -> Row:
    subject, target = ids[edge.subject], ids[edge.object]
    level, agent = _knowledge(edge.records)
    row: Row = {
        "id": f"{subject} {edge.kind} {target}",
        "subject": subject,
        "predicate": f"biolink:{model().predicates.get(edge.kind, 'related_to')}",
        "object": target,
        "category": ["biolink:Association"],
        "knowledge_level": level,
        "agent_type": agent,
        "primary_knowledge_source": SOURCE,
        "original_predicate": f"{_OWN}ontology/{edge.kind}" if ":" not in edge.kind else edge.kind,
    }
    return {**row, "stated_in": [curie(record) for record in edge.records]} if edge.records else row


def _knowledge(records: Sequence[str]) -> tuple[str, str]:
    """Say how an edge is known: written by a curator, taken from a registry or page, or concluded by a view."""
    if records == ("graph:inferred",):
        return "logical_entailment", "automated_agent"
    by_hand = not records or any(record.startswith(("record:curated-", "record:table-")) for record in records)
    return "knowledge_assertion", "manual_agent" if by_hand else "automated_agent"


def _said(answer: Mapping[str, str], ids: Mapping[str, str]) -> Row:
    subject, target = (ids[shrink(answer[name])] for name in ("subject", "object"))
    predicate = shrink(answer["predicate"])
    row: Row = {
        "id": f"{subject} {predicate.partition(':')[2]} {target}",
        "subject": subject,
        "predicate": predicate,
        "object": target,
        "category": ["biolink:Association"],
        "knowledge_level": "logical_entailment",
        "agent_type": "automated_agent",
        "primary_knowledge_source": SOURCE,
    }
    for name in set(answer) - {"subject", "predicate", "object"}:
        value = answer[name]
        if value:
            row[name] = sorted(ids[shrink(iri)] for iri in value.split(" ")) if name in _LISTS else value
    if "qualified_predicate" in row:
        row["qualified_predicate"] = shrink(str(row["qualified_predicate"]))
    return row


def _columns(rows: Iterable[Row], first: Sequence[str]) -> list[str]:
    present = {name for row in rows for name in row}
    return [*(name for name in first if name in present), *sorted(present - set(first))]


def tsv(of: Network, lines: Iterable[str], safe: bool = False) -> dict[str, bytes]:
    """Write ``nodes.tsv`` and ``edges.tsv``; the values of a list are joined by a bar.

    Examples
    --------
    >>> len(tsv(Network((), (), {}), [])["edges.tsv"])
    1
    """
    found = {"nodes.tsv": (nodes(of), _NODES), "edges.tsv": (edges(of, lines), _EDGES)}
    return {name: _tsv(rows, _columns(rows, first), safe) for name, (rows, first) in found.items()}


def _tsv(rows: Iterable[Row], columns: Sequence[str], safe: bool) -> bytes:
    written = ["\t".join(columns)]
    written += ["\t".join(_cell(row.get(name), safe) for name in columns) for row in rows]
    return ("\n".join(written) + "\n").encode()


def _cell(value: object, safe: bool) -> str:
    values = value if isinstance(value, list) else [] if value is None else [value]
    texts = [str(one).lower() if isinstance(one, bool) else " ".join(str(one).split()) for one in values]
    text = "|".join(one.replace("|", "/") for one in texts) if isinstance(value, list) else "".join(texts)
    return harmless(text) if safe else text


def unheld(of: Network) -> list[str]:
    """Return what the tables cannot hold and write otherwise: line breaks and tabs, and bars in a list."""
    return [
        f"{node.id} {name}: {value!r}"
        for node in of.nodes
        for name, values in node.values.items()
        for value in values
        if value != " ".join(value.split()) or ("|" in value and of.attributes[name].many)
    ]


def jsonl(of: Network, lines: Iterable[str]) -> dict[str, bytes]:
    """Write ``nodes.jsonl`` and ``edges.jsonl``: an object a line, lists as lists.

    Examples
    --------
    >>> jsonl(Network((), (), {}), [])
    {'nodes.jsonl': b'', 'edges.jsonl': b''}
    """
    found = {"nodes.jsonl": nodes(of), "edges.jsonl": edges(of, lines)}
    return {
        name: "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode() for name, rows in found.items()
    }
