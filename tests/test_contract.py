"""The contract: how shapes are read, how a record is walked, and that types, shapes and ontology agree."""

from __future__ import annotations

import re
import typing
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from kg import contract, page_records, posted, records, registration, rows, triples, walk
from kg.contract import ClassContract, Contract, Field
from kg.errors import ContractError, SourceError
from kg.names import FORMS, KINDS, PREFIXES
from kg.records import Outcome, Publication, Record, Result, Trial, Use, text_of
from kg.resources import files, root
from kg.tables import TABLES
from kg.values import Duration, PartialDate
from kg.walk import Visit

ONTOLOGY = root() / "ontology"
CONTRACT = contract.read(ONTOLOGY)
MYO = PREFIXES["myo"]
TYPE = PREFIXES["rdf"] + "type"
TYPES: dict[str, type[Record]] = {
    name: value
    for module in (page_records, posted, records, registration, rows)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, Record) and value is not Record
}
REGISTRY = (posted.__name__, registration.__name__)
KEY_ONLY = {("Page", "id"), ("Publication", "id")} | {
    (name, field)
    for name, record in TYPES.items()
    for field in ("key", "repeat", "trial")
    if field in record.__struct_fields__ and (field == "repeat" or record.__module__ in REGISTRY)
}
"""Fields that only the IRI of their node says; for a publication it repeats ``pubmed`` or ``doi``."""

DATATYPES: dict[type, set[str]] = {
    bool: {"boolean"},
    int: {"integer"},
    str: {"string", "langString", "anyURI"},
    Decimal: {"decimal"},
    Duration: {"duration"},
    PartialDate: {"PartialDate"},
}
LINKS = {"record", "key", "mention", "mint", "notation", "class", "curie"}


def hint_of(record: type[Record], name: str) -> tuple[type, bool, bool]:
    """The type of a field, whether it holds many values, and whether it must be given."""
    hint = typing.get_type_hints(record)[name]
    many = typing.get_origin(hint) is tuple
    (required,) = (field.required for field in msgspec.structs.fields(record) if field.name == name)
    return (typing.get_args(hint) or (hint,))[0], many, required


PROPERTIES = [(of, field) for of in CONTRACT.classes.values() if of.record_type in TYPES for field in of.fields]
each_property = pytest.mark.parametrize(
    ("of", "field"), PROPERTIES, ids=[field.shape.rsplit("/", 1)[1] for _, field in PROPERTIES]
)

# Record types <-> shapes


def test_record_types_are_found() -> None:
    assert len(TYPES) >= 20
    assert {"Trial", "GroupValue", "DrugRow"} <= set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_record_type_has_a_node_shape(name: str) -> None:
    assert name in CONTRACT.by_record_type


@pytest.mark.parametrize("name", CONTRACT.by_record_type)
def test_node_shape_has_a_record_type_or_is_minted(name: str) -> None:
    minted = {field.range for _, field in PROPERTIES if field.kind == "mint"}

    assert name in TYPES or name in minted


def test_no_two_classes_share_a_record_type() -> None:
    assert len(CONTRACT.by_record_type) == len(CONTRACT.classes)


@pytest.mark.parametrize(
    ("record", "field"), [(name, field) for name, record in TYPES.items() for field in record.__struct_fields__]
)
def test_record_field_has_a_property_shape(record: str, field: str) -> None:
    of = CONTRACT.by_record_type[record]
    named = field in {entry.name for entry in of.fields}

    assert named is ((record, field) not in KEY_ONLY)
    assert named or field in of.key_fields


@each_property
def test_property_shape_has_a_record_field(of: ClassContract, field: Field) -> None:
    assert field.name in TYPES[of.record_type].__struct_fields__


@pytest.mark.parametrize("name", TYPES)
def test_key_is_made_of_required_fields_first(name: str) -> None:
    of = CONTRACT.by_record_type[name]

    assert set(of.key_fields) <= set(TYPES[name].__struct_fields__)
    assert hint_of(TYPES[name], of.key_fields[0])[1:] == (False, True)


@each_property
def test_kind_fits_the_type_of_the_field(of: ClassContract, field: Field) -> None:
    kind, _, _ = hint_of(TYPES[of.record_type], field.name)
    if issubclass(kind, Record):
        assert (field.kind, field.range) == ("child", CONTRACT.by_record_type[kind.__name__].name)
    elif field.range:
        assert field.kind in LINKS
        assert kind is str
    else:
        assert field.kind in DATATYPES[kind] & triples.kinds()


