"""Pages of sites where patients look for trials: trials.co, CenterWatch, ICH GCP, Power and others."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from page_facts import Measured, Page, day
from page_registries import age_span, kind_words


def trials_co(page: Page) -> Iterator[str]:
    """trials.co: menus, then the record in short paragraphs."""
    trial = page.trial
    yield from ("Search Trials", "Home > Trials", page.fact("title"))
    yield f"a study on {' '.join(page.conditions(separate=False))}"
    yield from ("Summary", "Eligibility", "Location", "Details", "Description", "Summary", page.bare(trial.summary))
    if trial.official_title:
        yield from ("Official Title", trial.official_title)
    yield from ("Details", page.bare(trial.description), "Keywords", " ".join((*trial.conditions, *trial.keywords)))
    yield from ("Eligibility", "You can join if...", _open_to(page), page.bare(trial.criteria, "\n"))
    yield "Location"
    for site in page.sites(1):
        yield from (f"- {site.facility}", f"{site.city} {site.region} {site.country}")
    yield from ("Details", "Status", page.fact("status").lower(), "Start Date", page.fact("start_date", "short"))
    yield from ("Completion Date", page.fact("completion_date", "short"), "Sponsor", page.fact("sponsor"))
    yield from ("ID", page.fact("registry_id"), "Phase", page.fact("phase"), "Study Type", page.fact("study_type"))
    if count := page.fact("enrollment", "{} people are expected or were enrolled"):
        yield from ("Participants", count)
    page.given(arms=False)
    yield from ("Interventions", *(item.name for item in trial.given))
    yield from ("Last Updated", day(trial.updated, "named"), "Frequently Asked Questions")


def _open_to(page: Page) -> str:
    low, high = page.fact("age_min", "{}"), page.fact("age_max", "{}")
    if low and high:
        return f"Open to people ages {low}-{high}"
    return f"Open to people ages {low} and up" if low else f"Open to people ages up to {high}" if high else ""


def trials_co_short(page: Page) -> Iterator[str]:
    """trials.co, second capture: the condition under "Primary Purpose", arms as runs of a column each."""
    trial = page.trial
    yield from ("Trials > Rare Diseases", page.fact("title"), f"Last verified: {trial.updated[:7]}", "Primary Purpose")
    yield from ((page.conditions() or ("",))[0], "Status", page.fact("status"), "Phase", page.fact("phase"))
    page.state("conditions", trial.conditions[:1])
    yield from ("Locations", "Study Type", page.fact("study_type"), "Intervention")
    yield from (item.name for item in page.given(arms=False))
    low, high, sex = page.fact("age_min"), page.fact("age_max"), page.fact("sex", "genders")
    ages = f"{low} - {high}" if low and high else f"{low} and up" if low else f"up to {high}" if high else ""
    yield from ("Sponsored by", page.fact("sponsor"), "Eligibility", ", ".join(filter(None, (ages, sex))))
    yield from ("About this trial", page.bare(trial.summary), "Arms of the Study")
    yield from (f"Arm {number}" for number in range(1, len(trial.arms) + 1))
    yield from ("Arm Type", *(kind_words(arm.kind or "OTHER") for arm in trial.arms))
    yield from ("Arm Label", *(arm.label for arm in trial.arms), "Outcomes")
    for kind in ("primary", "secondary"):
        yield f"{kind.title()} Outcome Measures"
        yield from (item.title for item in page.outcomes(kind, timed=False))
    yield from ("Full Information", "NCT ID", page.fact("registry_id"), "First Posted", day(trial.posted, "named"))
    yield from ("Start", page.fact("start_date", "named"), "Completion", page.fact("completion_date", "named"))
    yield from ("Enrollment", page.fact("enrollment", page.any("{} (Anticipated)", "{} (Actual)", "{}")))
    yield "Learn more about this trial"


def centerwatch_prose(page: Page) -> Iterator[str]:
    """CenterWatch: prose with hard line breaks, at some of which two words have run together."""
    trial = page.trial
    yield page.fact("title")
    lines = textwrap.wrap(page.bare(f"{trial.summary} {trial.description}"), 84)
    glued = [f"{line}{'' if page.lost(0.06) else chr(10)}" for line in lines]
    yield from "".join(glued).splitlines()
    page.mentioned()
    if sponsor := page.fact("sponsor"):
        yield f"Sponsor: {sponsor}"
    if status := page.fact("status"):
        yield f"Overall Status: {status}"
    yield f"Clinical Study ID: {page.fact('registry_id')}"


def centerwatch(page: Page) -> Iterator[str]:
    """CenterWatch: blocks of label and value, conditions glued together."""
    trial = page.trial
    yield from (page.fact("title"), "Sponsor:", page.fact("sponsor"), "Overall Status:", page.fact("status"))
    yield from ("Updated:", day(trial.updated, "european"))
    yield from (
        "Start Date:",
        page.fact("start_date", "european"),
        "End Date:",
        page.fact("completion_date", "european"),
    )
    yield from ("Phase", page.fact("phase", "number") or "N/A", "Condition", "".join(page.conditions(separate=False)))
    yield from ("Treatment", *(item.name for item in page.given(arms=False)), "Clinical Study ID")
    yield from (page.fact("registry_id"), *trial.other_ids[:2])
    low, high, sex = page.fact("age_min", "{}"), page.fact("age_max", "{}"), page.fact("sex", "genders")
    ages = f"Ages {low}-{high}" if low and high else f"Ages > {low}" if low else f"Ages < {high}" if high else ""
    yield " ".join(filter(None, (ages, sex)))
    yield from ("Study Summary", page.bare(trial.summary), "Description", page.bare(trial.description))
    yield "Eligibility Criteria"
    yield page.bare(trial.criteria, "\n").replace("* ", "\N{BULLET} ")
    yield from (
        "Study Design",
        "Treatment Group(s):",
        str(len(trial.arms) or ""),
        "Phase:",
        page.fact("phase", "number"),
    )
    yield from ("Study Start Date:", page.fact("start_date", "named"), "Connect with a study center")


def ichgcp(page: Page) -> Iterator[str]:
    """ICH GCP: title, updated by the sponsor, official title, summary, overview."""
    trial = page.trial
    yield from ("Clinical Trials Registry", page.fact("title"))
    yield f"{day(trial.updated, 'named')} updated by: {page.fact('sponsor')}"
    yield from (trial.official_title, page.bare(trial.summary), "Study Overview", "Status", page.fact("status"))
    yield "Conditions"
    if not page.lost(0.5):
        yield from (f"- {name}" for name in page.conditions())
    yield "Intervention / Treatment"
    yield from (f"- {kind_words(item.kind)}: {item.name}" for item in page.given(arms=bool(trial.arms)))
    if trial.description:
        yield from ("Detailed Description", page.bare(trial.description))
    yield from ("Study Type", page.fact("study_type"))
    yield from (page.any("Enrollment (Actual)", "Enrollment (Estimated)"), page.fact("enrollment"), "Phase")
    yield from (f"- {words}" if (words := page.fact("phase")) else "- Not Applicable", "Contacts and Locations")
    yield from ("Participation Criteria", "Eligibility Criteria", page.bare(trial.criteria, "\n"))
    yield from ("Ages Eligible for Study", age_span(page), "Accepts Healthy Volunteers", "No", "Study Plan")
    yield from ("How is the study designed?", "Design Details")
    for label, words in (
        ("Primary Purpose", page.fact("purpose")),
        ("Allocation", page.fact("allocation")),
        ("Interventional Model", page.fact("model")),
        ("Masking", page.fact("masking")),
    ):
        if words:
            yield f"- {label}: {words}"
    yield from ("Arms and Interventions", "Participant Group / Arm", "Intervention / Treatment")
    for arm in trial.arms:
        yield from (f"{kind_words(arm.kind or 'OTHER')}: {arm.label}", " ".join(arm.text.split()), *arm.given)
    yield "What is the study measuring?"
    for kind in ("primary", "secondary"):
        yield from (f"{kind.title()} Outcome Measures", "Outcome Measure", "Measure Description", "Time Frame")
        for item in page.outcomes(kind):
            yield from (item.title, " ".join(item.text.split()), item.time)
    yield from ("Study record dates", "Study Major Dates", "Study Start", page.fact("start_date", "named"))
    yield from ("Primary Completion (Actual)", page.fact("primary_completion_date", "named"))
    yield from (
        page.any("Study Completion (Actual)", "Study Completion (Estimated)"),
        page.fact("completion_date", "named"),
    )
    yield from ("First Posted (Estimated)", day(trial.posted, "named"), "More Information")
    yield from ("Other Study ID Numbers", *trial.other_ids[:2])


def withpower(page: Page) -> Iterator[str]:
    """Power: a slogan, four labels, questions and answers with footnote digits."""
    trial = page.trial
    names = [item.name for item in page.given(arms=False)]
    condition = (page.conditions() or ("",))[0]
    page.state("conditions", trial.conditions[:1])
    yield from (
        f"{condition} > {names[0]}",
        f"{page.any('A new option', 'Help wanted')}, {page.chance.randint(2, 9)} spots left",
    )
    yield f"{names[0]} for {condition}"
    if acronym := page.fact("acronym"):
        yield f"({acronym} Trial)"
    low, high = page.fact("age_min", "{}"), page.fact("age_max", "{}")
    yield f"Age: {f'{low} - {high}' if low and high else f'{low}+' if low else f'< {high}' if high else 'Any Age'}"
    yield from (f"Sex: {page.fact('sex', 'any')}", f"Trial Phase: {page.fact('phase', 'amp') or 'N/A'}")
    yield f"Sponsor: {page.fact('sponsor')}"
    if not any(arm.kind == "PLACEBO_COMPARATOR" for arm in trial.arms):
        yield "No Placebo Group"
    yield from ("What is the purpose of this trial?", f"{page.bare(trial.summary)}12")
    yield from ("Will I have to stop taking my current medications?", "Ask the trial team.3", "Eligibility Criteria")
    yield from ("Inclusion Criteria", page.bare(trial.criteria, "\n"), "Timeline", "Screening - Up to 4 weeks")
    yield from ("What Are the Treatments Tested in This Trial?", "Interventions", *names)
    if count := page.fact("enrollment"):
        yield from ("Trial Overview", f"Total participants: {count}")
    if groups := len(trial.arms):
        page.state("n_groups", groups)
        yield f"{groups} Treatment group{'s' if groups > 1 else ''}"
    for arm in trial.arms:
        yield f"{arm.kind.split('_')[0].title() if arm.kind else 'Other'} Group: {arm.label}"
    yield from ("Find a Clinic Near You", "Nearest site 9 miles away", "Who Is Running the Clinical Trial?")
    yield page.fact("sponsor")
    page.unjudged("title", "outcomes")


def biotechhunter(page: Page) -> Iterator[str]:
    """BiotechHunter: glued badges and conditions, dates in words, kinds of treatment in capitals."""
    trial = page.trial
    yield from ("BiotechHunter", "Companies Trials Drugs")
    yield page.fact("phase") + page.fact("status") + page.fact("study_type")
    yield from (page.fact("title"), page.fact("registry_id"), "Enrollment", page.fact("enrollment"))
    yield page.any("Participants", "Participants (estimated)")
    for label, name in (
        ("Start", "start_date"),
        ("Primary completion", "primary_completion_date"),
        ("Completion", "completion_date"),
    ):
        yield from (label, page.fact(name, "named"))
    yield from ("Conditions", "".join(page.conditions(separate=False)), "About this trial", page.bare(trial.summary))
    yield "Interventions"
    for treatment in page.given(arms=False):
        yield from (treatment.kind, treatment.name, " ".join(treatment.text.split()))
    for kind in ("primary", "secondary"):
        found = page.outcomes(kind)
        if found:
            yield f"{kind.title()} outcome"
        for item in found:
            yield from (item.title, item.time)
    low, high = page.fact("age_min", "{}"), page.fact("age_max", "{}")
    if low:
        yield from ("Age", f"{low} - {high}" if high else f"{low} and up")
    yield from ("Sites",)
    for site in page.sites(2):
        yield from filter(None, (site.code, site.facility, f"{site.city}, {site.country}"))
    yield from ("Sex", page.fact("sex", "caps"), "Sponsor", page.fact("sponsor"), "Similar trials")


def obesityhealthmatters(page: Page) -> Iterator[str]:
    """Render a site on another topic that lists the record as lines of label and value."""
    trial = page.trial
    yield from ("Obesity Health Matters", "Menu | Weight Loss | Recipes | Trials", "Home / Clinical Trials")
    yield f"Study Status: {page.fact('status')}"
    yield from (page.fact("title"), f"Sponsor: {page.fact('sponsor')}", f"Study ID: {page.fact('registry_id')}")
    yield f"Official Title: {trial.official_title}"
    yield f"Brief Summary: {page.bare(trial.summary)}"
    yield f"Detailed Summary: {page.bare(trial.description)}"
    yield f"Conditions: {page.joined_conditions(' | ')}"
    yield f"Keywords: {', '.join(trial.keywords)}"
    for label, name in (
        ("Phase", "phase"),
        ("Study Type", "study_type"),
        ("Allocation", "allocation"),
        ("Intervention Model", "model"),
        ("Primary Purpose", "purpose"),
        ("Masking", "masking"),
        ("Enrollment", "enrollment"),
        ("Minimum Age", "age_min"),
        ("Maximum Age", "age_max"),
        ("Gender", "sex"),
    ):
        yield f"{label}: {page.fact(name)}"
    yield f"Interventions: {', '.join(item.name for item in page.given(arms=False))}"
    for kind in ("primary", "secondary"):
        yield from (_sentence(kind, item) for item in page.outcomes(kind))
    yield f"Start Date: {page.fact('start_date')}"
    yield f"Completion Date: {page.fact('completion_date')}"
    yield f"Last Updated: {day(trial.updated, 'american')}"
    for site in page.sites(1):
        yield "Location: " + ", ".join(filter(None, (site.facility, site.city, site.region, site.country)))
    yield "Eating well with a chronic disease: read our guide"


def _sentence(kind: str, item: Measured) -> str:
    time = f" Time Frame: {item.time}" if item.time else ""
    return " ".join(f"{kind.title()} Outcome: {item.title.rstrip('.')}. {item.text}{time}".split())


STYLES = {
    "trials_co": trials_co,
    "trials_co_short": trials_co_short,
    "centerwatch_prose": centerwatch_prose,
    "centerwatch": centerwatch,
    "ichgcp": ichgcp,
    "withpower": withpower,
    "biotechhunter": biotechhunter,
    "obesityhealthmatters": obesityhealthmatters,
}
