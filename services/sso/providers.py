"""The identity providers of a tenant. One is saved only after a connection to it has worked."""

from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from services.permitted import permitted
from services.platform import Platform
from services.sso.configuration import OidcConfiguration, SamlConfiguration
from services.sso.domains import holder_of
from services.sso.signing import SigningPair, new_pair, read_pair
from tenants import directory
from tenants.access import Permission, Principal
from tenants.access.signin_policy import is_sso_only
from tenants.access.tenant_roles import require_roles
from tenants.audit import AuditAction, record_event
from tenants.schema import DomainRow, ProviderRow, SecretRow, SigninPolicyRow, TenantRow
from tenants.tenant import Tenant

Configuration = OidcConfiguration | SamlConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A saved identity provider of a tenant."""

    id: str
    tenant: Tenant
    name: str
    configuration: Configuration


def parse_configuration(content: dict[str, object]) -> Configuration:
    """A configuration from what was typed. Raises InvalidError with all problems at once."""
    try:
        if content.get("kind") == "saml":
            return SamlConfiguration.model_validate(content)
        return OidcConfiguration.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise InvalidError(f"The provider cannot be used: {problems}.") from error


@permitted(Permission.SIGNIN_CONFIGURE)
def save_provider(
    platform: Platform, principal: Principal, *, name: str, configuration: Configuration, secret: str | None
) -> Provider:
    """Test the connection, then keep it. Raises OutboundFailed, OutboundRefused, InvalidError, ForbiddenError."""
    if not name.strip():
        raise InvalidError("A provider needs a name, which the sign-in page shows.")
    tenant = principal.tenant
    with platform.session() as session:
        require_roles(session, tenant.id, sorted(configuration.roles))
    _check_connection(configuration, platform.settings.allowed_hosts)
    if isinstance(configuration, SamlConfiguration) and configuration.needs_pair:
        secret = new_pair(platform.settings.address, platform.clock()).as_text()
    with platform.session() as session:
        row = ProviderRow(
            id=new_id(),
            tenant_id=tenant.id,
            kind=configuration.kind,
            name=name.strip()[:200],
            configuration=configuration.model_dump(),
            created_at=platform.clock(),
        )
        session.add(row)
        session.flush()
        if secret:
            platform.keep_secret(session, tenant, secret_name(row.id), secret)
        _record(session, principal, row.name, provider="saved", configuration=configuration.model_dump())
        return _provider(session, row)


def _check_connection(configuration: Configuration, allowed_hosts: frozenset[str]) -> None:
    if isinstance(configuration, OidcConfiguration):
        from services.sso.oidc import check_connection

        check_connection(configuration, allowed_hosts=allowed_hosts)
    else:
        from core.outbound import outbound_client, require_answer

        with outbound_client(allowed_hosts) as client:
            require_answer(client, configuration.sso_address)


def callback_address(platform: Platform) -> str:
    """The redirect address to register at an OpenID provider."""
    return f"{platform.settings.address}/signin/oidc"


def metadata_address(platform: Platform, provider: Provider | None = None) -> str:
    """Where a SAML provider reads what it has to know of this service; by itself also this service's entity id.

    That of one provider has the certificate of the requests that it is sent.
    """
    address = f"{platform.settings.address}/signin/saml-metadata"
    return address if provider is None else f"{address}?provider={provider.id}"


def signing_pair(platform: Platform, provider: Provider) -> SigningPair | None:
    """What requests to a SAML provider are signed with; None where it is sent none that is signed."""
    if not isinstance(provider.configuration, SamlConfiguration) or not provider.configuration.needs_pair:
        return None
    with platform.session() as session:
        kept = platform.find_secret(session, provider.tenant, secret_name(provider.id))
    return None if kept is None else read_pair(kept)


@permitted(Permission.SIGNIN_CONFIGURE)
def has_sso_only(platform: Platform, principal: Principal) -> bool:
    """Whether members of the tenant may sign in by a provider only."""
    with platform.session() as session:
        return is_sso_only(session, principal.tenant.id)


@permitted(Permission.SIGNIN_CONFIGURE)
def remove_provider(platform: Platform, principal: Principal, provider_id: str) -> None:
    """Forget a provider and its secret. Raises ForbiddenError, ConflictError for the last one under "SSO only"."""
    with platform.session() as session:
        row = session.get(ProviderRow, provider_id)
        if row is None or row.tenant_id != principal.tenant.id:
            raise ForbiddenError("There is no such provider.")
        if is_sso_only(session, row.tenant_id) and len(_rows(session, row.tenant_id)) == 1:
            raise ConflictError("Single sign-on is demanded, and this is the only provider. Lift the demand first.")
        session.execute(
            delete(SecretRow).where(SecretRow.tenant_id == row.tenant_id, SecretRow.name == secret_name(row.id))
        )
        session.delete(row)
        _record(session, principal, row.name, provider="removed")


@permitted(Permission.SIGNIN_CONFIGURE)
def list_providers(platform: Platform, principal: Principal) -> list[Provider]:
    """The tenant's providers in the order they were made."""
    with platform.session() as session:
        return tenant_providers(session, principal.tenant.id)


