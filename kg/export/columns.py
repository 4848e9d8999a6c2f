"""A property graph -> Parquet, for data frames and column stores: typed columns, lists as lists.

Needs pyarrow, which comes with ``pip install myositis-kg[frames]``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from kg.errors import MissingExtraError
from kg.export.graphfiles import number
from kg.export.network import Attribute, Network


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError("pyarrow is not installed; pip install 'myositis-kg[frames]' brings it") from None
    return pyarrow


def _column(values: Iterable[tuple[str, ...] | None], attribute: Attribute) -> Any:
    """Make a column; of numbers only if each value is one."""
    arrow = _arrow()
    given = list(values)
    found = [None if one is None else [number(value, attribute.kind) for value in one] for one in given]
    known = {"integer": arrow.int64(), "decimal": arrow.float64(), "boolean": arrow.bool_()}
    odd = any(isinstance(value, str) for one in found if one for value in one)
    kind = arrow.string() if odd else known.get(attribute.kind, arrow.string())
    if odd:
        found = [None if one is None else list(one) for one in given]
    if attribute.many:
        return arrow.array(found, arrow.list_(kind))
    return arrow.array([None if one is None else one[0] for one in found], kind)


def tables(of: Network) -> dict[str, Any]:
    """Return the nodes and the edges as Arrow tables.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.

    Examples
    --------
    >>> tables(Network((), (), {}))["edges"].column_names
    ['id', 'subject', 'kind', 'object', 'records']
    """
    arrow = _arrow()
    nodes = {
        name: arrow.array([getattr(n, name) for n in of.nodes], arrow.string()) for name in ("id", "kind", "label")
    }
    for name, attribute in of.attributes.items():
        nodes[name] = _column((node.values.get(name) for node in of.nodes), attribute)
    ends = ("id", "subject", "kind", "object")
    edges = {name: arrow.array([getattr(e, name) for e in of.edges], arrow.string()) for name in ends}
    edges["records"] = arrow.array([list(e.records) for e in of.edges], arrow.list_(arrow.string()))
    return {"nodes": arrow.table(nodes), "edges": arrow.table(edges)}


def parquet(of: Network) -> dict[str, bytes]:
    """Write ``nodes.parquet`` and ``edges.parquet``.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.

    Examples
    --------
    >>> sorted(parquet(Network((), (), {})))
    ['edges.parquet', 'nodes.parquet']
    """
    written = {}
    for name, table in tables(of).items():
        buffer = io.BytesIO()
        _arrow().parquet.write_table(table, buffer)
        written[f"{name}.parquet"] = buffer.getvalue()
    return written
