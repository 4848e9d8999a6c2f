"""Projects to build in tests: a small one cut out of the real one, copies of it with one thing changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from kg import build, canonical, outputs
from kg.link import LinkedRecord
from kg.resources import root
from kg.tables import TABLES
from kg.triples import Graphs

TRIALS = ("NCT00106184", "NCT00533091", "NCT00979654", "NCT02466243")
"""Trials with results, an extension of another, a value that sources dispute."""

CHECKOUT = Path(__file__).parent.parent


def whole() -> tuple[build.Inputs, tuple[LinkedRecord, ...]]:
    """Read and link the real project."""
    inputs = build.read(root())
    return inputs, build.link(inputs)


def named(linked: Iterable[LinkedRecord], trials: Iterable[str]) -> set[tuple[str, str]]:
    """Find what some trials need: path and pointer of each record that they name, over any number of steps.

    What a drug does is kept with it, and of a table that nothing else is needed of, the first row.
    """
    records = list(linked)
    subjects = {record.visits[0].subject: record for record in records}
    first = {record.sourced.path: record for record in reversed(records) if record.sourced.path.endswith(".tsv")}
    todo = [record for record in records if record.sourced.source.removeprefix("curated-") in set(trials)]
    kept: set[tuple[str, str]] = set()
    while todo:
        record = todo.pop()
        place = record.sourced.path, record.sourced.pointer
        if place not in kept:
            kept.add(place)
            links = [link.iri for terms in record.terms.values() for link in terms]
            drug = getattr(record.sourced.record, "name", "") if record.sourced.source == "table-drugs" else ""
            todo += [subjects[iri] for iri in links if iri in subjects]
            todo += [one for one in records if drug and getattr(one.sourced.record, "drug", "") == drug]
        if not todo:
            full = {path for path, _ in kept}
            todo = [one for path, one in first.items() if path not in full]
    return kept


def cut(folder: Path, trials: Iterable[str] = TRIALS) -> Path:
    """Write a project that holds some trials and what they need, and nothing else."""
    inputs, linked = whole()
    places = named(linked, trials)
    shutil.copytree(root() / "queries", folder / "queries")
    (folder / "ontology" / "tables").mkdir(parents=True)
    (folder / "data" / "trials").mkdir(parents=True)
    for path in (root() / "ontology").iterdir():
        if path.is_file():
            shutil.copy(path, folder / "ontology")
    for record in sorted({path for path, _ in places if path.endswith(".json")}):
        shutil.copy(root() / record, folder / record)
    for name in TABLES:
        table = f"ontology/tables/{name}.tsv"
        lines = (root() / table).read_text(encoding="utf-8").splitlines()
        head = [line for line in lines if line.startswith("#")]
        columns, *rows = lines[len(head) :]
        pointers = [one.pointer for one in inputs.records if one.path == table]
        kept = [row for row, pointer in zip(rows, pointers, strict=True) if (table, pointer) in places]
        (folder / table).write_text("\n".join([*head, columns, *kept]) + "\n", encoding="utf-8")
    (folder / "docs").mkdir()
    for path, content in canonical.untidy(folder):
        path.write_bytes(content)
    return folder


def project(factory: pytest.TempPathFactory) -> Path:
    """Return the small project, cut once in a session.  Not to be changed: copy it."""
    folder = factory.getbasetemp() / "project"
    return folder if folder.exists() else cut(folder)


def built(factory: pytest.TempPathFactory) -> Path:
    """Return a build of the small project, made once in a session.  Not to be changed: copy it."""
    folder = factory.getbasetemp() / "built"
    if not (folder / "current").exists():
        build.PIPELINE.run({"root": project(factory), "added": {}, "out": folder})
    return folder


def copy(of: Path, folder: Path) -> Path:
    """Copy a project or a build, with its links as links."""
    return Path(shutil.copytree(of, folder, symlinks=True))


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{old!r} stands {text.count(old)} times in {path.name}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def graphs_of(folder: Path) -> Graphs:
    """Return the graphs of a project, without checks."""
    inputs = build.read(folder)
    return build.describe(inputs, build.infer(inputs, build.transform(inputs, build.link(inputs))))


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def hashes(build_folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each output file of a build; the store, whose files differ, is left out."""
    return {name: digest((build_folder / name).read_bytes()) for name in outputs.NAMES if name != "store"}


def tree(folder: Path) -> dict[str, str]:
    """Return everything in a folder: the target of each link, the SHA-256 of each file."""
    return {
        str(path.relative_to(folder)): f"-> {path.readlink()}" if path.is_symlink() else digest(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def python(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start Python in the checkout."""
    command = [sys.executable, *arguments]
    given = {**os.environ, **environment}
    return subprocess.Popen(command, cwd=CHECKOUT, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