def tenant_providers(session: Session, tenant_id: str) -> list[Provider]:
    """A tenant's providers in the order they were made, for who acts in its name."""
    return [_provider(session, row) for row in _rows(session, tenant_id)]


@permitted(Permission.SIGNIN_CONFIGURE)
def demand_sso(platform: Platform, principal: Principal, *, is_demanded: bool) -> None:
    """Let members sign in by a provider only, or by password again. Raises ConflictError where nobody could."""
    tenant_id = principal.tenant.id
    with platform.session() as session:
        has_domain = session.scalar(
            select(DomainRow.domain).where(DomainRow.tenant_id == tenant_id, DomainRow.verified.is_not(None)).limit(1)
        )
        if is_demanded and (has_domain is None or not _rows(session, tenant_id)):
            raise ConflictError("Nobody could sign in: prove a domain and connect a provider first.")
        session.merge(SigninPolicyRow(tenant_id=tenant_id, is_sso_only=is_demanded))
        _record(session, principal, principal.tenant.slug, sso_only=is_demanded)


def find_provider(session: Session, *, slug: str = "", email: str = "", provider_id: str = "") -> Provider | None:
    """The provider named, else the first of the tenant named, else the first of the tenant an address belongs to."""
    if provider_id:
        row = session.get(ProviderRow, provider_id)
        return None if row is None else _provider(session, row)
    if slug:
        tenant_id = session.scalar(select(TenantRow.id).where(TenantRow.slug == slug))
    else:
        tenant_id = holder_of(session, email)
    rows = _rows(session, tenant_id) if tenant_id else []
    return _provider(session, rows[0]) if rows else None


def saml_providers(session: Session, entity_id: str) -> list[tuple[Provider, SamlConfiguration]]:
    """The SAML providers of that entity id, of all tenants."""
    statement = select(ProviderRow).where(ProviderRow.kind == "saml").order_by(ProviderRow.id)
    found = [_provider(session, row) for row in session.scalars(statement) if _names(row, entity_id)]
    return [(one, one.configuration) for one in found if isinstance(one.configuration, SamlConfiguration)]


def _names(row: ProviderRow, entity_id: str) -> bool:
    return row.configuration.get("entity_id") == entity_id


def secret_name(provider_id: str) -> str:
    """The name a provider's client secret is kept under, or the key that requests to it are signed with."""
    return f"identity-provider/{provider_id}"


def _rows(session: Session, tenant_id: str) -> list[ProviderRow]:
    statement = select(ProviderRow).where(ProviderRow.tenant_id == tenant_id)
    return list(session.scalars(statement.order_by(ProviderRow.created_at, ProviderRow.id)))


def _provider(session: Session, row: ProviderRow) -> Provider:
    return Provider(
        id=row.id,
        tenant=directory.tenant_of(session, row.tenant_id),
        name=row.name,
        configuration=parse_configuration(row.configuration),
    )


def _record(session: Session, principal: Principal, subject: str, **data: object) -> None:
    record_event(session, AuditAction.SIGNIN_CONFIGURED, subject=subject, principal=principal, data=data)
