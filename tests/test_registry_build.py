"""Registry records in a build: beside the curated record, preferred after it, with receipts that are found again."""

from __future__ import annotations

import json
from pathlib import Path

import projects
import pytest
import rdflib
from studies import NUMBER, measure, posted, read, real, sample, study, tools, trial

from kg import build, validate
from kg.link import lexicons
from kg.mapping import Mapper
from kg.records import Trial
from kg.resources import root
from kg.rows import DiseaseRow
from kg.sources import clinicaltrials
from kg.sources.registry.scope import Scope
from kg.store import Embedded

CURATED = "NCT00106184"
"""A trial of the small project."""


def folder(tmp_path: Path) -> Path:
    """Two studies of myositis, one of them curated, too; one of something else; one that is broken."""
    made = posted(measure({"groupId": "OG000", "value": "56.0"}, {"groupId": "OG001", "value": "NA"}))
    listed = {
        CURATED: {"enrollmentInfo": {"count": 4}},
        NUMBER: {"enrollmentInfo": {"count": 7}},
    }
    studies = tmp_path / "registry" / "studies"
    studies.mkdir(parents=True)
    for number, design in listed.items():
        one = study(
            identification={"nctId": number, "briefTitle": "A drug in dermatomyositis"},
            conditions={"conditions": ["Dermatomyositis"]},
            armsInterventions={"interventions": [{"name": "A drug", "type": "DRUG"}]},
            design=design,
        )
        (studies / f"{number}.json").write_text(json.dumps({**one, "resultsSection": made["resultsSection"]}))
    (studies / "NCT00000002.json").write_text(json.dumps(study(identification={"nctId": "NCT00000002"})))
    (studies / "NCT00000003.json").write_text("{")
    return tmp_path / "registry"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    base = tmp_path_factory.mktemp("registry")
    project, registry, out = projects.project(tmp_path_factory), folder(base), base / "build"
    build.PIPELINE.run({"root": project, "added": {clinicaltrials.FOLDER: registry}, "out": out})
    return project, registry, out


def values(out: Path, query: str) -> set[str]:
    prefixes = (
        "PREFIX myo: <https://w3id.org/myositis-kg/ontology/> PREFIX trial: <https://w3id.org/myositis-kg/trial/>"
    )
    record = "PREFIX record: <https://w3id.org/myositis-kg/record/>"
    rows = Embedded(out / "store").select(f"{prefixes} {record} SELECT ?value WHERE {{ {query} }}")
    return {row["value"] for row in rows.texts()}


def test_each_source_keeps_its_statement_and_the_union_follows_the_curated(made: tuple[Path, Path, Path]) -> None:
    _, _, out = made
    (curated,) = (one.record for one in build.read(made[0]).records if one.source == f"curated-{CURATED}")
    assert isinstance(curated, Trial)

    stated = f"trial:{CURATED} myo:enrolment ?value"
    assert values(out, f"GRAPH record:registry-{CURATED} {{ {stated} }}") == {"4"}
    assert values(out, stated) == {str(curated.enrolment)} != {"4"}
    assert values(out, f"trial:{NUMBER} myo:enrolment ?value") == {"7"}


def test_what_only_the_registry_states_joins_the_union(made: tuple[Path, Path, Path]) -> None:
    path = "myo:postedOutcome/myo:measureClass/myo:measureCategory/myo:measurement/myo:valueText"

    assert values(made[2], f"trial:{CURATED} {path} ?value") == {"56.0", "NA"}


def test_receipts_of_registry_records_are_found_again(made: tuple[Path, Path, Path]) -> None:
    project, registry, out = made
    added = {clinicaltrials.FOLDER: registry}

    assert validate.receipts(Embedded(out / "store"), project, added) == []


def test_report_names_what_was_left_out(made: tuple[Path, Path, Path]) -> None:
    omitted = json.loads((made[2] / "report.json").read_bytes())["omitted"]
    found = {one[0].rpartition("/")[2]: one[3] for one in omitted}

    assert found["NCT00000002.json"] == "no condition names a disease of the myositis branch"
    assert "expected JSON in UTF-8" in found["NCT00000003.json"]


# Which studies belong to the graph


def reason(**modules: object) -> str | None:
    rows = [one.record for one in build.read(root()).records]
    scope = Scope((row for row in rows if isinstance(row, DiseaseRow)), lexicons(rows)["Disease"])
    return scope.reason(trial(study(**modules)))


MANY = ["Rheumatoid Arthritis", "Gout", "Polymyositis"]
DRUG = {"interventions": [{"name": "A drug", "type": "DRUG"}]}
PLAIN = {"briefTitle": "Patients who tell how they are"}


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ({"conditions": {"conditions": ["Polymyositis"]}, "armsInterventions": DRUG}, None),
        ({"conditions": {"conditions": MANY}, "armsInterventions": DRUG}, None),
        ({"conditions": {"conditions": MANY}}, "no intervention"),
        ({"conditions": {"conditions": ["Gout"]}, "armsInterventions": DRUG}, "no condition"),
        ({"conditions": {"conditions": MANY}, "armsInterventions": DRUG, "identification": PLAIN}, "only the list"),
    ],
)
def test_scope(modules: dict[str, object], expected: str | None) -> None:
    found = reason(**modules)

    assert found is None if expected is None else str(found).startswith(expected)


@real
def test_traps_of_the_real_sample_stay_out() -> None:
    rows = [one.record for one in build.read(root()).records]
    scope = Scope((row for row in rows if isinstance(row, DiseaseRow)), lexicons(rows)["Disease"])
    found = {}
    for line in sample():
        if b"NCT03840928" in line[:400] or b"NCT04687111" in line[:400]:
            one = read(json.loads(line)).trial
            found[one.id] = scope.reason(one)

    assert found == {
        "NCT03840928": "no intervention",
        "NCT04687111": "only the list of conditions names a disease of the myositis branch",
    }


def test_another_engine_reads_as_many_triples() -> None:
    made = posted(measure({"groupId": "OG000", "value": "56.0", "comment": 'say "so"\n\\'}))
    lines = Mapper(tools()[1]).lines(trial(made), "registry-x")
    text = "".join(f"{line.rpartition(' <')[0]} .\n" for line in lines)

    assert len(rdflib.Graph().parse(data=text, format="nt")) == len(lines) > 20
