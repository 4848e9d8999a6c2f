"""Registry records at scale: the floor, mapping, the same through rdflib, two processes, Dask, loading.

``benchmarks/registry.py SAMPLE`` takes real records (JSON lines, plain, gzip or zstd) and makes as many
studies of them as asked for, each with a number of its own.  In one run it prints

* the floor: ``json.loads`` of the same bytes, in one process;
* mapping to N-Quads in one process, processor time, and its ratio to the floor;
* the same mapping through rdflib (``Graph.add`` of each triple, then ``serialize``), on fewer studies;
* mapping by one worker and by two, time on the clock, peak memory of a worker;
* the same through Dask, and whether all made the same bytes;
* loading of all parts into a new store;
* the whole registry by that: 590,000 studies, 15 % with results, from what studies with and without
  results cost here.

Nothing is asserted; figures of a busy machine are noisy, ratios of one run are what counts.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import rdflib

from kg import batch, contract
from kg.batch import Job
from kg.link import Linker
from kg.mapping import Mapper
from kg.resources import root
from kg.sources import clinicaltrials, curated
from kg.sources.registry import files
from kg.sources.registry.reader import Reader

WHOLE, WITH_RESULTS = 590_000, 0.15
"""Studies of the registry in autumn 2026, and the share that has results."""


def many(sample: Path, number: int) -> Iterator[bytes]:
    """Make studies of the sample, each with a number of its own."""
    lines = [study.content for study in files.read(sample)]
    own = [json.loads(line)["protocolSection"]["identificationModule"]["nctId"].encode() for line in lines]
    for position, (line, name) in enumerate(itertools.islice(itertools.cycle(zip(lines, own, strict=True)), number)):
        yield line.replace(name, f"NCT{90_000_000 + position:08}".encode())


def tools() -> tuple[Reader, Mapper]:
    """Make a reader and a mapper that have seen nothing yet."""
    rules, sources = contract.read(root() / "ontology"), curated.everything(root())
    reader = clinicaltrials.reader(rules, [sourced.record for sourced in sources])
    return reader, Mapper(Linker(rules, sources))


def mapped(line: bytes, reader: Reader, mapper: Mapper) -> list[str]:
    """Map one study."""
    trial = reader.read(clinicaltrials.decode(line, ""), "").trial
    return mapper.lines(trial, f"registry-{trial.id}")


def floor_and_mapping(lines: list[bytes]) -> None:
    """Print what decoding costs, and what mapping costs beside it, of studies with and without results."""
    reader, mapper = tools()
    mapped(lines[0], reader, mapper)
    for name, chosen in (
        ("all", lines),
        ("with results", [line for line in lines if b'"resultsSection"' in line]),
        ("without", [line for line in lines if b'"resultsSection"' not in line]),
    ):
        floor = cost = 0.0
        triples = 0
        if name == "all":
            reader, mapper = tools()
        for line in chosen:
            start = time.process_time()
            json.loads(line)
            middle = time.process_time()
            triples += len(mapped(line, reader, mapper))
            floor, cost = floor + middle - start, cost + time.process_time() - middle
        size = sum(map(len, chosen)) / len(chosen) / 1000
        print(
            f"{name:13} {len(chosen):6} studies of {size:5.1f} kB: floor {1000 * floor / len(chosen):6.2f} ms a study, "
            f"mapping {1000 * cost / len(chosen):6.2f} ms = {cost / floor:4.1f} floors, "
            f"{triples / len(chosen):6.0f} triples a study"
        )


def through_rdflib(lines: list[bytes]) -> None:
    """Print what the same mapping costs when each triple becomes rdflib terms in a graph."""
    reader, mapper = tools()
    start = time.process_time()
    ours = [mapped(line, reader, mapper) for line in lines]
    text = "".join(line for study in ours for line in study)
    own = time.process_time() - start
    pairs = [(line.split(" ", 2)[:2], line) for study in ours for line in study]
    start = time.process_time()
    graph = rdflib.Graph()
    for (subject, predicate), line in pairs:
        term = line.split(" ", 2)[2].rsplit(" <", 1)[0]
        graph.add((rdflib.URIRef(subject[1:-1]), rdflib.URIRef(predicate[1:-1]), node(term)))
    graph.serialize(format="nt")
    theirs = time.process_time() - start + own
    print(f"through rdflib: {len(lines)} studies, {len(graph)} triples, {theirs:.1f} s against {own:.1f} s: "
          f"{theirs / own:.1f} times ({len(text) / 1e6:.0f} MB of text)")  # fmt: skip


def node(term: str) -> rdflib.term.Node:
    """Make an rdflib term of N-Triples text."""
    if term.startswith("<"):
        return rdflib.URIRef(term[1:-1])
    value, _, rest = term[1:].rpartition('"')
    text = value.encode("latin-1", "backslashreplace").decode("unicode-escape") if "\\" in value else value
    if rest.startswith("@"):
        return rdflib.Literal(text, lang=rest[1:])
    return rdflib.Literal(text, datatype=rdflib.URIRef(rest[3:-1]) if rest else None, normalize=False)


def shared(work: Path, jobs: list[Job], workers: int, dask: bool = False) -> tuple[float, str]:
    """Map in processes of their own; return time on the clock and a hash over all parts."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    moved = [job._replace(target=work / job.target.name) for job in jobs]
    start = time.perf_counter()
    if dask:
        from distributed import Client, LocalCluster

        cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)  # type: ignore[no-untyped-call]
        with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
            start = time.perf_counter()
            counts = sum(batch.run_on_dask(moved, client), batch.Counts())
    else:
        counts = sum(batch.run(moved, workers), batch.Counts())
    spent = time.perf_counter() - start
    digest = hashlib.sha256()
    for path in sorted(work.glob("*.nq")):
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    print(f"{'Dask, ' if dask else ''}{workers} worker(s): {spent:7.1f} s, {counts.mapped} mapped, "
          f"{counts.rejected} rejected, {counts.triples} triples, {digest.hexdigest()[:12]}")  # fmt: skip
    return spent, digest.hexdigest()


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sample", type=Path)
    parser.add_argument("--studies", type=int, default=50_000, help="mapped by two workers and loaded")
    parser.add_argument("--compared", type=int, default=1_500, help="mapped in each way that is compared")
    given = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    compared = list(many(given.sample, given.compared))
    floor_and_mapping(compared)
    through_rdflib(compared[:100])
    with tempfile.TemporaryDirectory() as folder:
        source, work = Path(folder) / "studies.jsonl", Path(folder) / "parts"
        source.write_bytes(b"\n".join(compared))
        batch.PART = 100
        jobs = list(batch.jobs([source], work, root(), everything=True))
        warm = jobs[:2]
        shared(work, warm, 2)
        one, first = shared(work, jobs, 1)
        two, second = shared(work, jobs, 2)
        _, third = shared(work, jobs, 2, dask=True)
        print(f"two workers are {one / two:.2f} times as fast as one; same bytes: {first == second == third}")
        batch.PART = 500
        with source.open("wb") as file:
            file.writelines(line + b"\n" for line in many(given.sample, given.studies))
        whole(source, work, given.studies)


