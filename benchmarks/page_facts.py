"""The facts of a trial as a site would print them, and the gold of a page: exactly the facts it printed.

A style asks a `Page` for each fact in the words of its site; what was asked for and not lost on the way
is what the text states, and nothing else gets into its gold.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kg.lexicon import Lexicon

ROLES = ("experimental", "comparator", "background")
"""What a drug can be in an arm, by the conventions of the gold facts; a placebo is a comparator."""

DRUG_KINDS = frozenset(
    {"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "GENETIC", "DIETARY_SUPPLEMENT"},
)

_CUES = {
    "phase": r"\bphase",
    "study_type": r"observational|interventional|clinical trial|cohort|retrospective|random|single.arm|trial",
    "allocation": r"random|allocat|assigned",
    "model": r"parallel|cross.?over|single|sequential|factorial|\barms?\b|\bgroups?\b|cohorts?\b|versus|compar|random",
    "masking": r"blind|mask|\bopen\b|placebo",
    "purpose": r"treat|prevent|diagnos|support|therap",
    "enrollment": r"patients|subjects|participants|volunteers|adults|people|men\b|children|individuals|sample size",
    "sponsor": r"sponsor|conducted by|funded",
    "age_min": r"\bage|years|\byrs?\b|adult",
    "age_max": r"\bage|years|\byrs?\b|adult",
    "sex": r"\bwomen\b|\bmen\b|male|both sexes|gender|pregnan",
    "status": r"recruit|complet|terminat|withdrawn|enroll|ongoing|suspend",
    "start_date": r"(?:19|20)\d\d",
    "completion_date": r"(?:19|20)\d\d",
    "registry_id": r"NCT\d|ISRCTN|EudraCT|20\d\d-\d{6}",
    "title": r"$^",
    "n_groups": r".",
}
"""What in free text might state a field: a page with such words is not judged on a field that no label gives."""

_ALSO_RIGHT: dict[tuple[str, str | int], tuple[str | None, ...]] = {
    ("masking", "DOUBLE_BLIND"): ("DOUBLE",),
    ("masking", "DOUBLE"): ("DOUBLE_BLIND",),
    ("enrollment", 0): (None,),
}
"""Values that a reader may give as well: nobody, in a trial that was withdrawn, is no number of participants."""
_CLAIMS = ("mechanism_claims", "approved_indications_claimed", "background_treatments")
_REGISTERED = re.compile(r"(?:NCT|ISRCTN|ACTRN|DRKS|ChiCTR|JPRN|jRCT|UMIN|EUCTR|NL|CTRI|20\d\d-)")
_TIMED = re.compile(r"\b(?:week|month|day|year|hour|baseline|end of)", re.I)
_MONTHS = tuple(date(2000, month, 1).strftime("%B") for month in range(1, 13))


@dataclass(frozen=True)
class Arm:
    """A group of participants."""

    label: str
    kind: str | None
    text: str = ""
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What is given or done: its kind, name and the arms that get it."""

    kind: str
    name: str
    text: str = ""
    arms: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Known roles; empty: the kinds of its arms tell."""


@dataclass(frozen=True)
class Measured:
    """What the trial measures."""

    kind: str
    title: str
    time: str = ""
    text: str = ""


@dataclass(frozen=True)
class Site:
    """Where the trial is done."""

    facility: str
    city: str
    country: str
    region: str = ""
    code: str = ""


@dataclass(frozen=True)
class Trial:
    """A trial as its registry record states it; fields are keyed and valued as in the gold facts."""

    fields: Mapping[str, str | int]
    conditions: tuple[str, ...]
    given: tuple[Given, ...]
    arms: tuple[Arm, ...] = ()
    outcomes: tuple[Measured, ...] = ()
    sites: tuple[Site, ...] = ()
    keywords: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()
    official_title: str = ""
    summary: str = ""
    description: str = ""
    criteria: str = ""
    collaborators: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    posted: str = ""
    updated: str = ""
    stopped: str = ""
    has_results: bool = False
    claims: Mapping[str, list[Any]] | None = None
    """What its summary claims, if that is known."""

    @property
    def id(self) -> str:
        """The id in its register."""
        return str(self.fields["registry_id"])

    def free_text(self) -> Iterator[str]:
        """Yield the texts in which authors write what a label may state as well."""
        yield from (str(self.fields.get("title", "")), self.official_title)
        parts: tuple[Arm | Given | Measured, ...] = (*self.arms, *self.given, *self.outcomes)
        yield from (part.text for part in parts)


@dataclass
class Page:
    """A page in the making: hands out facts in words and keeps what it has handed out as gold.

    Examples
    --------
    >>> trial = Trial({"registry_id": "NCT00000001", "phase": "PHASE2"}, ("gout",), ())
    >>> page = Page(trial, "example", {}, loss=0)
    >>> page.fact("phase", "roman"), page.gold()["phase"], page.gold()["registry_id"]
    ('Phase II', 'PHASE2', None)
    """

    trial: Trial
    style: str
    lexicons: Mapping[str, Lexicon]
    loss: float = 0.06
    chance: random.Random = field(init=False)
    _stated: dict[str, Any] = field(default_factory=dict)
    _accepted: dict[str, list[Any]] = field(default_factory=dict)
    _unjudged: set[str] = field(default_factory=set)
    _prose: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.trial.id} {self.style}")

    def any(self, *choices: str) -> str:
        """Choose one of several wordings."""
        return self.chance.choice(choices)

    def lost(self, rate: float | None = None) -> bool:
        """Whether something is missing in this capture."""
        return self.chance.random() < (self.loss if rate is None else rate)

    def fact(self, name: str, form: str = "plain", *, accept: Sequence[Any] = (), certain: bool = False) -> str:
        """Return a field in words and count it as stated; empty if the record or this capture lacks it."""
        value = self.trial.fields.get(name)
        if value is None or (not certain and name not in ("registry_id", "title") and self.lost()):
            return ""
        words = in_words(name, value, form)
        if words:
            self._stated[name] = value
            self._accepted.setdefault(f"{name}_alt", []).extend((*accept, *_ALSO_RIGHT.get((name, value), ())))
        return words

    def state(self, name: str, value: Any, *accept: Any) -> None:
        """Count a value as stated that the style has worded itself."""
        self._stated[name] = value
        self._accepted.setdefault(f"{name}_alt", []).extend(accept)

    def unjudged(self, *names: str) -> None:
        """Do not judge fields that this page states in a way that has no one reading."""
        self._unjudged.update(names)

    def prose(self, text: str, *, line_break: str = "\n") -> str:
        """Return free text of the record, its line breaks as this site has them."""
        self._prose.append(text)
        return line_break.join(line.strip() for line in text.splitlines() if line.strip())

    def bare(self, text: str, line_break: str = " ") -> str:
        """Return free text without the escapes of the registry's mark-up."""
        return re.sub(r"\\(?=[^\w\s])", "", self.prose(text, line_break=line_break))

    def joined_conditions(self, mark: str) -> str:
        """Return the conditions in one line, where a mark between them may also stand in their names."""
        return mark.join(self.conditions(separate=not any(mark.strip() in name for name in self.trial.conditions)))

    def conditions(self, *, separate: bool = True) -> tuple[str, ...]:
        """Return the conditions; where the site runs them together, only names of the tables are required."""
        self._stated["conditions"] = (
            self.trial.conditions if separate else self._known("Disease", self.trial.conditions)
        )
        self._accepted["conditions_alt"] = [*self.trial.conditions, *self.trial.keywords]
        if not separate:
            self._unjudged.add("conditions extra")
        return self.trial.conditions

    def given(self, *, arms: bool) -> tuple[Given, ...]:
        """Return what is given; the role is judged only where the page tells the arms."""
        drugs: dict[str, dict[str, Any]] = {}
        for item in self.trial.given:
            links = self.lexicons["Intervention"].link(item.name) if self.lexicons else ()
            names = tuple(link.entity for link in links) or (item.name,)
            usual = self._roles(item) if arms else ROLES
            for name in names:
                roles = ("comparator", "placebo") if name == "placebo" else usual
                first: dict[str, Any] = {"name": item.name, "canonical": name, "role": roles[0], "role_alt": []}
                known = drugs.setdefault(name, first)
                known["role_alt"] = sorted({*known["role_alt"], *roles})
                observed = self.trial.fields.get("study_type") == "OBSERVATIONAL"
                if not links and (observed or item.kind not in DRUG_KINDS or len(item.name.split()) > 3):
                    known["optional"] = True
        for name in self._known("Intervention", (arm.label for arm in self.trial.arms)):
            either = ("comparator", "placebo") if name == "placebo" else ROLES
            named = {"name": name, "canonical": name, "role": either[0], "role_alt": list(either), "optional": True}
            drugs.setdefault(name, named)
        self._stated["interventions"] = list(drugs.values())
        return self.trial.given

    def outcomes(self, kind: str, *, typed: bool = True, timed: bool = True, known: bool = False) -> list[Measured]:
        """Return the outcomes of a kind; with ``known``, only those that the tables name are required."""
        found = [item for item in self.trial.outcomes if item.kind == kind]
        for item in found:
            entities = self._known("Measure", (item.title,))
            gold: dict[str, Any] = {
                "measure": item.title,
                "canonical": entities[0] if entities else None,
                "canonical_alt": list(entities[1:]),
                "type": kind if typed and kind != "other" else "unknown",
                "time_frame": (item.time or None) if timed else None,
            }
            if self.trial.claims is None:
                gold["by_words"] = True
            if not gold["time_frame"] and _TIMED.search(item.title):
                gold["any_time"] = True
            if (known and not entities) or kind == "other":
                gold["optional"] = True
            self._stated.setdefault("outcomes", []).append(gold)
        return [item if timed else replace(item, time="") for item in found]

    def sites(self, limit: int = 3) -> tuple[Site, ...]:
        """Return the first sites; the first one is the location of the gold facts."""
        sites = self.trial.sites[:limit]
        if sites:
            first = sites[0]
            self._stated["location"] = {"facility": first.facility, "city": first.city, "country": first.country}
        return sites

    def mentioned(self) -> None:
        """Count the drugs of the record as stated if their names stand in the prose."""
        prose = plain(" ".join(self._prose))
        self.given(arms=False)
        known = self.lexicons["Intervention"].entries if self.lexicons else {}
        for item in self._stated["interventions"]:
            item["role_alt"] = [*ROLES, "placebo", "mentioned"]
            name = item["name"] = item["canonical"]
            if name not in known or name == "placebo" or plain(name) not in prose:
                item["optional"] = True

    def gold(self, text: str | None = None) -> dict[str, Any]:
        """Return the gold facts of what has been handed out; with the text, only what stands in it."""
        if text is not None:
            self._keep_what_stands_in(plain(text))
        prose = " ".join(self._prose)
        free = " ".join((prose, *self.trial.free_text()))
        unjudged = {name for name, cue in _CUES.items() if name not in self._stated and re.search(cue, free, re.I)}
        gold: dict[str, Any] = {name: self._stated.get(name) for name in _CUES}
        gold |= {"conditions": [], "interventions": [], "outcomes": [], "location": None}
        gold |= {name: value for name, value in self._stated.items() if value is not None}
        gold |= {name: values for name, values in self._accepted.items() if values}
        if prose:
            unjudged |= {"mentions"} | {name for name in ("conditions", "outcomes") if not gold[name]}
        claims = self.trial.claims if self.trial.summary in self._prose else None
        unjudged.add("background" if claims else "claims")
        return {
            "style": self.style,
            "trial": self.trial.id,
            **gold,
            **(claims or {name: [] for name in _CLAIMS}),
            "judged_prose": self.trial.summary if claims else None,
            "unjudged": sorted(unjudged | self._unjudged),
        }

    def _keep_what_stands_in(self, text: str) -> None:
        stated = self._stated
        if not _REGISTERED.match(str(stated.get("registry_id", ""))):
            stated.pop("registry_id", None)
            self._unjudged.add("registry_id")
        for name in ("title", "sponsor", "registry_id"):
            if name in stated and plain(str(stated[name])) not in text:
                del stated[name]
        stated["outcomes"] = [item for item in stated.get("outcomes", ()) if plain(item["measure"]) in text]
        stated["interventions"] = [
            item if plain(item["name"]) in text else {**item, "optional": True}
            for item in stated.get("interventions", ())
        ]
        stated["conditions"] = [name for name in stated.get("conditions", ()) if self._stands(name, text)]

    def _stands(self, condition: str, text: str) -> bool:
        return plain(condition) in text or any(plain(name) in text for name in self.trial.conditions)

    def _known(self, kind: str, names: Iterable[str]) -> tuple[str, ...]:
        if not self.lexicons:
            return ()
        return tuple(dict.fromkeys(link.entity for name in names for link in self.lexicons[kind].link(name)))

    def _roles(self, item: Given) -> tuple[str, ...]:
        if item.roles:
            return item.roles
        kinds = {arm.kind for arm in self.trial.arms if arm.label in item.arms}
        if not kinds or kinds & {None, "OTHER"}:
            return ROLES
        if "EXPERIMENTAL" not in kinds:
            return ("comparator",) if "ACTIVE_COMPARATOR" in kinds else ("comparator", "background")
        if len(kinds) > 1:
            return ("background", "experimental", "comparator")
        together = any(set(other.arms) == set(item.arms) for other in self.trial.given if other is not item)
        return ("experimental", "background") if together else ("experimental",)


