"""Pages that were cut, shuffled, mixed or made of noise are read without a crash, and quotes stand in the text."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.reading.text import read as read_text
from kg.sources.pages import read

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from fuzz_pages import check, mutants, seeds  # noqa: E402

PAGES = seeds()


def test_pages_to_mutate_are_found() -> None:
    assert len(PAGES) >= 40


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_mutated_pages(random: object) -> None:
    check(next(mutants(PAGES, random)))  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_bytes(data: bytes) -> None:
    check(data)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 50, b"   \n", b"\xff\xfe\x00", b"%PDF-1.7\n\x93\x8c\x8b\x00\x01\x02\x03\x04\x05" * 9]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        read_text(data)


@pytest.mark.parametrize(
    "unit",
    ["a", " ", "(", "| ", "Status:\n", "week 12, ", "a~", "CD80+", "anti-", "IL-6 ", "receptor ", "\\", "up to "],
)  # fmt: skip
def test_no_pattern_runs_away(unit: str) -> None:
    check(f"Primary outcome\nName Time Method {unit * (8000 // len(unit))}".encode())


def test_the_largest_page_and_one_larger() -> None:
    assert read(read_text(b"Status: Completed\n" + b"words " * 100_000)).value("status") == "COMPLETED"
    with pytest.raises(SourceError, match="at most"):
        read_text(b"words " * 2_000_000)
