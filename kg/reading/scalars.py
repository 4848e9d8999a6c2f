"""The single fields of a page: from labels, from badges and unlabelled lines, from prose, in this order."""

from __future__ import annotations

import re

import msgspec

from kg.reading import fields
from kg.reading.blocks import LOOSE, Line
from kg.reading.design import Design
from kg.reading.mentions import DISEASE
from kg.reading.readings import DATED, ENUMERATED, Fact

_TITLE = re.compile(r"(?=.*[A-Za-z]{3}).{12,300}", re.S)
_NO_TITLE = re.compile(
    r"NCT\d{8}|.*[.;]$|\(.*\)|.*\bupdated by:.*|a study on .*|.* logo|.*\s[>»]\s.*|.*https?:.*|.*\|.*"
    r"|this is an? .*|[^:]{2,30}:.*\d{4}-\d\d.*",
    re.I,
)
_TRIAL = re.compile(
    r"\b(?:study|trial|safety|efficacy|effects?|evaluat\w+|compar\w+|versus|vs|phase|randomi[sz]ed|placebo"
    r"|treatment of|pilot)\b",
    re.I,
)
_JOINED = re.compile(r"\b(?:in|of|for|with|to|on|after|and|plus)\b")
_SITE = re.compile(
    r"\b(?:hospitals?|foundation|register|registry|atlas|tracker|home|menu|search|back to|all trials"
    r"|companies|log ?in|sign up|news)\b|[|>\u00bb]",
    re.I,
)
_CODE = re.compile(r"(?=.*\d)(?![\d/.-]{6,10}$)\S{1,40}")
_SLASHED = re.compile(r"\d[/.]\d")
_SHORT, _NEAR, _WORTHY, _SURE = 120, 15, 2, 4
"""Characters of a short line; lines from the top among which the title is; the least worth of one."""
_NAMED = re.compile(
    r"\((?P<in>[A-Za-z][\w-]*[A-Z][\w-]*)(?:\s+Trial)?\)\s*$|^(?P<before>[A-Z][A-Z0-9-]{3,}):"
    r"|\(THE (?P<the>[A-Z-]+)\b"
)
_UPDATED_BY = re.compile(r"updated by:\s*(.+)$", re.I)
_GROUPS = re.compile(r"\b(\d+)\s+(?:patient |treatment |participant )?(?:groups?|arms?)\b", re.I)
_PARTICIPANTS = re.compile(
    r"(\d[\d,]*)\s+(?:estimated |actual )?(?:participants?|patients?|subjects)\b(?!\s+(?:years|groups?))"
    r"(?: needed| enrolled| planned)?",
    re.I,
)
_FUNDER = re.compile(r"INDUSTRY|NIH|OTHER|NETWORK|FED|OTHER_GOV|INDIV|AMBIG|UNKNOWN")
_BADGES = re.compile(
    r"(?=Early Phase|Phase|N/A|.*(?:Interventional|Observational)$)(?P<phase>Early Phase \d"
    r"|Phase \d(?:/(?:Phase ?)?\d)?|N/A)?(?P<status>[A-Z][a-z, ]+?)(?P<type>Inter"
    r"ventional|Observational)?$"
)


_AGE_LINE = re.compile(r"ages? [<>]|\d{1,3} years? (?:to|-|and)|open to people ages|ages? \d", re.I)
_GENDERS = re.compile(r"\b(?:all|both) genders\b|\bany gender\b|\b(?:fe)?males? only\b", re.I)


