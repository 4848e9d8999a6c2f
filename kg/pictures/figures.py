"""Figures: when what was tried, in which phase, with what effect, and how things are linked.

Each function returns a matplotlib figure and draws nothing on a screen; the same graph gives the same
picture.  Colours are those that people with colour blindness can tell apart, and shapes say the same.
Needs matplotlib, which ``pip install 'myositis-kg[analysis]'`` brings.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.graph import sentences
from kg.graph.paths import neighbours
from kg.graph.projection import Graph
from kg.names import PREFIXES, shrink
from kg.pictures.canvas import blank, legend, short
from kg.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {
    "trial": "#0072b2", "drug": "#d55e00", "mechanism": "#e69f00", "target": "#009e73", "disease": "#cc79a7",
    "process": "#56b4e9", "measure": "#f0e442", "class": "#8c564b", "cell": "#7f7f7f", "country": "#bbbbbb",
    "organisation": "#444444",
}  # fmt: skip
"""Colour of each kind of thing."""

VERDICTS = {
    "positive verdict": ("o", "#009e73"),
    "negative verdict": ("X", "#d55e00"),
    "open verdict": ("s", "#e69f00"),
    "": ("d", "#888888"),
}
"""Group of verdicts -> its mark and colour; the empty one is for trials without results."""

PHASES = (
    "early phase 1", "phase 1", "phase 1 and phase 2", "phase 2", "phase 2 and phase 3", "phase 3", "phase 4",
)  # fmt: skip
_ARMS = {
    "experimental": ("o", "#0072b2"),
    "placebo comparator": ("s", "#888888"),
    "active comparator": ("^", "#e69f00"),
}
_RATIOS = ("ratio",)

_HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("concept", "myo", "skos"))
_EFFECTS = f"""{_HEAD}
SELECT ?trial ?measure ?effect ?result ?comparison ?value ?lower ?upper
WHERE {{
  ?trial myo:result ?node .
  ?node
    myo:priority concept:PriorityPrimary ;
    skos:prefLabel ?result ;
    myo:measure/skos:prefLabel ?measure ;
    myo:comparison ?part .
  ?part
    skos:prefLabel ?comparison ;
    myo:effect/skos:prefLabel ?effect ;
    myo:value ?value ;
    myo:lowerBound ?lower ;
    myo:upperBound ?upper .
}}
ORDER BY ?measure ?effect ?trial ?part
"""
_SHARES = f"""{_HEAD}
SELECT ?trial ?measure ?result ?label ?arm ?percent ?count ?participants
WHERE {{
  ?trial myo:result ?result .
  ?result
    myo:priority concept:PriorityPrimary ;
    skos:prefLabel ?label ;
    myo:measure/skos:prefLabel ?measure ;
    myo:groupValue ?group .
  ?group myo:arm/myo:armKind/skos:prefLabel ?arm .
  OPTIONAL {{ ?group myo:percent ?percent . }}
  OPTIONAL {{ ?group myo:count ?count ; myo:participants ?participants . }}
  FILTER (BOUND(?percent) || BOUND(?count))
}}
ORDER BY ?measure ?trial ?label ?arm ?group
"""


def year(date: str) -> float:
    """Return a day, month or year as a number of years; of a month or a year, its middle.

    >>> year("2017"), year("2017-07"), round(year("2017-03-13"), 3)
    (2017.5, 2017.5417, 2017.194)
    """
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 1:
        return parts[0] + 0.5
    if len(parts) == 2:
        return round(parts[0] + (parts[1] - 0.5) / 12, 4)
    day = datetime.date(*parts)
    return round(parts[0] + (day - datetime.date(parts[0], 1, 1)).days / 365.25, 4)


def _groups(graph: Graph) -> dict[str, list[str]]:
    """Return the trials of each class of the drugs that they evaluate, most of them first."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for trial, drug, kind in graph.edges(keys=True):
        if kind == "evaluates":
            for hop in neighbours(graph, drug, ["class"]):
                found[sentences.name(graph, hop.end)].add(trial)
    return {name: sorted(found[name]) for name in sorted(found, key=lambda name: (-len(found[name]), name))}


