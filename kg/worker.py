"""Runs a stranger's query in a process of its own, which can be stopped and may crash.

The engine has no time limit, and a query that is nested very deeply ends the process that parses it.
So a query from outside is answered by a worker: past its time or its memory it is ended, and its
memory with it.  The engine would follow SERVICE to any address; that is refused unless asked for.
The store is opened read-only, and the engine reads no file for FROM.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import msgspec

from kg import sparql
from kg.answers import Answer, Rows
from kg.errors import QueryError, QuerySyntaxError, StoreError
from kg.store import Embedded

MEMORY = 4 * 2**30
"""Bytes of address space that a worker may take."""


class Task(msgspec.Struct, frozen=True):
    """What a worker is to do."""

    store: str
    query: str
    limit: int | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What a worker sends back: an answer, or an error."""

    rows: Rows | None = None
    truth: bool | None = None
    statements: list[str] | None = None
    problem: str = ""
    place: tuple[int, int] | None = None
    no_store: bool = False

    def answer(self) -> Answer:
        """Return the answer, or raise the error.

        >>> Outcome(truth=True).answer()
        True
        """
        if self.place is not None:
            raise QuerySyntaxError(self.problem, *self.place)
        if self.problem:
            raise (StoreError if self.no_store else QueryError)(self.problem)
        for found in (self.rows, self.truth, self.statements):
            if found is not None:
                return found
        raise QueryError("the query had no answer")


def run(store: Path, query: str, timeout: float = 60, limit: int | None = None, allow_service: bool = False) -> Answer:
    """Answer a query of any form in a process of its own.

    Parameters
    ----------
    store
        The folder of a store.
    query
        The query.
    timeout
        Seconds after which it is stopped.
    limit
        How many rows to take at most.
    allow_service
        Whether it may ask other endpoints.

    Raises
    ------
    QueryError
        If it is malformed, would change the store, takes too long or too much memory, ends the engine,
        or asks another endpoint unallowed.
    kg.errors.StoreError
        If there is no store.
    """
    sparql.refuse_changes(query)
    if not allow_service and sparql.names(query, "SERVICE"):
        raise QueryError("the query asks another endpoint (SERVICE); allow that with --allow-service")
    task = msgspec.json.encode(Task(str(store), query, limit))
    command = [sys.executable, "-m", "kg.worker"]
    try:
        done = subprocess.run(command, input=task, capture_output=True, timeout=timeout, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise QueryError(
            f"the query was stopped after {timeout:g} s; narrow it, or allow more with --timeout"
        ) from None
    try:
        return msgspec.json.decode(done.stdout, type=Outcome).answer()
    except msgspec.MsgspecError:
        raise QueryError("the query ended the engine; it may be nested too deeply or need too much memory") from None


def answer(task: Task) -> Outcome:
    """Do a task in this process; errors become part of the outcome."""
    try:
        found = Embedded(Path(task.store)).query(task.query, limit=task.limit)
    except StoreError as error:
        return Outcome(problem=str(error), no_store=True)
    except QuerySyntaxError as error:
        return Outcome(problem=error.problem, place=(error.line, error.column))
    except QueryError as error:
        return Outcome(problem=str(error))
    except MemoryError:
        return Outcome(problem="the query needs too much memory; narrow it")
    if isinstance(found, Rows):
        return Outcome(rows=found)
    return Outcome(truth=found) if isinstance(found, bool) else Outcome(statements=found)


def confine() -> None:
    """Limit the memory of this process, where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    confine()
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    sys.stdout.buffer.write(msgspec.json.encode(answer(given)))
