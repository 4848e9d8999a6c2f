"""The conditions and the places of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from kg.reading import arms
from kg.reading.blocks import Line
from kg.reading.mentions import COUNTRY, DISEASE
from kg.reading.page import PageSource
from kg.reading.readings import Condition, Fact, Location

_ELSEWHERE = re.compile(
    r"\b(?:approved|licen[cs]e|label|registered|indications?|published|previous|case series|earlier|mouse"
    r"|reported)\b",
    re.I,
)

_POSITIVE = re.compile(r"(anti-?\s?\w+)[- ](?:antibody[- ])?positive (.+)", re.I)
_POSITIVE_BEFORE = re.compile(r"\banti-?\s?\w+[- ](?:antibody[- ])?positive $", re.I)
_CODED = re.compile(r"\s*(?:MedDRA\b.*|\b\d{5,7}$|\[?(?:ICD-?\d*|MeSH)\b.*)")
_PIECE = re.compile(r"[^;|\u2022]+")
_JOINT = re.compile(r"(?<=[a-z)])(?=[A-Z][a-z]{2})")
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|or|&)\s+")
_INVERTED = re.compile(
    r"(?:adult|juvenile|systemic|type \d+|acute|chronic|primary|secondary|mild|moderate|severe|unspecified"
    r"|familial|congenital"
    r"|discoid|cutaneous|childhood|autoimmune|recurrent|refractory|stage \w+|type|form|herniated|early|advanced"
    r"|metastatic|insulin-dependent"
    r"|non-small[- ]cell|and|or|to|[ ,])+$",
    re.I,
)
_ADULT = re.compile(r"adult ", re.I)


class Topics(PageSource):
    """Reads what the trial is about and where it takes place."""

    def _condition(self, line: Line) -> Condition | None:
        text = re.sub(r"^\d+[.)]\s*|\s*MedDRA\b.*", "", line.text).strip(" .;,")
        if not text or len(text) > 160 or self.layouts.is_empty(text):
            return None
        entity = self.names.disease(text)
        if entity is None and (marked := _POSITIVE.search(text)):
            entity = self.names.disease(f"{marked[1]} {marked[2]}".replace("- ", "-"))
        if entity is None and line.text.endswith("."):
            return None
        if entity is None:
            inside = self.names.find(line, DISEASE)
            covered = sum(mention.end - mention.start for mention in inside)
            entity = inside[0].entity if len(inside) == 1 and covered > 0.6 * len(text) else None
        return Condition(
            text,
            entity or text.lower(),
            self.text.span(line.start, line.end),
            self.text.quote(line.start, line.end),
            entity,
        )

    def _conditions(self, first: list[Line], others: list[Line]) -> tuple[Condition, ...]:
        found: dict[str, Condition] = {}
        lines = [line for block in self.page.of("conditions") for line in block.lines]
        if not lines and self.page.style.badges:
            short = [line for loose in self._loose[1:] for line in loose if len(line.text) < 60]
            lines = [line for line in short if self.names.disease(line.text) is not None]
        for part in [part for line in lines for part in self._condition_parts(line)]:
            condition = self._condition(part)
            if condition is not None:
                found.setdefault(condition.canonical, condition)
        return tuple(found.values()) or tuple(self._told_conditions(first, others).values())

    def _told_conditions(self, first: list[Line], others: list[Line]) -> dict[str, Condition]:
        """Take the conditions from the title, the first sentence or what is said of the study."""
        found: dict[str, Condition] = {}
        titles = [t for t in (self._title_line("title"), self._title_line("official_title")) if t is not None]
        about = [sentence for sentence in first[1:] + others if arms.is_about_study(sentence.text)]
        for place, sentence in enumerate([*titles, *first[:1], *about]):
            mentions = self.names.find(sentence, DISEASE)
            seen = {mention.entity for mention in mentions}
            if found and not (place == len(titles) and seen & {c.entity for c in found.values()}):
                continue
            for mention in mentions:
                part = sentence.part(self._begin(sentence.text, mention.start, mention.end), mention.end)
                condition = self._condition(part)
                if condition is not None and not _ELSEWHERE.search(sentence.text[: mention.start]):
                    found.setdefault(condition.canonical, condition)
        return found

    def _begin(self, text: str, start: int, end: int) -> int:
        """Leave out ``adult``, take in ``anti-MDA5 positive``."""
        adult = _ADULT.match(text, start, end)
        if adult is not None and self.names.disease(text[adult.end() : end]) is not None:
            start = adult.end()
        before = _POSITIVE_BEFORE.search(text[:start])
        return before.start() if before else start

    def _condition_parts(self, line: Line) -> Iterator[Line]:
        """Cut a line of conditions: at marks, at joints of glued words, at commas that do not invert a name."""
        coded = _CODED.search(line.text)
        line = line.part(0, coded.start()) if coded else line
        if self.names.disease(line.text) is not None:
            yield line
            return
        mentions = self.names.find(line, DISEASE)
        if len(mentions) > 1 and "," not in line.text and sum(m.end - m.start for m in mentions) > 0.7 * len(line.text):
            yield from (line.part(m.start, m.end) for m in mentions)
            return
        for match in _PIECE.finditer(line.text):
            piece = line.part(*match.span())
            joints = [m.start() for m in _JOINT.finditer(piece.text)]
            for start, end in pairwise([0, *joints, len(piece.text)]):
                yield from self._at_commas(piece.part(start, end))

    def _at_commas(self, line: Line) -> Iterator[Line]:
        if self.names.disease(line.text) is not None:
            yield line
            return
        places = [m.span() for m in _COMMA.finditer(line.text)]
        start = 0
        for place, (end, after) in enumerate(places):
            until = places[place + 1][0] if place + 1 < len(places) else len(line.text)
            inverted = _INVERTED.match(line.text[after:until]) or self.names.disease(line.text[start:until])
            if inverted and "," in line.text[end:after]:
                continue
            joined = "," not in line.text[end:after]
            sides = line.part(start, end), line.part(after, until)
            if joined and not all(self.names.disease(side.text) for side in sides):
                continue
            yield line.part(start, end)
            start = after
        yield line.part(start, len(line.text))

    def _locations(self) -> tuple[Location, ...]:
        found = []
        blocks = [block.lines for block in self.page.of("locations")]
        for lines in [*blocks, self._crick()]:
            before: Line | None = None
            for line in lines:
                place = self._place(line)
                parts = line.text.split(", ")
                if place is not None and len(parts) > 3 and before is None:
                    facility, city = ", ".join(parts[:-3]), parts[-3]
                    found.append(
                        Location(
                            facility,
                            city,
                            place[1],
                            self.text.span(line.start, line.end),
                            self.text.quote(line.start, line.end),
                        )
                    )
                elif place is not None and before is not None:
                    found.append(
                        Location(
                            before.text,
                            place[0],
                            place[1],
                            self.text.span(before.start, line.end),
                            self.text.quote(before.start, line.end),
                        )
                    )
                    before = None
                    continue
                if not re.fullmatch(r"[\d -]{4,}", line.text):
                    before = line
        return tuple(found) or tuple(self._stacked(blocks))

    def _stacked(self, blocks: Iterable[tuple[Line, ...]]) -> Iterator[Location]:
        """Read facility, city, post code and country on lines of their own."""
        for lines in blocks:
            if 3 <= len(lines) <= 6 and [m.entity for m in self.names.find(lines[-1], COUNTRY)] == [lines[-1].text]:
                span = self.text.span(lines[0].start, lines[-1].end)
                yield Location(
                    lines[0].text, lines[1].text, lines[-1].text, span, self.text.quote(lines[0].start, lines[-1].end)
                )

    def _countries(self) -> tuple[Fact, ...]:
        return tuple(
            self._fact(mention.entity, line.part(mention.start, mention.end))
            for block in self.page.of("countries")
            for line in block.lines
            for mention in self.names.find(line, COUNTRY)
        )
