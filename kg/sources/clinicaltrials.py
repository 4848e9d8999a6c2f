"""Reads records of ClinicalTrials.gov (API v2, JSON), results included.

The source has many quirks.  What becomes of them stands where it is decided: the form of the record
in `kg.sources.registry.form`, numbers and codes in `kg.sources.registry.values`, names, roles and ties
between results and plan in `kg.sources.registry.reader`, files in `kg.sources.registry.files`, which
studies are trials of myositis therapies in `kg.sources.registry.scope`.  What is left out and why, such
as all data of contact persons, stands in ``data/registry/left-out.tsv``.

A study is dated by its last update.  ``UNKNOWN`` as a status keeps the one before it beside it; an
enrolment of 0 is a value; phases ``NA`` are not the same as none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from kg.contract import Contract
from kg.errors import SourceError
from kg.link import lexicons
from kg.record import Record
from kg.records import Sourced
from kg.rows import CountryRow, DiseaseRow
from kg.sources.drafts import Omission
from kg.sources.registry import files
from kg.sources.registry.places import Places
from kg.sources.registry.reader import Reader, Study
from kg.sources.registry.scope import Scope

FOLDER = "registry"
"""The first part of the paths of these sources."""

_DECODER = msgspec.json.Decoder()


def reader(contract: Contract, rows: Iterable[Record]) -> Reader:
    """Make a reader that knows the countries of the table.

    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> japan = CountryRow(name="Japan", iso="JP", sources=("ISO 3166-1",))
    >>> isinstance(reader(read(root() / "ontology"), [japan]), Reader)
    True
    """
    countries = [row for row in rows if isinstance(row, CountryRow)]
    return Reader(contract, {name: row.name for row in countries for name in (row.name, *row.synonyms)})


def decode(content: bytes, where: str) -> object:
    """Read the JSON of a study.

    Raises
    ------
    SourceError
        If it is not JSON in UTF-8.

    Examples
    --------
    >>> decode(b'{"hasResults": fals}', "x.json")
    Traceback (most recent call last):
    kg.errors.SourceError: x.json: saw 'JSON is malformed: invalid character (byte 20)', expected JSON in UTF-8
    """
    try:
        return _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(where, "", str(error), "JSON in UTF-8") from None


def read(content: bytes, path: str, by: Reader) -> tuple[Sourced, Study]:
    """Read a study as a record with its places.

    Parameters
    ----------
    content
        The JSON of the study.
    path
        The path of its file, as the graph states it.
    by
        The reader.

    Returns
    -------
    tuple
        The record, and the study with what of it could not be kept.

    Raises
    ------
    SourceError
        If it is not JSON or not a study.

    Examples
    --------
    >>> from kg.contract import read as read_contract
    >>> from kg.resources import root
    >>> study = b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"}}}'
    >>> by = reader(read_contract(root() / "ontology"), [])
    >>> one, _ = read(study, "registry/studies/NCT00000001.json", by)
    >>> one.source, one.place("/title", "").exact
    ('registry-NCT00000001', 'A trial')
    """
    study = by.read(decode(content, path), path)
    registration = study.trial.registration
    sourced = Sourced(
        record=study.trial,
        source=f"registry-{study.trial.id}",
        path=path,
        dated=registration.update_posted if registration else None,
        places=Places(json.loads(content, parse_float=str), study.trial, study.moved),
    )
    return sourced, study


def studies(
    folder: Path, contract: Contract, rows: Iterable[Record], everything: bool = False
) -> tuple[tuple[Sourced, ...], tuple[Omission, ...]]:
    """Read the studies that ``kg fetch`` wrote into a folder.

    Parameters
    ----------
    folder
        The folder; its studies are the files ``studies/NCT*.json``.
    contract
        The contract.
    rows
        The rows of the reference tables.
    everything
        Whether to take every study and not only those of `kg.sources.registry.scope`.

    Returns
    -------
    tuple
        The records in the order of their numbers; and what could not be kept: values, files that cannot
        be read, studies that are out of scope.

    Raises
    ------
    SourceError
        If there is no file at all.
    """
    known = list(rows)
    by = reader(contract, known)
    scope = Scope((row for row in known if isinstance(row, DiseaseRow)), lexicons(known)["Disease"])
    taken: list[Sourced] = []
    omitted: list[Omission] = []
    for file in files.paths(folder):
        path = f"{FOLDER}/{file.relative_to(folder).as_posix()}"
        try:
            one, study = read(file.read_bytes(), path, by)
        except (SourceError, OSError) as error:
            omitted.append(Omission(path, "", file.name, str(error)))
            continue
        reason = None if everything else scope.reason(study.trial)
        if file.stem != study.trial.id:
            reason = f"the file is not called {study.trial.id}.json"
        if reason:
            omitted.append(Omission(path, "", study.trial.title, reason))
        else:
            taken.append(one)
            omitted += [Omission(path, loss.place, loss.value, f"expected {loss.expected}") for loss in study.losses]
    return tuple(taken), tuple(omitted)
