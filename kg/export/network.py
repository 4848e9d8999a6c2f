"""Statements -> a property graph that loses none of them, and back: for tables and graph files.

Every thing of a class of the contract becomes a node, every link between two of them an edge, and all
else that is said of a thing an attribute of its node: texts, numbers, dates, codes, identifiers
elsewhere.  An attribute has the name of the property in the JSON-LD context, which also says what its
values are; values that are something else have that in the name (``prefLabel@de``, ``size^xsd:float``),
so that `statements` can make the same statements again.  What is said of other things, such as the
ontology, the code lists and the dataset, is no part of the property graph and is handed back apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kg import jsonld, terms
from kg.contract import Contract
from kg.names import PREFIXES, expand, shrink

_TYPE = PREFIXES["rdf"] + "type"
_LABEL = PREFIXES["skos"] + "prefLabel"
_XSD = PREFIXES["xsd"]
_KINDS = {"@id": "curie", "xsd:integer": "integer", "xsd:decimal": "decimal", "xsd:boolean": "boolean"}
_DATES = {4: _XSD + "gYear", 7: _XSD + "gYearMonth", 10: _XSD + "date"}


class Attribute(NamedTuple):
    """A column of nodes."""

    name: str
    kind: str
    """``text``, ``integer``, ``decimal``, ``boolean`` or ``curie``."""
    many: bool
    """Whether a node may have several values."""


class Node(NamedTuple):
    """A thing."""

    id: str
    """A CURIE, or the IRI if no prefix fits."""
    kind: str
    """The most special of its classes, for example ``Drug``."""
    label: str
    values: Mapping[str, tuple[str, ...]]
    """Name of an attribute -> its values, sorted."""


class Edge(NamedTuple):
    """A link between two things."""

    id: str
    subject: str
    kind: str
    """The name of the property, for example ``evaluates``."""
    object: str
    records: tuple[str, ...] = ()
    """The named graphs that state it: records, tables, or ``graph:inferred``."""
    weight: int | None = None
    """How many ways it stands for, in a reduction of the graph."""


class Network(NamedTuple):
    """A property graph."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    attributes: Mapping[str, Attribute]
    """Name -> what it is, in the order of the names."""
    left: tuple[str, ...] = ()
    """The statements about things that are no nodes."""


class Vocabulary:
    """Properties and their short names, from the context and the contract.

    Parameters
    ----------
    contract
        Says which properties hold dates, and which have one value at most.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> vocabulary = Vocabulary(read(root() / "ontology"))
    >>> vocabulary.attribute(PREFIXES["myo"] + "startDate", terms.date("2017-03"))
    'startDate'
    >>> vocabulary.term("startDate", "2017-03")[1] == terms.date("2017-03")
    True
    >>> vocabulary.attribute(PREFIXES["myo"] + "enrolment", terms.text("many"))
    'enrolment^xsd:string'
    >>> vocabulary.iri(vocabulary.name(PREFIXES["myo"] + "enrolment")) == PREFIXES["myo"] + "enrolment"
    True
    >>> vocabulary.describe("enrolment", most=1)
    Attribute(name='enrolment', kind='integer', many=False)
    """

    def __init__(self, contract: Contract) -> None:
        context = jsonld.published()
        self._entries = {n: e for n, e in context.items() if isinstance(e, dict) and "@prefix" not in e}
        self._names = {expand(entry["@id"]): name for name, entry in self._entries.items()} | {_TYPE: "type"}
        self._iris = {name: iri for iri, name in self._names.items()}
        fields = [field for owner in contract.classes.values() for field in owner.fields]
        kinds = {path: {field.kind for field in fields if field.path == path} for path in {f.path for f in fields}}
        self._dates = {self.name(path) for path, found in kinds.items() if found == {"PartialDate"}}
        self._single = {self.name(field.path) for field in fields} - {
            self.name(field.path) for field in fields if field.maximum != 1
        }

    def name(self, iri: str) -> str:
        """Return the short name of a property."""
        return self._names.get(iri) or shrink(iri)

    def iri(self, name: str) -> str:
        """Return the property of a short name."""
        return self._iris.get(name) or full(name)

    def _expected(self, name: str, text: str) -> tuple[str, str]:
        """Return the datatype and the language that a value has if its attribute says nothing of them."""
        entry: Mapping[str, str] = {"@type": "@id"} if name == "type" else self._entries.get(name, {})
        if name in self._dates:
            return _DATES.get(len(text), ""), ""
        if "@language" in entry:
            return "", entry["@language"]
        known = entry.get("@type", "xsd:string")
        return known if known == "@id" else expand(known), ""

    def attribute(self, iri: str, term: str) -> str:
        """Return the name of the attribute that holds a term of a property."""
        name = self.name(iri)
        text, datatype, language = ("", "@id", "") if terms.is_iri(term) else terms.parts(term)
        if self._expected(name, text) == (datatype, language):
            return name
        if language:
            return f"{name}@{language}"
        return f"{name}^{datatype if datatype == '@id' else shrink(datatype)}"

    def term(self, attribute: str, value: str) -> tuple[str, str]:
        """Return the property and the term that a value of an attribute stands for."""
        name, datatype, language = _split(attribute)
        if not datatype and not language:
            datatype, language = self._expected(name, value)
        elif datatype not in ("", "@id"):
            datatype = expand(datatype)
        term = terms.iri(full(value)) if datatype == "@id" else terms.literal(value, datatype, language)
        return self.iri(name), term

    def describe(self, attribute: str, most: int) -> Attribute:
        """Say what an attribute is, given how many values of it a node has at most."""
        name, datatype, _ = _split(attribute)
        kind = (
            "curie" if name == "type" else _KINDS.get(datatype or self._entries.get(name, {}).get("@type", ""), "text")
        )
        return Attribute(attribute, kind, name not in self._single or most > 1)


