"""The command ``kg``: verbs, no logic.

Each verb lives in a module of this package, named after the first of its verbs; heavy imports stay
inside the verbs, so that help is instant.  Exit codes: 0 all is well, 1 something was checked and
found wanting, 2 the input cannot be used.
"""

from __future__ import annotations

from typing import Any

import click

from kg import __version__
from kg.cli import ask, build, draw, export, fetch, graph, landscape, push, read, registry, repurpose, show
from kg.cli.output import visible
from kg.errors import KgError, ValidationError


class Group(click.Group):
    """Turns the errors of the package into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb."""
        try:
            return super().invoke(ctx)
        except KgError as error:
            click.echo("kg: " + "\n".join(map(visible, str(error).split("\n"))), err=True)
            ctx.exit(1 if isinstance(error, ValidationError) else 2)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Myositis therapy knowledge graph: build it, check it, ask it."""


VERBS: tuple[click.Command, ...] = (
    ask.ask,
    build.build,
    build.check,
    graph.compare,
    draw.draw,
    export.export,
    fetch.fetch,
    landscape.landscape,
    registry.map_,
    graph.path,
    push.push,
    ask.query,
    read.read,
    repurpose.repurpose,
    show.show,
    build.tidy,
)
"""All verbs, in the order of their names."""

for verb in VERBS:
    main.add_command(verb)
