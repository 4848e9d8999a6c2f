"""Record -> linked record: every text that stands for an IRI becomes one, with the evidence for it.

All judgement ends here.  Text that must name something known (a notation of a code list, the key of
a table row, an arm of the same trial) raises when it does not; a mention in the words of a source
that names no known entity for sure becomes an `Unresolved`, which the build reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.contract import ClassContract, Contract, Field
from kg.errors import SourceError, UnknownNameError
from kg.lexicon import Entry, Lexicon
from kg.names import expand, mint
from kg.policies import DISEASES, INTERVENTIONS, MEASURES, ORGANISATIONS
from kg.records import Record, Sourced
from kg.rows import DiseaseRow, DrugRow, MeasureRow, NameRow, OrganisationRow
from kg.walk import Visit, iri_of, key_of, walk

_GENERIC_KINDS = frozenset({"DrugGroup"})
_UNSPECIFIED = "(unspecified)"
_POLICIES = {"Intervention": INTERVENTIONS, "Disease": DISEASES, "Measure": MEASURES, "Organisation": ORGANISATIONS}


class LinkedTerm(NamedTuple):
    """An IRI that a text stands for, and how that is known."""

    iri: str
    method: str
    score: float


class Unresolved(NamedTuple):
    """A mention that names no known entity for sure, with the nearest candidates."""

    path: str
    pointer: str
    kind: str
    text: str
    decided: bool
    """A curator decided that it names none."""
    candidates: tuple[tuple[str, float], ...]


class LinkedRecord(NamedTuple):
    """A record, the values found by walking it, and what its texts were linked to.

    ``terms`` is keyed by the place in the source and the property shape.
    """

    sourced: Sourced
    visits: tuple[Visit, ...]
    terms: Mapping[tuple[str, str], tuple[LinkedTerm, ...]]
    unresolved: tuple[Unresolved, ...]


class Linker:
    """Links records against the contract, the code lists and the reference tables.

    Parameters
    ----------
    contract
        The contract.
    records
        All records and rows of the build: what may be named by key.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.records import Sourced
    >>> from kg.resources import root
    >>> from kg.tables import TABLES, read as read_table
    >>> folder = root() / "ontology"
    >>> rows = [Sourced(record=row, source="table-drugs", path="drugs.tsv")
    ...         for row in read_table(TABLES["drugs"], folder / "tables")]
    >>> linker = Linker(read(folder), rows)
    >>> linker.lexicons["Intervention"].link("abacepil 125 mg")[0].entity
    'abatacept'
    """

    def __init__(self, contract: Contract, records: Sequence[Sourced]) -> None:
        self.contract = contract
        self._known: dict[str, dict[str, str]] = {}
        for sourced in records:
            of = contract.by_record_type[type(sourced.record).__name__]
            self._known.setdefault(of.name, {})[key_of(sourced.record, of)] = iri_of(sourced.record, of)
        self.lexicons = lexicons(sourced.record for sourced in records)

    def link(self, sourced: Sourced) -> LinkedRecord:
        """Link every text of a record that stands for an IRI.

        Raises
        ------
        UnknownNameError
            If a notation, key, class or arm does not exist; names file, place, text and what is known.
        SourceError
            If an identifier is malformed.
        """
        visits = tuple(walk(sourced.record, self.contract, sourced.pointer))
        nodes = {visit.subject for visit in visits}
        terms: dict[tuple[str, str], tuple[LinkedTerm, ...]] = {}
        unresolved: list[Unresolved] = []
        for visit in visits:
            entry = visit.field
            if entry is None or not entry.range or entry.kind == "child":
                continue
            text = visit.quote
            try:
                if entry.kind == "mention":
                    links, left = self._mention(entry, text, visit, sourced)
                    unresolved.extend(left)
                else:
                    links = (self._known_term(entry, text, visit.subject, nodes),)
            except SourceError as error:
                place = sourced.place(visit.pointer, text)
                raise UnknownNameError(sourced.path, place.locator, error.seen, error.expected) from None
            terms[visit.pointer, entry.shape] = links
        return LinkedRecord(sourced, visits, terms, tuple(unresolved))

    def _mention(
        self, entry: Field, text: str, visit: Visit, sourced: Sourced
    ) -> tuple[tuple[LinkedTerm, ...], list[Unresolved]]:
        found = self.mention(entry.range, text)
        if found:
            return found, []
        lexicon = self.lexicons[entry.range]
        decided = lexicon.is_decided(text)
        near = () if decided else lexicon.candidates(text)
        place = sourced.place(visit.pointer, text)
        return (), [Unresolved(sourced.path, place.locator, entry.range, text, decided, near)]

    def mention(self, kind: str, text: str) -> tuple[LinkedTerm, ...]:
        """Return what a mention in the words of a source names for sure.

        Parameters
        ----------
        kind
            The class of what it may name.
        text
            The words.

        Raises
        ------
        SourceError
            If it names what no table has.
        """
        known = self._known.get(kind, {})
        found = self.lexicons[kind].link(text)
        for link in found:
            if link.entity not in known:
                raise SourceError("", "", link.entity, f"the key of a {kind} in the tables")
        return tuple(LinkedTerm(known[link.entity], link.method, link.score) for link in found)

    def _known_term(self, entry: Field, text: str, subject: str, nodes: set[str]) -> LinkedTerm:
        if entry.kind != "record":
            return LinkedTerm(self.term(entry, text), entry.kind, 1.0)
        of = self.contract.of(entry.range)
        iri = next((one for one in _near(subject, of, text) if one in nodes), "")
        if not iri:
            raise SourceError("", "", text, f"the {of.key_fields[0]} of a {entry.range} of the same trial")
        return LinkedTerm(iri, entry.kind, 1.0)

    def term(self, entry: Field, text: str) -> str:
        """Return the IRI of what a text must name: a code, class, identifier, key or a thing named by it.

        Raises
        ------
        SourceError
            If there is no such thing.
        """
        if entry.kind == "notation":
            iri = self.contract.notations.get((entry.range, text))
            if iri is None:
                raise SourceError("", "", text, f"one of {self._notations(entry.range)} (ontology/concepts.ttl)")
        elif entry.kind == "class":
            iri = self.contract.class_notations.get(text)
            if iri is None:
                raise SourceError("", "", text, f"one of {', '.join(sorted(self.contract.class_notations))}")
        elif entry.kind == "curie":
            iri = _identifier(entry, text)
        elif entry.kind == "key":
            iri = self._known.get(entry.range, {}).get(text)
            if iri is None:
                raise SourceError("", "", text, f"the key of a {entry.range} in the tables or records")
        else:
            of = self.contract.of(entry.range)
            iri = mint(of.iri_kind, of.iri_form, text)
        return iri

    def _notations(self, scheme: str) -> str:
        return ", ".join(repr(notation) for of, notation in sorted(self.contract.notations) if of == scheme)


def _near(subject: str, of: ClassContract, key: str) -> Iterator[str]:
    """Yield the IRIs that a nested record with this key may have, the nearest to the subject first.

    The local name of a nested record is that of its parent with one more part.
    """
    local = subject.rsplit("/", 1)[1]
    while local:
        yield mint(of.iri_kind, of.iri_form, key.strip(), f"/{local}")
        local = local.rpartition("-")[0]


def _identifier(entry: Field, text: str) -> str:
    prefix = text.partition(":")[0]
    if entry.range not in ("*", prefix):
        raise SourceError("", "", text, f"an identifier that starts with {entry.range}:")
    return expand(text)


def keys(contract: Contract, records: Iterable[Sourced]) -> dict[str, frozenset[str]]:
    """Return the keys by which records may be named: class -> keys.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> from kg.rows import CountryRow
    >>> japan = Sourced(record=CountryRow(name="Japan", iso="JP", sources=("ISO",)), source="x", path="x")
    >>> keys(read(root() / "ontology"), [japan])
    {'Country': frozenset({'Japan'})}
    """
    found: dict[str, set[str]] = {}
    for sourced in records:
        of = contract.by_record_type[type(sourced.record).__name__]
        found.setdefault(of.name, set()).add(key_of(sourced.record, of))
    return {name: frozenset(named) for name, named in found.items()}


def lexicons(records: Iterable[Record]) -> dict[str, Lexicon]:
    """Make the lexicons of interventions, diseases, measures and organisations from table rows.

    Parameters
    ----------
    records
        Rows of the tables; records of other types are passed over.

    Returns
    -------
    dict
        Class name -> lexicon.

    Examples
    --------
    >>> lexicons([DrugRow(name="abatacept", kind="Drug", sources=("x",))])["Intervention"].link("Abatacept")[0].method
    'exact'
    """
    entries: dict[str, list[Entry]] = {name: [] for name in _POLICIES}
    decisions: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in entries}
    for row in records:
        if isinstance(row, DrugRow):
            generic = row.kind in _GENERIC_KINDS or row.name.endswith(_UNSPECIFIED)
            entries["Intervention"].append(Entry(row.name, row.synonyms, row.variants, row.drug_class, generic))
        elif isinstance(row, DiseaseRow):
            entries["Disease"].append(Entry(row.name, row.synonyms))
        elif isinstance(row, MeasureRow):
            names = (*row.synonyms, row.abbreviation) if row.abbreviation else row.synonyms
            entries["Measure"].append(Entry(row.name, names, parents=row.parents, cutoff=row.cutoff))
        elif isinstance(row, OrganisationRow):
            entries["Organisation"].append(Entry(row.name, row.synonyms))
        elif isinstance(row, NameRow):
            if row.kind not in decisions:
                raise UnknownNameError(
                    "ontology/tables/names.tsv", row.text, row.kind, f"one of {', '.join(decisions)}"
                )
            decisions[row.kind][row.text] = row.interventions + row.diseases + row.measures
    return {name: Lexicon(entries[name], policy, decisions[name]) for name, policy in _POLICIES.items()}
