"""Sign-in at an organisation's own identity provider: away, and back with an answer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from core.errors import UserError
from core.ids import new_token
from services.platform import Platform
from services.signin import start_member_session
from services.sso.admission import admit
from services.sso.assertions import use_assertion
from services.sso.configuration import OidcConfiguration, SamlConfiguration
from services.sso.errors import SsoRefused
from services.sso.flow import Flow, begin_flow, keep_flow, take_flow
from services.sso.providers import Provider, callback_address, find_provider, secret_name, signing_pair
from tenants.access.links import token_hash
from tenants.audit import AuditAction, record_event
from tenants.saml_schema import SamlSessionRow

# Stands where a request's id stood once its response was accepted; no request's id is like it.
_ARRIVED = "arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where the browser goes, or posts the form if there is one, and the cookie that it has to bring back."""

    address: str
    browser: str
    form: Mapping[str, str]


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
    form: Mapping[str, str] = {}
    if isinstance(provider.configuration, SamlConfiguration):
        from services.sso.saml import build_request

        pair = signing_pair(platform, provider)
        request = build_request(provider.configuration, address=platform.settings.address, state=state, pair=pair)
        address, nonce, form = request.address, request.request_id, request.form
    else:
        from services.sso.oidc import authorization_address

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
    return Departure(address=address, browser=browser, form=form)


def finish_oidc(platform: Platform, answer: Mapping[str, str], browser: str) -> Arrival:
    """Sign in with an OpenID provider's answer. Raises SsoRefused, OutboundFailed; a refusal is audited."""
    with judging(platform) as judged:
        # A transaction of its own: an answer uses its flow up, whatever comes of it.
        flow = _take(platform, answer.get("state", ""), browser)
        provider = judged.provider = _provider_of(platform, flow)
        if not isinstance(provider.configuration, OidcConfiguration):
            raise SsoRefused("wrong_kind")
        with platform.session() as session:
            secret = platform.find_secret(session, provider.tenant, secret_name(provider.id))
        from services.sso.oidc import redeem_code

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
        member_id = admit(platform, provider, identity)
        token = start_member_session(platform, member_id, "oidc", provider_id=provider.id)
        return Arrival(token=token, target=flow.target)


def accept_saml(platform: Platform, response: str, state: str) -> str:
    """Check a SAML response, which another site's page posts; returns a ticket for the browser that began the sign-in.

    Raises SsoRefused; a refusal is audited.
    """
    with judging(platform) as judged:
        flow = _take(platform, state, None)
        provider = judged.provider = _provider_of(platform, flow)
        if not isinstance(provider.configuration, SamlConfiguration):
            raise SsoRefused("wrong_kind")
        from services.sso.saml import read_response

        assertion = read_response(
            provider.configuration, response, address=platform.settings.address, request_id=flow.nonce
        )
        with platform.session() as session:
            use_assertion(session, provider.id, assertion.id, ends_at=assertion.expires_at)
        ticket = new_token()
        member_id, person = admit(platform, provider, assertion.identity), json.dumps(asdict(assertion.person))
        arrived = replace(flow, nonce=_ARRIVED, verifier=member_id, person=person)
        with platform.session() as session:
            keep_flow(session, arrived, state=ticket, now=platform.clock())
        return ticket


def finish_saml(platform: Platform, ticket: str, browser: str) -> Arrival:
    """Sign in with the ticket of a checked response. Raises SsoRefused; a refusal is audited."""
    with judging(platform):
        flow = _take(platform, ticket, browser)
        if flow.nonce != _ARRIVED:
            raise SsoRefused("state")
        token = start_member_session(platform, flow.verifier, "saml", provider_id=flow.provider_id)
        with platform.session() as session:
            session.add(
                SamlSessionRow(token_hash=token_hash(token), provider_id=flow.provider_id, **json.loads(flow.person))
            )
        return Arrival(token=token, target=flow.target)


@dataclass(slots=True)
class Judged:
    """Whose answer is being judged, once that is known."""

    provider: Provider | None = None


@contextmanager
def judging(platform: Platform) -> Iterator[Judged]:
    """Audit a refusal within the block, under the tenant whose provider it was."""
    judged = Judged()
    try:
        yield judged
    except UserError as error:
        _record_refusal(platform, judged.provider, error)
        raise


def _provider_of(platform: Platform, flow: Flow) -> Provider:
    with platform.session() as session:
        provider = find_provider(session, provider_id=flow.provider_id)
    if provider is None:
        raise SsoRefused("no_provider")
    return provider


def _take(platform: Platform, state: str, browser: str | None) -> Flow:
    with platform.session() as session:
        return take_flow(session, state=state, browser=browser, now=platform.clock())


def _record_refusal(platform: Platform, provider: Provider | None, error: UserError) -> None:
    with platform.session() as session:
        record_event(
            session,
            AuditAction.SIGNIN_REFUSED,
            subject=provider.name if provider else "single sign-on",
            tenant_id=provider.tenant.id if provider else None,
            data={"reason": error.code, **error.data},
        )
