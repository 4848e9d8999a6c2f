"""Studies of the registry, however many, -> files of N-Quads, and these -> a store.

Mapping is a function of some studies and a path: it writes that file, whole or not at all, and counts
what it did.  It has no other state, so that processes of one machine (`run`) or of many (`run_on_dask`)
make the same files, byte for byte.  Studies are cut into parts by their number and size, in the order of
their source, whoever maps them.  Memory stays flat, for no more is held than the parts being mapped.

Receipts are left out here: `kg.build` makes them for the studies that belong to the graph.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyoxigraph as ox

from kg import contract
from kg.errors import SourceError, StoreError
from kg.link import Linker
from kg.mapping import Mapper
from kg.rows import DiseaseRow
from kg.sources import clinicaltrials, curated
from kg.sources.registry import files
from kg.sources.registry.files import Study
from kg.sources.registry.reader import Reader
from kg.sources.registry.scope import Scope

PART = 500
"""Studies of a part at most."""
PART_BYTES = 32 * 2**20
"""Bytes of the studies of a part, unless one study alone has more."""

_LEFT = ".left-out.tsv"


class Counts(msgspec.Struct, frozen=True):
    """What mapping did."""

    studies: int = 0
    """Studies that were read."""
    mapped: int = 0
    excluded: int = 0
    """Studies that are out of scope."""
    rejected: int = 0
    """Studies that could not be read."""
    losses: int = 0
    """Values of mapped studies that could not be kept."""
    triples: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Add two counts."""
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__struct_fields__))


class Job(NamedTuple):
    """Some studies and what becomes of them."""

    studies: tuple[Study, ...]
    target: Path
    root: Path
    everything: bool
    """Whether studies out of scope are mapped, too."""


class _Tools(NamedTuple):
    reader: Reader
    scope: Scope
    mapper: Mapper


@cache
def _tools(root: Path) -> _Tools:
    """Read contract and tables, once in each process."""
    rules = contract.read(root / "ontology")
    sources = curated.everything(root)
    rows = [sourced.record for sourced in sources]
    linker = Linker(rules, sources)
    scope = Scope((row for row in rows if isinstance(row, DiseaseRow)), linker.lexicons["Disease"])
    return _Tools(clinicaltrials.reader(rules, rows), scope, Mapper(linker))


def map_studies(job: Job) -> Counts:
    """Map some studies into one file of N-Quads.

    Beside it stands a file of what was left out: studies out of scope or not readable, values that
    are not what they should be.

    Parameters
    ----------
    job
        The studies, and the file.

    Raises
    ------
    StoreError
        If a file cannot be written; neither of them is there then.

    Examples
    --------
    >>> import tempfile
    >>> from kg.resources import root
    >>> study = b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"}}}'
    >>> target = Path(tempfile.mkdtemp()) / "one.nq"
    >>> map_studies(Job((Study("one.json", study), Study("two.json", b"{")), target, root(), True))
    Counts(studies=2, mapped=1, excluded=0, rejected=1, losses=0, triples=6)
    >>> len(target.read_text().splitlines())
    6
    """
    return _write(job.studies, job)


def map_file(source: Path, target: Path, root: Path, everything: bool = False) -> Counts:
    """Map a file of studies into a file of N-Quads, as `map_studies` does.

    Raises
    ------
    SourceError
        If the source cannot be read to its end; nothing is written then.
    StoreError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from kg.resources import root
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.jsonl").write_text("[]")
    >>> map_file(folder / "a.jsonl", folder / "a.nq", root()).rejected
    1
    """
    return _write(files.read(source), Job((), target, root, everything))


def _write(studies: Iterable[Study], job: Job) -> Counts:
    target, beside = job.target, job.target.with_name(job.target.name + _LEFT)
    try:
        with _fresh(target) as lines, _fresh(beside) as left:
            left.write("where\tplace\tseen\texpected\n")
            counts = Counts()
            for study in studies:
                counts += _map(study, job, lines.writelines, left.write)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror or error})") from None
    return counts


