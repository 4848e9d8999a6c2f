"""Cuts a part out of the graph that can stand alone: some things, what they consist of, and what they touch.

A thing comes whole: a trial with its arms, uses, outcomes and results, whichever of them was asked
for.  ``depth`` counts the links from one whole thing to the next, in both directions.  A slice is
closed: everything in it that has a label in the graph has it in the slice too, and every statement
of it is a statement of the graph.  Identifiers of other registries have no label in either; they are
named by the thing that matches them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from kg import questions, terms
from kg.contract import Contract
from kg.names import PREFIXES, own
from kg.resources import root
from kg.serialise import Content
from kg.store import Rows, Store, Term, written

RECEIPTS = own("graph", "receipts")

_TYPE = terms.iri(PREFIXES["rdf"] + "type")
_LABELS = (terms.iri(PREFIXES["skos"] + "prefLabel"), terms.iri(PREFIXES["rdfs"] + "label"))
_UNION = "CONSTRUCT WHERE { ?s ?p ?o }"
_NAMED = f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{RECEIPTS}>) }}"
_RECEIPTS = f"SELECT ?s ?p ?o ?g WHERE {{ VALUES ?g {{ <{RECEIPTS}> }} GRAPH ?g {{ ?s ?p ?o }} }}"
_RECEIPTS_OF = f"""SELECT ?s ?p ?o
WHERE {{
  GRAPH <{RECEIPTS}> {{
    VALUES ?subject {{ %subjects% }}
    ?s <{PREFIXES["rdf"]}subject> ?subject ; ?p ?o .
  }}
}}"""
_BATCH = 300
"""How many things are asked for at once."""
_BRANCH = f"SELECT ?disease ?branch WHERE {{ ?disease <{PREFIXES['myo']}inBranch> ?branch }}"


def _lines(rows: Rows) -> list[str]:
    return sorted({" ".join(written(term) for term in row if term is not None) for row in rows.rows})


def union(store: Store) -> list[str]:
    """Return all statements of a store without its receipts, sorted."""
    return store.construct(_UNION)


def quads(store: Store, receipts: bool = True) -> list[str]:
    """Return the named graphs of a store as sorted quads, with or without the receipts."""
    return sorted([*_lines(store.select(_NAMED)), *(_lines(store.select(_RECEIPTS)) if receipts else ())])


def branch(store: Store, disease: str) -> list[str]:
    """Return a disease and all below it in the hierarchy."""
    rows = store.select(_BRANCH, {"branch": Term(disease, "iri")})
    return sorted({disease, *(row["disease"] for row in rows.texts())})


class Facts:
    """Statements, indexed for walking from thing to thing.

    Parameters
    ----------
    lines
        N-Triples lines without the closing dot.
    contract
        Says which things are parts of which.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> trial, arm, drug = (terms.iri(own(kind, "x")) for kind in ("trial", "arm", "drug"))
    >>> myo = PREFIXES["myo"]
    >>> lines = [f"{trial} {_TYPE} <{myo}Trial>", f"{trial} <{myo}arm> {arm}", f"{arm} {_TYPE} <{myo}Arm>",
    ...          f"{trial} <{myo}evaluates> {drug}", f'{drug} {_LABELS[0]} "x"@en',
    ...          f"{drug} {_TYPE} <{myo}Intervention>"]
    >>> facts = Facts(lines, read(root() / "ontology"))
    >>> facts.whole(own("arm", "x")) == own("trial", "x")
    True
    >>> [len(facts.around([own("arm", "x")], depth)) for depth in (0, 1)]
    [5, 6]
    """

    def __init__(self, lines: Iterable[str], contract: Contract) -> None:
        self._of: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._to: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            subject, predicate, value = line.split(" ", 2)
            self._of[subject].append((predicate, value, line))
            if terms.is_iri(value):
                self._to[value].add(subject)
        self._parts = {
            (terms.iri(owner.iri), terms.iri(field.path))
            for owner in contract.classes.values()
            for field in owner.fields
            if field.kind == "child" and contract.classes[field.range].iri_form == "child"
        }
        self._classes = {terms.iri(PREFIXES["myo"] + name) for name in contract.classes}

    def _types(self, thing: str) -> set[str]:
        return {value for predicate, value, _ in self._of.get(thing, ()) if predicate == _TYPE}

    @cached_property
    def _owner(self) -> dict[str, str]:
        return {
            value: thing
            for thing, facts in self._of.items()
            for kind in self._types(thing)
            for predicate, value, _ in facts
            if (kind, predicate) in self._parts
        }

    @cached_property
    def _owned(self) -> dict[str, list[str]]:
        owned: dict[str, list[str]] = defaultdict(list)
        for part, thing in self._owner.items():
            owned[thing].append(part)
        return owned

    def _whole(self, thing: str) -> str:
        while thing in self._owner:
            thing = self._owner[thing]
        return thing

    def whole(self, thing: str) -> str:
        """Return the thing that something is a part of, or the thing itself."""
        return terms.lexical(self._whole(terms.iri(thing)))

    def _with_parts(self, thing: str) -> Iterator[str]:
        yield thing
        for part in self._owned.get(thing, ()):
            yield from self._with_parts(part)

    def _neighbours(self, thing: str) -> set[str]:
        found: set[str] = set()
        for part in self._with_parts(thing):
            found |= {value for _, value, _ in self._of[part]} | self._to.get(part, set())
        return {self._whole(other) for other in found if self._types(other) & self._classes}

    def around(self, things: Iterable[str], depth: int = 1) -> list[str]:
        """Return the closed slice around some things, as sorted lines.

        Parameters
        ----------
        things
            IRIs.
        depth
            How many links away from them the slice reaches.
        """
        reached = {self._whole(terms.iri(thing)) for thing in things if terms.iri(thing) in self._of}
        ring = reached
        for _ in range(depth):
            ring = {other for thing in ring for other in self._neighbours(thing)} - reached
            reached = reached | ring
        lines = {line for thing in reached for part in self._with_parts(thing) for _, _, line in self._of[part]}
        labels = self._labels(lines)
        return sorted(lines | labels | self._labels(labels))

    def _labels(self, lines: Collection[str]) -> set[str]:
        named: set[str] = set()
        for line in lines:
            subject, predicate, value = line.split(" ", 2)
            named |= {subject, predicate, value if terms.is_iri(value) else terms.iri(terms.parts(value)[1])}
        return {line for term in named for predicate, _, line in self._of.get(term, ()) if predicate in _LABELS}


def named_in(store: Store, question: str, values: Mapping[str, str]) -> list[str]:
    """Return the IRIs that the answer to a question of the catalogue names.

    Raises
    ------
    kg.errors.QueryError
        If there is no such question or parameter, or a value names nothing.
    """
    rows = questions.read_one(root() / "queries" / "questions", question).run(store, **values).rows
    return sorted({term.value for row in rows for term in row if term is not None and term.kind == "iri"})


def cut(
    store: Store,
    contract: Contract,
    things: Iterable[str],
    depth: int = 1,
    graphs: bool = False,
    receipts: bool = True,
) -> Content:
    """Cut a closed slice out of a store.

    Parameters
    ----------
    store
        The store.
    contract
        Says which things are parts of which.
    things
        IRIs to start from.
    depth
        How many links away from them the slice reaches.
    graphs
        Whether the quads that state the slice are wanted too.
    receipts
        Whether the receipts of its statements come with the quads.
    """
    lines = Facts(union(store), contract).around(things, depth)
    if not graphs:
        return Content(lines)
    wanted = set(lines)
    named = [quad for quad in quads(store, receipts=False) if quad.rpartition(" ")[0] in wanted]
    return Content(lines, sorted([*named, *(_receipts(store, wanted) if receipts else ())]))


def _receipts(store: Store, wanted: Collection[str]) -> list[str]:
    """Find the receipts of some lines; asked for by their subjects, some at a time."""
    subjects = sorted({line.partition(" ")[0] for line in wanted})
    receipts: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(subjects), _BATCH):
        values = " ".join(written(Term(term[1:-1], "iri")) for term in subjects[start : start + _BATCH])
        for line in _lines(store.select(_RECEIPTS_OF.replace("%subjects%", values))):
            receipts[line.partition(" ")[0]].append(f"{line} {terms.iri(RECEIPTS)}")
    return [quad for block in receipts.values() if _statement(block) in wanted for quad in block]


def _statement(receipt: Iterable[str]) -> str:
    """Return the line that a receipt is of."""
    found = {}
    for quad in receipt:
        _, predicate, value = quad.rpartition(" ")[0].split(" ", 2)
        found[predicate] = value
    return " ".join(found.get(terms.iri(PREFIXES["rdf"] + part), "") for part in ("subject", "predicate", "object"))
