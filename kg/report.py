"""What a build made, linked and found, as a value, as tables and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

import kg
from kg import terms
from kg.link import LinkedRecord, Unresolved
from kg.names import PREFIXES
from kg.records import Trial
from kg.triples import TYPE, Graphs
from kg.validate import Finding

_MYO = PREFIXES["myo"]


class Report(msgspec.Struct, frozen=True):
    """What a build made, linked and found.  Holds no clock: same sources, same report."""

    version: str
    trials: int
    triples: int
    """In the union, without receipts."""
    receipts: int
    classes: dict[str, int]
    """Class -> number of things."""
    links: dict[str, dict[str, int]]
    """Kind of mention -> method -> number of mentions."""
    unresolved: list[Unresolved]
    findings: list[Finding]

    def tables(self) -> list[tuple[str, list[tuple[str, ...]]]]:
        """Return the summary as titled tables whose first row names the columns.

        >>> Report("0.1.0", 1, 2, 3, {"Trial": 1}, {}, [], []).tables()[1]
        ('Things by class', [('class', 'number'), ('Trial', '1')])
        """
        totals: list[tuple[str, ...]] = [
            ("what", "number"),
            ("trials", str(self.trials)),
            ("triples in the union", str(self.triples)),
            ("receipts", str(self.receipts)),
            ("mentions that name no known entity", str(len(self.unresolved))),
            ("findings of shapes and checks", str(len(self.findings))),
        ]
        classes: list[tuple[str, ...]] = [
            ("class", "number"),
            *((name, str(number)) for name, number in self.classes.items()),
        ]
        links: list[tuple[str, ...]] = [
            ("mentions of", "linked by", "number"),
            *((kind, method, str(n)) for kind, methods in self.links.items() for method, n in methods.items()),
        ]
        return [("Build", totals), ("Things by class", classes), ("Mentions", links)]

    def markdown(self) -> str:
        """Return the report as a page.

        >>> Report("0.1.0", 1, 2, 3, {"Trial": 1}, {}, [], []).markdown().splitlines()[0]
        '# Build report'
        """
        lines = ["# Build report", "", f"Version {self.version}."]
        for title, rows in self.tables():
            lines += ["", f"## {title}", "", *_table(rows)]
        misses = [("where", "kind", "text", "decided", "nearest")]
        for miss in self.unresolved:
            near = ", ".join(f"{name} {score}" for name, score in miss.candidates)
            where = f"{miss.path} at {miss.pointer}"
            misses.append((where, miss.kind, miss.text, "yes" if miss.decided else "no", near))
        lines += ["", "## Mentions that name no known entity", "", *_table(misses)]
        return "\n".join(lines) + "\n"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    cells = [[" ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def summarise(linked: Iterable[LinkedRecord], graphs: Graphs, findings: Sequence[Finding]) -> Report:
    """Count what was made, linked and found."""
    union = graphs.union()
    typed = f" {terms.iri(TYPE)} <{_MYO}"
    classes = Counter(line.partition(typed)[2].rstrip(">") for line in union if typed in line)
    links: dict[str, Counter[str]] = {}
    unresolved: list[Unresolved] = []
    trials = 0
    for record in linked:
        trials += isinstance(record.sourced.record, Trial)
        unresolved.extend(record.unresolved)
        for visit in record.visits:
            if visit.field is not None and visit.field.kind == "mention":
                found = record.terms[visit.pointer, visit.field.shape]
                method = found[0].method if found else "unresolved"
                links.setdefault(visit.field.range, Counter())[method] += 1
    return Report(
        version=kg.__version__,
        trials=trials,
        triples=len(union),
        receipts=len(set(graphs.statements)),
        classes=dict(sorted(classes.items())),
        links={name: dict(sorted(links[name].items())) for name in sorted(links)},
        unresolved=sorted(unresolved),
        findings=sorted(findings),
    )
