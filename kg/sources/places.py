"""Finds in the bytes of a source what stands at a place, for those who check what the mapper said.

Nothing here knows how a source is read: a JSON file and a table are lists of values with JSON
pointers, a text is a row of characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.reading import text
from kg.sources.curated import values_at

TEXTS = (".txt", ".html", ".htm")
"""How the names of texts end."""

_RANGE = re.compile(r"char=(\d{1,9}),(\d{1,9})")


def finder(content: bytes, path: str) -> Callable[[str], str | None]:
    """Return what finds the text at a place of a source; it gives None where nothing stands.

    Parameters
    ----------
    content
        The bytes of the source.
    path
        Its path, which tells a text from a table or a record.

    Raises
    ------
    kg.errors.SourceError
        If the source cannot be read as what it should be.

    Examples
    --------
    >>> at = finder("Étude de phase 2".encode(), "pages/a.txt")
    >>> at("char=0,5"), at("char=9,16"), at("char=9,17"), at("/id")
    ('Étude', 'phase 2', None, None)
    >>> finder(b'{"id": "NCT1"}', "data/trials/NCT1.json")("/id")
    'NCT1'
    """
    if not path.endswith(TEXTS):
        return dict(values_at(content, path)).get
    characters = text.read(content, path).original

    def at(locator: str) -> str | None:
        match = _RANGE.fullmatch(locator)
        start, end = (int(match[1]), int(match[2])) if match else (1, 0)
        return characters[start:end] if start <= end <= len(characters) else None

    return at