def _split(attribute: str) -> tuple[str, str, str]:
    """Split the name of an attribute into those of its property, its datatype and its language."""
    name, mark, datatype = attribute.partition("^")
    if mark:
        return name, datatype, ""
    name, _, language = attribute.partition("@")
    return name, "", language


def full(name: str) -> str:
    """Return the IRI of a CURIE, or an IRI as it is.

    >>> full("target:CD80"), full("http://example.org/x")
    ('https://w3id.org/myositis-kg/target/CD80', 'http://example.org/x')
    """
    return name if name.startswith(("http://", "https://", "urn:")) else expand(name)


def of(lines: Iterable[str], contract: Contract, quads: Iterable[str] = ()) -> Network:
    """Make the property graph of some statements.

    Parameters
    ----------
    lines
        Sorted N-Triples lines without the closing dot.
    contract
        Says which classes have nodes.
    quads
        The quads that state the lines, for the records of edges; none if nobody asks for them.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> trial, drug, myo = (PREFIXES[name] for name in ("trial", "drug", "myo"))
    >>> lines = [f"<{drug}x> <{_TYPE}> <{myo}Intervention>", f"<{trial}y> <{_TYPE}> <{myo}Trial>",
    ...          f"<{trial}y> <{myo}evaluates> <{drug}x>"]
    >>> network = of(lines, read(root() / "ontology"))
    >>> [edge.id for edge in network.edges], statements(network, read(root() / "ontology")) == lines
    (['trial:y evaluates drug:x'], True)
    """
    facts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        facts[subject].append((predicate[1:-1], value))
    classes = {terms.iri(PREFIXES["myo"] + name) for name in contract.classes}
    kinds = {}
    for thing, said in facts.items():
        types = sorted((value in classes, value) for predicate, value in said if predicate == _TYPE)
        if any(general for general, _ in types):
            kinds[thing] = terms.lexical(types[0][1])
    vocabulary = Vocabulary(contract)
    stated = _records(quads)
    nodes: list[Node] = []
    edges: list[Edge] = []
    most: Counter[str] = Counter()
    for thing in sorted(kinds):
        values: dict[str, list[str]] = defaultdict(list)
        for predicate, value in facts[thing]:
            if value in kinds and predicate != _TYPE:
                records = stated.get(f"{thing} {terms.iri(predicate)} {value}", ())
                edges.append(_edge(thing, vocabulary.name(predicate), value, records))
            else:
                text = shrink(value[1:-1]) if terms.is_iri(value) else terms.lexical(value)
                values[vocabulary.attribute(predicate, value)].append(text)
        for name, found in values.items():
            most[name] = max(most[name], len(found))
        label = next((terms.lexical(value) for predicate, value in facts[thing] if predicate == _LABEL), "")
        sorted_values = {name: tuple(sorted(values[name])) for name in sorted(values)}
        nodes.append(Node(shrink(thing[1:-1]), vocabulary.name(kinds[thing]).rpartition(":")[2], label, sorted_values))
    left = tuple(f"{thing} {terms.iri(p)} {v}" for thing in facts if thing not in kinds for p, v in facts[thing])
    attributes = {name: vocabulary.describe(name, most[name]) for name in sorted(most)}
    return Network(tuple(nodes), tuple(edges), attributes, left)


def _edge(subject: str, kind: str, value: str, records: tuple[str, ...]) -> Edge:
    start, end = shrink(subject[1:-1]), shrink(value[1:-1])
    return Edge(f"{start} {kind} {end}", start, kind, end, records)


def _records(quads: Iterable[str]) -> dict[str, tuple[str, ...]]:
    stated: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        line, _, graph = quad.rpartition(" ")
        stated[line].append(shrink(graph[1:-1]))
    return {line: tuple(sorted(graphs)) for line, graphs in stated.items()}


def statements(network: Network, contract: Contract) -> list[str]:
    """Make the statements that nodes and edges stand for, as sorted N-Triples lines; the inverse of `of`."""
    vocabulary = Vocabulary(contract)
    lines = {
        f"{terms.iri(full(e.subject))} {terms.iri(vocabulary.iri(e.kind))} {terms.iri(full(e.object))}"
        for e in network.edges
    }
    lines |= {line for node in network.nodes for line in _said(node, vocabulary)}
    return sorted(lines)


def _said(node: Node, vocabulary: Vocabulary) -> Iterator[str]:
    for name, values in node.values.items():
        for value in values:
            predicate, term = vocabulary.term(name, value)
            yield f"{terms.iri(full(node.id))} {terms.iri(predicate)} {term}"
