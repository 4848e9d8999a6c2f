"""The ontology keeps its own rules, is consistent, and names everything that the data name."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import owlready2
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, SKOS

from kg import build, validate
from kg.build import Inputs
from kg.link import LinkedRecord
from kg.names import PREFIXES, expand, own
from kg.resources import files, root
from kg.triples import Graphs

ONTOLOGY = root() / "ontology"
BAD = files(Path(__file__).parent / "bad" / "house", "*.ttl")
RULES = "house-rules.ttl"
LOGIC = ("myositis.ttl", "alignments.ttl")
OWL_READY: Any = owlready2
"""Has no types."""


def lines_of(*names: str) -> list[str]:
    quads = [quad for name in names for quad in ox.parse(path=str(ONTOLOGY / name), format=ox.RdfFormat.TURTLE)]
    return sorted({f"{quad.triple} ." for quad in quads})


# House rules.


def test_ontology_keeps_the_house_rules() -> None:
    names = [path.name for path in files(ONTOLOGY, "*.ttl")]

    assert {*build.ONTOLOGY_FILES, "shapes.ttl", RULES} == set(names)
    assert validate.shapes(lines_of(*names), ONTOLOGY, RULES) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file_trips_the_rule_it_is_named_after(path: Path) -> None:
    lines = [f"{quad.triple} ." for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    findings = validate.shapes(lines, ONTOLOGY, RULES)

    assert {finding.rule for finding in findings} == {f"shape:{path.stem}"}, findings


def test_every_rule_has_a_bad_file() -> None:
    shape, property_shape = PREFIXES["shape"], PREFIXES["sh"] + "PropertyShape"
    rules = {
        quad.subject.value.removeprefix(shape)
        for quad in ox.parse(path=str(ONTOLOGY / RULES), format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode) and quad.object == ox.NamedNode(property_shape)
    }

    assert {path.stem for path in BAD} == rules
    assert len(rules) > 10


# Form.


@pytest.mark.parametrize("name", build.ONTOLOGY_FILES)
def test_no_blank_nodes(name: str) -> None:
    quads = list(ox.parse(path=str(ONTOLOGY / name), format=ox.RdfFormat.TURTLE))

    assert quads
    assert [q for q in quads if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)] == []


@pytest.mark.parametrize("path", files(ONTOLOGY, "*.ttl"), ids=lambda path: path.name)
def test_two_parsers_read_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blank nodes, which only shapes have, are counted, not named."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    first = {str(q.triple) for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE) if "_:" not in str(q.triple)}
    graph = rdflib.Graph().parse(path, format="turtle")
    text = graph.serialize(format="nt")
    quads = list(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))

    assert {str(quad.triple) for quad in quads if "_:" not in str(quad.triple)} == first
    assert len(quads) == len(list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)))


@pytest.mark.parametrize("path", [*files(ONTOLOGY, "*.ttl"), *BAD], ids=lambda path: path.name)
def test_lines_of_a_turtle_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    declared = [line.split()[1:3] for line in lines if line.startswith("@prefix")]
    body = "\n".join(line for line in lines if not line.startswith("@prefix"))

    assert lines[0].startswith("# ")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\t" not in text
    assert all(line == line.rstrip() for line in lines)
    assert declared == sorted(declared)
    for name, iri in declared:
        assert PREFIXES[name.rstrip(":")] == iri.strip("<>")
        assert name in body, f"the prefix {name} is declared but not used"


# Meaning.


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT runs on Java, and there is no java on this machine")
def test_consistent(tmp_path: Path) -> None:
    graph = rdflib.Graph()
    for name in LOGIC:
        graph.parse(ONTOLOGY / name, format="turtle")
    ontology = reasoned(graph, tmp_path / "whole.owl")

    assert list(ontology.world.inconsistent_classes()) == []
    assert len(list(ontology.classes())) > 30


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT runs on Java, and there is no java on this machine")
def test_reasoner_sees_what_is_inconsistent(tmp_path: Path) -> None:
    """A thing of two classes that exclude each other."""
    graph = rdflib.Graph()
    for name in LOGIC:
        graph.parse(ONTOLOGY / name, format="turtle")
    myo = rdflib.Namespace(PREFIXES["myo"])
    graph.add((myo.Trial, OWL.disjointWith, myo.Arm))
    thing = rdflib.URIRef(own("trial", "x"))
    graph.add((thing, RDF.type, myo.Trial))
    graph.add((thing, RDF.type, myo.Arm))

    with pytest.raises(OWL_READY.OwlReadyInconsistentOntologyError):
        reasoned(graph, tmp_path / "broken.owl")


def reasoned(graph: rdflib.Graph, path: Path) -> Any:
    graph.serialize(path, format="xml")
    world = OWL_READY.World()
    ontology = world.get_ontology(path.as_uri()).load()
    with ontology:
        OWL_READY.sync_reasoner_hermit(world, debug=0)
    return ontology


def test_every_own_class_of_the_graph_is_defined(graphs: Graphs) -> None:
    typed, myo = f" <{PREFIXES['rdf']}type> <", PREFIXES["myo"]
    used = {line.partition(typed)[2].rstrip(">") for line in graphs.union() if typed + myo in line}
    known = {line.split(" ")[0].strip("<>") for line in lines_of("myositis.ttl") if "owl#Class>" in line}

    assert len(used) > 20
    assert used - known == set()


def test_every_own_property_of_the_graph_is_defined(graphs: Graphs) -> None:
    used = {line.split(" ")[1].strip("<>") for line in graphs.union()}
    known = {line.split(" ")[0].strip("<>") for line in lines_of("myositis.ttl") if "Property>" in line}

    assert {iri for iri in used if iri.startswith(PREFIXES["myo"])} - known == set()


def test_every_notation_of_the_data_links(linked: tuple[LinkedRecord, ...], inputs: Inputs) -> None:
    used: dict[str, set[str]] = defaultdict(set)
    concepts = {line.split(" ")[0].strip("<>") for line in lines_of("concepts.ttl") if str(SKOS.Concept) + ">" in line}
    for record in linked:
        for visit in record.visits:
            if visit.field is not None and visit.field.kind == "notation":
                (link,) = record.terms[visit.pointer, visit.field.shape]
                used[visit.field.range].add(visit.quote)
                assert link.iri in concepts
                assert inputs.contract.notations[visit.field.range, visit.quote] == link.iri

    assert len(used) > 20
    assert {("Phase", notation) for notation in used["Phase"]} <= set(inputs.contract.notations)


def test_every_concept_stands_in_one_known_scheme() -> None:
    graph = rdflib.Graph().parse(ONTOLOGY / "concepts.ttl", format="turtle")
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))

    assert len(concepts) > 100
    for concept in concepts:
        assert set(graph.objects(concept, SKOS.inScheme)) <= schemes
        assert len(set(graph.objects(concept, SKOS.inScheme))) == 1
        for broader in graph.objects(concept, SKOS.broader):
            assert broader in concepts


def test_alignments_speak_of_own_terms_only() -> None:
    own_terms = {line.split(" ")[0] for line in lines_of("myositis.ttl", "concepts.ttl")}
    subjects = {line.split(" ")[0] for line in lines_of("alignments.ttl")}
    ours = {subject for subject in subjects if subject.startswith(f"<{PREFIXES['myo']}")}

    assert ours - own_terms <= {f"<{PREFIXES['myo']}>", f"<{PREFIXES['myo']}alignments>"}
    assert len(ours & own_terms) > 10
    assert expand("myo:Trial") in {subject.strip("<>") for subject in ours}
