"""Every rule finds its examples and leaves its counter-examples alone; claims of whole sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.reading.claims import read
from kg.reading.forms import Forms, Name
from kg.reading.rules import rules
from kg.reading.statements import Claims
from kg.reading.text import of

RULES = rules().by_id
EXAMPLES = [(rule, example) for rule, spec in RULES.items() for example in spec.example]
COUNTERS = [(rule, text) for rule, spec in RULES.items() for text in spec.counter]


def made_by(rule: str, text: str) -> list[Any]:
    claims = read(of(text))
    found: tuple[Any, ...] = (*claims.mechanism, *claims.approvals, *claims.recommendations, *claims.others)
    return [claim for claim in found if claim.rule == rule and not claim.denied]


def test_every_rule_has_tests() -> None:
    assert len(RULES) > 20
    assert all(spec.example and spec.counter for spec in RULES.values())


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[rule for rule, _ in EXAMPLES])
def test_examples(rule: str, example: dict[str, Any]) -> None:
    found = made_by(rule, example["text"])
    assert found, read(of(example["text"]))
    for field, value in example.items():
        if field == "indications" and hasattr(found[0], "indication"):
            assert [found[0].indication] == value
        elif field != "text":
            got = getattr(found[0], field)
            assert (list(got) if isinstance(got, tuple) else got) == value


@pytest.mark.parametrize(
    ("rule", "text"), COUNTERS, ids=[f"{rule}-{place}" for place, (rule, _) in enumerate(COUNTERS)]
)
def test_counter_examples(rule: str, text: str) -> None:
    assert made_by(rule, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Tocilizumab is not approved for myositis.",
        "There are no FDA-approved therapies for inclusion body myositis.",
        "Abatacept was never licensed for dermatomyositis.",
        "Neither rituximab nor abatacept is approved for dermatomyositis.",
        "No authority has approved rituximab for dermatomyositis.",
        "The sponsor seeks FDA approval of abatacept for dermatomyositis.",
        "IVIG has been used off-label for dermatomyositis.",
        "Abatacept is recommended for dermatomyositis.",
        "The ethics committee has approved abatacept for patients with lupus.",
        "Abatacept is approved for three types of rheumatic diseases.",
    ],
)
def test_no_approval(text: str) -> None:
    assert [claim for claim in read(of(text)).approvals if not claim.denied] == []


@pytest.mark.parametrize(
    "text",
    [
        "Bimagrumab does not bind to ActRIIA.",
        "The study will evaluate whether infliximab blocks TNF.",
        "Patients must not have been treated with JAK inhibitors such as tofacitinib.",
        "TYK2 relays the messages of IL-12.",
        "Rituximab was stopped and IL-6 levels fell.",
        "Patients on rituximab have low CD20 counts.",
        "In people on tocilizumab IL-6 activates B cells.",
    ],
)
def test_no_mechanism(text: str) -> None:
    assert [claim for claim in read(of(text)).mechanism if not claim.denied] == []


def test_denials_are_kept_as_such() -> None:
    claims = read(of("Bimagrumab does not bind to ActRIIA. Tocilizumab is not approved for myositis."))

    assert [(claim.drug, claim.denied) for claim in claims.mechanism] == [("bimagrumab", True)]
    assert [(claim.drug, claim.denied) for claim in claims.approvals] == [("tocilizumab", True)]


def test_hedges() -> None:
    claims = read(of("It is thought that sirolimus may inhibit mTOR in muscle."))
    assert [(claim.drug, claim.hedged) for claim in claims.mechanism] == [("sirolimus", True)]


def test_an_approval_and_its_exception() -> None:
    claims = read(of("Upadacitinib has approval from the EMA and FDA for rheumatoid arthritis, but not for lupus."))
    assert [(claim.indications, claim.agencies) for claim in claims.approvals] == [
        (("rheumatoid arthritis",), ("EMA", "FDA"))
    ]


def test_each_of_several_drugs_makes_a_claim() -> None:
    claims = read(of("Tofacitinib and baricitinib are approved for rheumatoid arthritis."))
    assert [claim.entity for claim in claims.approvals] == ["tofacitinib", "baricitinib"]


def test_pronouns() -> None:
    claims = read(of("Zilucoplan is given daily. C5 is cut in blood. It binds to C5."))
    assert [(claim.drug, claim.surface, claim.targets) for claim in claims.mechanism] == [("zilucoplan", "It", ("C5",))]


def test_targets_by_their_look() -> None:
    claims = read(of("Empagliflozin inhibits SGLT2. Finerenone is a mineralocorticoid receptor antagonist."))
    assert [claim.targets for claim in claims.mechanism] == [("SGLT2",), ("mineralocorticoid receptor",)]


def test_receipts() -> None:
    text = r"Apremilast blocks TNF\-alpha \& IL\-17. It is old."
    (claim,) = read(of(text)).mechanism
    assert claim.quote == text[slice(*claim.span)] == r"Apremilast blocks TNF\-alpha \& IL\-17."
    assert claim.targets == ("TNF-alpha", "IL-17")


def test_background_and_silent_parts() -> None:
    text = (
        "Tacrolimus is studied in myositis. Patients stay on stable prednisone, MTX or hydroxychloroquine; "
        "rituximab within 6 months is excluded.\nExclusion criteria\nstable azathioprine"
    )
    page = of(text)
    found = read(page, silent=[(text.index("Exclusion"), len(text))])
    assert [claim.drug for claim in found.background] == ["prednisone", "methotrexate", "hydroxychloroquine"]


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    page = of(text)
    for claims in read(page):
        for claim in claims:
            assert page.original[slice(*claim.span)] == claim.quote


@given(
    st.lists(
        st.sampled_from(sorted({word for _, example in EXAMPLES for word in str(example["text"]).split()})),
        max_size=40,
    )
)
def test_shuffled_words(words: list[str]) -> None:
    assert isinstance(read(of(" ".join(words))), Claims)


@pytest.mark.parametrize("form", ["<drug:drug> {unknown}", "<drug:drug> ...99 binds", "<drug:drug> ( binds"])
def test_bad_forms(form: str) -> None:
    with pytest.raises(SourceError, match=r"rules\.toml"):
        Forms({"bad": form}, {}, [], [], [], [(Name("abatacept", "drug", "abatacept"),)])
