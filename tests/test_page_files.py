"""What curators keep of pages: files, side-cars, and the graph that they give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.build import INFERRED, Inputs
from kg.errors import FormError, SourceError
from kg.names import own
from kg.page_records import Claim
from kg.resources import files, root
from kg.sources import page_files
from kg.triples import Graphs

PAGES = files(root() / "data" / "pages", "*.json")
GOLDEN = files(Path(__file__).parent / "golden" / "pages", "*.ttl")
VEEVA = root() / "data" / "pages" / "nct04946669-veeva.json"


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(VEEVA.read_bytes())
    change(value)
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_graph_of_a_page_equals_golden(path: Path, graphs: Graphs) -> None:
    expected = {str(quad.triple) for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)}

    assert set(graphs.content[own("record", f"page-{path.stem}")]) == expected


def test_every_page_has_a_golden() -> None:
    assert [path.stem for path in PAGES] == [path.stem for path in GOLDEN]


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        (lambda v: v["page"].update(id="another"), "/page/id", "the name of the file"),
        (lambda v: v["trial"].update(id="NCT00000001"), "/trial/id", "the trial of the page"),
        (lambda v: v["trial"].update(min_age=9, max_age=5), "/max_age", "an age of at least"),
        (lambda v: v["claims"][2].update(page="another"), "/claims/2/page", "the page of the file"),
        (lambda v: v["claims"][3].update(label=v["claims"][0]["label"]), "/claims/3/label", "no other claim"),
        (lambda v: v["claims"][0].pop("kind"), "$.claims[0]", "kind"),
        (lambda v: v["claims"][0].update(colour="red"), "$.claims[0]", "colour"),
    ],
)
def test_a_file_whose_parts_do_not_belong_together_is_refused(
    change: Callable[[dict[str, Any]], object], place: str, expected: str
) -> None:
    with pytest.raises(SourceError, match=expected) as caught:
        page_files.decode_page(changed(change), f"data/pages/{VEEVA.name}")

    assert caught.value.place == place


def test_another_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / VEEVA.name
    path.write_bytes(json.dumps(json.loads(VEEVA.read_bytes())).encode())

    with pytest.raises(FormError, match="kg tidy"):
        page_files.read(path, f"data/pages/{VEEVA.name}")


def test_a_project_without_pages(tmp_path: Path) -> None:
    assert page_files.kept(tmp_path / "pages") == {}


def test_default_graph_shows_text_and_table_agree_that_abatacept_binds_cd80_and_cd86(
    graphs: Graphs, inputs: Inputs
) -> None:
    (claim,) = (
        sourced.record
        for sourced in inputs.records
        if isinstance(sourced.record, Claim) and sourced.record.label == "abatacept binds CD80 and CD86"
    )
    edge = f" <{own('ontology', 'agreesWith')}> <{own('mechanism', 'abatacept-binds-cd80-cd86')}>"
    agreeing = [line for line in graphs.content[INFERRED] if line.endswith(edge)]

    assert claim.targets == ("CD80", "CD86")
    assert len(agreeing) == 1
    assert agreeing[0].startswith(f"<{own('claim', 'nct04946669-veeva-')}")


def test_no_claim_of_the_pages_contradicts_a_table(graphs: Graphs) -> None:
    assert [line for line in graphs.content[INFERRED] if own("ontology", "disagreesWith") in line] == []


def test_preference_keeps_the_title_of_the_curated_record(graphs: Graphs) -> None:
    for trial in ("NCT04946669", "NCT05488327"):
        head = f"<{own('trial', trial)}> <http://www.w3.org/2004/02/skos/core#prefLabel> "
        titles = [line for line in graphs.union() if line.startswith(head)]

        assert len(titles) == 1
        assert trial not in titles[0].removeprefix(head)


def test_the_words_of_the_pages_are_not_in_the_project() -> None:
    """What is kept is in the project's own words: no statement holds six words in a row of a text at hand."""
    seeds = root().parent / "shared" / "data" / "seeds"
    texts = [path.read_text(encoding="utf-8").lower() for path in sorted(seeds.glob("*.txt"))]
    if not texts:
        pytest.skip("the texts of the pages are not at hand")
    for path in PAGES:
        for claim in page_files.decode_page(path.read_bytes(), f"data/pages/{path.name}").claims:
            words = (claim.statement or "").lower().strip(".").split()
            runs = [" ".join(words[n : n + 6]) for n in range(len(words) - 5)]

            assert [run for run in runs if any(run in text for text in texts)] == [], claim.label