@each_property
def test_counts_fit_the_type_of_the_field(of: ClassContract, field: Field) -> None:
    _, many, required = hint_of(TYPES[of.record_type], field.name)
    shared = field.path == TYPE or [entry.path for entry in of.fields].count(field.path) > 1
    if field.kind != "mention":
        assert required is (field.minimum > 0)
    if field.kind != "mention" and not shared:
        assert many is (field.maximum is None)
        assert field.maximum in (None, 1)


@pytest.mark.parametrize("name", TABLES)
def test_key_of_a_table_is_the_key_of_its_class(name: str) -> None:
    assert CONTRACT.by_record_type[TABLES[name].row.__name__].key_fields == TABLES[name].key


@pytest.mark.parametrize("name", CONTRACT.classes)
def test_order_of_properties_is_told(name: str) -> None:
    orders = [field.order for field in CONTRACT.of(name).fields]

    assert orders == sorted(set(orders))


@pytest.mark.parametrize("name", CONTRACT.classes)
def test_class_is_minted_in_a_known_way(name: str) -> None:
    of = CONTRACT.of(name)
    nested = {field.range for _, field in PROPERTIES if field.kind == "child"}

    assert of.iri_kind in KINDS
    assert of.iri_form in FORMS
    assert name in nested or of.iri_form not in {"child", "part"}


# Shapes <-> ontology


def declared(*kinds: str) -> set[str]:
    wanted = {PREFIXES["owl"] + kind for kind in kinds}
    found = contract.triples(ONTOLOGY / "myositis.ttl")
    return {t.subject for t in found if t.predicate == TYPE and t.object in wanted and t.subject.startswith(MYO)}


CLASSES = declared("Class")
TERMS = declared("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


def mentioned() -> set[str]:
    """Own terms that shapes, views or the writers of receipts and records use."""
    used = {part for t in contract.triples(ONTOLOGY / "shapes.ttl") for part in (t.predicate, t.object)}
    used |= {t.predicate for t in contract.triples(ONTOLOGY / "myositis.ttl")}
    used |= set(CONTRACT.class_notations.values())
    views = "\n".join(path.read_text(encoding="utf-8") for path in files(root() / "queries" / "views", "*.rq"))
    modules = Path(kg.__path__[0])
    writers = "\n".join((modules / name).read_text(encoding="utf-8") for name in ("build.py", "triples.py"))
    used |= {MYO + name for name in re.findall(r"\bmyo:(\w+)", views + writers)}
    return used | {MYO + name for name in re.findall(r"(?:_MYO|myo) \+ ['\"](\w+)['\"]", writers)}


def test_ontology_is_found() -> None:
    assert len(CLASSES) >= 20
    assert len(TERMS) >= 100


@pytest.mark.parametrize("name", CONTRACT.classes)
def test_class_of_a_shape_is_declared(name: str) -> None:
    assert CONTRACT.of(name).iri in CLASSES


@each_property
def test_path_of_a_shape_is_declared_or_standard(of: ClassContract, field: Field) -> None:
    assert field.path in TERMS or field.path.startswith((PREFIXES["skos"], PREFIXES["rdf"])), of.name


@pytest.mark.parametrize("term", sorted(CLASSES | TERMS), ids=lambda term: term.removeprefix(MYO))
def test_declared_term_is_used(term: str) -> None:
    assert term in mentioned_once()


@cache
def mentioned_once() -> frozenset[str]:
    return frozenset(mentioned())


@each_property
def test_range_of_a_link_exists(of: ClassContract, field: Field) -> None:
    schemes = {scheme for scheme, _ in CONTRACT.notations}
    known = {"notation": schemes, "curie": {*PREFIXES, "*"}, "class": CONTRACT.classes.keys() | {"*"}}
    if field.range:
        assert field.range in known.get(field.kind, CONTRACT.classes.keys()), of.name


# Walking a record


def leaves(value: object, base: str = "") -> set[tuple[str, str]]:
    """Every value of a record with its place, by another way than the contract."""
    if isinstance(value, Record):
        named = ((name, getattr(value, name)) for name in value.__struct_fields__ if name != "repeat")
        return {leaf for name, part in named for leaf in leaves(part, f"{base}/{name}")}
    if isinstance(value, tuple):
        return {leaf for number, part in enumerate(value) for leaf in leaves(part, f"{base}/{number}")}
    return set() if value is None else {(base, text_of(value))}


WORDS = st.text(st.sampled_from("ab 1/~\u00e9\u00df|"), max_size=5).map(lambda rest: "a" + rest)
SCALARS: dict[type, st.SearchStrategy[typing.Any]] = {
    bool: st.booleans(),
    int: st.integers(0, 99),
    str: WORDS,
    Decimal: st.decimals(-99, 99, places=2),
    Duration: st.integers(0, 99).map(lambda days: Duration(f"P{days}D")),
    PartialDate: st.integers(1900, 2100).map(lambda year: PartialDate(str(year))),
}


@cache
def instances(kind: type) -> st.SearchStrategy[typing.Any]:
    if not issubclass(kind, Record):
        return SCALARS[kind]
    fields: dict[str, st.SearchStrategy[typing.Any]] = {}
    for name in kind.__struct_fields__:
        inner, many, required = hint_of(kind, name)
        value = instances(inner)
        if many:
            value = st.lists(value, min_size=int(required), max_size=2, unique_by=identity).map(tuple)
        fields[name] = value if many or required else st.none() | value
    return st.builds(kind, **fields)


def identity(value: object) -> str:
    if isinstance(value, Record):
        return walk.iri_of(value, CONTRACT.by_record_type[type(value).__name__], "https://example.org/trial/NCT1")
    return text_of(value)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
def test_walk_visits_every_value_and_no_other(name: str, data: st.DataObject) -> None:
    record = data.draw(instances(TYPES[name]))
    visits = list(walk.walk(record, CONTRACT, "/top", "https://example.org/trial/NCT1"))

    assert leaves(record, "/top") == {(visit.pointer, visit.quote) for visit in visits}
    assert all(ox.NamedNode(visit.subject) for visit in visits)
    assert len(visits) == len({(visit.pointer, visit.field and visit.field.shape, visit.subject) for visit in visits})


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
@settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck))
def test_walk_yields_each_value_once_for_each_property(name: str, data: st.DataObject) -> None:
    record = data.draw(instances(TYPES[name]))
    of = CONTRACT.by_record_type[name]
    top = [visit for visit in walked(record) if visit.contract is of and visit.field is not None]
    expected = [
        (field.shape, number)
        for field in of.fields
        for number, value in enumerate(as_many(getattr(record, field.name)))
        if value is not None
    ]

    assert len(expected) == len(top)
    assert [shape for shape, _ in expected] == [visit.field.shape for visit in top if visit.field]


