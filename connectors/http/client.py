"""Sends requests and turns what comes back, or does not, into JSON or a SourceError.

A whole answer is read before it is parsed: one that breaks off in the middle is an error that passes, not half a page.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parsedate_to_datetime

import httpx2

from connectors.contract import Reach
from connectors.errors import (
    AccessRevokedError,
    SourceBusyError,
    SourceLimitError,
    TerminalSourceError,
    TransientSourceError,
)
from connectors.http.auth import Auth
from core.outbound import CheckedTransport

_MOST_BYTES = 64 * 1024 * 1024
_BUSY = frozenset({429, 503})
_PASSING = frozenset({408, 409, 425, 500, 502, 504, *range(520, 530)})
_SHOWN = 200
_RECONNECT = "Somebody who may use it must connect the source again."


class _MissingError(TerminalSourceError):
    """There is nothing at the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A parsed answer, the header fields, and when the server says it was sent."""

    content: object
    headers: Mapping[str, str]

    @property
    def sent_at(self) -> dt.datetime:
        """By the server's clock, which its rows are stamped with; by ours where it does not tell."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(dt.UTC)
        except (TypeError, ValueError):
            return dt.datetime.now(dt.UTC).replace(microsecond=0)


class HttpClient:
    """A client for one API. Not for use from several threads."""

    def __init__(self, client: httpx2.Client, base_url: str, auth: Auth, busy_word: str = "") -> None:
        self._client = client
        self._base = base_url.rstrip("/")
        self._auth = auth
        self._busy_word = busy_word

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """The answer of a GET of a path, or of a whole address on the same host."""
        # Parameters, even none, would take the place of those in a whole address.
        return self._ask("GET", path, **({"params": dict(params)} if params else {}))

    def find(self, path: str) -> Answer | None:
        """The answer of a GET of a path; None where nothing is there."""
        try:
            return self._ask("GET", path)
        except _MissingError:
            return None

    def get_bytes(self, path: str) -> tuple[bytes, Mapping[str, str]]:
        """The body of a GET as it is, and the header fields."""
        _, headers, body = self._fetch("GET", path)
        return body, headers

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """The answer of a POST of JSON."""
        return self._ask("POST", path, json=dict(body))

    def _ask(self, method: str, path: str, **parts: object) -> Answer:
        where, headers, body = self._fetch(method, path, **parts)
        try:
            return Answer(content=json.loads(body, parse_float=Decimal), headers=headers)
        except ValueError:
            raise TransientSourceError(f"{where} answered with JSON that breaks off or is none.") from None

    def _fetch(self, method: str, path: str, **parts: object) -> tuple[str, Mapping[str, str], bytes]:
        """What was asked for, the header fields and the body of a successful answer."""
        address = self._address(path)
        status, headers, body = self._send(method, address, parts)
        if status == 401 and self._auth.renew is not None:
            self._auth.value = self._auth.renew()
            status, headers, body = self._send(method, address, parts)
        where = f"{method} {address.partition('?')[0]}"
        if status == 403 and self._busy_word and self._busy_word in body.decode("utf-8", "replace"):
            raise SourceBusyError(f"{where} asks to wait ({self._busy_word}).", retry_after_s=_retry_after(headers))
        _require_success(where, status, headers, body, hidden=self._auth.value)
        return where, headers, body

    def _address(self, path: str) -> str:
        if not path.startswith(("http://", "https://")):
            return f"{self._base}/{path.lstrip('/')}"
        if httpx2.URL(path).host != httpx2.URL(self._base).host:
            # The credentials are this host's alone.
            raise TerminalSourceError(
                f"The next page is on another host ({httpx2.URL(path).host}); it is not asked for."
            )
        return path

    def _send(self, method: str, address: str, parts: Mapping[str, object]) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"accept": "application/json", **self._auth.headers}
        try:
            with self._client.stream(method, address, headers=headers, **parts) as answer:  # type: ignore[arg-type]
                body = b""
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise SourceLimitError(f"{address} answered with more than {_MOST_BYTES // 1024**2} MiB.")
                return answer.status_code, answer.headers, body
        except httpx2.TimeoutException:
            raise TransientSourceError(f"{httpx2.URL(address).host} did not answer in time.") from None
        except httpx2.InvalidURL as error:
            raise TerminalSourceError(f"The address cannot be used: {error}") from None
        except httpx2.HTTPError as error:
            told = f"{httpx2.URL(address).host} cannot be reached, or broke off: {type(error).__name__}"
            raise TransientSourceError(told) from None


@contextmanager
def open_client(
    base_url: str,
    auth: Auth,
    reach: Reach,
    *,
    timeout_s: float = 30.0,
    headers: Mapping[str, str] | None = None,
    busy_word: str = "",
) -> Iterator[HttpClient]:
    """A client within the reach of the source: private addresses and redirects to them are refused.

    An answer 403 that holds `busy_word` asks to wait; any other one refuses the credentials.
    """
    transport: httpx2.BaseTransport
    transport = httpx2.HTTPTransport() if reach.is_operators else CheckedTransport(reach.allowed_hosts)
    with httpx2.Client(
        transport=transport,
        timeout=timeout_s,
        trust_env=False,
        follow_redirects=True,
        max_redirects=3,
        headers=dict(headers or {}),
    ) as client:
        yield HttpClient(client, base_url, auth, busy_word)


def _require_success(where: str, status: int, headers: Mapping[str, str], body: bytes, *, hidden: str) -> None:
    if 200 <= status < 300:
        return
    said = " ".join(body.decode("utf-8", "replace").split())
    for secret in filter(None, (hidden, hidden.rpartition(" ")[2])):
        # Some servers repeat what they were sent.
        said = said.replace(secret, "***")
    said = said[:_SHOWN]
    told = f"{where} answered with status {status}" + (f": {said}" if said else ".")
    if status in _BUSY:
        raise SourceBusyError(f"{where} asks to wait (status {status}).", retry_after_s=_retry_after(headers))
    if status in _PASSING:
        raise TransientSourceError(told)
    if status in {401, 403}:
        raise AccessRevokedError(f"{where} does not accept the credentials (status {status}). {_RECONNECT}")
    raise _MissingError(told) if status == 404 else TerminalSourceError(told)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form of the header (RFC 9110, 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - dt.datetime.now(dt.UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
