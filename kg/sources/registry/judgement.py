r"""What a study does not say outright: names of the nameless, roles, ties between results and plan.

* What an intervention is to its trial the source does not say.  An intervention named as a placebo or
  sham is one; one that only experimental arms receive is experimental; one that only active
  comparators receive is a comparator.  Of the rest the role stays open.
* Arms name their interventions twice.  ``armGroupLabels`` of the interventions are followed, as they
  always match a label.
* Things that the source calls the same are told apart by ``repeat``: 2 for the second.  Rows of
  posted results without a title are told apart by ``-``, analyses by what they compare and how.
* A group of posted results is tied to an arm, and a posted outcome to a planned one, only where titles
  (and time frames) are the same but for case, white space, ``≥`` for ``>=``, and escapes of Markdown
  and HTML, and where only one has that title.
* A thing that must have a name and has none is called ``(no name)``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from kg import posted, records, registration
from kg.record import Record
from kg.sources.registry.keys import Loss
from kg.sources.registry.values import UnreadableError
from kg.values import durations

Json = dict[str, Any]
Fields = dict[str, Any]

NO_NAME = "(no name)"
"""The name of what the source gives none."""

_PLACEBO = re.compile(r"\b(?:placebos?|sham)\b", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def normal(text: str) -> str:
    r"""Write a title so that differences of spelling that mean nothing are gone.

    >>> normal(r"Change  in CK \\>= 50&amp;nbsp;%") == normal("change in CK ≥ 50&nbsp;%")
    False
    >>> normal(r"Change  in CK \>= 50 %") == normal("change in CK ≥ 50 %")
    True
    """
    plain = html.unescape(_ESCAPE.sub("", text)).replace("≥", ">=").replace("≤", "<=")
    return " ".join(plain.casefold().split())


class Notes(NamedTuple):
    """What is noted while a part is read; places are those below the part."""

    losses: list[Loss]
    moved: list[tuple[str, str]]


class Scope(NamedTuple):
    """What the parts of a trial must know of the rest of it."""

    id: str
    roles: Mapping[str, Sequence[str]]
    """Label of an arm -> its kinds."""
    receives: Mapping[str, Sequence[str]]
    """Label of an arm -> keys of its interventions."""
    arms: Mapping[str, Sequence[str]]
    """Normal label -> keys of the arms."""
    outcomes: Mapping[tuple[str, str, str], list[str]]
    """Priority, normal title and normal time frame -> keys of the planned outcomes."""
    groups: set[str]
    """Numbers of the groups of the part of the results that is being read."""


Finish = Callable[[Fields, Json, Scope, Notes], None]
"""Completes the fields of a part."""


def _named(what: str, key: str = "") -> Finish:
    def finish(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
        fields["label"] = f"{what} of {scope.id}"
        fields["key" if key else "trial"] = key or scope.id

    return finish


def _no_name(field: str) -> Finish:
    def finish(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
        fields.setdefault(field, NO_NAME)

    return finish


def _finish_use(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    name = fields.setdefault("text", NO_NAME)
    kinds = {kind for label in source.get("armGroupLabels") or () for kind in scope.roles.get(str(label), ())}
    if _PLACEBO.search(name):
        fields["role"] = "placebo"
    elif kinds == {"EXPERIMENTAL"}:
        fields["role"] = "experimental"
    elif kinds == {"ACTIVE_COMPARATOR"}:
        fields["role"] = "comparator"


def _finish_arm(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    label = fields.setdefault("label", NO_NAME)
    fields["uses"] = tuple(scope.receives.get(label, ()))


def _finish_outcome(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    fields.setdefault("title", NO_NAME)
    fields["times"] = durations(fields.get("time_frame", ""))


def _finish_reference(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    fields.setdefault("citation", fields.get("pubmed", NO_NAME))


def _finish_resource(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    fields.setdefault("label", fields.get("url") or fields.get("id") or NO_NAME)


def _finish_document(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    fields.setdefault("label", fields.get("filename", NO_NAME))
    fields.setdefault("filename", NO_NAME)


def _finish_group(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    scope.groups.add(fields.setdefault("id", NO_NAME))
    same = scope.arms.get(normal(fields.setdefault("title", NO_NAME)), ())
    if len(same) == 1 and same[0] != NO_NAME:
        fields["arm"] = same[0]


def _finish_figure(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    if fields.get("group") not in scope.groups:
        raise UnreadableError("a figure of one of the groups that are listed")


def _finish_measure(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    title = fields.setdefault("title", NO_NAME)
    priority = fields.get("priority")
    planned = "OTHER" if priority == "OTHER_PRE_SPECIFIED" else priority
    same = scope.outcomes.get((str(planned), normal(title), normal(fields.get("time_frame", ""))), ())
    if len(same) == 1:
        fields["outcome"] = same[0]


def _finish_row(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    fields["key"] = fields.get("title") or "-"


def _finish_analysis(fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
    groups = fields.get("groups", ())
    fields["groups"] = tuple(group for group in dict.fromkeys(groups) if group in scope.groups)
    notes.losses.extend(
        Loss("/groupIds", group, "one of the groups that are listed") for group in groups if group not in scope.groups
    )
    parts = ("method", "estimate_kind", "group_description", "hypothesis", "method_comment", "comment")
    fields["key"] = " ".join([*fields["groups"], *(fields.get(part, "") for part in parts)]).strip() or "-"


FINISH: Mapping[type[Record], Finish] = {
    records.Use: _finish_use,
    records.Arm: _finish_arm,
    records.Outcome: _finish_outcome,
    registration.Reference: _finish_reference,
    registration.Resource: _finish_resource,
    registration.Document: _finish_document,
    registration.Registration: _named("Registration"),
    registration.Identifier: _no_name("id"),
    posted.ParticipantFlow: _named("Participant flow", "flow"),
    posted.Baseline: _named("Baseline", "baseline"),
    posted.AdverseEvents: _named("Adverse events", "harms"),
    posted.ResultGroup: _finish_group,
    posted.GroupCount: _finish_figure,
    posted.Measurement: _finish_figure,
    posted.FlowPeriod: _no_name("title"),
    posted.FlowStep: _no_name("kind"),
    posted.Denominator: _no_name("units"),
    posted.AdverseEvent: _no_name("term"),
    posted.PostedMeasure: _finish_measure,
    posted.PostedClass: _finish_row,
    posted.PostedCategory: _finish_row,
    posted.Analysis: _finish_analysis,
}
"""What completes each type of part that needs it."""
