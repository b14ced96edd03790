"""Looking as another member does: kept with the session, and good only while both are what they were."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.clock import as_utc
from tenants.access.links import token_hash
from tenants.access.permissions import Permission
from tenants.access.principal import Principal, Viewer
from tenants.changes import count_changed
from tenants.directory import principal
from tenants.schema import MemberRow
from tenants.viewing_schema import ViewingRow


def begin_viewing(session: Session, token: str, member_id: str, until: dt.datetime) -> None:
    """Let the session of a cookie value look as a member does."""
    session.merge(ViewingRow(token_hash=token_hash(token), member_id=member_id, until=until))


def end_viewing(session: Session, token: str) -> bool:
    """Let a session be its own again; whether it was not."""
    return count_changed(session, delete(ViewingRow).where(ViewingRow.token_hash == token_hash(token))) == 1


def find_viewed(session: Session, own: Principal, viewing: ViewingRow, *, now: dt.datetime) -> Principal | None:
    """The member as the session's own member sees with their eyes; None when that is over or allowed no more."""
    until = as_utc(viewing.until)
    member = session.get(MemberRow, viewing.member_id)
    if own.member_id is None or member is None or not member.is_active or member.tenant_id != own.tenant.id:
        return None
    if until <= now or not own.can(Permission.MEMBER_VIEW_AS):
        return None
    viewer = Viewer(member_id=own.member_id, email=own.email, name=own.name, until=until)
    return principal(session, own.tenant, member).seen_by(viewer)
