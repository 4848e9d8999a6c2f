"""Record types of results as a registry posts them: figure by figure, as the registry arranges them.

Fields that only the IRI of a record says: ``key`` (what tells a thing without a name from others of
the trial) and ``repeat`` (2 for the second of two siblings that the source calls the same).

A figure is kept as a number; its text stands beside it in a field that ends in ``_text`` only where
the number would not give the text back.
"""

from __future__ import annotations

from decimal import Decimal

from kg.record import Record
from kg.values import PartialDate


class GroupCount(Record, frozen=True, kw_only=True):
    """Number of participants, or of other units, counted in a result group."""

    group: str
    count: int | None = None
    participants: int | None = None
    events: int | None = None
    units: int | None = None
    text: str | None = None
    comment: str | None = None
    repeat: int | None = None


class ResultGroup(Record, frozen=True, kw_only=True):
    """Group of participants for which posted results give figures."""

    id: str
    title: str
    description: str | None = None
    arm: str | None = None
    deaths_affected: int | None = None
    deaths_at_risk: int | None = None
    serious_affected: int | None = None
    serious_at_risk: int | None = None
    other_affected: int | None = None
    other_at_risk: int | None = None
    repeat: int | None = None


class FlowStep(Record, frozen=True, kw_only=True):
    """Point that participants reached in a flow period, or reason for which they left it."""

    kind: str
    position: int
    comment: str | None = None
    counts: tuple[GroupCount, ...] = ()
    repeat: int | None = None


class FlowPeriod(Record, frozen=True, kw_only=True):
    """Stage of a participant flow with its own start and completion."""

    title: str
    position: int
    milestones: tuple[FlowStep, ...] = ()
    drop_outs: tuple[FlowStep, ...] = ()
    repeat: int | None = None


class ParticipantFlow(Record, frozen=True, kw_only=True):
    """Account of how participants went through a trial, as its results were posted in a registry."""

    key: str
    label: str
    recruitment: str | None = None
    pre_assignment: str | None = None
    units: str | None = None
    groups: tuple[ResultGroup, ...] = ()
    periods: tuple[FlowPeriod, ...] = ()


class Denominator(Record, frozen=True, kw_only=True):
    """Numbers of participants or other units that posted figures are about, group by group."""

    units: str
    counts: tuple[GroupCount, ...] = ()
    repeat: int | None = None


class Measurement(Record, frozen=True, kw_only=True):
    """Figure that was posted for one group."""

    group: str
    value: Decimal | None = None
    value_text: str | None = None
    spread: Decimal | None = None
    spread_text: str | None = None
    lower: Decimal | None = None
    lower_text: str | None = None
    upper: Decimal | None = None
    upper_text: str | None = None
    comment: str | None = None
    repeat: int | None = None


class PostedCategory(Record, frozen=True, kw_only=True):
    """One of the answers among which a posted class is split, or the whole of it if it has no title."""

    key: str
    title: str | None = None
    position: int
    measurements: tuple[Measurement, ...] = ()


class PostedClass(Record, frozen=True, kw_only=True):
    """Row of a posted measure: a time, a part of the body or another split, or the whole if it has no title."""

    key: str
    title: str | None = None
    position: int
    denominators: tuple[Denominator, ...] = ()
    categories: tuple[PostedCategory, ...] = ()


class Analysis(Record, frozen=True, kw_only=True):
    """Statistical comparison or estimate that was posted with a measure."""

    key: str
    position: int
    groups: tuple[str, ...] = ()
    group_description: str | None = None
    hypothesis: str | None = None
    hypothesis_comment: str | None = None
    tested_non_inferiority: bool | None = None
    p_value: Decimal | None = None
    p_relation: str | None = None
    p_text: str | None = None
    p_comment: str | None = None
    method: str | None = None
    method_comment: str | None = None
    estimate_kind: str | None = None
    value: Decimal | None = None
    value_text: str | None = None
    dispersion: str | None = None
    spread: Decimal | None = None
    spread_text: str | None = None
    sides: str | None = None
    level: Decimal | None = None
    level_text: str | None = None
    lower: Decimal | None = None
    lower_text: str | None = None
    lower_comment: str | None = None
    upper: Decimal | None = None
    upper_text: str | None = None
    upper_comment: str | None = None
    comment: str | None = None
    other_description: str | None = None


class PostedMeasure(Record, frozen=True, kw_only=True):
    """Outcome, or characteristic at the start, with the figures that were posted for it in a registry."""

    title: str
    position: int
    priority: str | None = None
    outcome: str | None = None
    time_frame: str | None = None
    description: str | None = None
    population: str | None = None
    reporting: str | None = None
    expected: PartialDate | None = None
    statistic: str | None = None
    dispersion: str | None = None
    unit: str | None = None
    percentages: bool | None = None
    units: str | None = None
    denominator_units: str | None = None
    groups: tuple[ResultGroup, ...] = ()
    denominators: tuple[Denominator, ...] = ()
    classes: tuple[PostedClass, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    repeat: int | None = None


class Baseline(Record, frozen=True, kw_only=True):
    """Characteristics of the participants of a trial at its start, as its results were posted in a registry."""

    key: str
    label: str
    population: str | None = None
    units: str | None = None
    groups: tuple[ResultGroup, ...] = ()
    denominators: tuple[Denominator, ...] = ()
    measures: tuple[PostedMeasure, ...] = ()


class AdverseEvent(Record, frozen=True, kw_only=True):
    """Kind of harm, with how many participants of each group it befell."""

    term: str
    serious: bool
    organ_system: str | None = None
    vocabulary: str | None = None
    assessment: str | None = None
    notes: str | None = None
    counts: tuple[GroupCount, ...] = ()
    repeat: int | None = None


class AdverseEvents(Record, frozen=True, kw_only=True):
    """Account of the harms seen in a trial, as its results were posted in a registry."""

    key: str
    label: str
    time_frame: str | None = None
    description: str | None = None
    threshold: Decimal | None = None
    threshold_text: str | None = None
    mortality_comment: str | None = None
    groups: tuple[ResultGroup, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
