"""Trials to render: real registry records, and the project's own curated trials."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from page_claims import fit_for_any_page, gold, sentences
from page_facts import DRUG_KINDS, Arm, Given, Measured, Site, Trial

from kg.resources import root

REGISTRY = root().parent / "shared" / "data" / "ctgov" / "studies.jsonl.gz"
CURATED = root() / "data" / "trials"
MOST_OUTCOMES = 8
"""So many outcomes of a kind are rendered: a record with sixty of them would outweigh twenty others."""
_ALWAYS_DEVELOPMENT = frozenset({"NCT04946669", "NCT05488327"})
_ROLES = {"experimental": "experimental", "comparator": "comparator", "placebo": "comparator"}


def development(trial: str) -> bool:
    """Whether the pages of a trial may be looked at while rules are written: about two thirds.

    >>> development("NCT05488327")
    True
    """
    return trial in _ALWAYS_DEVELOPMENT or int(hashlib.sha256(trial.encode()).hexdigest(), 16) % 3 != 0


def trials(registry: Path = REGISTRY, curated: Path = CURATED) -> Iterator[Trial]:
    """Read the trials that give drugs, registry records first; without the registry file, only the curated ones."""
    if registry.exists():
        with gzip.open(registry, "rt", encoding="utf-8") as lines:
            for line in lines:
                trial = from_registry(json.loads(line))
                if any(item.kind in DRUG_KINDS for item in trial.given):
                    yield trial
    for path in sorted(curated.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record.get("uses"):
            yield from_curated(record)


def from_registry(record: Mapping[str, Any]) -> Trial:
    """Take the facts of a ClinicalTrials.gov v2 record."""
    parts = {name.removesuffix("Module"): part for name, part in record["protocolSection"].items()}
    names, status, design = parts["identification"], parts["status"], parts["design"]
    criteria, info = parts["eligibility"], design.get("designInfo", {})
    arms = parts.get("armsInterventions", {})
    masking = info.get("maskingInfo", {})
    return Trial(
        fields=_known(
            registry_id=names["nctId"],
            title=names["briefTitle"],
            acronym=names.get("acronym"),
            phase=None if design.get("phases") in (["NA"], None) else "/".join(design["phases"]),
            study_type=design["studyType"],
            allocation=info.get("allocation"),
            model=info.get("interventionModel"),
            masking=masking.get("masking"),
            purpose=info.get("primaryPurpose"),
            enrollment=design.get("enrollmentInfo", {}).get("count"),
            sponsor=parts["sponsorCollaborators"]["leadSponsor"]["name"],
            age_min=_years(criteria.get("minimumAge")),
            age_max=_years(criteria.get("maximumAge")),
            sex=criteria.get("sex"),
            status=status["overallStatus"],
            start_date=status.get("startDateStruct", {}).get("date"),
            completion_date=status.get("completionDateStruct", {}).get("date"),
            primary_completion_date=status.get("primaryCompletionDateStruct", {}).get("date"),
            n_groups=len(arms.get("armGroups", ())) or None,
        ),
        conditions=tuple(parts["conditions"]["conditions"]),
        keywords=tuple(parts["conditions"].get("keywords", ())),
        given=tuple(
            Given(
                item["type"],
                item["name"],
                item.get("description", ""),
                tuple(item.get("armGroupLabels", ())),
                tuple(item.get("otherNames", ())),
            )
            for item in arms.get("interventions", ())
        ),
        arms=tuple(
            Arm(item["label"], item.get("type"), item.get("description", ""), tuple(item.get("interventionNames", ())))
            for item in arms.get("armGroups", ())
        ),
        outcomes=tuple(
            Measured(kind, item["measure"], item.get("timeFrame", ""), item.get("description", ""))
            for kind in ("primary", "secondary", "other")
            for item in parts.get("outcomes", {}).get(f"{kind}Outcomes", ())[:MOST_OUTCOMES]
        ),
        sites=tuple(
            Site(item["facility"], item["city"], item["country"], item.get("state", ""), item.get("zip", ""))
            for item in parts.get("contactsLocations", {}).get("locations", ())
            if item.keys() >= {"facility", "city", "country"}
        ),
        other_ids=(
            names["orgStudyIdInfo"]["id"],
            *(item["id"] for item in names.get("secondaryIdInfos", ())),
        ),
        official_title=names.get("officialTitle", ""),
        summary=parts["description"]["briefSummary"],
        description=parts["description"].get("detailedDescription", ""),
        criteria=criteria.get("eligibilityCriteria", ""),
        collaborators=tuple(item["name"] for item in parts["sponsorCollaborators"].get("collaborators", ())),
        masked=tuple(word.replace("_", " ").title() for word in masking.get("whoMasked", ())),
        posted=status.get("studyFirstPostDateStruct", {}).get("date", ""),
        updated=status.get("lastUpdatePostDateStruct", {}).get("date", ""),
        stopped=status.get("whyStopped", ""),
        has_results=bool(record.get("hasResults")),
    )


def from_curated(record: Mapping[str, Any]) -> Trial:
    """Take the facts of a curated trial, which has no prose: judged sentences stand for its summary."""
    chance = random.Random(record["id"])
    told = sentences(set_aside=not development(record["id"]))
    chosen = chance.sample([text for text, rows in told.items() if fit_for_any_page(rows)], 4)
    labels = {
        use["text"]: tuple(arm["label"] for arm in record.get("arms", ()) if use["text"] in arm.get("uses", ()))
        for use in record["uses"]
    }
    masking = _coded(record.get("masking", "")).removesuffix("_OPEN_LABEL")
    known = masking in {"NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE", "DOUBLE_BLIND"}
    model = _coded(record.get("intervention_model", ""))
    status = {"UNKNOWN_STATUS": "UNKNOWN", "NO_LONGER_RECRUITING": "NOT_RECRUITING"}
    return Trial(
        fields=_known(
            registry_id=record["id"],
            title=record["title"],
            acronym=record.get("acronym"),
            phase=_curated_phase(record.get("phase", "")),
            study_type=_coded(record["study_type"]),
            allocation={"N_A": "NA"}.get(code := _coded(record.get("allocation", "")), code),
            model=model if model in {"PARALLEL", "SINGLE_GROUP", "CROSSOVER", "SEQUENTIAL", "FACTORIAL"} else None,
            masking=masking if known else None,
            purpose=_coded(record.get("primary_purpose", "")),
            enrollment=record.get("enrolment"),
            sponsor=record.get("sponsor"),
            age_min=record.get("min_age"),
            age_max=record.get("max_age"),
            sex=_coded(record.get("sex", "")),
            status=status.get(code := _coded(record.get("status", "")), code),
            start_date=record.get("start_date"),
            completion_date=record.get("completion_date"),
            primary_completion_date=record.get("primary_completion_date"),
            n_groups=len(record.get("arms", ())) or None,
        ),
        conditions=tuple(record["conditions"]),
        given=tuple(
            Given(
                "DRUG" if use["role"] == "placebo" else _coded(use.get("kind", "other").partition("/")[0]),
                use["text"],
                use.get("dose", ""),
                labels[use["text"]],
                roles=(_ROLES[use["role"]],) if use["role"] in _ROLES else ("background",),
            )
            for use in record["uses"]
        ),
        arms=tuple(
            Arm(
                arm["label"],
                _coded(arm["kind"]) if arm["kind"].endswith(("comparator", "experimental")) else "OTHER",
                given=tuple(f"Drug: {text}" for text in arm.get("uses", ())),
            )
            for arm in record.get("arms", ())
        ),
        outcomes=tuple(
            Measured(item["priority"], item["title"], item.get("time_frame", "")) for item in record.get("outcomes", ())
        ),
        other_ids=tuple(record.get("other_ids", ())),
        summary=" ".join((f"This study is about {record['conditions'][0]}.", *chosen)),
        claims=gold([row for text in chosen for row in told[text]]),
        collaborators=tuple(record.get("collaborators", ())),
        stopped=record.get("why_stopped", ""),
    )


def _known(**fields: str | int | None) -> dict[str, str | int]:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _years(text: str | None) -> int | None:
    match = re.fullmatch(r"(\d+) Years?", text or "")
    return int(match[1]) if match else None


def _coded(words: str) -> str:
    return re.sub(r"\W+", "_", words).strip("_").upper()


def _curated_phase(words: str) -> str | None:
    return words.replace("Early Phase 1", "EARLY_PHASE1").replace("Phase ", "PHASE") if "Phase" in words else None
