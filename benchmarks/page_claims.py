"""Judged sentences (tests/golden/claims.tsv) as gold facts of the claims that a text makes.

One row is one claim, or none; a text with several claims has several rows.  What is hedged, or called
optional in its notes, is neither rewarded nor punished; what is denied must not come out as a fact.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from kg.resources import root

SENTENCES = root() / "tests" / "golden" / "claims.tsv"

_STANDING_ALONE = {"mechanism", "approval", "derivation", "role", "gap", "experience"}
_CLASSES = (
    "glucocorticoids",
    "immunosuppressants",
    "antimalarials",
    "calcineurin inhibitors",
    "disease modifying antirheumatic drugs",
    "folic acid",
)
"""Names of classes, and of a vitamin, that a sentence on background treatment may yield beside its drugs."""
_STATEMENTS = ("derivation", "role", "experience", "gap")
_BIOLOGY = {"target biology", "autoantibody biology", "general"}


@cache
def sentences(*, set_aside: bool) -> dict[str, tuple[dict[str, str], ...]]:
    """Read the texts of one part with their rows."""
    part = "set-aside" if set_aside else "development"
    found: dict[str, tuple[dict[str, str], ...]] = {}
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["set"] == part:
                found[row["text"]] = (*found.get(row["text"], ()), row)
    return found


def fit_for_any_page(rows: Iterable[Mapping[str, str]]) -> bool:
    """Tell whether a sentence says nothing of the trial on whose page it stands."""
    return all(row["kind"] in _STANDING_ALONE or row["notes"] in _BIOLOGY for row in rows)


def gold(rows: Sequence[Mapping[str, str]]) -> dict[str, list[Any]]:
    """Turn rows into the claims of the gold facts."""
    facts: dict[str, list[Any]] = {
        **{kind: [] for kind in _STATEMENTS},
        "recommendations": [],
        "mechanism_claims": [],
        "approved_indications_claimed": [],
        "background_treatments": [],
        "not_for": [],
        "negations": sorted({row["text"] for row in rows if row["polarity"] == "negative"}),
        "background_treatments_alt": [],
    }
    for row in rows:
        drugs, diseases = _parts(row["drug"]), _parts(row["diseases"])
        optional = {"optional": True} if row["hedged"] or row["notes"].startswith("optional") else {}
        if row["kind"] in _STATEMENTS and not optional:
            facts[row["kind"]].append({"drug": row["drug"], "quote": row["text"]})
        if row["kind"] == "role":
            facts["background_treatments_alt"] += [*drugs, *_CLASSES]
        if row["polarity"] == "negative":
            facts["not_for"] += [[drug, disease] for drug in drugs for disease in diseases]
        elif row["kind"] == "mechanism":
            claim = {"action": row["action"], "targets": _parts(row["targets"]), "quote": row["text"], **optional}
            facts["mechanism_claims"] += [{"drug": drug, **claim} for drug in drugs]
        elif row["kind"] == "approval":
            claim = {"indications": diseases, "agency": row["agency"] or None, "quote": row["text"], **optional}
            facts["approved_indications_claimed"] += [{"drug": drug, **claim} for drug in drugs]
        elif row["kind"] == "background":
            facts["background_treatments_alt" if optional else "background_treatments"] += drugs
            facts["background_treatments_alt"] += _CLASSES
        elif row["kind"] == "recommendation":
            facts["recommendations"].append({"drug": row["drug"], "line": row["line"] or None, **optional})
            facts["background_treatments_alt"] += [*drugs, *_CLASSES]
    return facts


def _parts(cell: str) -> list[str]:
    return cell.split("|") if cell else []
