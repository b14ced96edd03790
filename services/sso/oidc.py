"""OpenID Connect as relying party: discovery, code flow with PKCE, and the checks of an ID token.

OpenID Connect Core 1.0 section 3.1.3.7 (ID token), Discovery 1.0 section 4.3 (issuer), RFC 7636 (PKCE, S256 only),
RFC 9207 (issuer in the answer), RFC 8725 (only named asymmetric algorithms).
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlencode

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from core.errors import InvalidError
from core.outbound import CheckedTransport, OutboundFailed, fetch_json, outbound_client
from services.sso.configuration import OidcConfiguration
from services.sso.errors import SsoRefused
from services.sso.identity import Identity

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_S = 60
_KEEP_S = 3600.0
_TIMEOUT_S = 10.0
_REQUIRED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class _Documents:
    """What providers publish, kept for an hour; keys are fetched anew when a token names one that is not there."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, dict[str, object]]] = {}
        self._lock = threading.Lock()

    def find(self, address: str, allowed_hosts: Collection[str], *, is_fresh: bool = False) -> dict[str, object]:
        """The JSON at an address. Raises OutboundFailed, OutboundRefused."""
        with self._lock:
            at, content = self._kept.get(address, (0.0, {}))
        if content and not is_fresh and time.monotonic() - at < _KEEP_S:
            return content
        with outbound_client(allowed_hosts) as client:
            content = fetch_json(client, address)
        with self._lock:
            self._kept[address] = (time.monotonic(), content)
        return content


_documents = _Documents()


def check_connection(configuration: OidcConfiguration, *, allowed_hosts: Collection[str]) -> None:
    """Whether the provider answers and publishes keys we can use. Raises OutboundFailed, InvalidError."""
    metadata = _discover(configuration, allowed_hosts, is_fresh=True)
    _keys(metadata, allowed_hosts, is_fresh=True)


def authorization_address(
    configuration: OidcConfiguration,
    *,
    callback: str,
    state: str,
    nonce: str,
    verifier: str,
    allowed_hosts: Collection[str],
) -> str:
    """Where to send the browser."""
    metadata = _discover(configuration, allowed_hosts)
    with _client(configuration, None, metadata, callback, allowed_hosts) as client:
        address, _ = client.create_authorization_url(
            str(metadata["authorization_endpoint"]), state=state, code_verifier=verifier, nonce=nonce
        )
    return str(address)


def end_address(configuration: OidcConfiguration, *, back: str, allowed_hosts: Collection[str]) -> str | None:
    """Where to send the browser to sign out at the provider (RP-Initiated Logout 1.0); None where it offers none."""
    address = _discover(configuration, allowed_hosts).get("end_session_endpoint")
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        return None
    query = urlencode({"client_id": configuration.client_id, "post_logout_redirect_uri": back})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def redeem_code(
    configuration: OidcConfiguration,
    secret: str | None,
    answer: Mapping[str, str],
    *,
    callback: str,
    nonce: str,
    verifier: str,
    now: dt.datetime,
    allowed_hosts: Collection[str],
) -> Identity:
    """Who has signed in, from the parameters of the provider's answer. Raises SsoRefused, OutboundFailed."""
    metadata = _discover(configuration, allowed_hosts)
    _require_issuer(configuration, metadata, answer)
    if "error" in answer or not answer.get("code"):
        raise SsoRefused("provider_error", f"The identity provider says: {answer.get('error', 'no code')[:100]}.")
    with _client(configuration, secret, metadata, callback, allowed_hosts) as client:
        try:
            tokens = client.fetch_token(
                str(metadata["token_endpoint"]), code=answer["code"], code_verifier=verifier, redirect_uri=callback
            )
        except OAuthError as error:
            raise SsoRefused("code") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise OutboundFailed(f"{metadata['token_endpoint']} did not answer as expected.") from error
    id_token = tokens.get("id_token")
    if not isinstance(id_token, str):
        raise SsoRefused("no_id_token")
    claims = _checked_claims(
        configuration,
        id_token,
        keys=lambda is_fresh: _keys(metadata, allowed_hosts, is_fresh=is_fresh),
        params={"nonce": nonce, "client_id": configuration.client_id, "access_token": tokens.get("access_token")},
        now=now,
    )
    if "email" not in claims and "userinfo_endpoint" in metadata:
        claims = {**_userinfo(metadata, str(tokens.get("access_token")), claims, allowed_hosts), **claims}
    return _identity(configuration, claims)


