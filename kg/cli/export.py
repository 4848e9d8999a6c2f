"""Verb of those who take the graph away: export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import BUILD, PATH

if TYPE_CHECKING:
    from kg.contract import Contract
    from kg.export.formats import Files
    from kg.serialise import Content
    from kg.store import Store


@click.command()
@click.argument("out", type=PATH, required=False)
@click.option("--format", "-f", "name", help="The format; told by the name of the file if absent. --losses lists all.")
@click.option("--trial", "trials", multiple=True, help="Cut out this trial; may be given several times.")
@click.option("--drug", "drugs", multiple=True, help="Cut out this drug, by any of its names.")
@click.option("--disease", "diseases", multiple=True, help="Cut out this disease and all below it.")
@click.option("--question", help="Cut out what the answer to this question names.")
@click.option("--with", "values", multiple=True, metavar="NAME=VALUE", help="A parameter of the question.")
@click.option("--view", help="Write this reduction of the graph for traversal, e.g. drug-target; or all of it.")
@click.option("--depth", type=click.IntRange(0, 10), help="How many links the slice reaches [1; for a question 0].")
@click.option("--receipts/--no-receipts", default=True, help="With named graphs, whether receipts come along.")
@click.option("--spreadsheet-safe", "safe", is_flag=True, help="In tables, mark texts that start like a formula.")
@click.option("--losses", is_flag=True, help="Write nothing; say what each format cannot hold.")
@BUILD
def export(
    out: Path | None,
    name: str | None,
    trials: tuple[str, ...],
    drugs: tuple[str, ...],
    diseases: tuple[str, ...],
    question: str | None,
    values: tuple[str, ...],
    view: str | None,
    depth: int | None,
    receipts: bool,
    safe: bool,
    losses: bool,
    folder: Path,
) -> None:
    """Write the graph, or a part of it, to OUT: a file, or a folder for formats of several files.

    For example: kg export abatacept.ttl --drug Orencia.  Without OUT a single file goes to standard output.
    """
    from kg import contract
    from kg.errors import QueryError
    from kg.export import formats
    from kg.resources import root
    from kg.store import Embedded

    if losses:
        _explain(name)
        return
    name = name or (formats.named(out) if out else None)
    if name is None or name not in formats.FORMATS:
        given = f"no format {name!r}" if name else "the name of the file tells no format"
        raise QueryError(f"{given}; give --format, one of {', '.join(formats.FORMATS)}")
    form = formats.FORMATS[name]
    store, shapes = Embedded(folder / "store"), contract.read(root() / "ontology")
    if view:
        if trials or drugs or diseases or question or depth is not None or values:
            raise QueryError("--view writes a whole view; a slice of it cannot be asked for")
        _put({"": _view(store, view, name)}, out, f"{name}, the view {view}")
        return
    asked = {"trial": trials, "drug": drugs, "disease": diseases}
    content = _content(store, shapes, asked, question, values, depth, form.graphs, receipts)
    files = form.write(content, shapes, safe)
    if out is None and "" not in files:
        raise QueryError(f"{name} is a folder of files; say where to write it")
    _put(files, out, f"{name}, {len(content.lines)} statements")


def _put(files: Files, out: Path | None, what: str) -> None:
    """Put files in place, or a single one on standard output."""
    from kg.export import formats

    if out is None:
        sys.stdout.buffer.write(files[""])
    else:
        formats.put(files, out)
        click.echo(f"Wrote {out}: {what}", err=True)


def _view(store: Store, view: str, name: str) -> bytes:
    """Return a view of the graph for traversal as a file."""
    from kg.errors import QueryError
    from kg.export import formats, views
    from kg.graph.projection import project, reduce

    if name not in formats.VIEWS:
        raise QueryError(f"a view is written as {', '.join(formats.VIEWS)}")
    graph = project(store)
    return formats.VIEWS[name](views.network(graph if view == "all" else reduce(graph, view)))


def _content(
    store: Store,
    shapes: Contract,
    asked: dict[str, tuple[str, ...]],
    question: str | None,
    values: tuple[str, ...],
    depth: int | None,
    graphs: bool,
    receipts: bool,
) -> Content:
    """Return what is asked for: the whole graph if nothing is."""
    from kg import meanings
    from kg.errors import QueryError
    from kg.export import slices
    from kg.serialise import Content

    meant = [meanings.find(store, kind, name) for kind, names in asked.items() for name in names]
    things = [term.value for meaning in meant for term in meaning.terms]
    things += [below for thing in things if "/disease/" in thing for below in slices.branch(store, thing)]
    if question:
        things += slices.named_in(store, question, dict(value.partition("=")[::2] for value in values))
        if not things:
            raise QueryError(f"{question}: the answer names nothing, so that there is nothing to export")
    if things:
        reach = depth if depth is not None else int(not question)
        return slices.cut(store, shapes, things, reach, graphs, receipts)
    if depth is not None or values:
        raise QueryError("--depth and --with need something to start from: --trial, --drug, --disease or --question")
    return Content(slices.union(store), slices.quads(store, receipts) if graphs else ())


def _explain(name: str | None) -> None:
    """Say what each format cannot hold, or one."""
    from kg.errors import QueryError
    from kg.export.formats import FORMATS

    if name and name not in FORMATS:
        raise QueryError(f"no format {name!r}; they are {', '.join(FORMATS)}")
    for format_name in [name] if name else FORMATS:
        form = FORMATS[format_name]
        click.echo(f"{format_name} ({'*' + form.suffix if form.suffix else 'a folder'}), for {form.for_use_in}")
        click.echo(f"  cannot hold: {form.loses or 'nothing'}")
