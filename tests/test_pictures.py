"""Figures are the same each time and show what the graph says; the page works without a network."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from browser import PROGRAM, Browser, browser
from click.testing import CliRunner
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from test_serialise import HOSTILE

from kg.cli import main
from kg.errors import QueryError, StoreError
from kg.graph.projection import Graph
from kg.graph.samples import store as sample
from kg.pictures import canvas, figures, page
from kg.store import Embedded

DRAWN: dict[str, Callable[[Graph, Embedded], Figure]] = {
    "timeline": lambda graph, store: figures.timeline(graph),
    "phases": lambda graph, store: figures.phases(graph),
    "effects": lambda graph, store: figures.effects(store),
    "responders": lambda graph, store: figures.responders(store),
    "network": lambda graph, store: figures.network(graph, ["drug:abatacept"]),
}


def texts(figure: Figure) -> list[str]:
    axes = figure.axes
    ticks = [t.get_text() for a in axes for t in (*a.get_yticklabels(), *a.get_xticklabels())]
    return [*ticks, *(t.get_text() for a in axes for t in a.texts), *(a.get_title(loc="left") for a in axes)]


def points(axes: Axes) -> list[tuple[float, float]]:
    """Where marks stand."""
    return [(float(x), float(y)) for marks in axes.collections for x, y in np.asarray(marks.get_offsets())]


@pytest.mark.parametrize("name", DRAWN)
def test_same_picture_each_time(name: str, graph: Graph, whole_store: Embedded, tmp_path: Path) -> None:
    for number in (1, 2):
        canvas.save(DRAWN[name](graph, whole_store), tmp_path / f"{number}.svg")
    first, second = ((tmp_path / f"{number}.svg").read_bytes() for number in (1, 2))

    assert first == second
    assert len(first) > 5_000
    assert b"<dc:date>" not in first


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")])
def test_forms(suffix: str, start: bytes, graph: Graph, tmp_path: Path) -> None:
    canvas.save(figures.phases(graph), tmp_path / f"x{suffix}")

    assert (tmp_path / f"x{suffix}").read_bytes().startswith(start)


def test_other_form_is_refused(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"a figure is written as \.svg, \.pdf, \.png"):
        canvas.save(figures.phases(graph), tmp_path / "x.docx")


def test_timeline_has_a_mark_for_each_dated_trial(graph: Graph) -> None:
    figure = figures.timeline(graph, most=1000)
    marks = points(figure.axes[0])
    pairs = {
        (trial, end)
        for trial, drug, kind in graph.edges(keys=True)
        if kind == "evaluates" and "start" in graph.nodes[trial]
        for _, end, other in graph.out_edges(drug, keys=True)
        if other == "in_class"
    }

    assert len(marks) == len(pairs) > 70


def test_phases_count_trials(graph: Graph) -> None:
    figure = figures.phases(graph, most=1000)
    shown = sum(int(text.get_text()) for text in figure.axes[0].texts)
    groups = figures._groups(graph)
    phased = [t for trials in groups.values() for t in trials if graph.nodes[t].get("phase") in figures.PHASES]

    assert shown == len(phased) > 50


def test_effects_show_the_interval_that_is_stated(whole_store: Embedded) -> None:
    figure = figures.effects(whole_store)
    (axes,) = [a for a in figure.axes if a.get_xlabel() == "odds ratio"]
    lines = [np.asarray(line.get_xdata()).tolist() for line in axes.lines]

    assert axes.get_xscale() == "log"
    assert [0.9, 3.5] in lines
    assert [1.8] in lines
    assert axes.get_title(loc="left") == "IMACS definition of improvement"


def test_responders_show_the_shares_that_are_stated(whole_store: Embedded) -> None:
    figure = figures.responders(whole_store)
    (axes,) = [a for a in figure.axes if a.get_title(loc="left") == "IMACS definition of improvement"]
    shares = {x for x, _ in points(axes)}

    assert {56.0, 42.5} <= shares
    assert "NCT02971683: IMACS DOI at week 24" in texts(figure)


@pytest.mark.parametrize("draw", [figures.effects, figures.responders])
def test_nothing_to_draw_is_said(draw: Callable[[Embedded], Figure]) -> None:
    with pytest.raises(QueryError, match="no primary result states"):
        draw(Embedded())


def test_network_shows_what_is_around(graph: Graph) -> None:
    near, far = (texts(figures.network(graph, ["drug:abatacept"], depth)) for depth in (1, 2))

    assert {"abatacept", "NCT02971683"} <= set(near)
    assert set(near) < set(far)


def hostile_graph() -> Graph:
    graph: Graph = nx.MultiDiGraph()
    for number, text in enumerate(HOSTILE):
        graph.add_node(f"drug:{number}", kind="drug", label=text, names=text, iri="", modality=text)
    graph.add_node("mechanism:m", kind="mechanism", label="$\\frac{$ <b>m</b>", names="", iri="", statement="</script>")
    for number in range(len(HOSTILE)):
        graph.add_edge("mechanism:m", f"drug:{number}", "mechanism_of", kind="mechanism_of")
    return graph


def test_hostile_labels_are_drawn_as_text(tmp_path: Path) -> None:
    canvas.save(figures.network(hostile_graph(), ["mechanism:m"]), tmp_path / "x.svg")
    written = (tmp_path / "x.svg").read_text(encoding="utf-8")

    assert "<script>" not in written
    assert "\u202e" not in written


# The page.


@pytest.fixture(scope="module")
def made(graph: Graph, whole_store: Embedded) -> str:
    return page.html(graph, whole_store, ["drug:abatacept"])


class Scripts(HTMLParser):
    """The scripts of a page, and every address that it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.addresses: list[str] = []
        self.policy = ""
        self._in = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "action")]
        self.policy = self.policy or (given.get("content") or "" if given.get("http-equiv") else "")
        self._in = tag == "script"
        if self._in:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._in:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in = False


