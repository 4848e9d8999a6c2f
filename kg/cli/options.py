"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
"""A path of the file system."""

BUILD = click.option("--build", "folder", type=PATH, default=Path("build"), show_default=True, help="The build to use.")
"""The build that a verb reads."""

ROOT = click.option("--root", type=PATH, help="Folder of ontology/, queries/ and data/; the package's own if absent.")
"""The sources that a verb reads."""

PAGES = click.option("--pages", type=PATH, help="Folder of page texts; pages/ below the current folder, if there.")
"""The texts of pages that a verb reads."""


def added(**folders: Path | None) -> dict[str, Path]:
    """Return the folders of further sources: those given, and those below the current folder that have their name.

    >>> added(pages=Path("mine"), absent=None)
    {'pages': PosixPath('mine')}
    """
    named = {name: folder or Path(name) for name, folder in folders.items()}
    return {name: folder for name, folder in named.items() if folders[name] is not None or folder.is_dir()}
