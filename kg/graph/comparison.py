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
from kg.graph.effects import stated
from kg.graph.explanation import branch
from kg.graph.paths import neighbours
from kg.graph.projection import Graph
from kg.graph.receipts import Receipt
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
_STATED = (
    "condition", "course", "phase", "allocation", "interventionModel", "masking", "enrolment", "comparatorText",
    "verdict", "verdictBasis", "timeFrame", "measure", "finding", "quote", "value", "percent", "count", "participants",
    "spread", "lowerBound", "upperBound", "pValue", "pRelation", "effect", "statistic",
)  # fmt: skip
"""The properties whose values stand in a row."""
_RECEIPTS = f"""{_HEAD}PREFIX graph: <{PREFIXES["graph"]}>
PREFIX rdf: <{PREFIXES["rdf"]}>
SELECT DISTINCT ?trial ?s ?p ?o ?record ?locator ?value
WHERE {{
  VALUES ?p {{ {" ".join(f"myo:{name}" for name in _STATED)} }}
  {{ ?trial a myo:Trial . BIND (?trial AS ?s) }}
  UNION {{ ?trial myo:outcome|myo:result ?s . ?s myo:priority concept:PriorityPrimary . }}
  UNION {{
    ?trial myo:result ?result .
    ?result myo:priority concept:PriorityPrimary ; myo:groupValue|myo:comparison ?s .
  }}
  GRAPH graph:receipts {{
    ?receipt
      rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ;
      myo:inRecord ?record ; myo:locator ?locator ; myo:exactValue ?value .
  }}
}}
ORDER BY ?trial ?s ?p ?o ?record ?locator
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
    outcomes, effects = _outcomes(store, trials), stated(store, trials)
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


def receipts(store: Store, compared: Iterable[Compared]) -> dict[str, tuple[Receipt, ...]]:
    """Return, for each trial of a comparison, where what its row says stands written.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> sample = store()
    >>> found = receipts(sample, compare(sample, project(sample), ["CD80"], "disease:dermatomyositis"))
    >>> [receipt.triple[1] for receipt in found["trial:NCT1"]]
    ['myo:condition', 'myo:verdict']
    """
    trials = sorted({row.trial for one in compared for row in one.trials})
    found: defaultdict[str, list[Receipt]] = defaultdict(list)
    for row in store.select(_RECEIPTS, {"trial": _terms(trials)}).texts() if trials else ():
        triple = shrink(row["s"]), shrink(row["p"]), shrink(row["o"])
        found[shrink(row["trial"])].append(Receipt(triple, shrink(row["record"]), row["locator"], row["value"]))
    return {trial: tuple(some) for trial, some in found.items()}


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


def text(compared: Iterable[Compared], graph: Graph, receipts: Mapping[str, tuple[Receipt, ...]] | None = None) -> str:
    """Write a comparison for people, with the receipts of each trial if they are given.

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
            lines += [f"        {receipt.text()}" for receipt in (receipts or {}).get(row.trial, ())]
    return "\n".join(lines)
