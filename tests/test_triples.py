"""Linked records to statements, and statements to receipts."""

from __future__ import annotations

import typing
from decimal import Decimal
from functools import cache

import msgspec
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import contract, terms, triples
from kg.contract import ClassContract, Contract, Field
from kg.link import LinkedRecord, Linker
from kg.names import PREFIXES, own
from kg.records import Arm, Outcome, Record, Sourced, Trial, Use
from kg.resources import root
from kg.rows import CountryRow, DrugRow, TargetRow
from kg.sources import curated
from kg.triples import LABEL, TYPE, Graphs, Statement
from kg.values import Duration, PartialDate
from kg.walk import Visit

CONTRACT = contract.read(root() / "ontology")
MYO, SHAPE = PREFIXES["myo"], PREFIXES["shape"]
RECORD = own("record", "test-record")


@cache
def linker() -> Linker:
    return Linker(CONTRACT, curated.everything(root()))


def stated(record: Record) -> list[Statement]:
    sourced = Sourced(record=record, source="test-record", path="test.json")
    return list(triples.statements(linker().link(sourced), CONTRACT))


def trial() -> Trial:
    known = next(sourced.record for sourced in curated.everything(root()) if isinstance(sourced.record, Trial))
    changed: Trial = msgspec.structs.replace(
        known,
        id="NCT1",
        title="A trial",
        conditions=("Dermatomyositis",),
        start_date=PartialDate("2017-03"),
        min_age=18,
        has_results=True,
        uses=(Use(text="azathiopirne", role="experimental"), Use(text="nothing known", role="experimental")),
        arms=(Arm(label="treated", kind="experimental", uses=("azathiopirne",)),),
        outcomes=(Outcome(priority="primary", title="MMT-8", times=(Duration("P168D"),)),),
        results=(),
    )
    return changed


def parse(lines: typing.Iterable[str]) -> list[ox.Quad]:
    text = "".join(f"{line} .\n" for line in lines)
    return list(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))


STATED = stated(trial())


def find(predicate: str, locator: str) -> list[Statement]:
    return [one for one in STATED if one.predicate == predicate and one.locator == locator]


def test_a_row_whole() -> None:
    japan = CountryRow(name="Japan", iso="JP", sources=("ISO 3166-1",))
    of = CONTRACT.of("Country")
    paths = {field.name: (field.path, field.shape) for field in of.fields}
    subject = own("country", "japan")

    assert stated(japan) == [
        Statement(subject, TYPE, terms.iri(MYO + "Country"), RECORD, "/name", "Japan", of.shape),
        Statement(subject, paths["name"][0], terms.label("Japan"), RECORD, "/name", "Japan", paths["name"][1]),
        Statement(subject, paths["iso"][0], terms.text("JP"), RECORD, "/iso", "JP", paths["iso"][1]),
        Statement(
            subject, paths["sources"][0], terms.text("ISO 3166-1"), RECORD, "/sources/0", "ISO 3166-1",
            paths["sources"][1],
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "locator", "value", "expected"),
    [
        (LABEL, "/title", "A trial", terms.label("A trial")),
        (MYO + "registryId", "/id", "NCT1", terms.text("NCT1")),
        (MYO + "startDate", "/start_date", "2017-03", terms.date("2017-03")),
        (MYO + "minimumAge", "/min_age", "18", terms.integer(18)),
        (MYO + "resultsAvailable", "/has_results", "true", terms.boolean(True)),
        (MYO + "time", "/outcomes/0/times/0", "P168D", terms.typed("P168D", "duration")),
    ],
)
def test_values_become_literals(path: str, locator: str, value: str, expected: str) -> None:
    found = [one for one in STATED if one.locator == locator and one.object == expected]

    assert {one.value for one in found} == {value}
    assert path in {one.predicate for one in found}


