"""Trial records and rows of tables: what is read, what is refused, and how that is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.build import Inputs
from kg.errors import FormError, SourceError, UnknownNameError
from kg.link import LinkedRecord, Linker
from kg.records import Sourced, Trial
from kg.resources import root
from kg.sources import curated
from kg.sources.curated import decode_trial, encode_trial, values_at
from kg.tables import TABLES

Edit = Callable[[dict[str, Any]], object]

FULL_WIDTH = "\uff12\uff10\uff11\uff15"
"""2015 in digits of full width, which are digits to Unicode but not to XML Schema."""
CONTENT = (root() / "data" / "trials" / "NCT02466243.json").read_bytes()


def edited(edit: Edit) -> bytes:
    record = json.loads(CONTENT)
    edit(record)
    return json.dumps(record).encode()


def refused(content: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        decode_trial(content, "NCT02466243.json")

    assert caught.value.where == "NCT02466243.json"
    assert str(caught.value).startswith("NCT02466243.json")
    assert len(str(caught.value)) < 600
    return caught.value


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"", "Input data was truncated"),
        (b"a trial", "JSON is malformed: invalid character (byte 0)"),
        (CONTENT[:200], "Input data was truncated"),
        (CONTENT[:-2], "Input data was truncated"),
        (CONTENT + b"{}", "JSON is malformed: trailing characters"),
        (b'{"id": "\xff"}', "can't decode byte 0xff"),
        (b"\xff\xfe{}", "invalid character (byte 0)"),
    ],
)
def test_not_json(content: bytes, seen: str) -> None:
    error = refused(content)

    assert seen in error.seen
    assert (error.place, error.expected) == ("", "one JSON object in UTF-8")


@pytest.mark.parametrize("content", [b"[]", b"null", b'"NCT02466243"'])
def test_not_an_object(content: bytes) -> None:
    error = refused(content)

    assert error.seen == content.decode()
    assert "`object`" in error.expected


@pytest.mark.parametrize("content", [b'{"id": ' + b"[" * 100_000, b"[" * 100_000])
def test_nested_too_deep(content: bytes) -> None:
    assert "got `array`" in refused(content).expected


def test_wrong_value_in_truncated_text_shows_its_place() -> None:
    error = refused(b'{"id": 1')

    assert (error.place, error.seen) == ("$.id", "$.id")


@pytest.mark.parametrize(
    ("edit", "place", "seen", "expected"),
    [
        (lambda r: r.update(colour="red"), "", '{"id": "NCT02466243"', "unknown field `colour`"),
        (lambda r: r["arms"][0].update(colour="red"), "$.arms[0]", '{"label": "lenabasum"', "unknown field `colour`"),
        (lambda r: r.pop("title"), "", '{"id": "NCT02466243"', "missing required field `title`"),
        (lambda r: r["uses"][1].pop("text"), "$.uses[1]", '{"kind": "other"', "missing required field `text`"),
        (lambda r: r["uses"][1].pop("role"), "/uses/1", "nothing", "the field role"),
        (lambda r: r["arms"][0].pop("kind"), "/arms/0", "nothing", "the field kind"),
        (lambda r: r.update(enrolment="22"), "$.enrolment", '"22"', "`int | null`, got `str`"),
        (lambda r: r.update(enrolment=22.5), "$.enrolment", "22.5", "`int | null`, got `float`"),
        (lambda r: r.update(enrolment=True), "$.enrolment", "true", "`int | null`, got `bool`"),
        (lambda r: r.update(has_results="yes"), "$.has_results", '"yes"', "`bool | null`, got `str`"),
        (lambda r: r.update(conditions="Dermatomyositis"), "$.conditions", '"Dermatomyositis"', "`array`"),
        (lambda r: r.update(title=None), "$.title", "null", "`str`, got `null`"),
        (lambda r: r["arms"][1].update(label=2), "$.arms[1].label", "2", "`str`, got `int`"),
        (lambda r: r.update(start_date="2015-13"), "$.start_date", '"2015-13"', "a date as YYYY"),
        (lambda r: r.update(start_date="2015-02-30"), "$.start_date", '"2015-02-30"', "a date as YYYY"),
        (lambda r: r.update(start_date="July 2015"), "$.start_date", '"July 2015"', "a date as YYYY"),
        (lambda r: r.update(start_date=FULL_WIDTH), "$.start_date", f'"{FULL_WIDTH}"', "a date as YYYY"),
        (lambda r: r.update(start_date=2015), "$.start_date", "2015", "PartialDate"),
        (lambda r: r["results"][1].update(times=["16 w"]), "$.results[1].times[0]", '"16 w"', "such as P168D"),
        (lambda r: comparison(r).update(value="about 3"), "$.results[1].comparisons[0].value", '"about 3"', "decimal"),
        (lambda r: comparison(r).update(value="NaN"), "$.results[1].comparisons[0].value", "NaN", "decimal"),
        (lambda r: comparison(r).update(value="Infinity"), "$.results[1].comparisons[0].value", "Infinity", "decimal"),
        (lambda r: r.pop("study_type"), "/study_type", "nothing", "which every curated record has"),
        (lambda r: r.update(conditions=[]), "/conditions", "nothing", "which every curated record has"),
        (lambda r: r.pop("sources"), "/sources", "nothing", "which every curated record has"),
        (lambda r: r.pop("verification"), "/verification", "nothing", "which every curated record has"),
        (lambda r: r.update(start_date="2018"), "/completion_date", "2017-08", "on or after the start_date 2018"),
        (lambda r: r.update(start_date="2017-09"), "/completion_date", "2017-08", "on or after the start_date 2017-09"),
        (
            lambda r: r.update(primary_completion_date="2015-06-30"),
            "/primary_completion_date",
            "2015-06-30",
            "on or after the start_date 2015-07",
        ),
        (
            lambda r: r.update(primary_completion_date="2017-09-01"),
            "/completion_date",
            "2017-08",
            "on or after the primary_completion_date 2017-09-01",
        ),
        (lambda r: r.update(max_age=17), "/max_age", "17", "an age of at least min_age 18"),
    ],
)
def test_bad_field(edit: Edit, place: str, seen: str, expected: str) -> None:
    error = refused(edited(edit))

    assert error.place == place
    assert error.seen.startswith(seen) or seen in error.seen.strip('"')
    assert expected in error.expected


def comparison(record: dict[str, Any]) -> dict[str, Any]:
    found = record["results"][1]["comparisons"][0]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: r.update(start_date="2017-08", primary_completion_date="2017-08"),
        lambda r: r.update(start_date="2017-08-31", completion_date="2017"),
        lambda r: r.update(min_age=18, max_age=18),
        lambda r: r.pop("min_age"),
    ],
)
def test_edge_that_is_allowed(edit: Edit) -> None:
    assert decode_trial(edited(edit), "x.json").id == "NCT02466243"


def test_reads_fields_as_typed_values() -> None:
    trial = decode_trial(CONTENT, "NCT02466243.json")
    found = trial.results[1].comparisons[0]

    assert (trial.start_date, trial.enrolment, trial.has_results) == ("2015-07", 22, True)
    assert (str(found.value), str(found.p_value)) == ("-6.5", "0.038")
    assert encode_trial(trial) == CONTENT


def folder_with(tmp_path: Path, name: str, content: bytes) -> Path:
    (tmp_path / name).write_bytes(content)
    return tmp_path


def test_reads_folder(tmp_path: Path) -> None:
    (found,) = curated.trials(folder_with(tmp_path, "NCT02466243.json", CONTENT))

    assert isinstance(found.record, Trial)
    assert (found.source, found.path, found.pointer) == (
        "curated-NCT02466243",
        "data/trials/NCT02466243.json",
        "",
    )


def test_id_unlike_file_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^data/trials/NCT1\.json at /id: saw 'NCT02466243', expected the name"):
        curated.trials(folder_with(tmp_path, "NCT1.json", CONTENT))


@pytest.mark.parametrize(
    "content",
    [
        edited(lambda r: r),
        CONTENT[:-1],
        CONTENT + b"\n",
        CONTENT.replace(b"\n", b"\r\n"),
        CONTENT.replace(b"-6.5", b"\\u002d6.5"),
        CONTENT.replace(b'"enrolment": 22', b'"acronym": null,\n  "enrolment": 22'),
    ],
)
def test_not_canonical(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(FormError, match="run kg tidy") as caught:
        curated.trials(folder_with(tmp_path, "NCT02466243.json", content))

    assert caught.value.where == "data/trials/NCT02466243.json"
    assert encode_trial(decode_trial(content, "x.json")) == CONTENT


def test_folder_without_record(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"saw 'no file', expected at least one file \*\.json"):
        curated.trials(tmp_path)


def linked(edit: Edit, inputs: Inputs) -> LinkedRecord:
    trial = decode_trial(edited(edit), "NCT02466243.json")
    path = "data/trials/NCT02466243.json"
    linker = Linker(inputs.contract, inputs.records)
    return linker.link(Sourced(record=trial, source="curated-NCT02466243", path=path))


@pytest.mark.parametrize("name", ["arms", "uses", "outcomes", "results", "publications"])
def test_thing_stated_twice(name: str, inputs: Inputs) -> None:
    with pytest.raises(SourceError, match="that stands here only once") as caught:
        linked(lambda r: r[name].append(r[name][0]), inputs)

    assert f"/{name}/" in caught.value.place
    assert "NCT02466243" in caught.value.where


@pytest.mark.parametrize("name", ["values", "comparisons"])
def test_figure_stated_twice(name: str, inputs: Inputs) -> None:
    number = {"values": 0, "comparisons": 1}[name]
    with pytest.raises(SourceError, match="that stands here only once") as caught:
        linked(lambda r: r["results"][number][name].append(r["results"][number][name][0]), inputs)

    assert caught.value.place.startswith(f"/results/{number}/{name}/")


@pytest.mark.parametrize(
    ("edit", "place", "seen", "expected"),
    [
        (lambda r: r["arms"][0].update(uses=["Aspirin"]), "/arms/0/uses/0", "Aspirin", "the text of a Use"),
        (lambda r: comparison(r).update(arms=["a", "placebo"]), "/results/1/comparisons/0/arms/0", "a", "of a Arm"),
        (lambda r: r["results"][0]["values"][0].update(arm="both"), "/results/0/values/0/arm", "both", "of a Arm"),
        (lambda r: r.update(phase="Phase 9"), "/phase", "Phase 9", "'Phase 2'"),
        (lambda r: r.update(phase="phase 2"), "/phase", "phase 2", "'Phase 2'"),
        (lambda r: r.update(courses=["refractory", "slow"]), "/courses/1", "slow", "'refractory'"),
        (lambda r: r["uses"][0].update(role="tested"), "/uses/0/role", "tested", "'experimental'"),
        (lambda r: r.update(countries=["Atlantis"]), "/countries/0", "Atlantis", "the key of a Country"),
        (lambda r: r.update(extension_of="NCT0"), "/extension_of", "NCT0", "the key of a Trial"),
        (lambda r: r["publications"][0].update(doi="pubmed:1"), "/publications/0/doi", "pubmed:1", "starts with doi:"),
    ],
)
def test_unknown_name(edit: Edit, place: str, seen: str, expected: str, inputs: Inputs) -> None:
    with pytest.raises(UnknownNameError) as caught:
        linked(edit, inputs)

    assert (caught.value.where, caught.value.place) == ("data/trials/NCT02466243.json", place)
    assert caught.value.seen == seen
    assert expected in caught.value.expected


def test_rows_point_to_their_key() -> None:
    rows = curated.rows(TABLES["mechanisms"], root() / "ontology" / "tables")
    first = rows[0]

    assert (first.source, first.path) == ("table-mechanisms", "ontology/tables/mechanisms.tsv")
    assert first.pointer == "/" + TABLES["mechanisms"].key_of(first.record)
    assert len({row.pointer for row in rows}) == len(rows)


def test_name_of_a_table_has_no_underscore_in_its_source() -> None:
    assert curated.rows(TABLES["cell_types"], root() / "ontology" / "tables")[0].source == "table-cell-types"


def test_everything_is_tables_then_trials(inputs: Inputs) -> None:
    found = curated.everything(root())
    tables = [sourced for sourced in found if sourced.source.startswith("table-")]

    assert found == inputs.records[: len(found)]
    assert {sourced.source.partition("-")[0] for sourced in inputs.records[len(found) :]} == {"page"}
    assert tables == list(found[: len(tables)])
    assert len({sourced.source for sourced in tables}) == len(TABLES)
    assert [sourced.source for sourced in found[len(tables) :]] == sorted(s.source for s in found[len(tables) :])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a/b": {"c~d": "e"}}', [("/a~1b/c~0d", "e")]),
        (
            b'{"a": [1, [true, false], null, {}]}',
            [("/a/0", "1"), ("/a/1", "true|false"), ("/a/1/0", "true"), ("/a/1/1", "false"), ("/a/2", "")],
        ),
        (b'{"a": 56.0, "b": 1e3, "c": -0}', [("/a", "56.0"), ("/b", "1e3"), ("/c", "0")]),
        (b'"x"', [("", "x")]),
        (b"{}", []),
    ],
)
def test_values_of_json(content: bytes, expected: list[tuple[str, str]]) -> None:
    assert list(values_at(content, "data/trials/x.json")) == expected


def test_values_of_a_table() -> None:
    content = b"# note\nname\tgo\treactome\tsources\na/b\tGO:1|GO:2\t\tx\n"

    assert list(values_at(content, "ontology/tables/processes.tsv")) == [
        ("/a~1b/name", "a/b"),
        ("/a~1b/go/0", "GO:1"),
        ("/a~1b/go/1", "GO:2"),
        ("/a~1b/sources/0", "x"),
    ]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("data/trials/x.json", b""),
        ("data/trials/x.json", b"{"),
        ("data/trials/x.json", b'"\xff"'),
        ("data/trials/x.json", b"[" * 100_000),
        ("data/trials/x.json", b"1" * 5000),
        ("ontology/tables/countries.tsv", b""),
        ("ontology/tables/countries.tsv", b"name\tsynonyms\tiso\tsources\n"),
        ("ontology/tables/countries.tsv", b"name\tsynonyms\tiso\tsources\nJapan\t\tJP\n"),
        ("ontology/tables/countries.tsv", b"\x00\xff"),
        ("ontology/tables/unknown.tsv", b"name\n"),
    ],
)
def test_values_of_unreadable_source(path: str, content: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        list(values_at(content, path))

    assert caught.value.where == path
