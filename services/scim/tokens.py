"""The bearer token by which an organisation's directory speaks for it; only its SHA-256 is kept."""

import datetime as dt

from sqlalchemy import delete, select

from core.clock import as_utc
from core.ids import new_token
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.links import token_hash
from tenants.audit import AuditAction, record_event
from tenants.directory import tenant_of
from tenants.scim_schema import ScimTokenRow
from tenants.tenant import Tenant


@permitted(Permission.SIGNIN_CONFIGURE)
def create_token(platform: Platform, principal: Principal) -> str:
    """A new token of the principal's tenant, shown this once; the one before opens nothing any more."""
    token = new_token()
    with platform.session() as session:
        session.execute(delete(ScimTokenRow).where(ScimTokenRow.tenant_id == principal.tenant.id))
        session.add(
            ScimTokenRow(tenant_id=principal.tenant.id, token_hash=token_hash(token), created_at=platform.clock())
        )
        record_event(
            session, AuditAction.SIGNIN_CONFIGURED, subject="directory token", principal=principal, data={"made": True}
        )
    return token


@permitted(Permission.SIGNIN_CONFIGURE)
def revoke_token(platform: Platform, principal: Principal) -> None:
    """Let the directory in no more; the members it made stay."""
    with platform.session() as session:
        session.execute(delete(ScimTokenRow).where(ScimTokenRow.tenant_id == principal.tenant.id))
        record_event(
            session, AuditAction.SIGNIN_CONFIGURED, subject="directory token", principal=principal, data={"made": False}
        )


@permitted(Permission.SIGNIN_CONFIGURE)
def token_made_at(platform: Platform, principal: Principal) -> dt.datetime | None:
    """When the tenant's token was made; None where there is none."""
    with platform.session() as session:
        row = session.get(ScimTokenRow, principal.tenant.id)
        return None if row is None else as_utc(row.created_at)


def find_tenant(platform: Platform, token: str) -> Tenant | None:
    """The tenant a token speaks for; None for one that is unknown."""
    with platform.session() as session:
        found = session.scalar(select(ScimTokenRow.tenant_id).where(ScimTokenRow.token_hash == token_hash(token)))
        return None if found is None else tenant_of(session, found)
