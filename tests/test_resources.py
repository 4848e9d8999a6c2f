"""Where the ontology, the queries and the records are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import resources
from kg.errors import SourceError


def make(folder: Path) -> Path:
    (folder / "ontology").mkdir(parents=True)
    (folder / "ontology" / "shapes.ttl").touch()
    return folder


def test_root_holds_everything() -> None:
    folders = ("ontology/tables", "queries/questions", "queries/checks", "queries/views", "data/trials")

    assert [name for name in folders if not (resources.root() / name).is_dir()] == []


def test_checkout_is_found_beside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "kg")

    assert make(tmp_path) == resources.root()


def test_wheel_is_found_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "kg")
    make(tmp_path)

    assert make(tmp_path / "kg" / "_resources") == resources.root()


def test_root_refuses_when_nothing_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "kg")
    with pytest.raises(SourceError, match="expected a checkout or a wheel with its resources") as caught:
        resources.root()

    assert str(tmp_path / "kg") == caught.value.where


def test_files_are_sorted_by_name(tmp_path: Path) -> None:
    for name in ("b.rq", "a.rq", "c.txt"):
        (tmp_path / name).touch()

    assert [path.name for path in resources.files(tmp_path, "*.rq")] == ["a.rq", "b.rq"]


@pytest.mark.parametrize("folder", ["", "missing"])
def test_files_refuses_an_empty_search(tmp_path: Path, folder: str) -> None:
    with pytest.raises(SourceError, match=r"saw 'no file', expected at least one file \*\.rq") as caught:
        resources.files(tmp_path / folder, "*.rq")

    assert str(tmp_path / folder) == caught.value.where
