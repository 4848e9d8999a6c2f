"""A page about a trial -> what it states: a reading, in which every value has its place and quote.

Labels come before order, order before prose.  What a page does not state stays absent: an empty label,
a placeholder, a value that is no value of its field all give nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec

from kg.reading import arms, claims, endpoints, outcomes, scales
from kg.reading import drugs as given_drugs
from kg.reading.arms import Unit
from kg.reading.blocks import Line
from kg.reading.drugs import Given
from kg.reading.layouts import Layouts
from kg.reading.layouts import load as load_layouts
from kg.reading.mentions import Names
from kg.reading.readings import DATED, ENUMERATED, Intervention, Outcome, Reading
from kg.reading.scalars import Scalars
from kg.reading.statements import Claims
from kg.reading.text import Text
from kg.reading.topics import Topics
from kg.reading.vocabulary import load as load_names

_LONGEST = 100_000
"""Characters that are read; what stands after them in a longer text is no page about one trial."""


@cache
def _tools() -> tuple[Layouts, Names]:
    layouts = load_layouts()
    return layouts, load_names()


def read(text: Text, layouts: Layouts | None = None, names: Names | None = None) -> Reading:
    r"""Read a page.

    Examples
    --------
    >>> from kg.reading.text import of
    >>> reading = read(of("Sponsor: Pfizer\nPhase: Phase 2\nSex: All\nMasking:\nAllocation: Randomized"))
    >>> [(field, fact.value) for field, fact in reading.facts.items()]
    [('phase', 'PHASE2'), ('allocation', 'RANDOMIZED'), ('sex', 'ALL'), ('sponsor', 'Pfizer')]
    >>> reading.facts["phase"].span, reading.facts["phase"].quote
    ((23, 30), 'Phase 2')
    """
    own_layouts, own_names = _tools() if layouts is None or names is None else (layouts, names)
    if len(text.clean) > _LONGEST:
        text = replace(text, clean=text.clean[:_LONGEST])
    return _Reader(text, own_layouts, own_names).read()


class _Reader(Scalars, Topics):
    """Reads one page."""

    def read(self) -> Reading:
        ids = self._ids()
        self._labelled()
        self._titles()
        self._flags()
        self._people()
        self._who()
        self._dates()
        self._title()
        self._sponsor()
        self._badges()
        first, others = self._prose()
        self._design(first, others)
        conditions = self._conditions(first, others)
        interventions = self._interventions(first, others)
        outcomes = self._outcomes(first, others)
        return Reading(
            self.page.style.name, {k: self.facts[k] for k in sorted(self.facts, key=_order)}, ids, conditions,
            interventions, outcomes, self._locations(), self._countries(), self._claims(),
        )  # fmt: skip

    def _claims(self) -> Claims:
        silent = [(block.lines[0].start, block.lines[-1].end) for block in self.page.of("exclusion") if block.lines]
        return claims.read(self.text, self.spans, self.names.hits, silent)

    def _interventions(self, first: list[Line], others: list[Line]) -> tuple[Intervention, ...]:
        titles = [t for t in (self._title_line("title"), self._title_line("official_title")) if t is not None]
        told = arms.from_prose(arms.study_sentences(titles, first, others), self.names, len(titles))
        units = arms.listed(self.page, self.names)
        unknown = [item for unit in units for item in unit.drugs if not item.known]
        groups = arms.arms(self._arm_lines(), self.names, unknown)
        self._groups(groups, units)
        regimen = any(len({g.entity for g in unit.drugs}) > 1 for unit in units)
        given = arms.assign(groups or (units if regimen else []))
        items = self._items(units, told)
        given = self._merged(given, items, told)
        lead = {e for e, g in told.items() if g.role == given_drugs.STUDIED}
        studied = {e for e, g in given.items() if g.role == given_drugs.STUDIED}
        if groups and lead and studied and not lead & studied and not items:
            given = {e: g._replace(role=given_drugs.BESIDE) if e in studied else g for e, g in given.items()}
        if not any(g.role == given_drugs.STUDIED for g in given.values()):
            given = {**told, **given}
        elif "placebo" in told:
            given.setdefault("placebo", told["placebo"])
        extra = arms.mentioned(first + others, self.names, given)
        return tuple(self._intervention(item) for item in (*given.values(), *extra))

    def _arm_lines(self) -> list[Line]:
        tail = self._crick()
        if tail:
            return list(tail[: self._tail_start(tail)])
        lines = [line for block in self.page.of("arms") for line in block.lines]
        if not lines and self.page.style.badges:
            short = [line for line in self._all_short() if len(line.text) < 60 and not line.text.endswith(".")]
            title = self._title_line("title")
            lines = [line for line in short if line != title and self._is_arm(line)]
        return lines

    def _is_arm(self, line: Line) -> bool:
        drugs = self.names.find_drugs(line)
        return (
            bool(drugs)
            and drugs[0].start == 0
            and (given_drugs.dose(line) is not None or line.text.lower().startswith("placebo"))
        )

    def _groups(self, arms: list[Unit], units: list[Unit]) -> None:
        """Count the arms where they are told apart; one group is one also when only its design says so."""
        counted = arms if len(arms) > 1 and (self._crick() or any(arm.type for arm in arms)) else []
        regimens = sum(len({g.entity for g in unit.drugs}) > 1 for unit in units)
        if not counted and regimens > 1 and not any(";" in self.text.clean[u.line.end : u.line.end + 1] for u in units):
            counted = units
        if counted and self.page.style.name != "ctgov":
            self._set("n_groups", len(counted), counted[0].line)
        model = self.facts.get("model")
        if model is not None and model.value == "SINGLE_GROUP":
            self.facts.setdefault("n_groups", msgspec.structs.replace(model, value=1))

    def _items(self, units: list[Unit], told: dict[str, Given]) -> dict[str, Given]:
        items: dict[str, Given] = {}
        for unit in units:
            for item in unit.drugs:
                items.setdefault(item.entity, item)
        if not self.page.style.mesh:
            return items
        if told:
            kept = {e: item for e, item in items.items() if e in told or e == "placebo" or item.dose is not None}
            if kept:
                return kept
        return {e: item for e, item in items.items() if item.known and e not in self.names.generic}

    def _merged(self, given: dict[str, Given], items: dict[str, Given], told: dict[str, Given]) -> dict[str, Given]:
        """Join arms and treatments; a drug of the list that the title leaves out beside one it names is background."""
        merged = dict(given)
        lead = [e for e, g in told.items() if g.role == given_drugs.STUDIED]
        for entity, item in items.items():
            old = merged.get(entity)
            if old is not None:
                if not old.known or old.dose is None:
                    merged[entity] = old._replace(dose=old.dose or item.dose)
                continue
            role = item.role
            if entity in told and entity != "placebo" and not given:
                role = told[entity].role
            elif entity in self.names.generic and lead and entity not in lead:
                role = given_drugs.BESIDE
            merged[entity] = item._replace(role=role)
        return {entity: g for entity, g in merged.items() if g.known or entity in items or entity in told}

    def _tail_start(self, tail: tuple[Line, ...]) -> int:
        """How many of the unlabelled lines at the end are arms."""
        for place, line in enumerate(tail):
            if self._place(line) is not None:
                return max(place - 1, 0)
        return endpoints.tail(tail, self.names, self._arm_like(tail))[0]

    def _intervention(self, given: Given) -> Intervention:
        canonical = self.names.canonical(given.entity) if given.known else given.entity
        return Intervention(
            given.name.text, canonical, given.role, self.text.span(given.name.start, given.name.end),
            self.text.quote(given.name.start, given.name.end), given.entity if given.known else None,
            given.dose.text if given.dose is not None and given.entity != "placebo" else None,
        )  # fmt: skip

    def _outcomes(self, first: list[Line], others: list[Line]) -> tuple[Outcome, ...]:
        drafts: list[outcomes.Draft] = []
        for field, type_ in (
            ("primary_outcomes", "primary"),
            ("secondary_outcomes", "secondary"),
            ("outcomes", "unknown"),
        ):
            for block in self.page.of(field):
                drafts.extend(outcomes.from_block(block, type_))
        tail = self._crick()
        if tail:
            start = self._site(tail)
            drafts.extend(endpoints.tail(tail[start:], self.names, self._arm_like(tail[start:]))[1])
        if not drafts:
            drafts.extend(endpoints.unlabelled([line for lines in self._loose for line in lines]))
        if not drafts:
            loose = [line for lines in self._loose for line in lines if len(line.text) > 40]
            drafts.extend(endpoints.from_prose(sorted({*first, *others, *self._sentences(sorted(loose))}), self.names))
        return tuple(self._outcome(draft) for draft in drafts if len(draft.name.text) > 1)

    def _outcome(self, draft: outcomes.Draft) -> Outcome:
        canonical, entity = outcomes.canonical(draft, self.names)
        about = " ".join(line.text for line in draft.about)
        spread, direction = scales.scale(about)
        if scales.is_of_another(about, draft.name.text, entity, self.names):
            spread = direction = None
        name, time = draft.name, draft.time
        when = time.text if time is not None and not self.layouts.is_empty(time.text) else None
        return Outcome(
            name.text, canonical, draft.type, self.text.span(name.start, name.end),
            self.text.quote(name.start, name.end),
            entity, when, spread, direction,
        )  # fmt: skip


_ORDER = (
    "registry_id",
    "title",
    "official_title",
    "acronym",
    *ENUMERATED,
    "enrollment",
    "n_groups",
    "sponsor",
    "age_min",
    "age_max",
    *DATED,
)


def _order(field: str) -> int:
    return _ORDER.index(field) if field in _ORDER else len(_ORDER)
