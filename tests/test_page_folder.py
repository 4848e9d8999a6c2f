"""Texts of pages: what becomes of them in a build, by `kg read`, and when they cannot be used."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import projects
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import build, contract, triples, validate
from kg.cli import main
from kg.errors import SourceError
from kg.link import Linker, keys
from kg.page_records import Claim, Page
from kg.records import Sourced, Trial
from kg.resources import root
from kg.sources import curated, page_files, page_folder
from kg.sources.drafts import Known
from kg.sources.places import finder
from kg.store import Embedded
from kg.triples import Statement
from kg.validate import Receipt

CONTRACT = contract.read(root() / "ontology")
TABLES = curated.tables(root())
KNOWN = Known(CONTRACT, keys(CONTRACT, TABLES))
KEPT = page_files.kept(root() / "data" / "pages")
SEEDS = root().parent / "shared" / "data" / "seeds"
PAGE = """\
Tocilizumab in myositis
NCT01234567
Conditions
Dermatomyositis
Phase: Phase 2
Enrollment
18
Allocation: Randomized
Brief summary
Tocilizumab blocks the IL-6 receptor. It is not known whether it helps in myositis.
Participants stay on glucocorticoids and methotrexate.
"""


def understood(text: str | bytes, name: str = "pages/some-page.txt", **given: Any) -> page_folder.PageText:
    content = text.encode() if isinstance(text, str) else text
    return page_folder.understand(content, name, KNOWN, KEPT, **given)


def statements(*records: Sourced) -> list[Statement]:
    linker = Linker(CONTRACT, [*TABLES, *records])
    return [statement for one in records for statement in triples.statements(linker.link(one), CONTRACT)]


def run(*arguments: object, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


# A text becomes records with receipts.


def test_every_receipt_is_found_again_by_its_characters() -> None:
    one = understood(PAGE)
    made = statements(*one.sourced())
    at = finder(PAGE.encode(), "pages/some-page.txt")

    assert len(made) > 40
    assert {s.locator.partition("=")[0] for s in made} == {"char"}
    for statement in made:
        start, end = map(int, re.findall(r"\d+", statement.locator))
        assert PAGE[start:end] == statement.value == at(statement.locator)


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False))
def test_torn_texts_are_refused_or_give_receipts_that_hold(chance: random.Random) -> None:
    lines = PAGE.splitlines()
    torn = [line[chance.randrange(len(line) + 1) :] if chance.random() < 0.2 else line for line in lines * 2]
    chance.shuffle(torn)
    text = chance.choice(["\n", "\r\n", " ", "\n\n"]).join(torn[: chance.randrange(len(torn) + 1)])
    encoded = text.encode(chance.choice(["utf-8", "utf-16", "cp1252"]))
    try:
        one = understood(encoded, trial="NCT01234567")
    except SourceError:
        return
    at = finder(encoded, "pages/some-page.txt")

    assert [s for s in statements(*one.sourced()) if at(s.locator) != s.value] == []


def test_one_changed_character_is_flagged() -> None:
    made = statements(*understood(PAGE).sourced())
    receipts = [Receipt("<s>", "<p>", "<o>", "<r>", s.locator, s.value, "<shape>") for s in made]
    for place in range(0, len(PAGE), 7):
        other = "#" if PAGE[place] != "#" else "+"
        changed = PAGE[:place] + other + PAGE[place + 1 :]
        inside = [s for s in made if place in range(*map(int, re.findall(r"\d+", s.locator)))]
        found = validate.refind("pages/some-page.txt", changed.encode(), receipts, projects.digest(PAGE.encode()))

        assert [finding.rule for finding in found] == ["source-changed", *["receipt-differs"] * len(inside)]


def test_what_a_text_states() -> None:
    one = understood(PAGE)
    trial: Trial = one.trial.record()
    claims: list[Claim] = [draft.record() for draft in one.claims]
    mechanism = next(claim for claim in claims if claim.kind == "mechanism")

    assert (trial.id, trial.enrolment, trial.phase, trial.allocation) == ("NCT01234567", 18, "PHASE2", "RANDOMIZED")
    assert (mechanism.targets, mechanism.polarity) == (("IL6R",), "affirmed")
    assert mechanism.sentences == ("Tocilizumab blocks the IL-6 receptor.",)
    assert {drug for claim in claims if claim.kind == "background" for drug in claim.drugs} == {
        "glucocorticoids",
        "methotrexate",
    }


def test_a_title_that_is_not_stated_is_the_id_in_the_words_of_who_said_it() -> None:
    side_car = page_files.PageFile(page=Page(id="some-page", label="a page", trial="NCT01234567"))
    text = PAGE.replace("Tocilizumab in myositis\nNCT01234567\n", "")
    one = understood(text, side_car=("pages/some-page.json", side_car))
    page, trial = one.sourced()[:2]
    made = {s.predicate.rpartition("/")[2]: s for s in statements(page, trial) if s.subject.endswith("NCT01234567")}

    assert page.source == "page-some-page"
    assert trial.source == "text-some-page"
    assert made["registryId"].record.endswith("record/page-some-page")
    assert made["registryId"].locator == "/page/trial"
    assert made["enrolment"].record.endswith("record/text-some-page")


# Texts that cannot be used.


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "words in it"),
        (bytes(range(256)) * 9, "the text of a page"),
        (b"How to bake bread. Take flour, water and salt.", "a page about a trial"),
        (PAGE.replace("NCT01234567", "NCT01234567 and NCT07654321").encode(), "a page about one trial"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused(content: bytes, expected: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=expected):
        understood(content)

    path = tmp_path / "page.txt"
    path.write_bytes(content)
    result = run("read", path, "--save", "--pages", tmp_path / "pages")

    assert result.exit_code == 2
    assert result.stderr.startswith("kg: ")
    assert not (tmp_path / "pages").exists()


def test_a_folder_counts_what_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(PAGE)
    (tmp_path / "same.txt").write_text(PAGE)
    (tmp_path / "unnamed.txt").write_text(PAGE.replace("NCT01234567\n", ""))
    (tmp_path / "bread.html").write_text("<html><body><p>How to bake bread.</p></body></html>")
    (tmp_path / "note.md").write_text("no text of a page")
    records, omitted = page_folder.read(tmp_path, KNOWN, KEPT)

    assert {one.source for one in records} == {"text-good", "text-same"}, "two files about one trial are two pages"
    assert [(one.path, one.reason.partition(", expected ")[2]) for one in omitted if not one.locator] == [
        ("pages/bread.html", "a page about a trial"),
        ("pages/unnamed.txt", "one, in the text or in unnamed.json"),
    ]


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        page_folder.read(tmp_path / "none", KNOWN, KEPT)


# The command.


def test_read_prints_the_record_format(tmp_path: Path) -> None:
    path = tmp_path / "some-page.txt"
    path.write_text(PAGE)
    printed = json.loads(run("read", path).stdout)
    again = json.loads(run("read", "-", stdin=PAGE.encode()).stdout)

    assert printed["trial"]["enrolment"] == 18
    assert page_files.decode_page(json.dumps(printed).encode(), "some-page.json").page.trial == "NCT01234567"
    assert again["trial"] == printed["trial"]


def test_read_says_that_the_trial_is_not_named_and_leaves_it_out() -> None:
    result = run("read", "-", stdin=PAGE.replace("NCT01234567\n", "").encode())
    named = run("read", "-", "--trial", "NCT07654321", stdin=PAGE.replace("NCT01234567\n", "").encode())

    assert result.exit_code == 0
    assert "--trial ID" in result.stderr
    assert "id" not in json.loads(result.stdout)["trial"]
    assert json.loads(named.stdout)["trial"]["id"] == "NCT07654321"


def test_explain_shows_facts_with_place_quote_and_link(tmp_path: Path) -> None:
    path = tmp_path / "some-page.txt"
    path.write_text(PAGE)
    shown = run("read", path, "--explain").stdout
    start = PAGE.index("18")

    assert f"Trial.enrolment: 18  [char={start},{start + 2}]" in shown
    assert "mechanism, affirmed: tocilizumab inhibits IL6R" in shown
    assert "'Tocilizumab blocks the IL-6 receptor.'" in shown
    assert "Claim.drugs: Tocilizumab = drug:tocilizumab (exact)" in shown


def test_saved_texts_join_the_next_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Some Page.txt").write_text(PAGE)
    saved = run("read", "Some Page.txt", "--save", "--url", "https://example.org/page")
    other = Path("b", "Some page.txt")
    other.parent.mkdir()
    other.write_text(PAGE + "More.")
    refused = run("read", other, "--save")
    inputs = build.read(root(), {"pages": tmp_path / "pages"})

    assert saved.exit_code == 0, saved.stderr
    assert sorted(path.name for path in Path("pages").iterdir()) == ["some-page.json", "some-page.txt"]
    assert Path("pages", "some-page.txt").read_text() == PAGE
    assert refused.exit_code == 2
    assert "another text" in refused.stderr
    assert {one.source for one in inputs.records} >= {"page-some-page", "text-some-page"}
    assert inputs.hashes["pages/some-page.txt"] == projects.digest(PAGE.encode())


def test_build_and_check_with_texts(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    project, pages, out = projects.project(tmp_path_factory), tmp_path / "pages", tmp_path / "out"
    pages.mkdir()
    (pages / "some-page.txt").write_text(PAGE)
    where = ("--root", project, "--pages", pages)
    built = run("build", *where, "--out", out)
    found = validate.receipts(Embedded(out / "store"), project, {"pages": pages})
    (pages / "some-page.txt").write_text(PAGE.replace("\n18\n", "\n19\n"))
    flagged = run("check", *where, "--build", out)

    assert built.exit_code == 0, built.stderr
    assert found == []
    assert flagged.exit_code == 1
    assert "no longer says '18' (19)" in flagged.stdout


# The two texts that the project began with.


@pytest.fixture(scope="module")
def seeds() -> tuple[Sourced, ...]:
    if not SEEDS.is_dir():
        pytest.skip("the two texts that the project began with are not at hand")
    records, omitted = page_folder.read(SEEDS, KNOWN, KEPT)
    assert omitted == ()
    return records


def test_texts_are_known_as_the_pages_that_curators_keep(seeds: tuple[Sourced, ...]) -> None:
    assert {one.source for one in seeds} == {"text-nct04946669-veeva", "text-nct05488327-crick"}


def test_each_kept_claim_gets_its_sentence_where_the_text_is_at_hand(seeds: tuple[Sourced, ...]) -> None:
    read = {(one.record.page, one.record.label): one.record for one in seeds if isinstance(one.record, Claim)}
    for file in KEPT.values():
        for claim in file.claims:
            found = read[claim.page, claim.label]

            assert found.sentences_at == claim.sentences_at
            assert len(found.sentences) == len(claim.sentences_at)
            assert (found.kind, found.polarity) == (claim.kind, claim.polarity)


def test_the_sentence_that_abatacept_binds_cd80_and_cd86(seeds: tuple[Sourced, ...]) -> None:
    (claim,) = (
        one.record
        for one in seeds
        if isinstance(one.record, Claim) and one.record.targets == ("CD80", "CD86") and one.record.sentences
    )
    assert claim.sentences[0].startswith("Abatacept is a CTLA-4 fusion protein that inhibits T cell activation")
    assert claim.sentences_at == ("char=1341,1479",)
