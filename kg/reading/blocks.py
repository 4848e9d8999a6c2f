"""A page cut into blocks: its lines under the labels they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.reading.layouts import BULLET, Layouts, Style, key
from kg.reading.text import Text

LOOSE = "loose"
_PAIR = re.compile(r"(.{2,90}?)\s*(?:ICMJE)?\s*[:|](?!//)\s*(.*)", re.S)
_NUMBER = re.compile(r"[A-P]\.(?:\d+\.)*\d*\s*(?:\||(?=[A-Z]))\s*")
_CELLS = re.compile(r"[^|]*[^|\s]")
_ARM = re.compile(
    r"(?:experimental|active comparator|placebo comparator|sham comparator|no intervention)(?: (?:arm"
    r"|group))?(?::.*)?",
    re.I,
)
_GROUPS = re.compile(r"(?:\d+ participants? in )?\d+ (?:patient|treatment|participant)? ?groups?\b.*", re.I)
_ENUMERATED = frozenset({"phase", "status", "study_type", "allocation", "model", "masking", "purpose", "sex"})
_GLUED = _ENUMERATED | {"sponsor", "conditions", "interventions", "design", "enrollment"}
_WORDS = 8
_LONGEST = 4000
_LONG = frozenset({LOOSE, "summary", "description", "inclusion", "exclusion", "criteria"})


class Line(NamedTuple):
    """A line or a part of one, with its place in the clean text."""

    start: int
    end: int
    text: str

    def part(self, start: int, end: int) -> Line:
        """Return a part of the line without the blanks around it.

        >>> Line(10, 16, "Sex: F").part(4, 6)
        Line(start=15, end=16, text='F')
        """
        piece = self.text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        piece = piece.strip()
        return Line(self.start + left, self.start + left + len(piece), piece)


class Block(NamedTuple):
    """Lines that belong to one field."""

    field: str
    label: str
    lines: tuple[Line, ...]


class Page(NamedTuple):
    """A page cut into blocks, in the order of the text."""

    style: Style
    blocks: tuple[Block, ...]

    def of(self, *fields: str) -> Iterator[Block]:
        """Yield the blocks of some fields, those of the first field first."""
        for field in fields:
            yield from (block for block in self.blocks if block.field == field)


def cut(layouts: Layouts, text: Text) -> Page:
    r"""Cut a page into blocks.

    Examples
    --------
    >>> from kg.reading.layouts import load
    >>> from kg.reading.text import of
    >>> page = cut(load(), of("Study Type\nINTERVENTIONAL\nMasking\nPurpose\nTREATMENT"))
    >>> [(block.field, [line.text for line in block.lines]) for block in page.blocks]
    [('study_type', ['INTERVENTIONAL']), ('masking', []), ('purpose', ['TREATMENT'])]
    """
    style = layouts.style(text)
    return Page(style, tuple(_Cutter(layouts, style).cut(_lines(layouts, text))))


def _lines(layouts: Layouts, text: Text) -> Iterator[Line]:
    for start, end in text.lines():
        line = Line(start, end, text.clean[start:end])
        tail = layouts.tail.search(line.text) if line.text.endswith(":") else None
        if tail is None:
            yield line
        else:
            yield line.part(0, tail.start())
            yield line.part(tail.start(), len(line.text))


class _Cutter:
    """Cuts the lines of one page into blocks."""

    def __init__(self, layouts: Layouts, style: Style) -> None:
        self._layouts, self._style = layouts, style
        self._labels: Mapping[str, str] = {**layouts.labels, **style.labels}
        self._blocks: list[tuple[str, str, list[Line]]] = [(LOOSE, "", [])]
        self._open = False
        """Whether the last block still waits for its only line."""
        self._columns: list[str] = []

    def cut(self, lines: Iterator[Line]) -> Iterator[Block]:
        for line in lines:
            self._add(line)
        for field, label, own in self._blocks:
            if own or field != LOOSE:
                yield Block(field, label, tuple(own))

    def _add(self, line: Line) -> None:
        if "|" in line.text and self._row(line):
            return
        bare = self._bare(line)
        if self._layouts.skips(bare.text):
            if self._open:
                self._close()
            return
        if not self._accepts(bare) and self._labelled(bare):
            return
        if self._more_phases(bare):
            return
        if (_ARM.fullmatch(bare.text) and self._field in (LOOSE, "enrollment") and not self._open) or (
            _GROUPS.fullmatch(bare.text) and self._field not in ("summary", "description")
        ):
            self._begin("arms", bare.text)
        if len(bare.text) <= _LONGEST or self._field in _LONG:
            self._blocks[-1][2].append(bare)
        if self._open:
            self._close()

    def _more_phases(self, line: Line) -> bool:
        """Take a second phase on a line of its own to the first."""
        if self._field != LOOSE or self._blocks[-1][2] or len(self._blocks) < 2 or self._blocks[-2][0] != "phase":
            return False
        if self._layouts.value("phase", line.text) is None:
            return False
        self._blocks[-2][2].append(line)
        return True

    @property
    def _field(self) -> str:
        return self._blocks[-1][0]

    def _bare(self, line: Line) -> Line:
        bullet = BULLET.match(line.text)
        line = line.part(bullet.end() if bullet else 0, len(line.text.rstrip("| ")) or len(line.text))
        number = _NUMBER.match(line.text)
        return line.part(number.end(), len(line.text)) if number else line

    def _close(self) -> None:
        self._blocks.append((LOOSE, "", []))
        self._open = False

    def _begin(self, field: str, label: str) -> None:
        self._blocks.append((field, label, []))
        known = self._layouts.fields.get(field)
        self._open = known is not None and known.kind == "scalar"
        self._columns = []

    def _accepts(self, line: Line) -> bool:
        """Whether the open block takes a line although it looks like a label."""
        if self._open and self._field in _ENUMERATED:
            return self._layouts.value(self._field, line.text) is not None
        field = self._layouts.fields.get(self._field)
        if field is None or not field.inner:
            return False
        pair = _PAIR.match(line.text)
        return key(line.text) in field.inner or (pair is not None and key(pair[1]) in field.inner)

    def _labelled(self, line: Line) -> bool:
        if len(line.text) <= 90:
            name = self._labels.get(key(line.text))
            if name is not None:
                self._begin(name, line.text)
                return True
        pair = _PAIR.match(line.text)
        if pair is not None:
            if self._flag(key(pair[1]), pair[2], line):
                return True
            name = self._labels.get(key(pair[1]))
            if name is not None:
                self._inline(name, line, pair.end(1), pair.start(2))
                return True
        opening = re.match(r"a study on (?=[A-Z])", line.text)
        if opening is not None:
            self._inline("conditions", line, opening.end(), opening.end())
            self._close()
            return True
        return self._style.glued and self._glue(line)

    def _inline(self, name: str, line: Line, label_end: int, start: int) -> None:
        self._begin(name, line.text[:label_end])
        value = line.part(start, len(line.text))
        if value.text.startswith("| "):
            value = value.part(2, len(value.text))
        if not value.text:
            return
        if not self._layouts.is_empty(value.text):
            cells = [value.part(*cell.span()) for cell in _CELLS.finditer(value.text)]
            self._blocks[-1][2].extend(cells if "|" in value.text else [value])
        if self._open or "|" in value.text or self._layouts.fields[name].kind == "ignore":
            self._close()

    def _flag(self, label: str, value: str, line: Line) -> bool:
        flag = self._layouts.flags.get(label) if self._style.name == "eu_ctr" else None
        if flag is None:
            return False
        if re.match(r"\|?\s*(?:yes|1)\b", value, re.I):
            self._blocks.append((f"flag:{flag[0]}", flag[1], [line]))
        self._close()
        return True

    def _glue(self, line: Line) -> bool:
        """Read ``Study Type Interventional``, where nothing divides label and value."""
        words = list(re.finditer(r"\S+", line.text))[:_WORDS]
        for count in range(min(len(words) - 1, 6), 0, -1):
            end = words[count - 1].end()
            name = self._labels.get(key(line.text[:end]))
            if name not in _GLUED or name is None:
                continue
            rest = line.text[end:].strip()
            if (name in _ENUMERATED and self._layouts.value(name, rest) is None) or len(line.text) > 300:
                continue
            if name == "sponsor" and (len(line.text) > 80 or key(line.text[:end]) != "sponsor"):
                continue
            if name == "enrollment" and not rest.split()[0].isdigit():
                continue
            self._inline(name, line, end, end)
            self._close()
            return True
        return False

    def _row(self, line: Line) -> bool:
        """Read a row of a table whose head is made of labels."""
        cells = [line.part(*cell.span()) for cell in _CELLS.finditer(line.text) if cell[0].strip()]
        names = [self._labels.get(key(cell.text), "") for cell in cells]
        if len(cells) > 1 and all(names) and self._field not in ("primary_outcomes", "secondary_outcomes"):
            self._close()
            self._columns = names
            return True
        if not self._columns or not line.text.startswith("|"):
            return False
        if not re.fullmatch(r"[|\s:-]+", line.text):
            for name, cell in zip(self._columns, cells, strict=False):
                self._blocks.append((name, "", [cell]))
        return True
