"""Receipts of the edges of the graph: the stated triples behind an edge, and where each stands written."""

from __future__ import annotations

from typing import NamedTuple

from kg.errors import ValidationError
from kg.graph.metagraph import Metagraph, read
from kg.names import PREFIXES, expand, shrink
from kg.store import Store, Term


class Receipt(NamedTuple):
    """A stated triple, and the record, the place in it and the exact value there that say so."""

    triple: tuple[str, str, str]
    record: str
    locator: str
    value: str

    def text(self) -> str:
        """Write it as one line.

        >>> Receipt(("trial:NCT1", "myo:condition", "disease:x"), "record:a", "/conditions/0", "X").text()
        "trial:NCT1 myo:condition disease:x: record:a at /conditions/0, 'X'"
        """
        return f"{' '.join(self.triple)}: {self.record} at {self.locator}, {self.value!r}"


_HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "graph", "myo", "rdf", "skos"))


def query(meta: Metagraph, kind: str) -> str:
    """Return the query for the receipts of an edge of a kind, whose ends are bound from outside.

    >>> query(read(), "evaluates").count("GRAPH graph:receipts")
    3
    """
    patterns = meta.edges[kind].stated()
    whole = " . ".join(meta.edges[kind].where or patterns)
    parts = []
    for pattern in patterns:
        subject, predicate, value = pattern.split()
        parts.append(
            f"  {{ {whole} .\n"
            f"    GRAPH graph:receipts {{ ?receipt\n"
            f"      rdf:subject {subject} ; rdf:predicate {predicate} ; rdf:object {value} ;\n"
            f"      myo:inRecord ?record ; myo:locator ?locator ; myo:exactValue ?value ;\n"
            f"      rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }} }}"
        )
    body = " UNION\n".join(parts)
    columns = "?source ?target ?s ?p ?o ?record ?locator ?value"
    return f"{_HEAD}SELECT DISTINCT {columns}\nWHERE {{\n{body}\n}}\nORDER BY ?s ?p ?o ?record ?locator"


def of(store: Store, source: str, kind: str, target: str, meta: Metagraph | None = None) -> tuple[Receipt, ...]:
    """Return the receipts of an edge.

    Parameters
    ----------
    store
        The store that the graph was made from.
    source, kind, target
        The edge, in its own direction.
    meta
        Another metagraph than that of the project.

    Raises
    ------
    ValidationError
        If there is none: an edge without a receipt is never shown.

    Examples
    --------
    >>> from kg.graph.samples import store
    >>> len(of(store(), "trial:NCT1", "evaluates", "drug:abatacept"))
    3
    """
    ends = {"source": Term(expand(source), "iri"), "target": Term(expand(target), "iri")}
    found = tuple(
        Receipt(
            (shrink(row["s"]), shrink(row["p"]), shrink(row["o"])), shrink(row["record"]), row["locator"], row["value"]
        )
        for row in store.select(query(meta or read(), kind), ends).texts()
    )
    if not found:
        raise ValidationError(f"{source} {kind} {target}: no receipt")
    return found
