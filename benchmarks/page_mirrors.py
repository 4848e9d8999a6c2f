"""Pages of sites that copy a registry record in its own order: crick, veeva, MedPath, MedDataX and their captures."""

from __future__ import annotations

from collections.abc import Iterator

from page_facts import Measured, Page, day
from page_registries import age_span, kind_words


def crick(page: Page) -> Iterator[str]:
    """Summary, description, a few labels; then arms, sites and outcomes by their order alone."""
    trial = page.trial
    brk = page.any("\n", "~", " ")
    yield page.prose(trial.summary, line_break=brk)
    if trial.description:
        yield page.prose(trial.description, line_break=brk)
    for label, name in (
        ("Study Type", "study_type"),
        ("Allocation", "allocation"),
        ("Purpose", "purpose"),
        ("Masking", "masking"),
        ("Enrollment", "enrollment"),
    ):
        if words := page.fact(name, "caps"):
            yield from (label, words)
    for treatment in trial.given:
        if treatment.text:
            yield page.prose(treatment.text, line_break=" ")
    page.mentioned()
    for site in page.sites(3):
        yield from (site.facility, ", ".join(filter(None, (site.city, site.region, site.country))))
    for item in (*page.outcomes("primary", typed=False), *page.outcomes("secondary", typed=False)):
        yield from filter(None, (item.title, " ".join(item.text.split()), item.time and f"Time frame: {item.time}"))
    yield "This platform is for informational purposes only and does not constitute medical advice."


def veeva_full(page: Page) -> Iterator[str]:
    """Headings with their values on the following lines."""
    trial = page.trial
    yield from ("ClinicalTrials.Veeva", "Menu", page.fact("title"))
    if sponsor := page.fact("sponsor"):
        yield from (f"{sponsor} logo", sponsor)
    yield from ("Status and phase", page.fact("status", "veeva"), page.fact("phase"))
    yield from ("Conditions", *page.conditions())
    yield "Treatments"
    given = page.given(arms=bool(trial.arms))
    yield from (f"{kind_words(item.kind)}: {item.name}" for item in given)
    yield from ("Study type", page.fact("study_type"), "Funder types", page.any("Industry", "Other", "NIH"))
    yield from ("Identifiers", page.fact("registry_id"), *trial.other_ids[:3])
    yield from ("About", page.prose(trial.summary))
    if trial.description:
        yield from ("Full description", page.prose(trial.description))
    yield from (
        "Enrollment",
        page.fact("enrollment", page.any("{} patients", "{} estimated patients", "{} participants")),
    )
    yield from ("Sex", page.fact("sex"), "Ages", _veeva_ages(page), "Volunteers", "No Healthy Volunteers")
    yield from ("Inclusion and exclusion criteria", page.prose(trial.criteria))
    yield "Trial design"
    for label, name, form in (
        ("Primary purpose", "purpose", "plain"),
        ("Allocation", "allocation", "plain"),
        ("Interventional model", "model", "plain"),
        ("Masking", "masking", "blind"),
    ):
        yield from (label, page.fact(name, form))
    yield from _veeva_groups(page, trial.fields.get("enrollment"))
    for arm in trial.arms:
        yield from (arm.label, f"{kind_words(arm.kind)} group" if arm.kind else "", "Description:", arm.text)
        if arm.given:
            yield from ("Treatment:", *arm.given)
    for kind, words in (("primary", "Primary outcome"), ("secondary", "Secondary outcome")):
        found = page.outcomes(kind)
        if found:
            yield f"{words}{'s' if len(found) > 1 else ''}"
        for item in found:
            yield from (item.title, item.time)
    yield from ("Trial contacts and locations", str(len(trial.sites)), "Data sourced from clinicaltrials.gov")
    yield from ("Clinical trials", "Research sites", "Resources", "Legal")


def _veeva_ages(page: Page) -> str:
    low, high = page.fact("age_min", "{}"), page.fact("age_max", "{}")
    if low and high:
        return f"{low} to {high} years old"
    return f"{low}+ years old" if low else f"Under {high} years old" if high else ""


def _veeva_groups(page: Page, count: object) -> Iterator[str]:
    groups = page.trial.fields.get("n_groups")
    if groups is None or count is None:
        return
    page.state("n_groups", groups)
    page.state("enrollment", count)
    dummy = ", including a placebo group" if any(arm.kind == "PLACEBO_COMPARATOR" for arm in page.trial.arms) else ""
    yield f"{count} participants in {groups} patient group{'s' if groups != 1 else ''}{dummy}"


