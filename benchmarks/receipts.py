"""Count how many of random one-character changes to the sources the check of receipts notices.

Needs a build.  For each change one source file is altered in memory at one random character
(replaced, deleted or doubled) and the receipts that point into it are re-found, once with the hash
of the file and once by the receipts alone, which shows what the hash adds.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

from kg import validate
from kg.resources import root
from kg.store import Embedded

ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:-|\t\n"{}[]\u00e9\u03b2'


def changed(content: str, chance: random.Random) -> str:
    """Return the text with one character replaced, deleted or doubled."""
    place = chance.randrange(len(content))
    way = chance.choice(("replace", "delete", "double"))
    if way == "delete":
        return content[:place] + content[place + 1 :]
    if way == "double":
        return content[: place + 1] + content[place:]
    other = chance.choice([char for char in ALPHABET if char != content[place]])
    return content[:place] + other + content[place + 1 :]


def main(changes: int = 1000, seed: int = 1) -> None:
    """Print how many changes are noticed, and by what."""
    chance = random.Random(seed)
    known = validate.sources(Embedded(Path("build/store")))
    paths = sorted(known.hashes)
    weights = [(root() / path).stat().st_size for path in paths]
    noticed: Counter[str] = Counter()
    for path in chance.choices(paths, weights, k=changes):
        content = changed((root() / path).read_text(encoding="utf-8"), chance).encode()
        noticed["with the hash"] += bool(validate.refind(path, content, known.receipts[path], known.hashes[path]))
        noticed["by receipts alone"] += bool(validate.refind(path, content, known.receipts[path]))
    clean = sum(
        bool(validate.refind(path, (root() / path).read_bytes(), known.receipts[path], known.hashes[path]))
        for path in paths
    )
    print(f"changes {changes}, seed {seed}, source files {len(paths)}")
    print(f"noticed with the hash of the file: {noticed['with the hash']}")
    print(f"noticed by receipts alone: {noticed['by receipts alone']}")
    print(f"unchanged files flagged: {clean}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
