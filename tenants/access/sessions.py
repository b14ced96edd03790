"""Sessions of signed-in browsers: rows that can be ended at once, found by the hash of the cookie."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.ids import new_token
from tenants.access.links import token_hash
from tenants.access.principal import Principal
from tenants.directory import principal, tenant_of
from tenants.schema import MemberRow, SessionRow

# Writing the time of every request would cost a transaction each; once a minute is exact enough for idling.
_SEEN_EVERY = dt.timedelta(minutes=1)


def start_session(session: Session, member_id: str, *, now: dt.datetime, lifetime: dt.timedelta) -> str:
    """A new session; the token returned is the cookie's value."""
    token = new_token()
    session.add(
        SessionRow(
            token_hash=token_hash(token), member_id=member_id, created_at=now, seen_at=now, expires_at=now + lifetime
        )
    )
    return token


def find_session(
    session: Session, token: str, *, now: dt.datetime, idle: dt.timedelta, is_use: bool
) -> Principal | None:
    """Who the cookie belongs to; None when it is unknown, ended, expired, idle, or the member is not active.

    `is_use` says that the person did something, which puts the idle limit off; merely looking does not.
    """
    statement = (
        select(SessionRow, MemberRow)
        .join(MemberRow, MemberRow.id == SessionRow.member_id)
        .where(SessionRow.token_hash == token_hash(token), SessionRow.ended_at.is_(None), MemberRow.is_active)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        return None
    row, member = found
    seen_at = as_utc(row.seen_at)
    if as_utc(row.expires_at) <= now or seen_at + idle <= now:
        return None
    if is_use and now - seen_at >= _SEEN_EVERY:
        row.seen_at = now
    return principal(tenant_of(session, member.tenant_id), member)


def end_session(session: Session, token: str, *, now: dt.datetime) -> None:
    """End a session; nothing happens when it has ended already."""
    statement = update(SessionRow).where(SessionRow.token_hash == token_hash(token), SessionRow.ended_at.is_(None))
    session.execute(statement.values(ended_at=now))
