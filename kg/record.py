"""What all records have in common."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all records have in common: frozen, keyword-only, unknown fields refused."""


def text_of(value: object) -> str:
    """Write a value of a record as the text that a receipt quotes and a table cell holds.

    >>> text_of(("CD80", "CD86")), text_of(None), text_of(True), text_of(149)
    ('CD80|CD86', '', 'true', '149')
    """
    if isinstance(value, tuple):
        return "|".join(map(text_of, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
