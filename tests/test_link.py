"""Linking: what must be known is known or refused, and what a source wrote links as people said it should."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest

from kg import contract
from kg.errors import KgError, UnknownNameError
from kg.lexicon import Lexicon
from kg.link import LinkedRecord, LinkedTerm, Linker, Unresolved, lexicons
from kg.names import PREFIXES, own
from kg.records import Arm, Outcome, Publication, Record, Sourced, Trial, Use
from kg.resources import root
from kg.rows import CellTypeRow, CountryRow, DiseaseRow, DrugRow, MeasureRow, MechanismRow, NameRow, OrganisationRow
from kg.sources import curated
from kg.values import PartialDate

GOLDEN = Path(__file__).parent / "golden"
CONTRACT = contract.read(root() / "ontology")
RECORDS = curated.everything(root())
LEXICONS = lexicons(sourced.record for sourced in RECORDS)
TRIALS = {sourced.record.id: sourced.record for sourced in RECORDS if isinstance(sourced.record, Trial)}
EMPTY = "EMPTY"


def golden(name: str) -> list[dict[str, str]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def expected_of(cell: str) -> set[str]:
    return set() if cell == EMPTY else set(cell.split("|"))


def linked_by(lexicon: Lexicon, text: str) -> set[str]:
    return {link.entity for link in lexicon.link(text)}


MENTIONS = golden("mentions.tsv")
PRIMARY = golden("primary_outcomes.tsv")

# What people said


def test_mentions_are_many_and_half_of_them_traps() -> None:
    texts = [row["text"] for row in MENTIONS]
    negatives = [row for row in MENTIONS if row["entities"] == EMPTY]

    assert len(MENTIONS) >= 120
    assert len(negatives) >= 30
    assert len(set(texts)) == len(texts)
    assert all(row["entities"] and row["why"] for row in MENTIONS)


def test_golden_names_known_entities() -> None:
    drugs = {entity for row in MENTIONS for entity in expected_of(row["entities"])}
    measures = {entity for row in PRIMARY for entity in expected_of(row["measures"])}

    assert drugs - set(LEXICONS["Intervention"].entries) == set()
    assert measures - set(LEXICONS["Measure"].entries) == set()


@pytest.mark.parametrize("row", MENTIONS, ids=lambda row: row["text"])
def test_mention_links_to_nothing_wrong(row: dict[str, str]) -> None:
    assert linked_by(LEXICONS["Intervention"], row["text"]) - expected_of(row["entities"]) == set(), row["why"]


def test_mentions_are_found_again() -> None:
    wanted = [(row["text"], entity) for row in MENTIONS for entity in expected_of(row["entities"])]
    missed = [(text, entity) for text, entity in wanted if entity not in linked_by(LEXICONS["Intervention"], text)]

    assert len(wanted) >= 120
    assert 1 - len(missed) / len(wanted) >= 0.95, missed


def test_golden_covers_every_primary_outcome() -> None:
    outcomes = {
        (trial.id, outcome.title)
        for trial in TRIALS.values()
        for outcome in trial.outcomes
        if outcome.priority == "primary"
    }

    assert len(outcomes) >= 100
    assert outcomes == {(row["trial"], row["text"]) for row in PRIMARY}


@pytest.mark.parametrize("row", PRIMARY, ids=lambda row: f"{row['trial']}-{row['text']}")
def test_primary_outcome_links_as_golden(row: dict[str, str]) -> None:
    assert expected_of(row["measures"]) == linked_by(LEXICONS["Measure"], row["text"]), row["why"]


def test_most_primary_outcomes_link() -> None:
    unlinked = [row["text"] for row in PRIMARY if not linked_by(LEXICONS["Measure"], row["text"])]

    assert 1 - len(unlinked) / len(PRIMARY) >= 0.92, unlinked


def test_most_drugs_of_trials_link() -> None:
    texts = [use.text for trial in TRIALS.values() for use in trial.uses if use.kind in ("drug", "biological")]
    unlinked = [text for text in texts if not LEXICONS["Intervention"].link(text)]

    assert len(texts) >= 100
    assert 1 - len(unlinked) / len(texts) >= 0.97, unlinked


@pytest.mark.parametrize("name", ["Disease", "Intervention", "Measure", "Organisation"])
def test_no_name_stands_for_two_entities(name: str) -> None:
    assert LEXICONS[name].entries
    assert LEXICONS[name].ambiguous == {}


def test_decisions_name_known_entities() -> None:
    known = {name: set(lexicon.entries) for name, lexicon in LEXICONS.items()}
    rows = [sourced.record for sourced in RECORDS if isinstance(sourced.record, NameRow)]
    unknown = [row.text for row in rows if not {*row.interventions, *row.diseases, *row.measures} <= known[row.kind]]

    assert rows
    assert unknown == []


# Small records

ROWS: tuple[Record, ...] = (
    DrugRow(name="abatacept", kind="Drug", synonyms=("Orencia",), sources=("x",)),
    DrugRow(name="azathioprine", kind="Drug", sources=("x",)),
    DrugRow(name="prednisone", kind="Drug", drug_class="glucocorticoid", sources=("x",)),
    DrugRow(name="glucocorticoids", kind="DrugGroup", drug_class="glucocorticoid", sources=("x",)),
    DrugRow(name="insulin (unspecified)", kind="Drug", drug_class="hormone", synonyms=("insulin",), sources=("x",)),
    DrugRow(name="insulin glargine", kind="Drug", drug_class="hormone", sources=("x",)),
    DiseaseRow(name="dermatomyositis", group="myositis", synonyms=("DM",), sources=("x",)),
    MeasureRow(name="manual muscle testing", abbreviation="MMT", direction="d", domain="d", verified="no", sources=()),
    MeasureRow(name="pain", direction="d", domain="d", verified="no", sources=("x",)),
    OrganisationRow(name="University of Pittsburgh", synonyms=("Pitt",), sources=("x",)),
    CountryRow(name="Japan", iso="JP", sources=("x",)),
    NameRow(
        text="study drug",
        kind="Intervention",
        curator="c",
        date=PartialDate("2026"),
        justification="it names none",
    ),
)
TRIAL = Trial(
    id="NCT1",
    title="A trial",
    conditions=("DM",),
    study_type="Interventional",
    uses=(Use(text="Orencia", role="experimental"),),
    arms=(Arm(label="treated", kind="experimental", uses=("Orencia",)),),
    sources=("https://example.org",),
    verification="checked against ClinicalTrials.gov",
)


def source(record: Record) -> Sourced:
    name = type(record).__name__
    return Sourced(record=record, source=f"test-{name}", path=f"{name}.json", pointer="/top")


def link(record: Record) -> LinkedRecord:
    sources = [source(row) for row in (*ROWS, TRIAL)]
    return Linker(CONTRACT, sources).link(source(record))


def trial(**changes: object) -> Trial:
    verification = next(notation for scheme, notation in CONTRACT.notations if scheme == "Verification")
    changed: Trial = msgspec.structs.replace(TRIAL, **{"verification": verification} | changes)
    return changed


def terms_at(linked: LinkedRecord, pointer: str) -> list[LinkedTerm]:
    return [term for (place, _), terms in linked.terms.items() if place == pointer for term in terms]


@pytest.mark.parametrize(
    ("record", "pointer", "expected"),
    [
        (trial(), "/top/conditions/0", LinkedTerm(own("disease", "dermatomyositis"), "synonym", 1.0)),
        (trial(), "/top/uses/0/text", LinkedTerm(own("drug", "abatacept"), "synonym", 1.0)),
        (trial(), "/top/study_type", LinkedTerm(CONTRACT.notations["StudyType", "Interventional"], "notation", 1.0)),
        (trial(countries=("Japan",)), "/top/countries/0", LinkedTerm(own("country", "japan"), "key", 1.0)),
        (trial(extension_of="NCT1"), "/top/extension_of", LinkedTerm(own("trial", "NCT1"), "key", 1.0)),
        (
            trial(uses=(Use(text="azathiopirne", role="experimental"),), arms=()),
            "/top/uses/0/text",
            LinkedTerm(own("drug", "azathioprine"), "fuzzy", 0.917),
        ),
        (ROWS[2], "/top/drug_class", LinkedTerm(own("drugclass", "glucocorticoid"), "mint", 1.0)),
        (ROWS[2], "/top/kind", LinkedTerm(PREFIXES["myo"] + "Drug", "class", 1.0)),
        (
            CellTypeRow(name="T cell", cl=("CL:0000084",), sources=("x",)),
            "/top/cl/0",
            LinkedTerm(PREFIXES["CL"] + "0000084", "curie", 1.0),
        ),
        (
            trial(publications=(Publication(id="pubmed:1", label="p", pubmed="pubmed:1"),)),
            "/top/publications/0/pubmed",
            LinkedTerm(PREFIXES["pubmed"] + "1", "curie", 1.0),
        ),
    ],
)
def test_text_becomes_an_iri(record: Record, pointer: str, expected: LinkedTerm) -> None:
    assert expected in terms_at(link(record), pointer)


def test_arm_names_a_use_of_the_same_trial() -> None:
    linked = link(trial())
    uses = [visit.value for visit in linked.visits if visit.field is not None and visit.field.name == "uses"]

    assert terms_at(linked, "/top/arms/0/uses/0") == [LinkedTerm(str(uses[0]), "record", 1.0)]


def test_every_link_of_the_contract_is_answered() -> None:
    linked = link(trial())
    asked = {
        (visit.pointer, visit.field.shape)
        for visit in linked.visits
        if visit.field is not None and visit.field.range and visit.field.kind != "child"
    }

    assert asked == set(linked.terms)
    assert linked.unresolved == ()
    assert linked.sourced == source(trial())


@pytest.mark.parametrize(
    ("record", "place", "seen", "expected"),
    [
        (trial(phase="Phase 9"), "/top/phase", "Phase 9", "'Phase 2'"),
        (trial(phase="Phase 9"), "/top/phase", "Phase 9", "ontology/concepts.ttl"),
        (trial(countries=("Atlantis",)), "/top/countries/0", "Atlantis", "the key of a Country in the tables"),
        (trial(extension_of="NCT2"), "/top/extension_of", "NCT2", "the key of a Trial in the tables or records"),
        (
            trial(arms=(Arm(label="treated", kind="experimental", uses=("Orencai",)),)),
            "/top/arms/0/uses/0",
            "Orencai",
            "the text of a Use of the same trial",
        ),
        (DrugRow(name="new", kind="Dragée", sources=("x",)), "/top/kind", "Dragée", "DrugGroup"),
        (
            DrugRow(name="new", kind="Drug", atc=("rxnorm:1",), sources=("x",)),
            "/top/atc/0",
            "rxnorm:1",
            "an identifier that starts with atc:",
        ),
        (
            DrugRow(name="new", kind="Drug", atc=("atc:L04 AA",), sources=("x",)),
            "/top/atc/0",
            "atc:L04 AA",
            "an identifier without spaces",
        ),
        (
            DrugRow(name="new", kind="Drug", drug_class="--", sources=("x",)),
            "/top/drug_class",
            "--",
            "a key with at least one letter or digit",
        ),
        (
            MechanismRow(
                drug="nothing",
                action="binds",
                label="l",
                action_detail="d",
                statement="s",
                evidence="e",
                sources=("x",),
            ),
            "/top/drug",
            "nothing",
            "the key of a Intervention in the tables or records",
        ),
    ],
)
def test_unknown_names_are_refused(record: Record, place: str, seen: str, expected: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        link(record)

    assert caught.value.where == f"{type(record).__name__}.json"
    assert (caught.value.place, caught.value.seen) == (place, seen)
    assert expected in caught.value.expected


def test_mention_of_nothing_known_is_kept_with_candidates() -> None:
    linked = link(trial(uses=(Use(text="abatumab", role="experimental"),), arms=()))
    (left,) = linked.unresolved

    assert left[:5] == ("Trial.json", "/top/uses/0/text", "Intervention", "abatumab", False)
    assert left.candidates[0][0] == "abatacept"
    assert terms_at(linked, "/top/uses/0/text") == []


def test_mention_decided_to_name_nothing_has_no_candidates() -> None:
    linked = link(trial(uses=(Use(text="Study drug", role="experimental"),), arms=()))

    assert linked.unresolved == (Unresolved("Trial.json", "/top/uses/0/text", "Intervention", "Study drug", True, ()),)


def test_mention_without_any_table_is_unresolved() -> None:
    linked = Linker(CONTRACT, [source(TRIAL)]).link(source(trial()))

    assert {left.kind for left in linked.unresolved} == {"Disease", "Intervention"}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("Intervention", "glucocorticoids (prednisone)", {"prednisone"}),
        ("Intervention", "glucocorticoids", {"glucocorticoids"}),
        ("Intervention", "insulin; insulin glargine", {"insulin glargine"}),
        ("Intervention", "insulin", {"insulin (unspecified)"}),
        ("Disease", "DM", {"dermatomyositis"}),
        ("Measure", "MMT and pain", {"manual muscle testing", "pain"}),
        ("Organisation", "Pitt", {"University of Pittsburgh"}),
    ],
)
def test_lexicons_are_made_of_rows(kind: str, text: str, expected: set[str]) -> None:
    assert expected == linked_by(lexicons(ROWS)[kind], text)


def test_lexicons_pass_over_other_records() -> None:
    found = lexicons([TRIAL, ROWS[-2]])

    assert len(found) == 4
    assert [name for name, lexicon in found.items() if lexicon.entries] == []


def test_outcomes_link_to_measures() -> None:
    linked = link(trial(outcomes=(Outcome(priority="primary", title="Change in MMT"),)))

    assert LinkedTerm(own("measure", "manual-muscle-testing"), "synonym", 1.0) in terms_at(
        linked, "/top/outcomes/0/title"
    )


def test_decision_of_an_unknown_kind_is_refused() -> None:
    row = NameRow(text="x", kind="Interventions", curator="c", date=PartialDate("2026"), justification="j")
    with pytest.raises(KgError, match="Interventions"):
        Linker(CONTRACT, [source(row)]).link(source(row))


def test_decision_for_an_unknown_entity_is_refused() -> None:
    row = NameRow(
        text="study medicine",
        kind="Intervention",
        interventions=("abatecept",),
        curator="c",
        date=PartialDate("2026"),
        justification="j",
    )
    linker = Linker(CONTRACT, [source(record) for record in (*ROWS, row)])
    with pytest.raises(KgError, match="abatecept"):
        linker.link(source(trial(uses=(Use(text="study medicine", role="experimental"),), arms=())))
