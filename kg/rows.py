"""The rows of the reference tables: one frozen record type for each table."""

from __future__ import annotations

from decimal import Decimal

from kg.records import Record
from kg.values import PartialDate


class DrugRow(Record, frozen=True, kw_only=True):
    """An intervention: drug, cell or gene therapy, procedure, device, behaviour, group or placebo."""

    name: str
    kind: str
    synonyms: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    drug_class: str | None = None
    modality: str | None = None
    atc: tuple[str, ...] = ()
    rxnorm: tuple[str, ...] = ()
    unii: tuple[str, ...] = ()
    chembl: tuple[str, ...] = ()
    chebi: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    ncit: tuple[str, ...] = ()
    drugbank: tuple[str, ...] = ()
    drugcentral: tuple[str, ...] = ()
    gtopdb: tuple[str, ...] = ()
    cas: tuple[str, ...] = ()
    myositis_role: str | None = None
    notes: str | None = None
    sources: tuple[str, ...]


class MechanismRow(Record, frozen=True, kw_only=True):
    """One way in which a drug acts."""

    drug: str
    action: str
    targets: tuple[str, ...] = ()
    label: str
    action_detail: str
    statement: str
    origin: str | None = None
    blocks: tuple[str, ...] = ()
    inhibits: tuple[str, ...] = ()
    promotes: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    cell_types: tuple[str, ...] = ()
    evidence: str
    sources: tuple[str, ...]


class TargetRow(Record, frozen=True, kw_only=True):
    """A gene product that drugs act on."""

    symbol: str
    synonyms: tuple[str, ...] = ()
    hgnc: tuple[str, ...] = ()
    uniprot: tuple[str, ...] = ()
    chembl: tuple[str, ...] = ()
    sources: tuple[str, ...]


class ProcessRow(Record, frozen=True, kw_only=True):
    """A biological process, pathway or signal."""

    name: str
    go: tuple[str, ...] = ()
    reactome: tuple[str, ...] = ()
    sources: tuple[str, ...]


class CellTypeRow(Record, frozen=True, kw_only=True):
    """A kind of cell."""

    name: str
    cl: tuple[str, ...] = ()
    sources: tuple[str, ...]


class DiseaseRow(Record, frozen=True, kw_only=True):
    """A disorder, with its place in the hierarchy that the myositis field uses."""

    name: str
    parents: tuple[str, ...] = ()
    group: str
    synonyms: tuple[str, ...] = ()
    mondo: tuple[str, ...] = ()
    mondo_parents: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    doid: tuple[str, ...] = ()
    orphanet: tuple[str, ...] = ()
    omim: tuple[str, ...] = ()
    ncit: tuple[str, ...] = ()
    icd10cm: tuple[str, ...] = ()
    icd10who: tuple[str, ...] = ()
    icd11: tuple[str, ...] = ()
    umls: tuple[str, ...] = ()
    efo: tuple[str, ...] = ()
    snomedct: tuple[str, ...] = ()
    medgen: tuple[str, ...] = ()
    gard: tuple[str, ...] = ()
    meddra: tuple[str, ...] = ()
    inexact: tuple[str, ...] = ()
    notes: str | None = None
    sources: tuple[str, ...]


class MeasureRow(Record, frozen=True, kw_only=True):
    """An instrument or quantity by which the state of a patient is expressed."""

    name: str
    abbreviation: str | None = None
    synonyms: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    scale_min: Decimal | None = None
    scale_max: Decimal | None = None
    cutoff: Decimal | None = None
    direction: str
    unit: str | None = None
    domain: str
    core_sets: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    threshold: str | None = None
    notes: str | None = None
    verified: str
    sources: tuple[str, ...]


class ApprovalRow(Record, frozen=True, kw_only=True):
    """The permission of a regulator to market a drug for an indication."""

    drug: str
    indication: str
    regulator: str
    label: str
    year: PartialDate | None = None
    product: str | None = None
    first_product: str | None = None
    first_date: PartialDate | None = None
    intent: str
    notes: str | None = None
    verification: str
    sources: tuple[str, ...]


class CountryRow(Record, frozen=True, kw_only=True):
    """A country or territory."""

    name: str
    synonyms: tuple[str, ...] = ()
    iso: str
    sources: tuple[str, ...]


class OrganisationRow(Record, frozen=True, kw_only=True):
    """A company, hospital, university, agency or person that sponsors trials."""

    name: str
    synonyms: tuple[str, ...] = ()
    sources: tuple[str, ...]


class NameRow(Record, frozen=True, kw_only=True):
    """A decision of what a text, as written in a source, names; no entity: it names none of ours."""

    text: str
    kind: str
    interventions: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    curator: str
    date: PartialDate
    justification: str
