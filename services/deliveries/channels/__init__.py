"""The ways a delivery can go. A channel is a module here with `KIND`, `check` and `open_channel`."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Protocol, cast

from core.errors import InvalidError
from core.names import suggestion
from core.registry import find_kinds
from services.platform import Platform
from tenants.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file with its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What one recipient is to get. `message_id` is the same however often it is tried.

    `links` are an address for each file, by its name, for channels that cannot carry the file itself.
    A message of its own, such as an invitation, is plain text and of no schedule: nobody unsubscribes from it.
    """

    message_id: str
    recipient: str
    subject: str
    html: str
    text: str
    files: tuple[Attachment, ...]
    unsubscribe_address: str
    schedule: str
    period: str
    links: tuple[tuple[str, str], ...] = ()


class Ending(StrEnum):
    """How an attempt ended; one that ended in `later` is tried again."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An ending with what the other side said."""

    ending: Ending
    said: str

    @property
    def is_sent(self) -> bool:
        """Whether the other side took it."""
        return self.ending is Ending.SENT


class Sender(Protocol):
    """An open channel."""

    def send(self, parcel: Parcel) -> Outcome:
        """Try once. What the other side refuses is an outcome, not an error."""


class Channel(Protocol):
    """What a channel's module holds."""

    KIND: str

    def check(self, platform: Platform, configuration: Mapping[str, object]) -> None:
        """Raises InvalidError where nothing could ever be sent this way."""

    def is_shared(self, configuration: Mapping[str, object]) -> bool:
        """Whether others than the recipient read what goes this way."""

    def open_channel(
        self, platform: Platform, tenant: Tenant, configuration: Mapping[str, object]
    ) -> AbstractContextManager[Sender]:
        """A sender for as many parcels as there are; it connects when it first sends."""


def parse_channel(text: str) -> dict[str, object]:
    """A channel as it is written: `mail`, `slack`, `folder:weekly`, `webhook:https://example.com/hook`.

    >>> parse_channel("webhook:https://example.com/hook")
    {'kind': 'webhook', 'to': 'https://example.com/hook'}
    """
    kind, _, target = text.strip().partition(":")
    return {"kind": kind, "to": target} if target else {"kind": kind}


def check_shared(configuration: Mapping[str, object], recipients: Sequence[str]) -> None:
    """Raises InvalidError where the rows of several readers would go to one place that many read."""
    if not require_channel(configuration).is_shared(configuration):
        return
    if len(recipients) != 1 or recipients[0].startswith(("role:", "team:")):
        raise InvalidError(
            "Many read that channel, so it gets the rows of one member: name exactly one recipient, whose they are."
        )


@cache
def channels() -> dict[str, Channel]:
    """Every channel by its kind."""
    import services.deliveries.channels as package

    return {kind: cast(Channel, module) for kind, module in find_kinds(package).items()}


def require_channel(configuration: Mapping[str, object]) -> Channel:
    """The channel a configuration names by `kind`. Raises InvalidError with the nearest."""
    kind = str(configuration.get("kind", ""))
    if kind not in channels():
        raise InvalidError(f"There is no channel {kind!r}. {suggestion(kind, channels())}")
    return channels()[kind]
