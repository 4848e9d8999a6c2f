"""The graph as one HTML file that can be explored without a network: search, expand, evidence on click.

cytoscape.js, the data and the script stand inside the file; its policy allows no other script and no
request.  Every text of the graph reaches the page as text, never as markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.resources import files

from kg.graph import metagraph, receipts, sentences
from kg.graph.projection import Graph
from kg.names import shrink
from kg.pictures.figures import COLOURS
from kg.results import visible
from kg.store import Store

LIBRARY = "cytoscape-3.34.4.min.js"
"""The library that draws, as its npm package has it."""

SHOWN = 6
"""The most receipts that are kept of one link."""

_HIDDEN = frozenset({"iri", "kind", "label", "level", "names"})

Receipts = dict[str, list[tuple[str, str, str, str]]]


def html(graph: Graph, store: Store, starts: Iterable[str] = ()) -> str:
    """Make the page.

    Parameters
    ----------
    graph
        The graph for traversal, or a reduction or part of it.
    store
        The store that it was made from, for the receipts.
    starts
        Nodes that are shown, with what is around them, when the page opens.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> made = html(project(store()), store(), ["drug:abatacept"])
    >>> made.count("<script"), "http-equiv" in made, "src=" in made.partition("<body>")[0]
    (3, True, False)
    """
    scripts = {name: _asset(file) for name, file in (("library", LIBRARY), ("script", "page.js"))}
    policy = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src " + " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts.values()
    )
    parts = {
        "policy": policy,
        "style": _asset("page.css"),
        "data": _inside(_data(graph, store, list(starts))),
        **scripts,
    }
    page = _asset("page.html")
    for name, text in parts.items():
        before, _, after = page.partition(f"%{name}%")
        page = before + text + after
    return page


def _asset(name: str) -> str:
    return (files("kg.pictures") / "assets" / name).read_text(encoding="utf-8")


def _inside(value: object) -> str:
    """Write JSON that can stand inside a script: no text of it can end the script or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("%", "\\u0025")


def _data(graph: Graph, store: Store, starts: list[str]) -> dict[str, object]:
    meta = metagraph.read()
    counts = Counter(str(data["kind"]) for _, data in graph.nodes(data=True))
    found = _receipts(graph, store, meta)
    edges = [
        {
            "id": f"{source} {kind} {target}",
            "source": source,
            "target": target,
            "kind": kind,
            "receipts": found.get(f"{source} {kind} {target}", [])[:SHOWN],
            "more": max(0, len(found.get(f"{source} {kind} {target}", [])) - SHOWN),
        }
        for source, target, kind in sorted(graph.edges(keys=True))
    ]
    kinds = sorted({str(edge["kind"]) for edge in edges})
    return {
        "nodes": [_node(graph, node) for node in sorted(graph)],
        "edges": edges,
        "kinds": {
            kind: {"title": meta.nodes[kind].title, "colour": COLOURS.get(kind, "#888888"), "count": counts[kind]}
            for kind in sorted(counts)
        },
        "edgeKinds": {
            kind: {"forward": meta.edges[kind].forward, "backward": meta.edges[kind].backward} for kind in kinds
        },
        "start": starts,
    }


def _node(graph: Graph, node: str) -> dict[str, object]:
    data = graph.nodes[node]
    label = visible(str(data.get("label", node)))
    named = sentences.name(graph, node) if data["kind"] == "trial" else ""
    facts = {name: visible(str(value)) for name, value in sorted(data.items()) if name not in _HIDDEN}
    return {
        "id": node,
        "label": f"{named}: {label}" if named and named not in label else label,
        "kind": data["kind"],
        "names": visible(f"{label} {data.get('names', '')} {node}").lower(),
        "facts": facts,
    }


def _receipts(graph: Graph, store: Store, meta: metagraph.Metagraph) -> Receipts:
    """Find the receipts of all links, kind by kind."""
    found: Receipts = defaultdict(list)
    for kind in sorted({kind for *_, kind in graph.edges(keys=True)}):
        for row in store.select(receipts.query(meta, kind)).texts():
            edge = f"{shrink(row['source'])} {kind} {shrink(row['target'])}"
            statement = " ".join(visible(shrink(row[name])) for name in ("s", "p", "o"))
            found[edge].append((statement, shrink(row["record"]), visible(row["locator"]), visible(row["value"])))
    return found
