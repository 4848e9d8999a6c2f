"""The folder of raw records: what is written when, and what survives."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from kg.errors import FetchError, SourceError
from kg.sources.registry import archive
from kg.sources.registry.archive import Archive, Crawl, Query, Step, Study

CRAWL = Crawl(url="u", query=Query("cond", "x"), api_version="2", before="d1", started="t0")
ONE, TWO = "NCT00000001", "NCT00000002"


def paths(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_nothing_is_there(tmp_path: Path) -> None:
    assert archive.read(tmp_path / "none") == archive.Manifest()


def test_crawl_from_start_to_end(tmp_path: Path) -> None:
    with Archive(tmp_path / "a" / "b").opened() as one:
        one.begin(CRAWL)
        became, study = one.put(ONE, b"{ }", "t1")
        one.note(Step(studies={ONE: study}, aliases={TWO: ONE}))
        during = archive.read(one.folder)
        assert paths(one.folder) == ["crawl.jsonl", "manifest.json", f"studies/{ONE}.json"]
        one.finish(msgspec.structs.replace(CRAWL, found=(ONE,)))

    assert became == "new"
    assert study == Study(hashlib.sha256(b"{ }").hexdigest(), 3, "t1")
    assert paths(one.folder) == ["manifest.json", f"studies/{ONE}.json"]
    assert (one.folder / "studies" / f"{ONE}.json").read_bytes() == b"{ }"
    assert (during.studies, during.aliases, during.crawls) == ({ONE: study}, {TWO: ONE}, [])
    assert archive.read(one.folder).studies == {ONE: study}
    assert [crawl.found for crawl in archive.read(one.folder).crawls] == [(ONE,)]


def test_what_becomes_of_a_study(tmp_path: Path) -> None:
    with Archive(tmp_path).opened() as one:
        one.begin(CRAWL)
        became = []
        for raw, now in ((b"1", "t1"), (b"1", "t2"), (b"2", "t3")):
            what, study = one.put(ONE, raw, now)
            one.note(Step(studies={ONE: study}))
            became.append((what, study.retrieved))

    assert became == [("new", "t1"), ("unchanged", "t1"), ("changed", "t3")]


def test_file_that_someone_edited_is_mended(tmp_path: Path) -> None:
    with Archive(tmp_path).opened() as one:
        one.begin(CRAWL)
        one.note(Step(studies={ONE: one.put(ONE, b"1", "t1")[1]}))
        (tmp_path / "studies" / f"{ONE}.json").write_bytes(b"edited")

        assert one.put(ONE, b"1", "t2") == ("changed", Study(hashlib.sha256(b"1").hexdigest(), 1, "t2"))


@pytest.mark.parametrize("name", ["../x", "NCT1", f"{ONE}\n", "", "/etc/passwd"])
def test_only_a_number_names_a_file(tmp_path: Path, name: str) -> None:
    with Archive(tmp_path).opened() as one, pytest.raises(ValueError, match="is no number of a study"):
        one.put(name, b"{}", "t")

    assert paths(tmp_path) == []


def test_resume_knows_the_steps_done(tmp_path: Path) -> None:
    with Archive(tmp_path).opened() as one:
        one.begin(CRAWL)
        one.note(Step(next="t2", studies={ONE: one.put(ONE, b"1", "t1")[1]}))
    with Archive(tmp_path).opened() as two:
        assert two.unfinished(CRAWL)
        assert not two.unfinished(msgspec.structs.replace(CRAWL, before="d2"))
        assert not two.unfinished(msgspec.structs.replace(CRAWL, query=Query("term", "x")))
        assert not two.unfinished(msgspec.structs.replace(CRAWL, url="v"))
        two.resume()

        assert (two.steps, set(two.found()), list(two.manifest.studies)) == (one.steps, {ONE}, [ONE])


@pytest.mark.parametrize("torn", [b"{", b'{"next":"t4","studies":{}}', b"\xff"])
def test_last_line_that_was_cut_off_does_not_count(tmp_path: Path, torn: bytes) -> None:
    with Archive(tmp_path).opened() as one:
        one.begin(CRAWL)
        one.note(Step(next="t2"))
    with (tmp_path / "crawl.jsonl").open("ab") as journal:
        journal.write(torn)
    with Archive(tmp_path).opened() as two:
        two.resume()
        two.note(Step(next="t6"))

        assert [step.next for step in two.steps] == ["t2", "t6"]
    assert len((tmp_path / "crawl.jsonl").read_bytes().splitlines()) == 3
    assert archive.read(tmp_path) == archive.Manifest()


def test_other_crawl_keeps_what_an_unfinished_one_brought(tmp_path: Path) -> None:
    with Archive(tmp_path).opened() as one:
        one.begin(CRAWL)
        one.note(Step(studies={ONE: one.put(ONE, b"1", "t1")[1]}))
    with Archive(tmp_path).opened() as two:
        two.begin(msgspec.structs.replace(CRAWL, query=Query("ids", TWO)))

        assert two.found() == set()
    assert list(archive.read(tmp_path).studies) == [ONE]


def test_crawl_takes_the_place_of_the_last_for_the_same(tmp_path: Path) -> None:
    with Archive(tmp_path).opened() as one:
        for query, after in (("x", "d1"), ("y", "d1"), ("x", "d2")):
            crawl = msgspec.structs.replace(CRAWL, query=Query("cond", query), after=after)
            one.begin(crawl)
            one.finish(crawl)

    assert [(crawl.query.text, crawl.after) for crawl in archive.read(tmp_path).crawls] == [("y", "d1"), ("x", "d2")]


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        Archive(tmp_path).opened(),
        pytest.raises(FetchError, match="another kg fetch is writing there"),
        Archive(tmp_path).opened(),
    ):
        pass
    with Archive(tmp_path).opened():
        """The lock went with the first."""


@pytest.mark.parametrize(("name", "content"), [("manifest.json", b"{"), ("manifest.json", b'{"studies": 1}')])
def test_manifest_that_is_none(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SourceError, match=f"{name}: saw .*, expected a manifest as kg fetch writes it"):
        archive.read(tmp_path)


@pytest.mark.parametrize("content", [b"{}\n", b"x\n{}\n", b'{"url": 1}\n'])
def test_journal_that_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "crawl.jsonl").write_bytes(content)

    with pytest.raises(SourceError, match=r"crawl\.jsonl: saw .* delete it to start anew"):
        archive.read(tmp_path)


def test_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The study that does not fit leaves nothing behind; those before it are whole."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill(one: Archive) -> None:
        one.begin(CRAWL)
        one.note(Step(next="t1", studies={ONE: one.put(ONE, b"1", "t1")[1]}))
        monkeypatch.setattr(os, "fsync", full)
        one.put(TWO, b"2", "t1")

    with pytest.raises(FetchError) as info, Archive(tmp_path).opened() as one:
        fill(one)

    assert str(info.value) == (
        f"{tmp_path}: cannot be written (No space left on device);"
        " the 1 studies there are whole, and the same command goes on from them"
    )
    assert paths(tmp_path) == ["crawl.jsonl", "manifest.json", f"studies/{ONE}.json"]
    assert list(archive.read(tmp_path).studies) == [ONE]


def test_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(FetchError, match="cannot be written"), Archive(tmp_path / "file").opened():
        pass


def test_leftovers_of_a_kill_are_swept(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    for name in ("manifest.json.new", f"studies/{ONE}.json.new", "mine.new"):
        (tmp_path / name).write_bytes(b"half")
    with Archive(tmp_path).opened():
        pass

    assert paths(tmp_path) == ["mine.new"]
