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
