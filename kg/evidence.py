"""What each row of an answer rests on: row -> stated triples -> receipts.

No question says what its evidence is; it follows from the query.  Its triple patterns, with the
values of a solution put in, are the triples that make the solution; the solutions that give a row
are found by asking the same WHERE for all its variables.  A property path is resolved into its
steps.  An inferred triple leads to the view that derives it, and by the same way through the WHERE
of the view to what is stated.  So a group that counts trials rests on all of them, and what a query
requires to be absent has no evidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kg import sparql
from kg.answers import bound
from kg.errors import QueryError
from kg.meanings import Meaning
from kg.names import PREFIXES, shrink
from kg.questions import Question
from kg.store import Rows, Store, Term, written

if TYPE_CHECKING:
    from rdflib.paths import Path
    from rdflib.term import Node

Triple = tuple[Term, Term, Term]
Solution = Mapping[str, Term]

_HEAD = re.compile(r"^(?:SELECT DISTINCT .*?|CONSTRUCT \{.*?^\})\s*^(WHERE \{.*?^\}).*", re.MULTILINE | re.DOTALL)
_INNER = re.compile(r"^    SELECT ([^\n]*)\n    WHERE (\{\n.*?^    \})", re.MULTILINE | re.DOTALL)
_BATCH = 400
"""How many triples are looked up at once."""
_DEEPEST = 4
"""How many views may build on each other."""
_LABEL = PREFIXES["skos"] + "prefLabel"


class Evidence(NamedTuple):
    """A receipt: a stated triple, and where it stands in which source."""

    subject: str
    """A term as a person reads it."""
    predicate: str
    object: str
    source: str
    """The path of the source."""
    place: str
    """The place in the source."""
    quote: str
    """What stands there, exactly."""

    @property
    def statement(self) -> str:
        """The triple in one line."""
        return f"{self.subject} {self.predicate} {self.object}"


def of(
    store: Store, question: Question, meanings: Mapping[str, Meaning], rows: Rows, views: Iterable[Question]
) -> list[tuple[Evidence, ...]]:
    """Find what each row of an answer rests on.

    Parameters
    ----------
    store
        Where the question was asked; it must hold the receipts.
    question
        The question.
    meanings
        What its parameters were taken for.
    rows
        Its answer, or part of it.
    views
        The views that derive triples.

    Returns
    -------
    list of tuple of Evidence
        One for each row: what records of trials state before what tables state, labels last.
    """
    finder = _Finder(store, views)
    solutions = finder.solutions(question.text, {name: meaning.terms for name, meaning in meanings.items()})
    shared = [name for name in rows.columns if name in solutions.columns]
    by_row: dict[tuple[Term | None, ...], list[Solution]] = defaultdict(list)
    for solution in solutions.rows:
        known = dict(zip(solutions.columns, solution, strict=True))
        by_row[tuple(known[name] for name in shared)].append({k: term for k, term in known.items() if term})
    places = [rows.columns.index(name) for name in shared]
    of_row = [by_row[tuple(row[place] for place in places)] for row in rows.rows]
    stated = finder.stated(_read(question.text), [solution for found in of_row for solution in found])
    flat = iter(stated)
    triples = [{triple for _ in found for triple in next(flat)} for found in of_row]
    receipts = receipts_of(store, {triple for found in triples for triple in found})
    return [tuple(sorted({one for t in found for one in receipts.get(t, ())}, key=_order)) for found in triples]


def _order(one: Evidence) -> tuple[bool, bool, Evidence]:
    return one.predicate == shrink(_LABEL), one.source.startswith("ontology/"), one


class Pattern(NamedTuple):
    """A triple pattern of a query: a step is an IRI, a variable or a property path."""

    subject: Node
    step: Node | Path
    object: Node


def patterns(query: str) -> list[Pattern]:
    """Return the triple patterns of a query that say what must be there.

    What must be absent is left out, and so is what stands in a query inside the query.

    >>> [str(p.step) for p in patterns("SELECT ?a { ?a <http://p> ?b FILTER NOT EXISTS { ?a <http://q> ?b } }")]
    ['http://p']
    """
    return [Pattern(*triple) for triple in _walk(_algebra(query).p)]


def _algebra(query: str) -> Any:
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    return translateQuery(parseQuery(query)).algebra


def _walk(node: Any) -> Iterator[tuple[Node, Any, Node]]:
    if node.name == "BGP":
        yield from node.triples
    if node.name == "ToMultiSet":
        return
    for part in ("p", "p1", "p2"):
        if part in node and not (node.name == "Minus" and part == "p2"):
            yield from _walk(node[part])


class _Query(NamedTuple):
    """A query without its head and its groups: what makes its solutions."""

    text: str
    patterns: Sequence[Pattern]
    inner: tuple[_Query, ...] = ()
    """The queries inside of it."""
    shared: tuple[str, ...] = ()
    """The variables that a query inside another one hands to it."""


def _read(query: str) -> _Query:
    """Take a query apart; it must have the layout of the query files.

    Raises
    ------
    QueryError
        If it has not.
    """
    everything = _HEAD.sub(r"SELECT DISTINCT *\n\1", query)
    if everything == query:
        raise QueryError("evidence needs a query of the form SELECT DISTINCT ... WHERE { ... }")
    prefixes = "".join(line for line in query.splitlines(keepends=True) if line.startswith("PREFIX "))
    inner = []
    for head, body in _INNER.findall(query):
        text = f"{prefixes}SELECT DISTINCT * WHERE {body}"
        shared = tuple(re.findall(r"\?(\w+)", re.sub(r"\(.*?\bAS\b|\)", "", head)))
        inner.append(_Query(text, patterns(text), (), shared))
    return _Query(everything, patterns(query), tuple(inner))


class _View(NamedTuple):
    """A view as a rule: the variables of its head, and what derives them."""

    subject: str
    object: str
    query: _Query


class _Finder:
    """Finds the stated triples that solutions of patterns rest on."""

    def __init__(self, store: Store, views: Iterable[Question]) -> None:
        self._store = store
        self._views = tuple(views)
        self._rules: dict[str, list[_View]] = {}

    def solutions(self, query: str, values: Mapping[str, tuple[Term, ...]]) -> Rows:
        """Ask the WHERE of a query for all its variables."""
        return self._store.select(bound(_read(query).text, values))

    def stated(self, query: _Query, solutions: Sequence[Solution], depth: int = _DEEPEST) -> list[set[Triple]]:
        """Return for each solution the triples that its patterns make, derived ones resolved."""
        made: list[set[Triple]] = [set() for _ in solutions]
        for pattern in query.patterns:
            self._add(pattern, solutions, made)
        for inner in query.inner:
            self._add_inner(inner, solutions, made)
        if not depth:
            return made
        derived = self._resolve({triple for found in made for triple in found}, depth - 1)
        return [found | {below for triple in found for below in derived.get(triple, ())} for found in made]

    def _add(self, pattern: Pattern, solutions: Sequence[Solution], made: list[set[Triple]]) -> None:
        ends = [(_value(pattern.subject, solution), _value(pattern.object, solution)) for solution in solutions]
        if not _is_path(pattern.step):
            for (subject, value), solution, found in zip(ends, solutions, made, strict=True):
                predicate = _value(pattern.step, solution)
                if subject and predicate and value:
                    found.add((subject, predicate, value))
            return
        steps = self._along(pattern.step, {(s, o) for s, o in ends if s and o})
        for (subject, value), found in zip(ends, made, strict=True):
            if subject and value:
                found |= steps[subject, value]

    def _add_inner(self, inner: _Query, solutions: Sequence[Solution], made: list[set[Triple]]) -> None:
        """Add what the solutions of a query inside the query rest on, which hand their shared variables out."""
        shared = [name for name in inner.shared if all(name in solution for solution in solutions)]
        if not shared:
            return
        found: dict[tuple[Term, ...], set[Triple]] = defaultdict(set)
        for part in _batches({tuple(solution[name] for name in shared) for solution in solutions}):
            below = _solutions(self._store.select(sparql.joined(inner.text, _block(shared, part))))
            for solution, triples in zip(below, self.stated(inner, below, 0), strict=True):
                found[tuple(solution[name] for name in shared)] |= triples
        for solution, triples in zip(solutions, made, strict=True):
            triples |= found[tuple(solution[name] for name in shared)]

    def _along(self, path: Node | Path, ends: set[tuple[Term, Term]]) -> Mapping[tuple[Term, Term], set[Triple]]:
        """Return the triples on the way from one end of a path to the other."""
        names = iter(f"_{number}" for number in range(1000))
        found: dict[tuple[Term, Term], set[Triple]] = defaultdict(set)
        for text, steps in _steps(path, "_s", "_o", names):
            for part in _batches(ends):
                rows = self._store.select(
                    sparql.joined(f"SELECT DISTINCT * WHERE {{ {text} }}", _block(("_s", "_o"), part))
                )
                for known in _solutions(rows):
                    key = known["_s"], known["_o"]
                    found[key].update((known[s], Term(p, "iri"), known[o]) for s, p, o in steps if {s, o} <= set(known))
        return found

    def _deriving(self, predicate: str) -> list[_View]:
        """Return the rules that derive triples with a predicate; parsing a view is slow, and done once."""
        if predicate not in self._rules:
            name = re.compile(rf"{re.escape(shrink(predicate))}(?![\w-])")
            texts = [view.text for view in self._views if name.search(view.text.partition("WHERE")[0])]
            self._rules[predicate] = [rule for text in texts for made, rule in _rules(text) if made == predicate]
        return self._rules[predicate]

    def _resolve(self, triples: set[Triple], depth: int) -> Mapping[Triple, set[Triple]]:
        """Return for each derived triple what the views derive it from."""
        below: dict[Triple, set[Triple]] = defaultdict(set)
        by_predicate: dict[str, set[Triple]] = defaultdict(set)
        for triple in triples:
            by_predicate[triple[1].value].add(triple)
        for predicate, wanted in by_predicate.items():
            for view in self._deriving(predicate):
                for part in _batches({(s, o) for s, _, o in wanted}):
                    block = _block((view.subject, view.object), part)
                    solutions = _solutions(self._store.select(sparql.joined(view.query.text, block)))
                    for solution, found in zip(solutions, self.stated(view.query, solutions, depth), strict=True):
                        key = (solution[view.subject], Term(predicate, "iri"), solution[view.object])
                        below[key] |= found
        return below


def _rules(text: str) -> Iterator[tuple[str, _View]]:
    for subject, predicate, value in _algebra(text).template:
        yield str(predicate), _View(str(subject), str(value), _read(text))


def _solutions(rows: Rows) -> list[Solution]:
    return [{name: term for name, term in zip(rows.columns, row, strict=True) if term} for row in rows.rows]


def _is_path(step: Node | Path) -> bool:
    from rdflib.paths import Path

    return isinstance(step, Path)


def _value(node: Any, solution: Solution) -> Term | None:
    from rdflib.term import BNode, Literal, URIRef, Variable

    if isinstance(node, URIRef):
        return Term(str(node), "iri")
    if isinstance(node, Literal):
        return Term(str(node), "literal", str(node.datatype or PREFIXES["xsd"] + "string"), node.language or "")
    return solution.get(str(node)) if isinstance(node, (Variable, BNode)) else None


Steps = Sequence[tuple[str, str, str]]


def _steps(path: Any, subject: str, value: str, names: Iterator[str]) -> Iterator[tuple[str, Steps]]:
    """Yield the ways along a path: graph patterns, and the triples (variable, predicate, variable) they make."""
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
    from rdflib.term import URIRef

    if isinstance(path, URIRef):
        yield f"?{subject} {path.n3()} ?{value} .", ((subject, str(path), value),)
    elif isinstance(path, InvPath):
        yield from _steps(path.arg, value, subject, names)
    elif isinstance(path, AlternativePath):
        for way in path.args:
            yield from _steps(way, subject, value, names)
    elif isinstance(path, SequencePath):
        yield from _sequence(list(path.args), subject, value, names)
    elif isinstance(path, MulPath) and isinstance(path.path, URIRef):
        start, end, step = next(names), next(names), path.path.n3()
        text = f"?{subject} {step}* ?{start} . ?{start} {step} ?{end} . ?{end} {step}* ?{value} ."
        yield text, ((start, str(path.path), end),)
    else:
        raise QueryError(f"evidence cannot follow the path {path}")


def _sequence(parts: list[Any], subject: str, value: str, names: Iterator[str]) -> Iterator[tuple[str, Steps]]:
    if len(parts) == 1:
        yield from _steps(parts[0], subject, value, names)
        return
    middle = next(names)
    for text, steps in _steps(parts[0], subject, middle, names):
        for rest, more in _sequence(parts[1:], middle, value, names):
            yield f"{text} {rest}", (*steps, *more)


def _batches(ends: Iterable[tuple[Term, ...]]) -> Iterator[list[tuple[Term, ...]]]:
    ordered = sorted(ends)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]


def _block(names: Sequence[str], rows: Iterable[Sequence[Term]]) -> str:
    inside = " ".join(f"({' '.join(map(written, row))})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {inside} }}"


_RECEIPTS = """
PREFIX graph: <https://w3id.org/myositis-kg/graph/>
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?subject ?predicate ?object ?path ?place ?quote
WHERE {
  GRAPH graph:receipts {
    ?receipt
      rdf:subject ?subject ;
      rdf:predicate ?predicate ;
      rdf:object ?object ;
      myo:inRecord ?record ;
      myo:locator ?place ;
      myo:exactValue ?quote .
  }
  ?record myo:recordPath ?path .
}
"""


def receipts_of(store: Store, triples: set[Triple]) -> Mapping[Triple, set[Evidence]]:
    """Return the receipts of stated triples."""
    found: dict[Triple, set[Evidence]] = defaultdict(set)
    for part in _batches({(subject,) for subject, _, _ in triples}):
        for row in store.select(sparql.joined(_RECEIPTS, _block(("subject",), part))).rows:
            subject, predicate, value, path, place, quote = (term or Term("", "literal") for term in row)
            triple = (subject, predicate, value)
            if triple in triples:
                shown = (shrink(subject.value), shrink(predicate.value), shrink(value.value))
                found[triple].add(Evidence(*shown, path.value, place.value, quote.value))
    return found
