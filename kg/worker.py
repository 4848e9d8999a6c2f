"""Runs a stranger's query in a process of its own, which can be stopped and may crash.

The engine has no time limit, and a query that is nested very deeply ends the process that parses it.
So a query from outside is answered by a worker: past its time it is killed, and its memory with it.
The engine would follow SERVICE to any address; that is refused unless asked for.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec

from kg.errors import QueryError, StoreError
from kg.store import Embedded, Rows, Term

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_HIDING = re.compile(
    r"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|<[^<>\"{}|^`\\\s]*>|\#[^\n]*",
    re.DOTALL,
)
_SERVICE = re.compile(r"(?<![\w:?$@.-])SERVICE(?![\w:-])", re.IGNORECASE)


def calls_service(query: str) -> bool:
    """Whether a query asks another endpoint.

    Looks at the words of the query outside of texts, addresses and comments, after its escapes are
    undone, as a parser does; a name such as ``ex:service`` does not count.

    Examples
    --------
    >>> calls_service("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    True
    >>> calls_service('SELECT * { ?s ?p "SERVICE" } # SERVICE')
    False
    """
    plain = _ESCAPE.sub(_character, query)
    return _SERVICE.search(_HIDING.sub(" ", plain)) is not None


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 else escape[0]


def select(store: Path, query: str, timeout: float = 60, allow_service: bool = False) -> Rows:
    """Answer a SELECT query in a process of its own.

    Parameters
    ----------
    store
        The folder of a store.
    query
        The query.
    timeout
        Seconds after which it is stopped.
    allow_service
        Whether it may ask other endpoints.

    Raises
    ------
    QueryError
        If it is malformed, takes too long, ends the engine, or asks another endpoint unallowed.
    kg.errors.StoreError
        If there is no store.
    """
    if not allow_service and calls_service(query):
        raise QueryError("the query asks another endpoint (SERVICE); allow that with --allow-service")
    command = [sys.executable, "-m", "kg.worker", str(store)]
    try:
        done = subprocess.run(command, input=query.encode(), capture_output=True, timeout=timeout, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise QueryError(
            f"the query was stopped after {timeout:g} s; narrow it, or allow more with --timeout"
        ) from None
    try:
        answer = msgspec.json.decode(done.stdout, type=Answer)
    except msgspec.MsgspecError:
        raise QueryError("the query ended the engine; it may be nested too deeply") from None
    if answer.error:
        raise (StoreError if answer.no_store else QueryError)(answer.error)
    return Rows(answer.columns, answer.rows)


class Answer(msgspec.Struct, frozen=True):
    """What the worker sends back: rows, or the text of an error."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    error: str = ""
    no_store: bool = False


def answer(store: Path, query: bytes) -> Answer:
    """Answer a query in this process; errors become part of the answer."""
    try:
        rows = Embedded(store).select(query.decode())
    except StoreError as error:
        return Answer(error=str(error), no_store=True)
    except (QueryError, UnicodeDecodeError) as error:
        return Answer(error=str(error))
    return Answer(rows.columns, rows.rows)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(answer(Path(sys.argv[1]), sys.stdin.buffer.read())))
