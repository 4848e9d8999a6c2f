"""The folder of raw registry records: one file for each study, a manifest, and the journal of a crawl.

::

    registry/
      studies/NCT02971683.json   a study, byte for byte as the registry sent it
      manifest.json              when and how each came, its hash; what each finished crawl found
      crawl.jsonl                only while a crawl is unfinished: its head, then one line for each step

Every file is written beside its place, synced and renamed, and a step is noted in the journal only
after its studies are in place.  Killed at any moment, all studies are whole, and what the journal
lacks is fetched again.  Nothing here is ever deleted: a study that the registry no longer has, or
that no longer matches, keeps its file and says so in the manifest.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from kg.errors import FetchError, SourceError

STUDIES, MANIFEST, JOURNAL = "studies", "manifest.json", "crawl.jsonl"


class Query(msgspec.Struct, frozen=True):
    """What is asked of the registry: an expression in a search area, or (area ``ids``) named studies."""

    area: Literal["cond", "term", "ids"]
    text: str

    def __str__(self) -> str:
        return f"{self.area} = {self.text}"


class Study(msgspec.Struct, frozen=True, omit_defaults=True):
    """A raw record on disk: hash and length of its bytes, when these bytes first came, why it is gone."""

    sha256: str
    size: int
    retrieved: str
    gone: str = ""


class Crawl(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One crawl: whom it asked for what, the version of the data at its start and end, what it found."""

    url: str
    query: Query
    api_version: str
    before: str
    after: str = ""
    started: str
    finished: str = ""
    announced: int | None = None
    found: tuple[str, ...] = ()

    def same(self, other: Crawl) -> bool:
        """Tell whether another crawl asks the same of the same server.

        >>> crawl = Crawl(url="u", query=Query("cond", "x"), api_version="2", before="a", started="t")
        >>> crawl.same(msgspec.structs.replace(crawl, before="b"))
        True
        """
        return (self.url, self.query) == (other.url, other.query)


