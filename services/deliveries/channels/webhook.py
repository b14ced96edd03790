"""A POST of JSON to an https address, signed as Standard Webhooks say; the files are in it as base64.

A private address is refused unless the operator allows its host. An answer of 2xx is a receipt, 408, 429 and 5xx are
tried again, others are final.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2

from core.errors import InvalidError
from core.outbound import OutboundFailed, OutboundRefused, outbound_client
from services.deliveries.channels import Ending, Outcome, Parcel
from services.platform import Platform
from tenants.tenant import Tenant

KIND = "webhook"
_AGAIN = frozenset({408, 425, 429})


def check(platform: Platform, configuration: Mapping[str, object]) -> None:
    """Raises InvalidError for what is not an https address; a host the operator allows may go without TLS."""
    address = urlsplit(str(configuration.get("to", "")))
    is_allowed = (address.hostname or "") in platform.settings.allowed_hosts
    if address.scheme != "https" and not (address.scheme == "http" and is_allowed):
        raise InvalidError(f"{configuration.get('to')!r} is not an https address for a webhook.")


def signing_secret(platform: Platform, tenant: Tenant) -> str:
    """What the receiver checks signatures with; it stays the same."""
    return "whsec_" + base64.b64encode(_key(platform, tenant)).decode()


def is_shared(configuration: Mapping[str, object]) -> bool:  # noqa: ARG001
    """Each recipient has a place of their own."""
    return False


@contextmanager
def open_channel(platform: Platform, tenant: Tenant, configuration: Mapping[str, object]) -> Iterator["WebhookSender"]:
    """A sender over one client."""
    check(platform, configuration)
    with outbound_client(platform.settings.allowed_hosts) as client:
        yield WebhookSender(platform, tenant, client, str(configuration["to"]))


class WebhookSender:
    """Posts to one address."""

    def __init__(self, platform: Platform, tenant: Tenant, client: httpx2.Client, address: str) -> None:
        self._platform = platform
        self._tenant = tenant
        self._client = client
        self._address = address

    def send(self, parcel: Parcel) -> Outcome:
        """Post once. The id is the same however often it is tried, so that a receiver can tell."""
        body = _body(parcel)
        name = parcel.message_id.strip("<>").partition("@")[0]
        stamp = str(int(self._platform.clock().timestamp()))
        signed = hmac.new(_key(self._platform, self._tenant), f"{name}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(signed.digest()).decode(),
        }
        try:
            # What is signed for one address goes nowhere else.
            answer = self._client.post(self._address, content=body, headers=headers, follow_redirects=False)
        except OutboundRefused as error:
            return Outcome(ending=Ending.REFUSED, said=error.message)
        except (OutboundFailed, httpx2.HTTPError) as error:
            return Outcome(ending=Ending.LATER, said=f"{self._address} cannot be reached: {error}")
        return judged(answer.status_code)


def judged(status: int) -> Outcome:
    """What an HTTP status says: 2xx took it, 408, 425, 429 and 5xx may later, others never."""
    said = f"Status {status}"
    if 200 <= status < 300:
        return Outcome(ending=Ending.SENT, said=said)
    is_passing = status in _AGAIN or status >= 500
    return Outcome(ending=Ending.LATER if is_passing else Ending.REFUSED, said=said)


def _body(parcel: Parcel) -> bytes:
    files = [
        {
            "name": file.name,
            "media_type": file.media_type,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "content": base64.b64encode(file.content).decode(),
        }
        for file in parcel.files
    ]
    data = {
        "schedule": parcel.schedule,
        "period": parcel.period,
        "recipient": parcel.recipient,
        "subject": parcel.subject,
        "text": parcel.text,
        "files": files,
    }
    return json.dumps({"type": "report.delivered", "data": data}, ensure_ascii=False).encode()


def _key(platform: Platform, tenant: Tenant) -> bytes:
    return bytes.fromhex(platform.keys.sign(f"webhook/{tenant.id}".encode()))
