"""No loss: posted results come back from the graph; each value of a record is mapped or left out on purpose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from studies import figure, measure, posted, real, sample, stated, study, tools

from kg.record import text_of
from kg.records import Sourced
from kg.sources import clinicaltrials
from kg.sources.curated import values_at
from kg.sources.registry.keys import left_out
from kg.sources.registry.rebuild import MODULES, Rebuilder, differences, index, normalised
from kg.triples import statements
from kg.walk import walk


def rebuilt(made: Any) -> dict[str, Any]:
    known, linker, reader = tools()
    trial = reader.read(made, "study").trial
    linked = linker.link(Sourced(record=trial, source="registry-x", path="x"))
    graph = index({one.line for one in statements(linked, known)})
    return Rebuilder(known, graph).results(f"https://w3id.org/myositis-kg/trial/{trial.id}")


@real
def test_real_results_come_back_without_a_difference() -> None:
    found = {"studies": 0, **dict.fromkeys(MODULES, 0)}
    for line in sample():
        made = json.loads(line)
        if "resultsSection" in made:
            expected = normalised(made["resultsSection"])
            assert list(differences(expected, rebuilt(made))) == []
            found["studies"] += 1
            for module in expected:
                found[module] += 1

    assert found["studies"] == 58
    assert min(found.values()) == 58


def test_a_change_of_one_value_is_a_difference() -> None:
    made = posted(measure({"groupId": "OG000", "value": "1", "comment": "a"}))
    other = posted(measure({"groupId": "OG000", "value": "1.0", "comment": "a"}))

    assert list(differences(normalised(made["resultsSection"]), rebuilt(made))) == []
    assert [place for place, _, _ in differences(normalised(other["resultsSection"]), rebuilt(made))] == [
        "/outcomeMeasuresModule/outcomeMeasures/0/classes/0/categories/0/measurements/0/value"
    ]


def test_order_that_means_something_is_kept() -> None:
    rows = [
        {"title": title, "categories": [{"title": "b"}, {"title": "a"}]} for title in ("Week 9", "Week 10", "Week 1")
    ]
    made = posted(measure(classes=rows), measure(title="A"))
    found = rebuilt(made)["outcomeMeasuresModule"]["outcomeMeasures"]

    assert [row["title"] for row in found[0]["classes"]] == ["Week 9", "Week 10", "Week 1"]
    assert [category["title"] for category in found[0]["classes"][0]["categories"]] == ["b", "a"]
    assert [one["title"] for one in found] == ["CDASI", "A"]


def test_normalising_forgets_order_that_means_nothing_and_personal_data_only() -> None:
    one = {"moreInfoModule": {"pointOfContact": {"title": "Jane Roe", "organization": "Acme"}}}
    steps = [{"type": "B"}, {"type": "A"}]

    assert normalised(one) == {"moreInfoModule": {"pointOfContact": {"organization": "Acme"}}}
    assert normalised({"participantFlowModule": {"periods": [{"milestones": steps}]}}) == {
        "participantFlowModule": {"periods": [{"milestones": steps}]}
    }


def leaves(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{place}/{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from leaves(part, f"{place}/{number}")
    else:
        yield place


def trimmed(value: Any, key: str = "") -> Any:
    """Cut lists other than those of groups, so that each way of writing something stays."""
    if isinstance(value, dict):
        return {name: trimmed(part, name) for name, part in value.items()}
    most = None if key.lower().endswith("groups") else 3
    return [trimmed(part) for part in value[:most]] if isinstance(value, list) else value


@real
def test_real_records_are_read_without_a_loss() -> None:
    studies = [tools()[2].read(json.loads(line), "study") for line in sample()]

    assert len(studies) == 317
    assert [one.losses for one in studies if one.losses or one.moved] == []


@real
def test_every_value_of_a_real_record_is_mapped_or_left_out() -> None:
    known, _, reader = tools()
    out = re.compile("|".join(re.escape(path) + r"(\.|$)" for path in left_out()))
    missed: set[str] = set()
    number = 0
    for line in sample():
        content = json.dumps(trimmed(json.loads(line))).encode()
        one, _ = clinicaltrials.read(content, "registry/studies/x.json", reader)
        places = {one.place(visit.pointer, "").locator for visit in walk(one.record, known)}
        for place in leaves(json.loads(content)):
            path = ".".join(step for step in place.split("/")[1:] if not step.isdecimal())
            if place not in places and place.rpartition("/")[0] not in places and not out.match(path):
                missed.add(path)
        number += 1

    assert number == 317
    assert missed == set()


@real
def test_places_of_a_real_record_say_what_stands_there() -> None:
    known, _, reader = tools()
    for line in sample():
        if len(line) < 60_000 or b"resultsSection" not in line:
            continue
        one, _ = clinicaltrials.read(line, "registry/studies/x.json", reader)
        at = dict(values_at(line, "registry/studies/x.json"))
        for visit in walk(one.record, known):
            place = one.place(visit.pointer, "")
            assert at[place.locator] == place.exact
            if (
                visit.field is not None
                and visit.field.kind in ("string", "langString")
                and "_text" not in visit.pointer
            ):
                assert place.exact == visit.quote or visit.pointer.endswith("/label")
        break
    else:
        pytest.fail("no record with results was found")


def test_places_follow_values_when_others_are_dropped() -> None:
    made = study(
        conditions={"conditions": ["Myositis", 5, "Dermatomyositis"]},
        contactsLocations={"locations": ["nowhere", {"facility": "F", "country": "Sweden"}]},
        references={"references": [{"citation": "A", "retractions": [{"pmid": "x"}, {"pmid": "7"}]}]},
    )
    exact = {one.object: (one.locator, one.value) for one in stated(made)}

    assert exact['"Dermatomyositis"'] == ("/protocolSection/conditionsModule/conditions/2", "Dermatomyositis")
    assert exact['"F"@en'][0] == "/protocolSection/contactsLocationsModule/locations/1/facility"
    assert exact["<https://w3id.org/myositis-kg/country/sweden>"] == (
        "/protocolSection/contactsLocationsModule/locations/1/country",
        "Sweden",
    )
    assert exact["<https://bioregistry.io/pubmed:7>"] == (
        "/protocolSection/referencesModule/references/0/retractions/1/pmid",
        "7",
    )


def test_places_of_what_is_made_from_other_values() -> None:
    uses = [
        {"name": "Abatacept", "armGroupLabels": ["B", "A"]},
        {"name": "Placebo", "armGroupLabels": ["A"]},
    ]
    made = study(
        armsInterventions={
            "armGroups": [{"label": "A", "type": "EXPERIMENTAL"}, {"label": "B", "type": "EXPERIMENTAL"}],
            "interventions": uses,
        },
        design={"phases": ["PHASE2", "PHASE3"]},
        outcomes={"primaryOutcomes": [{"measure": "M", "timeFrame": "Week 1"}], "otherOutcomes": [{"measure": "O"}]},
    )
    found = {(one.predicate.rpartition("/")[2], one.value): one.locator for one in stated(made)}
    module = "/protocolSection/armsInterventionsModule"

    assert found["receives", "B"] == f"{module}/interventions/0/armGroupLabels/0"
    assert found["role", "EXPERIMENTAL"] == f"{module}/armGroups/0/type"
    assert found["role", "Placebo"] == f"{module}/interventions/1/name"
    assert found["phase", "PHASE2|PHASE3"] == "/protocolSection/designModule/phases"
    assert found["time", "Week 1"] == "/protocolSection/outcomesModule/primaryOutcomes/0/timeFrame"
    assert found["priority", "O"] == "/protocolSection/outcomesModule/otherOutcomes/0/measure"


def test_figures_come_back_as_they_were_written() -> None:
    assert text_of(figure(value="007").value) == "7"
    for value in ("007", "1,000", "+5", "5.", "", "NA", "about 5", "-0", "0.00"):
        made = posted(measure({"groupId": "OG000", "value": value}))
        assert list(differences(normalised(made["resultsSection"]), rebuilt(made))) == []
