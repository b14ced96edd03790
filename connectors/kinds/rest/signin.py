"""The credentials of a REST source as they go with requests."""

import httpx2

from connectors.contract import Reach
from connectors.errors import AccessRevokedError, TransientSourceError
from connectors.http.auth import Auth
from connectors.kinds.rest.config import AuthKind, Config
from core.outbound import CheckedTransport

_TIMEOUT_S = 20.0


def auth_of(config: Config, reach: Reach) -> Auth:
    """What goes with each request; a token of OAuth is fetched now, and again once it is refused."""
    secret = config.secret.get_secret_value()
    match config.auth:
        case AuthKind.NONE:
            return Auth()
        case AuthKind.BEARER:
            return Auth.bearer(secret)
        case AuthKind.BASIC:
            return Auth.basic(config.user, secret)
        case AuthKind.HEADER:
            return Auth(header=config.user, value=secret)
        case AuthKind.OAUTH:
            return Auth(
                header="Authorization", value=_fetch_token(config, reach), renew=lambda: _fetch_token(config, reach)
            )


def _fetch_token(config: Config, reach: Reach) -> str:
    """A token for the client itself (RFC 6749, 4.4). Raises AccessRevokedError, TransientSourceError."""
    transport = httpx2.HTTPTransport() if reach.is_operators else CheckedTransport(reach.allowed_hosts)
    form = {
        "grant_type": "client_credentials",
        "client_id": config.user,
        "client_secret": config.secret.get_secret_value(),
    }
    try:
        with httpx2.Client(transport=transport, timeout=_TIMEOUT_S, trust_env=False) as client:
            answer = client.post(config.token_url, data=form)
            token = answer.json().get("access_token") if answer.status_code == 200 else None
    except (httpx2.HTTPError, ValueError) as error:
        raise TransientSourceError(f"No token could be fetched: {type(error).__name__}.") from None
    if answer.status_code >= 500 or answer.status_code == 429:
        raise TransientSourceError(f"No token could be fetched just now (status {answer.status_code}).")
    if not isinstance(token, str):
        raise AccessRevokedError(
            f"The client is not given a token any more (status {answer.status_code}). Somebody must connect the source "
            "again with an id and secret that are in force."
        )
    return f"Bearer {token}"
