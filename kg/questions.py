"""Reads ``queries/``: the header, the parameters and the text of each query; runs one.

A query file is valid SPARQL that runs anywhere as it is.  Its first lines, each marked with ``#+``,
hold one small YAML mapping: title, description, topic, columns, parameters, answers.  A parameter
is a projected variable bound from outside; unbound, the question answers for all.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import msgspec
import yaml
from rapidfuzz import fuzz

from kg.answers import bound
from kg.errors import QueryError, QuerySyntaxError, SourceError
from kg.meanings import Meaning, find, near
from kg.resources import files
from kg.store import Rows, Store, Term, Triples

MARK = "#+"
TOPICS = (
    "trials", "designs", "sites", "trends", "diseases", "drugs", "mechanisms", "outcomes", "results", "approvals",
    "claims", "conflicts", "gaps", "check", "view",
)  # fmt: skip
"""The topics that a question can belong to."""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A variable of a question that can be bound from outside."""

    kind: str
    """A kind of entity (``drug``), ``concept``, ``integer`` or ``text``."""
    example: str
    scheme: str = ""
    """The code list of a concept."""

    def called(self) -> tuple[str, ...]:
        """Return what else a person may call it: its kind or code list."""
        return (self.scheme.casefold(),) if self.scheme else (self.kind,)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query with its header."""

    title: str
    description: str
    topic: str
    columns: dict[str, str]
    parameters: dict[str, Parameter] = {}
    answers: str = ""
    needs: tuple[str, ...] = ()
    """Views whose edges must be there before this view runs."""
    name: str = ""
    text: str = ""

    def parameter(self, name: str) -> str:
        """Return the parameter that a name stands for: its own, or its kind if no other has the kind.

        Raises
        ------
        QueryError
            If there is none.
        """
        kinds = [own for own, parameter in self.parameters.items() if name.casefold() in parameter.called()]
        if name in self.parameters:
            return name
        if len(kinds) == 1:
            return kinds[0]
        known = ", ".join(sorted(self.parameters)) or "none"
        raise QueryError(f"{self.name}: no parameter {name}; its parameters: {known}")

    def understand(self, store: Store, values: Mapping[str, str]) -> dict[str, Meaning]:
        """Find out what the values of parameters mean.

        Parameters
        ----------
        store
            Where to look names up.
        values
            Parameter -> any name, code or IRI of an entity, a family of entities, or a text.

        Raises
        ------
        QueryError
            If a parameter does not exist, or its value means nothing or several things.
        """
        meanings: dict[str, Meaning] = {}
        for given, value in values.items():
            name = self.parameter(given)
            if name in meanings:
                raise QueryError(f"{self.name}: two values for the parameter {name}")
            parameter = self.parameters[name]
            meanings[name] = find(store, parameter.kind, value, parameter.scheme)
        return meanings

    def ask(self, store: Store, meanings: Mapping[str, Meaning]) -> Rows:
        """Ask the question with parameters that are understood.

        Parameters
        ----------
        store
            Where to ask it.
        meanings
            Parameter -> what it means; a parameter that means several things may be any of them.
        """
        with self._named():
            one, several = bindings(meanings)
            return store.select(bound(self.text, several), one)

    def construct(self, store: Store) -> Triples:
        """Make the statements of a view.

        Raises
        ------
        QueryError
            If the query fails; a syntax error names its file.
        """
        with self._named():
            return store.construct(self.text)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Let a syntax error name the file."""
        try:
            yield
        except QuerySyntaxError as error:
            raise QuerySyntaxError(error.problem, error.line, error.column, f"{self.name}.rq") from None

    def run(self, store: Store, **values: str) -> Rows:
        """Understand the values of parameters and ask the question.

        Raises
        ------
        QueryError
            If a parameter does not exist, its value means nothing or several things, or the query fails.
        """
        return self.ask(store, self.understand(store, values))


