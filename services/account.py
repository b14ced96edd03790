"""What a member does with their own account: the password, and the browsers that are signed in."""

import datetime as dt

from core.errors import InvalidError, RefusedError
from services.account_notice import tell_of_change
from services.organisation import words_of
from services.platform import Platform
from services.second_factor import own_id
from services.signin import count_attempt
from tenants.access import Principal
from tenants.access.passwords import hash_password, verify_password
from tenants.access.sessions import OpenSession, end_sessions, list_sessions
from tenants.access.signin_policy import is_sso_only
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow


def has_password(platform: Platform, principal: Principal) -> bool:
    """Whether the member has a password; who came by a link or an identity provider may have none."""
    with platform.session() as session:
        return session.get_one(MemberRow, own_id(principal)).password_hash is not None


def change_password(platform: Platform, principal: Principal, cookie: str | None, *, present: str, new: str) -> int:
    """Set the member's own password; returns how many other sessions it ended.

    The present one is asked for where there is one. Raises InvalidError, RefusedError, SigninLocked.
    """
    member_id, memory_mib = own_id(principal), platform.settings.password_memory_mib
    with platform.session() as session:
        if is_sso_only(session, principal.tenant.id):
            raise RefusedError("Your organisation demands single sign-on; a password would open nothing.")
        before = session.get_one(MemberRow, member_id).password_hash
    if before is not None:
        count_attempt(platform, principal.email, platform.clock())
        if not verify_password(present, before, memory_mib=memory_mib):
            raise InvalidError("The present password is not right. Nothing was changed.")
    after = hash_password(new, known=words_of(principal.tenant, principal.email), memory_mib=memory_mib)
    with platform.session() as session:
        session.get_one(MemberRow, member_id).password_hash = after
        ended = end_sessions(session, member_id, now=platform.clock(), but=cookie)
        data = {"sessions_ended": ended}
        record_event(session, AuditAction.PASSWORD_CHANGED, subject=principal.email, principal=principal, data=data)
        tell_of_change(platform, session, principal, principal.email, what="your password was changed")
    return ended


def own_sessions(platform: Platform, principal: Principal, cookie: str | None) -> list[OpenSession]:
    """The browsers in which the member is signed in, the one used last first."""
    idle = dt.timedelta(minutes=platform.settings.session_idle_minutes)
    with platform.session() as session:
        return list_sessions(session, own_id(principal), cookie, now=platform.clock(), idle=idle)


def end_own_sessions(
    platform: Platform, principal: Principal, *, session_id: str | None = None, but: str | None = None
) -> int:
    """End one of the member's own sessions, or all but the one of a cookie value; returns how many."""
    with platform.session() as session:
        ended = end_sessions(session, own_id(principal), now=platform.clock(), session_id=session_id, but=but)
        if ended:
            record_event(
                session,
                AuditAction.SESSION_ENDED,
                subject=principal.email,
                principal=principal,
                data={"sessions": ended},
            )
    return ended
