"""The conditions and the places of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
        if self.names.disease(line.text) is not None:
            yield line
            return
        coded = re.search(r"\s*MedDRA\b", line.text)
        line = line.part(0, coded.start()) if coded else line
        glue = [m.start() for m in re.finditer(r"(?<=[a-z)])(?=[A-Z][a-z])", line.text)]
        if glue:
            for start, end in zip([0, *glue], [*glue, len(line.text)], strict=True):
                part = line.part(start, end)
                yield from (
                    part.part(*m.span()) for m in re.finditer(r"[^,]+", part.text) if not re.search(r"\bType\s*$", m[0])
                )
            return
        mentions = self.names.find(line, DISEASE)
        pieces = [line.part(*m.span()) for m in re.finditer(r"(?:(?!\s+(?:and|or)\s+|[;,|]).)+", line.text)]
        if len(mentions) > 1 and re.search(r"\bwith\b|\bassociated\b", line.text):
            yield line
        elif (
            len(mentions) > 1
            and len(pieces) > 1
            and all(self.names.find(piece, DISEASE) for piece in pieces if piece.text)
        ):
            yield from pieces
        elif ";" in line.text or "|" in line.text:
            yield from (line.part(*m.span()) for m in re.finditer(r"[^;|]+", line.text))
        elif len(mentions) > 1 and sum(m.end - m.start for m in mentions) > 0.8 * len(line.text):
            yield from (line.part(m.start, m.end) for m in mentions)
        else:
            yield line

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
