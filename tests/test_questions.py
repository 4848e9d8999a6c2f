"""Every query file keeps the rules of its folder; every question answers alike in two engines, and rightly."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Identifier

from kg import questions
from kg.build import union_lines
from kg.cli.ask import ask
from kg.errors import QueryError, SourceError
from kg.library import Library
from kg.names import KINDS, PREFIXES, shrink
from kg.questions import Question
from kg.resources import files, root
from kg.store import Embedded, Rows, Term
from kg.triples import Graphs

QUERIES = root() / "queries"
FOLDERS = {folder: questions.read(QUERIES / folder) for folder in ("questions", "checks", "views")}
QUESTIONS = FOLDERS["questions"]
OPTIONS = {name.lstrip("-") for option in ask.params for name in option.opts}
"""The options of ``kg ask`` itself."""
EVERY = [(folder, name) for folder, found in FOLDERS.items() for name in found]

# The rules.


def _body(text: str) -> str:
    """The query without header, comments, strings, IRIs and prefix lines."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#") and not line.startswith("PREFIX ")]
    return re.sub(r'"(?:[^"\\]|\\.)*"|<[^<>\s]*>', " ", "\n".join(lines))


def _projected(text: str) -> list[str]:
    query: Any = prepareQuery(text)
    return [str(variable) for variable in query.algebra.PV] if query.algebra.name == "SelectQuery" else []


def wrong_name(folder: str, question: Question) -> bool:
    """The name is not lower-case words with hyphens."""
    return re.fullmatch(r"[a-z]+(-[a-z]+)*", question.name) is None


def wrong_layout(folder: str, question: Question) -> bool:
    """The header is not one block, or tabs, odd indentation, spaces at the end or a missing last newline."""
    lines = question.text.split("\n")
    marked = [line.startswith(questions.MARK) for line in lines]
    scattered = marked != sorted(marked, reverse=True)
    odd = any(re.search(r"\t|\s$|^(  )* \S", line) for line in lines)
    return scattered or odd or lines[-1] != "" or lines[-2] == ""


def wrong_title(folder: str, question: Question) -> bool:
    """A question does not ask, or a rule does not state."""
    return not question.title.endswith("?" if folder == "questions" else ".")


def wrong_description(folder: str, question: Question) -> bool:
    """The description is missing or no sentence."""
    return not question.description.endswith(".")


def wrong_topic(folder: str, question: Question) -> bool:
    """The topic does not belong to the folder."""
    kept = {"checks": ["check"], "views": ["view"]}
    return question.topic not in kept.get(folder, set(questions.TOPICS) - {"check", "view"})


def wrong_answers(folder: str, question: Question) -> bool:
    """A question does not say what it is there to answer."""
    return folder == "questions" and not question.answers


def wrong_columns(folder: str, question: Question) -> bool:
    """The columns are not the projected variables, in their order, each with a meaning."""
    meant = all(question.columns.values())
    expected = {"checks": ["node", "problem", "value"], "views": []}.get(folder, list(question.columns))
    return not meant or not list(question.columns) == expected == _projected(question.text)


def wrong_parameters(folder: str, question: Question) -> bool:
    """A parameter is not projected, is of no known kind, has a default, or is called like an option of the verb."""
    return any(
        name not in question.columns
        or parameter.kind not in (*KINDS, "integer", "text")
        or (parameter.kind == "concept") != bool(parameter.scheme)
        or name in OPTIONS
        or re.search(rf"VALUES\s*\(?[^{{]*\?{name}\b", question.text) is not None
        for name, parameter in question.parameters.items()
    )


def wrong_form(folder: str, question: Question) -> bool:
    """A view constructs nothing, a question or check does not select, or stars and subsets are used."""
    form = {"views": r"^CONSTRUCT \{", "checks": r"^SELECT (DISTINCT )?\?"}.get(folder, r"^SELECT DISTINCT \?")
    return re.search(form, question.text, re.MULTILINE) is None


def wrong_prefixes(folder: str, question: Question) -> bool:
    """A prefix is unused, undeclared, out of order or not the project's."""
    declared = re.findall(r"^PREFIX ([\w.-]+): <([^>]*)>$", question.text, re.MULTILINE)
    used = set(re.findall(r"(?<![\w?$:.-])([A-Za-z][\w.-]*):", _body(question.text)))
    names = [name for name, _ in declared]
    ordered = names == sorted(names, key=str.casefold)
    return not ordered or set(names) != used or any(PREFIXES.get(name) != iri for name, iri in declared)


