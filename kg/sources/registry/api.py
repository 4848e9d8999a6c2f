"""A client of the ClinicalTrials.gov API, version 2: its version, pages of studies, single studies.

What the interface does that one may not expect, and what becomes of it here:

- errors (400, 404) are plain text, not JSON: the text goes into the message;
- an alias (a number under which a study was once registered) is answered with a redirect; it is
  followed on the same server only, and the number in the answer counts, not the one asked for;
- a page says where the next one starts by a token; a page that happens to be full is followed by an
  empty one;
- no limit of requests is documented: one goes out about every second, 429 and 5xx are tried again
  after a growing random pause or the time that the server names;
- an answer may be cut off, or be the page of a proxy: what is not whole JSON is tried again too.

A study is handed on as the bytes that the server sent, cut out of its page without re-encoding.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
import tenacity

from kg import __version__
from kg.errors import FetchError

URL = "https://clinicaltrials.gov/api/v2"
NUMBER = re.compile(r"NCT0*([1-9]\d{0,7})", re.IGNORECASE)

_AGAIN = {403, 408, 425, 429, 500, 502, 503, 504}
_REDIRECTS = 5
_FINAL = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.SSLError,
)

Kind = TypeVar("Kind")


class Version(msgspec.Struct, frozen=True, rename="camel"):
    """The version of the interface, and the time of the data behind it."""

    api_version: str
    data_timestamp: str


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """A page of studies, each as the bytes that came."""

    studies: list[msgspec.Raw]
    next_page_token: str | None = None
    total_count: int | None = None


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: Annotated[str, msgspec.Meta(pattern=r"\ANCT[0-9]{8}\Z")]
    nct_id_aliases: list[str] = []


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification


class _Study(msgspec.Struct, rename="camel"):
    protocol_section: _Protocol


class Manners(msgspec.Struct, frozen=True):
    """How a client behaves; times in seconds.

    ``pause`` lies between two requests (1.2: fifty a minute), ``silence`` is the longest wait for a
    sign of life, ``whole`` for an answer to be complete, ``growth`` the longest pause of our own before
    another try, ``patience`` the longest that a server may ask for; ``attempts`` counts the tries and
    ``largest`` the bytes of an answer.
    """

    pause: float = 1.2
    silence: float = 60
    whole: float = 600
    growth: float = 60
    patience: float = 600
    attempts: int = 6
    largest: int = 256 * 2**20


class _Session(requests.Session):
    """Looks at no redirect by itself: it would read the body of one without a limit."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Name no target."""


class _AgainError(Exception):
    """An answer that is worth another try, and the pause that the server asks for."""

    def __init__(self, why: str, after: float = 0) -> None:
        self.after = after
        super().__init__(why)


def number(text: str) -> str | None:
    """Return the full number of a study, None for what is none.

    Examples
    --------
    >>> number(" nct2971683 ")
    'NCT02971683'
    >>> number("NCT0/../1") is number("NCT00000000") is None
    True
    """
    match = NUMBER.fullmatch(text.strip())
    return f"NCT{match[1]:>08}" if match and text.isascii() else None


def identify(raw: bytes | msgspec.Raw) -> tuple[str, tuple[str, ...]]:
    """Return the number of a study and its aliases.

    Raises
    ------
    msgspec.MsgspecError
        If it is no study, or its number is none: what a number is not never becomes the name of a file.

    Examples
    --------
    >>> identify(b'{"protocolSection": {"identificationModule": {"nctId": "NCT02971683"}}}')
    ('NCT02971683', ())
    """
    found = msgspec.json.decode(raw, type=_Study).protocol_section.identification_module
    return found.nct_id, tuple(alias for alias in found.nct_id_aliases if number(alias))


