"""The client of the registry against a server on loopback: answers, errors, tries, limits."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import registry_server as server
from registry_server import Fault, Registry, answering

from kg.errors import FetchError
from kg.sources.registry.api import Client, Manners, identify, number


class Time:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def clock(self) -> float:
        return self.passed


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def registry() -> Iterator[Registry]:
    with server.serving(Registry(1, 2, 3)) as one:
        yield one


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def client(registry: Registry, time: Time) -> Iterator[Client]:
    with closing(Client(registry.url, Manners(attempts=4), sleep=time.sleep, clock=time.clock)) as one:
        yield one


def asking(registry: Registry, **manners: float) -> Client:
    time = Time()
    return Client(registry.url, msgspec.convert(manners, Manners), sleep=time.sleep, clock=time.clock)


# Answers.


def test_version(client: Client) -> None:
    assert msgspec.structs.astuple(client.version()) == ("2.0.5", "2026-11-20T09:00:05")


def test_page_has_studies_as_they_came(client: Client, registry: Registry) -> None:
    page = client.page({"query.cond": '"a b" OR c'}, 2)

    assert list(registry.studies.values())[:2] == [bytes(raw) for raw in page.studies]
    assert (page.next_page_token, page.total_count) == ("t2", 3)
    assert registry.requests == [
        "/api/v2/studies?query.cond=%22a+b%22+OR+c&format=json&pageSize=2&countTotal=true",
    ]


def test_later_pages_repeat_the_query_but_not_the_count(client: Client, registry: Registry) -> None:
    page = client.page({"query.cond": "c"}, 2, "t2")

    assert [identify(raw)[0] for raw in page.studies] == ["NCT00000003"]
    assert (page.next_page_token, page.total_count) == (None, None)
    assert registry.requests == ["/api/v2/studies?query.cond=c&format=json&pageSize=2&pageToken=t2"]


@pytest.mark.parametrize("spaced", [b'{ "a" : 1.50,\n "b": "\\u00b5" }', b'{"n":1e400,"deep":[[[]]]}'])
def test_bytes_of_a_study_are_not_written_anew(client: Client, registry: Registry, spaced: bytes) -> None:
    registry.studies["NCT00000001"] = spaced

    assert client.study("NCT00000001") == spaced
    assert bytes(client.page({}, 3).studies[0]) == spaced


def test_compressed_answer(client: Client, registry: Registry) -> None:
    registry.faults = [answering(gzip.compress(registry.pages({"pageSize": "9"})), Content_Encoding="gzip")]

    assert len(client.page({}, 9).studies) == 3


def test_study_that_is_not_there(client: Client) -> None:
    assert client.study("NCT00000009") is None


def test_alias_is_followed(client: Client, registry: Registry) -> None:
    registry.aliases["NCT00000077"] = "NCT00000002"

    assert client.study("NCT00000077") == registry.studies["NCT00000002"]


def test_says_who_asks(client: Client, registry: Registry) -> None:
    client.version()

    assert {str(agent).partition("/")[0] for agent in registry.agents} == {"myositis-kg"}


# Errors that stay.


def test_refused_query_says_what_the_server_says(client: Client, time: Time) -> None:
    with pytest.raises(
        FetchError, match=r"/studies: answered 400: Parameter `query.term` has incorrect format$"
    ) as info:
        client.page({"query.term": "("}, 2)

    assert info.value.status == 400
    assert time.slept == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://127.0.0.1/", "No connection adapters"),
        ("127.0.0.1:1/api", "No connection adapters"),
        ("/api", "Invalid URL"),
        ("http://", "Invalid URL"),
    ],
)
def test_address_that_is_none(url: str, said: str) -> None:
    with closing(Client(url)) as client, pytest.raises(FetchError, match=said):
        client.version()


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("http://registry.invalid/api/v2/version", "redirected to another host, 'http://registry.invalid"),
        ("//registry.invalid/api/v2/version", "redirected to another host, '//registry.invalid"),
        ("http://127.0.0.1@registry.invalid/", "another host"),
        ("file:///etc/passwd", "another host"),
        ("http://[", "redirected to what is no address"),
        ("/api/v2/version", "redirected 5 times in a row"),
    ],
)
def test_redirect_that_is_refused(client: Client, registry: Registry, to: str, said: str) -> None:
    registry.faults = [server.redirecting(to)] * 10

    with pytest.raises(FetchError, match=said.replace("[", r"\[")):
        client.version()


def test_redirect_to_another_port_or_scheme_stays_at_home(client: Client, registry: Registry) -> None:
    """Behind a proxy a server may not know its own address; only the path of its answer is followed."""
    registry.faults = [server.redirecting("https://127.0.0.1:1/api/v2/studies/NCT00000001")]

    assert client.study("NCT00000077") == registry.studies["NCT00000001"]


def test_answer_without_end(registry: Registry, time: Time) -> None:
    bomb = gzip.compress(b" " * 10**6)
    registry.faults = [answering(bomb, Content_Encoding="gzip")]

    with closing(asking(registry, largest=10**5)) as client, pytest.raises(FetchError, match="more than 100000 bytes"):
        client.version()


# Errors that pass.

PASSING: dict[str, Fault] = {
    "500": answering("Internal Server Error", 500),
    "502": answering("<html>Bad Gateway</html>", 502, "text/html"),
    "503": answering("", 503),
    "429": answering("slow down", 429),
    "403": answering("blocked for now", 403),
    "broken in mid-body": server.breaking,
    "closed without a word": server.dying,
    "HTML": answering("<!DOCTYPE html><p>We are down for maintenance", kind="text/html"),
    "JSON of another kind": answering('["no", "page"]', kind="application/json"),
    "cut-off JSON": answering('{"studies": [', kind="application/json"),
    "nothing": answering(""),
    "no text": answering(b"\xff\xfe\x00"),
    "broken compression": answering(b"\x1f\x8b\x08no", Content_Encoding="gzip"),
    "deep nesting": answering("[" * 10**5, kind="application/json"),
}


@pytest.mark.parametrize("name", PASSING)
def test_passing_error_is_tried_again(name: str, client: Client, registry: Registry, time: Time) -> None:
    registry.faults = [PASSING[name], PASSING[name]]

    assert len(client.page({}, 9).studies) == 3
    assert len(registry.requests) == 3


@pytest.mark.parametrize("name", PASSING)
def test_error_that_does_not_pass(name: str, client: Client, registry: Registry) -> None:
    registry.faults = [PASSING[name]] * 4

    with pytest.raises(FetchError, match="the last of 4 tries") as info:
        client.page({}, 9)

    assert len(registry.requests) == 4
    assert "\n" not in str(info.value)
    assert str(info.value).startswith(f"{registry.url}/studies: ")


def test_server_that_is_not_there(registry: Registry) -> None:
    """The port is free again once the server has ended."""
    with server.serving(Registry()) as gone:
        pass
    with closing(asking(gone, attempts=2)) as client, pytest.raises(FetchError, match="the last of 2 tries"):
        client.version()


def test_slow_server(registry: Registry) -> None:
    registry.faults = [server.silent(0.4), None]

    with closing(asking(registry, silence=0.1, attempts=2)) as client:
        assert client.version().api_version == "2.0.5"
    assert len(registry.requests) == 2


def test_answer_that_drips(registry: Registry) -> None:
    """Signs of life do not help an answer that never ends."""
    ticks = iter(range(1000))

    def drip(handler: server.Handler) -> bool:
        handler.answer(b" " * 2**18)
        return True

    registry.faults = [drip, None]
    with closing(Client(registry.url, Manners(whole=3), sleep=lambda _: None, clock=lambda: next(ticks))) as client:
        assert client.version().api_version == "2.0.5"
    assert len(registry.requests) == 2


# Pauses.


def test_pause_between_requests(client: Client, time: Time) -> None:
    for _ in range(3):
        client.version()

    assert time.slept == [1.2, 1.2]


def test_server_names_the_pause(client: Client, registry: Registry, time: Time) -> None:
    registry.faults = [answering("wait", 429, Retry_After="120")]
    client.version()

    assert time.slept == [120]


def test_date_of_the_next_try_in_the_past(client: Client, registry: Registry, time: Time) -> None:
    registry.faults = [answering("wait", 503, Retry_After="Sun, 06 Nov 1994 08:49:37 GMT")]
    client.version()

    assert sum(time.slept) < 4


def test_server_asks_for_too_much(client: Client, registry: Registry, time: Time) -> None:
    registry.faults = [answering("quota used up", 429, Retry_After="86400")]

    with pytest.raises(FetchError, match="answered 429: quota used up; it asks to wait 86400 s: run the same command"):
        client.version()
    assert time.slept == []


def test_pauses_grow_and_differ(registry: Registry) -> None:
    """A random pause below a bound that doubles: no crowd of clients comes back at once."""
    tries = []
    for _ in range(12):
        time = Time()
        registry.faults = [answering("", 500)] * 5
        manners = Manners(pause=0, growth=6)
        with closing(Client(registry.url, manners, sleep=time.sleep, clock=time.clock)) as client:
            client.version()
        tries.append(time.slept)

    for number_of_try, bound in enumerate([1, 2, 4, 6, 6]):
        pauses = [slept[number_of_try] for slept in tries]
        assert max(pauses) <= bound
        assert len(set(pauses)) > 1


def test_tells_why_it_waits(registry: Registry) -> None:
    said: list[str] = []
    registry.faults = [answering("slow\n down", 429, Retry_After="7")]
    with closing(Client(registry.url, notice=said.append, sleep=lambda _: None)) as client:
        client.version()

    assert said == ["answered 429: slow down; next try in 7 s"]


# Numbers.


@pytest.mark.parametrize(
    "text", ["NCT00000000", "NCT123456789", "NCT1/../2", "", "NCT", "2971683", "NCT\u0661\u0662\u0663", "NCT1\n2"]
)
def test_no_number(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "NCT0000001", "NCT00000001\n", "NCT00000001/..", "nct00000001", "NCT0000000\u0661", ""]
)
def test_a_name_that_is_no_number_is_no_study(name: str) -> None:
    raw = json.dumps({"protocolSection": {"identificationModule": {"nctId": name}}}).encode()
    with pytest.raises(msgspec.MsgspecError):
        identify(raw)


def test_aliases_that_are_no_numbers_are_left_out() -> None:
    assert identify(server.study(1, nctIdAliases=["NCT00000077", "../x"])) == ("NCT00000001", ("NCT00000077",))


def test_address_of_the_registry_is_in_one_place() -> None:
    found = [
        path.name for path in Path("kg").rglob("*.py") if "clinicaltrials.gov/api" in path.read_text(encoding="utf-8")
    ]

    assert found == ["api.py"]