def bindings(meanings: Mapping[str, Meaning]) -> tuple[dict[str, Term], dict[str, tuple[Term, ...]]]:
    """Tell variables that can be substituted from those that need VALUES: several things, or a computed value.

    >>> bindings({"drug": Meaning("x", (Term("http://x", "iri"),), ("x",))})
    ({'drug': Term(value='http://x', kind='iri', datatype='', language='')}, {})
    """
    one = {n: m.terms[0] for n, m in meanings.items() if len(m.terms) == 1 and m.terms[0].kind == "iri"}
    return one, {name: meaning.terms for name, meaning in meanings.items() if name not in one}


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where the library has it: it is ten times faster."""


def parse(name: str, text: str) -> Question:
    r"""Read the text of a query file.

    Raises
    ------
    SourceError
        If it has no header, or the header lacks a key or has an unknown one.

    Examples
    --------
    >>> parse("x", "#+ title: Who?\n#+ description: d\n#+ topic: drugs\n#+ columns: {a: b}\nSELECT ?a {}").title
    'Who?'
    """
    lines = text.splitlines()
    head = [line[len(MARK) :].removeprefix(" ") for line in lines if line.startswith(MARK)]
    if not head or not lines[0].startswith(MARK):
        first = lines[0] if lines else ""
        raise SourceError(f"{name}.rq", "line 1", first, f"a header of lines that start with {MARK}")
    try:
        question = msgspec.convert(yaml.load("\n".join(head), Loader=_LOADER), Question)  # noqa: S506 (both are safe)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        seen = " ".join(str(error).split())
        raise SourceError(f"{name}.rq", "header", seen, "title, description, topic, columns") from None
    if question.topic not in TOPICS:
        raise SourceError(f"{name}.rq", "header, topic", question.topic, f"one of {', '.join(TOPICS)}")
    return msgspec.structs.replace(question, name=name, text=text)


def read(folder: Path) -> dict[str, Question]:
    """Read all query files of a folder, by name.

    Raises
    ------
    SourceError
        If there is none, or one is malformed.

    See Also
    --------
    read_one

    Examples
    --------
    >>> from kg.resources import root
    >>> "trials-of-a-drug" in read(root() / "queries" / "questions")
    True
    """
    return {path.stem: parse(path.stem, path.read_text(encoding="utf-8")) for path in files(folder, "*.rq")}


def read_one(folder: Path, name: str) -> Question:
    """Read one query file of a folder.

    Raises
    ------
    QueryError
        If there is none of this name; says which names are near.
    SourceError
        If it is malformed.
    """
    known = {path.stem: path for path in files(folder, "*.rq")}
    if name not in known:
        raise QueryError(f"no question {name!r}{near(name, list(known))} kg ask lists them".replace("? kg", "?; kg"))
    return parse(name, known[name].read_text(encoding="utf-8"))


def search(catalogue: Iterable[Question], wanted: str) -> list[Question]:
    """Return the questions that are about some words, the nearest first.

    Every word must stand in the question or be nearly a word of it.

    Examples
    --------
    >>> from kg.resources import root
    >>> [found.name for found in search(read(root() / "queries" / "questions").values(), "juvenile age")][0]
    'trials-with-juvenile-disease'
    """
    scored = []
    for question in catalogue:
        places = (question.name.replace("-", " "), question.title, question.description, question.answers)
        text = " ".join((*places, question.topic, *question.columns)).casefold()
        scores = [
            max(fuzz.ratio(word, known) for known in set(_WORD.findall(text)))
            for word in _WORD.findall(wanted.casefold())
        ]
        if scores and min(scores) >= _NEAR:
            nearness = fuzz.token_set_ratio(wanted.casefold(), f"{question.name} {question.title}".casefold())
            scored.append((-sum(scores), -nearness, question.name, question))
    return [question for *_, question in sorted(scored, key=lambda item: item[:3])]


_WORD = re.compile(r"\w+")
_NEAR = 80
"""How near (0 to 100) a word must be to a word of a question to find it."""


def ordered(views: Mapping[str, Question]) -> tuple[Question, ...]:
    """Put views into an order in which each comes after those that it needs.

    Raises
    ------
    QueryError
        If a view needs one that does not exist, or itself through others.

    Examples
    --------
    >>> view = Question(title="t", description="d", topic="view", columns={})
    >>> grade = msgspec.structs.replace(view, name="grade", needs=("limit",))
    >>> [view.name for view in ordered({"grade": grade, "limit": msgspec.structs.replace(view, name="limit")})]
    ['limit', 'grade']
    """
    for name, view in views.items():
        if missing := sorted(set(view.needs) - set(views)):
            raise QueryError(f"{name}.rq: needs {', '.join(missing)}, which is no view")
    try:
        names = tuple(TopologicalSorter({name: view.needs for name, view in sorted(views.items())}).static_order())
    except CycleError as error:
        raise QueryError(f"views need each other: {', '.join(error.args[1])}") from None
    return tuple(views[name] for name in names)


def prefixes(text: str) -> Mapping[str, str]:
    """Return the prefixes that a query declares.

    >>> prefixes("PREFIX myo: <https://w3id.org/myositis-kg/ontology/>")["myo"]
    'https://w3id.org/myositis-kg/ontology/'
    """
    declared = (line.split() for line in text.splitlines() if line.startswith("PREFIX "))
    return {parts[1].rstrip(":"): parts[2].strip("<>") for parts in declared}
