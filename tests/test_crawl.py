"""A crawl against a server on loopback: what comes, what is gone, what goes wrong, where it goes on."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import registry_server as server
from registry_server import Registry, answering

from kg import tables
from kg.errors import FetchError
from kg.resources import root
from kg.rows import DiseaseRow
from kg.sources.registry import archive, crawl
from kg.sources.registry.api import Client, Manners
from kg.sources.registry.archive import Archive, Query
from kg.sources.registry.crawl import Summary

QUERY = Query("cond", '"myositis"')
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def registry() -> Iterator[Registry]:
    with server.serving(Registry(1, 2, 3, 4, 5)) as one:
        yield one


def run(registry: Registry, folder: Path, query: Query = QUERY, size: int = 2, tries: int = 2) -> Summary:
    with (
        closing(Client(registry.url, Manners(pause=0, attempts=tries), sleep=lambda _: None)) as client,
        Archive(folder).opened() as one,
    ):
        return crawl.run(client, one, query, size, now=lambda: NOW)


def files(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in folder.glob("studies/NCT*.json")}


def paths_asked(registry: Registry) -> list[str]:
    return [path.removeprefix("/api/v2").partition("?")[0] for path in registry.requests]


# What comes.


def test_every_page_and_the_version_before_and_after(registry: Registry, tmp_path: Path) -> None:
    summary = run(registry, tmp_path)

    assert files(tmp_path) == registry.studies
    assert summary.counts == {"new": 5, "changed": 0, "unchanged": 0}
    assert (summary.warnings(), summary.complete(), summary.resumed) == ([], True, False)
    assert paths_asked(registry) == ["/version", "/studies", "/studies", "/studies", "/version"]


def test_last_page_that_is_empty(registry: Registry, tmp_path: Path) -> None:
    del registry.studies["NCT00000005"]
    summary = run(registry, tmp_path)

    assert files(tmp_path) == registry.studies
    assert summary.complete()
    assert paths_asked(registry).count("/studies") == 3


def test_nothing_matches(registry: Registry, tmp_path: Path) -> None:
    registry.matching = []
    summary = run(registry, tmp_path)

    assert (summary.crawl.found, summary.complete(), files(tmp_path)) == ((), True, {})


def test_manifest_says_when_and_how(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())

    assert list(manifest["studies"]) == sorted(registry.studies)
    assert set(manifest["studies"]["NCT00000001"]) == {"sha256", "size", "retrieved"}
    assert manifest["studies"]["NCT00000001"]["retrieved"] == "2026-11-23T12:00:00Z"
    assert manifest["crawls"] == [
        {
            "url": registry.url,
            "query": {"area": "cond", "text": '"myositis"'},
            "api_version": "2.0.5",
            "before": "2026-11-20T09:00:05",
            "after": "2026-11-20T09:00:05",
            "started": "2026-11-23T12:00:00Z",
            "finished": "2026-11-23T12:00:00Z",
            "announced": 5,
            "found": sorted(registry.studies),
        }
    ]
    assert not (tmp_path / "crawl.jsonl").exists()


def test_crawl_again(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    registry.studies["NCT00000002"] = server.study(2, "A changed trial")
    registry.studies["NCT00000006"] = server.study(6)
    summary = run(registry, tmp_path)

    assert summary.counts == {"new": 1, "changed": 1, "unchanged": 4}
    assert files(tmp_path) == registry.studies


def test_crawl_of_the_same_state_changes_no_byte_but_its_own_entry(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    before = (tmp_path / "manifest.json").read_bytes()
    run(registry, tmp_path)

    assert (tmp_path / "manifest.json").read_bytes() == before


# Studies by number.


def test_numbers_with_an_alias_and_one_that_is_not_there(registry: Registry, tmp_path: Path) -> None:
    registry.aliases["NCT00000077"] = "NCT00000003"
    summary = run(registry, tmp_path, crawl.numbers(["nct1", "NCT00000077", "NCT00000099"]))

    assert set(files(tmp_path)) == {"NCT00000001", "NCT00000003"}
    assert summary.aliases == archive.read(tmp_path).aliases == {"NCT00000077": "NCT00000003"}
    assert summary.warnings() == ["NCT00000099: not in the registry"]
    assert not summary.complete()


def test_aliases_that_a_study_names_are_kept(registry: Registry, tmp_path: Path) -> None:
    registry.studies["NCT00000001"] = server.study(1, nctIdAliases=["NCT00000066"])
    run(registry, tmp_path)

    assert archive.read(tmp_path).aliases == {"NCT00000066": "NCT00000001"}


@pytest.mark.parametrize("text", ["NCT", "../x", "AREA[Phase]PHASE3", ""])
def test_text_that_is_no_number(text: str) -> None:
    with pytest.raises(FetchError, match="is no number of a study, like NCT02971683; an expression goes with --query"):
        crawl.numbers(["NCT1", text])


# What is gone.


def test_what_is_no_longer_found_is_looked_up_and_stays(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    registry.matching = ["NCT00000001", "NCT00000002"]
    del registry.studies["NCT00000004"]
    registry.aliases["NCT00000005"] = "NCT00000002"
    registry.studies["NCT00000003"] = server.study(3, "A trial of something else")
    summary = run(registry, tmp_path)
    studies = archive.read(tmp_path).studies

    assert summary.gone == {
        "NCT00000003": "no longer matches the query",
        "NCT00000004": "no longer in the registry",
        "NCT00000005": "merged into NCT00000002",
    }
    assert summary.warnings() == [f"{study}: {why}; its file stays" for study, why in summary.gone.items()]
    assert set(files(tmp_path)) == {f"NCT{number:08}" for number in range(1, 6)}
    assert files(tmp_path)["NCT00000003"] == registry.studies["NCT00000003"], "it still gets its newest bytes"
    assert {name: study.gone for name, study in studies.items() if study.gone} == summary.gone
    assert archive.read(tmp_path).aliases == {"NCT00000005": "NCT00000002"}

    again = run(registry, tmp_path)
    assert (again.gone, again.warnings()) == ({}, []), "it is said once"
    assert archive.read(tmp_path).studies == studies


def test_study_that_comes_back(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    registry.matching = []
    run(registry, tmp_path)
    registry.matching = None
    run(registry, tmp_path)

    assert {study.gone for study in archive.read(tmp_path).studies.values()} == {""}


def test_other_queries_do_not_miss_each_others_studies(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    summary = run(registry, tmp_path, crawl.numbers(["NCT1"]))

    assert summary.gone == {}
    assert len(archive.read(tmp_path).crawls) == 2


# What goes wrong.


def test_data_that_change_during_the_crawl(registry: Registry, tmp_path: Path) -> None:
    registry.versions = ["2026-11-20T09:00:05", "2026-11-23T09:00:07"]
    summary = run(registry, tmp_path)

    assert summary.warnings() == [
        "the data changed during the crawl (2026-11-20T09:00:05, then 2026-11-23T09:00:07): run it again for one state"
    ]
    assert summary.complete()
    last = archive.read(tmp_path).crawls[-1]
    assert (last.before, last.after) == ("2026-11-20T09:00:05", "2026-11-23T09:00:07")


def test_fewer_studies_than_announced(registry: Registry, tmp_path: Path) -> None:
    registry.matching = ["NCT00000001", "NCT00000002", "NCT00000002"]
    summary = run(registry, tmp_path)

    assert summary.warnings() == ["the registry announced 3 studies, 2 came"]
    assert not summary.complete()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"protocolSection":{"identificationModule":{"nctId":"../../../etc/passwd"}}}',
        b'{"protocolSection":{"identificationModule":{"nctId":17}}}',
        b'{"protocolSection":{}}',
        b"[]",
        b"null",
    ],
)
def test_record_that_is_no_study(registry: Registry, tmp_path: Path, raw: bytes) -> None:
    registry.studies["NCT00000002"] = raw
    summary = run(registry, tmp_path)

    assert set(files(tmp_path)) == {f"NCT{number:08}" for number in (1, 3, 4, 5)}
    assert len(summary.rejected) == 1
    assert summary.rejected[0].startswith("study 2 of a page, ")
    assert not summary.complete()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "studies"]


def test_query_that_is_refused(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"400: Parameter `query\.term` has incorrect format"):
        run(registry, tmp_path, Query("term", "AREA[Phase](PHASE3"))


@pytest.mark.parametrize("pages", [["t2", "t4", "t2"], [f"t{n}" for n in range(4, 60)]])
def test_pages_without_end(registry: Registry, tmp_path: Path, pages: list[str]) -> None:
    """The same token again, or ever new ones to nothing new."""
    one = json.dumps({"studies": [json.loads(registry.studies["NCT00000001"])]})[:-1]
    registry.faults = [None, *(answering(f'{one},"nextPageToken":"{token}"}}') for token in pages)]

    with pytest.raises(FetchError, match="its pages go in circles; 1 studies came"):
        run(registry, tmp_path)
    assert len(registry.requests) <= 13


# Going on.


def stop(registry: Registry, folder: Path, after: int, query: Query = QUERY) -> None:
    """Let a crawl fail after some requests, the first of which asks for the version."""
    registry.faults = [*[None] * after, *[answering("", 500)] * 2]
    with pytest.raises(FetchError, match="the last of 2 tries"):
        run(registry, folder, query)
    registry.requests.clear()


@pytest.mark.parametrize("after", range(1, 5))
def test_goes_on_after_the_last_page_noted(registry: Registry, tmp_path: Path, after: int) -> None:
    whole = tmp_path / "whole"
    run(registry, whole)
    stop(registry, tmp_path, after)
    noted = len(archive.read(tmp_path).studies)
    summary = run(registry, tmp_path)

    assert noted == [0, 2, 4, 5][after - 1]
    assert files(tmp_path) == registry.studies
    assert (tmp_path / "manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()
    assert (summary.resumed, summary.complete(), summary.counts["new"]) == (True, True, 5 - noted)
    assert paths_asked(registry) == ["/version", *["/studies"] * (4 - after), "/version"]


class KilledError(BaseException):
    """Ends everything where it stands, as a kill would."""


def test_killed_at_any_write_the_set_is_the_same(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crawl syncs two files at its start, then each study and each page, then the manifest: eleven times here."""
    whole, sync, killed = tmp_path / "whole", os.fsync, 0
    run(registry, whole)
    for moment in range(1, 20):
        folder, left = tmp_path / str(moment), iter(range(moment - 1))

        def dying(handle: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KilledError
            sync(handle)

        monkeypatch.setattr(os, "fsync", dying)
        with contextlib.suppress(KilledError):
            run(registry, folder)
            break
        killed += 1
        assert all(registry.studies[name] == content for name, content in files(folder).items())
        monkeypatch.setattr(os, "fsync", sync)
        run(registry, folder)
        assert files(folder) == registry.studies
        assert (folder / "manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()
        assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "studies"]

    assert killed == 11


def test_goes_on_with_numbers(registry: Registry, tmp_path: Path) -> None:
    numbers = crawl.numbers(["NCT1", "NCT2", "NCT99"])
    stop(registry, tmp_path, 2, numbers)
    summary = run(registry, tmp_path, numbers)

    assert paths_asked(registry) == ["/version", "/studies/NCT00000002", "/studies/NCT00000099", "/version"]
    assert summary.crawl.found == ("NCT00000001", "NCT00000002")
    assert summary.missing == ("NCT00000099",)


def test_goes_on_with_looking_up_what_is_gone(registry: Registry, tmp_path: Path) -> None:
    run(registry, tmp_path)
    registry.matching = ["NCT00000001", "NCT00000002", "NCT00000003"]
    stop(registry, tmp_path, 4)
    summary = run(registry, tmp_path)

    assert paths_asked(registry) == ["/version", "/studies/NCT00000005", "/version"]
    assert set(summary.gone) == {"NCT00000004", "NCT00000005"}
    assert len(summary.crawl.found) == 3


@pytest.mark.parametrize("change", ["version", "token"])
def test_begins_anew_when_it_cannot_go_on(registry: Registry, tmp_path: Path, change: str) -> None:
    stop(registry, tmp_path, 2)
    if change == "version":
        registry.versions = ["2026-11-23T09:00:07"]
    else:
        registry.faults = [None, answering("Parameter `pageToken` has incorrect format", 400)]
    summary = run(registry, tmp_path)

    assert files(tmp_path) == registry.studies
    assert summary.complete()
    assert summary.resumed is (change == "token")
    assert paths_asked(registry).count("/studies") == (3 if change == "version" else 4)


# The query for all of the branch.


def test_query_for_all_conditions() -> None:
    rows = tables.read(tables.TABLES["diseases"], root() / "ontology" / "tables")
    query = crawl.default_query(row for row in rows if isinstance(row, DiseaseRow))
    names = [name.strip('"') for name in query.text.split(" OR ")]

    assert query.area == "cond"
    assert {"myositis", "dermatomyositis", "polymyositis", "antisynthetase syndrome"} <= set(names)
    assert {"idiopathic inflammatory myopathies", "necrotizing myopathy", "inflammatory myopathy"} <= set(names)
    assert {"DM", "IBM", "PM", "adult DM", "juvenile dermatomyositis", "interstitial lung disease"}.isdisjoint(names)
    assert not [name for name in names if name != "myositis" and "myositis" in name.split()]
    assert len(query.text) < 2000, "it must fit into an address"
