"""Which of several sources of one thing the union follows, field by field.

Each source keeps its own graph, whole.  In the union each field of a thing, with all that hangs on
it, comes from one source: a curated record goes before the registry, the registry before what a
curator keeps of a page, and that before what was read from its text.
Where the contract says that a field ages (``myo:ages``: status, dates, enrolment), the latest
statement goes first, whoever makes it.  A field and its companions (``status`` and
``status_as_of``, ``verdict`` and ``verdict_basis``) stay together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from kg.link import LinkedRecord
from kg.triples import Statement

ORDER = ("curated", "registry", "page", "text")
"""Kinds of source, the most careful first: the word before the first hyphen of the name of a source."""

Stated = tuple[LinkedRecord, Sequence[Statement]]
"""A linked record and its statements."""


def withheld(stated: Iterable[Stated]) -> dict[str, frozenset[str]]:
    """Find the triples that stay out of the union because another source is preferred.

    Parameters
    ----------
    stated
        The linked records, each with its statements.

    Returns
    -------
    dict
        IRI of a graph -> the lines of it that are withheld; only graphs of which something is.

    Examples
    --------
    >>> withheld([])
    {}
    """
    everything = list(stated)
    rivals: dict[str, list[Stated]] = defaultdict(list)
    for record, statements in everything:
        rivals[record.visits[0].subject].append((record, statements))
    taken: dict[str, set[str]] = defaultdict(set)
    left: dict[str, set[str]] = defaultdict(set)
    for subject, group in rivals.items():
        winners = _winners([record for record, _ in group]) if len(group) > 1 else {}
        for record, statements in group:
            lost = {shape for shape, winner in winners.items() if winner != record.sourced.source}
            kept = set(_reached(subject, statements, lost)) if lost else set(statements)
            for statement in statements:
                side = taken if statement in kept else left
                side[statement.record].add(statement.line)
    return {graph: frozenset(lines - taken[graph]) for graph, lines in left.items() if lines - taken[graph]}


def _winners(records: Sequence[LinkedRecord]) -> dict[str, str]:
    """Find, for each shape of the thing that all these records describe, the source to follow."""
    of = records[0].visits[0].contract
    names = [entry.name for entry in of.fields]
    ages = {family(entry.name, names) for entry in of.fields if entry.ages}
    stating: dict[str, list[tuple[bool, LinkedRecord]]] = defaultdict(list)
    for record in records:
        for name in _fields_stated(record):
            stating[family(name, names)].append((family(name, names) != name, record))
    best = {
        name: min(found, key=lambda one: (one[0], _rank(one[1], name in ages)))[1].sourced.source
        for name, found in stating.items()
    }
    return {entry.shape: best[family(entry.name, names)] for entry in of.fields if family(entry.name, names) in best}


def _fields_stated(record: LinkedRecord) -> set[str]:
    subject = record.visits[0].subject
    return {visit.field.name for visit in record.visits if visit.field is not None and visit.subject == subject}


def _rank(record: LinkedRecord, ages: bool) -> tuple[object, ...]:
    sourced = record.sourced
    kind = sourced.source.partition("-")[0]
    order = ORDER.index(kind) if kind in ORDER else len(ORDER)
    latest = _Latest(str(sourced.dated or ""))
    return (latest, order, sourced.source) if ages else (order, latest, sourced.source)


class _Latest(str):
    """A date as text, of which the latest comes first and the empty one last."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str(self) > str(other)


def _reached(subject: str, statements: Sequence[Statement], lost: Collection[str]) -> Iterator[Statement]:
    """Yield the statements of a thing whose shapes are not lost, and of all that hangs on them."""
    of: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        of[f"<{statement.subject}>"].append(statement)
    waiting, seen = [f"<{subject}>"], {f"<{subject}>"}
    while waiting:
        for statement in of[waiting.pop()]:
            if statement.shape not in lost:
                yield statement
                if statement.object in of and statement.object not in seen:
                    seen.add(statement.object)
                    waiting.append(statement.object)


def family(name: str, names: Iterable[str]) -> str:
    """Return the field that a field goes along with: the shortest that its name extends by a word.

    >>> family("status_as_of", ["status", "status_as_of"]), family("masked", ["masking", "masked"])
    ('status', 'masked')
    """
    return min((other for other in names if f"{name}_".startswith(f"{other}_")), key=len)
