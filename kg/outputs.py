"""Puts a finished build in place, all of it at once or not at all.

A build folder looks like this, and its parts always belong together::

    build/current        -> .builds/1f3a9c0d   the build in use; switching this link is one step
    build/myositis.ttl   -> current/myositis.ttl, and so on for each output

A build is written under ``.builds/`` beside the one in use and synced to disk; only then is the link
switched.  Killed at any moment, the build in use stays whole; leftovers go with the next build.  The
one before stays for readers that still have it open.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreError

NAMES = ("myositis.ttl", "myositis.nq", "store", "report.json", "report.md")
"""What a build consists of."""

_LINK = "current"
_BUILDS = ".builds"


def _sync(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _point(link: Path, target: str) -> None:
    """Make or switch a symbolic link in one step."""
    fresh = link.with_name(f".{link.name}-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


@contextlib.contextmanager
def new_build(out: Path) -> Iterator[Path]:
    """Give a fresh folder to write a build into, and put it in place if nothing fails.

    Parameters
    ----------
    out
        The build folder, made when it is missing.

    Yields
    ------
    Path
        The folder to write `NAMES` into.

    Raises
    ------
    StoreError
        If the folder cannot be written, or holds something else under one of the names.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with new_build(folder) as fresh:
    ...     _ = (fresh / "report.md").write_text("done")
    >>> (folder / "report.md").read_text()
    'done'
    """
    try:
        builds = out / _BUILDS
        builds.mkdir(parents=True, exist_ok=True)
        in_the_way = [name for name in (*NAMES, _LINK) if (out / name).exists() and not (out / name).is_symlink()]
        if in_the_way:
            raise StoreError(f"{out}: holds {', '.join(in_the_way)} that kg build did not write; choose another folder")
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=builds))
        fresh.chmod(0o755)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror or error})") from None
    try:
        yield fresh
        _sync(fresh)
        before = (out / _LINK).resolve() if (out / _LINK).exists() else None
        final = fresh.with_name(fresh.name.removeprefix("new-"))
        fresh.rename(final)
        for name in NAMES:
            if not (out / name).is_symlink():
                _point(out / name, f"{_LINK}/{name}")
        _point(out / _LINK, f"{_BUILDS}/{final.name}")
        _sync_folder(out)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror or error})") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _sweep(out, {final, before})


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(out: Path, keep: set[Path | None]) -> None:
    """Remove what builds that were killed left behind, and builds older than the one before."""
    kept = {path.resolve() for path in keep if path is not None}
    for path in (out / _BUILDS).iterdir():
        if path.resolve() not in kept:
            shutil.rmtree(path, ignore_errors=True)
    for name in (*NAMES, _LINK):
        for link in out.glob(f".{name}-*"):
            link.unlink(missing_ok=True)