def veeva_lost(page: Page) -> Iterator[str]:
    """Render the same headings with all their values lost: prose and the line of groups remain."""
    trial = page.trial
    yield from ("Status and phase", "Conditions", "Treatments")
    yield from page.any("", "Study type\nFunder types\nIdentifiers").splitlines()
    yield from ("About", page.prose(trial.summary))
    if trial.description:
        yield from ("Full description", page.prose(trial.description, line_break=page.any("\n", " ")))
    yield from ("Enrollment", "Sex", "Ages", "Volunteers", "Inclusion criteria")
    yield from (line for line in trial.criteria.splitlines()[:3] if line.strip().endswith(":"))
    yield from ("Exclusion criteria", "Primary purpose", "Allocation", "Interventional model", "Masking")
    yield from _veeva_groups(page, trial.fields.get("enrollment"))
    page.mentioned()
    yield from ("Loading...", "Data sourced from clinicaltrials.gov", "Clinical trials", "Research sites", "Legal")


def _exchange(page: Page, *, doubled: bool) -> Iterator[str]:
    trial = page.trial
    yield page.any("Overview", "")
    for _ in range(2 if doubled else 1):
        yield page.fact("title")
    for label, words in (
        ("Status:", page.fact("status")),
        ("Trial end date:", page.fact("completion_date")),
        ("Target enrollment:", page.fact("enrollment")),
        ("Participant gender:", page.fact("sex")),
    ):
        for _ in range(2 if doubled else 1):
            yield from (label, words)
    phase = page.fact("phase") or "N/A"
    summary = page.bare(trial.summary, page.any("\n", "~"))
    yield "Summary"
    yield from (f"{summary}Phase:", phase) if doubled else (summary, "Phase:", phase)
    yield from ("Details", "Lead Sponsor:", page.fact("sponsor"))
    if trial.collaborators or page.lost(0.5):
        yield from (page.any("Collaborator(s):", "Collaborators:", "Collaborator:"), *(trial.collaborators or ("",)))
    yield from ("Treatments:", *(item.name for item in page.given(arms=False)))
    yield from ("Criteria", page.bare(trial.criteria, "\n"))
    yield "Accepts Healthy Volunteers?"


def exchange(page: Page) -> Iterator[str]:
    """ClinicalTrialExchange: labels with the value on the next line."""
    yield from _exchange(page, doubled=False)


def exchange_doubled(page: Page) -> Iterator[str]:
    """ClinicalTrialExchange: every value twice, the phase glued to the summary."""
    yield from _exchange(page, doubled=True)


def _run(found: list[Measured]) -> str:
    """Run a table of outcomes together into one line, as copies of tables do."""
    return "Name Time Method " + " ".join(
        " ".join(f"{item.title} {item.time or 'Not provided'} {item.text}".split()) for item in found
    )


def medpath(page: Page) -> Iterator[str]:
    """MedPath: a dash list of labels and values."""
    trial = page.trial
    yield page.fact("title")
    yield from ("- Conditions", *(f"- {name}" for name in page.conditions()))
    yield "- Interventions"
    yield from (f"- {kind_words(item.kind)}: {item.name}" for item in page.given(arms=False))
    for label, words in (
        ("Registration Number", page.fact("registry_id")),
        ("Lead Sponsor", page.fact("sponsor")),
        ("Brief Summary", page.bare(trial.summary)),
        ("Detailed Description", page.bare(trial.description) or "Not available"),
        ("Status", page.fact("status", "caps")),
        ("Sex", page.fact("sex")),
        ("Target Recruitment", page.fact("enrollment")),
    ):
        yield from (f"- {label}", f"- {words or page.any('Not specified', 'Not provided')}")
    yield page.bare(trial.criteria, "\n")
    yield from ("- Study & Design", "- Study Type", f"- {page.fact('study_type', 'caps')}")
    yield from ("- Study Design", f"- {page.fact('model', 'caps') or 'Not specified'}")
    if trial.arms:
        yield "- Arm && Interventions"
        rows = (
            f"{arm.label} {' '.join(name.partition(': ')[2] for name in arm.given)} {arm.text}" for arm in trial.arms
        )
        yield "Group Intervention Description " + " ".join(" ".join(row.split()) for row in rows)
    for kind in ("primary", "secondary"):
        yield from (f"- {kind.title()} Outcome Measures", _run(page.outcomes(kind, known=True)))
    yield from ("- Trial Locations", f"- Locations ({len(trial.sites)})")
    for site in page.sites(1):
        yield from (site.facility, f"\N{REGIONAL INDICATOR SYMBOL LETTER U} {site.city}, {site.region}, {site.country}")


