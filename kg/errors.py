"""The exceptions of the package, one tree under one root.

::

    KgError                 anything this package refuses
    ├── SourceError         a record, table row or file that cannot be read as what it should be
    │   ├── FormError       readable, but not in the one canonical form (``kg tidy`` repairs it)
    │   └── UnknownNameError  names something that does not exist: a concept, a class, a key
    ├── ContractError       ontology/shapes.ttl or a code list contradicts itself or the records
    ├── ValidationError     the graph breaks a shape, a check query or the promise of receipts
    ├── QueryError          a question or a query that cannot be read or run
    │   └── QuerySyntaxError  a query that is no SPARQL, with the place where that shows
    ├── MissingExtraError   a library that only some need is not installed
    ├── StoreError          the store or an endpoint cannot be opened or written
    └── FetchError          a registry cannot be reached, or answers what cannot be used

Every error of a source says where (file or record), at which place in it, what was seen there and
what was expected.
"""

from __future__ import annotations


class KgError(Exception):
    """Anything this package refuses; its text is meant to be shown to a person as it is."""


class SourceError(KgError):
    """A record, table row or file that cannot be read as what it should be.

    Parameters
    ----------
    where
        The file or record.
    place
        The place inside it: a line, a row and column, a JSON path; empty for the whole of it.
    seen
        The value found there, as text; long values are shortened.
    expected
        What should have stood there.

    Examples
    --------
    >>> print(SourceError("trials/NCT1.json", "/phase", "Phase 9", "a notation of Phase"))
    trials/NCT1.json at /phase: saw 'Phase 9', expected a notation of Phase
    """

    def __init__(self, where: str, place: str, seen: object, expected: str) -> None:
        self.where, self.place, self.seen, self.expected = where, place, str(seen), expected
        shown = self.seen if len(self.seen) <= 120 else self.seen[:117] + "..."
        at = f" at {place}" if place else ""
        super().__init__(f"{where}{at}: saw {shown!r}, expected {expected}")


class FormError(SourceError):
    """Readable, but not in the one canonical form; ``kg tidy`` repairs it."""


class UnknownNameError(SourceError):
    """Names something that does not exist: a concept, a class, a key."""


class ContractError(KgError):
    """``ontology/shapes.ttl`` or a code list contradicts itself or the records."""


class ValidationError(KgError):
    """The graph breaks a shape, a check query or the promise of receipts."""


class QueryError(KgError):
    """A question or a query that cannot be read or run."""


class QuerySyntaxError(QueryError):
    """A query that is no SPARQL, with the place where that shows.

    Parameters
    ----------
    problem
        What is wrong there.
    line, column
        The place in the text of the query, both from 1; 0 if unknown.
    where
        What to call the query, for example the name of its file.

    Examples
    --------
    >>> print(QuerySyntaxError("expected a variable", 2, 8))
    line 2, column 8 of the query: expected a variable
    """

    def __init__(self, problem: str, line: int = 0, column: int = 0, where: str = "the query") -> None:
        self.problem, self.line, self.column = problem, line, column
        super().__init__(f"line {line}, column {column} of {where}: {problem}" if line else problem)

    def marked(self, query: str) -> str:
        """Return the line that is wrong, and below it a mark at the place.

        >>> print(QuerySyntaxError("no", 1, 5).marked("ASK x"))
        ASK x
            ^
        """
        lines = query.split("\n")
        shown = lines[self.line - 1].replace("\t", " ") if 0 < self.line <= len(lines) else ""
        return f"{shown}\n{' ' * (self.column - 1)}^"


class MissingExtraError(KgError):
    """A library that only some need is not installed."""


class StoreError(KgError):
    """The store or an endpoint cannot be opened or written."""


class FetchError(KgError):
    """A registry cannot be reached, or answers what cannot be used; ``status`` is that of the answer, if any."""

    def __init__(self, text: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(text)
