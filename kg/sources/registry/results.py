"""The form of posted results."""

from __future__ import annotations

from kg import posted
from kg.record import Record
from kg.sources.registry.form import Form, Part, Parts, Value, parts, value, values
from kg.sources.registry.values import (
    code,
    count,
    count_text,
    date,
    flag,
    number,
    number_text,
    p_relation,
    p_text,
    p_value,
    verbatim,
    whole,
)

_COUNTED = (value("count", "value", count), value("text", "value", count_text))
_GROUPS = parts("groups", posted.ResultGroup, "groups")
_DENOMINATORS = parts("denominators", posted.Denominator, "denoms")


def _counts(key: str, *values: Value) -> tuple[Parts]:
    form = Form((value("group", "groupId", verbatim), *values), ())
    return (Parts("counts", posted.GroupCount, (Part((key,), {}),), form=form),)


def _steps(field: str, key: str, counts: str) -> Parts:
    values = (
        value("count", "numSubjects", count),
        value("text", "numSubjects", count_text),
        value("units", "numUnits", count),
        value("comment", "comment", verbatim),
    )
    form = Form((value("kind", "type", verbatim), value("comment", "comment", verbatim)), _counts(counts, *values))
    return Parts(field, posted.FlowStep, (Part((key,), {}),), form=form)


def _number(field: str, key: str) -> tuple[Value, Value]:
    return value(field, key, number), value(f"{field}_text", key, number_text)


_MEASURE = (
    value("title", "title", verbatim),
    value("description", "description", verbatim),
    value("population", "populationDescription", verbatim),
    value("statistic", "paramType", code("Statistic")),
    value("dispersion", "dispersionType", verbatim),
    value("unit", "unitOfMeasure", verbatim),
    value("percentages", "calculatePct", flag),
    value("denominator_units", "denomUnitsSelected", verbatim),
)
_CLASSES = parts("classes", posted.PostedClass, "classes")

_CHARACTERISTICS = Parts(
    "measures", posted.PostedMeasure, (Part(("measures",), {}),), form=Form(_MEASURE, (_DENOMINATORS, _CLASSES))
)
"""Characteristics at the start: figures of the groups of the baseline."""

RESULTS: dict[type[Record], Form] = {
    posted.ParticipantFlow: Form(
        (
            value("recruitment", "recruitmentDetails", verbatim),
            value("pre_assignment", "preAssignmentDetails", verbatim),
            value("units", "typeUnitsAnalyzed", verbatim),
        ),
        (_GROUPS, parts("periods", posted.FlowPeriod, "periods")),
    ),
    posted.FlowPeriod: Form(
        (value("title", "title", verbatim),),
        (_steps("milestones", "milestones", "achievements"), _steps("drop_outs", "dropWithdraws", "reasons")),
    ),
    posted.Baseline: Form(
        (value("population", "populationDescription", verbatim), value("units", "typeUnitsAnalyzed", verbatim)),
        (_GROUPS, _DENOMINATORS, _CHARACTERISTICS),
    ),
    posted.ResultGroup: Form(
        (
            value("id", "id", verbatim),
            value("title", "title", verbatim),
            value("description", "description", verbatim),
            value("deaths_affected", "deathsNumAffected", whole),
            value("deaths_at_risk", "deathsNumAtRisk", whole),
            value("serious_affected", "seriousNumAffected", whole),
            value("serious_at_risk", "seriousNumAtRisk", whole),
            value("other_affected", "otherNumAffected", whole),
            value("other_at_risk", "otherNumAtRisk", whole),
        ),
        (),
    ),
    posted.Denominator: Form(
        (value("units", "units", verbatim),),
        _counts("counts", *_COUNTED),
    ),
    posted.PostedMeasure: Form(
        (
            value("priority", "type", code("Priority")),
            value("time_frame", "timeFrame", verbatim),
            value("reporting", "reportingStatus", verbatim),
            value("expected", "anticipatedPostingDate", date),
            value("units", "typeUnitsAnalyzed", verbatim),
            *_MEASURE,
        ),
        (_GROUPS, _DENOMINATORS, _CLASSES, parts("analyses", posted.Analysis, "analyses")),
    ),
    posted.PostedClass: Form(
        (value("title", "title", verbatim),),
        (_DENOMINATORS, parts("categories", posted.PostedCategory, "categories")),
    ),
    posted.PostedCategory: Form(
        (value("title", "title", verbatim),), (parts("measurements", posted.Measurement, "measurements"),)
    ),
    posted.Measurement: Form(
        (
            value("group", "groupId", verbatim),
            *_number("value", "value"),
            *_number("spread", "spread"),
            *_number("lower", "lowerLimit"),
            *_number("upper", "upperLimit"),
            value("comment", "comment", verbatim),
        ),
        (),
    ),
    posted.Analysis: Form(
        (
            values("groups", "groupIds[]", verbatim),
            value("group_description", "groupDescription", verbatim),
            value("hypothesis", "nonInferiorityType", verbatim),
            value("hypothesis_comment", "nonInferiorityComment", verbatim),
            value("tested_non_inferiority", "testedNonInferiority", flag),
            value("p_value", "pValue", p_value),
            value("p_relation", "pValue", p_relation),
            value("p_text", "pValue", p_text),
            value("p_comment", "pValueComment", verbatim),
            value("method", "statisticalMethod", verbatim),
            value("method_comment", "statisticalComment", verbatim),
            value("estimate_kind", "paramType", verbatim),
            *_number("value", "paramValue"),
            value("dispersion", "dispersionType", verbatim),
            *_number("spread", "dispersionValue"),
            value("sides", "ciNumSides", verbatim),
            *_number("level", "ciPctValue"),
            *_number("lower", "ciLowerLimit"),
            value("lower_comment", "ciLowerLimitComment", verbatim),
            *_number("upper", "ciUpperLimit"),
            value("upper_comment", "ciUpperLimitComment", verbatim),
            value("comment", "estimateComment", verbatim),
            value("other_description", "otherAnalysisDescription", verbatim),
        ),
        (),
    ),
    posted.AdverseEvents: Form(
        (
            *_number("threshold", "frequencyThreshold"),
            value("time_frame", "timeFrame", verbatim),
            value("description", "description", verbatim),
            value("mortality_comment", "allCauseMortalityComment", verbatim),
        ),
        (
            Parts("groups", posted.ResultGroup, (Part(("eventGroups",), {}),)),
            Parts(
                "events",
                posted.AdverseEvent,
                (Part(("seriousEvents",), {"serious": True}), Part(("otherEvents",), {"serious": False})),
            ),
        ),
    ),
    posted.AdverseEvent: Form(
        (
            value("term", "term", verbatim),
            value("organ_system", "organSystem", verbatim),
            value("vocabulary", "sourceVocabulary", verbatim),
            value("assessment", "assessmentType", verbatim),
            value("notes", "notes", verbatim),
        ),
        _counts(
            "stats",
            value("count", "numAffected", whole),
            value("participants", "numAtRisk", whole),
            value("events", "numEvents", whole),
        ),
    ),
}
"""The form of each type of record of posted results."""
