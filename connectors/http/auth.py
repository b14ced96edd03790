"""How a request proves who asks: nothing, a fixed header, or a token that is fetched and fetched again."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Auth:
    """`header` and `value` go with each request. `renew` fetches a new value once an old one is refused."""

    header: str = ""
    value: str = field(default="", repr=False)
    renew: Callable[[], str] | None = None

    @classmethod
    def bearer(cls, token: str) -> "Auth":
        """A token that stays the same."""
        return cls(header="Authorization", value=f"Bearer {token}")

    @classmethod
    def renewed(cls, fetch: Callable[[], str]) -> "Auth":
        """A token that is fetched now, and again once it is refused."""
        return cls(header="Authorization", value=fetch(), renew=fetch)

    @classmethod
    def basic(cls, user: str, password: str) -> "Auth":
        """User and password (RFC 7617)."""
        return cls(header="Authorization", value="Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())

    @property
    def headers(self) -> dict[str, str]:
        """What goes with a request."""
        return {self.header: self.value} if self.header and self.value else {}
