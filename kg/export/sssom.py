"""Matches with identifiers elsewhere -> mapping sets in SSSOM, one for each kind of thing.

Only matches that the curated tables and ``ontology/alignments.ttl`` state are written; each names what
it relates, how closely, and that a curator decided it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import yaml

import kg
from kg import terms
from kg.export.delimited import harmless
from kg.names import BASE, PREFIXES, shrink

LICENCE = "https://creativecommons.org/licenses/by/4.0/"

_SKOS, _RDFS = PREFIXES["skos"], PREFIXES["rdfs"]
_RELATIONS = {
    *(f"{_SKOS}{name}Match" for name in ("exact", "close", "broad", "narrow", "related")),
    _RDFS + "subClassOf",
    _RDFS + "subPropertyOf",
}
_LABELS = (_SKOS + "prefLabel", _RDFS + "label")
_COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification",
)  # fmt: skip
_JUSTIFICATION = "semapv:ManualMappingCuration"
_SEMAPV = "https://w3id.org/semapv/vocab/"


def sets(lines: Iterable[str], safe: bool = False) -> dict[str, bytes]:
    """Write the mapping sets of some statements.

    Parameters
    ----------
    lines
        Sorted N-Triples lines without the closing dot.
    safe
        Whether texts that a spreadsheet would run are marked.

    Returns
    -------
    dict
        Name of each file -> its bytes.

    Examples
    --------
    >>> drug, match = terms.iri(PREFIXES["drug"] + "x"), terms.iri(PREFIXES["skos"] + "exactMatch")
    >>> made = sets([f"{drug} {match} {terms.iri(PREFIXES['unii'] + '7D0YB67S97')}"])["drug.sssom.tsv"].decode()
    >>> made.splitlines()[-1].split(chr(9))[2:4]
    ['skos:exactMatch', 'unii:7D0YB67S97']
    """
    labels: dict[str, str] = {}
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate[1:-1] in _LABELS:
            labels.setdefault(subject[1:-1], terms.lexical(value))
        elif predicate[1:-1] in _RELATIONS and subject.startswith(f"<{BASE}") and not value.startswith(f"<{BASE}"):
            kind = subject.removeprefix(f"<{BASE}").partition("/")[0]
            found[kind].append((subject[1:-1], predicate[1:-1], value[1:-1]))
    return {f"{kind}.sssom.tsv": _set(kind, rows, labels, safe) for kind, rows in sorted(found.items())}


def _set(kind: str, rows: Iterable[tuple[str, str, str]], labels: Mapping[str, str], safe: bool) -> bytes:
    given = [tuple(map(shrink, row)) for row in rows]
    named = {name for row in given for one in row if (name := one.partition(":")[0]) in PREFIXES}
    head = {
        "sssom_version": "1.0",
        "mapping_set_id": f"{BASE}mappings/{kind}",
        "mapping_set_version": kg.__version__,
        "mapping_set_title": f"Mappings of the myositis therapy knowledge graph: {kind}",
        "license": LICENCE,
        "curie_map": {name: PREFIXES[name] for name in sorted(named)} | {"semapv": _SEMAPV},
    }
    written = ["#" + line for line in yaml.safe_dump(head, sort_keys=False, width=200).splitlines()]
    written.append("\t".join(_COLUMNS))
    for (subject, predicate, value), (own, _, other) in zip(given, rows, strict=True):
        texts = (subject, labels.get(own, ""), predicate, value, labels.get(other, ""), _JUSTIFICATION)
        written.append("\t".join(_cell(text, safe) for text in texts))
    return ("\n".join(written) + "\n").encode()


def _cell(text: str, safe: bool) -> str:
    plain = " ".join(text.split())
    return harmless(plain) if safe else plain