def wrong_keywords(folder: str, question: Question) -> bool:
    """A keyword is not in capitals."""
    words = re.findall(r"[A-Za-z]+", re.sub(r"[?$]\w+|[\w.-]+:[\w.-]*", " ", _body(question.text)))
    return any(not word.isupper() for word in words if word not in ("a", "true", "false"))


def wrong_comments(folder: str, question: Question) -> bool:
    """A question has a block that no comment introduces."""
    return folder == "questions" and re.search(r"\{\n  # ", question.text) is None


def wrong_order(folder: str, question: Question) -> bool:
    """The answer comes in no order, or is cut without saying so."""
    body = _body(question.text)
    cut = "LIMIT" in body and not re.search(r"\b(top|largest|latest)\b", question.title)
    return folder != "views" and ("ORDER BY" not in body or cut)


def wrong_graphs(folder: str, question: Question) -> bool:
    """A question names a graph, unless it asks which record says what."""
    words = r"\b(FROM|SERVICE)\b" if question.topic == "conflicts" else r"\b(FROM|GRAPH|SERVICE)\b"
    return folder == "questions" and re.search(words, _body(question.text)) is not None


def wrong_nesting(folder: str, question: Question) -> bool:
    """An OPTIONAL stands inside of an OPTIONAL, of which Virtuoso loses values (docs/decisions/0017)."""
    groups: list[bool] = []
    words = re.findall(r"OPTIONAL|[{}]", _body(question.text))
    for before, word in zip(["", *words], words, strict=False):
        if word == "OPTIONAL" and any(groups):
            return folder == "questions"
        if word == "{":
            groups.append(before == "OPTIONAL")
        elif word == "}":
            groups.pop()
    return False


RULES: list[Callable[[str, Question], bool]] = [
    wrong_name, wrong_layout, wrong_title, wrong_description, wrong_topic, wrong_answers, wrong_columns,
    wrong_parameters, wrong_form, wrong_prefixes, wrong_keywords, wrong_comments, wrong_order, wrong_graphs,
    wrong_nesting,
]  # fmt: skip

GOOD = """\
#+ title: Which drugs are there?
#+ description: One row is a drug.
#+ topic: drugs
#+ columns:
#+   drug: a drug
#+   drugLabel: its name
#+ parameters:
#+   drug: {kind: drug, example: abatacept}
#+ answers: Which drugs are there?
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT DISTINCT ?drug ?drugLabel
WHERE {
  # the drugs
  ?drug
    a myo:Drug ;
    skos:prefLabel ?drugLabel .
}
ORDER BY ?drug
"""

TRIPS: list[tuple[str, str, str]] = [
    ("wrong_layout", "WHERE {\n", "#+ answers: Which?\nWHERE {\n"),
    ("wrong_layout", "  ?drug\n", "   ?drug\n"),
    ("wrong_layout", "  ?drug\n", "\t?drug\n"),
    ("wrong_layout", "  ?drug\n", "  ?drug \n"),
    ("wrong_layout", "BY ?drug\n", "BY ?drug"),
    ("wrong_layout", "BY ?drug\n", "BY ?drug\n\n"),
    ("wrong_title", "title: Which drugs are there?", "title: The drugs."),
    ("wrong_description", "a drug.\n", "a drug\n"),
    ("wrong_topic", "topic: drugs", "topic: check"),
    ("wrong_answers", "#+ answers: Which drugs are there?\n", ""),
    ("wrong_columns", "#+   drugLabel: its name\n", ""),
    ("wrong_columns", "its name", "''"),
    ("wrong_columns", "#+ parameters", "#+   other: no variable\n#+ parameters"),
    ("wrong_columns", "#+   drug: a drug\n#+   drugLabel: its name", "#+   drugLabel: its name\n#+   drug: a drug"),
    ("wrong_parameters", "drug: {kind: drug", "other: {kind: drug"),
    ("wrong_parameters", "{kind: drug", "{kind: pill"),
    ("wrong_parameters", "{kind: drug", "{kind: concept"),
    ("wrong_parameters", "{kind: drug", "{scheme: Phase, kind: drug"),
    ("wrong_parameters", "  # the drugs\n", "  # the drugs\n  VALUES ?drug { myo:a }\n"),
    ("wrong_form", "SELECT DISTINCT ?drug ?drugLabel", "SELECT *"),
    ("wrong_form", "SELECT DISTINCT ?drug ?drugLabel", "SELECT ?drug ?drugLabel"),
    ("wrong_prefixes", "skos: <http://www.w3.org/2004/02/skos/core#>", "skos: <http://www.w3.org/skos/core#>"),
    ("wrong_prefixes", "PREFIX skos", "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\nPREFIX skos"),
    ("wrong_prefixes", "PREFIX skos", "PREFIX kos"),
    ("wrong_prefixes", "PREFIX myo", "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\nPREFIX myo"),
    ("wrong_keywords", "WHERE", "where"),
    ("wrong_comments", "  # the drugs\n", ""),
    ("wrong_order", "ORDER BY ?drug\n", ""),
    ("wrong_order", "ORDER BY ?drug\n", "ORDER BY ?drug\nLIMIT 10\n"),
    ("wrong_nesting", "Label .\n", "Label .\n  OPTIONAL {\n    ?drug a ?a .\n    OPTIONAL { ?drug a ?b . }\n  }\n"),
    ("wrong_graphs", "WHERE", "FROM <http://example.org/>\nWHERE"),
    ("wrong_graphs", "    a myo:Drug ;\n", "    a myo:Drug .\n\n  GRAPH ?graph { ?drug a myo:Drug . }\n\n  ?drug\n"),
]


