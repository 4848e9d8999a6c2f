"""The record types of pages: what a page is, and what it claims of the world.

What a page says of its trial is a `kg.records.Trial` like that of any other source.  What it says of
the world (how a drug acts, what it is approved for, who recommends it) is one `Claim` for each
statement: a claim is what a text says, whether it is right or not.
"""

from __future__ import annotations

from kg.records import Record
from kg.values import PartialDate


class Page(Record, frozen=True, kw_only=True):
    """A document that describes one trial in words."""

    id: str
    """Lower-case letters, digits and hyphens; claims and files are named after it."""
    label: str
    trial: str
    """The registry id of the trial that it describes."""
    urls: tuple[str, ...] = ()
    dated: PartialDate | None = None
    """When it says that it was last changed."""
    text_hash: str | None = None
    """SHA-256 of the bytes of its text, by which a copy at hand is known to be this page."""


class Claim(Record, frozen=True, kw_only=True):
    """What a text says of the world."""

    page: str
    label: str
    """The statement in a few words; unique on its page."""
    kind: str
    """Mechanism, approval, recommendation, background, derivation, role, gap or experience."""
    polarity: str
    """Affirmed or denied."""
    hedged: bool | None = None
    """Whether the wording leaves open that it holds."""
    trial: str | None = None
    """The trial that it speaks of, where it speaks of one."""
    drugs: tuple[str, ...] = ()
    """The interventions as written."""
    action: str | None = None
    targets: tuple[str, ...] = ()
    """Approved gene symbols."""
    target_texts: tuple[str, ...] = ()
    """What the drug is said to act on, as written."""
    processes: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    natures: tuple[str, ...] = ()
    """What kind of substance or agent the drug is said to be."""
    derived_from: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()
    """The diseases as written."""
    regulators: tuple[str, ...] = ()
    line: str | None = None
    """The line of therapy that a recommendation is about."""
    by: tuple[str, ...] = ()
    """Who recommends or approves, in words."""
    evidence: tuple[str, ...] = ()
    """What the statement says that it rests on."""
    year: PartialDate | None = None
    statement: str | None = None
    """The claim as a curator puts it, in a sentence."""
    sentences_at: tuple[str, ...] = ()
    """Where it stands in the text of the page: ``char=1341,1479``."""
    sentences: tuple[str, ...] = ()
    """The sentences that make it, verbatim."""
