"""Time and memory of the build beside the same triples pushed through rdflib.

Each way runs as a process of its own, several times, alternating, so that all meet the same machine.
All read, link and map the same records with the same code; then, from sources to Turtle of all
triples, receipts included,

* ``kg, Turtle`` writes them with the Turtle writer of the build;
* ``rdflib, Turtle`` adds them to a graph with `Graph.add` and writes it with rdflib's Turtle writer;

and from sources to the outputs of the build, without validation,

* ``kg, outputs`` writes Turtle of the union, N-Quads with receipts, the store and the report;
* ``rdflib, outputs`` adds the same quads to one graph a record and writes Turtle of the union and
  N-Quads with rdflib's writers; it leaves no store on disk.

A last line shows the whole build with validation.  Nothing is asserted; ratios are printed.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kg import build, serialise, terms
from kg.build import PIPELINE
from kg.names import PREFIXES
from kg.report import summarise
from kg.resources import root
from kg.triples import Graphs


def mapped() -> Graphs:
    """Read, link, map, infer and describe, as every way does first."""
    inputs = build.read(root())
    linked = build.link(inputs)
    return build.describe(inputs, build.infer(inputs, build.transform(inputs, linked)))


def run_kg_turtle(out: Path) -> None:
    """Write all triples, receipts included, as canonical Turtle."""
    graphs = mapped()
    quads = (*build.quad_lines(graphs), *build.receipt_quads(graphs))
    (out / "myositis.ttl").write_bytes(serialise.turtle(sorted({line.rsplit(" ", 2)[0] for line in quads})))


def run_kg(out: Path) -> None:
    """Write the outputs as the build does, without validation."""
    inputs = build.read(root())
    linked = build.link(inputs)
    graphs = build.describe(inputs, build.infer(inputs, build.transform(inputs, linked)))
    build.write(out, graphs, summarise(linked, graphs, []))


def run_whole(out: Path) -> None:
    """Run the whole build."""
    PIPELINE.run({"root": root(), "added": {}, "out": out})


def run_rdflib(out: Path) -> None:
    """Push the same quads through rdflib's `Graph.add` and its writers."""
    import rdflib
    from rdflib.util import from_n3

    graphs = mapped()
    lines = [*build.quad_lines(graphs), *build.receipt_quads(graphs)]
    dataset, union = rdflib.Dataset(), rdflib.Graph()
    for prefix, iri in PREFIXES.items():
        union.bind(prefix, iri)
    receipts = terms.iri(build.RECEIPTS)
    contexts: dict[str, rdflib.Graph] = {}
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        value, name, _ = rest.rsplit(" ", 2)
        if name not in contexts:
            contexts[name] = dataset.graph(rdflib.URIRef(name[1:-1]))
        triple = (rdflib.URIRef(subject[1:-1]), rdflib.URIRef(predicate[1:-1]), from_n3(value))
        contexts[name].add(triple)  # type: ignore[arg-type]
        if name != receipts:
            union.add(triple)  # type: ignore[arg-type]
    union.serialize(out / "myositis.ttl", format="turtle")
    dataset.serialize(out / "myositis.nq", format="nquads")


def run_rdflib_turtle(out: Path) -> None:
    """Push the same triples through rdflib's `Graph.add` and its Turtle writer."""
    import rdflib
    from rdflib.util import from_n3

    graphs = mapped()
    graph = rdflib.Graph()
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    for line in (*build.quad_lines(graphs), *build.receipt_quads(graphs)):
        subject, predicate, rest = line.split(" ", 2)
        value = from_n3(rest.rsplit(" ", 2)[0])
        graph.add((rdflib.URIRef(subject[1:-1]), rdflib.URIRef(predicate[1:-1]), value))  # type: ignore[arg-type]
    graph.serialize(out / "myositis.ttl", format="turtle")


WAYS = {
    "kg, Turtle": run_kg_turtle,
    "rdflib, Turtle": run_rdflib_turtle,
    "kg, outputs": run_kg,
    "rdflib, outputs": run_rdflib,
    "kg, whole build": run_whole,
}
RATIOS = (("rdflib, Turtle", "kg, Turtle"), ("rdflib, outputs", "kg, outputs"), ("rdflib, Turtle", "kg, outputs"))


def measure(way: str) -> tuple[float, float]:
    """Run one way in a process of its own; return seconds and peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, way, folder]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = answer.split()
    return float(seconds), float(megabytes)


def main(rounds: int = 3) -> None:
    """Print the table of all ways."""
    runs: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            runs[way].append(measure(way))
    seconds = {way: statistics.median(s for s, _ in measured) for way, measured in runs.items()}
    print(f"{'way':<22}{'seconds (median of ' + str(rounds) + ')':>24}{'peak MB':>10}")
    for way, measured in runs.items():
        print(f"{way:<22}{seconds[way]:>24.2f}{max(memory for _, memory in measured):>10.0f}")
    for slow, fast in RATIOS:
        print(f"{slow} takes {seconds[slow] / seconds[fast]:.1f} times as long as {fast}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        start = time.perf_counter()
        WAYS[sys.argv[1]](Path(sys.argv[2]))
        print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main()
