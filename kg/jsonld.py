"""Sorted statements -> JSON-LD that a person can read, with its context inside.

The context is the published one, ``ontology/context.jsonld``; only what is used of it goes into a
document.  A value is written short where the context gives back exactly the same term, and in full
where it would not: reading the document gives the statements that were written, no more and no less.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from kg import terms
from kg.names import PREFIXES
from kg.resources import root

_TYPE = terms.iri(PREFIXES["rdf"] + "type")
_XSD = PREFIXES["xsd"]
_SAFE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_DELIMITERS = tuple(":/?#[]@")


def prefix(iri: str) -> str | dict[str, object]:
    """Define a prefix in a context; one that ends in no delimiter has to be declared to be one.

    >>> prefix("http://example.org/"), prefix("http://example.org/X_")
    ('http://example.org/', {'@id': 'http://example.org/X_', '@prefix': True})
    """
    return iri if iri.endswith(_DELIMITERS) else {"@id": iri, "@prefix": True}


class Context:
    """A JSON-LD context, asked which name a term has in it, and whether a value may be written short.

    Parameters
    ----------
    entries
        Name -> definition, as in ``@context``.

    Examples
    --------
    >>> context = Context({"ex": "http://ex.org/", "size": {"@id": "ex:size", "@type": "xsd:integer"},
    ...                    "xsd": "http://www.w3.org/2001/XMLSchema#"})
    >>> context.key("http://ex.org/size"), context.shorten("http://ex.org/a/b")
    ('size', 'ex:a/b')
    >>> context.value("size", terms.integer(3)), context.value("size", terms.text("three"))
    (3, {'@value': 'three'})
    >>> sorted(context.part())
    ['@version', 'ex', 'size', 'xsd']
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = entries
        self.used: set[str] = set()
        self._prefixes = {
            (entry if isinstance(entry, str) else entry["@id"]): name
            for name, entry in entries.items()
            if (entry.endswith(_DELIMITERS) if isinstance(entry, str) else "@prefix" in entry)
        }
        self._lengths = sorted({len(stem) for stem in self._prefixes}, reverse=True)
        self._terms = {
            self._expand(entry["@id"]): name
            for name, entry in entries.items()
            if isinstance(entry, dict) and "@prefix" not in entry
        }

    def _expand(self, curie: str) -> str:
        name, _, local = curie.partition(":")
        entry = self._entries.get(name, "")
        stem = entry if isinstance(entry, str) else entry["@id"]
        return stem + local if stem and not local.startswith("//") else curie

    def shorten(self, iri: str) -> str:
        """Return the shortest form that an IRI has as a value."""
        for length in self._lengths:
            name = self._prefixes.get(iri[:length])
            if name and not iri[length:].startswith("//"):
                self.used.add(name)
                return f"{name}:{iri[length:]}"
        return iri

    def key(self, predicate: str) -> str:
        """Return the name of a property."""
        name = self._terms.get(predicate)
        if name is None:
            return self.shorten(predicate)
        self.used.add(name)
        definition = self._entries[name]
        for curie in (definition["@id"], definition.get("@type", "@id")):
            self.used.add(curie.partition(":")[0])
        return name

    def value(self, key: str, term: str) -> object:
        """Return the value of a property: short where the context restores the term, else in full."""
        entry = self._entries.get(key)
        coercion = entry if isinstance(entry, dict) and "@prefix" not in entry else {}
        if terms.is_iri(term):
            short = self.shorten(terms.lexical(term))
            return short if coercion.get("@type") == "@id" else {"@id": short}
        text, datatype, language = terms.parts(term)
        if language:
            plain = coercion.get("@language") == language
            return text if plain else {"@value": text, "@language": language}
        if datatype == _XSD + "string":
            plain = not coercion.get("@type") and not coercion.get("@language")
            return text if plain else {"@value": text}
        if datatype and self._expand(coercion.get("@type", "")) == datatype:
            return _native(text, datatype)
        return {"@value": text, "@type": self.shorten(datatype)}

    def part(self) -> dict[str, object]:
        """Return what was used of the context so far."""
        return {"@version": 1.1, **{name: e for name, e in self._entries.items() if name in {*self.used, "id", "type"}}}


def _native(text: str, datatype: str) -> object:
    """Write whole numbers and truth values in their canonical form as JSON has them."""
    if datatype == _XSD + "integer" and _SAFE.fullmatch(text):
        return int(text)
    if datatype == _XSD + "boolean" and text in ("true", "false"):
        return text == "true"
    return text


@functools.cache
def published() -> Mapping[str, Any]:
    """Return the published context.

    >>> published()["enrolment"]["@type"]
    'xsd:integer'
    """
    entries: dict[str, Any] = json.loads((root() / "ontology" / "context.jsonld").read_bytes())["@context"]
    return {name: entry for name, entry in entries.items() if name != "@version"}


def document(lines: Iterable[str]) -> bytes:
    """Write sorted N-Triples lines as a JSON-LD document with its context.

    Examples
    --------
    >>> lines = [f"<http://x/a> {terms.iri(PREFIXES['myo'] + 'enrolment')} {terms.integer(3)}"]
    >>> json.loads(document(lines))["@graph"]
    [{'id': 'http://x/a', 'enrolment': 3}]
    """
    context = Context(published())
    nodes: dict[str, dict[str, Any]] = {}
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        node = nodes.setdefault(subject, {"id": context.shorten(subject[1:-1])})
        if predicate == _TYPE:
            key, written = "type", context.shorten(terms.lexical(value))
        else:
            key = context.key(predicate[1:-1])
            written = context.value(key, value)  # type: ignore[assignment]
        node.setdefault(key, []).append(written)
    short = [{key: v[0] if isinstance(v, list) and len(v) == 1 else v for key, v in n.items()} for n in nodes.values()]
    made = {"@context": context.part(), "@graph": short}
    return json.dumps(made, indent=1, ensure_ascii=False).encode() + b"\n"
