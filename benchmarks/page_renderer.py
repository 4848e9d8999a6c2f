"""Render real trials as the pages of many sites, each with the gold facts that its text states.

Run: python benchmarks/page_renderer.py FOLDER [--styles crick,medpath] [--sample 50] [--set-aside]

Nothing rendered from registry records is kept in the project: the pages are made when they are scored.
Two thirds of the trials are for development, by a hash of the id; ``--set-aside`` takes the others, which
are scored but not read.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import page_drawn
import page_finders
import page_mirrors
import page_registries
import page_strangers
from page_facts import Page, Trial
from page_records import development, trials

from kg.lexicon import Lexicon
from kg.link import lexicons as of_rows
from kg.resources import root
from kg.tables import TABLES, read

Style = Callable[[Page], Iterator[str]]

STYLES: dict[str, Style] = {
    **page_registries.STYLES,
    **page_mirrors.STYLES,
    **page_finders.STYLES,
    **page_strangers.STYLES,
    **page_drawn.STYLES,
}
"""Every page style by name."""


class Rendered(NamedTuple):
    """A page: its style, its text and the facts that the text states."""

    style: str
    text: str
    gold: dict[str, Any]


def render(trial: Trial, style: str, lexicons: Mapping[str, Lexicon]) -> Rendered:
    """Render a trial in a style; the same trial and style always give the same page."""
    page = Page(trial, style, lexicons)
    text = _captured("\n".join(STYLES[style](page)) + "\n", page.chance, greek=trial.claims is None)
    return Rendered(style, text, page.gold(text))


def fits(trial: Trial, style: str) -> bool:
    """Whether a site would show this trial: pages with results need outcomes."""
    if style in ("meddatax_results", "ctgov_results"):
        return bool(trial.arms and trial.outcomes)
    return style != "trials_co_short" or bool(trial.conditions)


def pages(
    chosen: Iterable[Trial], lexicons: Mapping[str, Lexicon], styles: Iterable[str] = (), sample: int | None = None
) -> Iterator[Rendered]:
    """Render trials in styles (all, if none is named); with a sample, so many pages drawn at random."""
    wanted = [(trial, style) for trial in chosen for style in (tuple(styles) or STYLES) if fits(trial, style)]
    if sample is not None and sample < len(wanted):
        wanted = random.Random(f"sample {sample}").sample(wanted, sample)
    for trial, style in wanted:
        yield render(trial, style, lexicons)


def load_lexicons() -> dict[str, Lexicon]:
    """Load the names of the tables, by which gold names its drugs, diseases and measures."""
    folder = root() / "ontology" / "tables"
    return of_rows(row for name in ("drugs", "diseases", "measures", "names") for row in read(TABLES[name], folder))


def _captured(text: str, chance: random.Random, *, greek: bool) -> str:
    """Wear a text as captures do: lost signs, also Greek ones, odd blanks, other line ends, gaps between lines."""
    if chance.random() < 0.15:
        text = text.replace("\N{GREATER-THAN OR EQUAL TO}", "=").replace("\N{LESS-THAN OR EQUAL TO}", "=")
    if chance.random() < 0.1 and greek:
        text = "".join(
            "?" if "\N{GREEK SMALL LETTER ALPHA}" <= char <= "\N{GREEK SMALL LETTER OMEGA}" else char for char in text
        )
    if chance.random() < 0.1:
        text = text.replace(": ", ":\N{NO-BREAK SPACE}")
    if chance.random() < 0.15:
        text = text.replace("\n", " \n")
    if chance.random() < 0.15:
        text = text.replace("\n", "\n\n")
    return text.replace("\n", "\r\n") if chance.random() < 0.1 else text


def main() -> None:
    """Write pages and their gold facts into a folder, to look at or to score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--styles", default="", help="comma-separated; all if none is named")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--set-aside", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chosen = (trial for trial in trials() if development(trial.id) is not options.set_aside)
    styles = tuple(filter(None, options.styles.split(",")))
    with (options.folder / "gold.jsonl").open("w", encoding="utf-8") as gold:
        for number, page in enumerate(pages(chosen, load_lexicons(), styles, options.sample), 1):
            name = f"{number:04d}-{page.style}.txt"
            (options.folder / name).write_bytes(page.text.encode())
            gold.write(json.dumps({"file": name, **page.gold}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
