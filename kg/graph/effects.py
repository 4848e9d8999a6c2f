"""The primary results of trials in words, as stated: figures of groups, then differences, then the finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kg.names import PREFIXES, expand, shrink
from kg.store import Store, Term

_HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "myo", "skos"))
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


def stated(store: Store, trials: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Say the figures of the primary results of trials, one text a result, groups before differences.

    Parameters
    ----------
    store
        Where to look.
    trials
        Trials by their CURIEs.

    Examples
    --------
    >>> from kg.graph.samples import store
    >>> stated(store(), ["trial:NCT1"])
    {}
    """
    results: defaultdict[tuple[str, str, str], list[Mapping[str, str]]] = defaultdict(list)
    terms = tuple(Term(expand(trial), "iri") for trial in trials)
    for row in store.select(_FIGURES, {"trial": terms}).texts() if terms else ():
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


def padded(number: str, places: int) -> str:
    """Write a number with as many decimals as its neighbours have.

    >>> padded("56", 1), padded("42.5", 1)
    ('56.0', '42.5')
    """
    missing = places - _places(number)
    return number + "." * (missing == places > 0) + "0" * missing


def _group(row: Mapping[str, str], places: Mapping[str, int]) -> str:
    parts = []
    if row["percent"]:
        parts.append(f"{padded(row['percent'], places['percent'])} %")
    if row["count"]:
        parts.append(f"{row['count']} of {row['participants']}" if row["participants"] else row["count"])
    if row["value"]:
        unit = f" {row['unit']}" if row["unit"] else ""
        parts.append(f"{row['kind']} {padded(row['value'], places['value'])}{unit}")
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
