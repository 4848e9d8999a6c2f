"""Words of a person: names, families, misspellings; several meanings and none are refused."""

from __future__ import annotations

import pytest

from kg import families, meanings
from kg.errors import QueryError
from kg.names import own, shrink
from kg.store import Embedded, Term

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
ACRONYM = "<https://w3id.org/myositis-kg/ontology/acronym>"


def found(store: Embedded, kind: str, text: str, scheme: str = "") -> list[str]:
    return [shrink(term.value).partition(":")[2] for term in meanings.find(store, kind, text, scheme).terms]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("drug", "Orencia", "abatacept"),
        ("drug", "abacepil", "abatacept"),
        ("drug", "drug:abatacept", "abatacept"),
        ("drug", "https://w3id.org/myositis-kg/drug/abatacept", "abatacept"),
        ("drug", "CTLA4Ig", "abatacept"),
        ("drug", "ctla-4 ig", "abatacept"),
        ("drug", "IVIG", "human-immunoglobulin-intravenous"),
        ("drug", "INTRAVENOUS immunoglobulin", "human-immunoglobulin-intravenous"),
        ("drug", "Mycophenolate  mofetil", "mycophenolate-mofetil"),
        ("disease", "IBM", "inclusion-body-myositis"),
        ("disease", "JDM", "juvenile-dermatomyositis"),
        ("disease", "ILD", "interstitial-lung-disease"),
        ("measure", "CDASI-A", "cutaneous-dermatomyositis-disease-area-and-severity-index-activity"),
        ("measure", "6MWD", "six-minute-walk-distance"),
        ("trial", "ProDERM", "NCT02728752"),
        ("trial", "IM101-611", "NCT02971683"),
        ("target", "FcRn", "FCGRT"),
        ("target", "CD20", "MS4A1"),
        ("country", "DE", "germany"),
        ("organisation", "Novartis", "novartis-pharmaceuticals"),
    ],
)
def test_name(kind: str, text: str, expected: str, union_store: Embedded) -> None:
    assert found(union_store, kind, text) == [expected]


@pytest.mark.parametrize(
    ("scheme", "text", "expected"),
    [
        ("Course", "refractory", "CourseRefractory"),
        ("Phase", "Phase 3", "Phase3"),
        ("Phase", "phase3", "Phase3"),
        ("Status", "Not yet recruiting", "StatusNotYetRecruiting"),
        ("Role", "RoleBackground", "RoleBackground"),
        ("ArmKind", "other", "ArmKindOther"),
    ],
)
def test_concept_of_a_code_list(scheme: str, text: str, expected: str, union_store: Embedded) -> None:
    assert found(union_store, "concept", text, scheme) == [expected]


TNF = ("adalimumab-neutralises-tnf", "etanercept-neutralises-tnf-lta", "infliximab-neutralises-tnf")
MYOSTATIN = (
    "bimagrumab-blocks-acvr2a-acvr2b",
    "follistatin-gene-therapy-raav1-cmv-hufollistatin344-supplies-fst",
)
FAMILIES = [
    ("target", "JAK", "JAK1 JAK2 JAK3"),
    ("target", "CD80/CD86", "CD80 CD86"),
    ("drug", "JAK inhibitors", "baricitinib brepocitinib filgotinib povorcitinib ruxolitinib tofacitinib upadacitinib"),
    ("mechanism", "CTLA-4", "abatacept-binds-cd80-cd86 belatacept-binds-cd80-cd86"),
    ("mechanism", "co-stimulation", "abatacept-binds-cd80-cd86 belatacept-binds-cd80-cd86"),
    ("mechanism", "costimulation blockade", "abatacept-binds-cd80-cd86 belatacept-binds-cd80-cd86"),
    ("mechanism", "CD80 and CD86", "abatacept-binds-cd80-cd86 belatacept-binds-cd80-cd86"),
    ("mechanism", "CD28", "abatacept-binds-cd80-cd86 belatacept-binds-cd80-cd86"),
    ("mechanism", "TYK2", "brepocitinib-inhibits-tyk2-jak1 deucravacitinib-inhibits-tyk2 glpg3667-inhibits-tyk2"),
    (
        "mechanism",
        "complement inhibition",
        "eculizumab-inhibits-c5 empasiprubart-inhibits-c2 ravulizumab-inhibits-c5 ruxoprubart-inhibits-cfb "
        "zilucoplan-inhibits-c5",
    ),
    (
        "mechanism",
        "FcRn",
        "batoclimab-blocks-fcgrt efgartigimod-alfa-blocks-fcgrt nipocalimab-blocks-fcgrt "
        "rozanolixizumab-blocks-fcgrt",
    ),
    ("mechanism", "anti-CD20", "obinutuzumab-binds-ms4a1 ocrelizumab-binds-ms4a1 rituximab-binds-ms4a1"),
    ("mechanism", "IL-6", "tocilizumab-blocks-il6r"),
    ("mechanism", "TNF inhibitors", " ".join(TNF)),
    ("mechanism", "IL1B", "canakinumab-neutralises-il1b gevokizumab-modulates-il1b"),
    ("mechanism", "myostatin", " ".join(MYOSTATIN)),
    ("mechanism", "Orencia", "abatacept-binds-cd80-cd86"),
    ("mechanism", "abatacept binds CD80 and CD86", "abatacept-binds-cd80-cd86"),
    (
        "measure",
        "TIS",
        "total-improvement-score tis-major-improvement tis-minimal-improvement tis-moderate-improvement",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "expected"), FAMILIES, ids=[f"{kind}-{text}" for kind, text, _ in FAMILIES])
