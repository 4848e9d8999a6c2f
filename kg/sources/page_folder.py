"""Reads a folder of page texts: ``.txt`` and ``.html``, each with a side-car or without.

Quirks of the source, decided here:

* Which trial a text is about is said by its side-car (``crick.json`` beside ``crick.txt``), or by a
  page that a curator keeps and whose text has the same hash, or by the text itself if it states
  exactly one registry id.  A text without any of these is left out and told.
* The records of a text stand under ``text-<page>``, those of a side-car or of what a curator keeps
  under ``page-<page>``: what a machine reads and what a person states are never one graph.  The
  registry id of a text without one is a statement of the side-car, with its receipt there.
* A page that nobody describes is known by its first line.
* Two texts about one trial are two pages; both stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from kg.errors import SourceError
from kg.names import slug
from kg.page_records import Claim, Page
from kg.reading import text as texts
from kg.reading.fields import ids
from kg.reading.readings import Reading
from kg.reading.text import Text
from kg.records import Place, Sourced
from kg.sources import page_claims, page_files, page_trial, pages
from kg.sources.drafts import Draft, Known, Omission
from kg.sources.page_files import PageFile
from kg.sources.page_trial import place
from kg.sources.places import TEXTS
from kg.values import PartialDate, decode

UNSTATED = "UNSTATED"
"""Stands for the registry id of a trial while nobody has said it."""

_TELLING = frozenset({"title", "official_title", "acronym", "n_groups", "sponsor"})
"""Facts that a text about something else may seem to state."""


class Identity(NamedTuple):
    """Which page a text is, which trial it is about, and who says so."""

    page: str
    trial: str
    place: Place
    """Where the trial is named."""
    described: tuple[Sourced, ...] = ()
    """Records of the page that others than its text state."""
    kept: tuple[Claim, ...] = ()
    """What a curator keeps of its claims."""


class PageText(NamedTuple):
    """A text that was read.

    Examples
    --------
    >>> from kg.contract import read as read_contract
    >>> from kg.resources import root
    >>> known = Known(read_contract(root() / "ontology"), {})
    >>> one = understand(bytes("NCT01234567, Phase: Phase 2", "ascii"), "pages/A b.txt", known, {})
    >>> one.page()[0].id, one.file().trial.id, [sourced.source for sourced in one.sourced()], one.omissions()
    ('a-b', 'NCT01234567', ['text-a-b', 'text-a-b'], [])
    """

    path: str
    identity: Identity
    text: Text
    reading: Reading
    trial: Draft
    claims: tuple[Draft, ...]

    def omissions(self) -> list[Omission]:
        """List what could not be kept of it."""
        drafts = (self.trial, *self.claims)
        return [Omission(self.path, at.locator, at.exact, why) for draft in drafts for at, why in draft.left]

    def page(self) -> tuple[Page, dict[str, Place]]:
        """Return what the text itself states of its page, with the places."""
        first, named = place(*_first_line(self.text)), self.reading.facts.get("title")
        dated, of = self.reading.facts.get("updated"), self.identity
        label = f"page {of.page}: {named.value}" if named else f"page {of.page}"
        places = {"/id": first, "/label": place(named.span, named.quote) if named else first, "/trial": of.place}
        if dated:
            places["/dated"] = place(dated.span, dated.quote)
        when = PartialDate(str(dated.value)) if dated else None
        return Page(id=of.page, label=label, trial=of.trial, dated=when), places

    def sourced(self, kept: Collection[str] = ()) -> tuple[Sourced, ...]:
        """Return the records of the text, and of its side-car; without any, the text describes its page itself.

        Parameters
        ----------
        kept
            Paths of files whose records are read elsewhere.
        """
        page, places = self.page()
        stated = [(draft.record(), draft.places) for draft in (self.trial, *self.claims)]
        if not self.identity.described:
            stated.insert(0, (page, places))
        source = f"text-{self.identity.page}"
        return (
            *(one for one in self.identity.described if one.path not in kept),
            *(
                Sourced(record=record, source=source, path=self.path, dated=page.dated, places=at)
                for record, at in stated
            ),
        )

    def file(self) -> PageFile:
        """Return the records as one file of a page."""
        described = [one.record for one in self.identity.described if isinstance(one.record, Page)]
        page = described[0] if described else self.page()[0]
        trial, claims = self.trial.record(), [draft.record() for draft in self.claims]
        return msgspec.convert(
            {"page": page, "trial": trial, "claims": claims}, PageFile, from_attributes=True, dec_hook=decode
        )


def read(folder: Path, known: Known, kept: Mapping[str, PageFile]) -> tuple[tuple[Sourced, ...], tuple[Omission, ...]]:
    """Read a folder of texts.

    Parameters
    ----------
    folder
        The folder; its files stand under ``pages/`` in the graph.
    known
        What values may name.
    kept
        The pages that curators keep.

    Returns
    -------
    (records, omissions)
        In the order of the names of the files; a text that cannot be used is an omission.

    Raises
    ------
    SourceError
        If the folder is not there.

    Examples
    --------
    >>> from kg.contract import read as read_contract
    >>> from kg.resources import root
    >>> read(root() / "queries", Known(read_contract(root() / "ontology"), {}), {})
    ((), ())
    """
    if not folder.is_dir():
        raise SourceError(str(folder), "", "no such folder", f"a folder of texts ({', '.join(TEXTS)})")
    records: list[Sourced] = []
    left: list[Omission] = []
    pages_of: dict[str, str] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in TEXTS):
        where = f"pages/{path.name}"
        try:
            one = understand(path.read_bytes(), where, known, kept, side_car=_side_car(path))
            if one.identity.trial == UNSTATED:
                raise SourceError(
                    where, "", "no registry id", f"one, in the text or in {path.with_suffix('.json').name}"
                )
            if pages_of.setdefault(one.identity.page, where) != where:
                raise SourceError(where, "", one.identity.page, f"another page than {pages_of[one.identity.page]}")
        except (SourceError, OSError) as error:
            left.append(Omission(where, "", "", str(error).removeprefix(f"{where}: ")))
        else:
            records += one.sourced(kept)
            left += one.omissions()
    return tuple(records), tuple(left)


def _side_car(path: Path) -> tuple[str, PageFile] | None:
    beside = path.with_suffix(".json")
    where = f"pages/{beside.name}"
    return (where, page_files.read(beside, where)) if beside.is_file() else None


def understand(
    content: bytes,
    where: str,
    known: Known,
    kept: Mapping[str, PageFile],
    *,
    side_car: tuple[str, PageFile] | None = None,
    trial: str | None = None,
    alone: bool = False,
) -> PageText:
    """Read a text and make its records.

    Parameters
    ----------
    content
        The bytes of the text.
    where
        Its path, for messages and places.
    known
        What values may name.
    kept
        The pages that curators keep: path -> file.
    side_car
        Path and content of its side-car.
    trial
        The registry id of the trial, where only the caller knows it.
    alone
        Leave aside what a curator keeps of its claims.

    Raises
    ------
    SourceError
        If it is not text, not about a trial, or about two trials.

    Examples
    --------
    >>> from kg.contract import read as read_contract
    >>> from kg.resources import root
    >>> known = Known(read_contract(root() / "ontology"), {})
    >>> understand(b"Phase: Phase 2", "page.txt", known, {}, trial="NCT01234567").trial.record().id
    'NCT01234567'
    >>> understand(b"How to bake bread.", "page.txt", known, {})
    Traceback (most recent call last):
    kg.errors.SourceError: page.txt: saw 'How to bake bread.', expected a page about a trial
    """
    text = texts.read(content, where)
    reading = pages.read(text)
    if not (
        set(reading.facts) - _TELLING
        or reading.outcomes
        or any(i.role == "experimental" for i in reading.interventions)
    ):
        raise SourceError(where, "", text.clean[:60], "a page about a trial")
    identity = _identity(content, where, text, reading, kept, side_car, trial)
    mine = replace(known, keys={**known.keys, "Page": {identity.page}})
    draft = page_trial.trial(reading, text.original, (identity.trial, identity.place), mine)
    kept_claims = () if alone else identity.kept
    claims = page_claims.claims(reading, text, (identity.page, identity.place), mine, kept_claims)
    return PageText(where, identity, text, reading, draft, tuple(claims))


def _identity(
    content: bytes,
    where: str,
    text: Text,
    reading: Reading,
    kept: Mapping[str, PageFile],
    side_car: tuple[str, PageFile] | None,
    trial: str | None,
) -> Identity:
    digest = hashlib.sha256(content).hexdigest()
    known = side_car or next(((path, file) for path, file in kept.items() if file.page.text_hash == digest), None)
    if known is not None:
        path, file = known
        records = page_files.sourced(file, path)
        said = Place("/page/trial", file.page.trial, records[0].source)
        return Identity(file.page.id, file.page.trial, said, records, file.claims)
    page = slug(Path(where).stem) or "page"
    if trial is not None:
        return Identity(page, trial, place(*_first_line(text)))
    stated = _stated(reading, text, where)
    return Identity(page, *stated) if stated else Identity(page, UNSTATED, place(*_first_line(text)))


def _stated(reading: Reading, text: Text, where: str) -> tuple[str, Place] | None:
    """Return the one registry id that a text states, and where."""
    own = reading.facts.get("registry_id")
    if own is not None:
        head = str(own.value)[:5]
        rivals = {str(fact.value) for fact in reading.secondary_ids if str(fact.value).startswith(head[:3])}
        if not rivals:
            return str(own.value), place(own.span, own.quote)
        seen = ", ".join(sorted({str(own.value), *rivals}))
        raise SourceError(where, "", seen, "a page about one trial; --trial ID says about which")
    found = {one.value: one for one in ids(text.clean)}
    if len(found) > 1:
        raise SourceError(where, "", ", ".join(map(str, sorted(found))), "one registry id; --trial ID says which")
    for value, one in found.items():
        return str(value), place(text.span(one.start, one.end), text.quote(one.start, one.end))
    return None


def _first_line(text: Text) -> tuple[tuple[int, int], str]:
    start, end = next(iter(text.lines()))
    return text.span(start, end), text.quote(start, end)
