"""Compares trials by mechanism: who was studied, how, against what, judged by which measure, with what effect.

What is compared is asked for in words (``JAK``, ``FcRn``, ``CD80``, ``abatacept``), which name mechanisms;
all trials of the drugs that act by one of them stand under it.  Effects are given as stated: nothing
is pooled, and figures on different measures stand beside each other, not in one number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kg import meanings
from kg.errors import QueryError
from kg.graph import sentences
from kg.graph.explanation import branch
from kg.graph.paths import neighbours
from kg.graph.projection import Graph
from kg.names import PREFIXES, expand, shrink
from kg.store import Rows, Store, Term

MYOSITIS = "disease:myositis-disease"
"""The disease whose trials are compared if no other is asked for."""

COLUMNS = (
    "mechanism", "drug", "trial", "title", "population", "phase", "design", "people", "comparator",
    "outcome", "effect", "verdict", "evidence",
)  # fmt: skip

_HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "myo", "skos"))
_OUTCOMES = f"""{_HEAD}
SELECT DISTINCT ?trial ?outcome ?title ?measure ?when
WHERE {{
  ?trial myo:outcome ?outcome .
  ?outcome
    myo:priority concept:PriorityPrimary ;
    skos:prefLabel ?title .
  OPTIONAL {{ ?outcome myo:measure/skos:prefLabel ?measure . }}
  OPTIONAL {{ ?outcome myo:timeFrame ?when . }}
}}
ORDER BY ?trial ?outcome ?measure
"""
_FIGURES = f"""{_HEAD}
SELECT DISTINCT ?trial ?result ?label ?finding ?figure ?group ?arm ?kind ?value ?unit ?percent ?count ?participants
  ?spread ?spreadKind ?lower ?upper ?relation ?p