@pytest.mark.parametrize(("folder", "name"), EVERY)
def test_each_query_keeps_the_rules(folder: str, name: str) -> None:
    broken = [rule.__name__ for rule in RULES if rule(folder, FOLDERS[folder][name])]

    assert broken == []


def test_the_sample_keeps_the_rules() -> None:
    assert [rule.__name__ for rule in RULES if rule("questions", questions.parse("drugs", GOOD))] == []


@pytest.mark.parametrize(("rule", "old", "new"), TRIPS)
def test_each_rule_trips(rule: str, old: str, new: str) -> None:
    assert GOOD.count(old) >= 1

    text = GOOD.replace(old, new, 1)
    kept = next(known for known in RULES if known.__name__ == rule)

    assert kept("questions", questions.parse("drugs", text))


def test_the_rule_of_names_trips() -> None:
    assert wrong_name("questions", questions.parse("drugs_2", GOOD))


def test_every_rule_is_seen_to_trip() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, _, _ in TRIPS} | {"wrong_name"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#+ title: Which", "# title: Which"),
        ("#+ title: Which drugs are there?\n", ""),
        ("#+ description: One row is a drug.\n", ""),
        ("#+ topic: drugs\n", ""),
        ("topic: drugs", "topic: weather"),
        ("#+ answers", "#+ colour: red\n#+ answers"),
        ("{kind: drug, example: abatacept}", "{kind: drug}"),
        ("title: Which", "title: [Which"),
    ],
)
def test_a_malformed_header_is_refused(old: str, new: str) -> None:
    with pytest.raises(SourceError, match=r"drugs\.rq"):
        questions.parse("drugs", GOOD.replace(old, new, 1))


def test_a_folder_without_queries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\*\.rq"):
        questions.read(tmp_path)


# The answers.


