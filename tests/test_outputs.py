"""A build is put in place whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import projects
import pytest

from kg import outputs
from kg.errors import StoreError
from kg.outputs import NAMES, new_build
from kg.store import Embedded


def make(out: Path, text: str) -> None:
    """Put a build in place whose every file holds a text."""
    with new_build(out) as fresh:
        fill(fresh, text)


def fill(fresh: Path, text: str) -> None:
    for name in NAMES:
        if name == "store":
            (fresh / name).mkdir()
            (fresh / name / "part").write_text(text)
        else:
            (fresh / name).write_text(text)


def texts(out: Path) -> set[str]:
    return {(out / name / "part" if name == "store" else out / name).read_text() for name in NAMES}


def builds(out: Path) -> set[str]:
    return {path.name for path in (out / ".builds").iterdir()}


def test_first_build_makes_its_folder(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    make(out, "one")

    assert texts(out) == {"one"}
    assert {path.name for path in out.iterdir()} == {*NAMES, "current", ".builds"}
    assert all((out / name).is_symlink() for name in (*NAMES, "current"))
    assert len(builds(out)) == 1


def test_links_are_relative_so_that_the_folder_can_move(tmp_path: Path) -> None:
    make(tmp_path / "out", "one")
    (tmp_path / "out").rename(tmp_path / "moved")

    assert texts(tmp_path / "moved") == {"one"}


def test_next_build_replaces_and_keeps_the_one_before(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        make(tmp_path, text)
        assert texts(tmp_path) == {text}

    assert len(builds(tmp_path)) == 2
    assert {(tmp_path / ".builds" / name / "report.md").read_text() for name in builds(tmp_path)} == {"two", "three"}


def test_reader_of_the_build_before_can_finish(tmp_path: Path) -> None:
    make(tmp_path, "one")
    folder = (tmp_path / "current").resolve()
    with (tmp_path / "report.md").open() as opened:
        make(tmp_path, "two")

        assert opened.read() == "one"
    assert (folder / "report.json").read_text() == "one"


def fail(out: Path, error: BaseException) -> None:
    with new_build(out) as fresh:
        fill(fresh, "half")
        raise error


@pytest.mark.parametrize("error", [ValueError("in the middle"), KeyboardInterrupt(), SystemExit(1)])
def test_failing_in_the_middle_changes_nothing(error: BaseException, tmp_path: Path) -> None:
    make(tmp_path, "one")
    before = builds(tmp_path)
    with pytest.raises(type(error)):
        fail(tmp_path, error)

    assert texts(tmp_path) == {"one"}
    assert builds(tmp_path) == before


def test_failing_at_first_leaves_no_build(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in the middle"):
        fail(tmp_path, ValueError("in the middle"))

    assert [path.name for path in tmp_path.iterdir()] == [".builds"]
    assert builds(tmp_path) == set()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(28, "No space left on device"), "No space left on device"), (OSError("gone"), "gone")],
)
def test_full_disk_is_one_error(error: OSError, reason: str, tmp_path: Path) -> None:
    make(tmp_path, "one")
    with pytest.raises(StoreError) as caught:
        fail(tmp_path, error)

    assert str(caught.value) == f"{tmp_path}: cannot be written ({reason})"
    assert texts(tmp_path) == {"one"}
    assert len(builds(tmp_path)) == 1


@pytest.mark.parametrize("name", [*NAMES, "current"])
@pytest.mark.parametrize("folder", [True, False])
def test_something_else_in_the_way(name: str, folder: bool, tmp_path: Path) -> None:
    other = tmp_path / name
    if folder:
        other.mkdir()
        (other / "mine").write_text("kept")
    else:
        other.write_text("kept")
    with pytest.raises(StoreError, match=f"holds {name} that kg build did not write; choose another folder"):
        make(tmp_path, "one")

    assert (other / "mine" if folder else other).read_text() == "kept"
    assert not any(path.is_symlink() for path in tmp_path.iterdir())


def test_file_instead_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(StoreError, match="out: cannot be written"):
        make(tmp_path / "out", "one")

    assert (tmp_path / "out").read_text() == "mine"


def test_file_instead_of_the_builds(tmp_path: Path) -> None:
    (tmp_path / ".builds").write_text("mine")
    with pytest.raises(StoreError, match="cannot be written"):
        make(tmp_path, "one")

    assert (tmp_path / ".builds").read_text() == "mine"


def test_folder_that_cannot_be_written() -> None:
    """Root may write anywhere but here, so that the test says the same to every user."""
    with pytest.raises(StoreError, match=r"^/proc/build: cannot be written"):
        make(Path("/proc/build"), "one")


def test_link_that_cannot_be_switched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "one")

    def refuse(link: Path, target: str) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(outputs, "_point", refuse)
    with pytest.raises(StoreError, match="Read-only file system"):
        make(tmp_path, "two")
    assert texts(tmp_path) == {"one"}

    monkeypatch.undo()
    make(tmp_path, "three")
    assert texts(tmp_path) == {"three"}
    assert len(builds(tmp_path)) == 2


def test_leftovers_are_swept(tmp_path: Path) -> None:
    make(tmp_path, "one")
    (tmp_path / ".builds" / "new-killed").mkdir()
    fill(tmp_path / ".builds" / "new-killed", "half")
    (tmp_path / ".builds" / "older").mkdir()
    make(tmp_path, "two")

    assert texts(tmp_path) == {"two"}
    assert {(tmp_path / ".builds" / name / "report.md").read_text() for name in builds(tmp_path)} == {"one", "two"}


def test_leftover_link_of_a_killed_build_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".current-{os.getpid()}").symlink_to("nowhere")
    make(tmp_path, "one")

    assert texts(tmp_path) == {"one"}
    assert not (tmp_path / f".current-{os.getpid()}").is_symlink()


def test_leftover_links_of_other_processes_are_swept(tmp_path: Path) -> None:
    make(tmp_path, "one")
    for name in (".current-1", ".report.md-1"):
        (tmp_path / name).symlink_to("nowhere")
    make(tmp_path, "two")

    assert {path.name for path in tmp_path.iterdir()} == {*NAMES, "current", ".builds"}


def test_links_that_point_nowhere_are_mended(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(".builds/gone")
    make(tmp_path, "one")

    assert texts(tmp_path) == {"one"}


KILLED_AT_STEP = """
import os, signal, sys
from pathlib import Path
from kg.outputs import NAMES, new_build

