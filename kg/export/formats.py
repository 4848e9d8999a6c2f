"""The formats in which the graph can be taken away, and how a file or folder of one is put in place.

RDF syntaxes hold statements, graph files and tables hold the property graph of `kg.network`; what a
format cannot hold is said in words by its ``loses`` and counted for given content by `losses`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from kg import serialise
from kg.contract import Contract
from kg.errors import StoreError
from kg.export import columns, delimited, graphfiles, kgx, network, sssom
from kg.export.network import Network
from kg.serialise import Content

Files = Mapping[str, bytes]
"""Name of each file of a folder -> its bytes; of a single file, its name is empty."""


class Format(NamedTuple):
    """A format of a file or of a folder of files."""

    suffix: str
    """The end of the name of its file; empty for a folder."""
    graphs: bool
    """Whether it tells named graphs apart, or names them beside edges."""
    write: Callable[[Content, Contract, bool], Files]
    """Called with the content, the contract, and whether texts must be harmless in a spreadsheet."""
    for_use_in: str
    loses: str
    unheld: Callable[[Content, Contract], list[str]] = lambda content, contract: []
    """What of given content it cannot hold, one line each."""


def _rdf(name: str, use: str) -> Format:
    syntax = serialise.FORMATS[name]
    return Format(
        syntax.suffix, syntax.graphs, lambda of, contract, safe: {"": syntax.write(of)}, use, syntax.loses,
        lambda of, contract: [line for line in of.lines if name == "rdfxml" and not serialise.xml_can_hold(line)],
    )  # fmt: skip


def _network(suffix: str, write: Callable[[Network, Content, bool], Files], use: str, loses: str = "") -> Format:
    return Format(
        suffix, True, lambda of, contract, safe: write(_of(of, contract), of, safe), use, _LEFT + loses,
        lambda of, contract: list(_of(of, contract).left),
    )  # fmt: skip


def _of(content: Content, contract: Contract) -> Network:
    return network.of(content.lines, contract, content.quads)


def _bars(content: Content, contract: Contract) -> list[str]:
    made = _of(content, contract)
    return [*made.left, *kgx.unheld(made)]


_LEFT = "what is said of the ontology, the code lists, the records and the dataset; which record states an attribute"
_XML_TEXT = "; control characters are written as JSON escapes"
_BARS = "; line breaks and tabs in texts become spaces, a bar in a list a slash"
_SEPARATOR = "; the control character U+001F in a list becomes a space"

FORMATS: Mapping[str, Format] = {
    "turtle": _rdf("turtle", "reading, diffs, any RDF tool"),
    "ntriples": _rdf("ntriples", "any RDF tool, line by line"),
    "nquads": _rdf("nquads", "stores, with provenance"),
    "trig": _rdf("trig", "reading, with provenance"),
    "jsonld": _rdf("jsonld", "web pages and JSON tools"),
    "rdfxml": _rdf("rdfxml", "older RDF tools, Protégé"),
    "kgx-tsv": _network("", lambda net, of, safe: kgx.tsv(net, of.lines, safe), "Biolink tools", _BARS)._replace(
        unheld=_bars
    ),
    "kgx-jsonl": _network("", lambda net, of, safe: kgx.jsonl(net, of.lines), "Biolink tools"),
    "graphml": _network(
        ".graphml", lambda net, of, safe: {"": graphfiles.graphml(net)}, "Gephi, yEd, igraph, networkx", _XML_TEXT
    ),
    "gexf": _network(".gexf", lambda net, of, safe: {"": graphfiles.gexf(net)}, "Gephi, networkx", _XML_TEXT),
    "cytoscape": _network(
        ".cyjs", lambda net, of, safe: {"": graphfiles.cytoscape(net)}, "Cytoscape, cytoscape.js, networkx"
    ),
    "neo4j": _network("", lambda net, of, safe: delimited.neo4j(net, safe), "neo4j-admin database import", _SEPARATOR),
    "parquet": _network("", lambda net, of, safe: columns.parquet(net), "pandas, DuckDB, Spark"),
    "sssom": Format(
        "",
        False,
        lambda of, contract, safe: sssom.sets(of.lines, safe),
        "mapping tools",
        "everything but the matches with identifiers elsewhere",
    ),
}
"""All formats, by name."""

VIEWS: Mapping[str, Callable[[Network], bytes]] = {
    "graphml": graphfiles.graphml,
    "gexf": graphfiles.gexf,
    "cytoscape": graphfiles.cytoscape,
}
"""The formats in which a view of the graph for traversal can be written too."""


def named(path: Path) -> str | None:
    """Return the format that the end of a name stands for.

    >>> named(Path("abatacept.ttl")), named(Path("abatacept"))
    ('turtle', None)
    """
    return next((name for name, form in FORMATS.items() if form.suffix and path.name.endswith(form.suffix)), None)


def put(files: Files, out: Path) -> None:
    """Put a file, or the files of a folder, in place: each written beside its place, synced and renamed.

    Raises
    ------
    StoreError
        If they cannot be written.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> put({"nodes.tsv": b"id"}, folder / "kgx")
    >>> (folder / "kgx" / "nodes.tsv").read_bytes()
    b'id'
    """
    try:
        (out.parent if "" in files else out).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _replace(out / name if name else out, content)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror or error})") from None


def _replace(path: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def table() -> list[str]:
    """Return the formats as the rows of a table in Markdown.

    >>> table()[0]
    '| format | file | for use in | cannot hold |'
    """
    lines = ["| format | file | for use in | cannot hold |", "|---|---|---|---|"]
    for name, form in FORMATS.items():
        file = f"`*{form.suffix}`" if form.suffix else "a folder"
        lines.append(f"| `{name}` | {file} | {form.for_use_in} | {form.loses or 'nothing'} |")
    return lines
