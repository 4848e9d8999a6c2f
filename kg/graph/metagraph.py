"""The metagraph: the kinds of nodes and edges that the graph for traversal may have, read from one file.

``ontology/metagraph.yaml`` declares them, with the words and the queries that belong to each.  A
metapath is written with the kinds of nodes between hyphens, ``drug-mechanism-target``, and where
more than one kind of edge lies between two kinds of nodes, it may say which:
``drug-evaluates-trial``.  A single letter stands for its kind: ``R-M-G``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from kg.errors import QueryError, SourceError
from kg.names import expand
from kg.resources import root


class NodeKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of node: its code, class, name for people, attributes by property path; whether only an end."""

    code: str
    class_: str = msgspec.field(name="class")
    title: str
    attributes: dict[str, str] = {}
    ends: bool = False


class EdgeKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of edge: code, kinds at its ends, words for both directions, what it is made from, whether general."""

    code: str
    source: str
    target: str
    forward: str
    backward: str
    property: str = ""
    where: tuple[str, ...] = ()
    general: bool = False
    attributes: dict[str, str] = {}

    def patterns(self) -> tuple[str, ...]:
        """Return the triple patterns that select the edges.

        >>> read().edges["acts_on"].patterns()
        ('?source myo:target ?target',)
        """
        return (f"?source {self.property} ?target",) if self.property else self.where

    def stated(self) -> tuple[str, ...]:
        """Return the patterns of the stated triples behind an edge, whose receipts it has.

        >>> len(read().edges["evaluates"].stated())
        3
        """
        return tuple(pattern for pattern in self.where if " a " not in pattern) or self.patterns()


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reduction of the graph: one edge for each pair of ends of a metapath, or some kinds of edges."""

    path: str = ""
    edges: tuple[str, ...] = ()


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way between two kinds of things that is looked for without being asked."""

    title: str
    path: str


class Step(NamedTuple):
    """A step of a metapath: the kinds of edges it may take, each with its direction, and where it leads."""

    edges: tuple[tuple[str, bool], ...]
    """Kind and whether it is walked from its source to its target."""
    node: str


class Metapath(NamedTuple):
    """A row of kinds of nodes, with the kinds of edges between them."""

    start: str
    steps: tuple[Step, ...]

    @property
    def end(self) -> str:
        """The kind of node at its end.

        >>> read().metapath("drug-trial").end
        'trial'
        """
        return self.steps[-1].node

    def reversed(self) -> Metapath:
        """Return the same way, walked from its end.

        >>> read().metapath("drug-evaluates-trial").reversed()
        Metapath(start='trial', steps=(Step(edges=(('evaluates', True),), node='drug'),))
        """
        nodes = [self.start, *(step.node for step in self.steps)]
        turned = [tuple((kind, not forward) for kind, forward in step.edges) for step in self.steps]
        return Metapath(self.end, tuple(map(Step, reversed(turned), reversed(nodes[:-1]))))


class Metagraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All kinds of nodes and edges, the views and the routes."""

    nodes: dict[str, NodeKind]
    edges: dict[str, EdgeKind]
    views: dict[str, View]
    routes: tuple[Route, ...]

    def metapath(self, text: str) -> Metapath:
        """Read a metapath.

        Raises
        ------
        QueryError
            If it names no known kinds, or two kinds of nodes that no edge joins.

        Examples
        --------
        >>> read().metapath("R-M-G").steps[1]
        Step(edges=(('acts_on', True),), node='target')
        """
        codes = {kind.code: name for name, kind in self.nodes.items()}
        codes |= {kind.code: name for name, kind in self.edges.items()}
        words = [codes.get(word, word) for word in text.split("-")]
        unknown = [word for word in words if word not in self.nodes and word not in self.edges]
        if unknown or words[0] not in self.nodes or words[-1] not in self.nodes or len(words) == 1:
            known = f"kinds of nodes: {', '.join(self.nodes)}; of edges: {', '.join(self.edges)}"
            raise QueryError(f"{text!r} is no metapath; {f'unknown {unknown[0]!r}' if unknown else known}")
        steps, here, only = [], words[0], ""
        for word in words[1:]:
            if word in self.edges:
                only = word
                continue
            steps.append(Step(self._between(here, word, only, text), word))
            here, only = word, ""
        return Metapath(words[0], tuple(steps))

    def _between(self, here: str, there: str, only: str, text: str) -> tuple[tuple[str, bool], ...]:
        ways = [(name, True) for name, kind in self.edges.items() if (kind.source, kind.target) == (here, there)]
        ways += [(name, False) for name, kind in self.edges.items() if (kind.target, kind.source) == (here, there)]
        taken = tuple(way for way in ways if only in ("", way[0]))
        if not taken:
            joined = f"by {only}" if only else "by any edge"
            raise QueryError(f"{text!r} is no metapath: {here} and {there} are not joined {joined}")
        return taken


def parse(where: str, text: str) -> Metagraph:
    """Read a metagraph from its text.

    Raises
    ------
    SourceError
        If it is not one: a part is missing or unknown, a code stands twice, an end or a path names nothing.

    Examples
    --------
    >>> parse("x.yaml", "nodes: {}")
    Traceback (most recent call last):
    kg.errors.SourceError: x.yaml: saw 'Object missing required field `edges`', expected a metagraph
    """
    try:
        meta = msgspec.convert(yaml.safe_load(text), Metagraph)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise SourceError(where, "", " ".join(str(error).split()), "a metagraph") from None
    codes = [*(kind.code for kind in meta.nodes.values()), *(kind.code for kind in meta.edges.values())]
    for code in codes:
        if codes.count(code) > 1 or len(code) != 1:
            raise SourceError(where, "code", code, "one letter, for one kind")
    for name, edge in meta.edges.items():
        _check_edge(where, name, edge, meta)
    for text_of_path in [view.path for view in meta.views.values() if view.path] + [one.path for one in meta.routes]:
        try:
            meta.metapath(text_of_path)
        except QueryError as error:
            raise SourceError(where, "path", text_of_path, str(error)) from None
    if unknown := [kind for view in meta.views.values() for kind in view.edges if kind not in meta.edges]:
        raise SourceError(where, "views", unknown[0], "a kind of edge")
    return meta


def _check_edge(where: str, name: str, edge: EdgeKind, meta: Metagraph) -> None:
    if name in meta.nodes:
        raise SourceError(where, f"edges/{name}", name, "a name that no kind of node has")
    for end in (edge.source, edge.target):
        if end not in meta.nodes:
            raise SourceError(where, f"edges/{name}", end, "a kind of node")
    if not edge.patterns():
        raise SourceError(where, f"edges/{name}", "", "property or where")
    for curie in (edge.property, *(word for pattern in edge.where for word in pattern.split() if ":" in word)):
        if curie:
            expand(curie)


@cache
def read(folder: Path | None = None) -> Metagraph:
    """Read the metagraph of the project, or of another folder of ontology files.

    >>> read().nodes["drug"].code
    'R'
    """
    path = (folder or root() / "ontology") / "metagraph.yaml"
    try:
        return parse(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), "", str(error), "a metagraph in UTF-8") from None
