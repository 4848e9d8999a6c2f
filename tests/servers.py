"""Real SPARQL servers for tests, on loopback: the Oxigraph server and Virtuoso."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.endpoint import Endpoint
from kg.remote import Login

PATIENCE = 60
"""Seconds in which a server must be up."""

_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CheckpointInterval = 0
DirsAllowed = .

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 6

[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 100
"""


class Server(NamedTuple):
    """A running server."""

    query: str
    store: str
    """Where it takes the Graph Store Protocol."""
    update: str
    user: str = ""
    password: str = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """Who may write, as a command reads it."""
        return {"KG_USER": self.user, "KG_PASSWORD": self.password}

    @property
    def login(self) -> Login:
        """Who may write."""
        return Login(self.user, self.password)

    def endpoint(self, default_graph: str | None = None) -> Endpoint:
        """Ask it."""
        return Endpoint(self.query, timeout=120, default_graph=default_graph)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def missing(program: str) -> None:
    """Skip what needs a server that is not installed; the check that installs it must not skip it."""
    said = f"{program} is not installed"
    if os.environ.get("CI"):
        pytest.fail(f"{said}; the check has to install it")
    pytest.skip(said)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=PATIENCE):
            return
        time.sleep(0.05)
    pytest.fail(f"{process.args!r} did not come up")


@contextlib.contextmanager
def oxigraph(store: Path | None = None) -> Iterator[Server]:
    """Run the Oxigraph server, in memory, or over a store that it only reads."""
    program = shutil.which("oxigraph", path=sysconfig.get_path("scripts"))
    assert program is not None, "the oxigraph wheel is one of the dev dependencies"
    url = f"http://127.0.0.1:{free_port()}"
    what = ["serve"] if store is None else ["serve-read-only", "--location", str(store)]
    command = [program, *what, "--bind", url.removeprefix("http://")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(f"{url}/query", process)
            yield Server(f"{url}/query", f"{url}/store", f"{url}/update")
        finally:
            process.kill()


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Run Virtuoso on a new database in a folder."""
    program = shutil.which("virtuoso-t")
    if program is None:
        missing("virtuoso-t (Debian: virtuoso-opensource-7-bin)")
        raise AssertionError
    port = free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=free_port(), http=port), encoding="utf-8")
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    quiet = subprocess.DEVNULL
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet) as process:
        try:
            _wait(f"{url}/sparql", process)
            yield Server(f"{url}/sparql", f"{url}/sparql-graph-crud-auth", f"{url}/sparql-auth", "dba", "dba")
        finally:
            process.kill()
