"""From where a request came, known to everything that runs on its behalf: the address of the client, and an id.

The edges set it (gate, page script, command); the audit log reads it.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from core.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A client's address, empty where there is none, and the id of the request."""

    address: str = ""
    request_id: str = ""


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - the default is frozen


def begin_request(address: str) -> Origin:
    """Say that a new request from `address` begins in this thread or task."""
    origin = Origin(address=address[:64], request_id=new_id()[:16])
    _current.set(origin)
    return origin


def current_origin() -> Origin:
    """The request that is being served; an empty one where none was begun."""
    return _current.get()
