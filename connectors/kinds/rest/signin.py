"""The credentials of a REST source as they go with requests."""

from connectors.contract import Reach
from connectors.http import Auth, fetch_token
from connectors.kinds.rest.config import AuthKind, Config


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
            return Auth.renewed(
                lambda: fetch_token(config.token_url, config.user, secret, reach, timeout_s=config.timeout_s)
            )
