"""Reads ``queries/``: the header, the parameters and the text of each query; runs one.

A query file is valid SPARQL that runs anywhere as it is.  Its first lines, each marked with ``#+``,
hold one small YAML mapping: title, description, topic, columns, parameters, answers.  A parameter
is a projected variable bound from outside; unbound, the question answers for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml
from rapidfuzz import fuzz, process

from kg.errors import QueryError, SourceError
from kg.names import VERBATIM, own, shrink, slug
from kg.resources import files
from kg.store import Rows, Store, Term

MARK = "#+"
TOPICS = ("trials", "drugs", "mechanisms", "outcomes", "results", "approvals", "conflicts", "check", "view")
"""The topics that a question can belong to."""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A variable of a question that can be bound from outside."""

    kind: str
    """A kind of entity (``drug``), or ``text``."""
    example: str


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query with its header."""

    title: str
    description: str
    topic: str
    columns: dict[str, str]
    parameters: dict[str, Parameter] = {}
    answers: str = ""
    name: str = ""
    text: str = ""

    def run(self, store: Store, **values: str) -> Rows:
        """Ask the question.

        Parameters
        ----------
        store
            Where to ask it.
        values
            Values of its parameters: any name, code or IRI of an entity, or a text.

        Raises
        ------
        QueryError
            If a parameter does not exist, its value names nothing or two things, or the query fails.
        """
        unknown = sorted(set(values) - set(self.parameters))
        if unknown:
            known = ", ".join(sorted(self.parameters)) or "none"
            raise QueryError(f"{self.name}: no parameter {', '.join(unknown)}; its parameters: {known}")
        return store.select(self.text, {name: self._named(store, name, value) for name, value in values.items()})

    def _named(self, store: Store, name: str, value: str) -> Term:
        term = self._bind(name, value)
        if term.kind == "literal" or store.select(_DESCRIBED, {"thing": term}).rows:
            return term
        return named(store, self.parameters[name].kind, value)

    def _bind(self, name: str, value: str) -> Term:
        kind = self.parameters[name].kind
        if kind == "text":
            return Term(value, "literal")
        if value.startswith(("http://", "https://")):
            return Term(value, "iri")
        return Term(own(kind, value if kind in VERBATIM else slug(value)), "iri")


_DESCRIBED = "SELECT DISTINCT ?thing ?class WHERE { ?thing a ?class } LIMIT 1"
_NAMES = """
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT DISTINCT ?thing ?name
WHERE {
  VALUES ?naming { skos:altLabel skos:hiddenLabel skos:prefLabel myo:abbreviation myo:acronym myo:otherId }
  ?thing ?naming ?name .
}
ORDER BY ?thing ?name
"""


def named(store: Store, kind: str, value: str) -> Term:
    """Find the one entity of a kind that a name stands for, whatever its capitals.

    Parameters
    ----------
    store
        Where to look.
    kind
        The kind of entity, for example ``drug``.
    value
        A preferred or other name, an abbreviation, an acronym or another identifier.

    Raises
    ------
    QueryError
        If no entity or more than one has the name; the nearest names are listed.

    Examples
    --------
    >>> from kg.store import Embedded
    >>> store = Embedded()
    >>> store.load(['<https://w3id.org/myositis-kg/drug/abatacept> '
    ...             '<http://www.w3.org/2004/02/skos/core#altLabel> "Orencia"@en .'])
    >>> named(store, "drug", "orencia").value
    'https://w3id.org/myositis-kg/drug/abatacept'
    """
    rows = [row for row in store.select(_NAMES).texts() if row["thing"].startswith(own(kind, ""))]
    things = sorted({row["thing"] for row in rows if row["name"].casefold() == value.strip().casefold()})
    if len(things) == 1:
        return Term(things[0], "iri")
    if things:
        raise QueryError(f"{value!r} names more than one {kind}: {', '.join(map(shrink, things))}")
    near = process.extract(value, sorted({row["name"] for row in rows}), scorer=fuzz.WRatio, limit=3)
    names = ", ".join(repr(name) for name, _, _ in near)
    raise QueryError(f"no {kind} is named {value!r}" + (f"; did you mean {names}?" if names else ""))


def parse(name: str, text: str) -> Question:
    r"""Read the text of a query file.

    Raises
    ------
    SourceError
        If it has no header, or the header lacks a key or has an unknown one.

    Examples
    --------
    >>> parse("x", "#+ title: Who?\n#+ description: d\n#+ topic: drugs\n#+ columns: {a: b}\nSELECT ?a {}").title
    'Who?'
    """
    lines = text.splitlines()
    head = [line[len(MARK) :].removeprefix(" ") for line in lines if line.startswith(MARK)]
    if not head or not lines[0].startswith(MARK):
        first = lines[0] if lines else ""
        raise SourceError(f"{name}.rq", "line 1", first, f"a header of lines that start with {MARK}")
    try:
        question = msgspec.convert(yaml.safe_load("\n".join(head)), Question)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        seen = " ".join(str(error).split())
        raise SourceError(f"{name}.rq", "header", seen, "title, description, topic, columns") from None
    if question.topic not in TOPICS:
        raise SourceError(f"{name}.rq", "header, topic", question.topic, f"one of {', '.join(TOPICS)}")
    return msgspec.structs.replace(question, name=name, text=text)


def read(folder: Path) -> dict[str, Question]:
    """Read all query files of a folder, by name.

    Raises
    ------
    SourceError
        If there is none, or one is malformed.

    Examples
    --------
    >>> from kg.resources import root
    >>> "trials-of-a-drug" in read(root() / "queries" / "questions")
    True
    """
    return {path.stem: parse(path.stem, path.read_text(encoding="utf-8")) for path in files(folder, "*.rq")}


def prefixes(text: str) -> Mapping[str, str]:
    """Return the prefixes that a query declares.

    >>> prefixes("PREFIX myo: <https://w3id.org/myositis-kg/ontology/>")["myo"]
    'https://w3id.org/myositis-kg/ontology/'
    """
    declared = (line.split() for line in text.splitlines() if line.startswith("PREFIX "))
    return {parts[1].rstrip(":"): parts[2].strip("<>") for parts in declared}