left = int(sys.argv[2])

def step(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(step)
with new_build(Path(sys.argv[1])) as fresh:
    for name in NAMES:
        path = fresh / name
        if name == "store":
            path.mkdir()
            path = path / "part"
        path.write_text("two")
"""


def test_killed_before_each_step(tmp_path: Path) -> None:
    """Before each change of the file system that putting in place takes, the process is killed."""
    states: list[set[str]] = []
    status = -signal.SIGKILL
    while status:
        out = tmp_path / str(len(states))
        make(out, "zero")
        make(out, "one")
        with projects.python("-c", KILLED_AT_STEP, str(out), str(len(states) + 1)) as process:
            _, problem = process.communicate()
        status = process.returncode
        assert status in (0, -signal.SIGKILL), problem
        states.append(texts(out))
        make(out, "three")
        assert texts(out) == {"three"}

    assert len(states) > 12
    assert states == sorted(states, key=lambda state: state != {"one"})
    assert {"one"} in states
    assert states[-1] == {"two"}
    assert all(state in ({"one"}, {"two"}) for state in states)


# A real build, killed.

KILLS = 15


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with one fact changed, so that its build differs from the one in place."""
    folder = projects.copy(projects.project(tmp_path_factory), tmp_path_factory.mktemp("changed") / "project")
    projects.change(folder / "data" / "trials" / "NCT02466243.json", '"enrolment": 22', '"enrolment": 23')
    return folder


def start(project: Path, out: Path) -> subprocess.Popen[str]:
    return projects.python("build_graph.py", "--root", str(project), "--out", str(out))


def contents(out: Path) -> tuple[dict[str, str], int]:
    """Hash the files of a build and count the quads of its store; fails if any of it cannot be read."""
    return projects.hashes(out), len(list(Embedded(out / "store").quads()))


@pytest.fixture(scope="module")
def life(changed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[float, tuple[dict[str, str], int]]:
    """How long a whole build takes, and what it makes."""
    out = tmp_path_factory.mktemp("whole") / "build"
    started = time.monotonic()
    with start(changed, out) as process:
        assert process.wait() == 0, process.stderr.read() if process.stderr else ""
    return time.monotonic() - started, contents(out)


def kill(project: Path, out: Path, moment: float) -> int:
    """Start a build, kill it after some seconds, and return how it ended."""
    with start(project, out) as process:
        try:
            return process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return process.wait()


def test_killed_build_leaves_a_whole_one(
    changed: Path,
    life: tuple[float, tuple[dict[str, str], int]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    seconds, after = life
    chance = random.Random(20)
    moments = [seconds * (number + chance.random()) / KILLS for number in range(KILLS)]
    outs = [projects.copy(projects.built(tmp_path_factory), tmp_path / str(number)) for number in range(KILLS)]
    before = contents(outs[0])
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(kill, [changed] * KILLS, outs, moments))
    found = [contents(out) for out in outs]

    assert before != after
    assert set(ends) <= {0, -signal.SIGKILL}
    assert ends.count(-signal.SIGKILL) >= 12
    assert all(content in (before, after) for content in found)
    assert all(content == after for content, end in zip(found, ends, strict=True) if end == 0)


def test_killed_while_it_writes_leaves_the_one_before(
    changed: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = projects.copy(projects.built(tmp_path_factory), tmp_path / "build")
    before, place = contents(out), (out / "current").readlink()
    with start(changed, out) as process:
        while not list((out / ".builds").glob("new-*/store/*")) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)

    assert process.returncode == -signal.SIGKILL
    assert (out / "current").readlink() == place
    assert contents(out) == before
    assert list((out / ".builds").glob("new-*"))

    make(out, "next")
    assert texts(out) == {"next"}
    assert builds(out) == {place.name, (out / "current").readlink().name}
