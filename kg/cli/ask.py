"""Verbs of those who ask: ask, query."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import Where, stored
from kg.cli.output import TABLES, cut, print_answer, print_evidence, print_rows, print_truth, say

if TYPE_CHECKING:
    from kg.questions import Question
    from kg.store import Rows

FORMAT = click.option(
    "--format", "-f", "output", type=click.Choice(TABLES), default="table", show_default=True, help="How to print rows."
)
LIMIT = click.option("--limit", type=click.IntRange(min=0), help="Print no more rows; 0 for all.  [a table: 100]")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("values", nargs=-1, type=click.UNPROCESSED, metavar="[--PARAMETER VALUE]...")
@stored
@FORMAT
@LIMIT
@click.option("--evidence", "-e", is_flag=True, help="Print for each row where its facts stand: source, place, quote.")
@click.option("--search", metavar="WORDS", help="List the questions that are about these words.")
@click.option("--explain", is_flag=True, help="Print the question itself: columns, parameters and query.")
def ask(
    name: str | None,
    values: tuple[str, ...],
    where: Where,
    output: str,
    limit: int | None,
    evidence: bool,
    search: str | None,
    explain: bool,
) -> None:
    r"""Ask a question of the catalogue; without a name, list them.

    Parameters take what a person would write, a family of drugs or mechanisms too:

    \b
      kg ask trials-of-a-drug --drug Orencia
      kg ask trials-of-a-mechanism --mechanism JAK
    """
    from kg import questions
    from kg.errors import QueryError
    from kg.resources import root

    catalogue = root() / "queries" / "questions"
    if name is None or search is not None:
        words = " ".join((search or "", name or "", *values)).strip()
        found = list(questions.read(catalogue).values())
        _list(questions.search(found, words) if words else sorted(found, key=lambda q: (q.topic, q.name)), words)
        return
    question = questions.read_one(catalogue, name)
    if explain:
        _explain(question)
        return
    store = where.open()
    meanings = question.understand(store, _pairs(question, values))
    for parameter, meaning in meanings.items():
        say(f"{parameter}: {meaning}")
    rows = cut(question.ask(store, meanings), limit, output)
    if not evidence:
        print_answer(rows, output)
        return
    if output in ("srj", "srx"):
        raise QueryError(f"SPARQL results ({output}) have no place for evidence; json has")
    from kg.evidence import of as evidence_of

    views = questions.read(root() / "queries" / "views").values()
    print_evidence(rows, evidence_of(store, question, meanings, rows, views), output)


def _pairs(question: Question, values: Iterable[str]) -> dict[str, str]:
    """Read ``--name value``, ``--name=value`` and ``name=value``."""
    from kg.errors import QueryError

    pairs: dict[str, str] = {}
    left = iter(values)
    for word in left:
        name, equals, value = word.removeprefix("--").partition("=")
        name = question.parameter(name)
        if not equals:
            value = next(left, "") if word.startswith("--") else ""
        if not value.strip():
            raise QueryError(f"{question.name}: no value for {name}; write --{name} VALUE")
        if name in pairs:
            raise QueryError(f"{question.name}: two values for the parameter {name}")
        pairs[name] = value
    return pairs


def _list(found: Iterable[Question], words: str) -> None:
    from kg.errors import QueryError

    questions = list(found)
    if not questions:
        raise QueryError(f"no question is about {words!r}; kg ask lists all")
    width = max(len(question.name) for question in questions) + 2
    for question in questions:
        click.echo(f"{question.topic:<14}{question.name:<{width}}{question.title}")


def _explain(question: Question) -> None:
    click.echo(f"{question.title}\n\n{question.description}\n")
    for name, parameter in question.parameters.items():
        click.echo(f"--{name}  {parameter.scheme or parameter.kind}, for example {parameter.example!r}")
    rows = tuple(question.columns.items())
    print_rows(("column", "meaning"), rows)
    click.echo("\n" + "\n".join(line for line in question.text.splitlines() if not line.startswith("#+")))


SYNTAXES = ("turtle", "ntriples", "rdfxml", "jsonld")
"""The formats of statements."""


@click.command()
@click.argument("text", metavar="FILE|-|TEXT")
@stored
@click.option(
    "--format",
    "-f",
    "output",
    type=click.Choice((*TABLES, *SYNTAXES)),
    help="How to print rows, or statements.  [table, turtle]",
)
@LIMIT
@click.option("--timeout", default=60.0, show_default=True, help="Stop the query after so many seconds.")
@click.option("--allow-service", is_flag=True, help="Let the query ask other endpoints by SERVICE.")
def query(text: str, where: Where, output: str | None, limit: int | None, timeout: float, allow_service: bool) -> None:
    """Run a SPARQL query of any form: the text itself, a file, or - for standard input."""
    from kg import worker
    from kg.errors import QueryError, QuerySyntaxError

    path = Path(text)
    if text == "-":
        text = sys.stdin.read()
    elif text.endswith((".rq", ".sparql")) and path.is_file():
        text = _read(path)
    try:
        if where.endpoint:
            answer = where.open(timeout).query(text)
        else:
            answer = worker.run(where.folder / "store", text, timeout, allow_service=allow_service)
    except QuerySyntaxError as error:
        raise QueryError(f"{error}\n{error.marked(text)}") from None
    _print(answer, output, limit)


def _print(answer: Rows | bool | list[str], output: str | None, limit: int | None) -> None:
    from kg.errors import QueryError
    from kg.serialise import FORMATS, Content
    from kg.store import Rows

    if isinstance(answer, list):
        if output in TABLES:
            raise QueryError(f"the answer is statements; print them as one of {', '.join(SYNTAXES)}, not {output}")
        kept = answer[:limit] if limit else answer
        if len(kept) < len(answer):
            say(f"{len(kept)} of {len(answer)} statements are shown; --limit 0 shows all")
        click.echo(FORMATS[output or "turtle"].write(Content(sorted(kept))), nl=False)
        return
    if output in SYNTAXES:
        raise QueryError(f"the answer is no statements; print it as one of {', '.join(TABLES)}, not {output}")
    if isinstance(answer, Rows):
        print_answer(cut(answer, limit, output or "table"), output or "table")
    else:
        print_truth(answer, output or "table")


def _read(path: Path) -> str:
    from kg.errors import SourceError

    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), "", str(error), "a query in UTF-8") from None