@contextlib.contextmanager
def _fresh(path: Path) -> Iterator[Any]:
    """Write a file beside its place, and put it there if nothing fails."""
    new = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with new.open("w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _map(study: Study, job: Job, write: Callable[[list[str]], None], leave: Callable[[str], Any]) -> Counts:
    tools = _tools(job.root)
    try:
        read = tools.reader.read(clinicaltrials.decode(study.content, study.where), study.where)
        reason = None if job.everything else tools.scope.reason(read.trial)
        if reason:
            leave(_row(study.where, "", read.trial.id, reason))
            return Counts(studies=1, excluded=1)
        lines = tools.mapper.lines(read.trial, f"registry-{read.trial.id}")
    except (SourceError, RecursionError) as error:
        leave(_row(study.where, getattr(error, "place", ""), getattr(error, "seen", ""), str(error)))
        return Counts(studies=1, rejected=1)
    write(lines)
    for loss in read.losses:
        leave(_row(f"{study.where} {read.trial.id}", loss.place, loss.value, loss.expected))
    return Counts(studies=1, mapped=1, losses=len(read.losses), triples=len(lines))


def _row(*cells: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in cells) + "\n"


def jobs(sources: Iterable[Path], out: Path, root: Path, everything: bool = False) -> Iterator[Job]:
    r"""Cut the studies of files and folders into parts, each with the file that it becomes.

    Parameters
    ----------
    sources
        Files and folders, as `kg.sources.registry.files` reads them.
    out
        The folder of the parts, ``part-000000.nq`` and so on.
    root
        The folder of contract and tables.
    everything
        Whether studies out of scope are mapped, too.

    Raises
    ------
    SourceError
        If a source cannot be read to its end; the parts before were given.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "many.jsonl"
    >>> _ = file.write_bytes(b"{}\n" * 501)
    >>> [(job.target.name, len(job.studies)) for job in jobs([file], Path("parts"), Path("."))]
    [('part-000000.nq', 500), ('part-000001.nq', 1)]
    """
    studies = (study for source in sources for path in files.paths(source) for study in files.read(path))
    for number, part in enumerate(_parts(studies)):
        yield Job(tuple(part), out / f"part-{number:06}.nq", root, everything)


def _parts(studies: Iterator[Study]) -> Iterator[list[Study]]:
    part: list[Study] = []
    size = 0
    try:
        for study in studies:
            if part and (len(part) == PART or size + len(study.content) > PART_BYTES):
                yield part
                part, size = [], 0
            part.append(study)
            size += len(study.content)
    except SourceError:
        if part:
            yield part
        raise
    if part:
        yield part


def run(work: Iterable[Job], workers: int = 1) -> Iterator[Counts]:
    """Do jobs, in this process or in several beside it, and give the counts of each in order.

    Parameters
    ----------
    work
        The jobs; taken as they can be done, so that they may be many.
    workers
        How many processes.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    if workers == 1:
        yield from map(map_studies, work)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from _results(lambda job: pool.submit(map_studies, job), work, 2 * workers)


def _results(submit: Callable[[Job], Any], work: Iterable[Job], most: int) -> Iterator[Counts]:
    """Keep some jobs under way and give their results in order; where jobs end in an error, finish those first."""
    waiting: deque[Any] = deque()
    todo, problem = iter(work), None
    while True:
        try:
            for job in itertools.islice(todo, most - len(waiting)):
                waiting.append(submit(job))
        except SourceError as error:
            todo, problem = iter(()), error
        if not waiting:
            break
        yield waiting.popleft().result()
    if problem is not None:
        raise problem


def run_on_dask(work: Iterable[Job], client: Any) -> Iterator[Counts]:
    """Do jobs on a Dask cluster (extra ``cluster``), and give the counts of each in order.

    Parameters
    ----------
    work
        The jobs; targets lie where every worker of the cluster can write.
    client
        A ``distributed.Client``.
    """
    most = 2 * max(1, sum(client.ncores().values()))
    yield from _results(lambda job: client.submit(map_studies, job, pure=False), work, most)


def load(parts: Sequence[Path], folder: Path) -> int:
    """Load files of N-Quads into a new store and put it in the place of the one before.

    Parameters
    ----------
    parts
        The files.
    folder
        Where the store is to be; a link that is switched in one step once all is loaded.

    Returns
    -------
    int
        How many quads it holds.

    Raises
    ------
    StoreError
        If a file is not N-Quads or the store cannot be written; the store before stays.
    """
    number = max((int(path.name.rpartition("-")[2]) for path in folder.parent.glob(f".{folder.name}-*")), default=0)
    fresh = folder.with_name(f".{folder.name}-{number + 1}")
    try:
        store = ox.Store(str(fresh))
        for part in parts:
            store.bulk_load(path=str(part), format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        size = len(store)
        del store
        link = folder.with_name(f".{folder.name}.new")
        link.unlink(missing_ok=True)
        link.symlink_to(fresh.name)
        link.replace(folder)
    except (OSError, SyntaxError, RuntimeError) as error:
        raise StoreError(f"{folder}: cannot be loaded ({error})") from None
    return size
