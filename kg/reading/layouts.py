"""The layouts of pages about trials: which style a page has, and its lines under their labels.

``ontology/reading/layouts.toml`` says how each style is recognised, which labels lead to which field and
what to pass over.  A page becomes blocks: a field, the label as written, the lines that belong to it.
Lines under no label are loose; what they mean follows from their order or their form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from kg.errors import SourceError
from kg.reading.text import Text
from kg.resources import root

BULLET = re.compile(r"(?:[-\u2022*\u00b7\u25cf>]\s+|\|\s*|#+\s+|\*\*)+")
_ORDINAL = re.compile(r"\s*\[\d+\]\s*:?$")


class FieldLayout(msgspec.Struct, frozen=True):
    """A field of a page: its labels and how much stands under them."""

    name: str
    kind: str
    labels: tuple[str, ...]
    inner: tuple[str, ...] = ()


class Style(msgspec.Struct, frozen=True):
    """A style of page and what is special about it."""

    name: str
    least: int
    signs: tuple[str, ...]
    never: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    title: bool = True
    order: str = ""
    sponsor_after_logo: bool = False
    mesh: bool = False
    badges: bool = False
    glued: bool = False
    day_first: bool = False
    dates: tuple[str, ...] = ()


class Guess(msgspec.Struct, frozen=True):
    """Words of a label that no list has, and the field that it leads to."""

    field: str
    label: str


class _File(msgspec.Struct, frozen=True):
    field: tuple[FieldLayout, ...]
    guess: tuple[Guess, ...]
    badge: dict[str, tuple[str, ...]]
    flags: dict[str, tuple[str, str]]
    skip: dict[str, tuple[str, ...]]
    values: dict[str, tuple[tuple[str, str], ...]]
    design: dict[str, tuple[tuple[str, str], ...]]
    style: tuple[Style, ...]


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """Return the form in which labels are compared.

    >>> key("Current Primary Outcome Measures  ICMJE :"), key("- Arm && Interventions")
    ('current primary outcome measures', 'arm & interventions')
    """
    plain = text.replace("&&", "&").replace("ICMJE", " ").replace("\u2019", "'").strip()
    if "]" in plain:
        plain = _ORDINAL.sub("", plain)
    bullet = BULLET.match(plain)
    return " ".join(plain[bullet.end() if bullet else 0 :].split()).strip(" :|*").lower()


class Layouts:
    """The layouts of all styles, ready to use.

    Parameters
    ----------
    source
        The text of ``layouts.toml``.

    Raises
    ------
    SourceError
        If it is not in the form of layouts, or a pattern in it is none.

    Examples
    --------
    >>> load().labels["lead sponsor"]
    'sponsor'
    """

    def __init__(self, source: str, where: str = "layouts.toml") -> None:
        try:
            file = msgspec.convert(tomllib.loads(source), _File)
            self.values = {name: _compiled(pairs, re.I) for name, pairs in file.values.items()}
            self.design = {name: _compiled(pairs, re.I) for name, pairs in file.design.items()}
            self._signs = [
                (style, [_Sign(sign) for sign in style.signs], [_Sign(sign) for sign in style.never])
                for style in file.style
            ]
            self._guesses = [(re.compile(guess.label), guess.field) for guess in file.guess]
            self._skip = re.compile("(?:" + "|".join(file.skip["lines"]) + r")\s*", re.I)
        except (msgspec.ValidationError, tomllib.TOMLDecodeError, re.error, KeyError) as error:
            raise SourceError(where, "", str(error), "layouts in the form of ontology/reading/layouts.toml") from None
        self.fields = {field.name: field for field in file.field}
        self.labels = {label: field.name for field in file.field for label in field.labels}
        shouted = {text.lower() for text in file.badge["shouted"]}
        self._badges = {
            form: field
            for field, texts in file.badge.items()
            if field != "shouted"
            for text in texts
            for form in ({text} if text.lower() not in shouted else set()) | _in_capitals(text)
        }
        self.value = lru_cache(maxsize=8192)(self._value)
        self.guess = lru_cache(maxsize=4096)(self._guess)
        self.flags = file.flags
        self.empty = frozenset(file.skip["empty"])
        ends = sorted((label for label in self.labels if len(label) > 4), key=len, reverse=True)
        self.tail = re.compile(rf"(?<=[.!?)])({'|'.join(map(re.escape, ends))}):\s*$", re.I | re.M)

    def style(self, text: Text) -> Style:
        """Return the style of a page: the one with the most of its signs there, else the last, prose."""
        best, most = self._signs[-1][0], 0
        for style, signs, never in self._signs[:-1]:
            count = sum(sign.stands_in(text.clean) for sign in signs)
            if count >= style.least and count > most and not any(no.stands_in(text.clean) for no in never):
                best, most = style, count
        return best

    def _value(self, field: str, text: str) -> str | None:
        """Return the notation that a value stands for, if it stands for one.

        >>> load().value("masking", "Triple (Participant, Care Provider)"), load().value("sex", "Ages")
        ('TRIPLE', None)
        """
        plain = text.strip(" .;,|")
        for pattern, notation in self.values[field]:
            if pattern.fullmatch(plain):
                return notation
        return None

    def _guess(self, label: str) -> tuple[str, ...]:
        """Return the fields that a label can lead to by its words, at most nine, the likeliest first."""
        if label.count(" ") > 8:
            return ()
        return tuple(field for pattern, field in self._guesses if pattern.search(label))

    def badge(self, text: str) -> str | None:
        """Return the field whose value a line is although no label says so.

        >>> load().badge("RANDOMIZED"), load().badge("Randomized"), load().badge("Treatment")
        ('allocation', 'allocation', None)
        """
        return self._badges.get(text)

    def is_empty(self, text: str) -> bool:
        """Whether a value says that there is none.

        >>> load().is_empty("[Not Specified]")
        True
        """
        return text.strip(" |").lower() in self.empty

    def skips(self, text: str) -> bool:
        """Whether a line says nothing about the trial."""
        return len(text) < 400 and self._skip.fullmatch(text.strip(" |")) is not None


def _in_capitals(text: str) -> set[str]:
    capitals = text.upper()
    return {capitals, capitals.replace(",", "").replace(" ", "_")}


def _compiled(pairs: Sequence[tuple[str, str]], flags: int) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern, flags), notation) for pattern, notation in pairs]


class _Sign:
    """A pattern by which a style is recognised, tried only where its fixed beginning stands."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern, re.M)
        fixed = re.match(r"\^?(?:\(\?:)?((?:[\w :/!-]|\\\.|\\\()+)", pattern)
        start = fixed[1].replace("\\", "") if fixed else ""
        optional = fixed is not None and pattern[fixed.end() : fixed.end() + 1] in ("?", "*", "{")
        simple = "|" not in pattern and not pattern.startswith(("(", "^("))
        self._start = (start[:-1] if optional else start) if simple else ""

    def stands_in(self, text: str) -> bool:
        return self._start in text and self._pattern.search(text) is not None


def load(folder: Path | None = None) -> Layouts:
    """Read ``reading/layouts.toml`` of the ontology.

    Examples
    --------
    >>> load().labels["lead sponsor"]
    'sponsor'
    """
    path = (folder or root() / "ontology") / "reading" / "layouts.toml"
    try:
        return Layouts(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise SourceError(str(path), "", error.strerror or "unreadable", "a file of layouts") from None
