"""Read pages and score what was read against the facts that they state, per field and per style.

Run: python benchmarks/pages.py FOLDER [--styles crick,medpath] [--errors]
     python benchmarks/pages.py --claims [--styles approval,none] [--set-aside] [--errors]
     python benchmarks/pages.py --rendered [--styles crick,medpath] [--sample 500] [--set-aside] [--errors]

FOLDER holds texts and ``gold.jsonl``.  ``--claims`` takes the judged sentences (page_claims.py), their kinds
as styles.  ``--rendered`` makes the pages from real records (page_renderer.py).  ``--set-aside`` takes the
third of the sentences or trials that no rule was written on; ``--errors`` then only counts their classes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_claims
import page_renderer
from page_records import development, trials
from page_score import SCALARS, Scorer, Tally, total
from rich.console import Console
from rich.table import Table

from kg.reading.layouts import load as load_layouts
from kg.reading.text import of
from kg.reading.text import read as read_text
from kg.reading.vocabulary import load as load_names
from kg.sources.pages import read


def of_folder(folder: Path, styles: tuple[str, ...]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Take the texts of a folder and their gold facts."""
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line) if line.strip() else {}
        if gold and (not styles or gold.get("style") in styles):
            yield (folder / gold["file"]).read_bytes(), gold


def of_records(
    styles: tuple[str, ...], sample: int | None, *, set_aside: bool
) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Render the records of the development or of the set-aside trials."""
    chosen = [trial for trial in trials() if development(trial.id) is not set_aside]
    for page in page_renderer.pages(chosen, page_renderer.load_lexicons(), styles, sample):
        yield page.text.encode(), {"file": page.gold["trial"], **page.gold}


def of_claims(styles: tuple[str, ...], *, set_aside: bool) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Take each judged sentence as a text."""
    for text, rows in page_claims.sentences(set_aside=set_aside).items():
        if not styles or rows[0]["kind"] in styles:
            yield text.encode(), {"file": text, "style": rows[0]["kind"], **page_claims.gold(rows)}


def show(scorer: Scorer, console: Console) -> None:
    """Print the tables."""
    for title, tallies in (("field", scorer.fields), ("style", scorer.styles)):
        table = Table(title=f"by {title}", box=None)
        for column in (title, "right", "given", "stated", "invented", "precision", "recall", "F1"):
            table.add_column(column, justify="left" if column == title else "right")
        rows: list[tuple[str, Tally]] = [(name, tallies[name]) for name in sorted(tallies)]
        if title == "field":
            rows.append(("ALL SCALARS", total(scorer.fields[name] for name in SCALARS if name in scorer.fields)))
        for name, tally in rows:
            figures = [f"{figure:.3f}" for figure in tally.figures()]
            table.add_row(name, *map(str, (tally.right, tally.given, tally.stated, tally.invented)), *figures)
        console.print(table)


def told(scorer: Scorer, *, set_aside: bool) -> list[str]:
    """List the errors; of set-aside pages only how many there are of each class."""
    if not set_aside:
        return sorted(f"{slip.file[:12]:12} {slip.field:14} {slip.text}" for slip in scorer.errors)
    classes = Counter((slip.style, slip.field, slip.text.split()[0]) for slip in scorer.errors)
    return [f"{count:5} {style:30} {field:14} {kind}" for (style, field, kind), count in classes.most_common(60)]


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--claims", action="store_true")
    parser.add_argument("--rendered", action="store_true")
    parser.add_argument("--styles", default="", help="comma-separated; all if none is named")
    parser.add_argument("--sample", type=int, help="so many rendered pages, drawn at random")
    parser.add_argument("--set-aside", action="store_true")
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    styles = tuple(filter(None, options.styles.split(",")))
    if options.rendered + options.claims + (options.folder is not None) != 1:
        parser.error("give one of: a folder, --claims, --rendered")
    begin = time.perf_counter()
    layouts = load_layouts()
    names = load_names()
    read(of("A first page, to make everything ready."), layouts, names)
    started = time.perf_counter() - begin
    if options.rendered:
        pages = list(of_records(styles, options.sample, set_aside=options.set_aside))
    elif options.claims:
        pages = list(of_claims(styles, set_aside=options.set_aside))
    else:
        pages = list(of_folder(options.folder, styles))
    begin = time.perf_counter()
    readings = [read(read_text(text, gold["file"]), layouts, names) for text, gold in pages]
    took = time.perf_counter() - begin
    scorer = Scorer(names)
    for (_, gold), reading in zip(pages, readings, strict=True):
        if not options.claims:
            scorer.score(gold, reading)
        elif reading.claims is not None:
            scorer.score_claims(gold, reading.claims)
    console = Console(width=120)
    show(scorer, console)
    if options.errors:
        console.print("\n".join(told(scorer, set_aside=options.set_aside)), highlight=False, markup=False)
    for what, count in sorted(scorer.counts.items()):
        console.print(f"{what}: {count}")
    console.print(f"{len(pages)} pages, {len(pages) / took:.0f} pages/s, start-up {started:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
