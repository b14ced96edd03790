"""Requests to addresses that somebody typed in, such as an identity provider's.

Such an address must not become a way into the operator's own network: a host is looked up once, refused when any of its
addresses is not public, and connected to at the address that was checked; each redirect is checked the same way. Hosts
the operator names (`PLUMBLINE_OUTBOUND_HOSTS`) may be private and without TLS.
"""

import ipaddress
import json
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import httpx2

from core.errors import UserError

_TIMEOUT_S = 10.0
_MAX_BYTES = 1024 * 1024


class OutboundRefused(UserError):
    """The address may not be reached from here."""

    code = "outbound_refused"
    status = 422


class OutboundFailed(UserError):
    """The address did not answer, or not with what was asked for."""

    code = "outbound_failed"
    status = 502


class CheckedTransport(httpx2.BaseTransport):
    """Sends a request to a public address, or to a host the operator allows; otherwise raises OutboundRefused."""

    def __init__(self, allowed_hosts: Collection[str]) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._inner = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request; httpx2 comes here again for each redirect."""
        host = request.url.host
        if host.lower() in self._allowed:
            return self._inner.handle_request(request)
        if request.url.scheme != "https":
            raise OutboundRefused(f"{request.url.copy_with(query=None)} has no TLS; use an https address.")
        # The name stays in the Host header and the certificate's check; only the connection goes to the address.
        checked = httpx2.Request(
            request.method,
            request.url.copy_with(host=public_address(host, request.url.port or 443)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._inner.handle_request(checked)

    def close(self) -> None:
        """Close its connections."""
        self._inner.close()


@contextmanager
def outbound_client(allowed_hosts: Collection[str]) -> Iterator[httpx2.Client]:
    """A client for such addresses; it follows three redirects at most and uses no proxy of the environment."""
    with httpx2.Client(
        transport=CheckedTransport(allowed_hosts),
        timeout=_TIMEOUT_S,
        trust_env=False,
        follow_redirects=True,
        max_redirects=3,
    ) as client:
        yield client


def fetch_json(client: httpx2.Client, address: str, *, token: str = "") -> dict[str, object]:
    """The JSON object at an address, asked for with a bearer token. Raises OutboundRefused, OutboundFailed."""
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    try:
        with client.stream("GET", address, headers=headers) as answer:
            if answer.status_code != 200:
                raise OutboundFailed(f"{address} answered with status {answer.status_code}.")
            body = _read(answer, address)
        content = json.loads(body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise OutboundFailed(f"{address} cannot be reached: {error}") from error
    except ValueError as error:
        raise OutboundFailed(f"{address} did not answer with JSON.") from error
    if not isinstance(content, dict):
        raise OutboundFailed(f"{address} did not answer with a JSON object.")
    return content


def require_answer(client: httpx2.Client, address: str) -> None:
    """Make sure that something answers at an address, whatever it says. Raises OutboundRefused, OutboundFailed."""
    try:
        with client.stream("GET", address) as answer:
            if answer.status_code >= 500 or answer.status_code == 404:
                raise OutboundFailed(f"{address} answered with status {answer.status_code}.")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise OutboundFailed(f"{address} cannot be reached: {error}") from error


def _read(answer: httpx2.Response, address: str) -> bytes:
    body = b""
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > _MAX_BYTES:
            raise OutboundFailed(f"{address} answered with more than {_MAX_BYTES // 1024} KiB.")
    return body


def public_address(host: str, port: int) -> str:
    """The first address of a host. Raises OutboundRefused unless all of them are public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundFailed(f"There is no host {host}.") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not is_public_address(address):
            raise OutboundRefused(
                f"{host} is at {address}, which is not a public address. "
                "The operator can allow the host with PLUMBLINE_OUTBOUND_HOSTS."
            )
    return addresses[0]


def is_public_address(text: str) -> bool:
    """Whether an IP address is one of the public internet's.

    >>> [is_public_address(one) for one in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1")]
    [True, False, False, False, False]
    """
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public_address(str(inner))
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public_address(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast and not address.is_reserved
