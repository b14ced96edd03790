"""From where a request came, known to everything that runs on its behalf: the client's address and name, and an id.

The edges set it (gate, page script, command); the audit log reads it.
"""

import ipaddress
from contextvars import ContextVar
from dataclasses import dataclass

from core.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A client's address and what it calls itself, empty where there is none, and the id of the request."""

    address: str = ""
    request_id: str = ""
    agent: str = ""


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - the default is frozen


def begin_request(address: str, agent: str = "") -> Origin:
    """Say that a new request from `address` begins in this thread or task."""
    origin = Origin(address=address[:64], request_id=new_id()[:16], agent=agent[:200])
    _current.set(origin)
    return origin


def current_origin() -> Origin:
    """The request that is being served; an empty one where none was begun."""
    return _current.get()


def current_network() -> str:
    """The network of the request's client: its IPv4 address, or the /64 that an IPv6 subscriber has to themselves."""
    return network_of(current_origin().address)


def network_of(address: str) -> str:
    """The network of a client's address; what is no IP address stands for itself.

    >>> network_of("203.0.113.9"), network_of("2001:db8:1:2:a::1"), network_of("::ffff:203.0.113.9"), network_of("")
    ('203.0.113.9', '2001:db8:1:2::', '203.0.113.9', '')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