def medpath_bare(page: Page) -> Iterator[str]:
    """MedPath without dashes: phase and status under the title, sometimes without a first letter."""
    trial = page.trial
    yield from ("Home", "Clinical Trials", page.fact("registry_id"), page.fact("title"), page.fact("phase"))
    status = page.fact("status")
    yield status[1:] if page.lost(0.15) else status
    yield from ("Conditions", *page.conditions(), "Interventions")
    yield from (f"{kind_words(item.kind)}: {item.name}" for item in page.given(arms=False))
    yield from ("Registration Number", page.fact("registry_id"), "Lead Sponsor", page.fact("sponsor"))
    yield from ("Target Recruitment", page.fact("enrollment"), "Locations", "See all")
    yield from ("Brief Summary", page.bare(trial.summary))
    yield from ("Detailed Description", page.bare(trial.description) or "Not available")
    yield from ("Inclusion Criteria", page.bare(trial.criteria, "\n"))
    yield from ("Study Type", page.fact("study_type", "caps"), "Study Design", page.fact("model", "caps"))
    for kind in ("primary", "secondary"):
        yield from (f"{kind.title()} Outcome Measures", _run(page.outcomes(kind, known=True)))
    yield from ("Sex", page.fact("sex"), "Age", age_span(page), "First Posted", day(trial.posted, "european"))
    for label, name in (("Start Date", "start_date"), ("Completion Date", "completion_date")):
        yield from (label, page.fact(name, page.any("iso", "short", "european")))
    yield from ("Last Update", day(trial.updated, "european"), "Related News", "Terms of Service")


def meddatax(page: Page) -> Iterator[str]:
    """MedDataX: sections with a helper sentence each, labels and values."""
    trial = page.trial
    yield from (page.fact("title"), f"NCT ID: {page.fact('registry_id')}", f"Last Updated: {trial.updated}")
    yield from ("Study Overview", "The main facts at a glance.")
    for label, words in (
        ("Recruitment Status", page.fact("status", "caps")),
        ("Clinical Phase", page.fact("phase", "caps") or "NA"),
        ("Total Enrollment", page.fact("enrollment", "{} participants")),
        ("Study Classification", page.fact("study_type", "caps")),
        ("Study Start Date", page.fact("start_date")),
        ("Study Completion Date", page.fact("completion_date")),
    ):
        yield from (label, words)
    yield from ("Brief Summary", "What the study is about, in short.", page.bare(trial.summary))
    yield from ("Detailed Description", "The same at length.", page.bare(trial.description))
    yield from ("Conditions", "What is studied.", " ".join(page.conditions(separate=False)))
    yield from ("Keywords", "Words to find it by.", " ".join(trial.keywords))
    yield from ("Study Design", "How it is built.")
    for label, name in (
        ("Allocation Method", "allocation"),
        ("Intervention Model", "model"),
        ("Primary Study Purpose", "purpose"),
        ("Blinding Strategy", "masking"),
    ):
        yield from (label, page.fact(name, "caps"))
    yield from (" ".join(trial.masked), "Study Groups", "Who gets what.", *_groups(page, "Type: "))
    yield from ("Eligibility Criteria", "Who can take part.")
    for label, name in (("Minimum Eligible Age", "age_min"), ("Maximum Eligible Age", "age_max")):
        yield from (label, page.fact(name))
    yield from ("Eligible Sex", page.fact("sex", "caps"), "Accepts Healthy Volunteers", "No")
    yield from ("Sponsors", "Who pays.", page.fact("sponsor"), page.any("INDUSTRY", "OTHER"), "Responsible Party")
    yield from ("SPONSOR", "Locations", "Where it is done.", *_sites(page), "Outcomes")
    for kind in ("primary", "secondary"):
        for item in page.outcomes(kind, typed=False):
            yield from (item.title, item.time)
    yield from ("Results pending", "More Related Trials")


def _only_by_order(page: Page, *pairs: tuple[str, str]) -> None:
    """Do not judge values that only their order tells apart where one of the two is missing."""
    for pair in pairs:
        if sum(name in page.trial.fields for name in pair) == 1:
            page.unjudged(*pair)


