"""Reads the contract, ``ontology/shapes.ttl``: class -> field -> property, kind and counts.

Mapper, validator, JSON-LD context and reference page all read this one file, so that Python knows
no predicate and the mapper cannot drift from the validator.  Besides SHACL Core the file uses a few
annotations of its own:

``myo:recordField``  the field of the record that fills the property
``myo:recordType``   the record type of the class
``myo:iriKind``, ``myo:iriForm``, ``myo:keyField``  how the IRI of a record is minted
``myo:linkedBy``     how text becomes an IRI: ``child`` (a nested record), ``record`` (names a record
                     of the same trial, the nearest one), ``key`` (the key of a known entity), ``mention`` (text that
                     names an entity), ``mint`` (a new entity named by the text), ``notation`` (a
                     code list), ``class`` (a class), ``curie`` (a standard identifier)
``myo:curiePrefix``  the one prefix that such an identifier may have, ``*`` for any
``myo:ages``         true where the latest of several sources is right, not the most careful one
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.errors import ContractError, SourceError
from kg.names import FORMS, PREFIXES

_LINKS = frozenset({"child", "record", "key", "mention", "mint", "notation", "class", "curie"})
_NUMBERS = frozenset({"integer", "decimal"})


class Triple(NamedTuple):
    """One triple of a Turtle file, as plain text."""

    subject: str
    predicate: str
    object: str


@dataclass(frozen=True, slots=True)
class Field:
    """How one field of a record becomes one property.

    ``kind`` is the local name of an XML Schema type, ``langString``, ``PartialDate``, or the
    word of ``myo:linkedBy``; ``range`` is the class, code list or prefix that goes with it.
    """

    shape: str
    name: str
    path: str
    kind: str
    range: str
    minimum: int
    maximum: int | None
    order: int
    ages: bool = False


@dataclass(frozen=True, slots=True)
class ClassContract:
    """How the records of one class are named and mapped."""

    name: str
    iri: str
    shape: str
    record_type: str
    iri_kind: str
    iri_form: str
    key_fields: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """The whole contract.

    Examples
    --------
    >>> from kg.resources import root
    >>> contract = read(root() / "ontology")
    >>> [f.path.rsplit("/", 1)[1] for f in contract.of("Trial").fields if f.name == "phase"]
    ['phase']
    """

    classes: Mapping[str, ClassContract]
    by_record_type: Mapping[str, ClassContract]
    notations: Mapping[tuple[str, str], str]
    """(code list, notation) -> IRI of the concept."""
    class_notations: Mapping[str, str] = field(default_factory=dict)
    """Notation of a class of the ontology -> its IRI."""

    def of(self, name: str) -> ClassContract:
        """Return the contract of a class.

        Raises
        ------
        ContractError
            If the shapes know no such class.
        """
        try:
            return self.classes[name]
        except KeyError:
            raise ContractError(f"ontology/shapes.ttl: no node shape for the class {name}") from None


def _quads(path: Path) -> Iterator[ox.Quad]:
    """Read a Turtle file, and say in this package's words what is wrong with it."""
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise SourceError(str(path), f"line {error.lineno}", error.msg, "Turtle 1.1") from None
    except OSError as error:
        raise SourceError(str(path), "", error.strerror or str(error), "a Turtle file that can be read") from None


def lines(path: Path) -> Iterator[str]:
    """Read a Turtle file as N-Triples lines without the closing dot.

    Raises
    ------
    SourceError
        If it is not Turtle; names the line.

    Examples
    --------
    >>> from kg.resources import root
    >>> next(lines(root() / "ontology/house-rules.ttl")).startswith("<")
    True
    """
    for quad in _quads(path):
        yield str(quad.triple)


def triples(path: Path) -> Iterator[Triple]:
    """Read a Turtle file as plain texts.

    Raises
    ------
    SourceError
        If it is not Turtle; names the line.

    Examples
    --------
    >>> from kg.resources import root
    >>> trial = "https://w3id.org/myositis-kg/ontology/Trial"
    >>> any(triple.object == trial for triple in triples(root() / "ontology/shapes.ttl"))
    True
    """
    for quad in _quads(path):
        node = quad.object
        if isinstance(node, ox.Triple) or isinstance(quad.subject, ox.Triple):
            raise SourceError(str(path), "", str(quad), "plain RDF 1.1 triples")
        yield Triple(quad.subject.value, quad.predicate.value, node.value)


def _index(path: Path) -> dict[str, dict[str, list[str]]]:
    index: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples(path):
        index[triple.subject][triple.predicate].append(triple.object)
    return index


