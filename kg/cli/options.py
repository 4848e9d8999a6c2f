"""Options that several verbs share."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from kg.store import Store

PATH = click.Path(path_type=Path)
"""A path of the file system."""

BUILD = click.option("--build", "folder", type=PATH, default=Path("build"), show_default=True, help="The build to use.")
"""The build that a verb reads."""

ROOT = click.option("--root", type=PATH, help="Folder of ontology/, queries/ and data/; the package's own if absent.")
"""The sources that a verb reads."""

PAGES = click.option("--pages", type=PATH, help="Folder of page texts; pages/ below the current folder, if there.")
"""The texts of pages that a verb reads."""

REGISTRY = click.option(
    "--registry", type=PATH, help="Folder of registry records; registry/ below the current folder, if there."
)
"""The records of ClinicalTrials.gov that a verb reads."""


def added(**folders: Path | None) -> dict[str, Path]:
    """Return the folders of further sources: those given, and those below the current folder that have their name.

    >>> added(pages=Path("mine"), absent=None)
    {'pages': PosixPath('mine')}
    """
    named = {name: folder or Path(name) for name, folder in folders.items()}
    return {name: folder for name, folder in named.items() if folders[name] is not None or folder.is_dir()}


class Where(NamedTuple):
    """What a verb asks: the store of a build, or an endpoint."""

    folder: Path
    endpoint: str
    user: str

    def open(self, timeout: float = 60) -> Store:
        """Open it.

        Raises
        ------
        kg.errors.StoreError
            If there is no store, or the address is none.
        """
        if self.endpoint:
            from kg.endpoint import Endpoint

            return Endpoint(self.endpoint, timeout, self.user, *secrets())
        from kg.store import Embedded

        return Embedded(self.folder / "store")


def secrets() -> tuple[str, str]:
    """Return the password and the token of the environment: in a command line others could read them."""
    return os.environ.get("KG_PASSWORD", ""), os.environ.get("KG_TOKEN", "")


USER = click.option(
    "--user",
    envvar="KG_USER",
    default="",
    help="Who asks a server (or KG_USER); with KG_PASSWORD or KG_TOKEN.",
)
"""Who asks a server; the password or token comes from the environment."""

_ENDPOINT = click.option(
    "--endpoint",
    envvar="KG_ENDPOINT",
    default="",
    metavar="URL",
    help="Ask this endpoint instead (or KG_ENDPOINT).",
)


def stored(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that say where to ask, as its one argument ``where``."""

    @functools.wraps(verb)
    def with_where(*given: Any, folder: Path, endpoint: str, user: str, **options: Any) -> None:
        verb(*given, where=Where(folder, endpoint, user), **options)

    return BUILD(_ENDPOINT(USER(with_where)))