def peak(source: Path, work: Path) -> str:
    """Map the first parts in a fresh process and return the most memory it had."""
    jobs = list(itertools.islice(batch.jobs([source], work, root(), everything=True), 4))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(batch.map_studies, jobs)
        status = pool.apply(Path("/proc/self/status").read_text)
    return " ".join(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1:])


def whole(source: Path, work: Path, number: int) -> None:
    """Map and load all studies, and print what the whole registry would take."""
    shutil.rmtree(work)
    work.mkdir()
    start = time.perf_counter()
    counts = sum(batch.run(batch.jobs([source], work, root(), everything=True), 2), batch.Counts())
    mapping = time.perf_counter() - start
    size = sum(path.stat().st_size for path in work.glob("*.nq"))
    print(f"{number} studies, {source.stat().st_size / 1e9:.2f} GB: mapped by two workers in {mapping:.0f} s, "
          f"{counts.triples / 1e6:.1f} million triples, {size / 1e9:.1f} GB; "
          f"peak memory of a worker {peak(source, work)}")  # fmt: skip
    source.unlink()
    start = time.perf_counter()
    loaded = batch.load(sorted(work.glob("*.nq")), work / "store")
    loading = time.perf_counter() - start
    print(
        f"loaded {loaded / 1e6:.1f} million quads in {loading:.0f} s, {loaded / loading / 1000:.0f} thousand a second"
    )


if __name__ == "__main__":
    main()
