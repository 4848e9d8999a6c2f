"""A page as a source of facts: its lines, sentences and unlabelled parts, and the facts found so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.reading import drugs, fields
from kg.reading.blocks import LOOSE, Line, Page, cut
from kg.reading.layouts import Layouts
from kg.reading.mentions import COUNTRY, Names, PageNames
from kg.reading.readings import Fact
from kg.reading.text import Text

_POST_CODE = re.compile(r",\s*(?=[\w -]*\d)[\w -]{3,10}$")


class PageSource:
    """What all readers of a page share."""

    def __init__(self, text: Text, layouts: Layouts, names: Names) -> None:
        self.text, self.layouts = text, layouts
        self.names = PageNames(names, names.scan(text.clean))
        self.page: Page = cut(layouts, text)
        self.facts: dict[str, Fact] = {}
        self._loose = [block.lines for block in self.page.of(LOOSE)]
        self.spans = list(text.sentences())
        self._sentence_lines: list[Line] | None = None

    def _fact(self, value: str | int, line: Line) -> Fact:
        return Fact(value, self.text.span(line.start, line.end), self.text.quote(line.start, line.end))

    def _set(self, field: str, value: str | int | None, line: Line) -> None:
        if value is not None:
            self.facts.setdefault(field, self._fact(value, line))

    def _found(self, field: str, found: fields.Found | None, line: Line) -> None:
        if found is not None:
            self._set(field, found.value, line.part(found.start, found.end))

    def _sentences(self, lines: Iterable[Line]) -> list[Line]:
        if self._sentence_lines is None:
            clean = self.text.clean
            self._sentence_lines = [Line(start, end, clean[start:end]) for start, end in self.spans]
        spans = [(line.start, line.end) for line in lines]
        if not spans:
            return []
        found, place = [], 0
        for sentence in self._sentence_lines:
            while place < len(spans) and spans[place][1] <= sentence.start:
                place += 1
            if place == len(spans):
                break
            if sentence.end > spans[place][0] and len(sentence.text) < 2000:
                found.append(sentence)
        return found

    def _prose(self) -> tuple[list[Line], list[Line]]:
        """Return the sentences of the summary and of the description."""
        summary = [line for block in self.page.of("summary") for line in block.lines]
        more = [line for block in self.page.of("description") for line in block.lines]
        tail = set(self._crick())
        title = self.facts.get("title")
        for lines in self._loose:
            long = [
                line
                for line in lines
                if line not in tail and len(line.text) > 45 and (title is None or line.text != title.value)
            ]
            (more if summary else summary).extend(long)
        if not more and self.page.style.order == "crick" and len(summary) > 1:
            summary, more = summary[:1], summary[1:]
        return self._sentences(sorted(summary)), self._sentences(sorted(more))

    def _crick(self) -> tuple[Line, ...]:
        if self.page.style.order != "crick" or len(self._loose) < 2:
            return ()
        return self._loose[-1]

    def _all_short(self) -> Iterator[Line]:
        for lines in self._loose:
            yield from (line for line in lines if len(line.text) < 200)

    def _title_line(self, field: str) -> Line | None:
        fact = self.facts.get(field)
        if fact is None:
            return None
        for block in self.page.blocks:
            for line in block.lines:
                if line.text == fact.value:
                    return line
        return None

    def _place(self, line: Line) -> tuple[str, str] | None:
        """Read ``city, region, country`` or ``city, country``."""
        code = _POST_CODE.search(line.text)
        line = line.part(0, code.start()) if code else line
        if len(line.text) > 90 or re.search(r"\d{5,}|\d+ ?mg", line.text):
            return None
        countries = [m for m in self.names.find(line, COUNTRY) if m.end >= len(line.text.rstrip(" .")) and m.start > 2]
        if not countries:
            return None
        city = re.split(r"[,\s]*$", line.text[: countries[-1].start])[0].split(",")[0].strip()
        return (city, countries[-1].entity) if city and len(city.split()) <= 5 else None

    def _site(self, lines: tuple[Line, ...]) -> int:
        """How many lines stand up to the last site."""
        return max((place + 1 for place, line in enumerate(lines) if self._place(line) is not None), default=0)

    def _arm_like(self, lines: Iterable[Line]) -> list[bool]:
        return [bool(self.names.find_drugs(line)) or drugs.dose(line) is not None for line in lines]
