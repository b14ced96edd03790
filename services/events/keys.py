"""The keys by which a tenant's software sends events; each may do nothing else, and only its SHA-256 is kept."""

import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy import delete, select

from core.clock import as_utc
from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id, new_token
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.links import token_hash
from tenants.audit import AuditAction, record_event
from tenants.directory import tenant_of
from tenants.event_schema import WriteKeyRow
from tenants.tenant import Tenant

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_PREFIX = "plw_"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """A key as it is listed: what it is called, and who made it when."""

    name: str
    created_at: dt.datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The bearer of a key."""

    tenant: Tenant
    name: str


@permitted(Permission.SOURCE_CONFIGURE)
def create_write_key(platform: Platform, principal: Principal, name: str) -> str:
    """A new key of the principal's tenant, shown this once. Raises InvalidError, ConflictError."""
    if not _NAME.fullmatch(name):
        raise InvalidError(f"The name {name!r} must be a short word in small letters and digits, such as website.")
    key = _PREFIX + new_token()
    with platform.session() as session:
        found = select(WriteKeyRow).where(WriteKeyRow.tenant_id == principal.tenant.id, WriteKeyRow.name == name)
        if session.scalar(found) is not None:
            raise ConflictError(f"There is a write key {name} already. Choose another name, or revoke it first.")
        session.add(
            WriteKeyRow(
                id=new_id(),
                tenant_id=principal.tenant.id,
                name=name,
                key_hash=token_hash(key),
                created_at=platform.clock(),
                created_by=principal.email,
            )
        )
        record_event(session, AuditAction.WRITE_KEY_CREATED, subject=name, principal=principal)
    return key


@permitted(Permission.SOURCE_CONFIGURE)
def revoke_write_key(platform: Platform, principal: Principal, name: str) -> None:
    """Take no more events by a key; those that came stay. Raises ForbiddenError for one that is not there."""
    with platform.session() as session:
        mine = (WriteKeyRow.tenant_id == principal.tenant.id, WriteKeyRow.name == name)
        if session.scalar(select(WriteKeyRow).where(*mine)) is None:
            raise ForbiddenError(f"There is no write key {name}.")
        session.execute(delete(WriteKeyRow).where(*mine))
        record_event(session, AuditAction.WRITE_KEY_REVOKED, subject=name, principal=principal)


@permitted(Permission.SOURCE_CONFIGURE)
def list_write_keys(platform: Platform, principal: Principal) -> list[WriteKey]:
    """The keys of the principal's tenant by name."""
    statement = select(WriteKeyRow).where(WriteKeyRow.tenant_id == principal.tenant.id).order_by(WriteKeyRow.name)
    with platform.session() as session:
        return [
            WriteKey(name=row.name, created_at=as_utc(row.created_at), created_by=row.created_by)
            for row in session.scalars(statement)
        ]


def find_writer(platform: Platform, key: str) -> Writer | None:
    """Who sends with a key; None for one that is unknown or was revoked."""
    with platform.session() as session:
        row = session.scalar(select(WriteKeyRow).where(WriteKeyRow.key_hash == token_hash(key)))
        return None if row is None else Writer(tenant=tenant_of(session, row.tenant_id), name=row.name)
