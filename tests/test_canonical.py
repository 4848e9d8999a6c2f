"""Every hand-edited and generated file is in its one form; the published context reads as it should."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import projects
import pyoxigraph as ox
import pytest
import rdflib

from kg import canonical
from kg.build import Inputs
from kg.errors import SourceError
from kg.jsonld import prefix
from kg.names import PREFIXES, own
from kg.resources import root
from kg.tables import TABLES
from kg.triples import Graphs

CONTEXT = json.loads((root() / canonical.CONTEXT).read_bytes())["@context"]
TRIALS = sorted(path.stem for path in (root() / "data" / "trials").glob("*.json"))


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.copy(projects.project(tmp_path_factory), tmp_path / "project")


def test_nothing_is_untidy() -> None:
    assert [str(path.relative_to(root())) for path, _ in canonical.untidy(root())] == [], "run kg tidy"


def test_every_file_with_one_form_is_known() -> None:
    paths = {str(path.relative_to(root())) for path, _ in canonical.expected(root())}

    assert {f"ontology/tables/{name}.tsv" for name in TABLES} <= paths
    assert {str(path.relative_to(root())) for path in (root() / "ontology" / "tables").iterdir()} <= paths
    assert {f"data/trials/{name}.json" for name in TRIALS} <= paths
    assert {"data/trial.schema.json", "ontology/context.jsonld"} <= paths


def swap_rows(text: str) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:-2], lines[-1], lines[-2]]) + "\n"


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("ontology/tables/targets.tsv", swap_rows),
        ("ontology/tables/countries.tsv", lambda text: text.replace("\tISO", " \t ISO")),
        ("ontology/tables/countries.tsv", lambda text: text.rstrip("\n")),
        ("data/trials/NCT02466243.json", lambda text: json.dumps(json.loads(text))),
        ("data/trials/NCT02466243.json", lambda text: json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"),
        ("data/trial.schema.json", lambda text: "{}"),
        ("ontology/context.jsonld", lambda text: text.replace("xsd:integer", "xsd:decimal")),
    ],
)
def test_untidy_file_is_found_and_mended(name: str, edit: Callable[[str], str], project: Path) -> None:
    path = project / name
    before = path.read_bytes()
    path.write_text(edit(before.decode()), encoding="utf-8")

    assert path.read_bytes() != before
    assert list(canonical.untidy(project)) == [(path, before)]


@pytest.mark.parametrize("name", [str(canonical.SCHEMA), str(canonical.CONTEXT)])
def test_missing_generated_file_is_made(name: str, project: Path) -> None:
    before = (project / name).read_bytes()
    (project / name).unlink()

    assert list(canonical.untidy(project)) == [(project / name, before)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data/trials/NCT02466243.json", b"{"),
        ("ontology/tables/targets.tsv", b"name\n"),
        ("ontology/tables/targets.tsv", b"\xff\n"),
        ("ontology/shapes.ttl", b"a b"),
    ],
)
def test_file_that_cannot_be_read_at_all(name: str, content: bytes, project: Path) -> None:
    (project / name).write_bytes(content)

    with pytest.raises(SourceError):
        list(canonical.untidy(project))


def test_missing_table(project: Path) -> None:
    (project / "ontology" / "tables" / "targets.tsv").unlink()

    with pytest.raises(SourceError, match=r"targets\.tsv"):
        list(canonical.untidy(project))


# The context.


def test_context_has_a_term_for_every_property(inputs: Inputs) -> None:
    paths = {entry.path for klass in inputs.contract.classes.values() for entry in klass.fields}
    terms = {name: term for name, term in CONTEXT.items() if isinstance(term, dict) and "@prefix" not in term}
    named = {expand(term["@id"]) for term in terms.values()}

    assert named == (paths | set(canonical.links(root()))) - {PREFIXES["rdf"] + "type"}
    assert {name: CONTEXT[name] for name in PREFIXES if isinstance(CONTEXT[name], str)}.items() <= PREFIXES.items()


def test_every_prefix_of_the_context_works_as_one() -> None:
    """A prefix that ends in none of the delimiters of RFC 3986 is one only if it says so."""
    for name, iri in PREFIXES.items():
        entry = CONTEXT[name]
        if isinstance(entry, dict) and "@prefix" in entry:
            assert entry == {"@id": iri, "@prefix": True}
            assert iri[-1] not in ":/?#[]@"
        else:
            assert isinstance(entry, dict) or iri[-1] in ":/?#[]@"


def expand(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def test_no_term_of_the_context_hides_a_prefix(inputs: Inputs) -> None:
    """A property named as a prefix would take its place, and shorten other names to wrong ones."""
    names = {re.split("[/#]", entry.path)[-1] for klass in inputs.contract.classes.values() for entry in klass.fields}
    replaced = {name for name in PREFIXES if CONTEXT[name] != prefix(PREFIXES[name])}

    assert replaced <= names
    assert all(isinstance(CONTEXT[name], dict) for name in names - {"type"})


def test_property_that_classes_fill_unlike_has_no_type(inputs: Inputs) -> None:
    """The context must not make one kind of value of what is of two kinds."""
    trial = inputs.contract.of("Trial")
    (enrolment,) = [entry for entry in trial.fields if entry.name == "enrolment"]
    other = replace(enrolment, shape=enrolment.shape + "-2", kind="decimal")
    classes = {"Trial": replace(trial, fields=(enrolment,)), "Other": replace(trial, name="Other", fields=(other,))}
    alike, unlike = (
        json.loads(canonical.jsonld_context(replace(inputs.contract, classes=given)))["@context"]["enrolment"]
        for given in ({"Trial": classes["Trial"]}, classes)
    )

    assert alike == {"@id": "myo:enrolment", "@type": "xsd:integer"}
    assert unlike == {"@id": "myo:enrolment"}


def json_ld(lines: list[str]) -> str:
    """Write triples as JSON-LD that is compacted with the published context."""
    graph = rdflib.Graph().parse(data="".join(f"{line} .\n" for line in lines), format="nt")
    return graph.serialize(format="json-ld", context=CONTEXT, auto_compact=True)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("trial", TRIALS[::6])
def test_record_as_json_ld_reads_back_in_two_processors(
    trial: str, graphs: Graphs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The warning is rdflib's own, of its reader of JSON-LD; its normal forms of literals are switched off."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    lines = graphs.content[own("record", f"curated-{trial}")]
    document = json_ld(lines)
    first = {str(quad.triple) for quad in ox.parse(document, format=ox.RdfFormat.JSON_LD)}
    again = rdflib.Graph().parse(data=document, format="json-ld").serialize(format="nt")
    second = {str(quad.triple) for quad in ox.parse(again, format=ox.RdfFormat.N_TRIPLES)}

    assert first == set(lines)
    assert second == set(lines)


def test_json_ld_is_short(graphs: Graphs) -> None:
    """Terms of the context are used, so that the document reads as a person would write it."""
    lines = graphs.content[own("record", "curated-NCT02466243")]
    nodes = {node["id"]: node for node in json.loads(json_ld(lines))["@graph"]}
    trial = nodes["trial:NCT02466243"]

    assert trial["type"] == "myo:Trial"
    assert "enrolment" in trial
    assert not any(key.startswith("http") for node in nodes.values() for key in node)
