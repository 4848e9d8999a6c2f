"""Every notebook runs offline from top to bottom, and stands in the repository without outputs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import projects
import pytest
import servers
from nbclient import NotebookClient

FOLDER = projects.CHECKOUT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_bytes())["cells"] if cell["cell_type"] == kind]


@pytest.fixture(scope="module")
def place(whole_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``kg.load()`` finds the build."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "build").symlink_to(whole_build)
    return folder


@pytest.fixture(scope="module")
def endpoint(whole_build: Path) -> Iterator[str]:
    with servers.oxigraph(whole_build / "store") as server:
        yield server.query


def ran(path: Path, place: Path) -> list[dict[str, Any]]:
    read: Callable[..., Any] = nbformat.read
    notebook = read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(place)}})
    client.execute()
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_notebooks_are_found() -> None:
    assert len(NOTEBOOKS) >= 3
    assert [int(name[:2]) for name in NAMES] == list(range(1, len(NAMES) + 1))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_runs(path: Path, place: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warnings are those of the kernel's own libraries."""
    monkeypatch.setenv("KG_ENDPOINT", endpoint)
    monkeypatch.delenv("MPLBACKEND", raising=False)
    outputs = ran(path, place)
    shown = json.dumps(outputs)

    assert [output for output in outputs if output["output_type"] == "error"] == []
    drawn = [output for output in outputs if "image/png" in output.get("data", {})]

    assert len(drawn) == path.read_text(encoding="utf-8").count('"figures.')
    assert "display_data" not in {output["output_type"] for output in outputs}
    assert "stderr" not in {output.get("name") for output in outputs}
    assert "0 rows" not in re.findall(r"\b\d+ rows", shown)
    assert "False" not in [output.get("data", {}).get("text/plain") for output in outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_outputs_are_stripped(path: Path) -> None:
    content = json.loads(path.read_bytes())

    assert [cell["id"] for cell in cells(path, "code") if cell["outputs"] or cell["execution_count"]] == []
    assert all(cell["metadata"] == {} for cell in content["cells"])
    assert set(content["metadata"]) == {"kernelspec", "language_info"}
    assert path.read_text(encoding="utf-8") == json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    nbformat.validate(content)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebooks_hold_no_logic(path: Path) -> None:
    """A cell calls the package and shows what it gives; what decides or computes belongs into the package."""
    for cell in cells(path, "code"):
        tree = ast.parse("".join(cell["source"]))
        assert not [
            n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.If | ast.While | ast.Try)
        ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebooks_begin_with_a_title(path: Path) -> None:
    assert "".join(cells(path, "markdown")[0]["source"]).startswith("# ")
    assert json.loads(path.read_bytes())["cells"][0]["cell_type"] == "markdown"
