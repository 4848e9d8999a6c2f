"""Each question of the catalogue on the embedded engine beside rdflib, and from a cold start; needs a build.

Usage: python benchmarks/questions.py [--build build] [--slowest 3] [--all] [NAME...]

Figures are medians in milliseconds of questions that are already warm: asked with the examples of their
parameters, and with --all also without any.  rdflib answers the same text over the same statements.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import rdflib

from kg import questions
from kg.library import Library
from kg.resources import root
from kg.store import Embedded, Store

LIMIT = 60
"""The most milliseconds that a question may take on the embedded engine."""
FACTOR = 10
"""How many times faster it must be than rdflib, for the questions that are slowest there."""


def milliseconds(call: Callable[[], object], times: int) -> float:
    """Return the median time of a call that was made once before."""
    call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def union(folder: Path) -> Library:
    """Read the default graph of a store into rdflib."""
    store = ox.Store.read_only(str(folder / "store"))
    lines = "\n".join(f"{quad.triple} ." for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    return Library(rdflib.Graph().parse(data=lines, format="nt"))


def main() -> None:
    """Print the table and whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--slowest", type=int, default=3, help="how many questions are held to the factor")
    parser.add_argument("--all", action="store_true", help="ask also without any parameter")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    catalogue = questions.read(root() / "queries" / "questions")
    embedded, library = Embedded(given.build / "store"), union(given.build)
    rows = []
    for name, question in catalogue.items():
        if (given.names and name not in given.names) or "GRAPH" in question.text:
            continue
        bound = question.understand(embedded, {key: kind.example for key, kind in question.parameters.items()})
        for meanings in (bound, {}) if given.all and bound else (bound,):

            def ask(store: Store, question: questions.Question = question, meanings: object = meanings) -> object:
                return question.ask(store, meanings)  # type: ignore[arg-type]

            fast = milliseconds(lambda ask=ask: ask(embedded), 5)  # type: ignore[misc]
            slow = milliseconds(lambda ask=ask: ask(library), 1)  # type: ignore[misc]
            rows.append((name + ("" if meanings or not bound else " (all)"), fast, slow))
            print(f"{rows[-1][0]:<58}{fast:>9.1f}{slow:>10.1f}{slow / fast:>8.1f}", flush=True)
    late = [name for name, fast, _ in rows if fast > LIMIT]
    slowest = sorted(rows, key=lambda row: row[2])[-given.slowest :]
    print(f"\n{len(rows) - len(late)} of {len(rows)} within {LIMIT} ms" + "".join(f"; {name} is not" for name in late))
    for name, fast, slow in slowest:
        print(f"{name}: {slow / fast:.0f} times faster than rdflib (at least {FACTOR} wanted)")
    command = [
        str(Path(sys.executable).with_name("kg")),
        "ask",
        "trials-of-a-drug",
        "--drug",
        "Orencia",
        "--build",
        str(given.build),
    ]
    cold = milliseconds(lambda: subprocess.run(command, capture_output=True, check=True), 5)
    print(f"from a cold start: {cold:.0f} ms (at most 500 wanted)")


if __name__ == "__main__":
    main()
