"""The wheel carries all that the package needs, and works in a clean place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import projects
import pytest

from kg.serialise import turtle
from kg.tables import TABLES
from kg.triples import Graphs

ENTRY = "from kg.cli import main; main()"


def run(command: list[str], folder: Path, **environment: str) -> str:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        command, cwd=folder, env={**given, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    run([*command, str(projects.CHECKOUT)], folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which only the wheel is installed; what it needs comes from the environment of the tests."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--no-index"]
    run([*pip, "--quiet", "--target", str(folder), str(wheel)], folder)
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


def names_in(folder: str, pattern: str) -> set[str]:
    found = {str(path.relative_to(projects.CHECKOUT)) for path in (projects.CHECKOUT / folder).glob(pattern)}
    assert found
    return found


def test_wheel_carries_everything(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    resources = {name.removeprefix("kg/_resources/") for name in carried if name.startswith("kg/_resources/")}

    assert names_in("kg", "**/*.py") <= carried
    assert names_in("ontology", "*.*") <= resources
    assert {f"ontology/tables/{name}.tsv" for name in TABLES} <= resources
    assert names_in("queries", "*/*.rq") <= resources
    assert names_in("data", "trials/*.json") | {"data/trial.schema.json"} <= resources
    assert not any(part in name for name in carried for part in ("__pycache__", ".new", "tests/", "build/"))


def test_wheel_has_its_command_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" in name]
        texts = {name.rsplit("/", 1)[1]: archive.read(name).decode() for name in names}

    assert "kg = kg.cli:main" in texts["entry_points.txt"]
    assert "Name: myositis-kg" in texts["METADATA"]
    assert "LICENSE" in texts
    for line in texts["METADATA"].splitlines():
        assert not line.startswith("Requires-Dist: /")


def test_installed_package_is_the_one_that_runs(site: Path, elsewhere: Path) -> None:
    code = "import kg, kg.resources; print(kg.__file__, kg.resources.root(), sep='\\n')"
    package, resources = run([sys.executable, "-c", code], elsewhere, PYTHONPATH=str(site)).splitlines()

    assert Path(package) == site / "kg" / "__init__.py"
    assert Path(resources) == site / "kg" / "_resources"


def test_installed_package_builds_the_same_bytes_and_answers(site: Path, elsewhere: Path, graphs: Graphs) -> None:
    kg = [sys.executable, "-c", ENTRY]
    built = run([*kg, "build", "--out", "graph"], elsewhere, PYTHONPATH=str(site), PYTHONHASHSEED="11")
    question = ["ask", "trials-of-a-drug", "drug=abatacept", "--format", "json", "--build", "graph"]
    rows = json.loads(run([*kg, *question], elsewhere, PYTHONPATH=str(site)))

    assert "Wrote graph/" in built
    assert "https://w3id.org/myositis-kg/trial/NCT02971683" in {row["trial"] for row in rows}
    assert {path.name for path in elsewhere.iterdir()} == {"graph"}
    assert (elsewhere / "graph" / "myositis.ttl").read_bytes() == turtle(graphs.union())


def test_installed_command(site: Path, elsewhere: Path) -> None:
    listed = run([str(site / "bin" / "kg"), "ask"], elsewhere, PYTHONPATH=str(site))

    assert "trials-of-a-drug" in listed