def _rdflib_term(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Identifier:
    """Lexical forms stay as they are, so that the engines can be compared."""
    if isinstance(node, ox.NamedNode):
        return rdflib.URIRef(node.value)
    assert isinstance(node, ox.Literal)
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    datatype = None if node.datatype == ox.NamedNode(PREFIXES["xsd"] + "string") else rdflib.URIRef(node.datatype.value)
    return rdflib.Literal(node.value, datatype=datatype, normalize=False)


@pytest.fixture(scope="module")
def union_graph(graphs: Graphs) -> rdflib.Graph:
    graph = rdflib.Graph()
    for quad in ox.parse("\n".join(union_lines(graphs)), format=ox.RdfFormat.N_TRIPLES):
        graph.add((_rdflib_term(quad.subject), rdflib.URIRef(quad.predicate.value), _rdflib_term(quad.object)))
    return graph


def _comparable(text: str) -> str | Decimal:
    """Numbers compare by value: engines write 35, 35.0 and 3.5E1 for the same."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _cells(rows: Rows, columns: list[str] | tuple[str, ...]) -> list[tuple[str | Decimal, ...]]:
    return [tuple(_comparable(shrink(row[column])) for column in columns) for row in rows.texts()]


def _examples(question: Question) -> dict[str, str]:
    return {name: parameter.example for name, parameter in question.parameters.items()}


OVER_GRAPHS = [name for name, question in QUESTIONS.items() if "GRAPH" in _body(question.text)]
"""Questions that ask which record says what; rdflib takes minutes over named graphs, their goldens are by hand."""


@pytest.mark.parametrize("name", sorted({*QUESTIONS} - {*OVER_GRAPHS}))
def test_two_engines_give_the_same_rows_in_the_same_order(
    name: str, union_store: Embedded, union_graph: rdflib.Graph
) -> None:
    question = QUESTIONS[name]

    for values in ({}, _examples(question)):
        meanings = question.understand(union_store, values)
        answer = question.ask(union_store, meanings)

        assert question.ask(Library(union_graph), meanings) == answer


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_has_an_answer(name: str, union_store: Embedded) -> None:
    question = QUESTIONS[name]

    for values in ({}, _examples(question)):
        answer = question.run(union_store, **values)

        assert answer.columns == tuple(question.columns)
        assert answer.rows
        assert len(set(answer.rows)) == len(answer.rows)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_label_follows_each_column_of_iris(name: str, union_store: Embedded) -> None:
    answer = QUESTIONS[name].run(union_store)

    for place, column in enumerate(answer.columns):
        if any(term is not None and term.kind == "iri" for term in (row[place] for row in answer.rows)):
            labels = [row[place + 1] for row in answer.rows if row[place] is not None]

            assert answer.columns[place + 1] == f"{column}Label"
            assert all(label is not None and label.kind == "literal" for label in labels)


@pytest.mark.parametrize("name", [name for name in QUESTIONS if QUESTIONS[name].parameters])
def test_a_parameter_narrows_the_answer_to_the_rows_that_have_it(name: str, union_store: Embedded) -> None:
    question = QUESTIONS[name]
    meanings = question.understand(union_store, _examples(question))
    places = {parameter: list(question.columns).index(parameter) for parameter in meanings}
    everything = question.run(union_store).rows

    def has(row: tuple[Term | None, ...]) -> bool:
        return all(row[place] in meanings[parameter].terms for parameter, place in places.items())

    narrowed = question.run(union_store, **_examples(question)).rows

    assert list(narrowed) == [row for row in everything if has(row)]


def test_an_unknown_parameter_is_refused(union_store: Embedded) -> None:
    with pytest.raises(QueryError, match="no parameter pill; its parameters: drug"):
        QUESTIONS["trials-of-a-drug"].run(union_store, pill="abatacept")


# The goldens, worked out by hand.


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows that a question must give, in the columns named, each row once."""

    question: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    values: dict[str, str] = {}
    ordered: bool = False


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people ask, and the answers that put together answer it."""

    asked: str
    answers: tuple[Answer, ...]


GOLDENS = {
    path.stem: msgspec.json.decode(path.read_bytes(), type=Golden)
    for path in files(Path(__file__).parent / "golden" / "questions", "*.json")
}


def test_questions_over_graphs_have_a_golden() -> None:
    asked = {answer.question for golden in GOLDENS.values() for answer in golden.answers}

    assert OVER_GRAPHS
    assert set(OVER_GRAPHS) <= asked


def test_questions_have_goldens() -> None:
    assert len({golden.asked for golden in GOLDENS.values()}) == len(GOLDENS) >= 54


@pytest.mark.parametrize("name", GOLDENS)
def test_the_answers_are_those_worked_out_by_hand(name: str, union_store: Embedded) -> None:
    for golden in GOLDENS[name].answers:
        question = QUESTIONS[golden.question]
        found = _cells(question.run(union_store, **golden.values), golden.columns)
        expected = [tuple(_comparable(cell) for cell in row) for row in golden.rows]

        assert len(set(expected)) == len(expected)
        if golden.ordered:
            assert list(dict.fromkeys(found)) == expected
        else:
            assert set(found) == set(expected)


def test_answer_is_the_same_by_any_name(union_store: Embedded) -> None:
    question = QUESTIONS["trials-of-a-drug"]

    assert question.run(union_store, drug="Orencia") == question.run(union_store, drug="abatacept")


@pytest.mark.parametrize("name", [name for name in GOLDENS if any(a.values for a in GOLDENS[name].answers)])
def test_an_empty_answer_is_not_a_misspelt_name(name: str, union_store: Embedded) -> None:
    query = f"SELECT ?label WHERE {{ ?thing <{PREFIXES['skos']}prefLabel> ?label }}"

    for golden in GOLDENS[name].answers:
        for meaning in QUESTIONS[golden.question].understand(union_store, golden.values).values():
            for term in (term for term in meaning.terms if term.kind == "iri"):
                known = union_store.select(query.replace("?thing", f"<{term.value}>"))

                assert len(known.rows) == 1
