"""Record types of what a registry holds beside the plan and the results of a trial.

The field ``trial`` and the field ``repeat`` (2 for the second of two siblings that the source calls
the same) stand in IRIs only.
"""

from __future__ import annotations

from decimal import Decimal

from kg.record import Record
from kg.values import PartialDate


class Identifier(Record, frozen=True, kw_only=True):
    """Number under which another body knows a trial."""

    id: str
    kind: str | None = None
    domain: str | None = None
    link: str | None = None
    repeat: int | None = None


class Registration(Record, frozen=True, kw_only=True):
    """Entry of a trial in a registry: who entered it, when, and under which rules."""

    trial: str
    label: str
    organisation: str | None = None
    organisation_class: str | None = None
    org_id: str | None = None
    org_id_kind: str | None = None
    org_id_link: str | None = None
    aliases: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    first_submitted: PartialDate | None = None
    first_accepted: PartialDate | None = None
    first_posted: PartialDate | None = None
    first_posted_type: str | None = None
    results_submitted: PartialDate | None = None
    results_accepted: PartialDate | None = None
    results_posted: PartialDate | None = None
    results_posted_type: str | None = None
    results_expected: PartialDate | None = None
    delay_submitted: PartialDate | None = None
    delay_accepted: PartialDate | None = None
    delay_posted: PartialDate | None = None
    delay_posted_type: str | None = None
    updated: PartialDate | None = None
    update_posted: PartialDate | None = None
    update_posted_type: str | None = None
    responsible_party: str | None = None
    responsible_organisation: str | None = None
    expanded_access: bool | None = None
    expanded_access_id: str | None = None
    expanded_access_status: str | None = None
    monitored: bool | None = None
    fda_drug: bool | None = None
    fda_device: bool | None = None
    unapproved_device: bool | None = None
    postmarket_device: bool | None = None
    us_export: bool | None = None
    fdaaa_violation: bool | None = None
    sharing: str | None = None
    sharing_description: str | None = None
    sharing_kinds: tuple[str, ...] = ()
    sharing_time_frame: str | None = None
    sharing_criteria: str | None = None
    sharing_url: str | None = None
    no_sap: bool | None = None
    results_contact: str | None = None
    investigator_employed: bool | None = None
    agreement: bool | None = None
    agreement_kind: str | None = None
    agreement_details: str | None = None


class Site(Record, frozen=True, kw_only=True):
    """Place where a trial recruits or recruited participants."""

    name: str
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    status: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    repeat: int | None = None


class Reference(Record, frozen=True, kw_only=True):
    """Paper that the registration of a trial cites, or that an index ties to the trial."""

    citation: str
    kind: str | None = None
    pubmed: str | None = None
    retracted_by: tuple[str, ...] = ()
    repeat: int | None = None


class Resource(Record, frozen=True, kw_only=True):
    """Page or data set that the registration of a trial points to."""

    label: str
    url: str | None = None
    kind: str | None = None
    id: str | None = None
    comment: str | None = None
    repeat: int | None = None


class Document(Record, frozen=True, kw_only=True):
    """Protocol, analysis plan or consent form that was filed with the registration of a trial."""

    filename: str
    label: str
    kind: str | None = None
    has_protocol: bool | None = None
    has_sap: bool | None = None
    has_icf: bool | None = None
    date: PartialDate | None = None
    uploaded: str | None = None
    size: int | None = None
    repeat: int | None = None
