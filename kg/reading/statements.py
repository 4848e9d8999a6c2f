"""What a page can claim: one record type for each kind of claim, all with the sentence as receipt."""

from __future__ import annotations

from typing import NamedTuple


class Mechanism(NamedTuple):
    """How a drug acts."""

    drug: str
    surface: str
    """The drug as written; a pronoun where it stands for the drug."""
    action: str
    targets: tuple[str, ...]
    """As written."""
    symbols: tuple[str, ...]
    """Approved gene symbols of the targets, as far as known."""
    effect: str | None
    drug_class: str | None
    denied: bool
    hedged: bool
    span: tuple[int, int]
    """Place in the original text."""
    quote: str
    rule: str
    entity: str | None = None
    """The drug's name in the tables, if it has a row."""


class Approval(NamedTuple):
    """For which indications a drug is said to be approved."""

    drug: str
    surface: str
    indications: tuple[str, ...]
    agencies: tuple[str, ...]
    denied: bool
    hedged: bool
    span: tuple[int, int]
    quote: str
    rule: str
    entity: str | None = None


class Recommendation(NamedTuple):
    """Who recommends a drug, for what, in which line."""

    drug: str
    surface: str
    indication: str
    line: str | None
    by: str | None
    evidence: str | None
    denied: bool
    hedged: bool
    span: tuple[int, int]
    quote: str
    rule: str
    entity: str | None = None


class Statement(NamedTuple):
    """A background treatment, a gap, a derivation, a role, an earlier experience."""

    kind: str
    drug: str | None
    surface: str
    value: str | None
    denied: bool
    hedged: bool
    span: tuple[int, int]
    quote: str
    rule: str
    entity: str | None = None


class Claims(NamedTuple):
    """All claims of a page, in the order of the text."""

    mechanism: tuple[Mechanism, ...]
    approvals: tuple[Approval, ...]
    recommendations: tuple[Recommendation, ...]
    background: tuple[Statement, ...]
    negations: tuple[Statement, ...]
    others: tuple[Statement, ...]