def as_many(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def walked(record: Record) -> list[Visit]:
    return list(walk.walk(record, CONTRACT, parent="https://example.org/trial/NCT1"))


TRIAL = Trial(
    id="NCT1",
    title="A trial",
    conditions=("Myositis",),
    study_type="Interventional",
    uses=(Use(text="abatacept", role="experimental"), Use(text="placebo", role="placebo")),
    has_results=False,
    sources=("https://example.org",),
    verification="checked",
)


def test_walk_names_nodes_by_their_keys_and_not_by_their_places() -> None:
    backwards = msgspec.structs.replace(TRIAL, uses=TRIAL.uses[::-1])
    seen = {visit.subject for visit in walked(TRIAL)}

    assert seen == {visit.subject for visit in walked(backwards)}
    assert len(seen) == 3


def test_child_is_visited_from_its_parent_and_as_itself() -> None:
    at = [visit for visit in walked(TRIAL) if visit.pointer == "/uses/0/text"]
    child = at[0].value

    assert [visit.field.kind if visit.field else None for visit in at][:2] == ["child", None]
    assert [visit.quote for visit in at] == ["abatacept"] * len(at)
    assert {visit.subject for visit in at[1:]} == {child}


def test_absent_and_empty_values_are_not_visited_but_false_is() -> None:
    quotes = {visit.pointer: visit.quote for visit in walked(TRIAL)}

    assert quotes["/has_results"] == "false"
    assert {"/phase", "/arms", "/min_age"}.isdisjoint(quotes)


def test_two_children_with_one_key_are_refused() -> None:
    twice = msgspec.structs.replace(TRIAL, uses=(TRIAL.uses[0], msgspec.structs.replace(TRIAL.uses[0], dose="5 mg")))
    with pytest.raises(SourceError, match="expected a Use that stands here only once") as caught:
        walked(twice)

    assert (caught.value.place, caught.value.seen) == ("/uses/1", "abatacept")


def test_key_with_absent_values() -> None:
    of = CONTRACT.of("Outcome")

    assert walk.key_of(Outcome(priority="primary", title="MMT"), of) == "primary MMT"
    assert walk.key_of(Outcome(priority="primary", title="MMT", time_frame="week 24"), of) == "primary MMT week 24"


def test_iri_of_a_record() -> None:
    paper = Publication(id="pubmed:25433040", label="A paper")

    assert walk.iri_of(paper, CONTRACT.of("Publication")) == PREFIXES["publication"] + "pubmed-25433040"


def test_pointer_to_a_list_in_the_key_leads_to_its_first_value() -> None:
    listed = ClassContract("Trial", MYO + "Trial", "shape", "Trial", "trial", "slug", ("conditions",), ())
    node = next(walk.walk(TRIAL, Contract({}, {"Trial": listed}, {}), "/top"))

    assert (node.pointer, node.quote) == ("/top/conditions/0", "Myositis")


@given(st.text())
def test_pointer_token_is_reversible(text: str) -> None:
    token = walk.pointer_token(text)

    assert "/" not in token
    assert text == token.replace("~1", "/").replace("~0", "~")


# Reading files

CONCEPTS = """
@prefix concept: <https://w3id.org/myositis-kg/concept/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
concept:Phase1 skos:inScheme concept:Phase ; skos:notation "Phase 1", "PHASE1" .
concept:Early skos:inScheme concept:Course ; skos:notation "Phase 1" .
concept:Bare skos:prefLabel "in no scheme"@en .
"""
MYOSITIS = """
@prefix myo: <https://w3id.org/myositis-kg/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
myo:Drug a owl:Class ; skos:notation "Drug" .
myo:dose a owl:DatatypeProperty ; skos:notation "dose" .
"""
SHAPES = """
@prefix myo: <https://w3id.org/myositis-kg/ontology/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/myositis-kg/shape/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
shape:Use a sh:NodeShape ; sh:targetClass myo:Use ;
  myo:iriKind "use" ; myo:iriForm "child" ; myo:keyField "text dose" ; myo:recordType "Use" ;
  sh:property shape:Use-phase , shape:Use-text .
shape:Use-text a sh:PropertyShape ; myo:recordField "text" ; sh:path myo:text ; sh:datatype xsd:string ;
  sh:minCount 1 ; sh:maxCount 1 ; sh:order 1 ; sh:message "text: give one." .
shape:Use-phase a sh:PropertyShape ; myo:recordField "dose" ; sh:path myo:phase ; sh:node shape:in-Phase ;
  myo:linkedBy "notation" ; sh:order 2 ; sh:message "phase: give any." .
shape:in-Phase a sh:NodeShape .
"""


def written(folder: Path, shapes: str = SHAPES, concepts: str = CONCEPTS) -> Path:
    for name, text in (("shapes", shapes), ("concepts", concepts), ("myositis", MYOSITIS)):
        (folder / f"{name}.ttl").write_text(text, encoding="utf-8")
    return folder


def test_read(tmp_path: Path) -> None:
    found = contract.read(written(tmp_path))
    of = found.of("Use")

    assert (of.iri_kind, of.iri_form, of.key_fields, of.record_type) == ("use", "child", ("text", "dose"), "Use")
    assert [(field.name, field.kind, field.range, field.minimum, field.maximum) for field in of.fields] == [
        ("text", "string", "", 1, 1),
        ("dose", "notation", "Phase", 0, None),
    ]
    assert found.by_record_type == {"Use": of}
    assert found.class_notations == {"Drug": MYO + "Drug"}
    assert found.notations == {
        ("Phase", "Phase 1"): PREFIXES["concept"] + "Phase1",
        ("Phase", "PHASE1"): PREFIXES["concept"] + "Phase1",
        ("Course", "Phase 1"): PREFIXES["concept"] + "Early",
    }


@pytest.mark.parametrize(
    ("instead", "expected"),
    [
        ('myo:linkedBy "class" ; sh:class myo:Drug', ("class", "Drug")),
        ('myo:linkedBy "curie" ; myo:curiePrefix "atc"', ("curie", "atc")),
        ('myo:linkedBy "curie"', ("curie", "*")),
        ("sh:node shape:PartialDate", ("PartialDate", "")),
        ("sh:datatype xsd:decimal", ("decimal", "")),
    ],
)
def test_kinds(instead: str, expected: tuple[str, str], tmp_path: Path) -> None:
    shapes = SHAPES.replace("sh:node shape:in-Phase", instead).replace('  myo:linkedBy "notation" ;', "")
    field = contract.read(written(tmp_path, shapes)).of("Use").fields[1]

    assert expected == (field.kind, field.range)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('myo:recordType "Use" ;', "", "shape/Use: has 0 of myo:recordType, expected one"),
        ('myo:iriForm "child"', 'myo:iriForm "child", "slug"', "shape/Use: has 2 of myo:iriForm, expected one"),
        ('"notation"', '"guess"', "Use-phase: myo:linkedBy is 'guess', expected one of child, class"),
        ("sh:datatype xsd:string ;", "", "Use-text: no kind; give sh:datatype, sh:node or myo:linkedBy"),
        ("sh:path myo:text ;", "", "Use-text: has 0 of http://www.w3.org/ns/shacl#path, expected exactly one"),
        ('"text: give one."', '"a", "b"', "Use-text: has 2 of http://www.w3.org/ns/shacl#message"),
        ("sh:order 2 ;", "", "Use-phase: has 0 of http://www.w3.org/ns/shacl#order"),
        ('myo:recordField "dose" ;', "", "Use-phase: has 0 of .*recordField, expected exactly one"),
        ("shape:Use-phase ,", "shape:Use-nothing ,", "Use-nothing: has 0 of http://www.w3.org/ns/shacl#path"),
        ("sh:targetClass myo:Use ;", "", "no node shape with sh:targetClass"),
        ('myo:iriForm "child"', 'myo:iriForm "chidl"', "chidl"),
        ("sh:order 2 ;", 'sh:order "second" ;', "Use-phase"),
    ],
)
def test_contract_that_contradicts_itself(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in SHAPES
    with pytest.raises(ContractError, match=message):
        contract.read(written(tmp_path, SHAPES.replace(old, new, 1)))


def test_notation_of_two_concepts(tmp_path: Path) -> None:
    doubled = CONCEPTS + 'concept:Other skos:inScheme concept:Phase ; skos:notation "PHASE1" .\n'
    with pytest.raises(ContractError, match="notation 'PHASE1' names two concepts of Phase"):
        contract.read(written(tmp_path, concepts=doubled))


def test_unknown_class() -> None:
    with pytest.raises(ContractError, match=r"ontology/shapes\.ttl: no node shape for the class Tiral"):
        CONTRACT.of("Tiral")


@pytest.mark.parametrize(
    ("content", "place", "seen", "expected"),
    [
        (b"<http://a/a> <http://a/b>\n <http://a/c>", "line 2", "Parser error", "Turtle 1.1"),
        (b'<http://a/a> <http://a/b> "\xff" .', "line 1", "Parser error", "Turtle 1.1"),
        (
            b"<http://a/a> <http://a/b> <<( <http://a/c> <http://a/d> 1 )>> .",
            "",
            "<http://a/a>",
            "plain RDF 1.1 triples",
        ),
    ],
    ids=["not closed", "not UTF-8", "triple term"],
)
def test_file_that_is_no_turtle(content: bytes, place: str, seen: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        list(contract.triples(path))

    assert (caught.value.where, caught.value.place, caught.value.expected) == (str(path), place, expected)
    assert caught.value.seen.startswith(seen)


def test_missing_turtle_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected a Turtle file that can be read"):
        contract.read(tmp_path)


def test_triples_tell_iris_from_literals(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text('<http://a/s> <http://a/p> <http://a/o>, "http://a/o" .', encoding="utf-8")

    assert [triple.object for triple in contract.triples(path)] == ["http://a/o", "http://a/o"]


def test_result_of_a_trial_is_nested_twice() -> None:
    result = Result(
        label="TIS", topic="efficacy", quote="q", values=(records.GroupValue(label="all", statistic="mean"),)
    )
    subjects = [visit.subject for visit in walked(msgspec.structs.replace(TRIAL, results=(result,))) if not visit.field]

    assert [subject.removeprefix("https://w3id.org/myositis-kg/").partition("/")[0] for subject in subjects] == [
        "trial",
        "use",
        "use",
        "result",
        "groupvalue",
    ]