def pause_asked(header: str | None, now: datetime) -> float:
    """Return the seconds that a ``Retry-After`` header asks for; 0 if it is absent or cannot be read.

    Examples
    --------
    >>> now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> pause_asked("30", now), pause_asked("Mon, 23 Nov 2026 12:01:00 GMT", now), pause_asked("soon", now)
    (30.0, 60.0, 0)
    """
    if header is None:
        return 0
    if header.strip().isdecimal():
        return float(header)
    try:
        until = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return 0
    return max(0.0, (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() - now.timestamp())


class Client:
    """Asks one server, politely.

    Parameters
    ----------
    url
        The address before ``/studies``.
    manners
        Pauses, limits, number of tries.
    notice
        Told, in words, why it waits.
    sleep, clock
        Wait for seconds; tell the seconds passed.

    Raises
    ------
    FetchError
        From every method: what was asked, what came instead.
    """

    def __init__(
        self,
        url: str = URL,
        manners: Manners | None = None,
        notice: Callable[[str], None] = lambda text: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url.rstrip("/")
        self._manners = manners or Manners()
        self._notice, self._sleep, self._clock = notice, sleep, clock
        self._next = clock()
        self._session = _Session()
        self._session.headers["User-Agent"] = f"myositis-kg/{__version__} (+https://w3id.org/myositis-kg/)"

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def version(self) -> Version:
        """Return the version of the interface and of the data."""
        return self._get("/version", {}, Version)

    def page(self, search: Mapping[str, str], size: int, token: str | None = None) -> Page:
        """Return a page of the studies that a search finds, the first one or the one of a token."""
        more = {"pageToken": token} if token else {"countTotal": "true"}
        return self._get("/studies", {**search, "format": "json", "pageSize": str(size), **more}, Page)

    def study(self, asked: str) -> bytes | None:
        """Return the bytes of a study, None if there is none of that number."""
        try:
            return bytes(self._get(f"/studies/{asked}", {"format": "json"}, msgspec.Raw))
        except FetchError as error:
            if error.status == 404:
                return None
            raise

    def _get(self, path: str, parameters: Mapping[str, str], kind: type[Kind]) -> Kind:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_AgainError),
            stop=tenacity.stop_after_attempt(self._manners.attempts),
            wait=self._wait,
            before_sleep=self._tell,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer: Kind = retrying(self._once, path, parameters, kind)
        except _AgainError as error:
            tries = retrying.statistics["attempt_number"]
            raise FetchError(f"{self.url}{path}: {error}, the last of {tries} tries") from None
        return answer

    def _wait(self, state: tenacity.RetryCallState) -> float:
        grown = tenacity.wait_random_exponential(multiplier=1, max=self._manners.growth)(state)
        return max(_asked(state), grown)

    def _tell(self, state: tenacity.RetryCallState) -> None:
        pause = state.next_action.sleep if state.next_action else 0
        why = state.outcome.exception() if state.outcome else ""
        self._notice(f"{why}; next try in {pause:.0f} s")

    def _once(self, path: str, parameters: Mapping[str, str], kind: type[Kind]) -> Kind:
        """Ask once: an answer, an error, or a reason to try again."""
        try:
            with self._send(self.url + path, parameters) as response:
                body = self._body(response)
        except _FINAL as error:
            raise FetchError(f"{self.url}: {_short(str(error))}") from None
        except requests.RequestException as error:
            raise _AgainError(f"no whole answer ({type(error).__name__}: {_short(str(error))})") from None
        if response.status_code in _AGAIN:
            raise self._later(response, body)
        if response.status_code != requests.codes.ok:
            said = _short(body.decode(errors="replace"))
            raise FetchError(f"{self.url}{path}: answered {response.status_code}: {said}", response.status_code)
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            start = _short(body[:60].decode(errors="replace"))
            raise _AgainError(f"not the JSON that was expected ({error}; starts with {start!r})") from None

    def _later(self, response: requests.Response, body: bytes) -> _AgainError | FetchError:
        after = pause_asked(response.headers.get("Retry-After"), datetime.now(UTC))
        why = f"answered {response.status_code}: {_short(body.decode(errors='replace'))}"
        if after > self._manners.patience:
            return FetchError(f"{self.url}: {why}; it asks to wait {after:.0f} s: run the same command after that")
        return _AgainError(why, after)

    def _send(self, url: str, parameters: Mapping[str, str] | None) -> requests.Response:
        """Send a request; redirects are followed on the same server only."""
        home = urlsplit(self.url)
        for _ in range(_REDIRECTS):
            self._be_polite()
            response = self._session.get(url, params=parameters, timeout=self._manners.silence, stream=True)
            if not response.is_redirect:
                return response
            response.close()
            to = response.headers["Location"]
            try:
                target = urlsplit(urljoin(url, to))
            except ValueError:
                raise FetchError(f"{url}: redirected to what is no address, {_short(to)!r}") from None
            if target.hostname != home.hostname:
                raise FetchError(f"{url}: redirected to another host, {_short(to)!r}: refused")
            url, parameters = target._replace(scheme=home.scheme, netloc=home.netloc).geturl(), None
        raise FetchError(f"{self.url}: redirected {_REDIRECTS} times in a row")

    def _be_polite(self) -> None:
        ahead = self._next - self._clock()
        if ahead > 0:
            self._sleep(ahead)
        self._next = self._clock() + self._manners.pause

    def _body(self, response: requests.Response) -> bytes:
        """Read an answer whole, within the limits of size and time."""
        end, read = self._clock() + self._manners.whole, bytearray()
        for chunk in response.iter_content(2**16):
            read += chunk
            if len(read) > self._manners.largest:
                most = self._manners.largest
                raise FetchError(f"{self.url}: an answer of more than {most} bytes; ask for smaller pages")
            if self._clock() > end:
                raise _AgainError(f"no whole answer in {self._manners.whole:.0f} s")
        return bytes(read)


def _asked(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.after if isinstance(error, _AgainError) else 0


def _short(text: str) -> str:
    """Make one line of a text, short enough for a message."""
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:197] + "..."
