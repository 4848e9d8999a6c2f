"""Measure how many pages are read a second on one core, beside reading with plain regular expressions only.

Run: python benchmarks/page_speed.py [FOLDER] [--repeat 5]

The plain reader looks for labels and numbers by a dozen patterns and for the drugs of the tables by one long
alternative; it resolves nothing, reads no sentence and keeps no places.  Times are of the processor, the best
of the repeats, after start-up, which is printed on its own.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kg.reading.text import read as decode
from kg.reading.vocabulary import load
from kg.resources import root
from kg.sources.pages import read

FOLDER = Path(__file__).parent / "pages_texts" / "dev"
PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\b(?:NCT\d{8}|ISRCTN\d{8}|\d{4}-\d{6}-\d{2})\b",
        r"\bphase\s*(?:[1-4]|I{1,3}V?)\b",
        r"\b(?:enrol?lment|participants|target)\D{0,20}(\d+)",
        r"\b(?:sponsor)\s*[:|\n]\s*(.+)",
        r"\b(?:allocation)\s*[:|\n]\s*(.+)",
        r"\b(?:masking|blinding)\s*[:|\n]\s*(.+)",
        r"\b(?:status)\s*[:|\n]\s*(.+)",
        r"\b(?:conditions?)\s*[:|\n]\s*(.+)",
        r"\b(?:sex|gender)\s*[:|\n]\s*(.+)",
        r"\b(\d+)\s*years?\b",
        r"\btime frame\s*:\s*(.+)",
        r"\b(?:approved|licensed)\b[^.]{0,80}\bfor\b([^.]+)",
    )
)


def plain(drugs: re.Pattern[str], content: bytes) -> int:
    """Read a page with patterns alone, and return how much was found."""
    text = content.decode(errors="replace")
    return sum(len(pattern.findall(text)) for pattern in (*PATTERNS, drugs))


def best(function: Callable[[bytes], object], pages: Sequence[bytes], repeat: int) -> float:
    """Return the pages a second of the best of some rounds."""
    rounds = []
    for _ in range(repeat):
        start = time.process_time()
        for page in pages:
            function(page)
        rounds.append(time.process_time() - start)
    return len(pages) / min(rounds)


def main() -> int:
    """Measure both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(options.folder.glob("*.txt"))]
    if not pages:
        sys.exit(f"{options.folder}: no .txt file")
    lines = (root() / "ontology" / "tables" / "drugs.tsv").read_text(encoding="utf-8").splitlines()
    names = [line.split("\t")[0] for line in lines if line and not line.startswith("#")][1:]
    drugs = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")\b", re.I)

    start = time.process_time()
    load()
    read(decode(pages[0], "the first page"))
    ready = time.process_time() - start
    rows = {
        "plain patterns": best(lambda page: plain(drugs, page), pages, options.repeat),
        "this project": best(lambda page: read(decode(page, "a page")), pages, options.repeat),
    }
    table = Table(
        title=f"{len(pages)} pages of {sum(map(len, pages)) / len(pages) / 1000:.1f} kB", title_justify="left"
    )
    for name in ("reader", "pages a second", "times slower than patterns"):
        table.add_column(name, justify="left" if name == "reader" else "right")
    for name, speed in rows.items():
        table.add_row(name, f"{speed:,.0f}", f"{rows['plain patterns'] / speed:.1f}")
    Console().print(table)
    print(f"ready to read after {ready:.2f} s of the processor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
