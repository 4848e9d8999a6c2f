"""The verb fetch: what it says, how it ends, and that a kill costs nothing."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import registry_server as server
from click.testing import CliRunner, Result
from registry_server import Registry, answering

from kg.cli import main
from kg.sources.registry import archive
from kg.sources.registry.api import identify


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def registry() -> Iterator[Registry]:
    with server.serving(Registry(*range(1, 41))) as one:
        yield one


def fetch(registry: Registry, *arguments: str | Path, pause: str = "0") -> Result:
    words = ["fetch", "--url", registry.url, "--pause", pause, *map(str, arguments)]
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def files(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in folder.glob("studies/NCT*.json")}


def test_says_what_came_and_what_to_do_next(registry: Registry, tmp_path: Path) -> None:
    result = fetch(registry, "--out", tmp_path, "--page-size", "15")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"fetched 40 studies into {tmp_path}/ (40 new, 0 changed, 0 unchanged)",
        f"data of 2026-11-20T09:00:05, version 2.0.5 of {registry.url}",
        "next: make graph",
    ]
    assert "40/40" in result.stderr
    assert "query.cond=%22" in registry.requests[1]
    assert "dermatomyositis" in registry.requests[1]
    assert files(tmp_path) == registry.studies


SAMPLE = Path(__file__).parents[2] / "shared" / "data" / "ctgov" / "studies.jsonl.gz"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample of real records does not lie beside the project")
def test_real_records_come_byte_for_byte(tmp_path: Path) -> None:
    lines = gzip.decompress(SAMPLE.read_bytes()).splitlines()
    real = Registry()
    real.studies = {identify(line)[0]: line for line in lines}
    with server.serving(real):
        result = fetch(real, "--out", tmp_path)

    assert result.exit_code == 0
    assert len(real.studies) == len(lines) == 317
    assert files(tmp_path) == real.studies


def test_numbers(registry: Registry, tmp_path: Path) -> None:
    registry.aliases["NCT00000077"] = "NCT00000002"
    result = fetch(registry, "nct00000001", "NCT77", "NCT99", "--out", tmp_path)

    assert result.exit_code == 1
    assert "NCT00000077 is now NCT00000002" in result.stdout
    assert "warning: NCT00000099: not in the registry" in result.stderr
    assert set(files(tmp_path)) == {"NCT00000001", "NCT00000002"}


def test_expression(registry: Registry, tmp_path: Path) -> None:
    assert fetch(registry, "--query", "AREA[Phase]PHASE3", "--out", tmp_path).exit_code == 0
    assert "query.term=AREA%5BPhase%5DPHASE3" in registry.requests[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["../x"], "kg: '../x' is no number of a study"),
        (["NCT1", "--query", "x"], "numbers and --query exclude each other"),
        (["--query", "("], "answered 400: Parameter `query.term` has incorrect format"),
        (["--page-size", "1001"], "1001 is not in the range"),
        (["--pause", "-1"], "-1.0 is not in the range"),
    ],
)
def test_what_cannot_be_used(registry: Registry, tmp_path: Path, arguments: list[str], said: str) -> None:
    result = fetch(registry, *arguments, "--out", tmp_path)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_server_that_cannot_be_reached(tmp_path: Path) -> None:
    with server.serving(Registry()) as gone:
        pass
    result = fetch(gone, "--out", tmp_path, "--tries", "1")

    assert result.exit_code == 2
    assert f"kg: {gone.url}/version: no whole answer (ConnectionError: " in result.stderr


def test_slow_server(registry: Registry, tmp_path: Path) -> None:
    registry.faults = [server.silent(0.5)]
    result = fetch(registry, "--out", tmp_path, "--tries", "1", "--timeout", "0.1")

    assert result.exit_code == 2
    assert "ReadTimeout" in result.stderr


def test_says_why_it_waits_without_steering_the_terminal(registry: Registry, tmp_path: Path) -> None:
    registry.faults = [answering("[red]slow\x1b[31m down", 429, Retry_After="0")]
    result = fetch(registry, "--out", tmp_path)

    assert result.exit_code == 0
    assert "answered 429: [red]slow\\x1b[31m down; next try in" in result.stderr
    assert "\x1b" not in result.stderr


def test_what_the_server_says_cannot_steer_the_terminal(registry: Registry, tmp_path: Path) -> None:
    registry.faults = [answering("\x1b]8;;https://x\x07 no", 400)]
    result = fetch(registry, "--out", tmp_path)

    assert result.exit_code == 2
    assert not set("\x1b\x07") & set(result.stderr)


def test_interrupted(registry: Registry, tmp_path: Path) -> None:
    result = started(registry, tmp_path, signal.SIGINT)

    assert result.returncode == 1
    assert "interrupted; the same command goes on from here" in str(result.stderr)
    assert "Traceback" not in str(result.stderr)


def started(registry: Registry, folder: Path, sign: signal.Signals) -> subprocess.CompletedProcess[str]:
    """Start the command as a process of its own, and end it by a signal while it waits for its seventh answer."""
    reached, over = threading.Event(), threading.Event()
    registry.faults = [*[None] * 6, server.holding(reached, over)]
    command = [
        sys.executable,
        "-c",
        "from kg.cli import main; main()",
        "fetch",
        "--url",
        registry.url,
        "--out",
        str(folder),
    ]
    process = subprocess.Popen(
        [*command, "--page-size", "3", "--pause", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_PROXY": "*"},
    )
    assert reached.wait(60)
    process.send_signal(sign)
    out, err = process.communicate(timeout=60)
    over.set()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def test_killed_and_run_again(registry: Registry, tmp_path: Path) -> None:
    killed = started(registry, tmp_path / "killed", signal.SIGKILL)
    half = files(tmp_path / "killed")
    asked = len(registry.requests)

    assert killed.returncode == -signal.SIGKILL
    assert len(half) == 15, "five pages after the version"
    assert half.items() <= registry.studies.items()
    assert (tmp_path / "killed" / "crawl.jsonl").exists()

    again = fetch(registry, "--out", tmp_path / "killed", "--page-size", "3")
    assert again.exit_code == 0
    assert again.stdout.startswith("went on and fetched 40 studies")
    assert len(registry.requests) - asked < 2 + 14, "not all pages are asked for again"
    fetch(registry, "--out", tmp_path / "whole", "--page-size", "3")
    assert files(tmp_path / "killed") == files(tmp_path / "whole") == registry.studies
    killed_manifest, whole = archive.read(tmp_path / "killed"), archive.read(tmp_path / "whole")
    assert [study.sha256 for study in killed_manifest.studies.values()] == [s.sha256 for s in whole.studies.values()]
    assert killed_manifest.crawls[0].found == whole.crawls[0].found
