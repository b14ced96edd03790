"""Sign-in at an organisation's own identity provider: away, and back with an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import UserError
from core.ids import new_token
from services.platform import Platform
from services.sso.admission import admit
from services.sso.errors import SsoRefused
from services.sso.flow import Flow, begin_flow, take_flow
from services.sso.oidc import authorization_address, redeem_code
from services.sso.providers import Provider, find_provider, secret_name
from tenants.audit import AuditAction, record_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where the browser goes, and the cookie that it has to bring back."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The cookie value of the new session, and where the person wanted to go."""

    token: str
    target: str


def begin_sso(platform: Platform, *, slug: str = "", email: str = "", target: str = "/") -> Departure | None:
    """The way to the provider of a tenant, or of an address's domain; None where there is none."""
    with platform.session() as session:
        provider = find_provider(session, slug=slug, email=email)
    if provider is None:
        return None
    state, nonce, verifier = new_token(), new_token(), new_token()
    address = authorization_address(
        provider.configuration,
        callback=callback_address(platform),
        state=state,
        nonce=nonce,
        verifier=verifier,
        allowed_hosts=platform.settings.allowed_hosts,
    )
    flow = Flow(provider_id=provider.id, nonce=nonce, verifier=verifier, target=target)
    with platform.session() as session:
        browser = begin_flow(session, flow, state=state, now=platform.clock())
    return Departure(address=address, browser=browser)


def finish_oidc(platform: Platform, answer: Mapping[str, str], browser: str) -> Arrival:
    """Sign in with a provider's answer. Raises SsoRefused, OutboundFailed; a refusal is audited with its reason."""
    provider: Provider | None = None
    try:
        # A transaction of its own: an answer uses its flow up, whatever comes of it.
        flow = _take(platform, answer.get("state", ""), browser)
        with platform.session() as session:
            provider = find_provider(session, provider_id=flow.provider_id)
            if provider is None:
                raise SsoRefused("no_provider")
            secret = platform.find_secret(session, provider.tenant, secret_name(provider.id))
        identity = redeem_code(
            provider.configuration,
            secret,
            answer,
            callback=callback_address(platform),
            nonce=flow.nonce,
            verifier=flow.verifier,
            now=platform.clock(),
            allowed_hosts=platform.settings.allowed_hosts,
        )
        return Arrival(token=admit(platform, provider, identity), target=flow.target)
    except UserError as error:
        _record_refusal(platform, provider, error)
        raise


def callback_address(platform: Platform) -> str:
    """The redirect address to register at an OpenID provider."""
    return f"{platform.settings.address}/signin/oidc"


def _take(platform: Platform, state: str, browser: str) -> Flow:
    with platform.session() as session:
        return take_flow(session, state=state, browser=browser, now=platform.clock())


def _record_refusal(platform: Platform, provider: Provider | None, error: UserError) -> None:
    with platform.session() as session:
        record_event(
            session,
            AuditAction.SIGNIN_REFUSED,
            subject=provider.name if provider else "single sign-on",
            tenant_id=provider.tenant.id if provider else None,
            data={"reason": error.data.get("reason", error.code)},
        )
