"""Reads what curators keep of pages (``data/pages/*.json``), and the side-cars of saved texts.

Quirks of the source, decided here:

* A file is one `PageFile` in JSON: the page, what it says of its trial, and what it claims.  It is
  named after the page and has one canonical form, like a trial record.  A page has no registry id
  of its own: the file says which trial it is about.
* What a curator keeps is in the project's own words; the text of a page belongs to others.  A claim
  says by character ranges (RFC 5147) where it stands in the text with this hash, so that its
  sentences are added wherever the text is at hand.
* A side-car is the same without trial and claims: it says which trial a text is about, and where the
  text is from.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from kg.errors import FormError, SourceError
from kg.page_records import Claim, Page
from kg.records import Sourced, Trial
from kg.sources.curated import decode_json, encode_trial, judge

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class PageFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A page with all that is kept of it."""

    page: Page
    trial: Trial | None = None
    """What it says of its trial."""
    claims: tuple[Claim, ...] = ()


def decode_page(content: bytes, where: str) -> PageFile:
    """Read the file of a page.

    Parameters
    ----------
    content
        The JSON text in UTF-8.
    where
        The path of the file, for messages.

    Raises
    ------
    SourceError
        If it is not such a file, or its parts do not belong together.

    Examples
    --------
    >>> content = b'{"page": {"id": "nct1-x", "label": "A page", "trial": "NCT1"}}'
    >>> decode_page(content, "data/pages/nct1-x.json").page.trial
    'NCT1'
    """
    file = decode_json(content, where, PageFile)
    name, labels = file.page.id, set[str]()
    if not _ID.fullmatch(name) or name != Path(where).stem:
        expected = f"{Path(where).stem}, the name of the file, in lower-case letters, digits and hyphens"
        raise SourceError(where, "/page/id", name, expected)
    if file.trial is not None:
        if file.trial.id != file.page.trial:
            raise SourceError(where, "/trial/id", file.trial.id, f"the trial of the page, {file.page.trial}")
        judge(file.trial, where)
    for number, claim in enumerate(file.claims):
        if claim.page != name:
            raise SourceError(where, f"/claims/{number}/page", claim.page, f"the page of the file, {name}")
        if claim.label in labels:
            raise SourceError(where, f"/claims/{number}/label", claim.label, "a label that no other claim of it has")
        labels.add(claim.label)
    return file


def sourced(file: PageFile, path: str) -> tuple[Sourced, ...]:
    """Give each record of a file its place.

    Examples
    --------
    >>> page = Page(id="nct1-x", label="A page", trial="NCT1")
    >>> [(one.source, one.pointer) for one in sourced(PageFile(page=page), "data/pages/nct1-x.json")]
    [('page-nct1-x', '/page')]
    """
    records = [("/page", file.page), *((f"/claims/{n}", claim) for n, claim in enumerate(file.claims))]
    if file.trial is not None:
        records.insert(1, ("/trial", file.trial))
    source = f"page-{file.page.id}"
    return tuple(
        Sourced(record=record, source=source, path=path, pointer=pointer, dated=file.page.dated)
        for pointer, record in records
    )


def read(path: Path, where: str) -> PageFile:
    """Read the file of a page that must be in canonical form.

    Raises
    ------
    SourceError
        As `decode_page` does.
    FormError
        If it is written in another way.

    Examples
    --------
    >>> from kg.resources import root
    >>> read(root() / "data/pages/nct04946669-veeva.json", "data/pages/nct04946669-veeva.json").page.trial
    'NCT04946669'
    """
    content = path.read_bytes()
    file = decode_page(content, where)
    if encode_trial(file) != content:
        raise FormError(where, "", "another layout", "the canonical form of a record; run kg tidy")
    return file


def kept(folder: Path) -> dict[str, PageFile]:
    """Read what curators keep of pages: path below the project -> file; empty without the folder.

    Raises
    ------
    SourceError
        As `read` does.

    Examples
    --------
    >>> from kg.resources import root
    >>> len(kept(root() / "data" / "pages")) >= 2
    True
    """
    return {f"data/pages/{path.name}": read(path, f"data/pages/{path.name}") for path in sorted(folder.glob("*.json"))}