def _groups(page: Page, prefix: str) -> Iterator[str]:
    given = page.given(arms=True)
    if not page.trial.arms:
        page.mentioned()
    for arm in page.trial.arms:
        yield from (arm.label, f"{prefix}{arm.kind or 'OTHER'}", " ".join(arm.text.split()))
        for item in given:
            if arm.label in item.arms:
                yield from (
                    item.name,
                    f"{'Intervention Type: ' if prefix else ''}{item.kind}",
                    " ".join(item.text.split()),
                )


def _sites(page: Page) -> Iterator[str]:
    for site in page.sites(2):
        yield from (site.facility, ", ".join((site.city, site.region, site.country)), "Site Status")


def meddatax_bare(page: Page) -> Iterator[str]:
    """MedDataX with the labels dropped: the same values in the same order."""
    trial = page.trial
    page.loss = 0
    _only_by_order(page, ("start_date", "completion_date"), ("age_min", "age_max"))
    yield from (page.fact("title"), f"NCT ID: {page.fact('registry_id')}", f"Last Updated: {trial.updated}")
    yield from ("Study Overview", page.fact("status", "caps"), page.fact("phase", "caps") or "NA")
    yield from (page.fact("enrollment", "{} participants"), page.fact("study_type", "caps"))
    yield from (page.fact("start_date"), page.fact("completion_date"))
    yield from ("Brief Summary", page.bare(trial.summary), "Detailed Description", page.bare(trial.description))
    yield from ("Conditions", " ".join(page.conditions(separate=False)), " ".join(trial.keywords))
    yield from (page.fact(name, "caps") for name in ("allocation", "model", "purpose", "masking"))
    yield from (" ".join(trial.masked), *_groups(page, ""))
    yield from (page.fact("age_min"), page.fact("age_max"), page.fact("sex", "caps"), "No", page.fact("sponsor"))
    yield from (page.any("INDUSTRY", "OTHER"), *_sites(page))
    for kind in ("primary", "secondary"):
        for item in page.outcomes(kind, typed=False):
            yield from (item.title, item.time)
    yield from ("Study Documents", "Results pending")


def meddatax_results(page: Page) -> Iterator[str]:
    """MedDataX, a trial with results: the primary measure's description first, counts in pipe tables."""
    trial = page.trial
    page.loss = 0
    _only_by_order(page, ("start_date", "completion_date"), ("age_min", "age_max"))
    primary = page.outcomes("primary")
    yield " ".join(primary[0].text.split()) if primary else ""
    yield from ("Results available", f"NCT ID: {page.fact('registry_id')}", f"Last Updated: {trial.updated}")
    yield from (page.fact("title"), page.fact("status", "caps"), page.fact("phase", "caps") or "NA")
    yield from (page.fact("enrollment", "{} participants"), page.fact("study_type", "caps"))
    yield from (page.fact("start_date"), page.fact("completion_date"), page.bare(trial.summary))
    yield " ".join(page.conditions(separate=False))
    yield from (page.fact(name, "caps") for name in ("allocation", "model", "purpose", "masking"))
    page.mentioned()
    yield from (arm.label for arm in trial.arms)
    yield from (page.fact("age_min"), page.fact("age_max"), page.fact("sex", "caps"), "No", page.fact("sponsor"))
    yield from (page.any("INDUSTRY", "OTHER"), "Participant Flow", "Numbers at each step.")
    yield "| | " + " | ".join(arm.label for arm in trial.arms) + " |"
    yield "| STARTED | " + " | ".join(str(page.chance.randint(5, 200)) for _ in trial.arms) + " |"
    yield "Outcome Measures"
    for kind, found in (("PRIMARY", primary), ("SECONDARY", page.outcomes("secondary"))):
        for item in found:
            yield from (f"{kind} outcome", f"Timeframe: {item.time}", item.title, " ".join(item.text.split()))
    yield from ("Adverse Events", "Additional Information")


STYLES = {
    "crick": crick,
    "veeva_full": veeva_full,
    "veeva_lost": veeva_lost,
    "clinicaltrialexchange": exchange,
    "clinicaltrialexchange_doubled": exchange_doubled,
    "medpath": medpath,
    "medpath_bare": medpath_bare,
    "meddatax": meddatax,
    "meddatax_bare": meddatax_bare,
    "meddatax_results": meddatax_results,
}
