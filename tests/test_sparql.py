"""The text of a query: its form, its names and its outermost group, whatever stands in texts and comments."""

from __future__ import annotations

import pytest

from kg import sparql
from kg.answers import Term, bound
from kg.errors import QueryError
from kg.store import Embedded, Rows

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
A, B = Term("http://a", "iri"), Term("http://b", "iri")


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# ASK\nconstruct {} where {}", "CONSTRUCT"),
        ("BASE <http://ask/> PREFIX select: <http://x#ASK> describe <http://a>", "DESCRIBE"),
        ("PREFIX : <http://x/>\nASK {}", "ASK"),
        ("\\u0041SK {}", "ASK"),
        ("INSERT DATA {}", "INSERT"),
        ("", ""),
        ("{}", ""),
        ("PREFIX", ""),
        ("# only", ""),
    ],
)
def test_form(query: str, form: str) -> None:
    assert sparql.form(query) == form


@pytest.mark.parametrize("word", sparql.CHANGES)
def test_every_change_is_refused(word: str) -> None:
    for query in (f"{word.lower()} <http://a>", f"PREFIX a: <http://a>\n# SELECT\n{word} a:b"):
        with pytest.raises(QueryError, match=f"^{word} would change the store"):
            sparql.refuse_changes(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a { ?a ?p ?o }",
        "SELECT ?a { ?a ?p ?o . OPTIONAL { ?a ?p '}' } } ORDER BY ?a # }",
        "SELECT ?a (EXISTS { ?a ?p 2 } AS ?x) WHERE { ?a ?p ?o FILTER(?o < 5) } GROUP BY ?a",
        "SELECT ?a { { SELECT ?a { ?a ?p ?o } } }",
        "SELECT ?a { SELECT ?a { ?a ?p ?o } }",
        "SELECT ?a { ?a ?p ?o } ORDER BY (EXISTS { ?a ?p 1 }) LIMIT 5",
        "SELECT ?a { ?a <http://p\\u0041> ?x . } ",
        "SELECT ?a { { ?a ?p ?o } UNION { ?a ?q ?o } }",
    ],
)
def test_binding_several_values_is_binding_each(query: str) -> None:
    store = Embedded()
    store.load(
        [f'<http://{name}> <http://p{end}> "{n}"^^<{INTEGER}> .' for n, name in enumerate("abc") for end in ("", "A")]
    )
    store.load([f'<http://{name}> <http://p> "{name}" .' for name in "abc"])
    both = store.query(query, {"a": (A, B)})
    each = [row for term in (A, B) for row in store.select(query, {"a": term}).rows]

    assert isinstance(both, Rows)
    assert set(both.rows) == set(each)
    assert {row[0] for row in both.rows} == {A, B}
    assert store.select(bound(query, {"a": A})).rows == store.select(query, {"a": A}).rows


def test_a_variable_must_have_a_value() -> None:
    with pytest.raises(QueryError, match=r"no value is given for \?a"):
        Embedded().select("SELECT ?a { ?a ?p ?o }", {"a": ()})


def test_binding_in_a_construct() -> None:
    store = Embedded()
    store.load(['<http://a> <http://p> "1" .', '<http://b> <http://p> "2" .'])

    for query in ("CONSTRUCT { ?a <http://q> ?o } WHERE { ?a ?p ?o }", "CONSTRUCT WHERE { ?a <http://p> ?o }"):
        assert len(store.construct(query)) == 2
        assert len(store.construct(query, {"a": (A, Term("http://none", "iri"))})) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ASK { ?s a myo:Trial }", ("myo", 1, 12)),
        ("PREFIX myo: <http://x>\nASK { ?s a myo:Trial ; b:c 'd:e' }", ("b", 2, 24)),
        ("PREFIX : <http://x> ASK { _:b :c :d . } # e:f", None),
    ],
)
def test_undeclared_prefix(query: str, found: tuple[str, int, int] | None) -> None:
    assert sparql.undeclared(query) == found
