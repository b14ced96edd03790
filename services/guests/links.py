"""Public links to a dashboard: made with an end and perhaps a password, listed, and taken back."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from core.clock import as_utc
from core.errors import ForbiddenError, InvalidError, RefusedError
from core.ids import new_id, new_token
from services.guests.rules import load_rules, require_unbound
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.access.links import token_hash
from tenants.access.passwords import hash_password
from tenants.audit import AuditAction, record_event
from tenants.guest_schema import PublicLinkRow
from tenants.visible_notebooks import list_visible

MOST_DAYS = 365
_MOST_LINKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLink:
    """A link that was given out; what it opens with is not kept."""

    id: str
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    has_password: bool


@permitted(Permission.LINK_MANAGE)
def create_public_link(
    platform: Platform, principal: Principal, notebook: str, *, days: int, password: str = ""
) -> str:
    """The address that opens a published dashboard for so many days, told this once.

    Raises RefusedError where the tenant has no public links, ForbiddenError, InvalidError.
    """
    require_unbound(platform, principal)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidError(f"A link holds from 1 to {MOST_DAYS} days; {days} were asked for.")
    memory_mib = platform.settings.password_memory_mib
    password_hash = hash_password(password, memory_mib=memory_mib) if password else None
    token, now = new_token(), platform.clock()
    with platform.session() as session:
        if not load_rules(session, principal.tenant.id).has_links:
            raise RefusedError("Public links are off for your organisation. Allow them under Settings, Guests.")
        seen = list_visible(session, principal, names=[notebook])
        if not seen or seen[0].level < Level.EDIT:
            raise ForbiddenError(f"There is no notebook {notebook!r} here that you may share.")
        if seen[0].state.published_version is None:
            raise RefusedError("Guests see what is published. Publish this notebook first.")
        own = (PublicLinkRow.tenant_id == principal.tenant.id, PublicLinkRow.notebook == notebook)
        if len(session.scalars(select(PublicLinkRow.id).where(*own)).all()) >= _MOST_LINKS:
            raise InvalidError(f"This notebook has {_MOST_LINKS} links. Take back some that are not needed.")
        row = PublicLinkRow(
            id=new_id(),
            tenant_id=principal.tenant.id,
            token_hash=token_hash(token),
            notebook=notebook,
            password_hash=password_hash,
            created_at=now,
            created_by=principal.email,
            expires_at=now + dt.timedelta(days=days),
        )
        session.add(row)
        record_event(session, AuditAction.PUBLIC_LINK_CREATED, subject=notebook, principal=principal, data=_told(row))
    return f"{platform.settings.address}/shared/{token}/"


@permitted(Permission.LINK_MANAGE)
def list_public_links(platform: Platform, principal: Principal, notebook: str) -> list[PublicLink]:
    """The links of a notebook that are not taken back, the newest first; also those that are over."""
    with platform.session() as session:
        if level_of_notebook(session, principal, notebook) < Level.EDIT:
            raise ForbiddenError(f"There is no notebook {notebook!r} here that you may share.")
        statement = select(PublicLinkRow).where(
            PublicLinkRow.tenant_id == principal.tenant.id, PublicLinkRow.notebook == notebook
        )
        rows = session.scalars(statement.order_by(PublicLinkRow.created_at.desc(), PublicLinkRow.id)).all()
    return [
        PublicLink(
            id=row.id,
            created_by=row.created_by,
            created_at=as_utc(row.created_at),
            expires_at=as_utc(row.expires_at),
            has_password=row.password_hash is not None,
        )
        for row in rows
    ]


@permitted(Permission.LINK_MANAGE)
def remove_public_link(platform: Platform, principal: Principal, link_id: str) -> None:
    """Take a link back; pages it opened are closed within seconds. Raises ForbiddenError."""
    with platform.session() as session:
        row = session.get(PublicLinkRow, link_id)
        is_own = row is not None and row.tenant_id == principal.tenant.id
        if row is None or not is_own or level_of_notebook(session, principal, row.notebook) < Level.EDIT:
            raise ForbiddenError("There is no such link here.")
        record_event(
            session, AuditAction.PUBLIC_LINK_REMOVED, subject=row.notebook, principal=principal, data=_told(row)
        )
        session.delete(row)


def _told(row: PublicLinkRow) -> dict[str, object]:
    has_password = row.password_hash is not None
    return {"link": row.id, "expires_at": as_utc(row.expires_at).isoformat(), "has_password": has_password}
