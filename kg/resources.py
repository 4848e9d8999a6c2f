"""Finds the ontology, the tables, the queries and the trial records, in a checkout and in a wheel.

In a checkout they lie beside the package; a wheel carries them inside it, under ``kg/_resources``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.errors import SourceError

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder that holds ``ontology/``, ``queries/`` and ``data/``.

    Raises
    ------
    SourceError
        If neither the wheel's own copy nor a checkout is there.

    Examples
    --------
    >>> (root() / "ontology" / "shapes.ttl").is_file()
    True
    """
    for folder in (_PACKAGE / "_resources", _PACKAGE.parent):
        if (folder / "ontology" / "shapes.ttl").is_file():
            return folder
    raise SourceError(str(_PACKAGE), "", "no ontology/shapes.ttl", "a checkout or a wheel with its resources")


def files(folder: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files of a folder that match a pattern, sorted by name.

    Raises
    ------
    SourceError
        If there is none: a search that finds nothing is a failure, not an empty answer.

    Examples
    --------
    >>> [path.name for path in files(root() / "ontology", "shapes.*")]
    ['shapes.ttl']
    """
    found = tuple(sorted(folder.glob(pattern)))
    if not found:
        raise SourceError(str(folder), "", "no file", f"at least one file {pattern}")
    return found


def locate(path: str, root: Path, added: Mapping[str, Path]) -> Path:
    """Return the file that the path of a source stands for.

    Parameters
    ----------
    path
        The path as the graph states it, with forward slashes.
    root
        The folder of the project's own sources.
    added
        Folders that were added to a build: the first part of their paths -> where they are.

    Examples
    --------
    >>> locate("pages/crick.txt", Path("project"), {"pages": Path("mine")}).as_posix()
    'mine/crick.txt'
    >>> locate("data/trials/NCT1.json", Path("project"), {}).as_posix()
    'project/data/trials/NCT1.json'
    """
    first, _, rest = path.partition("/")
    return added[first] / rest if first in added else root / path
