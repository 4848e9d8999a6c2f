"""The graph in Python: open it, ask it, show a thing, hand it to rdflib and networkx.

``kg.load()`` opens the graph that was built into ``build/``; where none is, the one that comes with the
package is built once into a cache folder, and it says so.  ``kg.load(endpoint=URL)`` asks a SPARQL
endpoint, ``kg.load(graph)`` any rdflib graph; all answer alike.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__, contract, meanings, questions, worker
from kg.answers import Answer, Rows
from kg.endpoint import Endpoint
from kg.errors import QueryError, StoreError
from kg.export import slices
from kg.names import shrink
from kg.resources import root
from kg.results import Statements, Table
from kg.store import Embedded, Store

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kg.graph.links import Links
    from kg.portrait import Fact, Portrait

DEFAULT = Path("build")
"""The build folder that is looked for first."""
TIMEOUT = 60.0
"""Seconds that a query may take if nothing else is said."""


class Dataset:
    """The graph, open to be asked.

    Parameters
    ----------
    store
        The engine.
    name
        What to call it: the folder or the address.
    folder
        The folder of an embedded store, so that queries can run in a process that can be stopped.

    Examples
    --------
    >>> from kg.graph.samples import store
    >>> dataset = Dataset(store(), "a sample")
    >>> dataset.query("ASK { ?s a <https://w3id.org/myositis-kg/ontology/Trial> }")
    True
    >>> dataset.construct("CONSTRUCT WHERE { ?s a <https://w3id.org/myositis-kg/ontology/Placebo> }")
    <BLANKLINE>
    0 statements
    """

    def __init__(self, store: Store, name: str, folder: Path | None = None) -> None:
        self.store, self.name, self._folder = store, name, folder

    def __repr__(self) -> str:
        return f"<myositis therapy knowledge graph: {self.name}>"

    def query(
        self, sparql: str, timeout: float | None = TIMEOUT, limit: int | None = None, allow_service: bool = False
    ) -> Table | Statements | bool:
        """Answer a SPARQL query of any form.

        Parameters
        ----------
        sparql
            The query; its default graph is the union of all graphs but the receipts.
        timeout
            Seconds after which it is stopped; None runs it in this process, without end if need be.
        limit
            How many rows to take at most; the table says if there were more.
        allow_service
            Whether it may ask other endpoints.

        Raises
        ------
        kg.errors.QueryError
            If it is malformed, takes too long, or asks another endpoint unallowed.
        """
        return _shown(self._answer(sparql, timeout, limit, allow_service))

    def _answer(self, sparql: str, timeout: float | None, limit: int | None, allow_service: bool) -> Answer:
        if self._folder is None or timeout is None:
            return self.store.query(sparql, limit=limit)
        return worker.run(self._folder, sparql, timeout, limit, allow_service)

    def construct(self, sparql: str, timeout: float | None = TIMEOUT) -> Statements:
        """Answer a CONSTRUCT or DESCRIBE query.

        Raises
        ------
        kg.errors.QueryError
            If it is none, or fails.
        """
        answer = self.query(sparql, timeout)
        if not isinstance(answer, Statements):
            raise QueryError("the query is not a CONSTRUCT query")
        return answer

    def questions(self) -> Table:
        """Return the catalogue of questions: name, topic, title and parameters of each."""
        rows = [
            (question.topic, question.name, question.title, ", ".join(question.parameters))
            for question in questions.read(root() / "queries" / "questions").values()
        ]
        return _table(("topic", "name", "title", "parameters"), sorted(rows), "Questions")

    def ask(self, name: str, **parameters: str) -> Table:
        """Ask a question of the catalogue.

        Parameters
        ----------
        name
            Its name, with hyphens or underscores.
        parameters
            Any name, code or IRI of a thing, or of a family of things.

        Raises
        ------
        kg.errors.QueryError
            If there is no such question or parameter, or a value means nothing or several things.
        """
        question = questions.read_one(root() / "queries" / "questions", name.replace("_", "-"))
        meant = question.understand(self.store, parameters)
        said = "; ".join(f"{parameter}: {meaning}" for parameter, meaning in meant.items())
        return Table(question.ask(self.store, meant), f"{question.title} ({said})" if said else question.title)

    def show(self, name: str) -> Table:
        """Show all that is known of a thing: facts, identifiers elsewhere, and what points to it, with evidence.

        Parameters
        ----------
        name
            Any name, code or IRI of a drug, trial, mechanism, disease, measure ...

        Raises
        ------
        kg.errors.QueryError
            If it means nothing or several things.
        """
        from kg.portrait import portrait

        found = portrait(self.store, name)
        return _table(("fact", "value", "evidence"), list(_told(found)), f"{found.label} ({', '.join(found.classes)})")

    def slice(self, depth: int = 1, **things: str) -> Statements:
        """Cut a closed slice out of the graph.

        Parameters
        ----------
        depth
            How many links it reaches.
        things
            Kind of a thing and its name, for example ``drug="Orencia"``.

        Raises
        ------
        kg.errors.QueryError
            If a name means nothing or several things.
        """
        meant = [meanings.find(self.store, kind, name) for kind, name in things.items()]
        start = [term.value for meaning in meant for term in meaning.terms]
        return Statements(slices.cut(self.store, contract.read(root() / "ontology"), start, depth).lines)

    def rdflib(self) -> rdflib.Graph:
        """Return the whole graph without its receipts as an rdflib graph, a copy."""
        return Statements(slices.union(self.store)).rdflib()

    def graph(self, view: str = "") -> networkx.MultiDiGraph[str]:
        """Return the graph for traversal, or one of its reductions, as networkx has it.

        Parameters
        ----------
        view
            The name of a reduction, for example ``drug-target``; the whole if empty.
        """
        from kg.graph.projection import project, reduce

        made = project(self.store)
        return reduce(made, view) if view else made

    def path(self, start: str, end: str | None = None, *, by: str = "", length: int | None = None) -> Links:
        """Find how two things are linked, or what one is linked to.

        Parameters
        ----------
        start, end
            Names of things, as people write them.
        by
            A metapath, for example ``drug-mechanism-target-mechanism-drug``.
        length
            All ways of up to so many hops, instead of the usual ones.

        Raises
        ------
        kg.errors.QueryError
            If a name means nothing or several things.

        Examples
        --------
        >>> from kg.graph.samples import store
        >>> Dataset(store(), "a sample").path("Orencia", "DM").sentences[0]
        'abatacept, a CTLA-4 fusion protein, binds CD80; it inhibits T cell activation.'
        """
        from kg.graph.links import Asked, Links

        return Links(self.store, self.graph(), start, end, Asked(by, length))

    def compare(self, *mechanisms: str, disease: str = "myositis disease") -> Table:
        """Set the trials of mechanisms beside each other: drugs, targets, processes or families, in any words.

        Raises
        ------
        kg.errors.QueryError
            If words name no mechanism, or the disease is none.

        Examples
        --------
        >>> from kg.graph.samples import store
        >>> Dataset(store(), "a sample").compare("CD80", disease="DM").rows.texts()[0]["verdict"]
        'primary end point missed'
        """
        from kg.graph import comparison
        from kg.graph.paths import find
        from kg.graph.projection import checked, project

        graph = checked(project(self.store))
        found = comparison.compare(self.store, graph, mechanisms, find(graph, disease, ["disease"]))
        return Table(comparison.rows(found), f"Trials of {', '.join(mechanisms)}")


def _shown(answer: Answer) -> Table | Statements | bool:
    if isinstance(answer, Rows):
        return Table(answer)
    return answer if isinstance(answer, bool) else Statements(answer)


def _told(found: Portrait, before: str = "") -> Iterator[tuple[str, str, str]]:
    """Tell a portrait row by row; what is said of a part stands behind the name of the part."""
    for fact in found.facts:
        yield f"{before}{fact.name}", fact.label, _places(fact)
        if fact.part:
            yield from _told(fact.part, f"{before}{fact.name}: ")
    for match in found.matches:
        yield f"{before}{match.name}", shrink(match.value.value), _places(match)
    for links in found.links:
        for iri, label in links.things:
            yield f"{before}{links.name} <-", f"{label} ({shrink(iri)})", ""


def _places(fact: Fact) -> str:
    return "; ".join(f"{one.source} {one.place}" for one in fact.evidence) or "derived"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]], title: str) -> Table:
    from kg.answers import Term

    return Table(Rows(columns, tuple(tuple(Term(value, "literal") for value in row) for row in rows)), title)


def load(source: str | Path | rdflib.Graph | None = None, *, endpoint: str = "", **options: Any) -> Dataset:
    """Open the graph.

    Parameters
    ----------
    source
        A build folder; or any rdflib graph; the default build, or the package's own, if absent.
    endpoint
        The address of a SPARQL endpoint to ask instead.
    options
        For an endpoint: ``timeout``, ``user``, ``password``, ``token``.

    Raises
    ------
    kg.errors.StoreError
        If there is no graph to be opened.

    Examples
    --------
    >>> import rdflib
    >>> len(load(rdflib.Graph()).query("SELECT ?s WHERE { ?s ?p ?o }"))
    0
    """
    if endpoint:
        return Dataset(Endpoint(endpoint, **options), endpoint)
    if options:
        raise StoreError(f"{', '.join(options)}: only an endpoint has such options")
    if source is not None and not isinstance(source, str | Path):
        from kg.library import Library

        return Dataset(Library(source), "an rdflib graph")
    folder = Path(source) if source is not None else _default()
    place = folder / "store" if (folder / "store").exists() else folder
    return Dataset(Embedded(place), str(folder), place)


def _default() -> Path:
    """Return the build folder of this place, or else the cache, which is filled once."""
    if (DEFAULT / "store").exists():
        return DEFAULT
    import platformdirs

    cached = Path(platformdirs.user_cache_dir("myositis-kg")) / f"{__version__}-{_fingerprint(root())}"
    if not (cached / "store").exists():
        from kg.build import PIPELINE

        print(f"kg: building the graph once into {cached}", file=sys.stderr)
        PIPELINE.run({"root": root(), "added": {}, "out": cached})
    return cached


def _fingerprint(folder: Path) -> str:
    """Return a digest of all that a build is made of."""
    digest = hashlib.sha256()
    for part in ("ontology", "queries", "data"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
