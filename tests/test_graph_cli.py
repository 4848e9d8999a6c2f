"""The verb path: what it prints, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main


def run(whole_build: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["path", *arguments, "--build", str(whole_build)])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def test_abatacept_and_dermatomyositis(whole_build: Path) -> None:
    result = run(whole_build, "Orencia", "DM")

    assert result.exit_code == 0
    for text in (
        "abatacept, a CTLA-4 fusion protein, binds CD80 and CD86",
        "“abatacept binds CD80 and CD86” acts on CD86.",
        "which inhibits T cell activation, which is promoted by",
        "abatacept is evaluated in NCT02971683 (phase 3; primary end point missed; moderate evidence), which is about",
        "trial:NCT02971683 myo:condition disease:dermatomyositis: record:curated-NCT02971683 at /conditions/1,",
    ):
        assert text in result.output
    assert "treats" not in result.output


def test_every_hop_has_receipts(whole_build: Path) -> None:
    ways = json.loads(run(whole_build, "abatacept", "dermatomyositis", "--json").output)["ways"]
    hops = [hop for kind in ways for way in kind["found"] for hop in way["hops"]]

    assert [kind["title"] for kind in ways] == [
        "how abatacept acts",
        "trials",
        "trials of a kind of it",
        "another drug on the same process",
    ]
    assert len(hops) >= 25
    assert all(hop["receipts"] for hop in hops)
    assert all(receipt["locator"] and receipt["record"] for hop in hops for receipt in hop["receipts"])


def test_neighbours_of_one_thing(whole_build: Path) -> None:
    result = run(whole_build, "CD80", "--brief")

    assert result.exit_code == 0
    assert result.output.splitlines()[1:] == [
        "links (2)",
        "  CD80 is acted on by “abatacept binds CD80 and CD86” (curated mechanism).",
        "  CD80 is acted on by “belatacept binds CD80 and CD86” (curated mechanism).",
    ]


def test_by_metapath_and_by_length(whole_build: Path) -> None:
    by = run(whole_build, "abatacept", "--by", "R-M-G-M-R", "--brief")
    length = run(whole_build, "abatacept", "dermatomyositis", "--length", "4", "--limit", "3", "--brief")

    assert by.output.count("which is a mechanism of belatacept.") == 2
    assert "up to 4 hops (3 shown, there are more)" in length.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["abatacept", "nirvana"], "kg: no thing is named 'nirvana'; did you mean"),
        (["abatacept", "DM", "--by", "drug-moon"], "kg: 'drug-moon' is no metapath; unknown 'moon'"),
        (["abatacept", "DM", "--by", "disease-trial"], "cannot join these: drug:abatacept is no disease"),
        (["abatacept", "DM", "--by", "drug-trial"], "cannot join these: disease:dermatomyositis is no trial"),
        (["abatacept", "Orencia"], "kg: 'abatacept' and 'Orencia' are the same thing, drug:abatacept"),
        (["abatacept", "DM", "--through", "moon"], "kg: no kind 'moon'; there are cell, "),
        (["abatacept", "DM", "--length", "9"], "9 is not in the range"),
    ],
)
def test_what_cannot_be_used(whole_build: Path, arguments: list[str], said: str) -> None:
    result = run(whole_build, *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["Japan", "--length", "1"],
            "no way of up to 1 hops between drug:abatacept and country:japan, without unchecked",
        ),
        (
            ["DM", "--edges", "approved_for"],
            "no way of any length between drug:abatacept and disease:dermatomyositis, by app",
        ),
        (["psoriasis", "--by", "drug-evaluates-trial-disease"], "no way along drug-evaluates-trial-disease between"),
    ],
)
def test_no_way_says_where_it_looked(whole_build: Path, arguments: list[str], said: str) -> None:
    result = run(whole_build, "abatacept", *arguments)

    assert result.exit_code == 1
    assert said in result.stderr
