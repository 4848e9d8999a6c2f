"""Score what was read from a page against the facts that the page states.

Names count as the same when the tables link them to the same entity, else when letters and digits agree.
An invention is a value where the text states none.  What gold calls optional is neither rewarded nor
punished, nor is a field that it calls unjudged.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kg.reading.mentions import Names
from kg.reading.readings import Intervention, Outcome, Reading
from kg.reading.statements import Claims, Mechanism, Recommendation

SCALARS = (
    "registry_id", "title", "phase", "study_type", "allocation", "model", "masking", "purpose", "enrollment", "sponsor",
    "age_min", "age_max", "sex", "status", "start_date", "completion_date", "primary_completion_date", "n_groups",
    "acronym",
)  # fmt: skip
UNSCORED_IF_ABSENT = frozenset({"primary_completion_date", "acronym", "n_groups"})
"""Fields that gold states only now and then: not given there does not mean not stated."""


class Tally:
    """Counts of one field: right, given, stated, invented."""

    def __init__(self) -> None:
        self.right = self.given = self.stated = self.invented = 0

    def add(self, *, right: int = 0, given: int = 0, stated: int = 0, invented: int = 0) -> None:
        """Count."""
        self.right += right
        self.given += given
        self.stated += stated
        self.invented += invented

    def figures(self) -> tuple[float, float, float]:
        """Return precision, recall and F1."""
        precision = self.right / self.given if self.given else 1.0
        recall = self.right / self.stated if self.stated else 1.0
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class Slip(NamedTuple):
    """An error of the reader."""

    file: str
    style: str
    field: str
    text: str
    """Begins with its kind: missed, wrong, INVENTED, NEGATED or want."""


class Scorer:
    """Scores readings and keeps every error."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.fields: dict[str, Tally] = defaultdict(Tally)
        self.styles: dict[str, Tally] = defaultdict(Tally)
        self.errors: list[Slip] = []
        self.counts: Counter[str] = Counter({"positive facts from negated sentences": 0})

    def score(self, gold: Mapping[str, Any], reading: Reading) -> None:
        """Score a page."""
        for field in SCALARS:
            self._scalar(field, gold, reading)
        self._conditions(gold, reading)
        self._location(gold, reading)
        self._interventions(gold, reading)
        self._outcomes(gold, reading)
        if reading.claims is not None and "claims" not in gold.get("unjudged", ()):
            self.score_claims(gold, reading.claims)

    def score_claims(self, gold: Mapping[str, Any], claims: Claims) -> None:
        """Score what the prose of a page claims."""
        self._mechanisms(gold, claims)
        self._approvals(gold, claims)
        if "background" not in gold.get("unjudged", ()):
            self._background(gold, claims)
        if "recommendations" in gold:
            self._recommendations(gold, claims)
        for kind in ("derivation", "role", "experience", "gap"):
            for item in gold.get(kind, ()):
                self._statement(gold, kind, item, claims)

    def _count(self, gold: Mapping[str, Any], field: str, **counts: int) -> None:
        self.fields[field].add(**counts)
        self.styles[str(gold.get("style", "seed"))].add(**counts)

    def _miss(self, gold: Mapping[str, Any], field: str, text: str) -> None:
        self.errors.append(Slip(gold["file"], str(gold.get("style", "seed")), field, text))

    def _scalar(self, field: str, gold: Mapping[str, Any], reading: Reading) -> None:
        want, have = gold.get(field), reading.value(field)
        others = gold.get(f"{field}_alt", [])
        if field in gold.get("unjudged", ()) or (have is None and (want is None or None in others)):
            return
        if want is None:
            if field in UNSCORED_IF_ABSENT:
                return
            if have is not None and not any(same(have, other) for other in others):
                self._count(gold, field, given=1, invented=1)
                self._miss(gold, field, f"INVENTED {have!r}")
            return
        right = have is not None and any(same(have, value) for value in (want, *others))
        self._count(gold, field, right=right, given=have is not None, stated=1)
        if not right:
            self._miss(gold, field, f"want {want!r} have {have!r}")

    def _key(self, kind: str, name: str) -> str:
        links = self.names.lexicons[kind].link(name)
        return plain(self.names.canonical(links[0].entity) if links else name)

    def _conditions(self, gold: Mapping[str, Any], reading: Reading) -> None:
        want = {self._key("Disease", name) for name in gold["conditions"]}
        accepted = want | {self._key("Disease", name) for name in gold.get("conditions_alt", [])}
        have = {self._key("Disease", item.canonical) for item in reading.conditions}
        unjudged = gold.get("unjudged", ())
        if "conditions" in unjudged:
            return
        wrong = set() if "conditions extra" in unjudged else have - accepted
        self._sets(gold, "conditions", want, have, wrong)

    def _sets(self, gold: Mapping[str, Any], field: str, want: set[str], have: set[str], wrong: set[str]) -> None:
        right = len(want & have)
        self._count(
            gold, field, right=right, given=right + len(wrong), stated=len(want), invented=0 if want else len(wrong)
        )
        for name in sorted(want - have):
            self._miss(gold, field, f"missed {name}")
        for name in sorted(wrong):
            self._miss(gold, field, f"wrong {name}")

    def _location(self, gold: Mapping[str, Any], reading: Reading) -> None:
        want = gold.get("location")
        have = reading.locations[0] if reading.locations else None
        if want is None and have is None:
            return
        right = (
            want is not None
            and have is not None
            and same(have.facility, want["facility"])
            and same(have.country, want["country"])
        )
        self._count(
            gold, "location", right=right, given=have is not None, stated=want is not None, invented=want is None
        )
        if not right:
            self._miss(gold, "location", f"want {want} have {have and (have.facility, have.city, have.country)}")

    def _interventions(self, gold: Mapping[str, Any], reading: Reading) -> None:
        seen: set[str] = set()
        for have in reading.interventions:
            item = self._intervention(have, gold["interventions"])
            found = str(item.get("canonical", have.canonical))
            if item.get("optional") or found in seen or self._unjudged(have.role, gold) > bool(item):
                continue
            seen.add(found)
            roles = {item.get("role"), *item.get("role_alt", [])}
            self._count(gold, "interventions", right=have.role in roles, given=1)
            if have.role not in roles:
                self._miss(gold, "interventions", f"wrong {found}: {have.role}, want {sorted(roles - {None})}")
        for item in gold["interventions"]:
            if not item.get("optional"):
                self._count(gold, "interventions", stated=1)
                if item["canonical"] not in seen:
                    self._miss(gold, "interventions", f"missed {item['canonical']} {item['role']}")

    def _intervention(self, have: Intervention, items: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        key = self._key("Intervention", have.entity or have.canonical)
        for item in items:
            names = (item["canonical"], *item.get("canonical_alt", []))
            if key in {self._key("Intervention", name) for name in names}:
                return item
        for item in items:
            known = have.entity and self.names.lexicons["Intervention"].link(item["canonical"])
            alike = overlap(have.name, item["name"]) or overlap(have.canonical, item["name"])
            if alike and not known and min(len(have.name), len(item["name"])) > 3:
                return item
        return {}

    @staticmethod
    def _unjudged(role: str, gold: Mapping[str, Any]) -> bool:
        return role in ("mentioned", "background") and "mentions" in gold.get("unjudged", ())

    def _outcomes(self, gold: Mapping[str, Any], reading: Reading) -> None:
        if "outcomes" in gold.get("unjudged", ()):
            return
        left = list(reading.outcomes)
        for item in sorted(gold["outcomes"], key=lambda item: bool(item.get("optional"))):
            match = next((outcome for outcome in left if self._is_outcome(outcome, item, gold)), None)
            if match is not None:
                left.remove(match)
                self._compare_outcomes(gold, item, match)
            if item.get("optional"):
                continue
            self._count(gold, "outcomes", right=match is not None, given=match is not None, stated=1)
            if match is None:
                self._miss(gold, "outcomes", f"missed {item['canonical']} | {item['time_frame']} ({item['measure']})")
        for extra in left:
            self._count(gold, "outcomes", given=1, invented=not gold["outcomes"])
            self._miss(gold, "outcomes", f"wrong {extra.canonical} | {extra.time_frame} ({extra.measure})")

    def _is_outcome(self, outcome: Outcome, item: Mapping[str, Any], gold: Mapping[str, Any]) -> bool:
        times = {frame(time) for time in (item["time_frame"], *item.get("time_frame_alt", []))}
        free = item.get("any_time") or "time frames" in gold.get("unjudged", ())
        if not free and frame(outcome.time_frame) not in times:
            return False
        if (item["canonical"] is None or item.get("by_words")) and overlap(outcome.measure, item["measure"]):
            return True
        if item["canonical"] is None:
            return False
        keys = {self._key("Measure", name) for name in (item["canonical"], *item.get("canonical_alt", []))}
        return self._key("Measure", outcome.entity or outcome.canonical) in keys

    def _compare_outcomes(self, gold: Mapping[str, Any], item: Mapping[str, Any], have: Outcome) -> None:
        if item["type"] not in ("unknown", have.type, *item.get("type_alt", [])):
            self._miss(gold, "outcome type", f"{item['measure']}: want {item['type']} have {have.type}")
        for part in ("range", "direction"):
            value = getattr(have, part)
            if part in item and value not in (item[part], *item.get(f"{part}_alt", [])):
                self.counts[f"outcome {part} wrong"] += 1
                self._miss(gold, f"outcome {part}", f"{item['measure']}: want {item[part]} have {value}")

    def _mechanisms(self, gold: Mapping[str, Any], claims: Claims) -> None:
        left = [claim for claim in claims.mechanism if not claim.denied and self._judged(claim.quote, gold)]
        for item in gold["mechanism_claims"]:
            about = [claim for claim in left if overlap(claim.quote, item["quote"])]
            drug = self._key("Intervention", item["drug"])
            targets = {plain(target) for target in (*item["targets"], *item.get("targets_alt", []))}
            matches = [
                claim
                for claim in about
                if self._key("Intervention", claim.drug) == drug
                and (not targets or targets & {plain(name) for name in (*claim.targets, *claim.symbols)})
            ]
            if item.get("optional"):
                left = [claim for claim in left if claim not in about]
                continue
            self._count(gold, "mechanism", right=bool(matches), given=bool(matches), stated=1)
            if matches:
                left = [claim for claim in left if claim not in about or claim.drug != matches[0].drug]
            else:
                self._miss(gold, "mechanism", f"missed {item['drug']} {item['targets']}: {item['quote'][:90]}")
        for claim in left:
            if not (claim.hedged or self._is_effect_on_cells(claim, gold)):
                self._count(gold, "mechanism", given=1, invented=not gold["mechanism_claims"])
                told = f"{claim.drug} {claim.action} {claim.targets} [{claim.rule}]: {claim.quote[:90]}"
                self._miss(gold, "mechanism", f"{self._wrong(claim.quote, gold)} {told}")

    @staticmethod
    def _judged(quote: str, gold: Mapping[str, Any]) -> bool:
        return not gold.get("judged_prose") or overlap(quote, gold["judged_prose"])

    def _wrong(self, quote: str, gold: Mapping[str, Any], *, negated: bool = False) -> str:
        """Name the kind of error: a fact made of a negation is counted on its own."""
        if negated or any(overlap(quote, denial) for denial in gold.get("negations", ())):
            self.counts["positive facts from negated sentences"] += 1
            return "NEGATED"
        return "wrong"

    def _is_effect_on_cells(self, claim: Mechanism, gold: Mapping[str, Any]) -> bool:
        """Tell whether a claim says which cells a drug acts on whose target gold gives."""
        drugs = {self._key("Intervention", item["drug"]) for item in gold["mechanism_claims"]}
        cells = all(re.search(r"cell|cyte|blast", target, re.I) for target in claim.targets)
        return cells and bool(claim.targets) and self._key("Intervention", claim.drug) in drugs

    def _approvals(self, gold: Mapping[str, Any], claims: Claims) -> None:
        want = [
            (self._key("Intervention", item["drug"]), name, item)
            for item in gold["approved_indications_claimed"]
            for name in item["indications"]
        ]
        have = [
            (self._key("Intervention", claim.drug), name, claim)
            for claim in claims.approvals
            if not claim.denied and self._judged(claim.quote, gold)
            for name in claim.indications
        ]
        for drug, name, item in want:
            match = next((pair for pair in have if pair[0] == drug and self._same_disease(pair[1], name)), None)
            if not item.get("optional"):
                self._count(gold, "approvals", right=match is not None, given=match is not None, stated=1)
                if match is None:
                    self._miss(gold, "approvals", f"missed {drug}: {name}")
        stated = [(drug, name) for drug, name, _ in want]
        stated += [
            (drug, other)
            for drug, _, item in want
            for other in (*item.get("indications_surface", []), *item.get("indications_alt", []))
        ]
        for drug, name, claim in have:
            if any(drug == other and self._same_disease(name, disease) for other, disease in stated):
                continue
            negated = any(self._same_disease(name, item[1]) for item in gold.get("not_for", []))
            self._count(gold, "approvals", given=1, invented=not want)
            kind = self._wrong(claim.quote, gold, negated=negated)
            self._miss(gold, "approvals", f"{kind} {drug}: {name} [{claim.rule}]")

    def _same_disease(self, one: str, other: str) -> bool:
        short, long = sorted((plain(one), plain(other)), key=len)
        return self._key("Disease", one) == self._key("Disease", other) or (len(short) > 8 and short in long)

    def _background(self, gold: Mapping[str, Any], claims: Claims) -> None:
        want = {self._key("Intervention", name) for name in gold["background_treatments"]}
        have = {
            self._key("Intervention", claim.drug or claim.value or claim.surface)
            for claim in claims.background
            if not claim.denied
        }
        accepted = {self._key("Intervention", name) for name in gold.get("background_treatments_alt", [])}
        self._sets(gold, "background", want, have, have - want - accepted)

    def _recommendations(self, gold: Mapping[str, Any], claims: Claims) -> None:
        left = [c for c in claims.recommendations if not c.denied and self._judged(c.quote, gold)]
        for item in gold["recommendations"]:
            match = next((claim for claim in left if self._is_recommended(claim, item)), None)
            left = [claim for claim in left if not self._is_recommended(claim, item)]
            if not item.get("optional"):
                self._count(gold, "recommendation", right=match is not None, given=match is not None, stated=1)
                if match is None:
                    self._miss(gold, "recommendation", f"missed {item['drug']} {item['line']}")
        for claim in left:
            self._count(gold, "recommendation", given=1, invented=not gold["recommendations"])
            self._miss(gold, "recommendation", f"{self._wrong(claim.quote, gold)} {claim.drug} {claim.line}")

    def _is_recommended(self, claim: Recommendation, item: Mapping[str, Any]) -> bool:
        return claim.line == item["line"] and bool(self._each(claim.drug) & self._each(item["drug"]))

    def _each(self, drugs: str) -> set[str]:
        """Return the keys of drugs that are given together, and of the whole if it is one name."""
        names = (drugs, *re.split(r"\||, | with | or | and ", drugs))
        return {self._key("Intervention", name) for name in names}

    def _statement(self, gold: Mapping[str, Any], kind: str, item: Mapping[str, str], claims: Claims) -> None:
        drugs = {self._key("Intervention", name) for name in item["drug"].split("|") if name}
        found = [claim for claim in (*claims.others, *claims.negations) if claim.kind == kind]
        right = any(
            kind == "gap" or (claim.drug and self._key("Intervention", claim.drug) in drugs)
            for claim in found
            if overlap(claim.quote, item["quote"])
        )
        self._count(gold, kind, right=right, given=right, stated=1)
        if not right:
            self._miss(gold, kind, f"missed {item['drug']}: {item['quote'][:90]}")


def same(one: object, other: object) -> bool:
    """Whether two values are the same; of texts, whether letters and digits are."""
    if isinstance(one, str) and isinstance(other, str):
        return plain(one) == plain(other)
    return one == other


def plain(text: str) -> str:
    """Return letters and digits only, in lower case."""
    return re.sub(r"[\W_]", "", text.casefold())


def overlap(one: str, other: str) -> bool:
    """Whether one text holds the other."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return bool(short) and short in long


def frame(text: str | None) -> str | None:
    """Return the form in which time frames are compared."""
    if text is None:
        return None
    plain = re.sub(r"[^\w\s]", " ", text.casefold())
    return " ".join(re.sub(r"^\s*(?:at|after|from)\s+", "", plain).split())


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up tallies."""
    result = Tally()
    for tally in tallies:
        result.add(right=tally.right, given=tally.given, stated=tally.stated, invented=tally.invented)
    return result
