"""Studies as the registry gives them: small ones made here, and real ones where they are at hand."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kg import contract
from kg.contract import Contract
from kg.link import Linker
from kg.records import Trial
from kg.resources import root
from kg.sources import clinicaltrials, curated
from kg.sources.registry.keys import Loss
from kg.sources.registry.reader import Reader, Study
from kg.triples import Statement, statements

SAMPLE = Path(__file__).parents[2] / "shared" / "data" / "ctgov" / "studies.jsonl.gz"
real = pytest.mark.skipif(not SAMPLE.is_file(), reason=f"needs the sample of registry records, {SAMPLE}")
"""Marks tests that read real records, which are not part of the project."""

NUMBER = "NCT00000001"
IRI = f"https://w3id.org/myositis-kg/trial/{NUMBER}"


def sample() -> Iterator[bytes]:
    with gzip.open(SAMPLE) as lines:
        yield from lines


@cache
def tools() -> tuple[Contract, Linker, Reader]:
    known = contract.read(root() / "ontology")
    records = curated.everything(root())
    return known, Linker(known, records), clinicaltrials.reader(known, [one.record for one in records])


def study(**modules: Any) -> dict[str, Any]:
    """A study with the modules given; each is named without its ending."""
    made: dict[str, Any] = {
        "protocolSection": {"identificationModule": {"nctId": NUMBER, "briefTitle": "Abatacept in dermatomyositis"}}
    }
    for name, module in modules.items():
        section = "resultsSection" if name in RESULTS else "protocolSection"
        made.setdefault(section, {}).setdefault(f"{name}Module", {}).update(copy.deepcopy(module))
    return made


RESULTS = ("participantFlow", "baselineCharacteristics", "outcomeMeasures", "adverseEvents", "moreInfo")


def read(made: object) -> Study:
    return tools()[2].read(made, "study")


def trial(made: object) -> Trial:
    found = read(made)
    assert found.losses == ()
    return found.trial


def losses(made: object) -> list[Loss]:
    return list(read(made).losses)


def stated(made: Any) -> list[Statement]:
    """Everything that the graph states of a study."""
    known, linker, reader = tools()
    one, _ = clinicaltrials.read(json.dumps(made).encode(), "registry/studies/x.json", reader)
    return list(statements(linker.link(one), known))


def measure(*values: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An outcome measure of two groups with figures."""
    return {
        "type": "PRIMARY",
        "title": "CDASI",
        "timeFrame": "Week 24",
        "groups": [{"id": "OG000", "title": "Abatacept"}, {"id": "OG001", "title": "Placebo"}],
        "classes": [{"categories": [{"measurements": list(values)}]}],
        **more,
    }


def posted(*measures: dict[str, Any]) -> dict[str, Any]:
    return study(outcomeMeasures={"outcomeMeasures": list(measures)})


def figure(**values: str) -> Any:
    """The one measurement of a study that posts these values for one group."""
    (one,) = (
        trial(posted(measure({"groupId": "OG000", **values}))).posted_outcomes[0].classes[0].categories[0].measurements
    )
    return one
