"""The studies in a file, a folder or a stream, one after the other, however many there are.

A file is JSON with one study, a list of studies or a page of the registry (``{"studies": [...]}``) if
it is called ``*.json``, and one study a line if it is called otherwise; either may be compressed with
gzip or zstd, which its first bytes tell.  ``-`` is the standard input, one study a line.  A folder
holds such files, or those of ``kg fetch`` below ``studies/``.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec

from kg.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONGEST = 256 * 2**20
"""Bytes of the longest line that is read; the longest study known has 1.5 million."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ENDINGS = (".json", ".jsonl", ".ndjson", ".gz", ".zst")
_RAW = msgspec.json.Decoder(list[msgspec.Raw])


class Study(NamedTuple):
    """The bytes of a study and where they stand."""

    where: str
    """File, and line or number in it."""
    content: bytes


class _Page(msgspec.Struct):
    studies: list[msgspec.Raw]


def paths(source: Path) -> tuple[Path, ...]:
    """Return the files of a source, sorted: itself, or what a folder holds.

    Raises
    ------
    SourceError
        If there is none.

    Examples
    --------
    >>> paths(Path("studies.jsonl.gz"))[0].name
    'studies.jsonl.gz'
    """
    if not source.is_dir():
        return (source,)
    folder = source / "studies" if (source / "studies").is_dir() else source
    found = tuple(sorted(path for path in folder.iterdir() if path.name.endswith(_ENDINGS)))
    if not found:
        raise SourceError(str(folder), "", "no file", f"files of studies, {', '.join(_ENDINGS)}")
    return found


def read(path: Path) -> Iterator[Study]:
    r"""Read the studies of a file.

    Parameters
    ----------
    path
        The file; ``-`` for the standard input.

    Raises
    ------
    SourceError
        If the file cannot be read to its end; what was read before was given.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "two.jsonl"
    >>> _ = file.write_bytes(b'{"a": 1}\n\n{"a": 2}\n')
    >>> [study.content for study in read(file)]
    [b'{"a": 1}', b'{"a": 2}']
    """
    name = "standard input" if str(path) == "-" else str(path)
    line = 0
    try:
        with contextlib.ExitStack() as stack:
            stream = _open(path, stack)
            if _is_document(path):
                yield from _document(name, stream.read())
                return
            for line, content in _lines(name, stream):
                if content:
                    yield Study(f"{name} line {line}", content)
    except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
        place = f"after line {line}" if line else ""
        problem = getattr(error, "strerror", None) or str(error)
        raise SourceError(name, place, problem, "a file that can be read to its end") from None


def _is_document(path: Path) -> bool:
    return path.name.removesuffix(".gz").removesuffix(".zst").endswith(".json")


def _open(path: Path, stack: contextlib.ExitStack) -> IO[bytes]:
    raw = sys.stdin.buffer if str(path) == "-" else stack.enter_context(path.open("rb"))
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
    head = buffered.peek(4)[:4]
    if head.startswith(_GZIP):
        return cast(IO[bytes], stack.enter_context(gzip.open(buffered)))
    if head.startswith(_ZSTD):
        return cast(IO[bytes], stack.enter_context(zstd.open(buffered)))
    return buffered


def _lines(name: str, stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while content := stream.readline(LONGEST):
        number += 1
        if len(content) == LONGEST and not content.endswith(b"\n"):
            raise SourceError(name, f"line {number}", f"more than {LONGEST} bytes", "one study in each line")
        yield number, content.strip()


def _document(name: str, content: bytes) -> Iterator[Study]:
    stripped = content.lstrip()
    try:
        if stripped.startswith(b"["):
            many = _RAW.decode(content)
        elif stripped.startswith(b"{") and b'"studies"' in stripped[:4096]:
            many = msgspec.json.decode(content, type=_Page).studies
        else:
            yield Study(name, content)
            return
    except msgspec.ValidationError:
        yield Study(name, content)
        return
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(name, "", str(error), "JSON in UTF-8") from None
    for number, one in enumerate(many):
        yield Study(f"{name} at /{number}", bytes(one))
