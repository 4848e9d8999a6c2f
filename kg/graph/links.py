"""How two things are linked, or what one is linked to: ways under titles, in sentences, each hop with its receipts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kg.errors import QueryError
from kg.graph import paths, receipts, sentences
from kg.graph.explanation import explain
from kg.graph.metagraph import read
from kg.graph.paths import EVERYTHING, Hop, Limits, Path
from kg.graph.projection import Graph
from kg.graph.receipts import Receipt
from kg.store import Store


class Group(NamedTuple):
    """Ways of one sort: what the sort is called, the ways, and whether there are more."""

    title: str
    ways: tuple[Path, ...]
    more: bool = False


class Asked(NamedTuple):
    """How to look for ways: along a metapath, or all up to a length, else the usual routes; within limits."""

    metapath: str = ""
    length: int | None = None
    limits: Limits = EVERYTHING
    most: int = 20
    """The most ways of a sort."""


class Links:
    """The links that were found.

    Parameters
    ----------
    store
        The store that the graph was made from, asked for receipts.
    graph
        The whole graph.
    start, end
        Names of things, as people write them; without ``end``, all links of ``start``.
    asked
        How to look for ways.

    Raises
    ------
    QueryError
        If a name means nothing or several things, both mean the same, or what is asked for does not exist.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> from_sample = store()
    >>> print(Links(from_sample, project(from_sample), "Orencia", "CD80").text(brief=True))
    <BLANKLINE>
    what it acts on (1)
      abatacept acts by “abatacept binds CD80”, which acts on CD80.
    """

    def __init__(
        self, store: Store, graph: Graph, start: str, end: str | None = None, asked: Asked | None = None
    ) -> None:
        self._store, self._asked = store, asked or Asked()
        self.ends = [paths.find(graph, name) for name in (start, end) if name is not None]
        if len(set(self.ends)) < len(self.ends):
            raise QueryError(f"{start!r} and {end!r} are the same thing, {self.ends[0]}")
        self.graph = paths.passable(graph, self.ends, self._asked.limits)
        self.sentences: tuple[str, ...] = ()
        self.groups = tuple(self._groups())
        self._known: dict[Hop, tuple[Receipt, ...]] = {}

    def __repr__(self) -> str:
        return self.text(brief=True)

    def __bool__(self) -> bool:
        return bool(self.groups[-1].ways)

    def _groups(self) -> Iterator[Group]:
        graph, asked, start = self.graph, self._asked, self.ends[0]
        end = self.ends[1] if len(self.ends) > 1 else None
        if asked.metapath:
            way = read().metapath(asked.metapath)
            for node, kind in zip(self.ends, (way.start, way.end), strict=False):
                if graph.nodes[node]["kind"] != kind:
                    raise QueryError(f"{asked.metapath!r} cannot join these: {node} is no {kind}")
            yield self._group(asked.metapath, paths.along(graph, start, way, end))
        elif end is None:
            yield self._group("links", ((hop,) for hop in paths.neighbours(graph, start)))
        elif asked.length is not None:
            yield self._group(f"up to {asked.length} hops", paths.simple(graph, start, end, asked.length))
        else:
            yield from self._usual(start, end)

    def _usual(self, start: str, end: str) -> Iterator[Group]:
        if [self.graph.nodes[node]["kind"] for node in (start, end)] == ["drug", "disease"]:
            explained = explain(self.graph, start, end)
            self.sentences = explained.sentences
            yield Group(f"how {self.graph.nodes[start]['label']} acts", tuple((hop,) for hop in explained.mechanism))
        usual = paths.routes(self.graph, start, end) or {"shortest": paths.shortest(self.graph, start, end)}
        for title, found in usual.items():
            yield self._group(title, iter(found))

    def _group(self, title: str, found: Iterator[Path]) -> Group:
        ways, more = paths.first(found, self._asked.most)
        return Group(title, tuple(ways), more)

    def receipts(self, hop: Hop) -> tuple[Receipt, ...]:
        """Return the receipts of a hop."""
        if hop not in self._known:
            self._known[hop] = receipts.of(self._store, *hop.edge)
        return self._known[hop]

    def nothing(self) -> str:
        """Say within what limits no way was found."""
        asked = self._asked
        how = f"of up to {asked.length} hops" if asked.length else "of any length"
        how = f"along {asked.metapath}" if asked.metapath else how
        between = "between " + " and ".join(self.ends) if len(self.ends) > 1 else f"from {self.ends[0]}"
        return f"no way {how} {between}, {asked.limits.text()}"

    def text(self, brief: bool = False) -> str:
        """Write it for people: sentences, then the ways under their titles; with receipts unless brief."""
        lines = list(self.sentences)
        for group in self.groups:
            lines += ["", f"{group.title} ({len(group.ways)}{' shown, there are more' if group.more else ''})"]
            for way in group.ways:
                lines.append(f"  {sentences.way(self.graph, way)}")
                for hop in () if brief else way:
                    lines.append(f"      {' '.join(hop.edge)}")
                    lines += [f"          {receipt.text()}" for receipt in self.receipts(hop)]
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """Make data of it that JSON can hold."""
        groups = [
            {"title": group.title, "more": group.more, "found": [self._way(way) for way in group.ways]}
            for group in self.groups
        ]
        return {"sentences": list(self.sentences), "ways": groups}

    def _way(self, way: Path) -> dict[str, Any]:
        hops = [{**hop._asdict(), "receipts": [one._asdict() for one in self.receipts(hop)]} for hop in way]
        return {"sentence": sentences.way(self.graph, way), "hops": hops}