class Step(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A step of a crawl that is done: one page, or one study that was asked for by its number."""

    asked: str = ""
    next: str | None = None
    announced: int | None = None
    studies: dict[str, Study] = {}
    aliases: dict[str, str] = {}
    missing: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()


class Manifest(msgspec.Struct):
    """All that is known of the studies in the folder."""

    studies: dict[str, Study] = {}
    aliases: dict[str, str] = {}
    crawls: list[Crawl] = []


class Journal(msgspec.Struct):
    """An unfinished crawl: its head, the steps done, and how many bytes of the file hold them."""

    crawl: Crawl
    steps: list[Step]
    length: int


def read(folder: Path) -> Manifest:
    """Read what is known of the studies in a folder, steps of an unfinished crawl included.

    Parameters
    ----------
    folder
        The folder; one that is missing holds nothing.

    Raises
    ------
    SourceError
        If the manifest or the journal cannot be read.

    Examples
    --------
    >>> read(Path("no such folder")).studies
    {}
    """
    manifest, journal = _manifest(folder), _journal(folder)
    for step in journal.steps if journal else ():
        _fold(manifest, step)
    return manifest


def _fold(manifest: Manifest, step: Step) -> None:
    manifest.studies |= step.studies
    manifest.aliases |= step.aliases


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except (OSError, msgspec.MsgspecError) as error:
        raise SourceError(str(path), "", str(error), "a manifest as kg fetch writes it") from None


def _journal(folder: Path) -> Journal | None:
    """Read the journal; a last line without its end was cut off by a kill or a full disk and does not count."""
    path = folder / JOURNAL
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(str(path), "", error.strerror or error, "a journal of kg fetch") from None
    whole = lines if not lines or lines[-1].endswith(b"\n") else lines[:-1]
    if not whole:
        return None
    try:
        crawl = msgspec.json.decode(whole[0], type=Crawl)
        steps = [msgspec.json.decode(line, type=Step) for line in whole[1:]]
    except msgspec.MsgspecError as error:
        raise SourceError(str(path), "", str(error), "a journal of kg fetch; delete it to start anew") from None
    return Journal(crawl, steps, sum(map(len, whole)))


class Archive:
    """The folder, open for one crawl.

    Parameters
    ----------
    folder
        Where it lies; made when it is missing.

    Raises
    ------
    FetchError
        If the folder cannot be written, or another crawl is writing it.

    Examples
    --------
    >>> import tempfile
    >>> crawl = Crawl(url="u", query=Query("ids", "NCT1"), api_version="2", before="d", started="t")
    >>> with Archive(Path(tempfile.mkdtemp())).opened() as archive:
    ...     archive.begin(crawl)
    ...     became, study = archive.put("NCT00000001", b"{}", "2026-11-23T00:00:00Z")
    ...     archive.note(Step(asked="NCT00000001", studies={"NCT00000001": study}))
    ...     print(became, set(archive.found()), archive.number(), archive.unfinished(crawl))
    ...     archive.resume()
    ...     archive.mark_gone("NCT00000001", "no longer in the registry")
    ...     archive.finish(crawl)
    ...     print(archive.before(crawl) == crawl, read(archive.folder).studies["NCT00000001"].gone)
    new {'NCT00000001'} 1 True
    True no longer in the registry
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = Manifest()
        self.steps: list[Step] = []
        self.crawl: Crawl
        self._found: set[str] = set()

    @contextlib.contextmanager
    def opened(self) -> Iterator[Archive]:
        """Hold the folder for this process alone, and translate what the file system refuses."""
        with self._translated():
            (self.folder / STUDIES).mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise FetchError(f"{self.folder}: another kg fetch is writing there") from None
                for name in (f"{STUDIES}/NCT*.json", MANIFEST, JOURNAL):
                    for left in self.folder.glob(f"{name}.new"):
                        left.unlink()
                self.manifest = _manifest(self.folder)
                yield self
            finally:
                os.close(handle)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            whole = len(self.manifest.studies)
            raise FetchError(
                f"{self.folder}: cannot be written ({error.strerror or error});"
                f" the {whole} studies there are whole, and the same command goes on from them"
            ) from None

    def unfinished(self, crawl: Crawl) -> bool:
        """Tell whether a crawl for the same, of the same state of the data, was left unfinished."""
        journal = _journal(self.folder)
        return journal is not None and journal.crawl.same(crawl) and journal.crawl.before == crawl.before

    def resume(self) -> None:
        """Go on with the crawl that was left unfinished."""
        journal = _journal(self.folder)
        assert journal is not None  # noqa: S101
        self.crawl, self.steps = journal.crawl, journal.steps
        os.truncate(self.folder / JOURNAL, journal.length)
        self._found = set()
        for step in self.steps:
            self._take(step)

    def _take(self, step: Step) -> None:
        _fold(self.manifest, step)
        if bool(step.asked) is (self.crawl.query.area == "ids"):
            self._found.update(step.studies)

    def begin(self, crawl: Crawl) -> None:
        """Start a crawl; what another one left unfinished is kept in the manifest."""
        journal = _journal(self.folder)
        for step in journal.steps if journal else ():
            _fold(self.manifest, step)
        self._write_manifest()
        self.crawl, self.steps, self._found = crawl, [], set()
        _replace(self.folder / JOURNAL, msgspec.json.encode(crawl) + b"\n")

    def put(
        self, study: str, raw: bytes, now: str, gone: str = ""
    ) -> tuple[Literal["new", "changed", "unchanged"], Study]:
        """Put the bytes of a study in place.

        Parameters
        ----------
        study
            Its number.
        raw
            Its bytes.
        now
            The time.
        gone
            Why the study is no longer what was asked for, if so.

        Returns
        -------
        tuple
            What became of it, and its entry for the step.
        """
        if not re.fullmatch(r"NCT\d{8}", study):
            raise ValueError(f"{study!r} is no number of a study")
        path = self.folder / STUDIES / f"{study}.json"
        digest, known = hashlib.sha256(raw).hexdigest(), self.manifest.studies.get(study)
        try:
            before = path.read_bytes()
        except FileNotFoundError:
            before = None
        if before != raw:
            _replace(path, raw)
        retrieved = known.retrieved if known and before == raw and known.sha256 == digest else now
        entry = Study(digest, len(raw), retrieved, gone)
        return "new" if before is None else "unchanged" if before == raw else "changed", entry

    def note(self, step: Step) -> None:
        """Note that a step is done."""
        with (self.folder / JOURNAL).open("ab") as journal:
            journal.write(msgspec.json.encode(step) + b"\n")
            journal.flush()
            os.fsync(journal.fileno())
        self.steps.append(step)
        self._take(step)

    def found(self) -> frozenset[str]:
        """Return the numbers of the studies that the crawl found so far; what was looked up after it does not count."""
        return frozenset(self._found)

    def number(self) -> int:
        """Return how many studies the crawl found so far."""
        return len(self._found)

    def before(self, crawl: Crawl) -> Crawl | None:
        """Return the last finished crawl for the same."""
        return next((one for one in self.manifest.crawls if one.same(crawl)), None)

    def mark_gone(self, study: str, why: str) -> None:
        """Say in the manifest that a study is gone; its file stays."""
        if known := self.manifest.studies.get(study):
            self.manifest.studies[study] = msgspec.structs.replace(known, gone=why)

    def finish(self, crawl: Crawl) -> None:
        """Write the manifest, in which the crawl takes the place of the last one for the same."""
        kept = [one for one in self.manifest.crawls if not one.same(crawl)]
        self.manifest.crawls = [*kept, crawl]
        self._write_manifest()
        (self.folder / JOURNAL).unlink()

    def _write_manifest(self) -> None:
        known = self.manifest
        known.studies, known.aliases = dict(sorted(known.studies.items())), dict(sorted(known.aliases.items()))
        _replace(self.folder / MANIFEST, msgspec.json.format(msgspec.json.encode(known), indent=1) + b"\n")


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside its place, sync it, and put it in place in one step."""
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
