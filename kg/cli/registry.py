"""Verbs of those who map registry records at scale: map."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import PATH, ROOT

_SCOPES = {"myositis": False, "all": True}


@click.command("map")
@click.argument("sources", type=PATH, nargs=-1, required=True)
@click.option("--out", type=PATH, default=Path("mapped"), show_default=True, help="Folder of the N-Quads.")
@click.option("--scope", type=click.Choice(list(_SCOPES)), default="myositis", show_default=True, help="Which studies.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="How many processes.")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler to work on instead (extra: cluster).")
@click.option("--store", type=PATH, help="Load everything into a store there.")
@ROOT
def map_(
    sources: tuple[Path, ...],
    out: Path,
    scope: str,
    workers: int,
    cluster: str | None,
    store: Path | None,
    root: Path | None,
) -> None:
    """Map records of ClinicalTrials.gov to N-Quads, without receipts: any number of files or folders, - for input."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from kg import batch
    from kg.errors import StoreError
    from kg.resources import root as own_root

    try:
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("part-*.nq*"):
            old.unlink()
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror or error})") from None
    work = batch.jobs(sources, out, root or own_root(), _SCOPES[scope])
    done = batch.run(work, workers) if cluster is None else batch.run_on_dask(work, _client(cluster))
    counts = batch.Counts()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("0 studies")
        for one in done:
            counts += one
            progress.update(task, description=f"{counts.studies} studies, {counts.triples} triples")
    for name in counts.__struct_fields__:
        click.echo(f"{name}: {getattr(counts, name)}")
    if store is not None:
        click.echo(f"loaded: {batch.load(sorted(out.glob('part-*.nq')), store)}")


def _client(address: str) -> object:
    from kg.errors import StoreError

    try:
        from distributed import Client
    except ImportError:
        raise StoreError("work on a cluster needs Dask: pip install 'myositis-kg[cluster]'") from None
    try:
        client: object = Client(address, timeout=30)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise StoreError(f"{address}: no Dask scheduler answers there ({error})") from None
    return client