def timeline(graph: Graph, most: int = 20) -> Figure:
    """Draw when trials of each class of drugs began, and what they showed.

    Parameters
    ----------
    graph
        The graph for traversal.
    most
        How many classes to show; those with most trials.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> timeline(project(store())).axes[0].get_xlabel()
    'start of the trial'
    """
    groups = {
        name: dated
        for name, trials in _groups(graph).items()
        if (dated := [trial for trial in trials if "start" in graph.nodes[trial]])
    }
    shown = dict(list(groups.items())[:most])
    figure = blank(11, 1.6 + 0.32 * len(shown))
    axes = figure.add_subplot()
    for row, (_, trials) in enumerate(shown.items()):
        for trial in trials:
            data = graph.nodes[trial]
            mark, colour = VERDICTS[str(data.get("verdict_group", ""))]
            axes.scatter(year(str(data["start"])), row, marker=mark, color=colour, s=42, edgecolors="white", zorder=3)
    axes.set_yticks(range(len(shown)), [short(name) for name in shown])
    axes.invert_yaxis()
    axes.set_xlabel("start of the trial")
    axes.grid(axis="y", color="#dddddd")
    legend(axes, {name or "no verdict": mark for name, mark in VERDICTS.items()})
    return figure


def phases(graph: Graph, most: int = 20) -> Figure:
    """Draw how many trials of each class of drugs there are in each phase.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> [tick.get_text() for tick in phases(project(store())).axes[0].get_xticklabels()][-1]
    'phase 4'
    """
    counts = {
        name: Counter(str(graph.nodes[trial].get("phase", "")) for trial in trials)
        for name, trials in list(_groups(graph).items())[:most]
    }
    figure = blank(11, 1.8 + 0.32 * len(counts))
    axes = figure.add_subplot()
    table = [[of[phase] for phase in PHASES] for of in counts.values()] or [[0] * len(PHASES)]
    axes.imshow(table, cmap="Blues", aspect="auto", vmin=0)
    highest = max(map(max, table))
    for row, line in enumerate(table):
        for column, count in enumerate(line):
            if count:
                axes.text(
                    column, row, str(count), ha="center", va="center", color="white" if 2 * count > highest else "black"
                )
    axes.set_yticks(range(len(counts)), [short(name) for name in counts])
    axes.set_xticks(range(len(PHASES)), PHASES, rotation=30, ha="right")
    return figure