def _kind_and_range(shape: str, node: Mapping[str, list[str]]) -> tuple[str, str]:
    sh, myo = PREFIXES["sh"], PREFIXES["myo"]
    linked = node.get(myo + "linkedBy", [""])[0]
    if linked:
        if linked not in _LINKS:
            raise ContractError(f"{shape}: myo:linkedBy is {linked!r}, expected one of {', '.join(sorted(_LINKS))}")
        target = node.get(sh + "class") or node.get(myo + "curiePrefix") or node.get(sh + "node") or ["*"]
        return linked, target[0].removeprefix(myo).removeprefix(PREFIXES["shape"] + "in-")
    if sh + "node" in node:
        return node[sh + "node"][0].removeprefix(PREFIXES["shape"]), ""
    datatype = node.get(sh + "datatype", [""])[0]
    if not datatype:
        raise ContractError(f"{shape}: no kind; give sh:datatype, sh:node or myo:linkedBy")
    return datatype.rsplit("#", 1)[1], ""


def _field(shape: str, node: Mapping[str, list[str]]) -> Field:
    sh, myo = PREFIXES["sh"], PREFIXES["myo"]
    for needed in (sh + "path", myo + "recordField", sh + "order", sh + "message"):
        if len(node.get(needed, ())) != 1:
            raise ContractError(f"{shape}: has {len(node.get(needed, ()))} of {needed}, expected exactly one")
    kind, range_ = _kind_and_range(shape, node)
    for counted in (sh + "order", sh + "minCount", sh + "maxCount"):
        if not node.get(counted, ["0"])[0].isdecimal():
            raise ContractError(f"{shape}: {counted} is {node[counted][0]!r}, expected a whole number")
    maximum = node.get(sh + "maxCount")
    return Field(
        shape=shape,
        name=node[myo + "recordField"][0],
        path=node[sh + "path"][0],
        kind=kind,
        range=range_,
        minimum=int(node.get(sh + "minCount", ["0"])[0]),
        maximum=int(maximum[0]) if maximum else None,
        order=int(node[sh + "order"][0]),
        ages=node.get(myo + "ages") == ["true"],
    )


def _notations(folder: Path) -> dict[tuple[str, str], str]:
    skos, concept = PREFIXES["skos"], PREFIXES["concept"]
    found: dict[tuple[str, str], str] = {}
    for iri, node in _index(folder / "concepts.ttl").items():
        for scheme in node.get(skos + "inScheme", ()):
            for notation in node.get(skos + "notation", ()):
                key = (scheme.removeprefix(concept), notation)
                if found.setdefault(key, iri) != iri:
                    raise ContractError(f"ontology/concepts.ttl: notation {notation!r} names two concepts of {key[0]}")
    return found


def read(folder: Path) -> Contract:
    """Read the contract and the code lists.

    Parameters
    ----------
    folder
        The folder of ``shapes.ttl``, ``concepts.ttl`` and ``myositis.ttl``.

    Raises
    ------
    SourceError
        If a file is missing or is not Turtle.
    ContractError
        If a shape lacks what the mapper needs.
    """
    sh, myo, skos = PREFIXES["sh"], PREFIXES["myo"], PREFIXES["skos"]
    index = _index(folder / "shapes.ttl")
    classes: dict[str, ClassContract] = {}
    for shape, node in index.items():
        if sh + "targetClass" not in node:
            continue
        iri = node[sh + "targetClass"][0]
        for needed in ("iriKind", "iriForm", "keyField", "recordType"):
            if len(node.get(myo + needed, ())) != 1:
                raise ContractError(f"{shape}: has {len(node.get(myo + needed, ()))} of myo:{needed}, expected one")
        fields = sorted((_field(name, index[name]) for name in node.get(sh + "property", ())), key=lambda f: f.order)
        name = iri.removeprefix(myo)
        if node[myo + "iriForm"][0] not in FORMS:
            raise ContractError(f"{shape}: myo:iriForm is {node[myo + 'iriForm'][0]!r}, expected {', '.join(FORMS)}")
        classes[name] = ClassContract(
            name=name,
            iri=iri,
            shape=shape,
            record_type=node[myo + "recordType"][0],
            iri_kind=node[myo + "iriKind"][0],
            iri_form=node[myo + "iriForm"][0],
            key_fields=tuple(node[myo + "keyField"][0].split()),
            fields=tuple(fields),
        )
    if not classes:
        raise ContractError(f"{folder / 'shapes.ttl'}: no node shape with sh:targetClass")
    class_notations = {
        notation: iri
        for iri, node in _index(folder / "myositis.ttl").items()
        if PREFIXES["owl"] + "Class" in node.get(PREFIXES["rdf"] + "type", ())
        for notation in node.get(skos + "notation", ())
    }
    return Contract(
        classes=classes,
        by_record_type={c.record_type: c for c in classes.values()},
        notations=_notations(folder),
        class_notations=class_notations,
    )
