"""Namespaces, minting of IRIs, and CURIE <-> IRI: the only home of a namespace.

Every own IRI is ``<base><kind>/<flat local name>``: one prefix per kind and no deeper path, so that
CURIEs stay readable.  Local names come from the natural key of the thing they name, never from its
position, a clock or a random number; an unchanged thing keeps its IRI.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from kg.errors import SourceError

BASE = "https://w3id.org/myositis-kg/"
"""The start of every own IRI."""

KINDS = (
    "alternative", "analysis", "answer", "approval", "arm", "baseline", "celltype", "claim", "comparison",
    "concept", "country", "denominator", "disease", "distribution", "document", "drug", "drugclass", "flow",
    "graph", "group", "groupvalue", "harm", "harms", "identifier", "linkset", "measure", "measurement",
    "mechanism", "name", "organisation", "outcome", "page", "partition", "period", "posted", "process",
    "publication", "receipt", "record", "reference", "registration", "resource", "result", "row", "shape",
    "site", "step", "tally", "target", "trial", "use",
)  # fmt: skip
"""The kinds of own things; each is a prefix and a folder under `BASE`."""

VERBATIM = frozenset({"concept", "graph", "page", "record", "registration", "shape", "target", "trial"})
"""The kinds whose local names are keys as they are; the others are slugs or digests."""

FORMS = ("child", "member", "part", "slug", "verbatim")
"""The ways in which a local name is made from a key; see `mint`."""

PREFIXES: dict[str, str] = {
    "myo": BASE + "ontology/",
    **{kind: f"{BASE}{kind}/" for kind in KINDS},
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "voidext": "http://ldf.fi/void-ext#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    # standard identifiers, as Bioregistry and the owners of the namespaces write them
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "CL": "http://purl.obolibrary.org/obo/CL_",
    "CTO": "http://purl.obolibrary.org/obo/CTO_",
    "DOID": "http://purl.obolibrary.org/obo/DOID_",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "GO": "http://purl.obolibrary.org/obo/GO_",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "IAO": "http://purl.obolibrary.org/obo/IAO_",
    "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "OBI": "http://purl.obolibrary.org/obo/OBI_",
    "OGMS": "http://purl.obolibrary.org/obo/OGMS_",
    "Orphanet": "http://www.orpha.net/ORDO/Orphanet_",
    "RO": "http://purl.obolibrary.org/obo/RO_",
    "SIO": "http://semanticscience.org/resource/SIO_",
    "atc": "https://bioregistry.io/atc:",
    "biolink": "https://w3id.org/biolink/vocab/",
    "cas": "https://bioregistry.io/cas:",
    "chembl.compound": "https://bioregistry.io/chembl.compound:",
    "chembl.target": "https://bioregistry.io/chembl.target:",
    "doi": "https://doi.org/",
    "drugbank": "https://bioregistry.io/drugbank:",
    "drugcentral": "https://bioregistry.io/drugcentral:",
    "gard": "https://bioregistry.io/gard:",
    "hgnc": "https://bioregistry.io/hgnc:",
    "icd10": "https://bioregistry.io/icd10:",
    "icd10cm": "https://bioregistry.io/icd10cm:",
    "icd11": "https://bioregistry.io/icd11:",
    "iuphar.ligand": "https://bioregistry.io/iuphar.ligand:",
    "loinc": "https://loinc.org/",
    "medgen": "https://bioregistry.io/medgen:",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "omim": "https://bioregistry.io/omim:",
    "pubmed": "https://bioregistry.io/pubmed:",
    "reactome": "https://reactome.org/content/detail/",
    "rxnorm": "https://bioregistry.io/rxnorm:",
    "snomedct": "https://bioregistry.io/snomedct:",
    "umls": "https://bioregistry.io/umls:",
    "unii": "https://bioregistry.io/unii:",
    "uniprot": "http://purl.uniprot.org/uniprot/",
}
"""Every prefix that the project writes, and the IRI it stands for."""

_UNSAFE_IN_IRI = re.compile(
    r"[\x00-\x20<>\"{}|^`\\\[\]\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff]"
    r"|%(?![0-9A-Fa-f]{2})|[^\x00-\uffff]"
)
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_IN_LOCAL = re.compile(r"[^A-Za-z0-9._-]+")


def own(kind: str, local: str) -> str:
    """Return the IRI of an own thing.

    >>> own("target", "CD80")
    'https://w3id.org/myositis-kg/target/CD80'
    """
    return f"{BASE}{kind}/{local}"


def slug(text: str) -> str:
    """Reduce a name to lower-case ASCII letters and digits joined by hyphens.

    >>> slug("Sjögren's syndrome (primary)")
    'sjogren-s-syndrome-primary'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_IN_SLUG.sub("-", ascii_text.lower()).strip("-")


