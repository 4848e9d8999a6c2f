"""Sorted statements -> the bytes of an RDF syntax, the same bytes for the same statements.

A statement is an N-Triples line without the closing dot; a quad has its graph at the end.  Turtle and
TriG use fixed prefixes and keep subjects in order, so that a changed fact is a changed line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kg import jsonld, terms
from kg.names import PREFIXES

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME_IN_XML = re.compile(r"[/#:_.-]([A-Za-z_][\w.-]*)$")


class Content(NamedTuple):
    """What is written: statements, and for syntaxes with named graphs the quads that state them."""

    lines: Sequence[str]
    """Sorted N-Triples lines without the closing dot, each once."""
    quads: Sequence[str] = ()
    """Sorted N-Quads lines without the closing dot."""


def _used(text: str) -> dict[str, str]:
    return {name: iri for name, iri in sorted(PREFIXES.items()) if f"<{iri}" in text}


def turtle(lines: Iterable[str]) -> bytes:
    r"""Write sorted N-Triples lines as canonical Turtle: fixed prefixes, subjects in order.

    Parameters
    ----------
    lines
        Sorted lines without the closing dot.

    Examples
    --------
    >>> print(turtle(["<http://purl.org/dc/terms/a> <http://purl.org/dc/terms/b> \"c\""]).decode().splitlines()[-1])
    dcterms:a dcterms:b "c" .
    """
    text = "".join(f"{line} .\n" for line in lines)
    used = _used(text)
    parsed = ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    written = ox.serialize((quad.triple for quad in parsed), format=ox.RdfFormat.TURTLE, prefixes=used) or b""
    return _with_sorted_prefixes(written, len(used))


def _with_sorted_prefixes(written: bytes, count: int) -> bytes:
    *head, body = written.split(b"\n", count)
    return b"\n".join([*sorted(head), body])


def trig(quads: Iterable[str]) -> bytes:
    r"""Write N-Quads lines as canonical TriG: graphs in order, and subjects in each.

    Examples
    --------
    >>> print(trig(["<http://x/a> <http://x/b> <http://x/c> <http://x/g>"]).decode().replace("\n\t", " "))
    <http://x/g> { <http://x/a> <http://x/b> <http://x/c> .
    }
    <BLANKLINE>
    """
    by_graph = sorted(quads, key=lambda line: (line.rpartition(" ")[2], line))
    text = "".join(f"{line} .\n" for line in by_graph)
    used = _used(text)
    parsed = ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS)
    written = ox.serialize(parsed, format=ox.RdfFormat.TRIG, prefixes=used) or b""
    return _with_sorted_prefixes(written, len(used))


def rdf_xml(lines: Iterable[str]) -> bytes:
    """Write sorted N-Triples lines as RDF/XML; those that it cannot hold (see `unheld`) are left out.

    Examples
    --------
    >>> "<b:c>d</b:c>" in rdf_xml(['<http://x/a> <http://purl.org/dc/terms/c> "d"']).decode()
    False
    >>> "<dcterms:c>d</dcterms:c>" in rdf_xml(['<http://x/a> <http://purl.org/dc/terms/c> "d"']).decode()
    True
    """
    text = "".join(f"{line} .\n" for line in lines if xml_can_hold(line))
    parsed = ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    used = _used(text)
    return ox.serialize((quad.triple for quad in parsed), format=ox.RdfFormat.RDF_XML, prefixes=used) or b""


def xml_can_hold(line: str) -> bool:
    r"""Whether RDF/XML can hold a statement: its predicate ends in a name, its text has no control character.

    >>> xml_can_hold('<http://x/a> <http://x/b> "bell \\u0007"'), xml_can_hold('<http://x/a> <http://x/b> "c"')
    (False, True)
    """
    _, predicate, value = line.split(" ", 2)
    if not _NAME_IN_XML.search(predicate[1:-1]):
        return False
    return terms.is_iri(value) or not _NOT_XML.search(terms.lexical(value))


class Format(NamedTuple):
    """A syntax that a file can be written in."""

    suffix: str
    media_type: str
    graphs: bool
    """Whether it keeps named graphs apart."""
    write: Callable[[Content], bytes]
    loses: str
    """What it cannot hold, in words."""


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line} .\n" for line in lines).encode()


_UNION = "which record states what: the named graphs, and with them the receipts"

FORMATS: Mapping[str, Format] = {
    "turtle": Format(".ttl", "text/turtle", False, lambda of: turtle(of.lines), _UNION),
    "ntriples": Format(".nt", "application/n-triples", False, lambda of: _lines(of.lines), _UNION),
    "nquads": Format(".nq", "application/n-quads", True, lambda of: _lines(of.quads), ""),
    "trig": Format(".trig", "application/trig", True, lambda of: trig(of.quads), ""),
    "jsonld": Format(".jsonld", "application/ld+json", False, lambda of: jsonld.document(of.lines), _UNION),
    "rdfxml": Format(
        ".rdf",
        "application/rdf+xml",
        False,
        lambda of: rdf_xml(of.lines),
        f"{_UNION}; statements with a control character in their text or a predicate that ends in no XML name",
    ),
}
"""The RDF syntaxes, by name."""
