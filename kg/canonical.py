"""Canonical forms: what every hand-edited table and record and every generated file must look like.

Generated files are committed, because people read them and other tools need them without running
anything; ``kg tidy`` writes them anew and a test keeps them fresh.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from kg import catalogue, contract, reference
from kg.contract import Contract, Field
from kg.jsonld import prefix
from kg.names import PREFIXES, shrink
from kg.records import Trial
from kg.resources import files
from kg.sources.curated import VOUCHED, VOUCHED_PARTS, decode_trial, encode_trial
from kg.sources.page_files import PageFile, decode_page
from kg.tables import TABLES, text, tidy
from kg.values import schema as own_types

SCHEMA = Path("data/trial.schema.json")
PAGE_SCHEMA = Path("data/page.schema.json")
CONTEXT = Path("ontology/context.jsonld")


def trial_schema() -> bytes:
    """Return the JSON Schema of trial records, made from the record types.

    >>> json.loads(trial_schema())["$ref"]
    '#/$defs/Trial'
    """
    made = _schema(Trial, "Trial record")
    made["$defs"]["Trial"]["required"] = [n for n in Trial.__struct_fields__ if n in {"id", "title", *VOUCHED}]
    for parts, name in VOUCHED_PARTS.items():
        items = made["$defs"]["Trial"]["properties"][parts]["items"]["$ref"].rpartition("/")[2]
        made["$defs"][items]["required"].append(name)
    return json.dumps(made, indent=2, ensure_ascii=False).encode() + b"\n"


def page_schema() -> bytes:
    """Return the JSON Schema of the files of pages, made from the record types.

    >>> json.loads(page_schema())["$ref"]
    '#/$defs/PageFile'
    """
    return json.dumps(_schema(PageFile, "File of a page"), indent=2, ensure_ascii=False).encode() + b"\n"


def _schema(kind: type, title: str) -> dict[str, Any]:
    made: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return made | msgspec.json.schema(kind, schema_hook=own_types)


def jsonld_context(of: Contract, links: Iterable[str] = ()) -> bytes:
    """Return the JSON-LD context, made from the contract.

    A property gets a type only if all classes that use it agree on it, so that the context never
    changes what a value is.

    Parameters
    ----------
    of
        The contract.
    links
        IRIs of further properties that lead to things: those that views derive.

    Examples
    --------
    >>> from kg.resources import root
    >>> json.loads(jsonld_context(contract.read(root() / "ontology")))["@context"]["enrolment"]["@type"]
    'xsd:integer'
    """
    terms: dict[str, dict[str, str]] = {}
    for klass in of.classes.values():
        for entry in klass.fields:
            name = re.split("[/#]", entry.path)[-1]
            if name == "type":
                continue
            term = {"@id": shrink(entry.path), **_coercion(entry)}
            known = terms.setdefault(name, term)
            if known != term:
                terms[name] = {"@id": term["@id"]}
    for path in links:
        terms.setdefault(re.split("[/#]", path)[-1], {"@id": shrink(path), "@type": "@id"})
    prefixes = {name: prefix(iri) for name, iri in sorted(PREFIXES.items())}
    context: dict[str, object] = {"@version": 1.1, **prefixes, "id": "@id", "type": "@type"}
    context.update({name: terms[name] for name in sorted(terms)})
    return json.dumps({"@context": context}, indent=2, ensure_ascii=False).encode() + b"\n"


def links(root: Path) -> list[str]:
    """Return the properties of the ontology that lead from a thing to a thing.

    >>> from kg.resources import root
    >>> "https://w3id.org/myositis-kg/ontology/evaluates" in links(root())
    True
    """
    of_things = (PREFIXES["rdf"] + "type", PREFIXES["owl"] + "ObjectProperty")
    return sorted(t.subject for t in contract.triples(root / "ontology" / "myositis.ttl") if t[1:] == of_things)


def _coercion(entry: Field) -> dict[str, str]:
    if entry.range or entry.kind == "child":
        return {"@type": "@id"}
    if entry.kind == "langString":
        return {"@language": "en"}
    if entry.kind in ("PartialDate", "string"):
        return {}
    return {"@type": f"xsd:{entry.kind}"}


def expected(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file that has one canonical form, with the bytes it must have.

    Raises
    ------
    kg.errors.SourceError
        If a table or record cannot be read at all.
    """
    for name, table in sorted(TABLES.items()):
        folder = root / "ontology" / "tables"
        yield folder / f"{name}.tsv", tidy(table, f"ontology/tables/{name}.tsv", text(table, folder)).encode()
    for path in files(root / "data" / "trials", "*.json"):
        yield path, encode_trial(decode_trial(path.read_bytes(), path.name))
    for path in sorted((root / "data" / "pages").glob("*.json")):
        yield path, encode_trial(decode_page(path.read_bytes(), path.name))
    yield root / SCHEMA, trial_schema()
    yield root / PAGE_SCHEMA, page_schema()
    yield root / CONTEXT, jsonld_context(contract.read(root / "ontology"), links(root))
    yield root / "docs" / "ontology.md", reference.ontology_page(root)
    yield root / "queries" / "README.md", reference.questions_page(root)
    yield root / "queries" / "catalogue.ttl", catalogue.page(root)


def untidy(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that are not in their canonical form, with the bytes they should have.

    Examples
    --------
    >>> from kg.resources import root
    >>> list(untidy(root()))
    []
    """
    for path, content in expected(root):
        if not path.is_file() or path.read_bytes() != content:
            yield path, content