def plain(text: str) -> str:
    """Return letters and digits only, in lower case."""
    return re.sub(r"[\W_]", "", text.casefold())


def in_words(name: str, value: str | int, form: str) -> str:
    """Word a value as sites do; a form that has no word for it gives the value's own words.

    >>> in_words("phase", "PHASE2/PHASE3", "amp"), in_words("start_date", "2019-07", "named")
    ('Phase 2 & 3', 'July 2019')
    """
    if name.endswith("_date"):
        return day(str(value), form)
    if name == "phase":
        return _phase(str(value), form)
    if name in ("age_min", "age_max"):
        return f"{value} Years" if form == "plain" else form.format(value)
    if isinstance(value, int) or name in ("registry_id", "title", "sponsor", "acronym"):
        return form.format(value) if "{" in form else str(value)
    if form == "caps":
        return str(value)
    return WORDS.get(f"{name} {form}", {}).get(str(value)) or WORDS[name][str(value)]


def day(iso: str, form: str) -> str:
    """Write a date, however precise, in a form of a site.

    >>> day("2019-07-26", "european"), day("2019-07", "european"), day("2019-07-26", "short")
    ('26/07/2019', '07/2019', 'Jul 26, 2019')
    """
    year, *rest = iso.split("-")
    if form in ("plain", "iso") or not rest:
        return iso
    month = _MONTHS[int(rest[0]) - 1]
    if form == "short":
        month = month[:3]
    if len(rest) == 1:
        return f"{rest[0]}/{year}" if form in ("european", "american") else f"{month} {year}"
    number = int(rest[1])
    return {
        "european": f"{rest[1]}/{rest[0]}/{year}",
        "british": f"{number} {month} {year}",
    }.get(form, f"{month} {number}, {year}")


