"""What was read from a page of its trial -> a `Trial` record in which every value has its place in the text.

Decided here:

* A title that the page does not state is the registry id, as for any trial without one.
* A drug that the page only mentions is no intervention of the trial.
* A page that does not tell primary from secondary outcomes says ``unknown``.
* An end before its start, or ages upside down, are left out and told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kg.errors import SourceError
from kg.reading.readings import DATED, Fact, Intervention, Location, Outcome, Reading
from kg.records import Place
from kg.sources.curated import judge
from kg.sources.drafts import Draft, Known
from kg.values import PartialDate, durations

FIELDS: Mapping[str, str] = {
    "title": "title",
    "acronym": "acronym",
    "phase": "phase",
    "study_type": "study_type",
    "status": "status",
    "stop_reason": "why_stopped",
    "start_date": "start_date",
    "primary_completion_date": "primary_completion_date",
    "completion_date": "completion_date",
    "enrollment": "enrolment",
    "allocation": "allocation",
    "model": "intervention_model",
    "masking": "masking",
    "purpose": "primary_purpose",
    "sponsor": "sponsor",
    "age_min": "min_age",
    "age_max": "max_age",
    "sex": "sex",
}
"""Field of a reading -> field of a trial."""

ROLES = ("experimental", "comparator", "placebo", "background", "conditioning")
"""Roles in which a trial uses an intervention."""

_PRIORITIES = frozenset({"primary", "secondary", "other"})
_DIRECTIONS = {"higher_better": "higher is better", "higher_worse": "lower is better"}
_TYPED: Mapping[str, Callable[[str], object]] = dict.fromkeys(DATED, PartialDate)


def place(span: tuple[int, int], quote: str) -> Place:
    """Say where a quote stands in a text.

    >>> place((3, 8), "Phase").locator
    'char=3,8'
    """
    return Place(f"char={span[0]},{span[1]}", quote)


def within(text: str, part: str, span: tuple[int, int]) -> Place:
    """Return the place of a part in a span of a text, or of the whole span if the part is worded otherwise.

    Examples
    --------
    >>> within("It binds CD80/CD86.", "CD80", (0, 19)), within("It binds CD80/CD86.", "CD28", (3, 8))
    (Place(locator='char=9,13', exact='CD80', source=''), Place(locator='char=3,8', exact='binds', source=''))
    """
    start = text.find(part, *span) if part else -1
    return place((start, start + len(part)), part) if start >= 0 else place(span, text[slice(*span)])


def trial(reading: Reading, text: str, identity: tuple[str, Place], known: Known) -> Draft:
    """Make the trial that a page describes.

    Parameters
    ----------
    reading
        What was read.
    text
        The characters of the page.
    identity
        The registry id of the trial, and where it is said.
    known
        What values may name.

    Returns
    -------
    Draft
        Of a `Trial`; what could not be kept is in its list.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> reading = Reading("x", {"phase": Fact("PHASE2", (7, 14), "Phase 2")})
    >>> draft = trial(reading, "Phase: Phase 2", ("NCT1", Place("/page/trial", "NCT1", "page-x")),
    ...               Known(read(root() / "ontology"), {}))
    >>> draft.record().phase, draft.places["/phase"].exact, draft.places["/title"].source
    ('PHASE2', 'Phase 2', 'page-x')
    """
    draft = Draft("Trial", known)
    draft.add("id", *identity)
    for fact in reading.secondary_ids:
        draft.add("other_ids", str(fact.value), place(fact.span, fact.quote))
    for condition in reading.conditions:
        draft.add("conditions", condition.name, place(condition.span, condition.quote))
    for name, field in FIELDS.items():
        if name in reading.facts:
            _scalar(draft, name, field, reading.facts[name])
    draft.add("title", *identity)
    parts = [
        *(("uses", _use(one, text, known)) for one in reading.interventions if one.role in ROLES),
        *(("outcomes", _outcome(one, text, known)) for one in reading.outcomes),
        *(("sites", _site(one, text, known)) for one in reading.locations if one.facility),
    ]
    for field, part in parts:
        draft.nest(field, part)
    named = [(str(fact.value), fact.span) for fact in reading.countries]
    for country, span in [*named, *((site.country or "", site.span) for site in reading.locations)]:
        if country:
            draft.add("countries", country, within(text, country, span))
    _sound(draft)
    return draft


def _scalar(draft: Draft, name: str, field: str, fact: Fact) -> None:
    try:
        value = _TYPED[name](str(fact.value)) if name in _TYPED else fact.value
    except ValueError as error:
        draft.left.append((place(fact.span, fact.quote), f"{field}: {error}"))
        return
    draft.add(field, value, place(fact.span, fact.quote))


def _use(of: Intervention, text: str, known: Known) -> Draft:
    draft = Draft("Use", known)
    draft.add("text", of.name, place(of.span, of.quote))
    draft.add("role", of.role, place(of.span, of.quote))
    if of.dose:
        draft.add("dose", of.dose, _after(text, of.dose, of.span))
    return draft


def _outcome(of: Outcome, text: str, known: Known) -> Draft:
    draft = Draft("Outcome", known)
    here = place(of.span, of.quote)
    draft.add("priority", of.type if of.type in _PRIORITIES else "unknown", here)
    draft.add("title", of.measure, here)
    if of.time_frame:
        there = _after(text, of.time_frame, of.span)
        draft.add("time_frame", of.time_frame, there)
        for time in durations(of.time_frame):
            draft.add("times", time, there)
    if of.range:
        draft.add("scale", of.range, _after(text, of.range, of.span))
    if of.direction in _DIRECTIONS:
        draft.add("direction", _DIRECTIONS[of.direction], here)
    return draft


def _site(of: Location, text: str, known: Known) -> Draft:
    draft = Draft("Site", known)
    for field, value in (("name", of.facility), ("city", of.city), ("country", of.country)):
        if value:
            draft.add(field, value, within(text, value, of.span))
    return draft


def _after(text: str, part: str, span: tuple[int, int]) -> Place:
    """Return the place of a part in a span or soon after it, or of the span if the part is worded otherwise."""
    found = within(text, part, (span[0], min(len(text), span[1] + 2000)))
    return found if found.exact == part else place(span, text[slice(*span)])


def _sound(draft: Draft) -> None:
    """Take back what no trial can have."""
    while True:
        try:
            judge(draft.record(), "")
        except SourceError as error:
            draft.drop(error.place.removeprefix("/"), f"expected {error.expected}")
        else:
            return
