"""Sessions of signed-in browsers: rows that can be ended at once, found by the hash of the cookie."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.ids import new_token
from core.origin import current_origin
from tenants.access.links import token_hash
from tenants.access.principal import Principal
from tenants.access.viewing import find_viewed
from tenants.changes import count_changed
from tenants.directory import principal, tenant_from
from tenants.schema import MemberRow, SecondFactorRow, SessionRow, SigninPolicyRow, TenantRow
from tenants.viewing_schema import ViewingRow

# Writing the time of every request would cost a transaction each; once a minute is exact enough for idling.
_SEEN_EVERY = dt.timedelta(minutes=1)
# Of the cookie's hash, from which the cookie cannot be told.
_ID_LENGTH = 20
# Where a second factor is demanded, who came by password or link and has none has no session, however it came about.
_LACKS_FACTOR = and_(
    SessionRow.provider_id.is_(None),
    exists().where(SigninPolicyRow.tenant_id == MemberRow.tenant_id, SigninPolicyRow.is_factor_demanded),
    ~exists().where(SecondFactorRow.member_id == MemberRow.id, SecondFactorRow.confirmed_at.is_not(None)),
)
# Built once: it is asked with every request.
_FIND = (
    select(SessionRow, MemberRow, TenantRow, ViewingRow)
    .join(MemberRow, MemberRow.id == SessionRow.member_id)
    .join(TenantRow, TenantRow.id == MemberRow.tenant_id)
    .outerjoin(ViewingRow, ViewingRow.token_hash == SessionRow.token_hash)
    .where(SessionRow.token_hash == bindparam("cookie_hash"), SessionRow.ended_at.is_(None), MemberRow.is_active)
    .where(~_LACKS_FACTOR)
)


def start_session(
    session: Session,
    member_id: str,
    *,
    now: dt.datetime,
    lifetime: dt.timedelta,
    way: str = "",
    provider_id: str | None = None,
) -> str:
    """A new session of the client of this request; the token returned is the cookie's value."""
    token, origin = new_token(), current_origin()
    session.add(
        SessionRow(
            token_hash=token_hash(token),
            member_id=member_id,
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
            way=way,
            address=origin.address,
            agent=origin.agent,
            provider_id=provider_id,
        )
    )
    return token


def find_session(
    session: Session, token: str, *, now: dt.datetime, idle: dt.timedelta, is_use: bool
) -> Principal | None:
    """Who the cookie belongs to; None when it is unknown, ended, expired, idle, or the member is not active.

    None also where the tenant demands a second factor that the member lacks.

    Where an administrator looks as another member does, it is that member, seen by the administrator.
    `is_use` says that the person did something, which puts the idle limit off; merely looking does not.
    """
    found = session.execute(_FIND, {"cookie_hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    row, member, tenant, viewing = found
    seen_at = as_utc(row.seen_at)
    if as_utc(row.expires_at) <= now or seen_at + idle <= now:
        return None
    if is_use and now - seen_at >= _SEEN_EVERY:
        row.seen_at = now
    own = principal(session, tenant_from(tenant), member)
    return own if viewing is None else find_viewed(session, own, viewing, now=now) or own


def end_session(session: Session, token: str, *, now: dt.datetime) -> None:
    """End a session; nothing happens when it has ended already."""
    statement = update(SessionRow).where(SessionRow.token_hash == token_hash(token), SessionRow.ended_at.is_(None))
    session.execute(statement.values(ended_at=now))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that lives. `id` names it and opens nothing; `is_own` is that of the browser that asks."""

    id: str
    started_at: dt.datetime
    seen_at: dt.datetime
    way: str
    address: str
    agent: str
    is_own: bool


def list_sessions(
    session: Session, member_id: str, token: str | None, *, now: dt.datetime, idle: dt.timedelta
) -> list[OpenSession]:
    """A member's living sessions, the one used last first."""
    own = token_hash(token) if token else ""
    statement = select(SessionRow).where(*_alive(member_id, now, idle)).order_by(SessionRow.seen_at.desc())
    return [
        OpenSession(
            id=row.token_hash[:_ID_LENGTH],
            started_at=as_utc(row.created_at),
            seen_at=as_utc(row.seen_at),
            way=row.way,
            address=row.address,
            agent=row.agent,
            is_own=row.token_hash == own,
        )
        for row in session.scalars(statement)
    ]


def end_sessions(
    session: Session, member_id: str, *, now: dt.datetime, session_id: str | None = None, but: str | None = None
) -> int:
    """End a member's sessions: the one of that id, or all, but for that of a cookie value; returns how many."""
    where = [SessionRow.member_id == member_id, SessionRow.ended_at.is_(None)]
    if session_id is not None:
        where.append(func.substr(SessionRow.token_hash, 1, _ID_LENGTH) == session_id)
    if but is not None:
        where.append(SessionRow.token_hash != token_hash(but))
    return count_changed(session, update(SessionRow).where(*where).values(ended_at=now))


def provider_of(session: Session, token: str) -> str | None:
    """The identity provider that a session came from, if it did."""
    return session.scalar(select(SessionRow.provider_id).where(SessionRow.token_hash == token_hash(token)))


def _alive(member_id: str, now: dt.datetime, idle: dt.timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        SessionRow.member_id == member_id,
        SessionRow.ended_at.is_(None),
        SessionRow.expires_at > now,
        SessionRow.seen_at > now - idle,
    )
