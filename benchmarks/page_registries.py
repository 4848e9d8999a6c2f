"""Pages of registries: ClinicalTrials.gov as it was in three views, WHO ICTRP, ISRCTN, ANZCTR, EU register."""

from __future__ import annotations

from collections.abc import Iterator

from page_facts import Measured, Page, day

_ARM_KINDS = {
    "EXPERIMENTAL": "Experimental",
    "ACTIVE_COMPARATOR": "Active Comparator",
    "PLACEBO_COMPARATOR": "Placebo Comparator",
    "SHAM_COMPARATOR": "Sham Comparator",
    "NO_INTERVENTION": "No Intervention",
    "OTHER": "Other",
}


def kind_words(kind: str) -> str:
    """Word the kind of an arm or intervention: ``DIETARY_SUPPLEMENT`` -> ``Dietary Supplement``."""
    return _ARM_KINDS.get(kind) or kind.replace("_", " ").title()


def ctgov_record(page: Page) -> Iterator[str]:
    """ClinicalTrials.gov, the classic record view."""
    trial = page.trial
    if page.lost(0.5):
        yield "Sponsors and investigators answer for what this record says; a listing is no approval by the government."
    yield page.fact("title")
    yield f"ClinicalTrials.gov Identifier: {page.fact('registry_id')}"
    status = page.fact("status")
    stopped = f" ({trial.stopped})" if trial.stopped and status else ""
    yield from page.any(
        f"Recruitment Status  : {status}{stopped}", f"Recruitment Status  :\n{status}{stopped}"
    ).splitlines()
    yield f"First Posted  : {day(trial.posted, 'named')}"
    yield f"Last Update Posted  : {day(trial.updated, 'named')}"
    yield from ("Sponsor:", page.fact("sponsor"))
    if trial.collaborators:
        yield from ("Collaborator:", *trial.collaborators)
    yield from ("Study Details", "Tabular View", "No Results Posted", "Study Description", "Go to sections")
    yield from ("Brief Summary:", page.bare(trial.summary, "\n"))
    if trial.description:
        yield from ("Detailed Description:", page.bare(trial.description, "\n"))
    given = page.given(arms=bool(trial.arms))
    yield from ("| Condition or disease  | Intervention/treatment  | Phase  |", "| --- | --- | --- |")
    names = " ".join(f"{kind_words(item.kind)}: {item.name}" for item in given)
    yield f"| {' '.join(page.conditions(separate=False))} | {names} | {page.fact('phase') or 'Not Applicable'} |"
    yield from _design(page)
    yield from ("Arms and Interventions", "| Arm  | Intervention/treatment  |", "| --- | --- |")
    for arm in trial.arms:
        kind = f"{kind_words(arm.kind)}: " if arm.kind else ""
        told = [item for item in given if arm.label in item.arms]
        cells = " ".join(f"{kind_words(item.kind)}: {item.name} {_flat(item.text)}".strip() for item in told)
        yield f"| {kind}{arm.label} {_flat(arm.text)} | {cells} |"
    for kind, words in (("primary", "Primary"), ("secondary", "Secondary"), ("other", "Other")):
        found = page.outcomes(kind)
        if found or kind != "other":
            yield f"{words} Outcome Measures  :"
        yield from (
            f"{f'{number}. ' if page.style.endswith('record') else '- '}{_framed(item)}"
            for number, item in enumerate(found, 1)
        )
    yield from ("Eligibility Criteria", *_ages(page))
    yield from ("Criteria", page.bare(trial.criteria, "\n"))
    yield from ("Contacts and Locations", "Locations")
    yield from (
        f"| {site.country} |\n| {site.facility} |\n| {site.city}, {site.region}, {site.country}, {site.code} |"
        for site in page.sites(1)
    )
    yield from ("More Information", "Responsible Party: the sponsor named above", "Keywords provided by the sponsor:")


def _design(page: Page) -> Iterator[str]:
    trial = page.trial
    yield "Study Design"
    yield f"| Study Type  : | {page.fact('study_type')}  (Clinical Trial) |"
    yield f"| {page.any('Actual', 'Estimated')} Enrollment  : | {page.fact('enrollment', '{} participants')} |"
    for label, name in (("Allocation", "allocation"), ("Intervention Model", "model")):
        if words := page.fact(name):
            yield f"| {label}: | {words} |"
    if masking := page.fact("masking"):
        who = f" ({', '.join(trial.masked)})" if trial.masked else ""
        yield f"| Masking: | {masking}{who} |"
    if purpose := page.fact("purpose"):
        yield f"| Primary Purpose: | {purpose} |"
    if trial.official_title:
        yield f"| Official Title: | {trial.official_title} |"
    for label, name in (
        ("Study Start Date", "start_date"),
        ("Primary Completion Date", "primary_completion_date"),
        ("Study Completion Date", "completion_date"),
    ):
        if words := page.fact(name, "named"):
            yield f"| {page.any('Actual ', 'Estimated ', '')}{label}  : | {words} |"


