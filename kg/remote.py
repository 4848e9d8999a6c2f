"""Speaks HTTP to a server of RDF: shows who asks, reads whole answers, and says clearly what went wrong."""

from __future__ import annotations

import base64
import http.client
import re
import time
import urllib.error
import urllib.request
from http import HTTPStatus

from kg.errors import KgError, QueryError, StoreError

LARGEST = 512 * 2**20
"""Bytes that an answer may have."""

_PIECE = 2**16
_SHOWN = 300
_ADDRESS = "check the address; it often ends in /query or /sparql"


class Login:
    """Who asks a server: a name with a password, a token, or nobody.

    It is shown to the address that was given and to no other: a redirect does not carry it along.
    A password is sent as it is at first; to a server that asks for a digest of it, only as a digest.

    Examples
    --------
    >>> request = urllib.request.Request("http://127.0.0.1/")
    >>> Login("ann", "secret").sign(request)
    >>> request.get_header("Authorization")
    'Basic YW5uOnNlY3JldA=='
    """

    def __init__(self, user: str = "", password: str = "", token: str = "") -> None:
        self.user, self._password, self._token = user, password, token
        self._digest: _Digest | None = None

    def __bool__(self) -> bool:
        return bool(self.user or self._token)

    def sign(self, request: urllib.request.Request) -> None:
        """Put what is known into a request."""
        if self._digest:
            shown = self._digest.shown(request)
        elif self._token:
            shown = f"Bearer {self._token}"
        elif self.user:
            shown = "Basic " + base64.b64encode(f"{self.user}:{self._password}".encode()).decode()
        else:
            return
        request.add_unredirected_header("Authorization", shown)

    def learn(self, request: urllib.request.Request, challenge: str) -> bool:
        """Take in what a server asks for, and say whether it can be given.

        >>> Login().learn(urllib.request.Request("http://127.0.0.1/"), 'Digest realm="kg", nonce="once"')
        False
        """
        scheme, _, rest = challenge.partition(" ")
        if scheme.casefold() != "digest" or not self.user:
            return False
        self._digest = _Digest(request, rest, self.user, self._password)
        return True


class _Digest:
    """Answers what a server asked for once, for all further requests."""

    def __init__(self, request: urllib.request.Request, challenge: str, user: str, password: str) -> None:
        self._asked = urllib.request.parse_keqv_list(urllib.request.parse_http_list(challenge))
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, request.full_url, user, password)
        passwords.add_password(None, request.host, user, password)
        self._handler = urllib.request.HTTPDigestAuthHandler(passwords)

    def shown(self, request: urllib.request.Request) -> str:
        return f"Digest {self._handler.get_authorization(request, self._asked)}"


def opened(request: urllib.request.Request, timeout: float, login: Login) -> http.client.HTTPResponse:
    """Send a request; again if the server asks for a digest of the password.

    Raises
    ------
    OSError, ValueError, http.client.HTTPException
        As urllib does; `failure` says them clearly.
    """
    login.sign(request)
    try:
        return _opened(request, timeout)
    except urllib.error.HTTPError as error:
        challenge = error.headers.get("WWW-Authenticate", "")
        if error.code != HTTPStatus.UNAUTHORIZED or not login:
            raise
        if not challenge:
            challenge = _challenge(request, timeout)
        if not login.learn(request, challenge):
            raise
        error.close()
    login.sign(request)
    return _opened(request, timeout)


def _opened(request: urllib.request.Request, timeout: float) -> http.client.HTTPResponse:
    response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
    return response


def _challenge(request: urllib.request.Request, timeout: float) -> str:
    """Ask without a login what a server wants: some say it only to those who show nothing."""
    bare = urllib.request.Request(request.full_url, headers=dict(request.headers))  # noqa: S310
    try:
        with _opened(bare, timeout):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return error.headers.get("WWW-Authenticate", "")


def content(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """Read the whole of an answer.

    Parameters
    ----------
    response
        The answer.
    deadline
        The moment, by the monotonic clock, at which it must have come.

    Raises
    ------
    OSError, http.client.HTTPException
        If it breaks off, is too slow or too large.
    """
    parts: list[bytes] = []
    size = 0
    while part := response.read1(_PIECE):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise TimeoutError
        if size > LARGEST:
            raise OSError(f"the answer has more than {LARGEST} bytes")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(parts)


def failure(url: str, error: Exception, timeout: float, login: Login) -> KgError:
    """Say what went wrong with a request, and what to do.

    Examples
    --------
    >>> print(failure("http://127.0.0.1/sparql", TimeoutError(), 5, Login()))
    http://127.0.0.1/sparql: no answer within 5 s; ask for less, or allow more time
    """
    if isinstance(error, urllib.error.HTTPError):
        with error:
            return _refusal(url, error, login)
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return StoreError(f"{url}: no answer within {timeout:g} s; ask for less, or allow more time")
    if isinstance(reason, ConnectionRefusedError):
        return StoreError(f"{url}: cannot be reached (Connection refused); is the server running?")
    if isinstance(error, http.client.IncompleteRead):
        return StoreError(f"{url}: the answer breaks off; the server may have stopped: try again or ask for less")
    if isinstance(reason, http.client.HTTPException | ConnectionError):
        return StoreError(f"{url}: no answer ({_shown(str(reason)) or type(reason).__name__}); {_ADDRESS}")
    return StoreError(f"{url}: no answer ({_shown(str(reason))})")


def _refusal(url: str, error: urllib.error.HTTPError, login: Login) -> KgError:
    status = f"{error.code} {error.reason}".strip()
    known = "the name and password, or the token, are wrong" if login else "give --user and KG_PASSWORD, or KG_TOKEN"
    advice = {
        HTTPStatus.UNAUTHORIZED: f"asks who is there ({status}); {known}",
        HTTPStatus.FORBIDDEN: f"forbids this ({status}); ask its keeper for the right",
        HTTPStatus.NOT_FOUND: f"there is nothing at this address ({status}); {_ADDRESS}",
        HTTPStatus.METHOD_NOT_ALLOWED: f"does not do this here ({status}); {_ADDRESS}",
        HTTPStatus.TOO_MANY_REQUESTS: f"is asked too much ({status}); try again later",
        HTTPStatus.BAD_GATEWAY: f"does not work now ({status}); try again later",
        HTTPStatus.SERVICE_UNAVAILABLE: f"does not work now ({status}); try again later",
        HTTPStatus.GATEWAY_TIMEOUT: f"was too slow ({status}); ask for less",
    }
    if error.code in advice:
        return StoreError(f"{url}: {advice[HTTPStatus(error.code)]}")
    said = f": {_said(error)}"
    return QueryError(f"{url}: refused the request ({status}){said if said != ': ' else ''}")


def _said(error: urllib.error.HTTPError) -> str:
    try:
        text = error.read(_PIECE).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return ""
    if "<html" in text.casefold():
        text = re.sub(r"<[^>]*>", " ", text)
    return _shown(text)


def _shown(text: str) -> str:
    """Make one short line of what a server said, without what could steer a terminal."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 3]}..."
