"""Reads what curators keep: trial records (``data/trials/*.json``) and reference tables.

Quirks of the source, decided here:

* A record is one `kg.records.Trial` in JSON, named after its id.  It has one canonical form (two
  spaces of indentation, fields in the order of the type, no field without a value), so that a
  change of a fact is a change of one line; another form is refused with the repair.
* Dates may be years or months.  An end before a start is impossible at the precision both have, and
  is refused.
* Rows of a table are records whose place is ``/<key>/<column>``, as if the table were one JSON
  object from keys to rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import msgspec

from kg.errors import FormError, SourceError
from kg.records import Record, Sourced, Trial, text_of
from kg.resources import files
from kg.tables import TABLES, Table, parse, read
from kg.values import PartialDate, decode
from kg.walk import pointer_token

_ORDERED = (
    ("start_date", "primary_completion_date"),
    ("start_date", "completion_date"),
    ("primary_completion_date", "completion_date"),
)

Kind = TypeVar("Kind")

VOUCHED = ("conditions", "study_type", "sources", "verification")
"""Fields that every curated record states; a record of another source may lack them."""

VOUCHED_PARTS = {"uses": "role", "arms": "kind"}
"""Fields that every nested record of a curated one states."""


def decode_trial(content: bytes, where: str) -> Trial:
    """Read one trial record.

    Parameters
    ----------
    content
        The JSON text in UTF-8.
    where
        The name of the file, for messages.

    Raises
    ------
    SourceError
        If it is not JSON, has an unknown or missing field or a value of the wrong kind, or dates in
        an impossible order.

    Examples
    --------
    >>> decode_trial(b'{"id": 1}', "NCT1.json")
    Traceback (most recent call last):
    kg.errors.SourceError: NCT1.json at $.id: saw '1', expected `str`, got `int`
    """
    trial = decode_json(content, where, Trial)
    _check_vouched(trial, where)
    judge(trial, where)
    return trial


def decode_json(content: bytes, where: str, kind: type[Kind]) -> Kind:
    """Read a JSON text into a type.

    Raises
    ------
    SourceError
        If it is not JSON or not of the type; says where and what was expected.

    Examples
    --------
    >>> decode_json(b"[1, 2]", "numbers.json", tuple[int, ...])
    (1, 2)
    """
    try:
        return msgspec.json.decode(content, type=kind, dec_hook=decode)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `")
        place = path.rstrip("`")
        expected = problem.removeprefix("Expected ").rpartition(", expected ")[2]
        raise SourceError(where, place, _value_at(content, place), expected) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(where, "", str(error), "one JSON object in UTF-8") from None


def judge(trial: Trial, where: str) -> None:
    """Refuse what no trial can have: an end before its start, a number without an end, ages upside down.

    Raises
    ------
    SourceError
        If the trial has it.

    Examples
    --------
    >>> judge(Trial(id="NCT1", title="A trial", min_age=18, max_age=12), "NCT1.json")
    Traceback (most recent call last):
    kg.errors.SourceError: NCT1.json at /max_age: saw '12', expected an age of at least min_age 18
    """
    for earlier, later in _ORDERED:
        first, second = getattr(trial, earlier), getattr(trial, later)
        if isinstance(first, PartialDate) and isinstance(second, PartialDate) and not first.may_precede(second):
            raise SourceError(where, f"/{later}", second, f"a date on or after the {earlier} {first}")
    for place, number in _decimals("$", trial):
        if not number.is_finite() or "E" in str(number):
            raise SourceError(where, place, number, "a decimal number such as 0.083")
    if trial.min_age is not None and trial.max_age is not None and trial.min_age > trial.max_age:
        raise SourceError(where, "/max_age", trial.max_age, f"an age of at least min_age {trial.min_age}")


def _check_vouched(trial: Trial, where: str) -> None:
    for name in VOUCHED:
        if not getattr(trial, name):
            raise SourceError(where, f"/{name}", "nothing", f"the field {name}, which every curated record has")
    for parts, name in VOUCHED_PARTS.items():
        for number, part in enumerate(getattr(trial, parts)):
            if not getattr(part, name):
                expected = f"the field {name}, which is known of each of the {parts} of a curated record"
                raise SourceError(where, f"/{parts}/{number}", "nothing", expected)


def _decimals(place: str, value: object) -> Iterator[tuple[str, Decimal]]:
    """Yield every decimal number of a record with its path."""
    if isinstance(value, Decimal):
        yield place, value
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _decimals(f"{place}[{number}]", part)
    elif isinstance(value, Record):
        for name in value.__struct_fields__:
            yield from _decimals(f"{place}.{name}", getattr(value, name))


def _value_at(content: bytes, place: str) -> str:
    """Show what stands at a path such as ``$.uses[0].kind``; the whole when it cannot be followed."""
    try:
        value = json.loads(content)
        for step in place.replace("[", ".").replace("]", "").split(".")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return place or content[:60].decode(errors="replace")
    return json.dumps(value, ensure_ascii=False)


def encode_trial(trial: msgspec.Struct) -> bytes:
    """Write a trial record, or a file of a page, in its one canonical form.

    Examples
    --------
    >>> from kg.resources import root
    >>> content = (root() / "data" / "trials" / "NCT04946669.json").read_bytes()
    >>> encode_trial(decode_trial(content, "NCT04946669.json")) == content
    True
    """
    return msgspec.json.format(msgspec.json.encode(trial, enc_hook=str), indent=2) + b"\n"


def trials(folder: Path) -> tuple[Sourced, ...]:
    """Read the trial records of a folder, sorted by id.

    Raises
    ------
    SourceError
        As `decode_trial` does, and if a file is not named after its record.
    FormError
        If a record is not in canonical form.

    Examples
    --------
    >>> from kg.resources import root
    >>> len(trials(root() / "data" / "trials"))
    135
    """
    found = []
    for path in files(folder, "*.json"):
        where = f"data/trials/{path.name}"
        content = path.read_bytes()
        trial = decode_trial(content, where)
        if trial.id != path.stem:
            raise SourceError(where, "/id", trial.id, f"the name of the file, {path.stem}")
        if encode_trial(trial) != content:
            raise FormError(where, "", "another layout", "the canonical form of a record; run kg tidy")
        found.append(Sourced(record=trial, source=f"curated-{trial.id}", path=where, dated=trial.status_as_of))
    return tuple(found)


def rows(table: Table, folder: Path) -> tuple[Sourced, ...]:
    """Read a reference table as records.

    Raises
    ------
    SourceError
        As `kg.tables.read` does.

    Examples
    --------
    >>> from kg.resources import root
    >>> rows(TABLES["countries"], root() / "ontology" / "tables")[0].pointer
    '/Afghanistan'
    """
    return tuple(
        Sourced(
            record=row,
            source=f"table-{table.name.replace('_', '-')}",
            path=f"ontology/tables/{table.name}.tsv",
            pointer="/" + pointer_token(table.key_of(row)),
        )
        for row in read(table, folder)
    )


def tables(root: Path) -> tuple[Sourced, ...]:
    """Read all tables below a root folder.

    Examples
    --------
    >>> from kg.resources import root
    >>> len({row.source for row in tables(root())}) == len(TABLES)
    True
    """
    return tuple(row for name in sorted(TABLES) for row in rows(TABLES[name], root / "ontology" / "tables"))


def everything(root: Path) -> tuple[Sourced, ...]:
    """Read all tables, then all trials, below a root folder."""
    return (*tables(root), *trials(root / "data" / "trials"))


def values_at(content: bytes, path: str) -> Iterator[tuple[str, str]]:
    """List every value of a source file with its place, straight from the bytes on disk.

    A list of plain values is a value, too: its parts joined by ``|``.

    This is how receipts are re-found: it shares no code with the mapper.

    Parameters
    ----------
    content
        The bytes of the file.
    path
        Its path below the project, which tells a table from a record.

    Yields
    ------
    (pointer, value)

    Raises
    ------
    SourceError
        If the file cannot be read as what it should be.

    Examples
    --------
    >>> list(values_at(b'{"id": "NCT1", "countries": ["Japan"]}', "data/trials/NCT1.json"))
    [('/id', 'NCT1'), ('/countries', 'Japan'), ('/countries/0', 'Japan')]
    """
    if path.endswith(".json"):
        try:
            yield from _leaves("", json.loads(content, parse_float=str))
        except (ValueError, RecursionError) as error:
            raise SourceError(path, "", str(error), "JSON") from None
        return
    table = TABLES.get(Path(path).stem)
    if table is None:
        raise SourceError(path, "", Path(path).name, f"one of the tables {', '.join(sorted(TABLES))}")
    for row in parse(table, path, content.decode(errors="replace")):
        base = "/" + pointer_token(table.key_of(row))
        for name in type(row).__struct_fields__:
            value = getattr(row, name)
            many = isinstance(value, tuple)
            for number, part in enumerate(value if many else (value,)):
                if part is not None:
                    yield f"{base}/{name}/{number}" if many else f"{base}/{name}", text_of(part)


def _leaves(base: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(f"{base}/{pointer_token(key)}", part)
    elif isinstance(value, list):
        if not any(isinstance(part, (dict, list)) for part in value):
            yield base, text_of(tuple(value))
        for number, part in enumerate(value):
            yield from _leaves(f"{base}/{number}", part)
    else:
        yield base, text_of(value)