WHERE {{
  ?trial myo:result ?result .
  ?result
    myo:priority concept:PriorityPrimary ;
    skos:prefLabel ?label .
  OPTIONAL {{ ?result myo:finding/skos:prefLabel ?finding . }}
  OPTIONAL {{ ?result myo:groupValue|myo:comparison ?figure . }}
  OPTIONAL {{ ?figure skos:prefLabel ?group . }}
  OPTIONAL {{ ?figure (myo:arm|myo:armOfInterest)/myo:armKind ?arm . }}
  OPTIONAL {{ ?figure (myo:statistic|myo:effect)/skos:prefLabel ?kind . }}
  OPTIONAL {{ ?figure myo:value ?value . }}
  OPTIONAL {{ ?figure myo:unit ?unit . }}
  OPTIONAL {{ ?figure myo:percent ?percent . }}
  OPTIONAL {{ ?figure myo:count ?count . }}
  OPTIONAL {{ ?figure myo:participants ?participants . }}
  OPTIONAL {{ ?figure myo:spread ?spread . }}
  OPTIONAL {{ ?figure myo:spreadKind/skos:prefLabel ?spreadKind . }}
  OPTIONAL {{ ?figure myo:lowerBound ?lower . }}
  OPTIONAL {{ ?figure myo:upperBound ?upper . }}
  OPTIONAL {{ ?figure myo:pRelation/skos:notation ?relation . }}
  OPTIONAL {{ ?figure myo:pValue ?p . }}
}}
ORDER BY ?trial ?result ?figure
"""


class TrialRow(NamedTuple):
    """A trial in a comparison; texts as they are shown, empty where nothing is known."""

    trial: str
    drugs: tuple[str, ...]
    title: str
    population: str
    phase: str
    design: str
    people: str
    comparator: str
    outcomes: tuple[str, ...]
    effects: tuple[str, ...]
    verdict: str
    evidence: str


class Compared(NamedTuple):
    """What one of the words means, and its trials in the order of their numbers."""

    asked: str
    mechanisms: tuple[str, ...]
    drugs: tuple[str, ...]
    trials: tuple[TrialRow, ...]


def compare(store: Store, graph: Graph, asked: Sequence[str], disease: str = MYOSITIS) -> tuple[Compared, ...]:
    """Compare the trials of mechanisms in a disease and its kinds.

    Parameters
    ----------
    store
        The store that the graph was made from.
    graph
        The graph, without what should not count (unchecked mechanisms).
    asked
        Words that name mechanisms: a drug, a target, a process, a class, a family.
    disease
        A node of the graph.

    Raises
    ------
    QueryError
        If words name no mechanism of the graph.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> (one,) = compare(store(), project(store()), ["CD80"], "disease:dermatomyositis")
    >>> one.drugs, [row.verdict for row in one.trials]
    (('drug:abatacept', 'drug:belatacept'), ['primary end point missed'])
    """
    within = branch(graph, disease)
    found = []
    for text in asked:
        mechanisms = [node for node in _mechanisms(store, text) if node in graph]
        if not mechanisms:
            raise QueryError(f"{text!r} names no mechanism that was checked against a source")
        drugs = sorted({hop.end for node in mechanisms for hop in neighbours(graph, node, ["drug"])})
        tested: defaultdict[str, list[str]] = defaultdict(list)
        for drug in drugs:
            for hop in neighbours(graph, drug, ["trial"]):
                if hop.kind == "evaluates" and _is_about(graph, hop.end, within):
                    tested[hop.end].append(drug)
        found.append((text, tuple(mechanisms), tuple(drugs), dict(sorted(tested.items()))))
    trials = sorted({trial for *_, tested in found for trial in tested})
    outcomes, effects = _outcomes(store, trials), _effects(store, trials)
    return tuple(
        Compared(
            text,
            mechanisms,
            drugs,
            tuple(
                _row(graph, one, named, outcomes.get(one, ()), effects.get(one, ())) for one, named in tested.items()
            ),
        )
        for text, mechanisms, drugs, tested in found
    )


def _mechanisms(store: Store, text: str) -> list[str]:
    try:
        meaning = meanings.find(store, "mechanism", text)
    except QueryError as error:
        raise QueryError(f"{error}; a drug, target, process or class can be given too") from None
    return [shrink(term.value) for term in meaning.terms]


def _is_about(graph: Graph, trial: str, diseases: Iterable[str]) -> bool:
    return any(graph.has_edge(trial, disease, "has_condition") for disease in diseases)


def _row(
    graph: Graph, trial: str, drugs: Iterable[str], outcomes: tuple[str, ...], effects: tuple[str, ...]
) -> TrialRow:
    data = graph.nodes[trial]

    def shown(*names: str) -> str:
        return ", ".join(str(data[name]).replace("|", ", ") for name in names if name in data)

    diseases = sorted(sentences.name(graph, hop.end) for hop in neighbours(graph, trial, ["disease"]))
    course = f" ({shown('course')})" if "course" in data else ""
    limits = f" ({shown('limits')})" if "limits" in data else ""
    return TrialRow(
        trial=trial,
        drugs=tuple(drugs),
        title=str(data["label"]),
        population=", ".join(diseases) + course,
        phase=shown("phase"),
        design=shown("allocation", "model", "masking"),
        people=shown("enrolment"),
        comparator=shown("comparator"),
        outcomes=outcomes,
        effects=effects or tuple(filter(None, [shown("basis")])),
        verdict=shown("verdict"),
        evidence=shown("grade") + limits,
    )


def _terms(trials: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(expand(trial), "iri") for trial in trials)


def _outcomes(store: Store, trials: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Name the primary outcomes of trials by measure, or by their own title if they name none, with the time."""
    named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    when: dict[tuple[str, str], str] = {}
    for row in store.select(_OUTCOMES, {"trial": _terms(trials)}).texts() if trials else ():
        key = shrink(row["trial"]), row["outcome"]
        named[key].append(row["measure"] or row["title"])
        when[key] = f", {row['when']}" if row["when"] else ""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, names in named.items():
        found[key[0]].append(" and ".join(names) + when[key])
    return {trial: tuple(sorted(texts)) for trial, texts in found.items()}


