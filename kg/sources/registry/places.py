"""Where in the JSON of a study each value of its record stands: the form of the source, followed backwards.

A value that the source does not write down as such is located at what it was made from: the number
of a thing in its list and a key at the first value of the thing, a role at the name of the
intervention or the kind of its arm, times at the time frame, a country at the first site there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg import posted, records, registration
from kg.record import Record, text_of
from kg.records import Place, Trial, Use
from kg.sources.registry.form import Form, Parts
from kg.sources.registry.keys import is_hollow
from kg.sources.registry.protocol import FORMS
from kg.walk import pointer_token

_MADE_FROM: dict[tuple[type[Record], str], str] = {
    (records.Outcome, "times"): "time_frame",
    (posted.ResultGroup, "arm"): "title",
    (posted.PostedMeasure, "outcome"): "title",
    (registration.Site, "name"): "city",
    (registration.Resource, "label"): "url",
    (registration.Reference, "citation"): "pubmed",
    (registration.Document, "label"): "filename",
}
"""Fields that are made from another field of the same record where they do not stand themselves."""

_NUMBER = "/protocolSection/identificationModule/nctId"


class Places(Mapping[str, Place]):
    """JSON pointer in the record of a trial -> the place in the study; found when asked for.

    Parameters
    ----------
    study
        The study as JSON, with decimal numbers as the texts that stand there.
    trial
        The record.
    moved
        Pointers in the record that the form alone would lead astray -> pointers in the study.

    Examples
    --------
    >>> study = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"}}}
    >>> Places(study, Trial(id="NCT00000001", title="A trial"), {})["/title"].locator
    '/protocolSection/identificationModule/briefTitle'
    """

    def __init__(self, study: Any, trial: Trial, moved: Mapping[str, str]) -> None:
        self._study, self._trial, self._moved = study, trial, moved

    def __len__(self) -> int:
        """Count the pointers known to lead anywhere: at least one."""
        return 1

    def __iter__(self) -> Iterator[str]:
        """Name a pointer that leads somewhere."""
        return iter(["/id"])

    def __contains__(self, pointer: object) -> bool:
        """Whether the pointer leads somewhere."""
        try:
            return isinstance(pointer, str) and bool(self[pointer])
        except KeyError:
            return False

    def __getitem__(self, pointer: str) -> Place:
        """Find the place of a value."""
        steps = pointer.split("/")[1:]
        special = self._special(steps)
        if special is not None:
            return self._place(special)
        of: type[Record] = Trial
        form, base, at = FORMS[of], "", ""
        while True:
            at += f"/{steps[0]}"
            parts = next((parts for parts in form.parts if parts.field == steps[0]), None)
            if parts is None:
                return self._place(self._value(form, of, base, at, steps))
            number = steps[1] if parts.many else ""
            at += f"/{number}" if number else ""
            base = self._moved.get(at) or base + self._part(parts, base, number)
            form, of = parts.form or FORMS[parts.of], parts.of
            steps = steps[2:] if parts.many else steps[1:]

    def _value(self, form: Form, of: type[Record], base: str, at: str, steps: list[str]) -> str:
        for field in (steps[0], _MADE_FROM.get((of, steps[0]))):
            value = next((value for value in form.values if value.field == field), None)
            found = "".join(f"/{pointer_token(key)}" for key in value.path) if value else ""
            if value and value.many:
                moved = self._moved.get(f"{at}/{steps[1]}")
                return moved or "/".join((base + found, steps[1], value.inside)).rstrip("/")
            if value and self._at(base + found) is not None:
                return base + found
        return _NUMBER if steps[0] in ("trial", "label") else self._first(base)

    def _part(self, parts: Parts, base: str, number: str) -> str:
        """Find the list that the object with a number over all lists stands in."""
        left = int(number) if number else 0
        for part in parts.lists:
            path = "".join(f"/{pointer_token(key)}" for key in part.path)
            if not number:
                return path
            found = self._at(base + path)
            size = len(found) if isinstance(found, list) else 0
            if left < size:
                return f"{path}/{left}"
            left -= size
        raise KeyError(f"{base}/{parts.field}/{number}")

    def _special(self, steps: list[str]) -> str | None:
        """Find what stands in another part of the study than the record does."""
        if steps[0] == "countries":
            country = self._trial.countries[int(steps[1])]
            number = next(number for number, site in enumerate(self._trial.sites) if site.country == country)
            return self[f"/sites/{number}/country"].locator
        if steps[0] == "arms" and steps[2] == "uses":
            arm = self._trial.arms[int(steps[1])]
            number = next(n for n, use in enumerate(self._trial.uses) if _key(use) == arm.uses[int(steps[3])])
            base = self._base("uses", number)
            labels = self._at(f"{base}/armGroupLabels")
            return f"{base}/armGroupLabels/{labels.index(arm.label)}"
        if steps[0] == "uses" and steps[2] == "role" and self._trial.uses[int(steps[1])].role != "placebo":
            labels = self._at(f"{self._base('uses', int(steps[1]))}/armGroupLabels")
            number = next(number for number, arm in enumerate(self._trial.arms) if arm.label in labels)
            return f"{self._base('arms', number)}/type"
        if steps[0] == "uses" and steps[2] == "role":
            return self[f"/uses/{steps[1]}/text"].locator
        return None

    def _base(self, field: str, number: int) -> str:
        parts = next(parts for parts in FORMS[Trial].parts if parts.field == field)
        return self._moved.get(f"/{field}/{number}") or self._part(parts, "", str(number))

    def _at(self, pointer: str) -> Any:
        found = self._study
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list):
                found = found[int(key)] if int(key) < len(found) else None
            else:
                found = found.get(key) if isinstance(found, dict) else None
        return found

    def _first(self, pointer: str) -> str:
        """Lead to the first value below a pointer."""
        found = self._at(pointer)
        while isinstance(found, (dict, list)):
            items = found.items() if isinstance(found, dict) else enumerate(found)
            key, found = next((key, item) for key, item in items if not is_hollow(item))
            pointer += f"/{pointer_token(str(key))}"
        return pointer

    def _place(self, pointer: str) -> Place:
        found = self._at(pointer)
        if found is None or isinstance(found, dict):
            raise KeyError(pointer)
        return Place(pointer, text_of(tuple(found) if isinstance(found, list) else found))


def _key(use: Use) -> str:
    return f"{use.text} {use.repeat}" if use.repeat else use.text
