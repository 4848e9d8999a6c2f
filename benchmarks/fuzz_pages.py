"""Feed the page reader mutated pages and look for a crash, a hang or a quote that is not where it says.

    python benchmarks/fuzz_pages.py 100000 [--seed 7]

Pages of ``pages_texts/dev`` are cut, shuffled, joined, written in other encodings, put into HTML, sprinkled with
noise, or grown to 10 MB; some are no text at all.
"""

from __future__ import annotations

import argparse
import html
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.reading.readings import Reading
from kg.reading.text import read as read_text
from kg.sources.pages import read

SLOW = 2.0
"""Seconds that no page may take."""

_NOISE = [
    "\\&",
    "|",
    "&lt;",
    "~",
    "\N{NO-BREAK SPACE}",
    "\0",
    "<p>",
    "[",
    ")",
    "İ",
    "\u2028",
    "Time frame:",
    "Phase",
    "- ",
    "\r",
]
_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "shift_jis"]


def seeds() -> list[str]:
    """Return the pages to mutate."""
    folder = Path(__file__).parent / "pages_texts" / "dev"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]


def mutants(pages: Sequence[str], chance: random.Random) -> Iterator[bytes]:
    """Yield mutated pages without end."""
    while True:
        lines = chance.choice(pages).splitlines()
        start = chance.randrange(len(lines))
        part = lines[start : start + chance.randint(1, 12)]
        for _ in range(chance.randint(0, 3)):
            chance.choice(_CHANGES)(part, pages, chance)
        text = chance.choice(["\n", "\n", "\n", "\r\n", "\n\n", " "]).join(part)
        if chance.random() < 0.1:
            text = "".join(f"<div>{html.escape(line)}</div>" for line in part)
        data = text.encode(chance.choice(_ENCODINGS) if chance.random() < 0.3 else "utf-8", "replace")
        if chance.random() < 0.05:
            data = bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
        if chance.random() < 0.0005:
            data *= 1 + 10_000_000 // (len(data) + 1)
        yield data[: chance.randint(0, len(data))] if chance.random() < 0.1 else data


def _shuffle(part: list[str], pages: Sequence[str], chance: random.Random) -> None:
    chance.shuffle(part)


def _mix(part: list[str], pages: Sequence[str], chance: random.Random) -> None:
    part.extend(chance.choice(pages).splitlines()[: chance.randint(0, 6)])


def _sprinkle(part: list[str], pages: Sequence[str], chance: random.Random) -> None:
    place = chance.randrange(len(part))
    at = chance.randint(0, len(part[place]))
    part[place] = part[place][:at] + chance.choice(_NOISE) * chance.choice([1, 1, 1, 40]) + part[place][at:]


def _empty(part: list[str], pages: Sequence[str], chance: random.Random) -> None:
    part[chance.randrange(len(part))] = ""


_CHANGES = [_shuffle, _mix, _sprinkle, _empty]


def check(data: bytes) -> str:
    """Read a page; return what came of it.

    Raises
    ------
    AssertionError
        If a quote is not where it says.
    """
    try:
        text = read_text(data)
    except SourceError:
        return "refused"
    reading = read(text)
    for (start, end), quote in quotes(reading):
        assert quote, f"an empty quote at {start} of {text.original[:start][-40:]!r}"
        assert text.original[start:end] == quote, f"{quote!r} is not at {start}-{end}"
    return "read"


def quotes(reading: Reading) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield every place of a reading with what is said to stand there."""
    facts: tuple[Any, ...] = (*reading.facts.values(), *reading.secondary_ids, *reading.countries, *reading.conditions)
    items: tuple[Any, ...] = (*facts, *reading.interventions, *reading.outcomes, *reading.locations)
    yield from ((item.span, item.quote) for item in items)
    for claims in reading.claims or ():
        yield from ((claim.span, claim.quote) for claim in claims)


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    source = mutants(seeds(), chance)
    outcome: Counter[str] = Counter()
    slowest = 0.0
    check(b"A first page, to make everything ready.")
    for _ in range(options.count):
        data = next(source)
        begin = time.perf_counter()
        try:
            outcome[check(data)] += 1
        except Exception as error:
            outcome["failed"] += 1
            print(f"{type(error).__name__}: {error}: {data[:300]!r}")
        took = time.perf_counter() - begin
        slowest = max(slowest, took)
        if took > SLOW:
            outcome["slow"] += 1
            print(f"{took:.1f} s: {len(data)} bytes, {data[:100]!r}")
    print(f"{options.count} pages: {dict(outcome)}, slowest {slowest:.2f} s")
    return 1 if outcome["failed"] or outcome["slow"] else 0


if __name__ == "__main__":
    sys.exit(main())
