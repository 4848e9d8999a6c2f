"""Tests of tests/golden/claims.tsv itself: judged sentences by which the reading of prose is measured."""

from __future__ import annotations

import csv
import hashlib

import pytest

from kg.resources import root
from kg.rows import DrugRow, TargetRow
from kg.tables import TABLES, read

TABLE_FOLDER = root() / "ontology" / "tables"
KINDS = {
    "mechanism", "approval", "recommendation", "background", "derivation", "role", "gap", "experience", "none",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (root() / "tests" / "golden" / "claims.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_sentences_are_many_and_a_third_claims_nothing(rows: list[dict[str, str]]) -> None:
    positive = {row["text"] for row in rows if row["polarity"] == "positive" and not row["hedged"]}
    texts = {row["text"] for row in rows}

    assert len(texts) >= 400
    assert len(texts - positive) >= 130
    assert {row["kind"] for row in rows} == KINDS
    assert all(row["polarity"] in ("", "positive", "negative") for row in rows)
    assert all((row["kind"] == "none") == (row["polarity"] == "") for row in rows)


def test_rows_are_sorted_and_no_claim_stands_twice(rows: list[dict[str, str]]) -> None:
    keys = [(row["kind"], row["text"]) for row in rows]

    assert keys == sorted(keys)
    assert len({(row["text"], row["kind"], row["polarity"]) for row in rows}) == len(rows)


def test_the_set_aside_third_is_drawn_by_hash(rows: list[dict[str, str]]) -> None:
    for row in rows:
        drawn = int(hashlib.sha256(row["text"].encode()).hexdigest(), 16) % 3 == 0

        assert row["set"] == ("set-aside" if drawn else "development"), row["text"]


def test_drugs_and_targets_are_of_the_tables(rows: list[dict[str, str]]) -> None:
    drugs = {row.name for row in read(TABLES["drugs"], TABLE_FOLDER) if isinstance(row, DrugRow)}
    symbols = {row.symbol for row in read(TABLES["targets"], TABLE_FOLDER) if isinstance(row, TargetRow)}
    positive = [row for row in rows if row["polarity"] == "positive"]
    mechanisms = [row for row in positive if row["kind"] == "mechanism" and not row["hedged"]]

    assert {drug for row in positive for drug in row["drug"].split("|")} - drugs == set()
    assert len({drug for row in mechanisms for drug in row["drug"].split("|")}) >= 80
    assert [row["text"] for row in mechanisms if not symbols & set(row["targets"].split("|"))] == []
