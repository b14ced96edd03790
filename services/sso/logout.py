"""Single logout: who came from an organisation's provider signs out there as well, and there means here too."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import UserError
from services.platform import Platform
from services.sso.assertions import use_assertion
from services.sso.configuration import SamlConfiguration
from services.sso.errors import SsoRefused
from services.sso.providers import Provider, find_provider, saml_providers, signing_pair
from services.sso.signin import judging
from tenants import directory
from tenants.access.links import token_hash
from tenants.audit import AuditAction, record_event
from tenants.saml_schema import SamlSessionRow
from tenants.schema import MemberRow, SessionRow

if TYPE_CHECKING:
    from services.sso.saml_logout import LogoutRequest


def logout_address(platform: Platform, provider_id: str, cookie: str) -> str | None:
    """Where the browser goes to end the session at the provider; None where there is no such place.

    A provider that does not answer keeps nobody signed in here: the session here has ended already.
    """
    with platform.session() as session:
        provider = find_provider(session, provider_id=provider_id)
        person = session.get(SamlSessionRow, token_hash(cookie))
    if provider is None:
        return None
    if isinstance(provider.configuration, SamlConfiguration):
        return None if person is None else _saml_address(platform, provider, provider.configuration, person)
    from services.sso.oidc import end_address

    try:
        return end_address(
            provider.configuration,
            back=f"{platform.settings.address}/signin",
            allowed_hosts=platform.settings.allowed_hosts,
        )
    except UserError:
        return None


def end_by_provider(platform: Platform, query: str) -> str:
    """End the sessions that a SAML provider's request names; returns where the browser goes back to, with our answer.

    Raises SsoRefused for what its provider has not signed, for this service, just now and once; a refusal is audited.
    """
    from services.sso.saml_logout import read_request

    return _end(platform, lambda: read_request(query))


def end_by_posted_request(platform: Platform, text: str, relay_state: str) -> str:
    """As `end_by_provider`, for a request that the provider's page has posted; our answer goes by redirect."""
    from services.sso.saml_logout import read_posted_request

    return _end(platform, lambda: read_posted_request(text, relay_state))


def _end(platform: Platform, read: "Callable[[], LogoutRequest]") -> str:
    from services.sso.saml_logout import judge_request

    with judging(platform) as judged:
        request = read()
        refusal = SsoRefused("no_provider")
        with platform.session() as session:
            providers = saml_providers(session, request.issuer)
        # Several tenants may have the same provider; whose key has signed it is the one that is meant.
        for provider, configuration in providers:
            judged.provider = provider
            pair = signing_pair(platform, provider)
            if pair is None:
                continue
            address, now = platform.settings.address, platform.clock()
            try:
                logout = judge_request(configuration, pair, request, address=address, now=now)
            except SsoRefused as error:
                refusal = error
                continue
            with platform.session() as session:
                use_assertion(session, provider.id, f"logout {logout.id}", ends_at=logout.expires_at)
            with platform.session() as session:
                _end_sessions(session, platform, provider, logout.name_id, logout.sessions)
            return logout.answer_address
        raise refusal


def metadata_of(platform: Platform, provider_id: str = "") -> str:
    """What a SAML provider has to know of us; the one named finds the certificate of our requests in it.

    It is the same for an id that is not known: who may not see a provider does not learn whether there is one.
    """
    from services.sso.saml import service_metadata

    with platform.session() as session:
        provider = find_provider(session, provider_id=provider_id) if provider_id else None
    pair = None if provider is None else signing_pair(platform, provider)
    if provider is None or pair is None:
        return service_metadata(platform.settings.address)
    are_signed = getattr(provider.configuration, "wants_signed_requests", False)
    return service_metadata(platform.settings.address, pair, are_requests_signed=are_signed)


def _saml_address(
    platform: Platform, provider: Provider, configuration: SamlConfiguration, row: SamlSessionRow
) -> str | None:
    pair = signing_pair(platform, provider)
    if pair is None:
        return None
    from services.sso.saml import SamlPerson
    from services.sso.saml_logout import logout_request_address

    person = SamlPerson(name_id=row.name_id, name_format=row.name_format, session_index=row.session_index)
    return logout_request_address(configuration, pair, person, address=platform.settings.address)


def _end_sessions(
    session: Session, platform: Platform, provider: Provider, name_id: str, indexes: frozenset[str]
) -> None:
    statement = (
        select(SessionRow.token_hash, MemberRow)
        .join(SamlSessionRow, SamlSessionRow.token_hash == SessionRow.token_hash)
        .join(MemberRow, MemberRow.id == SessionRow.member_id)
        .where(SamlSessionRow.provider_id == provider.id, SamlSessionRow.name_id == name_id)
        .where(SessionRow.ended_at.is_(None))
    )
    if indexes:
        statement = statement.where(SamlSessionRow.session_index.in_(indexes))
    for key, member in session.execute(statement).tuples().all():
        ended = update(SessionRow).where(SessionRow.token_hash == key)
        session.execute(ended.values(ended_at=platform.clock()))
        principal = directory.principal(session, provider.tenant, member)
        data = {"way": provider.name}
        record_event(session, AuditAction.SESSION_ENDED, subject=member.email, principal=principal, data=data)
