"""Every cell of the table of trials that the records were first made from is carried over by them.

Each column has one rule that rebuilds its cell from the record.  Where the record tells apart what
the cell runs together (a note in brackets, a list of masked roles), the rule joins it again.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.records import Trial
from kg.resources import root
from kg.sources.curated import decode_trial

TABLE = Path(__file__).parents[2] / "shared" / "data" / "trials.tsv"
DATES = ("start_date", "primary_completion_date", "completion_date")

pytestmark = pytest.mark.skipif(
    not TABLE.is_file(), reason="the table ../shared/data/trials.tsv does not lie beside this checkout"
)


def noted(value: str | None, note: str | None) -> str:
    """A note, where there is one, holds the whole cell, value included."""
    return note or value or ""


def masking(trial: Trial) -> str:
    return f"{trial.masking} ({', '.join(trial.masked)})" if trial.masked else trial.masking or ""


def intervention(trial: Trial) -> str:
    """A use without a kind is what only the cell of the comparator names."""
    return "|".join(f"{use.text} [{use.kind}]" for use in trial.uses if use.kind)


def outcomes(priority: str) -> Callable[[Trial], str]:
    def rule(trial: Trial) -> str:
        found = [outcome for outcome in trial.outcomes if outcome.priority == priority]
        return "|".join(f"{one.title} [{one.time_frame}]" if one.time_frame else one.title for one in found)

    return rule


def estimated(trial: Trial) -> str:
    return "|".join(name for name in DATES if getattr(trial, f"{name}_type") == "estimated")


def has_results(trial: Trial) -> str:
    if trial.has_results is None:
        return ""
    return trial.has_results_note or ("yes" if trial.has_results else "no")


def publication(name: str) -> Callable[[Trial], str]:
    def rule(trial: Trial) -> str:
        found = [getattr(one, name) for one in trial.publications if getattr(one, name)]
        return "|".join(identifier.partition(":")[2] for identifier in found)

    return rule


def field(name: str) -> Callable[[Trial], str]:
    def rule(trial: Trial) -> str:
        value = getattr(trial, name)
        return "|".join(value) if isinstance(value, tuple) else "" if value is None else str(value)

    return rule


RULES: dict[str, Callable[[Trial], str]] = {
    "registry_id": field("id"),
    "other_ids": field("other_ids"),
    "short_title": field("title"),
    "acronym": field("acronym"),
    "conditions": field("conditions"),
    "phase": field("phase"),
    "study_type": field("study_type"),
    "status": field("status"),
    "status_as_of": field("status_as_of"),
    "start_date": field("start_date"),
    "primary_completion_date": field("primary_completion_date"),
    "completion_date": field("completion_date"),
    "dates_estimated": estimated,
    "enrolment": field("enrolment"),
    "enrolment_type": lambda trial: noted(trial.enrolment_type, trial.enrolment_note),
    "allocation": lambda trial: noted(trial.allocation, trial.allocation_note),
    "intervention_model": lambda trial: noted(trial.intervention_model, trial.intervention_model_note),
    "masking": masking,
    "primary_purpose": field("primary_purpose"),
    "interventions": intervention,
    "comparator": field("comparator"),
    "primary_outcomes": outcomes("primary"),
    "secondary_outcomes": outcomes("secondary"),
    "lead_sponsor": field("sponsor"),
    "collaborators": field("collaborators"),
    "countries": field("countries"),
    "min_age": field("min_age"),
    "max_age": field("max_age"),
    "sex": field("sex"),
    "has_results": has_results,
    "key_results": field("key_results"),
    "pmid": publication("pubmed"),
    "doi": publication("doi"),
    "why_stopped": field("why_stopped"),
    "sources": field("sources"),
    "verification": field("verification"),
}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))


def record(name: str) -> Trial:
    return decode_trial((root() / "data" / "trials" / f"{name}.json").read_bytes(), name)


def differences(row: dict[str, str], trial: Trial) -> dict[str, tuple[str, str]]:
    rebuilt = {column: RULES[column](trial) for column in row}
    return {column: (cell, rebuilt[column]) for column, cell in row.items() if rebuilt[column] != cell}


def test_table_and_records_are_of_the_same_trials() -> None:
    names = [row["registry_id"] for row in rows()]

    assert len(names) == 135
    assert sorted(names) == sorted(path.stem for path in (root() / "data" / "trials").glob("*.json"))
    assert all(list(row) == list(RULES) for row in rows())


def test_every_cell_is_carried_over() -> None:
    found = {row["registry_id"]: differences(row, record(row["registry_id"])) for row in rows()}

    assert {name: cells for name, cells in found.items() if cells} == {}


def test_use_beyond_the_cell_is_named_by_the_comparator() -> None:
    beyond = [(record(row["registry_id"]), row["comparator"]) for row in rows()]
    texts = [(use.text, comparator) for trial, comparator in beyond for use in trial.uses if not use.kind]

    assert texts
    assert [(text, comparator) for text, comparator in texts if text not in comparator] == []


@pytest.mark.parametrize("column", list(RULES))
def test_lost_part_of_a_cell_is_found(column: str) -> None:
    row = next(row for row in rows() if row[column])
    trial = record(row["registry_id"])

    assert differences(row, trial) == {}
    assert list(differences({**row, column: row[column] + "|more"}, trial)) == [column]
    assert list(differences({**row, column: row[column][1:]}, trial)) == [column]
