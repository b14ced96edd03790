"""Looking as a member does: for an administrator, read only, on record when it begins and ends."""

import datetime as dt

from sqlalchemy import select

from core.errors import ForbiddenError, InvalidError
from services.permitted import permitted, require_holding
from services.platform import Platform
from services.policies import find_view
from tenants.access import Permission, Principal
from tenants.access.links import token_hash
from tenants.access.viewing import begin_viewing, end_viewing
from tenants.audit import AuditAction, record_event
from tenants.directory import find_member
from tenants.schema import SessionRow

LASTS = dt.timedelta(hours=1)


@permitted(Permission.MEMBER_VIEW_AS)
def begin_view_as(platform: Platform, principal: Principal, cookie: str | None, email: str) -> dt.datetime:
    """Let the session of a cookie value look as the member of that address does; returns until when.

    Raises ForbiddenError for somebody who may do or see more than the principal, InvalidError for oneself.
    """
    with platform.session() as session:
        member = find_member(session, principal.tenant, email)
        if member is None or member.member_id is None:
            raise ForbiddenError(f"There is no active member {email.strip()!r} here.")
    if member.member_id == principal.member_id:
        raise InvalidError("You look as yourself already.")
    require_holding(principal, member.permissions)
    if find_view(platform, principal) is not None:
        raise ForbiddenError("A row policy binds you yourself, so you cannot look with other eyes.")
    until = platform.clock() + LASTS
    with platform.session() as session:
        own = select(SessionRow).where(
            SessionRow.token_hash == token_hash(cookie or ""), SessionRow.member_id == principal.member_id
        )
        if session.scalar(own) is None:
            raise ForbiddenError("Only a browser that is signed in can look as a member does.")
        begin_viewing(session, cookie or "", member.member_id, until)
        record_event(
            session,
            AuditAction.VIEW_AS_BEGUN,
            subject=member.email,
            principal=principal,
            data={"until": until.isoformat(), "roles": list(member.roles)},
        )
    return until


def end_view_as(platform: Platform, principal: Principal, cookie: str | None) -> None:
    """Let the session be its own member's again; does nothing where it is."""
    with platform.session() as session:
        if cookie and end_viewing(session, cookie):
            record_event(session, AuditAction.VIEW_AS_ENDED, subject=principal.email, principal=principal)
