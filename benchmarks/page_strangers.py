"""Pages of invented sites that no layout describes: what a reader makes of a site it has never met."""

from __future__ import annotations

from collections.abc import Iterator

from page_facts import Page, day
from page_registries import age_span, kind_words


def hospital_portal(page: Page) -> Iterator[str]:
    """Render a hospital's trial finder: `Label: value` in the hospital's own words."""
    trial = page.trial
    yield from ("Northlake University Hospitals", "Patients & visitors | Research | Jobs", page.fact("title"))
    yield f"Trial registration: {page.fact('registry_id')}"
    yield f"Current status: {page.fact('status')}"
    yield f"Trial phase: {page.fact('phase', 'roman') or 'not applicable'}"
    yield f"Kind of study: {page.fact('study_type')}"
    yield f"Disease area: {page.joined_conditions('; ')}"
    yield f"Study treatment: {'; '.join(item.name for item in page.given(arms=False))}"
    yield f"Purpose: {page.fact('purpose')}"
    yield f"How participants are assigned: {page.fact('allocation')}"
    yield f"Blinding: {page.fact('masking')}"
    yield f"Number of participants: {page.fact('enrollment')}"
    yield f"Eligible age: {age_span(page)}"
    yield f"Gender: {page.fact('sex')}"
    yield f"Run by: {page.fact('sponsor')}"
    yield f"Recruitment began: {page.fact('start_date', 'british')}"
    yield f"Expected end: {page.fact('completion_date', 'british')}"
    yield from ("What this study is about", page.bare(trial.summary))
    yield "Primary endpoints:"
    yield from (f"- {item.title}{f' ({item.time})' if item.time else ''}" for item in page.outcomes("primary"))
    yield "Secondary endpoints:"
    yield from (f"- {item.title}{f' ({item.time})' if item.time else ''}" for item in page.outcomes("secondary"))
    yield from ("Ask our research office whether this trial suits you.", "Imprint | Privacy")


def charity_table(page: Page) -> Iterator[str]:
    """Render a charity's overview: one pipe table."""
    trial = page.trial
    yield from ("Muscle Hope Foundation", "Our trial tracker", "", f"# {page.fact('title')}", "")
    yield from ("| What | Details |", "| --- | --- |")
    for label, words in (
        ("Registry number", page.fact("registry_id")),
        ("Phase", page.fact("phase")),
        ("Recruitment", page.fact("status")),
        ("Condition(s)", page.joined_conditions(", ")),
        ("Treatment(s)", ", ".join(item.name for item in page.given(arms=False))),
        ("Design", ", ".join(filter(None, (page.fact("allocation"), page.fact("model"))))),
        ("Masking", page.fact("masking")),
        ("Participants", page.fact("enrollment")),
        ("Minimum age", page.fact("age_min")),
        ("Maximum age", page.fact("age_max")),
        ("Sex", page.fact("sex")),
        ("Sponsor", page.fact("sponsor")),
        ("Start date", page.fact("start_date", "named")),
        ("End date", page.fact("completion_date", "named")),
        ("Last checked by us", day(trial.updated, "named")),
    ):
        yield f"| {label} | {words} |"
    for item in page.outcomes("primary"):
        yield f"| Primary outcome | {item.title}{f' [{item.time}]' if item.time else ''} |"
    for item in page.outcomes("secondary"):
        yield f"| Secondary outcome | {item.title}{f' [{item.time}]' if item.time else ''} |"
    yield from ("", page.bare(trial.summary), "", "Donate today", "We do not run trials ourselves.")


def sponsor_atlas(page: Page) -> Iterator[str]:
    """Render a sponsor's trial atlas: capital headings, values below, bullets."""
    trial = page.trial
    yield from ("TRIAL ATLAS", "Back to all trials", page.fact("title"), page.fact("registry_id"))
    for label, words in (
        ("STUDY STATUS", page.fact("status")),
        ("DEVELOPMENT PHASE", page.fact("phase")),
        ("STUDY TYPE", page.fact("study_type")),
        ("SPONSOR", page.fact("sponsor")),
        ("PARTICIPANTS PLANNED", page.fact("enrollment")),
        ("SEX", page.fact("sex")),
        ("AGE RANGE", age_span(page)),
        ("ALLOCATION", page.fact("allocation")),
        ("MASKING", page.fact("masking")),
        ("PRIMARY PURPOSE", page.fact("purpose")),
        ("START DATE", page.fact("start_date", page.any("iso", "short"))),
        ("COMPLETION DATE", page.fact("completion_date", page.any("iso", "short"))),
    ):
        yield from (label, words)
    yield from ("CONDITIONS", *(f"\N{BULLET} {name}" for name in page.conditions()), "STUDY ARMS")
    given = page.given(arms=bool(trial.arms))
    for arm in trial.arms:
        told = ", ".join(item.name for item in given if arm.label in item.arms)
        yield f"\N{BULLET} {kind_words(arm.kind or 'OTHER')}: {arm.label}{f' ({told})' if told else ''}"
    yield "INTERVENTIONS"
    yield from (f"\N{BULLET} {item.name}" for item in given)
    for kind in ("primary", "secondary"):
        yield f"{kind.upper()} OUTCOME MEASURES"
        for item in page.outcomes(kind):
            yield f"\N{BULLET} {item.title}"
            if item.time:
                yield f"Time frame: {item.time}"
    yield from ("SUMMARY", page.bare(trial.summary), "KEY ELIGIBILITY", page.bare(trial.criteria, "\n"))
    yield "Talk to your doctor before you decide. All rights reserved."


STYLES = {
    "stranger_hospital": hospital_portal,
    "stranger_charity": charity_table,
    "stranger_sponsor": sponsor_atlas,
}
