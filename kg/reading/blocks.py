"""A page cut into blocks: its lines under the labels they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.reading import fields
from kg.reading.layouts import BULLET, Layouts, Style, key
from kg.reading.readings import DATED, ENUMERATED
from kg.reading.text import Text

LOOSE = "loose"
_PAIR = re.compile(r"(.{2,90}?)\s*(?:ICMJE)?\s*[:|](?!//)\s*(.*)", re.S)
_NUMBER = re.compile(r"[A-P]\.(?:(?:\d+\.)*\d+\s*(?:\||(?=[A-Z]))|\s*\|)\s*")
_CELLS = re.compile(r"[^|]*[^|\s]")
_ARM = re.compile(
    r"(?:experimental|active comparator|placebo comparator|sham comparator|no intervention)(?: (?:arm"
    r"|group))?(?::.*)?",
    re.I,
)
_GROUPS = re.compile(r"(?:\d+ participants? in )?\d+ (?:patient|treatment|participant)? ?groups?\b.*", re.I)
_ENUMERATED = frozenset(ENUMERATED)
_AGES = frozenset({"ages", "age_min", "age_max"})
_TYPED = _ENUMERATED | _AGES | set(DATED) | {"enrollment"}
_HELPER = re.compile(r"(?=.*\s)[A-Z][a-z']+(?: [a-z',-]+)+[.]$|(?:Who|What|How|Where|When)\b.*[.]$")
_OPENING = re.compile(r"a study on (?=[A-Z])")
_NO_SPONSOR = re.compile(r"(?:INDUSTRY|OTHER|NIH|NETWORK|FED|OTHER_GOV|INDIV|UNKNOWN)$|(?:no|yes)\b", re.I)
_STAGE = re.compile(r"(?:anticipated|actual|estimated|final|planned)$", re.I)
_FEW = 3
"""So many known labels of a form show that the page writes its labels so."""
_GLUED = _ENUMERATED | {"sponsor", "conditions", "interventions", "design", "enrollment"}
_WORDS = 8
_KINDS = frozenset(
    {"DRUG", "BIOLOGICAL", "PROCEDURE", "DEVICE", "GENETIC", "TREATMENT", "OTHER", "DRUG:", "EXPERIMENTAL"}
)
_AGE = re.compile(r"(?P<low>\d{1,3}) Years(?P<more> (?:to|and|-|or) .{2,40})?$")
_OLD = 60
"""An age that stands alone and is higher is the highest."""
_SHORT_LISTS = frozenset({"conditions", "interventions", "countries", "ids"})
"""Lists that end with the line when they begin beside their label."""
_LABEL, _VALUE = 90, 300
"""No label is longer, nor a value of a label that was guessed."""
_NO_BADGES = frozenset(
    {"status_phase", "design", "summary", "description", "inclusion", "exclusion", "criteria", "locations", "ids"}
)
_PROSE = frozenset({"summary", "description", "inclusion", "exclusion", "criteria"})
_NO_GUESSES = _PROSE | frozenset(
    {
        "summary",
        "description",
        "inclusion",
        "exclusion",
        "criteria",
        "arms",
        "primary_outcomes",
        "secondary_outcomes",
        "outcomes",
    }
)
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
    return Page(style, tuple(_Cutter(layouts, style).cut(list(_lines(layouts, text)))))


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
        self._in_row = False
        self._kinds_last: bool | None = None
        """Whether the kind of an intervention stands after its name; None: not known yet."""
        self._shouts = self._colons = False
        """Whether the page writes its labels in capitals, with a colon on lines of their own."""

    def cut(self, lines: Sequence[Line]) -> Iterator[Block]:
        labels = {line.text for line in lines if len(line.text) < _LABEL and key(line.text) in self._labels}
        self._shouts = sum(label.isupper() and self._layouts.badge(label) is None for label in labels - _KINDS) >= _FEW
        self._colons = sum(label.endswith(":") for label in labels) >= _FEW
        for place, line in enumerate(lines):
            self._add(line, lines[place + 1] if place + 1 < len(lines) else None)
        for field, label, own in self._blocks:
            if own or field != LOOSE:
                yield Block(field, label, tuple(own))

    def _add(self, line: Line, following: Line | None) -> None:
        if "|" in line.text and self._row(line):
            return
        bare = self._bare(line)
        self._in_row = line.text.startswith("|")
        if self._accepts(bare):
            self._take(bare)
        elif self._layouts.skips(bare.text):
            if self._open:
                self._close()
        elif bare.text.isupper() and not self._shouts and self._told_apart(bare):
            return
        elif not (self._labelled(bare) or self._guessed(bare, following) or self._told_apart(bare)):
            self._take(bare)

    def _take(self, line: Line) -> None:
        """Take a line into the open block."""
        if self._open and not self._fits(self._field, line.text):
            if _HELPER.match(line.text):
                return
            self._close()
        if len(line.text) <= _LONGEST or self._field in _LONG:
            self._blocks[-1][2].append(line)
        if self._open:
            self._close()

    def _told_apart(self, line: Line) -> bool:
        """Whether the look of a line alone tells that it belongs elsewhere."""
        if self._more_phases(line) or (_STAGE.match(line.text) and self._stage(line)):
            return True
        words = line.text.split()
        if 2 < len(words) <= _FEW * 2 and all(self._layouts.badge(word.upper()) for word in words):
            for word in re.finditer(r"\S+", line.text):
                self._blocks.append((self._layouts.badge(word[0].upper()) or LOOSE, "", [line.part(*word.span())]))
            self._close()
            return True
        badge = self._layouts.badge(line.text) or self._age_badge(line.text)
        if badge is not None and self._field not in _NO_BADGES and not self._open:
            self._blocks.append((badge, "", [line]))
            self._close()
            return True
        arm = _ARM.fullmatch(line.text) and self._field in (LOOSE, "enrollment") and not self._open
        if arm or (_GROUPS.fullmatch(line.text) and self._field not in ("summary", "description")):
            self._begin("arms", line.text)
        return False

    def _kind_follows(self) -> bool:
        """Read DRUG after the name of what is given, where the page writes it so."""
        last = self._blocks[-1][2]
        if self._kinds_last is None:
            self._kinds_last = bool(last) and self._field != "interventions"
        if self._kinds_last and last:
            self._blocks.append(("interventions", "", [last[-1]]))
            self._blocks.append(("arms", "", []))
        return bool(self._kinds_last and last)

    def _age_badge(self, text: str) -> str | None:
        match = _AGE.match(text)
        if match is None or match["more"]:
            return None if match is None else "ages"
        known = any(field == "age_min" for field, _, _ in self._blocks)
        return "age_max" if known or int(match["low"]) > _OLD else "age_min"

    def _stage(self, line: Line) -> bool:
        """Read "Actual" between the label of a date and the date."""
        last = next((field for field, _, _ in reversed(self._blocks) if field != LOOSE), "")
        if last not in DATED and last != "enrollment":
            return False
        self._begin(last, line.text)
        return True

    def _fits(self, field: str, text: str) -> bool:
        """Whether a text can be the value of a field."""
        if field == "study_type" and self._layouts.value("purpose", text) is not None:
            return True
        if field in _ENUMERATED:
            return (
                self._layouts.value(field, text) is not None
                or self._layouts.value(field, text.rpartition(":")[2]) is not None
            )
        if field in DATED:
            return len(text) < _LABEL and fields.date(text) is not None
        if field in _AGES:
            return len(text) < _LABEL and any(char.isdigit() for char in text)
        if field == "enrollment":
            return len(text) < _LABEL and any(char.isdigit() for char in text) and not re.search(r"[a-z]{3,}.*\d", text)
        return not (_HELPER.match(text) or _NO_SPONSOR.match(text)) if field == "sponsor" else True

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
        if field is None or not field.inner or (self._shouts and line.text.isupper()):
            return False
        pair = _PAIR.match(line.text)
        return key(line.text) in field.inner or (pair is not None and key(pair[1]) in field.inner)

    def _labelled(self, line: Line) -> bool:
        if len(line.text) <= _LABEL:
            name = self._labels.get(key(line.text))
            if name == "interventions" and line.text in _KINDS and self._kind_follows():
                return True
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
        opening = _OPENING.match(line.text)
        if opening is not None:
            self._inline("conditions", line, opening.end(), opening.end())
            return True
        return self._style.glued and self._glue(line)

    def _guessed(self, line: Line, following: Line | None) -> bool:
        """Read a label that no list has, if its words and its value agree on a field."""
        pair = _PAIR.match(line.text)
        if pair is not None and pair[2] and len(pair[1]) < _LABEL and self._field not in _PROSE:
            field = self._guess(key(pair[1]), pair[2].strip(" |"))
            if field is None or len(pair[2]) > _VALUE or (field not in _TYPED and self._field in _NO_GUESSES):
                return False
            self._inline(field, line, pair.end(1), pair.start(2))
            return True
        if len(line.text) > _LABEL or not line.text[:1].isupper() or line.text.endswith("."):
            return False
        alone = (self._shouts and line.text.isupper() and not any(map(str.isdigit, line.text))) or (
            self._colons and line.text.endswith(":")
        )
        if not alone and (self._open or self._field in _NO_GUESSES):
            return False
        if self._field in _PROSE and not self._shouts:
            return False
        field = self._guess(key(line.text), following.text if following is not None else "")
        if alone or field in _TYPED:
            self._begin(field or LOOSE, line.text)
            return True
        return False

    def _guess(self, label: str, value: str) -> str | None:
        free = label.count(" ") < _FEW
        fields_ = (field for field in self._layouts.guess(label) if free or field in _TYPED or field == "ignore")
        return next((field for field in fields_ if self._fits(field, value)), None)

    def _inline(self, name: str, line: Line, label_end: int, start: int) -> None:
        self._begin(name, line.text[:label_end])
        value = line.part(start, len(line.text))
        if value.text.startswith("| "):
            value = value.part(2, len(value.text))
        if not value.text:
            return
        typed = name in _ENUMERATED and self._layouts.value(name, value.text) is not None
        if typed or not self._layouts.is_empty(value.text):
            cells = [value.part(*cell.span()) for cell in _CELLS.finditer(value.text)]
            self._blocks[-1][2].extend(cells if "|" in value.text else [value])
        if (
            self._open
            or self._in_row
            or "|" in value.text
            or name in _SHORT_LISTS
            or self._layouts.fields[name].kind == "ignore"
        ):
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
