"""Score the reading of pages against gold facts, per field and per style.

Run: python benchmarks/pages.py DIR [--errors] [--style STYLE]

DIR holds texts and ``gold.jsonl``.  Names count as the same when the tables link them to the same entity.
An invention is a value where the text states none.  What gold calls optional is neither rewarded nor punished.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kg.layouts import load as load_layouts
from kg.mentions import Names
from kg.mentions import load as load_names
from kg.readings import Reading
from kg.sources.pages import read
from kg.statements import Claims
from kg.text import of
from kg.text import read as read_text

SCALARS = (
    "registry_id", "title", "phase", "study_type", "allocation", "model", "masking", "purpose", "enrollment", "sponsor",
    "age_min", "age_max", "sex", "status", "start_date", "completion_date", "primary_completion_date", "n_groups",
    "acronym",
)  # fmt: skip
UNSCORED_IF_ABSENT = frozenset({"primary_completion_date", "acronym", "n_groups"})
"""Fields that gold states only now and then: not given there does not mean not stated."""


class Tally:
    """Counts of one field: right, given, stated, invented."""

    def __init__(self) -> None:
        self.right = self.given = self.stated = self.invented = 0

    def add(self, *, right: int = 0, given: int = 0, stated: int = 0, invented: int = 0) -> None:
        """Count."""
        self.right += right
        self.given += given
        self.stated += stated
        self.invented += invented

    def figures(self) -> tuple[float, float, float]:
        """Return precision, recall and F1."""
        precision = self.right / self.given if self.given else 1.0
        recall = self.right / self.stated if self.stated else 1.0
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class Scorer:
    """Scores readings and keeps every error."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.fields: dict[str, Tally] = defaultdict(Tally)
        self.styles: dict[str, Tally] = defaultdict(Tally)
        self.errors: list[str] = []
        self.counts: Counter[str] = Counter()

    def score(self, gold: Mapping[str, Any], reading: Reading) -> None:
        """Score a page."""
        for field in SCALARS:
            self._scalar(field, gold, reading)
        self._conditions(gold, reading)
        self._location(gold, reading)
        self._interventions(gold, reading)
        self._outcomes(gold, reading)
        if reading.claims is not None:
            self._mechanisms(gold, reading.claims)
            self._approvals(gold, reading.claims)
            self._background(gold, reading.claims)

    def _count(self, gold: Mapping[str, Any], field: str, **counts: int) -> None:
        self.fields[field].add(**counts)
        self.styles[str(gold.get("style", "seed"))].add(**counts)

    def _miss(self, gold: Mapping[str, Any], field: str, text: str) -> None:
        self.errors.append(f"{gold['file'][:12]:12} {field:14} {text}")

    def _scalar(self, field: str, gold: Mapping[str, Any], reading: Reading) -> None:
        want, have = gold.get(field), reading.value(field)
        others = gold.get(f"{field}_alt", [])
        if have is None and (want is None or None in others):
            return
        if want is None:
            if field in UNSCORED_IF_ABSENT:
                return
            if have is not None and not any(same(have, other) for other in others):
                self._count(gold, field, given=1, invented=1)
                self._miss(gold, field, f"INVENTED {have!r}")
            return
        right = have is not None and any(same(have, value) for value in (want, *others))
        self._count(gold, field, right=right, given=have is not None, stated=1)
        if not right:
            self._miss(gold, field, f"want {want!r} have {have!r}")

    def _key(self, kind: str, name: str) -> str:
        links = self.names.lexicons[kind].link(name)
        return self.names.canonical(links[0].entity).lower() if links else name.lower()

    def _conditions(self, gold: Mapping[str, Any], reading: Reading) -> None:
        want = {self._key("Disease", name) for name in gold["conditions"]}
        accepted = want | {self._key("Disease", name) for name in gold.get("conditions_alt", [])}
        have = {self._key("Disease", item.canonical) for item in reading.conditions}
        self._sets(gold, "conditions", want, have, have - accepted)

    def _sets(self, gold: Mapping[str, Any], field: str, want: set[str], have: set[str], wrong: set[str]) -> None:
        right = len(want & have)
        self._count(
            gold, field, right=right, given=right + len(wrong), stated=len(want), invented=0 if want else len(wrong)
        )
        for name in sorted(want - have):
            self._miss(gold, field, f"missed {name}")
        for name in sorted(wrong):
            self._miss(gold, field, f"wrong {name}")

    def _location(self, gold: Mapping[str, Any], reading: Reading) -> None:
        want = gold.get("location")
        have = reading.locations[0] if reading.locations else None
        if want is None and have is None:
            return
        right = (
            want is not None
            and have is not None
            and same(have.facility, want["facility"])
            and same(have.country, want["country"])
        )
        self._count(
            gold, "location", right=right, given=have is not None, stated=want is not None, invented=want is None
        )
        if not right:
            self._miss(gold, "location", f"want {want} have {have and (have.facility, have.city, have.country)}")

    def _interventions(self, gold: Mapping[str, Any], reading: Reading) -> None:
        want: dict[str, tuple[set[str], bool]] = {}
        also: dict[str, str] = {}
        for item in gold["interventions"]:
            key = self._key("Intervention", item["canonical"])
            want[key] = ({item["role"], *item.get("role_alt", [])}, bool(item.get("optional")))
            also.update({self._key("Intervention", name): key for name in item.get("canonical_alt", [])})
        seen = set()
        for have in reading.interventions:
            key = self._key("Intervention", have.entity or have.canonical)
            key = also.get(key, key)
            seen.add(key)
            roles, optional = want.get(key, (set(), False))
            if optional:
                continue
            right = have.role in roles
            self._count(gold, "interventions", right=right, given=1)
            if not right:
                self._miss(gold, "interventions", f"wrong {key}: {have.role}, want {roles or 'nothing'}")
        for key, (roles, optional) in want.items():
            if not optional:
                self._count(gold, "interventions", stated=1)
                if key not in seen:
                    self._miss(gold, "interventions", f"missed {key} {roles}")

    def _outcomes(self, gold: Mapping[str, Any], reading: Reading) -> None:
        left = list(reading.outcomes)
        for item in gold["outcomes"]:
            keys = {self._key("Measure", name) for name in (item["canonical"], *item.get("canonical_alt", []))}
            times = {frame(time) for time in (item["time_frame"], *item.get("time_frame_alt", []))}
            match = next(
                (h for h in left if self._measure(h.entity or h.canonical) in keys and frame(h.time_frame) in times),
                None,
            )
            if match is not None:
                left.remove(match)
                if item["type"] not in ("unknown", match.type):
                    self._miss(gold, "outcome type", f"{item['measure']}: want {item['type']} have {match.type}")
                for part in ("range", "direction"):
                    if item.get(part) != getattr(match, part) and getattr(match, part) not in item.get(
                        f"{part}_alt", []
                    ):
                        self.counts[f"outcome {part} wrong"] += 1
                        self._miss(
                            gold,
                            f"outcome {part}",
                            f"{item['measure']}: want {item.get(part)} have {getattr(match, part)}",
                        )
            if item.get("optional"):
                continue
            self._count(gold, "outcomes", right=match is not None, given=match is not None, stated=1)
            if match is None:
                self._miss(gold, "outcomes", f"missed {item['canonical']} | {item['time_frame']} ({item['measure']})")
        for extra in left:
            self._count(gold, "outcomes", given=1, invented=not gold["outcomes"])
            self._miss(gold, "outcomes", f"wrong {extra.canonical} | {extra.time_frame} ({extra.measure})")

    def _mechanisms(self, gold: Mapping[str, Any], claims: Claims) -> None:
        left = [claim for claim in claims.mechanism if not claim.denied]
        for item in gold["mechanism_claims"]:
            drug = self._key("Intervention", item["drug"])
            targets = {plain(target) for target in (*item["targets"], *item.get("targets_alt", []))}
            match = next(
                (
                    claim
                    for claim in left
                    if self._key("Intervention", claim.drug) == drug
                    and (not targets or targets & {plain(name) for name in (*claim.targets, *claim.symbols)})
                    and overlap(claim.quote, item["quote"])
                ),
                None,
            )
            left = [
                claim
                for claim in left
                if claim is not match
                and not (item.get("optional") and overlap(claim.quote, item["quote"]))
                and not (match is not None and claim.drug == match.drug and overlap(claim.quote, item["quote"]))
            ]
            if not item.get("optional"):
                self._count(gold, "mechanism", right=match is not None, given=match is not None, stated=1)
                if match is None:
                    self._miss(
                        gold,
                        "mechanism",
                        f"missed {item['drug']} {item['action']} {item['targets']}: {item['quote'][:90]}",
                    )
        for claim in left:
            self._count(gold, "mechanism", given=1, invented=not gold["mechanism_claims"])
            self._miss(
                gold,
                "mechanism",
                f"wrong {claim.drug} {claim.action} {claim.targets} [{claim.rule}]: {claim.quote[:90]}",
            )

    def _approvals(self, gold: Mapping[str, Any], claims: Claims) -> None:
        want = [
            (self._key("Intervention", item["drug"]), name, item)
            for item in gold["approved_indications_claimed"]
            for name in item["indications"]
        ]
        have = [
            (self._key("Intervention", claim.drug), name, claim)
            for claim in claims.approvals
            if not claim.denied
            for name in claim.indications
        ]
        for drug, name, item in want:
            match = next((pair for pair in have if pair[0] == drug and self._same_disease(pair[1], name)), None)
            if not item.get("optional"):
                self._count(gold, "approvals", right=match is not None, given=match is not None, stated=1)
                if match is None:
                    self._miss(gold, "approvals", f"missed {drug}: {name}")
        stated = [(drug, name) for drug, name, _ in want]
        stated += [
            (drug, other)
            for drug, _, item in want
            for other in (*item.get("indications_surface", []), *item.get("indications_alt", []))
        ]
        for drug, name, claim in have:
            if any(drug == other and self._same_disease(name, disease) for other, disease in stated):
                continue
            negated = any(self._same_disease(name, item[1]) for item in gold.get("not_for", []))
            self._count(gold, "approvals", given=1, invented=not want)
            self._miss(gold, "approvals", f"{'NEGATED' if negated else 'wrong'} {drug}: {name} [{claim.rule}]")

    def _same_disease(self, one: str, other: str) -> bool:
        short, long = sorted((plain(one), plain(other)), key=len)
        return self._key("Disease", one) == self._key("Disease", other) or (len(short) > 8 and short in long)

    def _background(self, gold: Mapping[str, Any], claims: Claims) -> None:
        want = {self._key("Intervention", name) for name in gold["background_treatments"]}
        have = {
            self._key("Intervention", claim.drug or claim.value or claim.surface)
            for claim in claims.background
            if not claim.denied
        }
        self._sets(gold, "background", want, have, have - want)

    def _measure(self, name: str) -> str:
        return self._key("Measure", name)


