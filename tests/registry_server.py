"""A small server on loopback that plays the documented interface of ClinicalTrials.gov, its errors included.

Faults are put into `Registry.faults` and used up one a request, so that a test says exactly which
request goes wrong and how.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Fault = Callable[["Handler"], bool]
"""Answers a request wrongly, and tells whether that was the whole answer."""


def study(number: int, title: str = "A trial", **identification: object) -> bytes:
    """Write a study as the registry does: compact, non-ASCII letters as they are, in the order of its own."""
    record = {"nctId": f"NCT{number:08}", **identification, "briefTitle": f"{title} {number} ≥ 18 µg"}
    whole = {"protocolSection": {"identificationModule": record}, "hasResults": False}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


class Registry:
    """What the server has, and what happened to it."""

    def __init__(self, *numbers: int) -> None:
        self.studies = {f"NCT{number:08}": study(number) for number in numbers}
        self.matching: list[str] | None = None
        self.aliases: dict[str, str] = {}
        self.versions = ["2026-11-20T09:00:05"]
        self.faults: list[Fault | None] = []
        self.requests: list[str] = []
        self.agents: set[str | None] = set()
        self.url = ""

    def pages(self, query: dict[str, str]) -> bytes:
        """Answer a search; a page that is exactly full is followed by an empty one."""
        numbers = list(self.studies) if self.matching is None else self.matching
        size, start = int(query["pageSize"]), int(query.get("pageToken", "t0")[1:])
        page = [self.studies[number] for number in numbers[start : start + size]]
        more = [b'"nextPageToken":"t%d"' % (start + size)] if len(page) == size else []
        total = [b'"totalCount":%d' % len(numbers)] if query.get("countTotal") == "true" else []
        return b"{" + b",".join([*total, b'"studies":[' + b",".join(page) + b"]", *more]) + b"}"


class Handler(BaseHTTPRequestHandler):
    """Answers a request."""

    protocol_version = "HTTP/1.1"
    registry: Registry

    def do_GET(self) -> None:
        self.registry.requests.append(self.path)
        self.registry.agents.add(self.headers["User-Agent"])
        fault = self.registry.faults.pop(0) if self.registry.faults else None
        if fault and fault(self):
            return
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if parts.path == "/api/v2/version":
            versions = self.registry.versions
            now = versions.pop(0) if len(versions) > 1 else versions[0]
            self.answer(json.dumps({"apiVersion": "2.0.5", "dataTimestamp": now}).encode())
        elif parts.path == "/api/v2/studies":
            self._search(query)
        else:
            self._study(parts.path.removeprefix("/api/v2/studies/"))

    def _search(self, query: dict[str, str]) -> None:
        token = query.get("pageToken", "t0")
        if not (token[:1] == "t" and token[1:].isdecimal()):
            self.answer(b"Parameter `pageToken` has incorrect format", 400, "text/plain")
        elif "(" in query.get("query.term", ""):
            self.answer(b"Parameter `query.term` has incorrect format", 400, "text/plain")
        else:
            self.answer(self.registry.pages(query))

    def _study(self, number: str) -> None:
        if number in self.registry.aliases:
            self.redirect(f"/api/v2/studies/{self.registry.aliases[number]}?format=json")
        elif number in self.registry.studies:
            self.answer(self.registry.studies[number])
        else:
            self.answer(f"NCT number {number} not found".encode(), 404, "text/plain")

    def answer(self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, to: str) -> None:
        """Send the asker elsewhere."""
        self.answer(b"", 301, "text/plain", Location=to)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def answering(body: bytes | str, status: int = 200, kind: str = "text/plain", **headers: str) -> Fault:
    """Answer with something else."""

    def fault(handler: Handler) -> bool:
        handler.answer(body.encode() if isinstance(body, str) else body, status, kind, **headers)
        return True

    return fault


def redirecting(to: str) -> Fault:
    """Redirect."""

    def fault(handler: Handler) -> bool:
        handler.redirect(to)
        return True

    return fault


def breaking(handler: Handler) -> bool:
    """Promise a body and close the connection in the middle of it."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"studies":[{"protocolSection"')
    handler.close_connection = True
    return True


def dying(handler: Handler) -> bool:
    """Close the connection without a word."""
    handler.close_connection = True
    return True


def silent(seconds: float) -> Fault:
    """Wait before the answer."""

    def fault(_: Handler) -> bool:
        threading.Event().wait(seconds)
        return False

    return fault


def holding(reached: threading.Event, over: threading.Event) -> Fault:
    """Say that the request has come, and give no answer until all is over."""

    def fault(handler: Handler) -> bool:
        reached.set()
        over.wait(60)
        handler.close_connection = True
        return True

    return fault


class Server(ThreadingHTTPServer):
    """Ends without a word when a client goes away in the middle of an answer."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests break off on purpose."""


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    """Serve a registry on a free port of loopback."""
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"registry": registry}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_port}/api/v2"
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