def _ages(page: Page) -> Iterator[str]:
    yield f"| Ages Eligible for Study: | {age_span(page)}   (Adult, Older Adult) |"
    yield f"| Sexes Eligible for Study: | {page.fact('sex')} |"
    yield "| Accepts Healthy Volunteers: | No |"


def age_span(page: Page) -> str:
    """Word the ages: ``18 Years to 75 Years``, ``18 Years and older``, ``up to 17 Years``."""
    low, high = page.fact("age_min"), page.fact("age_max")
    if low and high:
        return f"{low} to {high}"
    if low or high:
        return f"{low} and older" if low else f"up to {high}"
    return "Child, Adult, Older Adult"


def _framed(item: Measured) -> str:
    frame = f" [ Time Frame: {item.time} ]" if item.time else ""
    return f"{item.title}{frame}{_flat(item.text)}"


def _flat(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def ctgov_tabular(page: Page) -> Iterator[str]:
    """ClinicalTrials.gov, the tabular view."""
    trial = page.trial
    star = "  ICMJE"
    yield from ("Tracking Information", f"First Submitted Date{star} | {day(trial.posted, 'named')}")
    yield f"Last Update Posted Date | {day(trial.updated, 'named')}"
    yield f"{page.any('Actual ', '')}Study Start Date{star} | {page.fact('start_date', 'named') or 'Not Provided'}"
    if words := page.fact("primary_completion_date", "named"):
        yield f"Actual Primary Completion Date | {words}   (Final data collection date for primary outcome measure)"
    for kind in ("primary", "secondary"):
        found = page.outcomes(kind)
        label = f"Current {kind.title()} Outcome Measures{star} |"
        if len(found) == 1:
            yield f"{label} {_framed(found[0])}"
        else:
            yield label if found else f"{label} Not Provided"
            yield from (f"- {_framed(item)}" for item in found)
        yield f"Original {kind.title()} Outcome Measures{star} | {page.any('Same as current', 'Not Provided')}"
    yield from ("Descriptive Information", f"Brief Title{star} | {page.fact('title')}")
    yield f"Official Title{star} | {trial.official_title or 'Not Provided'}"
    yield f"Brief Summary | {page.bare(trial.summary, chr(10))}"
    yield f"Detailed Description | {page.bare(trial.description, chr(10)) or 'Not Provided'}"
    yield f"Study Type{star} | {page.fact('study_type')}"
    yield f"Study Phase{star} | {page.fact('phase') or 'Not Applicable'}"
    yield f"Study Design{star} | Allocation: {page.fact('allocation')}"
    yield from (f"Intervention Model: {page.fact('model')}", f"Masking: {page.fact('masking')}")
    yield f"Primary Purpose: {page.fact('purpose')}"
    yield f"Condition{star} |"
    yield from (f"- {name}" for name in page.conditions())
    yield f"Intervention{star} |"
    for item in page.given(arms=bool(trial.arms)):
        yield f"- {kind_words(item.kind)}: {item.name}"
        if item.text:
            yield _flat(item.text)
        if item.other_names:
            yield f"Other Name: {'; '.join(item.other_names)}"
    yield f"Study Arms{star} |"
    for arm in trial.arms:
        yield f"- {kind_words(arm.kind or 'OTHER')}: {arm.label}"
        yield _flat(arm.text)
        yield f"Intervention{page.any('', 's')}: {'; '.join(arm.given)}"
    yield from ("Publications * | Not Provided", "Recruitment Information")
    yield f"Recruitment Status{star} | {page.fact('status')}"
    yield f"{page.any('Actual', 'Estimated')} Enrollment{star} | {page.fact('enrollment')}"
    yield f"{page.any('Actual ', '')}Study Completion Date{star} | {page.fact('completion_date', 'named')}"
    yield f"Eligibility Criteria{star} | {page.bare(trial.criteria, chr(10))}"
    yield f"Sex/Gender{star} | Sexes Eligible for Study: {page.fact('sex')}"
    yield f"Ages{star} | {age_span(page)}   (Adult, Older Adult)"
    yield f"Listed Location Countries{star} | {', '.join(dict.fromkeys(site.country for site in trial.sites))}"
    yield from ("Administrative Information", f"NCT Number{star} | {page.fact('registry_id')}")
    yield f"Other Study ID Numbers{star} | {' '.join(trial.other_ids)}"
    yield f"Study Sponsor{star} | {page.fact('sponsor')}"
    yield f"Collaborators{star} | {', '.join(trial.collaborators) or 'Not Provided'}"
    yield f"Verification Date | {day(trial.updated[:7], 'named') if trial.updated else ''}"


def ctgov_results(page: Page) -> Iterator[str]:
    """ClinicalTrials.gov, the results view."""
    trial = page.trial
    yield from ("Home > Search Results > Study Record Detail", page.fact("title"))
    yield f"ClinicalTrials.gov Identifier: {page.fact('registry_id')}"
    yield f"Recruitment Status  : {page.fact('status')}"
    yield from (f"First Posted  : {day(trial.posted, 'named')}", f"Last Update Posted : {day(trial.updated, 'named')}")
    yield from ("Sponsor:", page.fact("sponsor"), "Information provided by (Responsible Party):", "the sponsor")
    yield f"Study Type {page.fact('study_type')}"
    design = (
        ("Allocation", page.fact("allocation")),
        ("Intervention Model", page.fact("model")),
        ("Masking", page.fact("masking")),
        ("Primary Purpose", page.fact("purpose")),
    )
    yield "Study Design " + ";   ".join(f"{label}: {words}" for label, words in design if words)
    yield f"{page.any('Conditions', 'Condition')} {'   '.join(page.conditions())}"
    names = "   ".join(f"{kind_words(item.kind)}: {item.name}" for item in page.given(arms=bool(trial.arms)))
    yield f"Interventions {names}"
    yield f"Enrollment {page.fact('enrollment')}"
    yield from ("Participant Flow", "Recruitment Details", f"| Arm/Group Title | {_cells(a.label for a in trial.arms)}")
    yield f"| Arm/Group Description | {_cells(_flat(arm.text) for arm in trial.arms)}"
    yield "| Started | " + _cells(str(page.chance.randint(4, 300)) for _ in trial.arms)
    yield "Outcome Measures"
    number = 0
    for kind in ("primary", "secondary"):
        for item in page.outcomes(kind):
            number += 1
            yield f"| {number}.{kind.title()} Outcome |"
            yield f"| Title | {item.title} |"
            yield f"| Description | {_flat(item.text) or '[Not Specified]'} |"
            yield f"| Time Frame | {item.time} |"
    yield from ("Adverse Events", "| Time Frame | From the first dose to the last visit |", "Limitations and Caveats")
    yield from ("[Not Specified]", "More Information", "Results Point of Contact", "Name/Title:", "Phone:")


def _cells(texts: Iterator[str]) -> str:
    return " | ".join(texts) + " |"


def who_ictrp(page: Page) -> Iterator[str]:
    """WHO ICTRP: packed lines of labels and values."""
    trial = page.trial
    yield "Note: This record shows only 22 elements of the WHO Trial Registration Data Set."
    yield from ("Register: ClinicalTrials.gov", f"Last refreshed on: {day(trial.updated, 'british')}")
    yield f"Main ID:  {page.fact('registry_id')}"
    yield f"Date of registration: {day(trial.posted, 'european')}"
    yield f"Prospective Registration: {page.any('Yes', 'No')}"
    yield f"Primary sponsor: {page.fact('sponsor')}"
    yield f"Public title: {page.fact('title')}"
    yield f"Scientific title: {trial.official_title}"
    yield f"Date of first enrolment: {page.fact('start_date', page.any('british', 'iso', 'european'))}"
    yield f"Target sample size: {page.fact('enrollment')}"
    if (status := trial.fields.get("status")) and not page.lost():
        page.state("status", status if status == "RECRUITING" else "NOT_RECRUITING", status)
        yield f"Recruitment status: {'Recruiting' if status == 'RECRUITING' else 'Not Recruiting'}"
    yield from ("URL:", f"Study type:  {page.fact('study_type')}")
    packed = (
        ("Allocation", page.fact("allocation")),
        ("Intervention model", page.fact("model")),
        ("Primary purpose", page.fact("purpose")),
        ("Masking", page.fact("masking")),
    )
    yield "Study design:  " + " ".join(f"{label}: {words}." for label, words in packed if words)
    yield f"Phase: {page.fact('phase') or 'N/A'}"
    yield from ("Countries of recruitment", "\t".join(dict.fromkeys(site.country for site in trial.sites)))
    yield from ("Contacts", "Name:", "Address:", "Telephone:", "Key inclusion & exclusion criteria")
    yield page.bare(trial.criteria, " ")
    yield f"Age minimum: {page.fact('age_min') or 'N/A'}"
    yield f"Age maximum: {page.fact('age_max') or 'N/A'}"
    yield f"Gender: {page.fact('sex')}"
    yield from ("Health Condition(s) or Problem(s) studied", page.joined_conditions(";"))
    names = (f"{kind_words(item.kind)}: {item.name}" for item in page.given(arms=False))
    yield from ("Intervention(s)", page.any("\n", ";").join(names))
    for kind in ("primary", "secondary"):
        yield f"{kind.title()} Outcome(s)"
        yield from (f"{item.title}{f' [Time Frame: {item.time}]' if item.time else ''}" for item in page.outcomes(kind))
    yield from ("Secondary ID(s)", *trial.other_ids, "Source(s) of Monetary Support", "Ethics review", "Results")


def isrctn(page: Page) -> Iterator[str]:
    """ISRCTN: a long list of labels, many without values."""
    trial = page.trial
    yield from ("ISRCTN registry", page.fact("title"), "ClinicalTrials.gov number", page.fact("registry_id"))
    yield from ("DOI", "EudraCT/CTIS number", "", "Secondary identifying numbers", *trial.other_ids[:1])
    yield from ("Submission date", day(trial.posted, "european"), "Registration date", day(trial.posted, "european"))
    yield from ("Last edited", day(trial.updated, "european"), "Recruitment status")
    status = str(trial.fields.get("status", ""))
    overall = {"COMPLETED": "Completed", "TERMINATED": "Stopped", "WITHDRAWN": "Stopped", "": ""}.get(status, "Ongoing")
    recruiting = {"RECRUITING": "Recruiting", "": ""}.get(status, "No longer recruiting")
    if status:
        judged = {"Completed": "COMPLETED", "Stopped": "TERMINATED"}.get(overall, "NOT_RECRUITING")
        page.state("status", "RECRUITING" if status == "RECRUITING" else judged, status, "NOT_RECRUITING")
    yield from (recruiting, "Overall study status", overall)
    yield from ("Condition category", page.any("Musculoskeletal Diseases", "Other", "Not Applicable"))
    yield from ("Plain English summary of protocol", page.bare(trial.summary), "Study information")
    yield from ("Scientific title", trial.official_title, "Acronym", str(trial.fields.get("acronym", "")))
    yield from ("Study objectives", page.bare(trial.description), "Ethics approval(s)", "Approved before the start")
    allocation = page.fact("allocation", "british") if trial.fields.get("allocation") != "NA" else ""
    words = [allocation, page.fact("masking", "british"), page.fact("model", "short").lower()]
    yield from ("Study design", " ".join(word for word in words if word) + " trial")
    yield from ("Primary study design", page.fact("study_type"), "Secondary study design", "")
    yield from ("Study setting(s)", "Hospital", "Study type", page.fact("purpose"))
    yield from ("Health condition(s) or problem(s) studied", page.joined_conditions(", "))
    given = page.given(arms=False)
    yield from ("Intervention", " ".join(f"{arm.label}: {_flat(arm.text)}" for arm in trial.arms))
    yield from ("Intervention type", kind_words(given[0].kind), "Phase", page.fact("phase", "roman") or "Not Specified")
    yield from ("Drug / device / biological / vaccine name(s)", ", ".join(item.name for item in given))
    for kind, label in (("primary", "Primary outcome measure"), ("secondary", "Secondary outcome measures")):
        yield label
        found = page.outcomes(kind)
        yield from (
            f"{number}. {item.title}{f', measured at {item.time}' if item.time else ''}"
            for number, item in enumerate(found, 1)
        )
    yield from ("Overall study start date", page.fact("start_date", "european"))
    yield from ("Completion date", page.fact("completion_date", "european"), "Eligibility")
    yield from ("Participant inclusion criteria", page.bare(trial.criteria, "\n"), "Participant type(s)", "Patient")
    yield from ("Age group", "Adult", "Lower age limit", page.fact("age_min"), "Upper age limit", page.fact("age_max"))
    yield from ("Sex", page.fact("sex", "both"), "Target number of participants", page.fact("enrollment"))
    yield from ("Locations", "Countries of recruitment", *dict.fromkeys(site.country for site in trial.sites))
    for site in page.sites(1):
        yield from ("Study participating centre", site.facility, site.city, site.code, site.country)
    yield from ("Sponsor information", "Organisation", page.fact("sponsor"), "Sponsor type", "Funders")


def anzctr(page: Page) -> Iterator[str]:
    """ANZCTR: titles and values on lines of their own, codes after the conditions."""
    trial = page.trial
    yield from (
        "Trial registered on ANZCTR",
        "Registration number",
        page.fact("registry_id"),
        "Ethics application status",
    )
    yield from ("Approved", "Date submitted", day(trial.posted, "european"), "Date last updated", trial.updated)
    yield from ("Titles & IDs", "Public title", page.fact("title"), "Scientific title", trial.official_title)
    yield from ("Secondary ID [1]", *trial.other_ids[:1], "Trial acronym", str(trial.fields.get("acronym", "")))
    yield from ("Health condition", "Health condition(s) or problem(s) studied:")
    for number, name in enumerate(page.conditions(), 1):
        yield f"{name} {page.chance.randint(300000, 400000)}" if number == 1 else name
    yield from ("Condition category", "Condition code", "Musculoskeletal", "Other muscular and skeletal disorders")
    yield from ("Intervention/exposure", "Study type", page.fact("study_type"))
    yield from ("Description of intervention(s) / exposure", *(item.name for item in page.given(arms=False)))
    yield from ("Outcomes",)
    for kind in ("primary", "secondary"):
        for number, item in enumerate(page.outcomes(kind), 1):
            yield f"{kind.title()} outcome [{number}]"
            yield item.title
            yield f"Timepoint [{number}]"
            yield item.time
    yield from ("Eligibility", "Key inclusion criteria", page.bare(trial.criteria, " "))
    for label, name in (("Minimum age", "age_min"), ("Maximum age", "age_max")):
        yield from (label, page.fact(name) or "No limit")
    yield from ("Sex", page.fact("sex", "both").replace("Both", "Both males and females"))
    yield from ("Can healthy volunteers participate?", "No", "Study design")
    yield from (
        "Purpose of the study",
        page.fact("purpose"),
        "Allocation to intervention",
        page.fact("allocation", "anzctr"),
    )
    yield from (
        "Masking / blinding",
        page.fact("masking", "blind").replace("None (Open label)", "Open (masking not used)"),
    )
    if trial.fields.get("masking") in ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"):
        page.unjudged("n_groups")
    yield from ("Intervention assignment", page.fact("model", "short"), "Phase", page.fact("phase") or "Not Applicable")
    yield from ("Recruitment", "Recruitment status", page.fact("status"))
    yield from ("Date of first participant enrolment", "Anticipated", "", "Actual", page.fact("start_date", "european"))
    yield from ("Sample size", "Target", page.fact("enrollment"), "Accrual to date", "", "Final", "")
    yield from ("Funding & Sponsors", "Primary sponsor type", "Other", "Name", page.fact("sponsor"), "Address", "")
    yield from ("Summary", "Brief summary", page.bare(trial.summary), "Trial website", "")


def euctr(page: Page) -> Iterator[str]:
    """EU Clinical Trials Register: numbered rows in pipe tables."""
    trial = page.trial
    yield from ("EU Clinical Trials Register", f"EudraCT Number: | {page.fact('registry_id')}")
    yield from ("National Competent Authority: | Spain - AEMPS", "Clinical Trial Type: | EEA CTA")
    shown = {"RECRUITING": "Ongoing", "COMPLETED": "Completed", "TERMINATED": "Prematurely Ended"}
    status = str(trial.fields.get("status"))
    page.state("status", status if status in shown else None, *(["RECRUITING"] if status in shown else []))
    page.unjudged(*(["status"] if status in ("RECRUITING", "SUSPENDED") or status not in shown else []))
    yield f"Trial Status: | {shown.get(status, '')}"
    yield f"Date on which this record was first entered in the EudraCT database: | {trial.posted}"
    yield from ("A. Protocol Information", f"A.3 | Full title of the trial | {page.fact('title')}")
    yield f"A.4.1 | Sponsor's protocol code number | {' '.join(trial.other_ids[:1])}"
    yield f"B.1.1 | Name of Sponsor | {page.fact('sponsor')}"
    yield from ("B.1.3.4 | Country | Spain", "D. IMP Identification")
    for number, item in enumerate(page.given(arms=False), 1):
        yield f"D. IMP: {number}"
        yield f"D.3.1 | Product name | {item.name}"
        yield "D.3.10.1 | Concentration unit | mg milligram(s)"
    yield from ("E. General Information on the Trial",)
    yield f"E.1.1 | Medical condition(s) being investigated | {page.joined_conditions(', ')}"
    yield from (
        "E.1.2 | Version | 20.0",
        "E.1.2 | Level | PT",
        "E.1.3 | Condition being studied is a rare disease | Yes",
    )
    yield f"E.2.1 | Main objective of the trial | {page.bare(trial.summary)}"
    yield f"E.3 | Principal inclusion criteria | {page.bare(trial.criteria)}"
    for kind, row, label in (("primary", "1", "Primary"), ("secondary", "2", "Secondary")):
        found = page.outcomes(kind)
        listed = (f"{number}. {item.title}" for number, item in enumerate(found, 1))
        told = found[0].title if len(found) == 1 else " ".join(listed)
        yield f"E.5.{row} | {label} end point(s) | {told}"
        yield f"E.5.{row}.1 | Timepoint(s) of evaluation of this end point | {found[0].time if found else ''}"
        if len(found) > 1:
            page.unjudged("time frames")
    yield from _euctr_design(page)


def _euctr_design(page: Page) -> Iterator[str]:
    fields = page.trial.fields
    phases = str(page.trial.fields.get("phase", ""))
    page.state("phase", phases or None)
    if "EARLY" in phases:
        page.unjudged("phase")
    for number, roman, words in ((1, "I", "Human pharmacology"), (2, "II", "Therapeutic exploratory")):
        yield f"E.7.{number} | {words} (Phase {roman}) | {'Yes' if f'PHASE{number}' in phases else 'No'}"
    for number, roman, words in ((3, "III", "Therapeutic confirmatory"), (4, "IV", "Therapeutic use")):
        yield f"E.7.{number} | {words} (Phase {roman}) | {'Yes' if f'PHASE{number}' in phases else 'No'}"
    random, masking, model = (fields.get(name) for name in ("allocation", "masking", "model"))
    page.state("allocation", "RANDOMIZED" if random == "RANDOMIZED" else None)
    page.unjudged(*(["allocation"] if random != "RANDOMIZED" else []))
    blind = masking in ("DOUBLE", "TRIPLE", "QUADRUPLE", "DOUBLE_BLIND")
    page.state("masking", {"NONE": "NONE", "SINGLE": "SINGLE"}.get(str(masking), "DOUBLE" if blind else None))
    if blind:
        page.state("masking", "DOUBLE", "DOUBLE_BLIND")
    page.state("model", model if model in ("PARALLEL", "CROSSOVER") else None)
    page.unjudged(*(["model"] if model not in ("PARALLEL", "CROSSOVER") else []))
    for row, words, shown in (
        ("E.8.1.1", "Randomised", random == "RANDOMIZED"),
        ("E.8.1.2", "Open", masking == "NONE"),
        ("E.8.1.3", "Single blind", masking == "SINGLE"),
        ("E.8.1.4", "Double blind", blind),
        ("E.8.1.5", "Parallel group", model == "PARALLEL"),
        ("E.8.1.6", "Cross over", model == "CROSSOVER"),
    ):
        yield f"{row} | {words} | {'Yes' if shown else 'No'}"
    yield from ("F. Population of Trial Subjects", "F.1.1 | Trial has subjects under 18 | No")
    yield from ("F.1.2 | Adults (18-64 years) | Yes", "F.1.3 | Elderly (>=65 years) | Yes")
    page.unjudged("age_min", "age_max", "study_type", "purpose")
    sex = fields.get("sex")
    page.state("sex", sex)
    yield f"F.2.1 | Female | {'Yes' if sex in ('ALL', 'FEMALE') else 'No'}"
    yield f"F.2.2 | Male | {'Yes' if sex in ('ALL', 'MALE') else 'No'}"
    if sex is None:
        page.unjudged("sex")
    yield f"F.4.2.2 | In the whole clinical trial | {page.fact('enrollment')}"
    yield from ("P. End of Trial", f"P. | Date of the global end of the trial | {page.fact('completion_date')}")


STYLES = {
    "ctgov_record": ctgov_record,
    "ctgov_tabular": ctgov_tabular,
    "ctgov_results": ctgov_results,
    "who_ictrp": who_ictrp,
    "isrctn": isrctn,
    "anzctr": anzctr,
    "euctr": euctr,
}