def _phase(value: str, form: str) -> str:
    if form == "caps":
        return value.replace("/", ", ")
    numbers = [part.removeprefix("EARLY_").removeprefix("PHASE") for part in value.split("/")]
    early = "Early " if value.startswith("EARLY") else ""
    if form == "number":
        return early + "/".join(numbers)
    if form == "roman":
        return f"{early}Phase " + "/".join({"1": "I", "2": "II", "3": "III", "4": "IV"}[number] for number in numbers)
    if form == "amp":
        return f"{early}Phase " + " & ".join(numbers)
    return early + "/".join(f"Phase {number}" for number in numbers)


WORDS: dict[str, dict[str, str]] = {
    "study_type": {"INTERVENTIONAL": "Interventional", "OBSERVATIONAL": "Observational"},
    "allocation": {"RANDOMIZED": "Randomized", "NON_RANDOMIZED": "Non-Randomized", "NA": "N/A"},
    "allocation british": {"RANDOMIZED": "Randomised controlled trial", "NON_RANDOMIZED": "Non-randomised trial"},
    "allocation anzctr": {
        "RANDOMIZED": "Randomised controlled trial",
        "NON_RANDOMIZED": "Non-randomised trial",
        "NA": "Not applicable - single arm trial",
    },
    "model": {
        "PARALLEL": "Parallel Assignment",
        "SINGLE_GROUP": "Single Group Assignment",
        "CROSSOVER": "Crossover Assignment",
        "SEQUENTIAL": "Sequential Assignment",
        "FACTORIAL": "Factorial Assignment",
    },
    "model short": {
        "PARALLEL": "Parallel",
        "SINGLE_GROUP": "Single Group",
        "CROSSOVER": "Crossover",
        "SEQUENTIAL": "Sequential",
        "FACTORIAL": "Factorial",
    },
    "masking": {
        "NONE": "None (Open Label)",
        "SINGLE": "Single",
        "DOUBLE": "Double",
        "TRIPLE": "Triple",
        "QUADRUPLE": "Quadruple",
        "DOUBLE_BLIND": "Double-blind",
    },
    "masking blind": {
        "NONE": "None (Open label)",
        "SINGLE": "Single Blind",
        "DOUBLE": "Double Blind",
        "TRIPLE": "Triple Blind",
        "QUADRUPLE": "Quadruple Blind",
    },
    "masking british": {
        "NONE": "open label",
        "SINGLE": "single-blind",
        "DOUBLE": "double-blind",
        "TRIPLE": "triple-blind",
        "QUADRUPLE": "quadruple-blind",
        "DOUBLE_BLIND": "double-blind",
    },
    "purpose": {
        "TREATMENT": "Treatment",
        "PREVENTION": "Prevention",
        "DIAGNOSTIC": "Diagnostic",
        "SUPPORTIVE_CARE": "Supportive Care",
        "BASIC_SCIENCE": "Basic Science",
        "HEALTH_SERVICES_RESEARCH": "Health Services Research",
        "SCREENING": "Screening",
        "OTHER": "Other",
    },
    "sex": {"ALL": "All", "FEMALE": "Female", "MALE": "Male"},
    "sex both": {"ALL": "Both", "FEMALE": "Female", "MALE": "Male"},
    "sex genders": {"ALL": "All Genders", "FEMALE": "Female only", "MALE": "Male only"},
    "sex any": {"ALL": "Any", "FEMALE": "Female", "MALE": "Male"},
    "sex and": {"ALL": "Male and Female", "FEMALE": "Female", "MALE": "Male"},
    "status": {
        "COMPLETED": "Completed",
        "RECRUITING": "Recruiting",
        "NOT_YET_RECRUITING": "Not yet recruiting",
        "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
        "ENROLLING_BY_INVITATION": "Enrolling by invitation",
        "TERMINATED": "Terminated",
        "WITHDRAWN": "Withdrawn",
        "SUSPENDED": "Suspended",
        "UNKNOWN": "Unknown status",
        "NOT_RECRUITING": "No longer recruiting",
    },
    "status veeva": {
        "RECRUITING": "Enrolling",
        "NOT_YET_RECRUITING": "Not yet enrolling",
        "ACTIVE_NOT_RECRUITING": "Active, not enrolling",
        "ENROLLING_BY_INVITATION": "Invitation-only",
        "UNKNOWN": "Unknown",
    },
}
