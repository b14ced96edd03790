"""Slack: a direct message to each recipient, found by their address, or one channel with the rows of one member.

The message is made of blocks, the files follow in its thread. The tenant's token is a secret of the tenant.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import InvalidError
from services.deliveries.channels import Ending, Outcome, Parcel
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.tenant import Tenant

if TYPE_CHECKING:
    from slack_sdk import WebClient

KIND = "slack"
_SECRET = "slack token"  # noqa: S105 - the name of a secret
_TIMEOUT_S = 30
_LONGEST_HEADER, _LONGEST_SECTION, _MOST_SECTIONS = 150, 3_000, 10
# What Slack says of this message or this reader; anything else somebody can mend.
_FINAL = frozenset({"users_not_found", "user_not_found", "channel_not_found", "is_archived", "msg_too_long"})


def check(platform: Platform, configuration: Mapping[str, object]) -> None:  # noqa: ARG001
    """Raises InvalidError for what is not the id of a channel; without one, messages are direct."""
    channel = str(configuration.get("to", ""))
    if channel and not (channel.isalnum() and channel.isupper()):
        raise InvalidError(f"{channel!r} is not a Slack channel: use its id, such as C0123456789, from its details.")


def is_shared(configuration: Mapping[str, object]) -> bool:
    """Whether it goes to a channel, which everybody in it reads."""
    return bool(configuration.get("to"))


@permitted(Permission.TENANT_MANAGE)
def connect_slack(platform: Platform, principal: Principal, token: str) -> None:
    """Keep the bot token of the tenant's workspace, encrypted. Raises InvalidError."""
    if not token.startswith("xoxb-"):
        raise InvalidError("A bot token of Slack begins with xoxb-; find it under OAuth & Permissions of your app.")
    with platform.session() as session:
        platform.keep_secret(session, principal.tenant, _SECRET, token)
        data: dict[str, object] = {"change": "connected"}
        record_event(session, AuditAction.SCHEDULE_CHANGED, subject=KIND, principal=principal, data=data)


@contextmanager
def open_channel(platform: Platform, tenant: Tenant, configuration: Mapping[str, object]) -> Iterator["SlackSender"]:
    """A sender with the tenant's token. Raises InvalidError where there is none."""
    from slack_sdk import WebClient

    with platform.session() as session:
        token = platform.find_secret(session, tenant, _SECRET)
    if token is None:
        raise InvalidError("Slack is not connected. An administrator gives its token with `plumbline channel slack`.")
    client = WebClient(token=token, base_url=platform.settings.slack_url, timeout=_TIMEOUT_S)
    yield SlackSender(client, str(configuration.get("to", "")))


class SlackSender:
    """Sends to one channel, or to each recipient."""

    def __init__(self, client: "WebClient", channel: str) -> None:
        self._client = client
        self._channel = channel

    def send(self, parcel: Parcel) -> Outcome:
        """Post the message, then its files in its thread."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            channel = self._channel or self._direct(parcel.recipient)
            posted = self._client.chat_postMessage(
                channel=channel, text=parcel.subject, blocks=blocks_of(parcel), unfurl_links=False
            )
            if parcel.files:
                uploads = [
                    {"filename": file.name, "title": file.name, "content": file.content} for file in parcel.files
                ]
                self._client.files_upload_v2(channel=posted["channel"], thread_ts=posted["ts"], file_uploads=uploads)
        except SlackApiError as error:
            said = str(error.response.get("error", "no answer"))
            return Outcome(ending=Ending.REFUSED if said in _FINAL else Ending.LATER, said=f"Slack says {said}.")
        except (SlackClientError, OSError) as error:
            return Outcome(ending=Ending.LATER, said=f"Slack cannot be reached: {error}")
        return Outcome(ending=Ending.SENT, said=f"{posted['channel']} {posted['ts']}")

    def _direct(self, recipient: str) -> str:
        user = self._client.users_lookupByEmail(email=recipient)["user"]["id"]
        return str(self._client.conversations_open(users=user)["channel"]["id"])


def blocks_of(parcel: Parcel) -> list[dict[str, object]]:
    """A heading, the words of the report, and how to leave."""
    text = escaped("\n".join(line for line in parcel.text.splitlines()[1:] if line.strip()))
    pieces = [text[start : start + _LONGEST_SECTION] for start in range(0, len(text), _LONGEST_SECTION)]
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": parcel.subject[:_LONGEST_HEADER]}}
    ]
    blocks += [{"type": "section", "text": {"type": "mrkdwn", "text": piece}} for piece in pieces[:_MOST_SECTIONS]]
    leave = {"type": "mrkdwn", "text": f"<{parcel.unsubscribe_address}|Unsubscribe>"}
    return [*blocks, {"type": "context", "elements": [leave]}]


def escaped(text: str) -> str:
    """A text whose signs mean nothing to Slack: no link, no mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
