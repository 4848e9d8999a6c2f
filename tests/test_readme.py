"""The README tells the truth: its commands print what it shows, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.resources import root

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ kg (.*?)```", README, flags=re.DOTALL)


def parts(block: str) -> tuple[list[str], str]:
    """Split a console block into the words of its command and the output shown."""
    lines = block.splitlines(keepends=True)
    for end in range(1, len(lines) + 1):
        try:
            return shlex.split("".join(lines[:end])), "".join(lines[end:])
        except ValueError:
            continue
    raise AssertionError(f"no command in {block!r}")


def test_blocks_are_found() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[0])
def test_command_prints_what_is_shown(block: str, whole_build: Path) -> None:
    words, shown = parts(block)
    answer = CliRunner().invoke(main, [*words, "--build", str(whole_build)])

    assert answer.exit_code == 0, answer.output
    assert answer.output == shown


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")

    assert [
        link
        for link in re.findall(r"\]\(([^)#:]+)\)", text)
        if not (ROOT / link).exists() or not (root() / link).exists()
    ] == []


def test_every_command_is_named() -> None:
    assert [name for name in main.commands if f"`kg {name}" not in README] == []


def test_every_output_is_named() -> None:
    from kg.outputs import NAMES

    assert [name for name in NAMES if f"`{name}" not in README] == []
