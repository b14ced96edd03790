"""Tokens that a client fetches for itself (OAuth 2.0, RFC 6749, 4.4)."""

import httpx2

from connectors.contract import Reach
from connectors.errors import AccessRevokedError, TransientSourceError
from core.outbound import CheckedTransport


def fetch_token(address: str, client_id: str, client_secret: str, reach: Reach, *, timeout_s: float) -> str:
    """The header's value with a new token. Raises AccessRevokedError, TransientSourceError."""
    transport = httpx2.HTTPTransport() if reach.is_operators else CheckedTransport(reach.allowed_hosts)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    try:
        with httpx2.Client(transport=transport, timeout=timeout_s, trust_env=False) as client:
            answer = client.post(address, data=form)
            token = answer.json().get("access_token") if answer.status_code == 200 else None
    except (httpx2.HTTPError, ValueError) as error:
        raise TransientSourceError(f"No token could be fetched: {type(error).__name__}.") from None
    if answer.status_code >= 500 or answer.status_code in {408, 429}:
        raise TransientSourceError(f"No token could be fetched just now (status {answer.status_code}).")
    if not isinstance(token, str):
        raise AccessRevokedError(
            f"The client is not given a token any more (status {answer.status_code}). Somebody must connect the source "
            "again with an id and secret that are in force."
        )
    return f"Bearer {token}"
