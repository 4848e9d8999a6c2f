"""What a page about a trial states, as records: every value with its place and quote."""

from __future__ import annotations

import msgspec

from kg.reading.statements import Claims

ENUMERATED = ("phase", "status", "study_type", "allocation", "model", "masking", "purpose", "sex")
"""Fields whose values are notations."""
DATED = ("start_date", "completion_date", "primary_completion_date")
"""Fields whose values are dates."""


class Fact(msgspec.Struct, frozen=True):
    """A value, where it stands in the original text, and the text there."""

    value: str | int
    span: tuple[int, int]
    quote: str


class Intervention(msgspec.Struct, frozen=True):
    """A drug or other intervention that the page names, and its role."""

    name: str
    canonical: str
    role: str
    span: tuple[int, int]
    quote: str
    entity: str | None = None
    """Its name in the tables, if it has a row."""
    dose: str | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What the trial measures."""

    measure: str
    canonical: str
    type: str
    span: tuple[int, int]
    quote: str
    entity: str | None = None
    time_frame: str | None = None
    range: str | None = None
    direction: str | None = None


class Condition(msgspec.Struct, frozen=True):
    """A disease that the trial is about."""

    name: str
    canonical: str
    span: tuple[int, int]
    quote: str
    entity: str | None = None


class Location(msgspec.Struct, frozen=True):
    """A site."""

    facility: str | None
    city: str | None
    country: str | None
    span: tuple[int, int]
    quote: str


class Reading(msgspec.Struct, frozen=True):
    """All that a page states about its trial."""

    style: str
    facts: dict[str, Fact]
    """Field -> value; a field that is absent was not stated."""
    secondary_ids: tuple[Fact, ...] = ()
    conditions: tuple[Condition, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    locations: tuple[Location, ...] = ()
    countries: tuple[Fact, ...] = ()
    claims: Claims | None = None
    """What its prose says of mechanisms, approvals, recommendations and background treatments."""

    def value(self, field: str) -> str | int | None:
        """Return the value of a field, None if it was not stated."""
        fact = self.facts.get(field)
        return None if fact is None else fact.value
