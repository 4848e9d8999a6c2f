"""The command line: every verb, its exit codes, and what it says when something is wrong."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import projects
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

import kg
from kg import questions
from kg.cli import main
from kg.cli.output import TABLES
from kg.resources import root

VERBS = (
    "ask",
    "build",
    "check",
    "compare",
    "draw",
    "export",
    "fetch",
    "landscape",
    "map",
    "path",
    "push",
    "query",
    "read",
    "repurpose",
    "show",
    "tidy",
)
SELECT = "SELECT ?trial WHERE { ?trial a <https://w3id.org/myositis-kg/ontology/Trial> } ORDER BY ?trial"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    """Run the command; an exception that is not an exit is a traceback for the user, and fails."""
    result = CliRunner().invoke(main, list(map(str, arguments)), input=stdin)

    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def refused(*arguments: str | Path, code: int = 2) -> str:
    """Run the command, which must end with an exit code, and return what it says."""
    result = run(*arguments)

    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.built(tmp_path_factory)


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.copy(projects.project(tmp_path_factory), tmp_path / "project")


# Help.


def test_help_names_every_verb() -> None:
    for option in ("-h", "--help"):
        result = run(option)

        assert result.exit_code == 0
        assert tuple(re.findall(r"^  ([a-z]+) ", result.output, re.MULTILINE)) == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb(verb: str) -> None:
    result = run(verb, "--help")

    assert result.exit_code == 0
    assert f"{verb} [OPTIONS]" in result.output
    assert "Options:" in result.output


def test_version() -> None:
    assert run("--version").output == f"kg, version {kg.__version__}\n"


@pytest.mark.parametrize("arguments", [["dance"], ["build", "--fast"], ["query"], ["check", "--limit", "many"]])
def test_usage_error(arguments: list[str]) -> None:
    assert "Usage:" in refused(*arguments)


def test_help_is_instant() -> None:
    """No engine is imported before a verb runs."""
    heavy = "('pyoxigraph', 'rdflib', 'rich', 'msgspec', 'requests', 'networkx')"
    code = f"import sys, kg.cli; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


# Build and check.


def test_build_then_check(project: Path, tmp_path: Path, built: Path) -> None:
    out = tmp_path / "out"
    result = run("build", "--root", project, "--out", out)

    assert result.exit_code == 0
    assert f"Wrote {out}/: myositis.ttl, myositis.nq, store, report.json, report.md" in result.stdout
    assert "8/8" in result.stderr
    for title in ("Build", "Things by class", "Mentions"):
        assert title in result.stdout
    assert projects.hashes(out) == projects.hashes(built)

    checked = run("check", "--root", project, "--build", out)
    assert checked.exit_code == 0
    assert checked.stdout.splitlines()[:3] == [
        "receipts: no findings",
        "checks: no findings",
        "shapes: no findings",
    ]
    assert re.fullmatch(r"\d{4,} receipts of 15 source files", checked.stdout.splitlines()[3])


def test_check_finds_a_changed_source(project: Path, built: Path) -> None:
    projects.change(project / "data/trials/NCT02466243.json", '"enrolment": 22', '"enrolment": 23')
    result = run("check", "--root", project, "--build", built)

    assert result.exit_code == 1
    assert result.stdout.startswith("receipts: 2 findings\n  source-changed: data/trials/NCT02466243.json")
    assert "receipt-differs: https://w3id.org/myositis-kg/trial/NCT02466243" in result.stdout
    assert "checks: no findings" in result.stdout


def test_check_prints_no_more_than_asked(project: Path, built: Path) -> None:
    (project / "data/trials/NCT02466243.json").unlink()
    (project / "data/trials/NCT00106184.json").unlink()
    result = run("check", "--root", project, "--build", built, "--limit", "1")

    assert result.exit_code == 1
    assert result.stdout.count("source-missing") == 1
    assert result.stdout.startswith("receipts: 2 findings\n")


def test_check_without_a_build(tmp_path: Path) -> None:
    said = refused("check", "--build", tmp_path)

    assert said.startswith(f"kg: {tmp_path}/store: no store can be opened there")
    assert said.endswith("run kg build\n")


def test_build_without_a_project(tmp_path: Path) -> None:
    result = run("build", "--root", tmp_path, "--out", tmp_path / "out")

    assert result.exit_code == 2
    assert "ontology/shapes.ttl: saw" in result.stderr
    assert not (tmp_path / "out").exists()


def test_build_with_findings_exits_with_one(project: Path, tmp_path: Path) -> None:
    projects.change(project / "data/trials/NCT02466243.json", '"enrolment": 22', '"enrolment": -22')
    result = run("build", "--root", project, "--out", tmp_path / "out")

    assert result.exit_code == 1
    assert "kg: 1 findings, nothing was written:\n  shape:Trial-enrolment" in result.stderr
    assert not (tmp_path / "out").exists()


# Tidy.


def test_tidy_project(project: Path) -> None:
    for arguments in (["--check"], []):
        result = run("tidy", "--root", project, *arguments)

        assert (result.exit_code, result.output) == (0, "")


def test_own_project_is_tidy() -> None:
    result = run("tidy", "--check")

    assert (result.exit_code, result.output) == (0, "")


def test_tidy_mends_what_check_names(project: Path) -> None:
    path = project / "data/trials/NCT02466243.json"
    before = path.read_bytes()
    path.write_text(json.dumps(json.loads(before)), encoding="utf-8")
    untidy = path.read_bytes()
    result = run("tidy", "--root", project, "--check")

    assert (result.exit_code, result.output) == (1, f"not tidy: {path}\n")
    assert path.read_bytes() == untidy

    result = run("tidy", "--root", project)
    assert (result.exit_code, result.output) == (0, f"tidied: {path}\n")
    assert path.read_bytes() == before
    assert list(project.rglob("*.new")) == []


def test_tidy_of_what_cannot_be_read(project: Path) -> None:
    (project / "data/trials/NCT02466243.json").write_text("{")

    assert "NCT02466243.json: saw 'Input data was truncated'" in refused("tidy", "--root", project)


def test_tidy_makes_generated_files_with_their_folders(project: Path) -> None:
    """A project as the wheel carries it has no folder of pages."""
    before = projects.tree(project)
    for path in (project / "docs").iterdir():
        path.unlink()
    (project / "docs").rmdir()
    result = run("tidy", "--root", project)

    assert result.exit_code == 0
    assert projects.tree(project) == before


# Ask.


def test_ask_lists_questions_by_topic() -> None:
    result = run("ask")
    names = [line.split()[1] for line in result.output.splitlines()]
    topics = [line.split()[0] for line in result.output.splitlines()]

    assert result.exit_code == 0
    assert sorted(names) == sorted(questions.read(root() / "queries" / "questions"))
    assert topics == sorted(topics)


def test_ask_a_question(built: Path) -> None:
    result = run("ask", "trials-of-a-drug", "drug=lenabasum", "--build", built)

    assert result.exit_code == 0
    assert "trial:NCT02466243" in result.output
    assert "NCT00106184" not in result.output
    assert result.output.endswith("1 row\n")


def test_ask_in_json(built: Path) -> None:
    result = run("ask", "trials-of-a-drug", "drug=lenabasum", "--format", "json", "--build", built)
    (row,) = json.loads(result.stdout)

    assert row["trial"] == "https://w3id.org/myositis-kg/trial/NCT02466243"
    assert set(row) == set(questions.read(root() / "queries" / "questions")["trials-of-a-drug"].columns)


def test_ask_by_iri_and_with_nothing_found(built: Path) -> None:
    iri = "drug=https://w3id.org/myositis-kg/drug/lenabasum"
    named, untested, unknown = (
        run("ask", "trials-of-a-drug", value, "--format", "json", "--build", built)
        for value in (iri, "drug=placebo", "drug=no such drug")
    )

    assert len(json.loads(named.stdout)) == 1
    assert (untested.exit_code, json.loads(untested.stdout)) == (0, [])
    assert (unknown.exit_code, "no drug is named 'no such drug'" in unknown.output) == (2, True)


@pytest.mark.parametrize("name", sorted(questions.read(root() / "queries" / "questions")))
def test_every_question_answers(name: str, built: Path) -> None:
    assert run("ask", name, "--build", built).exit_code == 0


def test_ask_what_is_not_in_the_catalogue(built: Path) -> None:
    said = refused("ask", "trial-of-drugs", "--build", built)

    assert said.startswith("kg: no question 'trial-of-drugs'; did you mean 'trials-of-a-drug', ")
    assert said.endswith("kg ask lists them\n")


def test_ask_says_what_it_took_a_parameter_for(built: Path) -> None:
    result = run("ask", "trials-of-a-drug", "--drug", "anabasum", "--build", built, "-f", "csv")

    assert result.stderr == "drug: lenabasum (anabasum)\n"
    assert len(result.stdout.splitlines()) == 2
    for given in (["--drug=anabasum"], ["drug=anabasum"]):
        assert run("ask", "trials-of-a-drug", *given, "--build", built, "-f", "csv").output == result.output


def test_ask_takes_a_parameter_by_its_kind(built: Path) -> None:
    result = run("ask", "trials-of-a-disease-branch", "--disease", "DM", "--build", built)

    assert result.stderr.startswith("branch: dermatomyositis (DM)\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--drug"], "no value for drug; write --drug VALUE"),
        (["drug"], "no value for drug"),
        (["--drug", "a", "drug=b"], "two values for the parameter drug"),
    ],
)
def test_ask_with_half_a_parameter(given: list[str], said: str, built: Path) -> None:
    assert said in refused("ask", "trials-of-a-drug", *given, "--build", built)


def test_ask_with_evidence(built: Path) -> None:
    ask: list[str | Path] = ["ask", "trials-of-a-drug", "--drug", "lenabasum", "--evidence", "--build", built]
    (row,) = json.loads(run(*ask, "-f", "json").stdout)
    expected = {
        "statement": "trial:NCT02466243 myo:enrolment 22",
        "source": "data/trials/NCT02466243.json",
        "place": "/enrolment",
        "quote": "22",
    }

    assert expected in row["evidence"]
    assert json.loads(run(*ask, "-f", "jsonl").stdout) == row
    assert len(run(*ask, "-f", "csv").stdout.splitlines()) == 1 + len(row["evidence"])
    assert "trial:NCT02466243 myo:enrolment 22" in " ".join(run(*ask, "-f", "markdown").stdout.split())
    assert run(*ask).stdout.endswith(" receipts\n")
    assert "have no place for evidence" in refused(*ask, "-f", "srj").splitlines()[-1]


def test_ask_finds_and_explains_questions() -> None:
    assert run("ask", "--search", "juvenile age").stdout.splitlines()[0].split()[1] == "trials-with-juvenile-disease"
    assert "no question is about 'astrology'" in refused("ask", "--search", "astrology")

    said = run("ask", "trials-of-a-drug", "--explain").stdout
    assert said.startswith("Which trials test a drug, and what came out?\n")
    assert "--drug  drug, for example 'abatacept'" in said
    assert "SELECT DISTINCT ?trial" in said


@pytest.mark.parametrize("value", ["colour=red", "lenabasum", "drug =lenabasum"])
def test_ask_with_unknown_parameter(value: str, built: Path) -> None:
    said = refused("ask", "trials-of-a-drug", value, "--build", built)

    assert said.startswith(f"kg: trials-of-a-drug: no parameter {value.partition('=')[0]}; its parameters: ")


@pytest.mark.parametrize("value", ["https://no iri", "http://a>b", "http://[", "https://{"])
def test_ask_with_a_value_that_is_no_iri(value: str, built: Path) -> None:
    assert refused("ask", "trials-of-a-drug", f"drug={value}", "--build", built).startswith("kg: ")


def test_ask_without_a_build(tmp_path: Path) -> None:
    assert "run kg build" in refused("ask", "trials-of-a-drug", "--build", tmp_path)


# Query.


def test_query_from_text_file_and_stdin(built: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(SELECT, encoding="utf-8")
    results = [
        run("query", SELECT, "--build", built),
        run("query", tmp_path / "q.rq", "--build", built),
        run("query", "-", "--build", built, stdin=SELECT),
    ]

    assert [result.exit_code for result in results] == [0, 0, 0]
    assert len({result.output for result in results}) == 1
    assert re.findall(r"trial:(\S+)", results[0].output) == list(projects.TRIALS)
    assert results[0].output.endswith(f"{len(projects.TRIALS)} rows\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SELECT ?s WHERE {", "line 1, column 18 of the query: "),
        ("missing.rq", "line 1, column 9 of the query: "),
        ("", "line 1, column 1 of the query: "),
        ("DROP ALL", "DROP would change the store"),
    ],
)
def test_query_that_cannot_be_run(text: str, problem: str, built: Path) -> None:
    said = refused("query", text, "--build", built)

    assert said.startswith(f"kg: {problem}")
    assert problem.startswith("line") == ("^" in said)


def test_wrong_query_is_shown_with_a_mark(built: Path) -> None:
    said = refused("query", "SELECT ?s\nWHERE { ?s ex:p ?o }\n", "--build", built).splitlines()

    assert said[0].startswith("kg: line 2, column 12 of the query: ")
    assert said[1].strip() == "WHERE { ?s ex:p ?o }"
    assert said[2].index("^") == said[1].index("ex:p")


@pytest.mark.parametrize("syntax", ["turtle", "ntriples", "rdfxml", "jsonld"])
def test_statements_in_every_syntax(syntax: str, built: Path) -> None:
    text = "CONSTRUCT { ?s a ?c } WHERE { VALUES ?c { <https://w3id.org/myositis-kg/ontology/Trial> } ?s a ?c }"
    named = {"turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf", "jsonld": "jsonld"}[syntax]
    result = run("query", text, "--build", built, "--format", syntax)
    known = ox.RdfFormat.from_extension(named)

    assert known is not None
    assert len(list(ox.parse(result.stdout, format=known))) == len(projects.TRIALS)


def test_statements_are_no_rows_and_rows_no_statements(built: Path) -> None:
    text = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }"

    assert "the answer is statements" in refused("query", text, "--build", built, "-f", "csv")
    assert "the answer is no statements" in refused("query", SELECT, "--build", built, "-f", "turtle")
    assert "1 of" in run("query", text, "--build", built, "--limit", "1").stderr


def test_truth_in_the_formats_of_sparql(built: Path) -> None:
    assert json.loads(run("query", "ASK {}", "--build", built, "-f", "srj").stdout) == {"head": {}, "boolean": True}
    assert "<boolean>true</boolean>" in run("query", "ASK {}", "--build", built, "-f", "srx").stdout


@pytest.mark.parametrize("output", TABLES)
def test_rows_in_every_format(output: str, built: Path) -> None:
    text = 'SELECT ?a ?b ?c ?d WHERE { VALUES (?a ?b ?c ?d) { ("a|b, \\"c\\""@en 1.5 <http://x> UNDEF) } }'
    said = run("query", text, "--build", built, "--format", output).stdout

    if output == "json":
        assert json.loads(said) == [{"a": 'a|b, "c"', "b": 1.5, "c": "http://x", "d": None}]
    elif output == "jsonl":
        assert json.loads(said) == {"a": 'a|b, "c"', "b": 1.5, "c": "http://x", "d": None}
    elif output == "csv":
        assert list(csv.reader(said.splitlines())) == [["a", "b", "c", "d"], ['a|b, "c"', "1.5", "http://x", ""]]
    elif output == "tsv":
        decimal = "http://www.w3.org/2001/XMLSchema#decimal"
        assert said.splitlines()[1].split("\t") == ['"a|b, \\"c\\""@en', f'"1.5"^^<{decimal}>', "<http://x>", ""]
    elif output == "markdown":
        assert said.splitlines()[2] == '| a\\|b, "c" | 1.5 | http://x |  |'
    elif output == "table":
        assert 'a|b, "c"' in said
    else:
        kind = ox.QueryResultsFormat.JSON if output == "srj" else ox.QueryResultsFormat.XML
        read = ox.parse_query_results(said, format=kind)
        assert isinstance(read, ox.QuerySolutions)
        (row,) = read
        assert [str(row[name]) for name in ("a", "c", "d")] == ['"a|b, \\"c\\""@en', "<http://x>", "None"]


def test_rows_left_out_are_said(built: Path) -> None:
    result = run("query", SELECT, "--build", built, "--limit", "1", "-f", "csv")

    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == f"1 of {len(projects.TRIALS)} rows are shown; --limit 0 shows all\n"


# Show.


@pytest.mark.parametrize(
    ("thing", "label"),
    [
        ("lenabasum", "lenabasum  (drug, "),
        ("anabasum", "lenabasum  (drug, "),
        ("nct02466243", "JBT-101"),
        ("RIM", "Rituximab for refractory"),
        ("CDASI-A", "Cutaneous Dermatomyositis Disease Area"),
        ("disease:dermatomyositis", "dermatomyositis  (disease"),
        ("CNR2", "CNR2  (target"),
        ("concept:Phase2", "phase 2"),
    ],
)
def test_show_a_thing_by_any_name(thing: str, label: str, built: Path) -> None:
    result = run("show", thing, "--build", built)

    assert result.exit_code == 0
    assert result.stdout.startswith(label)


def test_show_gives_facts_receipts_parts_links_and_matches(built: Path) -> None:
    said = run("show", "NCT02466243", "--build", built).stdout

    assert re.search(r"^enrolment +22 +data/trials/NCT02466243.json /enrolment *$", said, re.MULTILINE)
    assert re.search(r"^evaluates +lenabasum +derived *$", said, re.MULTILINE)
    assert re.search(r"^    p-value +0.038 ", said, re.MULTILINE)

    found = json.loads(run("show", "lenabasum", "-f", "json", "--build", built).stdout)
    links = {link["name"]: [thing["iri"] for thing in link["things"]] for link in found["links"]}
    assert links["evaluates"] == ["https://w3id.org/myositis-kg/trial/NCT02466243"]
    assert found["matches"]
    for fact in found["facts"]:
        for one in fact["evidence"]:
            assert set(one) == {"source", "place", "quote"}


def test_show_what_is_not_there(built: Path) -> None:
    assert "no thing is named 'lenabsm'; did you mean 'lenabasum'" in refused("show", "lenabsm", "--build", built)
    assert "nothing in the graph is 'drug:pill'" in refused("show", "drug:pill", "--build", built)


def test_a_wrong_place_of_a_query_is_marked(built: Path) -> None:
    said = refused("query", "SELECT *\n{ ?s ?p ?o . OPTIONAL ?s ?p ?o }", "--build", built)

    assert said.splitlines()[1:] == ["{ ?s ?p ?o . OPTIONAL ?s ?p ?o }", " " * 22 + "^"]


def test_query_of_another_form(built: Path) -> None:
    assert run("query", "ASK {}", "--build", built).output == "true\n"
    for text in ("CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }", "DESCRIBE <https://w3id.org/myositis-kg/drug/abatacept>"):
        result = run("query", text, "--build", built)

        assert result.exit_code == 0
        assert result.stdout.startswith("@prefix ")


def test_query_file_that_is_no_text(built: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"\xff\xfe")

    assert refused("query", tmp_path / "q.rq", "--build", built).startswith("kg: ")


def test_query_without_a_build(tmp_path: Path) -> None:
    assert "run kg build" in refused("query", SELECT, "--build", tmp_path)


def shown(literal: str, built: Path) -> str:
    """Query for a text, and return the cell in which it is shown."""
    result = run("query", f'SELECT ("{literal}" AS ?label) WHERE {{}}', "--build", built)

    assert result.exit_code == 0
    return result.output.splitlines()[3]


@pytest.mark.parametrize(
    "text",
    [
        "[bold red]x[/bold red]",
        "[/]",
        "[link=https://x]y[/link]",
        ":skull:",
        "<script>alert(1)</script>",
        "%s {0} $x",
        "a | b",
    ],
)
def test_hostile_label_is_shown_as_it_is(text: str, built: Path) -> None:
    assert text in shown(text, built)


@pytest.mark.parametrize("code", ["\\u001B[31mred", "\\u001B]8;;https://x\\u0007y", "\\u009B31mred", "a\\u0008b"])
def test_label_cannot_steer_the_terminal(code: str, built: Path) -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", shown(code, built))


def test_labels_replace_nothing_but_columns_that_name_the_same(built: Path) -> None:
    result = run("query", 'SELECT ("a" AS ?x) ("b" AS ?y) ("c" AS ?yLabel) WHERE {}', "--build", built)

    assert re.findall(r"\w+", result.output.splitlines()[1]) == ["x", "yLabel"]


def test_empty_answer_has_its_columns(built: Path) -> None:
    result = run("query", "SELECT ?nothing WHERE { ?nothing <http://no> ?o }", "--build", built)

    assert "nothing" in result.output
    assert result.output.endswith("0 rows\n")