def test_family(kind: str, text: str, expected: str, union_store: Embedded) -> None:
    assert sorted(found(union_store, kind, text)) == sorted(expected.split())


def test_complement_is_not_what_kills_by_complement(union_store: Embedded) -> None:
    """Rituximab promotes complement-dependent cytotoxicity, immunoglobulin scavenges complement fragments."""
    members = " ".join(found(union_store, "mechanism", "complement"))

    assert "rituximab" not in members
    assert "immunoglobulin" not in members


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [("drug", "abatecept", "abatacept"), ("disease", "dermatomyosits", "dermatomyositis")],
)
def test_misspelling(kind: str, text: str, expected: str, union_store: Embedded) -> None:
    meaning = meanings.find(union_store, kind, text)

    assert meaning.labels == (expected,)
    assert str(meaning) == f"{expected} ({text}, misspelling)"


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("drug", "xyzzy", "no drug is named 'xyzzy'$"),
        ("disease", "refractory dermatomyositis", "no disease is named .*; did you mean 'dermatomyositis'"),
        ("drug", "abatcpt", "did you mean 'abatacept'"),
        ("drug", "drug:no-such-drug", "nothing in the graph is 'drug:no-such-drug'"),
        ("drug", "disease:dermatomyositis", "disease:dermatomyositis is no drug"),
        ("drug", "https://example.org/x", "nothing in the graph is"),
        ("mechanism", "inhibitor of nothing", "no mechanism is named"),
        ("mechanism", "", "no mechanism is named"),
        ("trial", "NCT99999999", "no trial is named"),
        ("integer", "many", "'many' is no whole number"),
    ],
)
def test_nothing_is_meant(kind: str, text: str, said: str, union_store: Embedded) -> None:
    with pytest.raises(QueryError, match=said):
        meanings.find(union_store, kind, text)


def test_name_of_a_kind_without_things() -> None:
    with pytest.raises(QueryError, match=r"^no country is named 'x'$"):
        meanings.find(Embedded(), "country", "x")


def test_several_are_meant() -> None:
    store = Embedded()
    trials = ("NCT1", "NCT2")
    store.load(f'<{own("trial", trial)}> {ACRONYM} "RIM" .' for trial in trials)
    store.load(f'<{own("trial", trial)}> {LABEL} "Trial {trial}"@en .' for trial in trials)

    with pytest.raises(QueryError, match=r"more than one trial: 'Trial NCT1' \(trial:NCT1\), .* give one of them"):
        meanings.find(store, "trial", "RIM")


def test_preferred_name_comes_before_others() -> None:
    store = Embedded()
    other = "<http://www.w3.org/2004/02/skos/core#altLabel>"
    store.load([f'<{own("drug", "a")}> {LABEL} "A"@en .', f'<{own("drug", "b")}> {other} "A"@en .'])

    assert meanings.find(store, "drug", "a").terms == (Term(own("drug", "a"), "iri"),)


def test_families_have_reasons(union_store: Embedded) -> None:
    ways = {text: meanings.find(union_store, "mechanism", text).how for text in ("JAK", "CTLA-4", "autophagy", "CD28")}

    assert ways == {"JAK": "class and target", "CTLA-4": "origin", "autophagy": "process", "CD28": "process"}


@pytest.mark.parametrize("text", ["", "/", "inhibitor", "🜚", "a" * 10_000, "x/" * 500])
def test_families_of_odd_words(text: str, union_store: Embedded) -> None:
    assert families.find(union_store, "target", text, meanings.Meaning) is None
