"""Preference: each source keeps its own graph, and the union follows one source for each field."""

from __future__ import annotations

import random

import pytest

from kg import contract, preference, triples
from kg.errors import SourceError
from kg.link import Linker
from kg.names import own
from kg.records import Arm, GroupValue, Outcome, Place, Record, Result, Sourced, Trial, Use
from kg.resources import root
from kg.sources import curated
from kg.triples import Graphs
from kg.values import PartialDate

CONTRACT = contract.read(root() / "ontology")
ROWS = [sourced for sourced in curated.everything(root()) if sourced.source.startswith("table-")]
MYO = "https://w3id.org/myositis-kg/ontology/"
TRIAL = own("trial", "NCT00000001")


def said(source: str, dated: str | None = None, **fields: object) -> Sourced:
    record = Trial(**{"id": "NCT00000001", "title": f"title of {source}"} | fields)  # type: ignore[arg-type]
    date = PartialDate(dated) if dated else None
    return Sourced(record=record, source=source, path=f"{source}.json", dated=date)


def graphs_of(*sources: Sourced) -> Graphs:
    linker = Linker(CONTRACT, [*ROWS, *sources])
    linked = [linker.link(one) for one in sources]
    stated = [(record, list(triples.statements(record, CONTRACT))) for record in linked]
    content: dict[str, list[str]] = {}
    for _, statements in stated:
        for statement in statements:
            content.setdefault(statement.record, []).append(statement.line)
    return Graphs(content, [s for _, statements in stated for s in statements], preference.withheld(stated))


def values(graphs: Graphs, name: str, subject: str = TRIAL) -> set[str]:
    head = f"<{subject}> <{MYO}{name}> "
    return {line.removeprefix(head).split("^^")[0].strip('"<>') for line in graphs.union() if line.startswith(head)}


def test_one_source_loses_nothing() -> None:
    assert graphs_of(said("page-a", phase="Phase 2")).withheld == {}


def test_things_of_different_names_do_not_compete() -> None:
    other = Sourced(record=Trial(id="NCT00000002", title="t", enrolment=3), source="registry-x", path="x.json")

    assert graphs_of(said("curated-NCT00000001", enrolment=2), other).withheld == {}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("page-a", "registry-a", "curated-a"), "curated-a"),
        (("page-a", "registry-a"), "registry-a"),
        (("page-b", "page-a"), "page-a"),
        (("else-a", "page-a"), "page-a"),
    ],
)
def test_the_most_careful_source_goes_first(sources: tuple[str, ...], expected: str) -> None:
    made = graphs_of(*(said(source, comparator=f"as {source} says") for source in sources))

    assert values(made, "comparatorText") == {f"as {expected} says"}


def test_a_field_that_only_the_least_careful_states_is_in_the_union() -> None:
    made = graphs_of(said("curated-a", comparator="placebo"), said("page-a", acronym="ABC"))

    assert values(made, "acronym") == {"ABC"}
    assert values(made, "comparatorText") == {"placebo"}


def test_a_field_that_ages_follows_the_latest() -> None:
    for first, second in (("2020-01", "2021"), (None, "2019"), ("2021-01", "2021-02-03")):
        made = graphs_of(
            said("curated-a", first, enrolment=10, enrolment_type="planned"), said("page-a", second, enrolment=12)
        )

        assert values(made, "enrolment") == {"12"}


def test_the_most_careful_goes_first_among_statements_of_one_date() -> None:
    made = graphs_of(said("curated-a", "2021", enrolment=10), said("page-a", "2021", enrolment=12))

    assert values(made, "enrolment") == {"10"}


def test_companions_come_from_the_same_source() -> None:
    of_curated = said("curated-a", "2020", status="RECRUITING", status_as_of=PartialDate("2020"))
    made = graphs_of(of_curated, said("registry-a", "2022", status="COMPLETED"))

    assert values(made, "statusAsOf") == set()
    assert len([line for line in made.union() if f"{MYO}status" in line]) == 1


def test_a_companion_alone_is_kept() -> None:
    made = graphs_of(said("curated-a", enrolment_note="in cohort 2"), said("page-a", phase="Phase 2"))

    assert values(made, "enrolmentNote") == {"in cohort 2"}


def test_what_hangs_on_a_field_goes_with_it() -> None:
    curated_one = said("curated-a", outcomes=(Outcome(priority="primary", title="CDASI", time_frame="week 16"),))
    page = said("page-a", outcomes=(Outcome(priority="primary", title="CDASI activity score", time_frame="4 months"),))
    made = graphs_of(curated_one, page)

    assert [line for line in made.union() if "4 months" in line] == []
    assert [line for lines in made.content.values() for line in lines if "4 months" in line] != []
    assert len(values(made, "outcome")) == 1


def test_what_a_kept_field_names_is_kept() -> None:
    arm = Arm(label="second arm", kind="experimental", uses=("drug b",))
    value = GroupValue(label="second", arm="second arm", statistic="count", count=2)
    page = said(
        "page-a",
        uses=(Use(text="drug b", role="experimental"),),
        arms=(arm,),
        results=(Result(label="r", topic="safety", quote="q", values=(value,)),),
    )
    made = graphs_of(said("curated-a", arms=(Arm(label="first arm", kind="placebo comparator"),)), page)

    assert len(values(made, "arm")) == 1
    assert [line for line in made.union() if '"second arm"' in line], "the arm of a kept result is described"


def test_agreement_stays() -> None:
    made = graphs_of(said("curated-a", phase="Phase 2"), said("page-a", phase="Phase 2"))

    assert len(values(made, "phase")) == 1
    assert all("phase" not in line for lines in made.withheld.values() for line in lines if "Phase 2" in line)


def test_every_graph_keeps_all_its_statements() -> None:
    made = graphs_of(said("curated-a", comparator="x"), said("page-a", comparator="y"))

    assert {s.line for s in made.statements} == {line for lines in made.content.values() for line in lines}


def test_the_order_of_reading_does_not_matter() -> None:
    sources = [
        said(f"{kind}-{n}", f"202{n}", enrolment=n, comparator=f"{kind} {n}")
        for kind in preference.ORDER
        for n in range(3)
    ]
    first = graphs_of(*sources).union()
    for seed in range(5):
        random.Random(seed).shuffle(sources)

        assert graphs_of(*sources).union() == first


def test_places_lead_into_the_source() -> None:
    places = {"/id": Place("char=0,11", "NCT00000001"), "/title": Place("char=13,14", "T")}
    record: Record = Trial(id="NCT00000001", title="T")
    made = graphs_of(Sourced(record=record, source="page-a", path="a.txt", places=places))

    assert {(s.locator, s.value) for s in made.statements} == {("char=0,11", "NCT00000001"), ("char=13,14", "T")}


def test_a_value_without_its_place_is_refused() -> None:
    record: Record = Trial(id="NCT00000001", title="T")
    sourced = Sourced(record=record, source="page-a", path="a.txt", places={"/id": Place("char=0,11", "NCT00000001")})

    with pytest.raises(SourceError, match=r"a\.txt at /title: saw 'T', expected a value whose place"):
        graphs_of(sourced)