def effects(store: Store) -> Figure:
    """Draw the differences between groups in primary results, with their intervals, a panel for each measure.

    Nothing is pooled, and unlike measures or kinds of effect never share an axis.

    Raises
    ------
    QueryError
        If no result states an interval.
    """
    panels: defaultdict[tuple[str, str], list[tuple[str, float, float, float]]] = defaultdict(list)
    for row in store.select(_EFFECTS).texts():
        lower, upper = sorted((float(row["lower"]), float(row["upper"])))
        name = f"{shrink(row['trial']).partition(':')[2]}: {row['comparison']}"
        panels[row["measure"], row["effect"]].append((name, float(row["value"]), lower, upper))
    if not panels:
        raise QueryError("no primary result states a difference with its interval")
    figure = blank(11, 0.8 + sum(1.0 + 0.4 * len(rows) for rows in panels.values()))
    plots = figure.subplots(len(panels), 1, squeeze=False, height_ratios=[1 + 0.4 * len(r) for r in panels.values()])
    for axes, ((measure, effect), rows) in zip(plots[:, 0], panels.items(), strict=True):
        for at, (_, value, lower, upper) in enumerate(rows):
            axes.plot([lower, upper], [at, at], color="#0072b2", linewidth=2)
            axes.plot(value, at, marker="s", color="#0072b2")
        ratio = effect.endswith(_RATIOS)
        axes.axvline(1 if ratio else 0, color="#888888", linestyle="--")
        if ratio:
            axes.set_xscale("log")
        axes.set_yticks(range(len(rows)), [short(row[0]) for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_title(short(measure, 90), loc="left", fontsize=10)
        axes.set_xlabel(short(effect))
    return figure


def responders(store: Store) -> Figure:
    """Draw of how many people a primary result is true, group beside group, a panel for each measure.

    Raises
    ------
    QueryError
        If no result states a share of people.
    """
    panels: defaultdict[str, dict[tuple[str, str], list[tuple[str, float]]]] = defaultdict(dict)
    for row in store.select(_SHARES).texts():
        share = float(row["percent"]) if row["percent"] else 100 * int(row["count"]) / int(row["participants"])
        panels[row["measure"]].setdefault((row["trial"], row["label"]), []).append((row["arm"], share))
    if not panels:
        raise QueryError("no primary result states a share of people")
    figure = blank(11, 0.8 + sum(0.7 + 0.35 * len(rows) for rows in panels.values()))
    heights = [0.7 + 0.35 * len(rows) for rows in panels.values()]
    plots = figure.subplots(len(panels), 1, squeeze=False, sharex=True, height_ratios=heights)
    for axes, (measure, rows) in zip(plots[:, 0], panels.items(), strict=True):
        for at, groups in enumerate(rows.values()):
            axes.plot([share for _, share in groups], [at] * len(groups), color="#cccccc", linewidth=2, zorder=1)
            for arm, share in groups:
                mark, colour = _ARMS.get(arm, ("d", "#444444"))
                axes.scatter(share, at, marker=mark, color=colour, s=45, zorder=3)
        names = [f"{shrink(trial).partition(':')[2]}: {label}" for trial, label in rows]
        axes.set_yticks(range(len(rows)), [short(name) for name in names])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_title(short(measure, 90), loc="left", fontsize=10)
        axes.set_xlim(-3, 103)
    plots[-1, 0].set_xlabel("people of whom the result is true, in percent")
    legend(plots[0, 0], _ARMS)
    return figure


def network(graph: Graph, starts: Iterable[str], depth: int = 1, seed: int = 1) -> Figure:
    """Draw things and what is around them.

    Parameters
    ----------
    graph
        The graph for traversal.
    starts
        Nodes to start from.
    depth
        How many links to go.
    seed
        Start of the layout; the same seed gives the same picture.

    Examples
    --------
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> drawn = network(project(store()), ["drug:abatacept"])
    >>> "abatacept" in [text.get_text() for text in drawn.axes[0].texts]
    True
    """
    import networkx as nx

    middle = list(starts)
    near = set(middle)
    ring = near
    for _ in range(depth):
        ring = {hop.end for node in sorted(ring) for hop in neighbours(graph, node)} - near
        near = near | ring
    part: nx.Graph[str] = nx.Graph()
    part.add_nodes_from(sorted(near))
    part.add_edges_from(sorted((a, b) for a, b in graph.edges() if a in near and b in near and a != b))
    places = nx.spring_layout(part, seed=seed, method="force")
    figure = blank(10, 8)
    axes = figure.add_subplot()
    nx.draw_networkx_edges(part, places, ax=axes, edge_color="#cccccc")
    for kind in sorted({str(graph.nodes[node]["kind"]) for node in near}):
        nodes = [node for node in part if graph.nodes[node]["kind"] == kind]
        sizes = [160 if node in middle else 60 for node in nodes]
        xs, ys = ([float(places[node][at]) for node in nodes] for at in (0, 1))
        axes.scatter(xs, ys, s=sizes, color=COLOURS.get(kind, "#888888"), label=kind, zorder=3)
    for node in part:
        x, y = places[node]
        name = short(sentences.name(graph, node), 28)
        axes.annotate(name, (float(x), float(y)), (0, 7), textcoords="offset points", fontsize=7, ha="center")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    axes.set_axis_off()
    return figure
