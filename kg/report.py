"""What a build made, linked and found, as a value, as tables and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

import kg
from kg import terms
from kg.link import LinkedRecord, Unresolved
from kg.names import PREFIXES
from kg.records import Trial
from kg.sources.drafts import Omission
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
    claims: dict[str, int] = {}
    """Claims of mechanisms and approvals: how many the tables bear out, contradict or do not know."""
    omitted: list[Omission] = []
    """What of a source could not be kept, and why."""

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
            ("things in sources that could not be kept", str(len(self.omitted))),
        ]
        classes: list[tuple[str, ...]] = [
            ("class", "number"),
            *((name, str(number)) for name, number in self.classes.items()),
        ]
        links: list[tuple[str, ...]] = [
            ("mentions of", "linked by", "number"),
            *((kind, method, str(n)) for kind, methods in self.links.items() for method, n in methods.items()),
        ]
        claims: list[tuple[str, ...]] = [("claims that", "number"), *((how, str(n)) for how, n in self.claims.items())]
        return [("Build", totals), ("Things by class", classes), ("Mentions", links), ("Claims", claims)]

    def markdown(self) -> str:
        """Return the report as a page.

        >>> Report("0.1.0", 1, 2, 3, {"Trial": 1}, {}, [], []).markdown().splitlines()[0]
        '# Build report'
        """
        lines = ["# Build report", "", f"Version {self.version}."]
        for title, rows in self.tables():
            lines += ["", f"## {title}", "", *_table(rows)]
        omitted = [
            ("where", "text", "why"),
            *((f"{o.path} {o.locator}".strip(), o.text, o.reason) for o in self.omitted),
        ]
        lines += ["", "## Not kept", "", *_table(omitted)]
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


class Inputs(Protocol):
    """What the report asks of the inputs of a build."""

    @property
    def omitted(self) -> Sequence[Omission]:
        """What of the sources could not be kept."""


def summarise(
    linked: Iterable[LinkedRecord], graphs: Graphs, findings: Sequence[Finding], inputs: Inputs | None = None
) -> Report:
    """Count what was made, linked and found."""
    union = graphs.union()
    typed = f" {terms.iri(TYPE)} <{_MYO}"
    classes = Counter(line.partition(typed)[2].rstrip(">") for line in union if typed in line)
    links: dict[str, Counter[str]] = {}
    unresolved: list[Unresolved] = []
    trials: set[str] = set()
    for record in linked:
        if isinstance(record.sourced.record, Trial):
            trials.add(record.visits[0].subject)
        unresolved.extend(record.unresolved)
        for visit in record.visits:
            if visit.field is not None and visit.field.kind == "mention":
                found = record.terms[visit.pointer, visit.field.shape]
                method = found[0].method if found else "unresolved"
                links.setdefault(visit.field.range, Counter())[method] += 1
    return Report(
        version=kg.__version__,
        trials=len(trials),
        triples=len(union),
        receipts=len(set(graphs.statements)),
        classes=dict(sorted(classes.items())),
        links={name: dict(sorted(links[name].items())) for name in sorted(links)},
        unresolved=sorted(unresolved),
        findings=sorted(findings),
        claims=_claims(union),
        omitted=sorted(inputs.omitted) if inputs else [],
    )


def _claims(union: Iterable[str]) -> dict[str, int]:
    """Count the claims that the tables could bear out by whether they do."""
    of: dict[str, set[str]] = {"claimKind": set(), "agreesWith": set(), "disagreesWith": set()}
    told = tuple(f"<{PREFIXES['concept']}ClaimKind{kind}>" for kind in ("Mechanism", "Approval"))
    for line in union:
        subject, predicate, value = line.split(" ", 2)
        name = predicate.removeprefix(f"<{_MYO}").rstrip(">")
        if name in of and (name != "claimKind" or value in told):
            of[name].add(subject)
    agree, disagree = of["agreesWith"], of["disagreesWith"]
    unknown = of["claimKind"] - agree - disagree
    return {"agree with a table": len(agree), "contradict a table": len(disagree), "have no counterpart": len(unknown)}
