"""Saves texts of pages for a build: the text as it came, and a side-car that says what it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kg.errors import SourceError, StoreError
from kg.page_records import Page
from kg.sources.curated import encode_trial
from kg.sources.page_files import PageFile
from kg.sources.page_folder import UNSTATED, PageText


def save(one: PageText, content: bytes, folder: Path, urls: tuple[str, ...] = ()) -> Path:
    """Save a text with its side-car, both or none.

    Parameters
    ----------
    one
        The text, as it was understood.
    content
        Its bytes.
    folder
        The folder that a build reads; made when it is missing.
    urls
        Addresses of the page.

    Returns
    -------
    Path
        The file of the text.

    Raises
    ------
    SourceError
        If nobody says which trial it is about, or another text has its name.
    StoreError
        If the folder cannot be written.
    """
    page, trial = one.identity.page, one.identity.trial
    if trial == UNSTATED:
        raise SourceError(one.path, "", "no registry id", "one in the text, or --trial ID")
    target = folder / f"{page}{Path(one.path).suffix.lower() or '.txt'}"
    side_car = target.with_suffix(".json")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.read_bytes() != content:
            raise SourceError(str(target), "", "another text", "a name that no saved text has")
        if not one.identity.described:
            digest = hashlib.sha256(content).hexdigest()
            label = f"page {page} about {trial}"
            file = PageFile(page=Page(id=page, label=label, trial=trial, urls=urls, text_hash=digest))
            _write(side_car, encode_trial(file))
        _write(target, content)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error})") from None
    return target


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