def _discover(
    configuration: OidcConfiguration, allowed_hosts: Collection[str], *, is_fresh: bool = False
) -> dict[str, object]:
    address = f"{configuration.issuer.rstrip('/')}/.well-known/openid-configuration"
    metadata = _documents.find(address, allowed_hosts, is_fresh=is_fresh)
    missing = [name for name in _REQUIRED if not isinstance(metadata.get(name), str)]
    if missing:
        raise OutboundFailed(f"{address} does not tell {', '.join(missing)}; it is not an OpenID provider's.")
    if metadata["issuer"] != configuration.issuer:
        raise InvalidError(
            f"{address} is of the issuer {metadata['issuer']}, not {configuration.issuer}. Use that one if it is right."
        )
    return metadata


def _keys(metadata: Mapping[str, object], allowed_hosts: Collection[str], *, is_fresh: bool) -> KeySet:
    address = str(metadata["jwks_uri"])
    content = _documents.find(address, allowed_hosts, is_fresh=is_fresh)
    try:
        # A symmetric key has no place among published keys; one there would let anybody sign.
        published = [key for key in content["keys"] if key.get("kty") != "oct"]  # type: ignore[attr-defined]
        return KeySet.import_key_set({"keys": published})
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutboundFailed(f"{address} does not hold keys as of RFC 7517.") from error


def _client(
    configuration: OidcConfiguration,
    secret: str | None,
    metadata: Mapping[str, object],
    callback: str,
    allowed_hosts: Collection[str],
) -> OAuth2Client:
    offered = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    usable = [method for method in _AUTH_METHODS if method in offered] if isinstance(offered, list) else []
    return OAuth2Client(
        configuration.client_id,
        secret,
        token_endpoint_auth_method=(usable or [_AUTH_METHODS[0]])[0] if secret else "none",
        scope=configuration.scopes,
        redirect_uri=callback,
        code_challenge_method="S256",
        transport=CheckedTransport(allowed_hosts),
        timeout=_TIMEOUT_S,
        trust_env=False,
    )


def _require_issuer(
    configuration: OidcConfiguration, metadata: Mapping[str, object], answer: Mapping[str, str]
) -> None:
    """RFC 9207: an answer that names another issuer, or none where the provider promises one, is mixed up."""
    named = answer.get("iss")
    is_promised = metadata.get("authorization_response_iss_parameter_supported") is True
    if (named is None and is_promised) or (named is not None and named != configuration.issuer):
        raise SsoRefused("issuer_mixed_up")


def _checked_claims(
    configuration: OidcConfiguration,
    id_token: str,
    *,
    keys: Callable[[bool], KeySet],
    params: dict[str, object],
    now: dt.datetime,
) -> dict[str, object]:
    """The claims of an ID token that is signed by a published key and made for this sign-in."""
    try:
        token = _decode(id_token, keys)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": configuration.issuer},
                "aud": {"essential": True, "value": configuration.client_id},
            },
            params,
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
    except ClaimError as error:
        raise SsoRefused(f"token_{error.claim}") from error
    except (JoseError, ValueError, TypeError) as error:
        raise SsoRefused("token_signature") from error
    return dict(claims)


def _decode(id_token: str, keys: Callable[[bool], KeySet]) -> jwt.Token:
    try:
        return jwt.decode(id_token, keys(False), algorithms=_ALGORITHMS)
    except InvalidKeyIdError:
        # The provider has changed its keys since they were fetched: look once more.
        return jwt.decode(id_token, keys(True), algorithms=_ALGORITHMS)


def _userinfo(
    metadata: Mapping[str, object], access_token: str, claims: Mapping[str, object], allowed_hosts: Collection[str]
) -> dict[str, object]:
    """What a provider with short ID tokens tells apart; it must speak of the same person (Core 1.0, 5.3.2)."""
    with outbound_client(allowed_hosts) as client:
        told = fetch_json(client, str(metadata["userinfo_endpoint"]), token=access_token)
    if told.get("sub") != claims["sub"]:
        raise SsoRefused("userinfo_sub")
    return told


def _identity(configuration: OidcConfiguration, claims: Mapping[str, object]) -> Identity:
    email, groups = claims.get("email"), claims.get(configuration.groups_claim)
    if not isinstance(email, str) or not email:
        raise SsoRefused("no_email", "The identity provider tells no e-mail address.")
    # Providers of one organisation's directory leave this out; who says that it is not verified is believed.
    if claims.get("email_verified", True) not in {True, "true"}:
        raise SsoRefused("email_unverified", "The identity provider has not verified this e-mail address.")
    return Identity(
        subject=str(claims["sub"]),
        email=email.strip().lower(),
        name=str(claims.get("name") or email),
        groups=tuple(str(group) for group in groups) if isinstance(groups, list) else (),
    )
