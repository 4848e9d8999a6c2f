"""Tables as text: cells that hold any value, the import files of Neo4j, and a guard for spreadsheets.

Neo4j gets one file of nodes for each kind and one of edges, and a file of arguments that says how they
are written: values of an array are separated by the control character U+001F, which no text may hold.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.export.graphfiles import number
from kg.export.network import Attribute, Network, Node

SEPARATOR = "\x1f"
_FORMULA = re.compile("[=+@\t\r-]")
_NEO4J = {"text": "string", "curie": "string", "integer": "long", "decimal": "double", "boolean": "boolean"}

IMPORT = """--array-delimiter=U+001F
--multiline-fields=true
--id-type=string
"""


def harmless(text: str) -> str:
    """Mark a text that a spreadsheet would run as a formula; numbers stay as they are.

    >>> harmless("=HYPERLINK(1)"), harmless("-0.5"), harmless("CD80")
    ("'=HYPERLINK(1)", '-0.5', 'CD80')
    """
    is_number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text)
    return f"'{text}" if _FORMULA.match(text) and not is_number else text


def cell(text: str | None, safe: bool = False) -> str:
    """Write a cell of a comma-separated table; no value is an empty cell, an empty text two quotes.

    >>> cell('5 "mg", daily').split(","), cell(None), cell("")
    (['"5 ""mg""', ' daily"'], '', '""')
    """
    if text is None:
        return ""
    given = harmless(text) if safe else text
    return '"' + given.replace('"', '""') + '"'


def table(rows: Iterable[Iterable[str | None]], safe: bool = False) -> bytes:
    """Write rows as comma-separated text.

    >>> table([("a", None), ("b", "c")]).decode().splitlines()
    ['"a",', '"b","c"']
    """
    return "".join(",".join(cell(value, safe) for value in row) + "\n" for row in rows).encode()


def neo4j(of: Network, safe: bool = False) -> dict[str, bytes]:
    """Write the files for ``neo4j-admin database import full @import.args``.

    Parameters
    ----------
    of
        The property graph.
    safe
        Whether texts that a spreadsheet would run are marked.

    Returns
    -------
    dict
        Name of each file -> its bytes.

    Examples
    --------
    >>> node = Node("drug:x", "Drug", "x", {"prefLabel": ("x",)})
    >>> files = neo4j(Network((node,), (), {"prefLabel": Attribute("prefLabel", "text", False)}))
    >>> files["nodes-Drug.csv"].decode().splitlines()
    ['"id:ID",":LABEL","prefLabel:string"', '"drug:x","Drug","x"']
    """
    by_kind: dict[str, list[Node]] = defaultdict(list)
    for node in of.nodes:
        by_kind[node.kind].append(node)
    files = {f"nodes-{kind}.csv": _nodes(nodes, of.attributes, safe) for kind, nodes in sorted(by_kind.items())}
    edges = [(e.subject, e.object, e.kind, e.id, SEPARATOR.join(e.records)) for e in of.edges]
    files["edges.csv"] = table([(":START_ID", ":END_ID", ":TYPE", "id:string", "records:string[]"), *edges], safe)
    listed = "".join(f"--{'relationships' if name == 'edges.csv' else 'nodes'}={name}\n" for name in files)
    files["import.args"] = (IMPORT + listed).encode()
    return files


def _nodes(nodes: Iterable[Node], attributes: Mapping[str, Attribute], safe: bool) -> bytes:
    given = list(nodes)
    names = sorted({name for node in given for name in node.values})
    types = {name: _type(name, given, attributes[name]) for name in names}
    head = ["id:ID", ":LABEL", *(f"{name.replace(':', '_')}:{types[name]}" for name in names)]
    rows = [[node.id, node.kind, *(_joined(node.values.get(name)) for name in names)] for node in given]
    return table([head, *rows], safe)


def _joined(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else SEPARATOR.join(value.replace(SEPARATOR, " ") for value in values)


def _type(name: str, nodes: Iterable[Node], attribute: Attribute) -> str:
    """Return the type of a column as Neo4j has it: text if a value of it is no number."""
    values = [value for node in nodes for value in node.values.get(name, ())]
    odd = any(isinstance(number(value, attribute.kind), str) for value in values)
    return ("string" if odd else _NEO4J[attribute.kind]) + "[]" * attribute.many