def data_of(text: str) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(Scripts(text).scripts[0])
    return found


def test_page_holds_the_whole_graph(made: str, graph: Graph) -> None:
    data = data_of(made)

    assert {node["id"] for node in data["nodes"]} == set(graph)
    assert len(data["edges"]) == graph.number_of_edges()


def test_every_link_has_evidence(made: str) -> None:
    assert [edge["id"] for edge in data_of(made)["edges"] if not edge["receipts"]] == []


def test_page_needs_nothing_else(made: str) -> None:
    read = Scripts(made)

    assert read.addresses == []
    assert len(read.scripts) == 3
    assert "default-src 'none'" in read.policy
    assert "unsafe-eval" not in read.policy
    assert made.count("'sha256-") == 2


def test_library_is_the_one_of_its_package() -> None:
    content = page._asset(page.LIBRARY).encode()

    assert hashlib.sha256(content).hexdigest().startswith("081591ab735b2b6a")
    assert b"Permission is hereby granted, free of charge" in content[:2000]


def test_hostile_texts_stay_in_the_data() -> None:
    graph = hostile_graph()
    text = page.html(graph, sample(), ["mechanism:m"])
    nodes = {node["id"]: node for node in data_of(text)["nodes"]}

    assert len(Scripts(text).scripts) == 3
    assert nodes["mechanism:m"]["facts"] == {"statement": "</script>"}
    assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", text.partition('id="data">')[2].partition("</script>")[0])


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    if PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing where all is to be tested")
        pytest.skip("Chromium is not installed (Debian package chromium)")
    with browser() as found:
        yield found


@pytest.fixture
def opened(window: Browser, made: str, tmp_path: Path) -> Browser:
    (tmp_path / "page.html").write_text(made, encoding="utf-8")
    window.open(tmp_path / "page.html")
    return window


STATUS = "document.getElementById('status').textContent"
DETAILS = "document.getElementById('details').textContent"


def test_page_opens_around_its_start(opened: Browser) -> None:
    assert opened.run(STATUS).startswith("12 of ")
    assert "fusion protein" in opened.run(DETAILS)
    assert opened.requests() == {"file"}
    assert opened.problems() == []


def test_search_finds_by_any_name(opened: Browser) -> None:
    opened.run("const s = document.getElementById('search'); s.value = 'orencia'; s.dispatchEvent(new Event('input'))")

    assert opened.run("document.querySelector('#results button').textContent") == "abatacept (intervention)"

    opened.run("s.value = 'no such thing'; s.dispatchEvent(new Event('input'))")

    assert opened.run("document.getElementById('results').textContent") == "nothing found"


def test_expanding_brings_what_is_around(opened: Browser) -> None:
    before = opened.run("page.cy.nodes().length")
    opened.run("page.choose('mechanism:abatacept-binds-cd80-cd86')")
    opened.run("document.querySelector('[data-action=expand]').click()")

    assert opened.run("page.cy.nodes().length") > before
    assert opened.run("page.cy.getElementById('target:CD80').length") == 1
    assert opened.run("page.cy.getElementById('process:t-cell-activation').length") == 1


def test_link_shows_its_evidence(opened: Browser) -> None:
    opened.run("page.showEdge('trial:NCT02971683 evaluates drug:abatacept')")
    shown = opened.run(DETAILS)

    assert "record:curated-NCT02971683 at /" in shown
    assert "Abatacept" in shown


def test_kinds_can_be_hidden(opened: Browser) -> None:
    opened.run("[...document.querySelectorAll('#kinds label')].find((l) => l.textContent.startsWith('trial')).click()")

    assert opened.run("page.cy.nodes(':visible').filter((n) => n.data('kind') === 'trial').length") == 0
    assert opened.run("page.cy.nodes(':visible').length") > 0


def test_everything_can_be_shown(opened: Browser, graph: Graph) -> None:
    opened.run("document.getElementById('all').click()")

    assert opened.run("page.cy.nodes().length") == len(graph)
    assert opened.problems() == []


def test_hostile_texts_are_shown_as_text(window: Browser, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(page.html(hostile_graph(), sample(), ["mechanism:m"]), encoding="utf-8")
    window.open(tmp_path / "x.html")
    window.run("page.choose('drug:0')")

    assert window.run("document.querySelector('#details h2').textContent") == HOSTILE[0]
    assert window.run("document.querySelectorAll('#details script, #details b').length") == 0
    assert window.problems() == []


# The command.


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["timeline"], "x.svg"),
        (["phases"], "x.png"),
        (["effects"], "x.pdf"),
        (["responders"], "x.svg"),
        (["network", "Orencia"], "x.svg"),
        (["page", "Orencia", "dermatomyositis"], "x.html"),
    ],
)
def test_pictures_are_drawn_by_name(words: list[str], name: str, whole_build: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["draw", *words, "-o", str(tmp_path / name), "--build", str(whole_build)])

    assert result.exit_code == 0, result.output
    assert result.stderr == f"Wrote {tmp_path / name}\n"
    assert (tmp_path / name).stat().st_size > 5_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["network"], "needs at least one name"),
        (["timeline", "Orencia"], "takes no names"),
        (["network", "no such thing"], "no such thing"),
    ],
)
def test_what_cannot_be_drawn(words: list[str], said: str, whole_build: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["draw", *words, "-o", str(tmp_path / "x.svg"), "--build", str(whole_build)])

    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []
