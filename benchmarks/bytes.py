"""Compare the bytes of builds over hash seeds, reading orders, folders and Pythons.

Builds without validation in processes of their own: one for each hash seed with the records
shuffled, one in a copy of the project elsewhere, and one for each further Python given as an argument
(an interpreter that has the packages installed).
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kg import build
from kg.report import summarise
from kg.resources import root


def digest(folder: Path, seed: int) -> str:
    """Build from a folder with shuffled records and return the hash of both files."""
    inputs = build.read(folder)
    records = list(inputs.records)
    random.Random(seed).shuffle(records)
    shuffled = inputs._replace(records=tuple(records))
    linked = build.link(shuffled)
    graphs = build.describe(shuffled, build.infer(shuffled, build.transform(shuffled, linked)))
    with tempfile.TemporaryDirectory() as out:
        build.write(Path(out), graphs, summarise(linked, graphs, []))
        both = [(Path(out) / name).read_bytes() for name in ("myositis.ttl", "myositis.nq", "report.json")]
    return " ".join(hashlib.sha256(content).hexdigest()[:16] for content in both)


def run(python: str, folder: Path, seed: int) -> str:
    """Run `digest` in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [python, __file__, "one", str(folder), str(seed)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


def main(pythons: list[str], seeds: int = 20) -> None:
    """Print how many different results there are."""
    results: dict[str, list[str]] = {}
    for seed in range(seeds):
        results.setdefault(run(sys.executable, root(), seed), []).append(f"seed {seed}")
    with tempfile.TemporaryDirectory() as elsewhere:
        copy = Path(elsewhere) / "another folder"
        for name in ("ontology", "queries", "data"):
            shutil.copytree(root() / name, copy / name)
        results.setdefault(run(sys.executable, copy, 1), []).append("another folder")
    for python in pythons:
        results.setdefault(run(python, root(), 1), []).append(python)
    for result, ways in results.items():
        print(f"{result}: {len(ways)} builds ({', '.join(ways)})")
    print("same bytes" if len(results) == 1 else f"{len(results)} DIFFERENT results")
    raise SystemExit(len(results) > 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(digest(Path(sys.argv[2]), int(sys.argv[3])))
    else:
        main(sys.argv[1:])
