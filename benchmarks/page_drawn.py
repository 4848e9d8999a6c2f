"""Pages of sites drawn by lot: each site has its own wording of the labels, its own marks and its own order.

A reader that knows sites by heart fails here; one that knows what labels mean, and how a page sets them
apart from values, does not.  The trials for development and the others are shown on different sites.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from page_facts import Page, day
from page_records import development
from page_registries import age_span

SITES = 40
"""How many sites there are on either side."""

_LABELS = {
    "registry_id": ("Trial number", "Register entry", "Study identifier", "Registered as", "ID in the register"),
    "phase": ("Phase", "Study phase", "Clinical stage", "Phase of the study", "Development phase"),
    "status": ("Status", "Recruitment status", "Study state", "Current stage of recruitment", "Enrolment status"),
    "study_type": ("Study type", "Type of trial", "Kind of research", "Category of study"),
    "sponsor": ("Sponsor", "Lead organisation", "Sponsoring body", "Responsible institution", "Conducted by"),
    "conditions": ("Condition", "Disease", "Illnesses", "Medical condition", "Studied disorder", "Diagnosis"),
    "given": ("Intervention", "Study drug", "Medicines", "Treatments given", "What is given", "Therapy"),
    "enrollment": ("Enrolment", "Number of patients", "Sample size", "Planned participants", "People taking part"),
    "age_min": ("Minimum age", "Youngest age", "Age, lower limit", "From the age of"),
    "age_max": ("Maximum age", "Oldest age", "Age, upper limit", "Up to the age of"),
    "sex": ("Sex", "Gender", "Eligible sexes", "Who can join (sex)"),
    "allocation": ("Allocation", "Randomization", "Method of allocation", "Group assignment"),
    "model": ("Study model", "Intervention model", "Trial structure", "Arrangement of arms"),
    "masking": ("Masking", "Blinding", "Level of blinding", "Study blinding"),
    "purpose": ("Primary purpose", "Main purpose", "Goal type", "Intention"),
    "start_date": ("Start date", "Study start", "Started on", "First enrolment", "Beginning of the study"),
    "completion_date": ("Completion date", "Study end", "Expected completion", "Closing date of the study"),
    "updated": ("Last change", "Page updated", "Date of this version"),
}
_FORMS = {
    "start_date": ("iso", "named", "british"),
    "completion_date": ("iso", "named", "british"),
    "phase": ("plain", "roman"),
}
_MARKS: tuple[Callable[[str, str], str], ...] = (
    lambda label, value: f"{label}: {value}",
    lambda label, value: f"{label}\n{value}",
    lambda label, value: f"| {label} | {value} |",
    lambda label, value: f"- {label}: {value}",
    lambda label, value: f"{label} \N{EN DASH} {value}",
    lambda label, value: f"{label.upper()}\n{value}",
    lambda label, value: f"{label} :\t{value}",
    lambda label, value: f"[{label}] {value}",
)
_TIMES = ("{} ({})", "{} [Time frame: {}]", "{} - {}", "{}\nTime frame: {}", "{}; assessed at {}")
_BULLETS = ("- ", "* ", "\N{BULLET} ", "", "{}. ")
_HEADINGS = ("{} outcomes", "{} outcome measures", "{} endpoints", "{} end points", "What is measured ({})")


def drawn_site(page: Page) -> Iterator[str]:
    """Render the site, one of many, to which the trial falls."""
    side = "development" if development(page.trial.id) else "set-aside"
    number = random.Random(page.trial.id).randrange(SITES)
    site = random.Random(f"{side} site {number}")
    mark, labels = site.choice(_MARKS), {name: site.choice(words) for name, words in _LABELS.items()}
    forms = {name: site.choice(forms) for name, forms in _FORMS.items()}
    order = site.sample(sorted(labels), len(labels))
    yield from (site.choice(("Trial finder", "Research for patients", "Home > Studies", "")), page.fact("title"))
    for name in order:
        if name == "age_min" and site.random() < 0.5:
            yield mark("Age range", age_span(page))
        elif not (name in ("model", "purpose", "study_type") and site.random() < 0.3):
            yield mark(labels[name], _value(page, name, forms.get(name, "plain")))
    yield from (site.choice(("Summary", "About this study", "In short")), page.bare(page.trial.summary))
    yield from _outcomes(page, site)
    yield site.choice(("All rights reserved", "Contact us", "Talk to your doctor first.", "Back to the list"))


def _value(page: Page, name: str, form: str) -> str:
    if name == "conditions":
        return page.joined_conditions(", ")
    if name == "given":
        return ", ".join(item.name for item in page.given(arms=False))
    if name == "updated":
        return day(page.trial.updated, "named")
    return page.fact(name, form)


def _outcomes(page: Page, site: random.Random) -> Iterator[str]:
    heading, bullet, timed = site.choice(_HEADINGS), site.choice(_BULLETS), site.choice(_TIMES)
    for kind in ("primary", "secondary"):
        found = page.outcomes(kind)
        if found:
            yield heading.format(kind).capitalize() if heading.startswith("{") else heading.format(kind)
        for number, item in enumerate(found, 1):
            yield bullet.format(number) + (timed.format(item.title, item.time) if item.time else item.title)


STYLES = {"stranger_drawn": drawn_site}
