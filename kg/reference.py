"""Reference pages made from the ontology, the contract and the catalogue; never edited by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from kg import contract, questions
from kg.contract import ClassContract, Contract, Field
from kg.names import PREFIXES, shrink

_TEXTS = {
    "label": PREFIXES["rdfs"] + "label",
    "definition": PREFIXES["skos"] + "definition",
    "example": PREFIXES["skos"] + "example",
}

_STANDARD = {
    "rdf:type": "The class of the thing.",
    "skos:altLabel": "Another name.",
    "skos:broader": "The next wider entity in the hierarchy of the field.",
    "skos:closeMatch": "An identifier elsewhere of nearly the same thing.",
    "skos:definition": "What it is, in a sentence.",
    "skos:exactMatch": "An identifier elsewhere of the same thing.",
    "skos:hiddenLabel": "A variant or misspelling, kept for finding.",
    "skos:note": "A remark.",
    "skos:prefLabel": "The one preferred name.",
}
"""What properties of standard vocabularies are used for."""


def _terms(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Read label, definition and example of every term of the ontology."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    names = {iri: name for name, iri in _TEXTS.items()}
    for triple in contract.triples(folder / "myositis.ttl"):
        if triple.predicate in names:
            found[triple.subject].setdefault(names[triple.predicate], triple.object)
    return found


def _kind(entry: Field, of: Contract) -> str:
    if entry.kind == "notation":
        return f"code list {entry.range}"
    if entry.kind == "curie":
        return "identifier" if entry.range == "*" else f"identifier `{entry.range}:`"
    if entry.kind == "class":
        return "class"
    if entry.range:
        return f"[{entry.range}](#{of.of(entry.range).name.lower()})"
    plain = {"langString": "English text", "string": "text", "PartialDate": "year, month or day"}
    return plain.get(entry.kind, entry.kind)


def _count(entry: Field) -> str:
    most = "*" if entry.maximum is None else str(entry.maximum)
    return most if str(entry.minimum) == most else f"{entry.minimum}..{most}"


def _section(of: ClassContract, whole: Contract, terms: Mapping[str, Mapping[str, str]]) -> list[str]:
    known = terms.get(of.iri, {})
    lines = [f"## {of.name}", "", known.get("definition", ""), "", f"Example: {known.get('example', '')}", ""]
    lines += ["| property | field | value | count | meaning |", "|---|---|---|---|---|"]
    for entry in of.fields:
        meaning = terms.get(entry.path, {}).get("definition") or _STANDARD[shrink(entry.path)]
        kind = _kind(entry, whole)
        lines.append(f"| `{shrink(entry.path)}` | `{entry.name}` | {kind} | {_count(entry)} | {meaning} |")
    return [*lines, ""]


def ontology_page(root: Path) -> bytes:
    """Return the reference page of classes and properties.

    >>> from kg.resources import root
    >>> ontology_page(root()).decode().splitlines()[0]
    '# Classes and properties'
    """
    folder = root / "ontology"
    whole, terms = contract.read(folder), _terms(folder)
    lines = [
        "# Classes and properties",
        "",
        "Made by `kg tidy` from `ontology/shapes.ttl` and `ontology/myositis.ttl`; edit those.",
        "",
    ]
    for name in sorted(whole.classes):
        lines += _section(whole.classes[name], whole, terms)
    return "\n".join(lines).encode()


def questions_page(root: Path) -> bytes:
    """Return the index of questions, checks and views.

    >>> from kg.resources import root
    >>> questions_page(root()).decode().splitlines()[0]
    '# Queries'
    """
    lines = ["# Queries", "", "Made by `kg tidy` from the headers of the query files; edit those.", ""]
    for folder, heading in (("questions", "Questions"), ("checks", "Checks"), ("views", "Views")):
        lines += [f"## {heading}", "", "| file | what it answers or states | parameters |", "|---|---|---|"]
        for name, question in sorted(questions.read(root / "queries" / folder).items()):
            parameters = ", ".join(f"`{key}={one.example}`" for key, one in question.parameters.items())
            lines.append(f"| [{name}]({folder}/{name}.rq) | {question.title} | {parameters} |")
        lines.append("")
    return "\n".join(lines).encode()
