"""The record types: one frozen struct per class of the ontology that a source can fill.

A trial record on disk (``data/trials/*.json``) is exactly one `Trial` in JSON; the JSON Schema
beside the records is generated from these types.  Names of fields are the names that
``ontology/shapes.ttl`` uses to say which property a field fills.  A field that is absent was not
stated by the source: nothing here has a default that means something.

Text that names an entity (a condition, an intervention, an outcome) stays as the source wrote it;
linking it to an entity is the work of `kg.link`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from kg.errors import SourceError
from kg.posted import AdverseEvents, Baseline, ParticipantFlow, PostedMeasure
from kg.record import Record as Record
from kg.record import text_of as text_of
from kg.registration import Document, Reference, Registration, Resource, Site
from kg.values import Duration, PartialDate


class Use(Record, frozen=True, kw_only=True):
    """One intervention of a trial, as the source lists it."""

    text: str
    """The intervention as written, doses included; unique within the trial."""
    kind: str | None = None
    """The source's kind of intervention: drug, biological, device, behavioural, ..."""
    role: str | None = None
    """Experimental, comparator, placebo, background or conditioning."""
    dose: str | None = None
    route: str | None = None
    frequency: str | None = None
    duration: str | None = None
    description: str | None = None
    other_names: tuple[str, ...] = ()
    repeat: int | None = None
    """2 for the second of two that the source calls the same; stands in the IRI only."""


class Arm(Record, frozen=True, kw_only=True):
    """A group of participants that the source tells apart."""

    label: str
    kind: str | None = None
    uses: tuple[str, ...] = ()
    """The `Use.text` of each intervention that the arm receives."""
    description: str | None = None
    repeat: int | None = None
    """2 for the second of two that the source calls the same; stands in the IRI only."""


class Outcome(Record, frozen=True, kw_only=True):
    """What a trial plans to measure."""

    priority: str
    """Primary or secondary."""
    title: str
    time_frame: str | None = None
    """The time frame in the source's words."""
    times: tuple[Duration, ...] = ()
    """The points or lengths of time that the time frame names."""
    description: str | None = None
    repeat: int | None = None
    """2 for the second of two that the source calls the same; stands in the IRI only."""
    scale: str | None = None
    """The range of the score, as the source states it: ``0-100``."""
    direction: str | None = None
    """Which way of the score is better, as the source states it."""


class GroupValue(Record, frozen=True, kw_only=True):
    """A figure observed in one group of participants."""

    label: str
    """Unique within its result."""
    arm: str | None = None
    """The `Arm.label` of the group, when the group is an arm."""
    subset: str | None = None
    """Who was counted, if not the whole arm: randomized, completed, responders, ..."""
    time_frame: str | None = None
    time: Duration | None = None
    switch_time: Duration | None = None
    """When the group changed over to another treatment, if it did."""
    statistic: str
    """Count, percentage, mean, median, mean change, ..."""
    value: Decimal | None = None
    unit: str | None = None
    count: int | None = None
    """How many of `participants` the statement is true of."""
    participants: int | None = None
    """How many participants the figure is about."""
    percent: Decimal | None = None
    spread: Decimal | None = None
    spread_kind: str | None = None
    """Standard deviation or standard error."""
    lower: Decimal | None = None
    upper: Decimal | None = None
    interval_kind: str | None = None
    """Confidence interval, or range of values."""
    level: Decimal | None = None
    """Confidence level of the interval in percent."""
    p_value: Decimal | None = None
    p_relation: str | None = None
    """How the p-value relates to the figure given: =, < or >."""


class Comparison(Record, frozen=True, kw_only=True):
    """How two or more groups differ."""

    label: str
    """Unique within its result."""
    arms: tuple[str, ...] = ()
    """The `Arm.label` of each group compared."""
    arm: str | None = None
    """The one of `arms` of interest: `value` says how it differs from the other."""
    effect: str | None = None
    """Difference in means, odds ratio, hazard ratio, ...; absent when only p is stated."""
    value: Decimal | None = None
    unit: str | None = None
    spread: Decimal | None = None
    spread_kind: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    interval_kind: str | None = None
    level: Decimal | None = None
    p_value: Decimal | None = None
    p_relation: str | None = None
    method: str | None = None
    """The test or adjustment, in the source's words."""


