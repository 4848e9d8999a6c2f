"""A property graph -> GraphML, GEXF and Cytoscape JSON, for Gephi, yEd, Cytoscape, networkx and igraph.

Attributes are scalars in GraphML and GEXF, so that several values of one attribute are one text: a
JSON array.  Control characters, which XML has no form for, are written as JSON escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from kg.export.network import Attribute, Network

RESERVED = frozenset({"id", "kind", "name", "parent", "source", "target", "value"})
"""Names that mean something to those who read Cytoscape JSON."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GRAPHML = {"text": "string", "curie": "string", "integer": "long", "decimal": "double", "boolean": "boolean"}
_GEXF = {**_GRAPHML, "integer": "long"}


def number(text: str, kind: str) -> object:
    """Return a value as JSON and data frames have it; a number that a float cannot hold stays text.

    >>> number("149", "integer"), number("1.8", "decimal"), number("true", "boolean"), number("x", "text")
    (149, 1.8, True, 'x')
    >>> number("0.12345678901234567890", "decimal")
    '0.12345678901234567890'
    """
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and re.fullmatch("0|-?[1-9][0-9]{0,14}", text):
        return int(text)
    if kind == "decimal" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text) if Decimal(repr(float(text))) == Decimal(text) else text
    return text


def scalar(values: Iterable[str], attribute: Attribute) -> str:
    """Return the values of an attribute as one text.

    >>> scalar(("a", "b|c"), Attribute("altLabel", "text", True)), scalar(("3",), Attribute("count", "integer", False))
    ('["a", "b|c"]', '3')
    """
    given = list(values)
    return json.dumps(given, ensure_ascii=False) if attribute.many else given[0]


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda char: f"\\u{ord(char[0]):04x}", text)


def _content(text: str) -> str:
    return escape(_xml(text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(_xml(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _types(of: Network) -> dict[str, str]:
    """Return the kind of each attribute as XML has it: text if it has several values or one that is no number."""
    odd = {
        name
        for node in of.nodes
        for name, values in node.values.items()
        if any(isinstance(number(value, of.attributes[name].kind), str) for value in values)
    }
    return {name: "text" if a.many or name in odd else a.kind for name, a in of.attributes.items()}


def graphml(of: Network) -> bytes:
    """Write GraphML: typed keys, ids of edges, a label for every node.

    Examples
    --------
    >>> graphml(Network((), (), {})).decode().splitlines()[-2].strip()
    '<graph id="myositis" edgedefault="directed"></graph>'
    """
    return "".join(_graphml(of)).encode()


def _graphml(of: Network) -> Iterator[str]:
    kinds = _types(of)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    fixed = [("node", "label"), ("node", "kind"), ("edge", "kind"), ("edge", "records"), ("edge", "weight")]
    for domain, name in fixed:
        kind = "long" if name == "weight" else "string"
        yield f'  <key id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>\n'
    keys = {name: f"d{position}" for position, name in enumerate(of.attributes)}
    for name, key in keys.items():
        yield f'  <key id="{key}" for="node" attr.name={_quoted(name)} attr.type="{_GRAPHML[kinds[name]]}"/>\n'
    yield '  <graph id="myositis" edgedefault="directed">'
    for node in of.nodes:
        yield f'\n    <node id={_quoted(node.id)}><data key="node-label">{_content(node.label or node.id)}</data>'
        yield f'<data key="node-kind">{_content(node.kind)}</data>'
        for name, values in node.values.items():
            yield f'<data key="{keys[name]}">{_content(scalar(values, of.attributes[name]))}</data>'
        yield "</node>"
    for edge in of.edges:
        yield f"\n    <edge id={_quoted(edge.id)} source={_quoted(edge.subject)} target={_quoted(edge.object)}>"
        yield f'<data key="edge-kind">{_content(edge.kind)}</data>'
        if edge.weight is not None:
            yield f'<data key="edge-weight">{edge.weight}</data>'
        yield f'<data key="edge-records">{_content(json.dumps(edge.records))}</data></edge>'
    yield "</graph>\n</graphml>\n"


def gexf(of: Network) -> bytes:
    """Write GEXF 1.2: as GraphML, for Gephi.

    Examples
    --------
    >>> "<nodes></nodes>" in gexf(Network((), (), {})).decode()
    True
    """
    return "".join(_gexf(of)).encode()


def _gexf(of: Network) -> Iterator[str]:
    kinds = _types(of)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n'
    yield '  <graph defaultedgetype="directed" mode="static">\n    <attributes class="node" mode="static">\n'
    keys = {name: str(position) for position, name in enumerate(["kind", *of.attributes])}
    for name, key in keys.items():
        yield f'      <attribute id="{key}" title={_quoted(name)} type="{_GEXF[kinds.get(name, "text")]}"/>\n'
    yield '    </attributes>\n    <attributes class="edge" mode="static">\n'
    for position, name in enumerate(("kind", "records")):
        yield f'      <attribute id="{position}" title="{name}" type="string"/>\n'
    yield "    </attributes>\n    <nodes>"
    for node in of.nodes:
        yield f"\n      <node id={_quoted(node.id)} label={_quoted(node.label or node.id)}><attvalues>"
        yield f'<attvalue for="0" value={_quoted(node.kind)}/>'
        for name, values in node.values.items():
            yield f'<attvalue for="{keys[name]}" value={_quoted(scalar(values, of.attributes[name]))}/>'
        yield "</attvalues></node>"
    yield "</nodes>\n    <edges>"
    for edge in of.edges:
        ends = f"source={_quoted(edge.subject)} target={_quoted(edge.object)}"
        weight = f' weight="{edge.weight}"' if edge.weight is not None else ""
        yield f"\n      <edge id={_quoted(edge.id)} {ends} label={_quoted(edge.kind)}{weight}><attvalues>"
        yield f'<attvalue for="0" value={_quoted(edge.kind)}/>'
        yield f'<attvalue for="1" value={_quoted(json.dumps(edge.records))}/></attvalues></edge>'
    yield "</edges>\n  </graph>\n</gexf>\n"


def cytoscape(of: Network) -> bytes:
    """Write Cytoscape JSON, which Cytoscape, cytoscape.js and networkx read.

    An attribute whose name has a meaning of its own there gets our prefix: ``value`` becomes ``myo:value``.

    Examples
    --------
    >>> json.loads(cytoscape(Network((), (), {})))["elements"]
    {'nodes': [], 'edges': []}
    """
    nodes = [
        {"data": {**_json(n.values, of.attributes), "id": n.id, "value": n.id, "name": n.label or n.id, "kind": n.kind}}
        for n in of.nodes
    ]
    edges = [
        {"data": {"id": e.id, "source": e.subject, "target": e.object, "key": e.kind, "interaction": e.kind,
                  "records": list(e.records), **({} if e.weight is None else {"weight": e.weight})}}
        for e in of.edges
    ]  # fmt: skip
    made = {
        "format_version": "1.0",
        "generated_by": "myositis-kg",
        "directed": True,
        "multigraph": True,
        "data": {"name": "myositis therapy knowledge graph"},
        "elements": {"nodes": nodes, "edges": edges},
    }
    return json.dumps(made, indent=1, ensure_ascii=False).encode() + b"\n"


def _json(values: Mapping[str, tuple[str, ...]], attributes: Mapping[str, Attribute]) -> dict[str, object]:
    """Return the attributes of a node for JSON: several values as an array."""
    made: dict[str, object] = {}
    for name, given in values.items():
        found = [number(value, attributes[name].kind) for value in given]
        made[f"myo:{name}" if name in RESERVED else name] = found if attributes[name].many else found[0]
    return made
