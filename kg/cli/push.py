"""Verb of those who keep a server: push."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import BUILD, USER, secrets


@click.command()
@click.argument("url")
@BUILD
@USER
@click.option("--endpoint", metavar="URL", help="Where the same server is asked, if its address does not tell.")
@click.option("--update", is_flag=True, help="Write by SPARQL Update instead of the Graph Store Protocol.")
@click.option("--part", type=click.IntRange(min=1), help="Statements in one request.  [10000; 200 by SPARQL Update]")
@click.option("--timeout", default=600.0, show_default=True, help="Seconds that one request may take.")
def push(
    url: str, folder: Path, user: str, endpoint: str | None, update: bool, part: int | None, timeout: float
) -> None:
    """Load the graphs of a build into a server, and count them there.

    A push that was cut off goes on where it was when it is started again.
    """
    from rich.console import Console
    from rich.progress import Progress

    from kg.endpoint import Endpoint
    from kg.push import asked_at, push, read, server_at
    from kg.remote import Login

    graphs = read(folder)
    server = server_at(url, update, timeout, Login(user, *secrets()), part)
    asked = Endpoint(endpoint or asked_at(url), timeout, user, *secrets(), default_graph="")
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("push")
        done = push(graphs, server, asked, lambda step, steps: bar.update(task, completed=step, total=steps))
    before = f", {done.resumed} parts were there from before" if done.resumed else ""
    click.echo(f"{url} holds {done.graphs} graphs with {done.statements} statements{before}")
    click.echo(f"The union is {f'the graph <{done.union}>' if done.union else 'its default graph'}.")