class Result(Record, frozen=True, kw_only=True):
    """One reported finding with its figures."""

    label: str
    """What was observed, when and in whom, without the figures; unique within the trial."""
    topic: str
    """Efficacy, safety, participants, design or regulatory."""
    priority: str | None = None
    """Primary or secondary, where the source says which outcome it belongs to."""
    measure: str | None = None
    """The measure as written."""
    time_frame: str | None = None
    times: tuple[Duration, ...] = ()
    """The points or lengths of time that the time frame names."""
    population: str | None = None
    """The participants the result is about, if not all."""
    threshold: Decimal | None = None
    """The cut-off that makes a responder, in the unit of the measure."""
    threshold_relation: str | None = None
    start_date: PartialDate | None = None
    end_date: PartialDate | None = None
    finding: str | None = None
    """What the source concludes: better, no difference, worse, ..."""
    values: tuple[GroupValue, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    quote: str
    """The fragment of `Trial.key_results` that this result structures, verbatim."""


class Publication(Record, frozen=True, kw_only=True):
    """A paper or abstract that reports the trial."""

    id: str
    """``pubmed:25433040`` or, without a PubMed identifier, ``doi:10...``."""
    label: str
    pubmed: str | None = None
    doi: str | None = None


class Alternative(Record, frozen=True, kw_only=True):
    """A value that another source, or another version, states for a field of the trial."""

    label: str
    """Field, value and who states it, readable alone."""
    field: str
    """The field of `Trial` that it disagrees with."""
    value: str
    stated_by: str
    """Which source or version says so."""
    used: bool
    """Whether this is the value that the trial record carries."""


class Place(NamedTuple):
    """Where a source says something, and what it says there."""

    locator: str
    """JSON pointer, or a range of characters as RFC 5147 writes it: ``char=120,184``."""
    exact: str
    """The text there, exactly."""
    source: str = ""
    """Local name of the source record that says so, where it is another than that of the whole record."""


class Sourced(msgspec.Struct, frozen=True, kw_only=True):
    """A record and where it stands."""

    record: Record
    source: str
    """Local name of the source record, and so of its graph: ``curated-NCT04946669``, ``table-drugs``."""
    path: str
    """The file, relative to the project, with forward slashes."""
    pointer: str = ""
    """JSON pointer from the top of the file to the record."""
    dated: PartialDate | None = None
    """When the source said so, if it tells."""
    places: Mapping[str, Place] = {}
    """JSON pointer of each value in the record -> its place in the source; empty if the file is the record itself."""

    def place(self, pointer: str, value: str) -> Place:
        """Return where the source says a value of the record.

        Parameters
        ----------
        pointer
            JSON pointer of the value in the record.
        value
            The value as text.

        Raises
        ------
        SourceError
            If the reader of the source did not say where it found the value.

        Examples
        --------
        >>> Sourced(record=Record(), source="x", path="x.json").place("/id", "NCT1").locator
        '/id'
        >>> places = {"/id": Place("char=0,4", "NCT1")}
        >>> Sourced(record=Record(), source="x", path="x.txt", places=places).place("/id", "NCT1").locator
        'char=0,4'
        """
        if not self.places:
            return Place(pointer, value)
        if pointer not in self.places:
            raise SourceError(self.path, pointer, value, "a value whose place in the source is known")
        return self.places[pointer]


class Trial(Record, frozen=True, kw_only=True):
    """A registered trial, as one source describes it."""

    id: str
    title: str
    acronym: str | None = None
    other_ids: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    """Course or stage that title or conditions state: refractory, active, juvenile, ..."""
    phase: str | None = None
    study_type: str | None = None
    status: str | None = None
    status_as_of: PartialDate | None = None
    why_stopped: str | None = None
    start_date: PartialDate | None = None
    start_date_type: str | None = None
    primary_completion_date: PartialDate | None = None
    primary_completion_date_type: str | None = None
    completion_date: PartialDate | None = None
    completion_date_type: str | None = None
    enrolment: int | None = None
    enrolment_type: str | None = None
    enrolment_note: str | None = None
    allocation: str | None = None
    allocation_note: str | None = None
    intervention_model: str | None = None
    intervention_model_note: str | None = None
    masking: str | None = None
    masked: tuple[str, ...] = ()
    primary_purpose: str | None = None
    uses: tuple[Use, ...] = ()
    comparator: str | None = None
    """The control as the source describes it."""
    arms: tuple[Arm, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    sponsor: str | None = None
    collaborators: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    min_age: int | None = None
    """Youngest age eligible, in years."""
    max_age: int | None = None
    """Oldest age eligible, in years."""
    sex: str | None = None
    extension_of: str | None = None
    """The registry id of the core trial that this trial extends."""
    has_results: bool | None = None
    has_results_note: str | None = None
    key_results: str | None = None
    """The results as a curator summarised them, in words."""
    results: tuple[Result, ...] = ()
    verdict: str | None = None
    verdict_basis: str | None = None
    """The fragment of `key_results` that the verdict rests on, verbatim."""
    publications: tuple[Publication, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    sources: tuple[str, ...] = ()
    """The pages where the facts were seen."""
    verification: str | None = None
    """How the record is known."""
    official_title: str | None = None
    brief_summary: str | None = None
    detailed_description: str | None = None
    keywords: tuple[str, ...] = ()
    last_known_status: str | None = None
    sponsor_class: str | None = None
    collaborator_classes: tuple[str, ...] = ()
    masking_note: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    follow_up: str | None = None
    patient_registry: bool | None = None
    specimens: str | None = None
    specimens_note: str | None = None
    eligibility: str | None = None
    healthy_volunteers: bool | None = None
    age_groups: tuple[str, ...] = ()
    min_age_text: str | None = None
    max_age_text: str | None = None
    sex_based: bool | None = None
    sex_note: str | None = None
    study_population: str | None = None
    sampling: str | None = None
    condition_mesh: tuple[str, ...] = ()
    condition_mesh_terms: tuple[str, ...] = ()
    intervention_mesh: tuple[str, ...] = ()
    intervention_mesh_terms: tuple[str, ...] = ()
    removed_countries: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    references: tuple[Reference, ...] = ()
    resources: tuple[Resource, ...] = ()
    documents: tuple[Document, ...] = ()
    registration: Registration | None = None
    participant_flow: ParticipantFlow | None = None
    baseline: Baseline | None = None
    posted_outcomes: tuple[PostedMeasure, ...] = ()
    adverse_events: AdverseEvents | None = None
    limitations: str | None = None