def same(one: object, other: object) -> bool:
    """Whether two values are the same, letter case and blanks aside."""
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
    return one == other


def plain(text: str) -> str:
    """Return letters and digits only, in lower case."""
    return re.sub(r"[\W_]", "", text.casefold())


def overlap(one: str, other: str) -> bool:
    """Whether one quote holds the other."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return short in long


def frame(text: str | None) -> str | None:
    """Return the form in which time frames are compared."""
    if text is None:
        return None
    plain = re.sub(r"[^\w\s]", " ", text.casefold())
    return " ".join(re.sub(r"^\s*(?:at|after|from)\s+", "", plain).split())


def show(scorer: Scorer, console: Console) -> None:
    """Print the tables."""
    for title, tallies in (("field", scorer.fields), ("style", scorer.styles)):
        table = Table(title=f"by {title}", box=None)
        for column in (title, "right", "given", "stated", "invented", "precision", "recall", "F1"):
            table.add_column(column, justify="left" if column == title else "right")
        rows = [(name, tallies[name]) for name in sorted(tallies)]
        if title == "field":
            rows.append(("ALL SCALARS", total(scorer.fields[name] for name in SCALARS if name in scorer.fields)))
        for name, tally in rows:
            figures = [f"{figure:.3f}" for figure in tally.figures()]
            table.add_row(name, *map(str, (tally.right, tally.given, tally.stated, tally.invented)), *figures)
        console.print(table)


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up tallies."""
    result = Tally()
    for tally in tallies:
        result.add(right=tally.right, given=tally.given, stated=tally.stated, invented=tally.invented)
    return result


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--style")
    options = parser.parse_args()
    begin = time.perf_counter()
    layouts = load_layouts()
    names = load_names(layouts)
    read(of("A first page, to make everything ready."), layouts, names)
    started = time.perf_counter() - begin
    scorer = Scorer(names)
    lines = (options.folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [
        gold for line in lines if line.strip() and options.style in (None, (gold := json.loads(line)).get("style"))
    ]
    texts = [(options.folder / gold["file"]).read_bytes() for gold in pages]
    begin = time.perf_counter()
    readings = [read(read_text(text, gold["file"]), layouts, names) for text, gold in zip(texts, pages, strict=True)]
    took = time.perf_counter() - begin
    for gold, reading in zip(pages, readings, strict=True):
        scorer.score(gold, reading)
    console = Console(width=120)
    show(scorer, console)
    if options.errors:
        console.print("\n".join(sorted(scorer.errors)), highlight=False, markup=False)
    console.print(f"{len(pages)} pages, {len(pages) / took:.0f} pages/s, start-up {started:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