def test_child_is_joined_to_its_parent() -> None:
    joined = [one for one in STATED if one.locator == "/arms/0/label" and one.subject == own("trial", "NCT1")]
    typed = [one for one in STATED if one.locator == "/arms/0/label" and one.predicate == TYPE]

    assert [one.object for one in joined] == [terms.iri(one.subject) for one in typed]
    assert len(joined) == 1


def test_mention_keeps_its_evidence() -> None:
    (misspelt,) = (one for one in STATED if one.method == "fuzzy")
    (exact,) = (one for one in STATED if one.locator == "/conditions/0" and one.method)

    assert (misspelt.object, misspelt.score) == (terms.iri(own("drug", "azathioprine")), 0.917)
    assert (misspelt.locator, misspelt.value) == ("/uses/0/text", "azathiopirne")
    assert (exact.object, exact.method, exact.score) == (terms.iri(own("disease", "dermatomyositis")), "exact", 1.0)


def test_what_needs_no_linking_has_no_method() -> None:
    assert {one.method for one in STATED if one.locator != "/uses/0/text" and one.predicate == TYPE} == {""}
    assert {one.method for one in STATED if one.locator == "/study_type"} == {""}


def test_unresolved_mention_states_its_text_alone() -> None:
    shapes = {one.shape for one in STATED if one.locator == "/uses/1/text"}
    mentions = {field.shape for of in CONTRACT.classes.values() for field in of.fields if field.kind == "mention"}

    assert shapes
    assert shapes.isdisjoint(mentions)


def test_minted_entity_has_a_class_and_a_name() -> None:
    row = DrugRow(name="abatacept", kind="Drug", drug_class="Costimulation blocker", sources=("x",))
    minted = own("drugclass", "costimulation-blocker")
    found = [one for one in stated(row) if one.locator == "/drug_class"]

    assert {(one.subject, one.predicate, one.object) for one in found} == {
        (own("drug", "abatacept"), MYO + "drugClass", terms.iri(minted)),
        (minted, TYPE, terms.iri(MYO + "DrugClass")),
        (minted, LABEL, terms.label("Costimulation blocker")),
    }
    assert {one.shape for one in found} == {
        SHAPE + "Intervention-drugClass", SHAPE + "DrugClass", CONTRACT.of("DrugClass").fields[0].shape,
    }  # fmt: skip


def test_identifiers_become_matches() -> None:
    row = TargetRow(symbol="CD80", hgnc=("hgnc:1700",), sources=("x",))

    assert terms.iri(PREFIXES["hgnc"] + "1700") in {one.object for one in stated(row)}


def test_statements_are_triples_with_receipts_that_hold() -> None:
    found = dict(leaves(trial()))

    assert len(parse(f"<{one.subject}> <{one.predicate}> {one.object}" for one in STATED)) == len(STATED)
    assert {one.record for one in STATED} == {RECORD}
    assert all(found[one.locator] == one.value for one in STATED)


def leaves(record: Trial) -> list[tuple[str, str]]:
    return list(curated.values_at(curated.encode_trial(record), "data/trials/NCT1.json"))


SAMPLES: dict[str, tuple[object, str]] = {
    "string": ("a", terms.text("a")),
    "langString": ("a", terms.label("a")),
    "integer": (7, terms.integer(7)),
    "decimal": (Decimal("1.50"), terms.decimal(Decimal("1.5"))),
    "boolean": (False, terms.boolean(False)),
    "PartialDate": (PartialDate("2017"), terms.date("2017")),
    "duration": (Duration("P6M"), terms.typed("P6M", "duration")),
    "anyURI": ("https://example.org", terms.typed("https://example.org", "anyURI")),
}


def test_every_kind_of_literal_is_tried() -> None:
    assert set(SAMPLES) == triples.kinds()