class Scalars(Design):
    """Reads the fields that hold one value."""

    def _value(self, field: str, text: str) -> str | None:
        value = self.layouts.value(field, text)
        return self.layouts.value(field, text.rpartition(":")[2]) if value is None and text.count(":") == 1 else value

    def _labelled(self) -> None:
        for field in ENUMERATED:
            also = ("status_phase",) if field in ("status", "phase") else ()
            order = sorted(self.page.of(field, *also), key=lambda block: not block.label)
            values = [(v, line) for block in order for line in block.lines[:6] if (v := self._value(field, line.text))]
            if field == "status" and values:
                values.sort(key=lambda item: item[0] == "NOT_RECRUITING")
            if field == "phase" and [v for v, _ in values[:2]] in (["PHASE1", "PHASE2"], ["PHASE2", "PHASE3"]):
                values = [(f"{values[0][0]}/{values[1][0]}", values[0][1])]
            if values:
                self._set(field, *values[0])
        if "purpose" not in self.facts:
            for block in self.page.of("study_type"):
                for line in block.lines[:1]:
                    value = self.layouts.value("purpose", line.text)
                    self._set("purpose", value if value != "OTHER" else None, line)

    def _titles(self) -> None:
        for field in ("title", "official_title", "acronym"):
            for block in self.page.of(field):
                if (
                    block.lines
                    and not self.layouts.is_empty(block.lines[0].text)
                    and (field != "acronym" or len(block.lines[0].text.split()) < 3)
                ):
                    self._set(field, block.lines[0].text, block.lines[0])

    def _flags(self) -> None:
        sexes = {}
        for block in self.page.blocks:
            if block.field.startswith("flag:"):
                field = block.field.removeprefix("flag:")
                sexes.update({field: block.lines[0]} if field in ("male", "female") else {})
                if field in ENUMERATED:
                    self._set(field, block.label, block.lines[0])
                elif field == "adults" and not list(self.page.of("flag:under18")):
                    self._set("age_min", 18, block.lines[0])
        if sexes:
            value = "ALL" if len(sexes) == 2 else next(iter(sexes)).upper()
            self._set("sex", value, next(iter(sexes.values())))

    def _people(self) -> None:
        for block in self.page.of("enrollment"):
            if block.lines:
                found = fields.count(block.lines[0].text)
                if found is not None and found.start < 40:
                    self._found("enrollment", found, block.lines[0])
        for block in self.page.of("n_groups", "arms"):
            for line in block.lines[:1]:
                match = _GROUPS.search(line.text) or (
                    re.fullmatch(r"(\d{1,2})", line.text) if block.field == "n_groups" else None
                )
                if match is not None:
                    self._set("n_groups", int(match[1]), line.part(*match.span(1)))
                self._participants(_PARTICIPANTS.search(line.text), line)

    def _age_lines(self) -> None:
        for block in self.page.blocks:
            for line in block.lines if block.field not in ("exclusion", "summary", "description") else ():
                if len(line.text) < 80 and _AGE_LINE.match(line.text):
                    self._ages(line)
                    if sex := _GENDERS.search(line.text):
                        self._set("sex", self.layouts.value("sex", sex[0]), line.part(*sex.span()))

    def _participants(self, match: re.Match[str] | None, line: Line) -> None:
        if match is not None and int(match[1].replace(",", "")):
            self._set("enrollment", int(match[1].replace(",", "")), line.part(*match.span(1)))

    def _who(self) -> None:
        for field in ("age_min", "age_max"):
            for block in self.page.of(field):
                if block.lines:
                    self._found(field, fields.age(block.lines[0].text), block.lines[0])
        for block in self.page.of("ages"):
            if block.lines and len(block.lines[0].text) < 120:
                self._ages(block.lines[0])
        self._age_lines()
        if "age_min" not in self.facts:
            criteria = [line for block in self.page.of("inclusion", "criteria") for line in block.lines[:12]]
            for line in criteria:
                if fields.is_age_criterion(line.text):
                    self._ages(line)

    def _ages(self, line: Line) -> None:
        low, high = fields.ages(line.text)
        self._found("age_min", low, line)
        self._found("age_max", high, line)

    def _dates(self) -> None:
        lines = [(field, block.lines[0]) for field in DATED for block in self.page.of(field) if block.lines]
        first: bool | None = self.page.style.day_first or None
        if first is None and any(_SLASHED.search(line.text) for _, line in lines):
            first = fields.day_first(self.text.clean)
        for field, line in lines:
            if len(line.text) < _SHORT:
                self._found(field, fields.date(line.text, day_first=first), line)

    def _ids(self) -> tuple[Fact, ...]:
        """Find the identifiers: under their labels, else on short lines of their own."""
        labelled = [line for block in self.page.of("ids") for line in block.lines]
        if not any(True for line in labelled for _ in fields.ids(line.text)):
            labelled = [line for block in self.page.blocks for line in block.lines if len(line.text) < _SHORT]
        seen: dict[str, Fact] = {}
        for line in labelled:
            for found in fields.ids(line.text):
                seen.setdefault(str(found.value), self._fact(found.value, line.part(found.start, found.end)))
        order = sorted(seen, key=lambda value: (not value.startswith("NCT"), value.startswith("20")))
        if order:
            main = order[0]
            value = f"EUCTR{main}" if re.fullmatch(r"20\d\d-\d{6}-\d\d", main) else main
            self.facts["registry_id"] = msgspec.structs.replace(seen[main], value=value)
        rest = {value: seen[value] for value in order[1:]}
        for block in self.page.of("secondary_ids", "ids"):
            for line in block.lines:
                for found in fields.ids(line.text):
                    if found.value not in seen:
                        rest[str(found.value)] = self._fact(found.value, line.part(found.start, found.end))
                if _CODE.fullmatch(line.text) and line.text not in seen:
                    rest.setdefault(line.text, self._fact(line.text, line))
        return tuple(rest.values())

    def _title(self) -> None:
        """Find the title: under its label, else the line near the top that looks most like one."""
        if not self.page.style.title:
            return
        if "title" not in self.facts:
            near = [line for lines in self._loose[:8] for line in lines[:6]][:_NEAR]
            official = self.facts.get("official_title")
            near = [line for line in near if official is None or self.text.span(line.start, line.end) < official.span]
            worth = [(min(self._title_worth(line), _SURE), -place, line) for place, line in enumerate(near)]
            best = max(worth, default=(0, 0, None))
            if best[2] is not None and best[0] >= _WORTHY:
                self._set("title", best[2].text, best[2])
        if "official_title" in self.facts:
            self.facts.setdefault("title", self.facts["official_title"])
        own = self._title_line("title")
        named = [line for line in self._all_short() if line.text.endswith("Trial)")]
        for line in ([own] if own is not None else []) + named:
            match = _NAMED.search(line.text)
            word = match[match.lastgroup] if match is not None and match.lastgroup else ""
            if match is not None and word and not self.names.disease(word) and not self.names.drugs(word):
                self._set("acronym", word, line.part(*match.span(match.lastgroup or 0)))

    def _title_worth(self, line: Line) -> int:
        """How much a line looks like the title of a trial."""
        text = line.text
        words = text.split()
        if not _TITLE.fullmatch(text) or _NO_TITLE.fullmatch(text) or len(words) < 2 or _BADGES.fullmatch(text):
            return 0
        if any(self.layouts.value(field, text) is not None for field in ENUMERATED):
            return 0
        about = (
            -2 * text.startswith(("This ", "The purpose", "We ", "Who ", "How "))
            + bool(self.names.find(line, DISEASE))
            + bool(self.names.find_drugs(line))
        )
        return (
            2 * about
            + (len(words) > 4)
            + 2 * bool(_TRIAL.search(text))
            + bool(_JOINED.search(text))
            - 3 * bool(_SITE.search(text))
        )

    def _badges(self) -> None:
        if not self.page.style.badges:
            return
        dates = [field for field in self.page.style.dates if field not in self.facts]
        previous: Line | None = None
        for line in self._all_short():
            if len(line.text) <= 90:
                self._badge(line, dates)
                if _FUNDER.fullmatch(line.text) and previous is not None and len(previous.text) > 3:
                    self._set("sponsor", previous.text, previous)
                previous = line
        words = [
            line.part(*word.span())
            for block in self.page.of("design")
            for line in block.lines
            if len(line.text) < 90
            for word in re.finditer(r"\S+", line.text)
        ]
        for word in words:
            for field in ("allocation", "model", "masking", "purpose"):
                self._set(field, self.layouts.value(field, word.text), word)

    def _badge(self, line: Line, dates: list[str]) -> None:
        glued = _BADGES.fullmatch(line.text)
        if glued is not None:
            for field, group in (("phase", "phase"), ("status", "status"), ("study_type", "type")):
                if glued[group]:
                    self._set(field, self.layouts.value(field, glued[group]), line.part(*glued.span(group)))
        for field in ENUMERATED:
            value = self.layouts.value(field, line.text)
            shouted = line.text.isupper() or field in ("phase", "status", "study_type")
            if value is not None and shouted and line.text.lower() not in ("yes", "no", "other", "na", "n/a", "open"):
                self._set(field, value, line)
        self._participants(_PARTICIPANTS.fullmatch(line.text), line)
        date = fields.date(line.text) if re.fullmatch(r"\d{4}-\d\d(?:-\d\d)?", line.text) else None
        if date is not None and dates:
            self._found(dates.pop(0), date, line)
        if re.fullmatch(r"\d{1,3} Years", line.text):
            self._found("age_max" if "age_min" in self.facts else "age_min", fields.age(line.text), line)

    def _sponsor(self) -> None:
        for block in self.page.of("sponsor"):
            for line in block.lines[:1]:
                if not self.layouts.is_empty(line.text) and not line.text.endswith(":") and len(line.text) < 160:
                    self._set("sponsor", line.text, line)
        if self.page.style.sponsor_after_logo and self.page.blocks[0].field == LOOSE and len(self._loose[0]) > 1:
            line = self._loose[0][-1]
            if line.start > self.facts["title"].span[0] if "title" in self.facts else False:
                self._set("sponsor", line.text, line)
        for lines in self._loose[:3]:
            for line in lines[:4]:
                match = _UPDATED_BY.search(line.text)
                if match is not None and len(line.text) < 160:
                    self._set("sponsor", match[1], line.part(*match.span(1)))
