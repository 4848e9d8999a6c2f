"""The design of a trial where no label gives it: one packed line, the title, sentences about the study itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.reading import fields
from kg.reading.blocks import Line
from kg.reading.page import PageSource
from kg.reading.readings import ENUMERATED

_ENROLLED = re.compile(
    r"(?P<n>\b[\w-]+(?: hundred(?: and)?(?: [\w-]+)?)?)\s+(?:\w+\s+){0,2}?(?:adults|patients|people"
    r"|participants|subjects|volunteers|individuals|children|men|women|persons|personnes)\b"
    r"[^.;]{0,160}?\b(?:will be (?:randomly assigned|enrol\w+|recruited|included|randomi[sz]ed|treated"
    r"|assigned)|will (?:take|receive|get)|are (?:given|to be enrolled|enrolled)|were (?:assigned|random"
    r"i[sz]ed|enrol\w+)|took part|prendront part|injected|participated)",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(?:approved|licen[cs]e|label|registered|indications?|published|previous|case series|earlier|mouse"
    r"|reported)\b",
    re.I,
)
_DESIGN_SENTENCE = re.compile(
    r"\b(?:this|the|a|an|our|present)\b[^.]{0,60}\b(?:study|trial|comparison|pilot)\b|\brandom\w+ to\b"
    r"|\btirage au sort\b|\bun essai\b|\bni les patients\b|\bone-arm\b|\bsingle-arm\b|\bunder double-bli"
    r"nd\b",
    re.I,
)
_NO_DESIGN = re.compile(
    r"\b(?:no|not|lacking|wanting|previous|earlier|published|nobody|never|until|so far|rested on|case"
    r"|whether .* study|series|others?)\b",
    re.I,
)
_PACKED = re.compile(r"\b(allocation|intervention(?:al)? model|masking|primary purpose|purpose)\s*:\s*([^;.]+)", re.I)
_ANSWER = re.compile(r"([A-Z][\w() -]+?):\s*(yes|no)\b", re.I)
_SENTENCE_OF = re.compile(
    r"this is an? (?P<study_type>interventional|observational)\b(?: (?P<purpose>treatment|prevention"
    r"|diagnostic|supportive care)\b)?",
    re.I,
)
_FIELD_OF = {"intervention model": "model", "interventional model": "model", "primary purpose": "purpose"}


class Design(PageSource):
    """Reads how the trial is built."""

    def _design(self, first: list[Line], others: list[Line]) -> None:
        packed = [line for block in self.page.of("design") for line in block.lines if not self._answers(line)]
        for line in packed:
            for match in _PACKED.finditer(line.text):
                field = _FIELD_OF.get(match[1].lower(), match[1].lower())
                self._set(field, self.layouts.value(field, match[2].strip()), line.part(*match.span(2)))
        for line in packed:
            self._stated(line, packed=True)
        for title in filter(None, map(self._title_line, ("official_title", "title"))):
            self._stated(title, packed=False)
        about = [s for s in first + others if _DESIGN_SENTENCE.search(s.text)]
        for sentence in about + first[:1]:
            if not _NO_DESIGN.search(sentence.text):
                self._stated(sentence, packed=False)
        self._said()
        if "enrollment" not in self.facts:
            self._enrolled(first + others)

    def _said(self) -> None:
        for line in self._all_short():
            if said := _SENTENCE_OF.match(line.text):
                self._set("study_type", said["study_type"].upper(), line.part(*said.span("study_type")))
                if said["purpose"]:
                    value = self.layouts.value("purpose", said["purpose"])
                    self._set("purpose", value, line.part(*said.span("purpose")))

    def _answers(self, line: Line) -> bool:
        """Read ``Randomised: yes Open: no``; return whether the line is of this form."""
        answers = list(_ANSWER.finditer(line.text))
        for answer in answers if len(answers) > 1 else ():
            flag = self.layouts.flags.get(answer[1].strip().lower())
            if flag is not None and flag[0] in ENUMERATED and answer[2].lower() == "yes":
                self._set(flag[0], flag[1], line.part(*answer.span()))
        return len(answers) > 1

    def _stated(self, line: Line, *, packed: bool) -> None:
        for field, pairs in self.layouts.design.items():
            if field in self.facts or (field == "phase" and packed):
                continue
            for pattern, value in pairs:
                match = pattern.search(line.text)
                if match is not None:
                    self._set(field, value.removesuffix("_BLIND") if packed else value, line.part(*match.span()))
                    break

    def _enrolled(self, sentences: Iterable[Line]) -> None:
        for sentence in sentences:
            match = _ENROLLED.search(sentence.text)
            if match is None or _ELSEWHERE.search(sentence.text[: match.start()]):
                continue
            found = fields.count(match["n"])
            if found is not None:
                self._set("enrollment", found.value, sentence.part(*match.span("n")))
                return