@pytest.mark.parametrize("kind", SAMPLES)
def test_kind_of_literal(kind: str) -> None:
    value, expected = SAMPLES[kind]
    field = Field("https://e.org/shape", "f", "https://e.org/p", kind, "", 0, None, 1)
    of = ClassContract("C", "https://e.org/C", "https://e.org/C-shape", "C", "use", "slug", ("f",), (field,))
    visit = Visit("https://e.org/s", of, field, "/f", "quote", value)
    sourced = Sourced(record=CountryRow(name="a", iso="b", sources=("c",)), source="test-record", path="p")
    linked = LinkedRecord(sourced, (visit,), {}, ())

    assert list(triples.statements(linked, Contract({}, {}, {}))) == [
        Statement("https://e.org/s", "https://e.org/p", expected, RECORD, "/f", "quote", "https://e.org/shape")
    ]
    assert parse([f"<https://e.org/s> <https://e.org/p> {expected}"])


def test_every_literal_of_the_contract_can_be_written() -> None:
    kinds = {field.kind for of in CONTRACT.classes.values() for field in of.fields if not field.range}

    assert kinds - triples.kinds() == set()


def test_union_is_sorted_and_holds_each_line_once() -> None:
    graphs = Graphs({"g": ["b", "a"], "h": ["a", "c"], "i": []}, [])

    assert graphs.union() == ["a", "b", "c"]
    assert graphs.content == {"g": ["b", "a"], "h": ["a", "c"], "i": []}


PLAIN = Statement("https://e.org/s", "https://e.org/p", terms.text("o"), RECORD, "/f", 'the "value"', SHAPE + "x")


def receipt(statement: Statement) -> dict[str, str]:
    quads = parse(triples.receipt_lines(statement))
    assert {quad.subject for quad in quads} == {ox.NamedNode(triples.receipt_iri(statement))}
    return {str(quad.predicate.value): str(quad.object) for quad in quads}


def test_receipt_says_what_and_where() -> None:
    rdf = PREFIXES["rdf"]

    assert receipt(PLAIN) == {
        TYPE: f"<{MYO}Receipt>",
        rdf + "subject": "<https://e.org/s>",
        rdf + "predicate": "<https://e.org/p>",
        rdf + "object": terms.text("o"),
        MYO + "inRecord": f"<{RECORD}>",
        MYO + "locator": terms.text("/f"),
        MYO + "exactValue": terms.text('the "value"'),
        MYO + "mappedBy": f"<{SHAPE}x>",
    }


@pytest.mark.parametrize(
    ("method", "score", "extra"),
    [
        ("", 0.5, {}),
        ("exact", 1.0, {MYO + "linkMethod": terms.text("exact")}),
        ("fuzzy", 0.917, {MYO + "linkMethod": terms.text("fuzzy"), MYO + "linkScore": terms.decimal(Decimal("0.917"))}),
    ],
)
def test_receipt_of_a_mention_says_how_it_was_linked(method: str, score: float, extra: dict[str, str]) -> None:
    assert receipt(PLAIN) | extra == receipt(PLAIN._replace(method=method, score=score))


@given(st.text(), st.text(), st.sampled_from(["", "exact", "fuzzy"]), st.sampled_from([0.9, 1.0]))
def test_receipt_lines_are_sorted_triples(locator: str, value: str, method: str, score: float) -> None:
    lines = list(triples.receipt_lines(PLAIN._replace(locator=locator, value=value, method=method, score=score)))

    assert lines == sorted(set(lines))
    assert len(parse(lines)) == len(lines)


@pytest.mark.parametrize("field", ["subject", "predicate", "object", "record", "locator", "shape"])
def test_receipt_has_an_iri_of_its_own(field: str) -> None:
    changed: dict[str, typing.Any] = {field: "another"}
    other = PLAIN._replace(**changed)

    assert triples.receipt_iri(PLAIN) == triples.receipt_iri(PLAIN._replace(method="exact", score=0.5))
    assert triples.receipt_iri(other) != triples.receipt_iri(PLAIN)
    assert triples.receipt_iri(PLAIN).startswith(own("receipt", ""))
