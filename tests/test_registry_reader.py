"""Registry records: each oddity of the source, on the smallest record that shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from studies import IRI, NUMBER, figure, losses, measure, posted, read, stated, study, trial

from kg.errors import SourceError
from kg.records import Trial
from kg.resources import root
from kg.sources.registry.judgement import NO_NAME, normal
from kg.sources.registry.keys import Loss, known_keys, left_out, unknown

ARMS = "armsInterventions"


def objects(made: Any, subject: str, predicate: str) -> list[str]:
    end = f"/{predicate}"
    return [one.object for one in stated(made) if one.subject == subject and one.predicate.endswith(end)]


# What is no study


@pytest.mark.parametrize(
    "made",
    [
        [],
        "NCT00000001",
        None,
        {},
        {"protocolSection": []},
        {"protocolSection": {"identificationModule": {"nctId": "NCT1"}}},
        {"protocolSection": {"identificationModule": {"nctId": "../../etc/passwd"}}},
        {"protocolSection": {"identificationModule": {"nctId": 4946669}}},
    ],
)
def test_what_is_no_study_is_refused(made: object) -> None:
    with pytest.raises(SourceError, match="a study"):
        read(made)


# Missing modules


def test_study_with_nothing_but_a_number() -> None:
    found = read({"protocolSection": {"identificationModule": {"nctId": NUMBER}}})

    assert found.trial.title == NUMBER
    assert found.trial.uses == ()
    assert found.losses == ()


def test_null_and_empty_values_say_nothing() -> None:
    made = study(status={"whyStopped": "", "startDateStruct": None}, conditions={"conditions": [], "keywords": None})

    assert trial(made).why_stopped is None
    assert trial(made).start_date is None
    assert trial(made).keywords == ()


# Dates


@pytest.mark.parametrize(("date", "datatype"), [("2017-03-13", "date"), ("2017-03", "gYearMonth"), ("2017", "gYear")])
def test_dates_are_typed_by_their_length(date: str, datatype: str) -> None:
    made = study(status={"startDateStruct": {"date": date}})

    assert objects(made, IRI, "startDate") == [f'"{date}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>']


@pytest.mark.parametrize("date", ["2017-13", "March 2017", "2017-02-30", "17-03", 2017])
def test_impossible_dates_are_counted(date: object) -> None:
    (loss,) = losses(study(status={"startDateStruct": {"date": date, "type": "ACTUAL"}}))

    assert loss.place == "/protocolSection/statusModule/startDateStruct/date"
    assert loss.value == str(date)


def test_type_of_a_date_may_be_absent() -> None:
    assert trial(study(status={"startDateStruct": {"date": "2017-03"}})).start_date_type is None


def test_time_of_upload_stays_text() -> None:
    made = study()
    made["documentSection"] = {
        "largeDocumentModule": {"largeDocs": [{"filename": "a.pdf", "uploadDate": "2021-02-01T12:30"}]}
    }

    (document,) = trial(made).documents
    assert (document.uploaded, document.label) == ("2021-02-01T12:30", "a.pdf")


# Enrolment, phases, status, ages


def test_enrolment_of_nobody_is_a_value() -> None:
    assert objects(study(design={"enrollmentInfo": {"count": 0}}), IRI, "enrolment")[0].startswith('"0"')


def test_enrolment_below_zero_is_counted() -> None:
    assert [loss.value for loss in losses(study(design={"enrollmentInfo": {"count": -1}}))] == ["-1"]


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        (["NA"], "concept/PhaseNotApplicable>"),
        (["PHASE2"], "concept/Phase2>"),
        (["PHASE2", "PHASE3"], "concept/Phase2Phase3>"),
        (["EARLY_PHASE1"], "concept/PhaseEarly1>"),
    ],
)
def test_phases_are_one_concept(phases: list[str], expected: str) -> None:
    (phase,) = objects(study(design={"phases": phases}), IRI, "phase")

    assert phase.endswith(expected)


def test_phases_absent_or_empty_are_none() -> None:
    assert trial(study(design={"phases": []})).phase is None
    assert trial(study(design={})).phase is None


def test_code_never_seen_is_counted_and_the_rest_is_kept() -> None:
    found = read(study(design={"phases": ["PHASE9"], "studyType": "INTERVENTIONAL"}))

    assert found.trial.study_type == "INTERVENTIONAL"
    assert found.losses == (
        Loss(
            "/protocolSection/designModule/phases",
            '["PHASE9"]',
            "a notation of the code list Phase (ontology/concepts.ttl)",
        ),
    )


def test_unknown_status_keeps_the_one_before() -> None:
    made = trial(study(status={"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING"}))

    assert (made.status, made.last_known_status) == ("UNKNOWN", "RECRUITING")


@pytest.mark.parametrize(
    ("text", "years"), [("18 Years", 18), ("1 Year", 1), ("6 Months", None), ("12 Hours", None), ("18 Minutes", None)]
)
def test_ages(text: str, years: int | None) -> None:
    made = trial(study(eligibility={"minimumAge": text}))

    assert (made.min_age, made.min_age_text) == (years, text)


# Interventions and arms


def arms(kinds: dict[str, str | None], uses: dict[str, list[str]]) -> dict[str, Any]:
    groups = [{"label": label, **({"type": kind} if kind else {})} for label, kind in kinds.items()]
    given = [{"name": name, "type": "DRUG", "armGroupLabels": labels} for name, labels in uses.items()]
    return study(**{ARMS: {"armGroups": groups, "interventions": given}})


def test_two_interventions_of_one_name_are_two() -> None:
    listed = [
        {"name": "Exercise", "type": "BEHAVIORAL", "armGroupLabels": ["A"]},
        {"name": "Exercise", "type": "OTHER", "armGroupLabels": ["B"]},
    ]
    made = study(**{ARMS: {"armGroups": [{"label": "A"}, {"label": "B"}], "interventions": listed}})
    one, other = trial(made).uses

    assert (one.text, one.repeat, other.text, other.repeat) == ("Exercise", None, "Exercise", 2)
    assert [arm.uses for arm in trial(made).arms] == [("Exercise",), ("Exercise 2",)]
    assert len({one.object for one in stated(made) if one.predicate.endswith("/receives")}) == 2


def test_interventions_without_arms_and_arms_without_interventions() -> None:
    made = trial(study(**{ARMS: {"armGroups": [{"label": "Cohort"}], "interventions": [{"name": "X"}]}}))

    assert (made.arms[0].uses, made.arms[0].kind) == ((), None)
    assert made.uses[0].role is None


@pytest.mark.parametrize(
    ("name", "labels", "role"),
    [
        ("Abatacept", ["new"], "experimental"),
        ("Methotrexate", ["old"], "comparator"),
        ("Prednisone", ["new", "old"], None),
        ("Prednisone", ["new", "dummy"], None),
        ("Saline", ["dummy"], None),
        ("Placebo for abatacept", ["dummy"], "placebo"),
        ("Sham exercise", ["new"], "placebo"),
        ("Advice", ["cohort"], None),
    ],
)
def test_role_only_where_it_is_sure(name: str, labels: list[str], role: str | None) -> None:
    kinds = {"new": "EXPERIMENTAL", "old": "ACTIVE_COMPARATOR", "dummy": "PLACEBO_COMPARATOR", "cohort": None}

    assert trial(arms(kinds, {name: labels})).uses[0].role == role


def test_label_that_no_arm_has_is_counted() -> None:
    (loss,) = losses(arms({"A": "EXPERIMENTAL"}, {"X": ["B"]}))

    assert loss == Loss("/protocolSection/armsInterventionsModule/interventions", "B", "the label of an arm")


def test_two_arms_of_one_label_are_two() -> None:
    made = trial(study(**{ARMS: {"armGroups": [{"label": "A"}, {"label": "A"}]}}))

    assert [arm.repeat for arm in made.arms] == [None, 2]


def test_nameless_intervention_is_kept() -> None:
    assert trial(study(**{ARMS: {"interventions": [{"type": "DRUG"}]}})).uses[0].text == NO_NAME


# Outcomes, references, sites


def test_outcomes_of_one_title_are_told_apart() -> None:
    listed = [
        {"measure": "MMT8", "timeFrame": "Week 24"},
        {"measure": "MMT8", "timeFrame": "Week 48"},
        {"measure": "MMT8"},
    ]
    made = study(outcomes={"primaryOutcomes": [*listed, listed[0]], "secondaryOutcomes": [listed[0]]})
    kinds = [(one.priority, one.repeat) for one in trial(made).outcomes]

    assert kinds == [("PRIMARY", None)] * 3 + [("PRIMARY", 2), ("SECONDARY", None)]
    assert len(objects(made, IRI, "outcome")) == len(set(objects(made, IRI, "outcome"))) == 5
    assert [str(time) for time in trial(made).outcomes[0].times] == ["P168D"]


def test_references_with_and_without_a_number() -> None:
    listed = [
        {"citation": "A paper.", "pmid": "25433040", "type": "RESULT", "retractions": [{"pmid": "1", "source": "J"}]},
        {"citation": "A book.", "type": "BACKGROUND"},
    ]
    one, other = trial(study(references={"references": listed})).references

    assert (one.pubmed, one.retracted_by, one.kind) == ("pubmed:25433040", ("pubmed:1",), "RESULT")
    assert (other.pubmed, other.citation) == (None, "A book.")


@pytest.mark.parametrize("pmid", ["PMC123", "0", "12 34", ""])
def test_number_that_is_no_pubmed_number_is_counted(pmid: str) -> None:
    assert len(losses(study(references={"references": [{"citation": "A", "pmid": pmid}]}))) == 1


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Germany", "Germany"),
        ("Turkey (Türkiye)", "Turkey"),
        ("Korea, Republic of", "South Korea"),
        ("Russia", "Russian Federation"),
    ],
)
def test_countries_by_any_of_their_names(written: str, key: str) -> None:
    made = trial(study(contactsLocations={"locations": [{"city": "X", "country": written}] * 2}))

    assert made.countries == (key,)
    assert [site.repeat for site in made.sites] == [None, 2]


def test_country_of_no_table_is_counted() -> None:
    found = read(study(contactsLocations={"locations": [{"facility": "F", "country": "Atlantis"}]}))

    assert found.trial.countries == ()
    assert [(loss.place, loss.value) for loss in found.losses] == [
        ("/protocolSection/contactsLocationsModule/locations/0/country", "Atlantis")
    ]


def test_place_of_a_site() -> None:
    (site,) = trial(
        study(contactsLocations={"locations": [{"city": "Solna", "geoPoint": {"lat": 59.36004, "lon": 18}}]})
    ).sites

    assert (site.name, site.latitude, site.longitude) == ("Solna", Decimal("59.36004"), Decimal(18))


# Personal data


def test_personal_data_is_never_mapped() -> None:
    person = {"name": "Jane Roe", "phone": "555-0100", "email": "jane@roe.example", "role": "CONTACT"}
    made = study(
        contactsLocations={
            "centralContacts": [person],
            "overallOfficials": [{**person, "affiliation": "Roe Institute"}],
            "locations": [{"facility": "F", "contacts": [person]}],
            "locations_nested": [{"facility": "F", "contacts": [person]}],
        },
        sponsorCollaborators={
            "responsibleParty": {
                "type": "PRINCIPAL_INVESTIGATOR",
                "investigatorFullName": "Jane Roe",
                "investigatorTitle": "Professor Roe",
                "investigatorAffiliation": "Roe Institute",
                "oldNameTitle": "Jane Roe, MD",
            }
        },
        moreInfo={"pointOfContact": {**person, "title": "Jane Roe", "organization": "Acme"}},
    )
    del made["resultsSection"]["moreInfoModule"]["pointOfContact"]["name"]
    del made["resultsSection"]["moreInfoModule"]["pointOfContact"]["role"]
    said = " ".join(f"{one.object} {one.value}" for one in stated(made))

    assert "Acme" in said
    assert "Roe" not in said
    assert "555" not in said
    assert "roe.example" not in said


# Keys that the form does not know


def test_unknown_keys_are_counted_and_drafts_are_known() -> None:
    made = study(
        **{ARMS: {"interventions": [{"name": "X", "armNames": [], "interventionMappedName": [], "novel": [1]}]}}
    )
    made["derivedSection"] = {"conditionBrowseModule": {"browseLeaves": [{"id": "M1"}]}}

    assert losses(made) == [
        Loss(
            "/protocolSection/armsInterventionsModule/interventions/0/novel",
            "[1]",
            "a key that the form of the registry has",
        )
    ]


@pytest.mark.parametrize("wrong", [5, "text", {"a": 1}])
def test_what_should_be_a_list_is_counted(wrong: object) -> None:
    found = losses(study(conditions={"conditions": wrong}, outcomes={"primaryOutcomes": wrong}))

    assert {loss.place for loss in found} >= {
        "/protocolSection/conditionsModule/conditions",
        "/protocolSection/outcomesModule/primaryOutcomes",
    }


def test_left_out_list_is_sorted_and_each_has_a_reason() -> None:
    paths = left_out()
    text = (root() / "data" / "registry" / "left-out.tsv").read_text(encoding="utf-8")

    assert list(paths) == sorted(paths)
    assert len(paths) == len([line for line in text.splitlines() if "\t" in line]) - 1 > 20
    assert all(reason.endswith(".") for reason in paths.values())
    assert not [one for one in paths for other in paths if one.startswith(f"{other}.")]


def test_unknown_looks_into_lists() -> None:
    assert not list(unknown({"hasResults": True}, known_keys()))
    assert len(list(unknown({"protocolSection": {"x": 1}, "y": {}}, known_keys()))) == 2


# Groups of results


def test_group_numbers_hold_within_one_measure() -> None:
    other = measure({"groupId": "OG000", "value": "1"}, title="MMT8", groups=[{"id": "OG000", "title": "Placebo"}])
    made = posted(measure({"groupId": "OG000", "value": "2"}), other)
    groups = {one.object for one in stated(made) if one.predicate.endswith("/inGroup")}

    assert len(groups) == 2


def test_figure_of_a_group_that_is_not_listed_is_counted() -> None:
    found = read(posted(measure({"groupId": "OG007", "value": "1"}, {"groupId": "OG001", "value": "2"})))
    (kept,) = found.trial.posted_outcomes[0].classes[0].categories[0].measurements

    assert kept.group == "OG001"
    assert [loss.expected for loss in found.losses] == ["a figure of one of the groups that are listed"]
    assert found.losses[0].place.endswith("/outcomeMeasures/0/classes/0/categories/0/measurements/0")


def test_group_is_an_arm_only_if_titles_are_the_same() -> None:
    groups = [
        {"id": "OG000", "title": "ABATACEPT"},
        {"id": "OG001", "title": "Placebo, then abatacept"},
    ]
    made = study(
        **{ARMS: {"armGroups": [{"label": "Abatacept"}, {"label": "Placebo"}]}},
        outcomeMeasures={"outcomeMeasures": [measure(groups=groups)]},
    )

    assert [group.arm for group in trial(made).posted_outcomes[0].groups] == ["Abatacept", None]


def test_group_is_no_arm_if_two_have_its_title() -> None:
    made = study(
        **{ARMS: {"armGroups": [{"label": "Abatacept"}, {"label": "abatacept"}]}},
        outcomeMeasures={"outcomeMeasures": [measure()]},
    )

    assert trial(made).posted_outcomes[0].groups[0].arm is None


@pytest.mark.parametrize(
    ("planned", "same"),
    [
        ({"measure": "CDASI", "timeFrame": "Week 24"}, True),
        ({"measure": "cdasi ", "timeFrame": "week  24"}, True),
        ({"measure": "CDASI", "timeFrame": "Week 12"}, False),
        ({"measure": "CDASI"}, False),
        ({"measure": "CDASI-A", "timeFrame": "Week 24"}, False),
    ],
)
def test_posted_outcome_is_a_planned_one_only_if_title_and_time_are_the_same(planned: Any, same: bool) -> None:
    made = study(outcomes={"primaryOutcomes": [planned]}, outcomeMeasures={"outcomeMeasures": [measure()]})
    linked = [one.object for one in stated(made) if one.predicate.endswith("/outcome") and "/posted/" in one.subject]

    assert linked == (objects(made, IRI, "outcome") if same else [])


def test_spelling_that_means_nothing() -> None:
    assert normal(r"CK \>= 50 \[U/L\]") == normal("ck ≥ 50 [u/l]")
    assert normal("A &amp; B") == normal("A & B")
    assert normal("Week 24") != normal("Week 2 4")


# Numbers of results


@pytest.mark.parametrize(
    ("text", "value", "kept"),
    [
        ("56", Decimal(56), None),
        ("56.0", Decimal("56.0"), "56.0"),
        ("1,234", Decimal(1234), "1,234"),
        (".05", Decimal("0.05"), ".05"),
        ("-.9", Decimal("-0.9"), "-.9"),
        ("999.", Decimal(999), "999."),
        ("-6.5", Decimal("-6.5"), None),
        ("NA", None, "NA"),
    ],
)
def test_figure(text: str, value: Decimal | None, kept: str | None) -> None:
    one = figure(value=text, spread=text, lowerLimit=text, upperLimit=text)

    assert (one.value, one.value_text) == (value, kept)
    assert (one.spread, one.lower_text, one.upper) == (value, kept, value)


@pytest.mark.parametrize("text", ["12,5", "1,23", "5 mg", "<5", "0.05 (approx)", "1e5", "\u22125", "\u0663"])
def test_figure_that_is_no_sure_number_is_counted(text: str) -> None:
    made = posted(measure({"groupId": "OG000", "value": text}))
    (one,) = read(made).trial.posted_outcomes[0].classes[0].categories[0].measurements

    assert (one.value, one.value_text) == (None, text)
    assert [(loss.value, loss.expected) for loss in losses(made)] == [(text, "a number or NA")]


@pytest.mark.parametrize(
    ("text", "relation", "value", "kept"),
    [
        ("0.083", "=", "0.083", None),
        ("=0.04", "=", "0.04", "=0.04"),
        ("<0.0001", "<", "0.0001", None),
        ("< 0.001", "<", "0.001", "< 0.001"),
        (">0.9", ">", "0.9", None),
        ("&lt;0.001", "<", "0.001", "&lt;0.001"),
        ("≤.05", "≤", "0.05", "≤.05"),
        ("0.0830", "=", "0.083", "0.0830"),
        ("NA", None, None, "NA"),
    ],
)
def test_p_value(text: str, relation: str | None, value: str | None, kept: str | None) -> None:
    (one,) = (
        trial(posted(measure(analyses=[{"groupIds": ["OG000", "OG001"], "pValue": text}]))).posted_outcomes[0].analyses
    )

    assert (one.p_relation, one.p_text) == (relation, kept)
    assert one.p_value == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["0.05 (approx)", "n.s.", "1.2", "-0.1", "<"])
def test_p_value_that_is_none_is_counted(text: str) -> None:
    made = posted(measure(analyses=[{"groupIds": ["OG000"], "pValue": text}]))
    (one,) = read(made).trial.posted_outcomes[0].analyses

    assert (one.p_value, one.p_relation, one.p_text) == (None, None, text)
    assert len(losses(made)) == 1


def test_measure_that_is_not_posted_yet() -> None:
    made = {"type": "SECONDARY", "title": "MMT8", "reportingStatus": "NOT_POSTED", "anticipatedPostingDate": "2027-03"}
    (one,) = trial(posted(made)).posted_outcomes

    assert (one.reporting, str(one.expected), one.classes, one.statistic) == ("NOT_POSTED", "2027-03", (), None)


def test_dispersion_is_text_and_may_be_any_interval() -> None:
    made = measure(dispersionType="84% Confidence Interval", paramType="LEAST_SQUARES_MEAN")

    assert trial(posted(made)).posted_outcomes[0].dispersion == "84% Confidence Interval"


def test_rows_without_a_title_and_with_the_same() -> None:
    nameless = {"categories": [{"title": "Yes"}]}
    rows = [nameless, nameless, {"title": "Week 1"}, {"title": "Week 1"}, {"categories": []}]
    made = posted(measure(classes=rows))
    keys = [row.key for row in trial(made).posted_outcomes[0].classes]

    assert keys == ["-", "- 2", "Week 1", "Week 1 2"]
    assert len({one.object for one in stated(made) if one.predicate.endswith("/measureClass")}) == 4


def test_milestone_and_reason_of_one_name_are_two() -> None:
    period = {
        "title": "Overall",
        "milestones": [{"type": "Death", "achievements": [{"groupId": "FG000", "numSubjects": "1,075"}]}],
        "dropWithdraws": [{"type": "Death", "reasons": [{"groupId": "FG000", "numSubjects": "2"}]}],
    }
    made = study(participantFlow={"groups": [{"id": "FG000", "title": "A"}], "periods": [period]})
    flow = trial(made).participant_flow

    assert flow is not None
    assert flow.periods[0].drop_outs[0].repeat == 2
    assert (flow.periods[0].milestones[0].counts[0].count, flow.periods[0].milestones[0].counts[0].text) == (
        1075,
        "1,075",
    )


def test_harms_of_one_name_serious_and_not() -> None:
    event = {"term": "Rash", "organSystem": "Skin", "stats": [{"groupId": "EG000", "numAtRisk": 0}]}
    module = {
        "frequencyThreshold": "5.0",
        "eventGroups": [{"id": "EG000", "title": "A", "deathsNumAffected": 0}],
        "seriousEvents": [event],
        "otherEvents": [event, event],
    }
    harms = trial(study(adverseEvents=module)).adverse_events

    assert harms is not None
    assert [(one.serious, one.repeat) for one in harms.events] == [(True, None), (False, None), (False, 2)]
    assert (harms.threshold, harms.threshold_text) == (Decimal("5.0"), "5.0")
    assert (harms.events[0].counts[0].count, harms.events[0].counts[0].participants) == (None, 0)
    assert (harms.groups[0].deaths_affected, harms.groups[0].deaths_at_risk) == (0, None)


def test_reading_does_not_change_the_study() -> None:
    made = posted(measure({"groupId": "OG000", "value": "1"}))
    copy = eval(repr(made))
    read(made)

    assert made == copy
    assert isinstance(trial(made), Trial)