def digest(text: str, length: int = 8) -> str:
    """Return the first hexadecimal digits of the SHA-256 of a text.

    >>> digest("placebo")
    '9c3b89eb'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def mint(kind: str, form: str, key: str, parent: str | None = None) -> str:
    """Make the IRI of a thing from its natural key.

    Parameters
    ----------
    kind
        The kind of thing, one of `KINDS`.
    form
        ``verbatim`` keeps the key as it is, ``slug`` makes a readable slug of it, ``child`` joins
        the local name of the parent and a digest of the key, ``part`` the local name of the parent
        and the key as it is, ``member`` the first word of the key, which names what the thing belongs
        to, and a digest of the rest.
    key
        The natural key.
    parent
        The IRI of the parent, for ``child`` and ``part``.

    Raises
    ------
    SourceError
        If nothing of the key can stand in an IRI.

    Examples
    --------
    >>> mint("drug", "slug", "mycophenolate mofetil")
    'https://w3id.org/myositis-kg/drug/mycophenolate-mofetil'
    >>> mint("arm", "child", "placebo", parent=own("trial", "NCT02971683"))
    'https://w3id.org/myositis-kg/arm/NCT02971683-9c3b89eb'
    >>> mint("claim", "member", "nct04946669-veeva placebo")
    'https://w3id.org/myositis-kg/claim/nct04946669-veeva-9c3b89eb'
    """
    return own(kind, local_name(kind, form, key, parent.rsplit("/", 1)[1] if parent else None))


def local_name(kind: str, form: str, key: str, parent: str | None = None) -> str:
    """Make the local name of a thing from its natural key, as `mint` does.

    Parameters
    ----------
    parent
        The local name of the parent, for ``child`` and ``part``.

    Raises
    ------
    SourceError
        As `mint` does.

    Examples
    --------
    >>> local_name("group", "part", "OG000", "NCT02971683-9c3b89eb")
    'NCT02971683-9c3b89eb-OG000'
    """
    if form in ("child", "part"):
        if parent is None:
            raise SourceError(kind, "", key, f"a parent for a {form} IRI")
        if form == "part":
            return f"{parent}-{key if key.isalnum() and key.isascii() else _NOT_IN_LOCAL.sub('-', key)}"
        return f"{parent}-{digest(key)}"
    if form not in FORMS:
        raise SourceError(kind, "", form, f"one of {', '.join(FORMS)}")
    if form == "member":
        whole, _, rest = key.partition(" ")
        key = f"{whole}-{digest(rest)}"
    local = slug(key) if form == "slug" else _NOT_IN_LOCAL.sub("-", key)
    if not local.strip("-._"):
        raise SourceError(kind, "", key, "a key with at least one letter or digit")
    return local


def expand(curie: str) -> str:
    """Turn a CURIE into the IRI it stands for.

    Raises
    ------
    SourceError
        If the prefix is not in `PREFIXES` or the identifier has characters that no IRI can hold.

    Examples
    --------
    >>> expand("MONDO:0016367")
    'http://purl.obolibrary.org/obo/MONDO_0016367'
    """
    prefix, colon, identifier = curie.partition(":")
    if not colon or not identifier or prefix not in PREFIXES:
        raise SourceError("identifier", "", curie, "prefix:identifier with a prefix of kg.names.PREFIXES")
    if _UNSAFE_IN_IRI.search(identifier):
        raise SourceError("identifier", "", curie, 'an identifier without spaces or the characters <>"{}|^`\\')
    return PREFIXES[prefix] + identifier


def shrink(iri: str) -> str:
    """Turn an IRI into the shortest CURIE, or return it unchanged if no prefix fits.

    >>> shrink("https://w3id.org/myositis-kg/trial/NCT04946669")
    'trial:NCT04946669'
    """
    fits = [(len(stem), prefix) for prefix, stem in PREFIXES.items() if iri.startswith(stem)]
    if not fits:
        return iri
    length, prefix = max(fits)
    return f"{prefix}:{iri[length:]}"
