"""An adaptive card to a channel of Microsoft Teams, by the address of its workflow; the files are links in the card.

Whoever is in the channel reads it, so the rows are those of one named member.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2

from core.outbound import OutboundFailed, OutboundRefused, outbound_client
from services.deliveries.channels import Ending, Outcome, Parcel
from services.deliveries.channels.webhook import check, judged
from services.platform import Platform
from tenants.tenant import Tenant

__all__ = ["KIND", "check", "is_shared", "open_channel"]

KIND = "teams"
# A card is refused above 28 kB.
_LONGEST_TEXT = 8_000


def is_shared(configuration: Mapping[str, object]) -> bool:  # noqa: ARG001
    """Everybody in the channel reads it."""
    return True


@contextmanager
def open_channel(platform: Platform, tenant: Tenant, configuration: Mapping[str, object]) -> Iterator["TeamsSender"]:  # noqa: ARG001
    """A sender over one client."""
    check(platform, configuration)
    with outbound_client(platform.settings.allowed_hosts) as client:
        yield TeamsSender(client, str(configuration["to"]))


class TeamsSender:
    """Posts cards to one channel."""

    def __init__(self, client: httpx2.Client, address: str) -> None:
        self._client = client
        self._address = address

    def send(self, parcel: Parcel) -> Outcome:
        """Post one card."""
        try:
            answer = self._client.post(self._address, json=card_of(parcel), follow_redirects=False)
        except OutboundRefused as error:
            return Outcome(ending=Ending.REFUSED, said=error.message)
        except (OutboundFailed, httpx2.HTTPError) as error:
            return Outcome(ending=Ending.LATER, said=f"Teams cannot be reached: {error}")
        return judged(answer.status_code)


def card_of(parcel: Parcel) -> dict[str, object]:
    """The message of a workflow: one adaptive card (schema 1.5)."""
    lines = [line.strip() for line in parcel.text.splitlines()[1:] if line.strip()]
    text = _escaped("\n\n".join(lines))
    body = [
        {"type": "TextBlock", "text": _escaped(parcel.subject), "size": "Large", "weight": "Bolder", "wrap": True},
        {"type": "TextBlock", "text": text[:_LONGEST_TEXT], "wrap": True},
    ]
    actions = [{"type": "Action.OpenUrl", "title": name, "url": address} for name, address in parcel.links]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
        "actions": actions,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _escaped(text: str) -> str:
    """A text whose signs mean nothing to the Markdown of cards."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]()#" else sign for sign in text)