def _effects(store: Store, trials: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Say the figures of the primary results of trials, one text a result, groups before differences."""
    results: defaultdict[tuple[str, str, str], list[Mapping[str, str]]] = defaultdict(list)
    for row in store.select(_FIGURES, {"trial": _terms(trials)}).texts() if trials else ():
        results[shrink(row["trial"]), row["result"], row["label"]].append(row)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for (trial, _, label), rows in results.items():
        found[trial].append(f"{label}: {'; '.join(_said(rows)) or 'no figure'}")
    return {trial: tuple(sorted(texts)) for trial, texts in found.items()}


def _said(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Say the figures of a result: the groups, the experimental first, then the differences, then the finding."""
    groups = [row for row in rows if row["figure"] and "/comparison/" not in row["figure"]]
    groups.sort(key=lambda row: (not row["arm"].endswith("Experimental"), row["group"]))
    places = {name: max((_places(row[name]) for row in groups), default=0) for name in ("percent", "value")}
    figures = [(_group(row, places), row["group"]) for row in groups]
    said = [" against ".join(f"{figure} ({group})" for figure, group in figures if figure)]
    differences = [(row["group"], _difference(row)) for row in rows if "/comparison/" in row["figure"]]
    said += [f"{group}: {difference}" for group, difference in differences if difference]
    return [*filter(None, said), *(f"stated: {finding}" for finding in [rows[0]["finding"]] if finding)]


def _places(number: str) -> int:
    return len(number.partition(".")[2])


def _padded(number: str, places: int) -> str:
    """Write a number with as many decimals as its neighbours have: 56 beside 42.5 is 56.0."""
    missing = places - _places(number)
    return number + "." * (missing == places > 0) + "0" * missing


def _group(row: Mapping[str, str], places: Mapping[str, int]) -> str:
    parts = []
    if row["percent"]:
        parts.append(f"{_padded(row['percent'], places['percent'])} %")
    if row["count"]:
        parts.append(f"{row['count']} of {row['participants']}" if row["participants"] else row["count"])
    if row["value"]:
        unit = f" {row['unit']}" if row["unit"] else ""
        parts.append(f"{row['kind']} {_padded(row['value'], places['value'])}{unit}")
    return (", ".join(parts) + _scatter(row) + _chance(row)).removeprefix(", ")


def _difference(row: Mapping[str, str]) -> str:
    value = f"{row['kind']} {row['value']}" if row["value"] else ""
    return (value + _scatter(row) + _chance(row)).removeprefix(", ")


def _scatter(row: Mapping[str, str]) -> str:
    parts = [f"{row['spreadKind']} {row['spread']}".strip()] if row["spread"] else []
    parts += [f"{row['lower']} to {row['upper']}"] if row["lower"] and row["upper"] else []
    return f" ({', '.join(parts)})" if parts else ""


def _chance(row: Mapping[str, str]) -> str:
    return f", p {row['relation'] or '='} {row['p']}" if row["p"] else ""


def rows(compared: Iterable[Compared]) -> Rows:
    """Make rows of a comparison, one a trial and mechanism, in the columns `COLUMNS`.

    >>> rows([Compared("JAK", (), (), ())]).columns[:3]
    ('mechanism', 'drug', 'trial')
    """
    made = []
    for one in compared:
        for row in one.trials:
            cells = {
                **row._asdict(),
                "mechanism": one.asked,
                "drug": "; ".join(row.drugs),
                "outcome": "; ".join(row.outcomes),
                "effect": "; ".join(row.effects),
            }
            made.append(tuple(_term(name, cells[name]) for name in COLUMNS))
    return Rows(COLUMNS, tuple(made))


def _term(column: str, cell: str) -> Term | None:
    if not cell:
        return None
    if column == "trial":
        return Term(expand(cell), "iri")
    return Term(cell, "literal", PREFIXES["xsd"] + "integer" if column == "people" else "")


def text(compared: Iterable[Compared], graph: Graph) -> str:
    """Write a comparison for people.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> graph = project(store())
    >>> print(text(compare(store(), graph, ["CD80"], "disease:dermatomyositis"), graph))
    CD80: 1 trial of abatacept; no trial here of belatacept
      NCT1  Abatacept in dermatomyositis
        population  dermatomyositis
        verdict     primary end point missed
    """
    lines = []
    for one in compared:
        tested = {drug for row in one.trials for drug in row.drugs}
        yes, no = (
            [sentences.name(graph, drug) for drug in one.drugs if (drug in tested) is has] for has in (True, False)
        )
        parts = [f"{len(one.trials)} trial{'s' * (len(one.trials) != 1)} of {sentences.listed(yes)}"] if yes else []
        parts += [f"no trial here of {sentences.listed(no)}"] if no else []
        lines.append(f"{one.asked}: {'; '.join(parts)}")
        for row in one.trials:
            lines.append(f"  {sentences.name(graph, row.trial)}  {row.title}")
            design = ", ".join(filter(None, [row.phase, row.design, f"{row.people} people" if row.people else ""]))
            fields = [
                ("drug", "; ".join(sentences.name(graph, drug) for drug in row.drugs) if len(yes) > 1 else ""),
                ("population", row.population),
                ("design", design),
                ("comparator", row.comparator),
                *(("outcome", outcome) for outcome in row.outcomes),
                *(("effect", effect) for effect in row.effects),
                ("verdict", row.verdict),
                ("evidence", row.evidence),
            ]
            lines += [f"    {name:<11} {value}" for name, value in fields if value]
    return "\n".join(lines)
