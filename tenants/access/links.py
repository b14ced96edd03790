"""One-time sign-in links. The token is shown once; the database keeps its hash."""

import datetime as dt
import hashlib

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core.ids import new_token
from tenants.changes import count_changed
from tenants.schema import SigninLinkRow


def token_hash(token: str) -> str:
    """What is kept of a random token: its SHA-256. No salt is needed, the token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_link(session: Session, member_id: str, *, now: dt.datetime, lifetime: dt.timedelta) -> str:
    """A token that signs the member in once within `lifetime`."""
    token = new_token()
    session.add(SigninLinkRow(token_hash=token_hash(token), member_id=member_id, expires_at=now + lifetime))
    return token


def find_link(session: Session, token: str, *, now: dt.datetime) -> str | None:
    """The id of the member whom a token would sign in; None for one that is unknown, used or expired."""
    return session.scalar(select(SigninLinkRow.member_id).where(*_usable(token, now)))


def redeem_link(session: Session, token: str, *, now: dt.datetime) -> str | None:
    """The member's id, once; None for an unknown, used or expired token. Of two racing calls one wins."""
    if count_changed(session, update(SigninLinkRow).where(*_usable(token, now)).values(used_at=now)) != 1:
        return None
    row = session.get(SigninLinkRow, token_hash(token))
    return None if row is None else row.member_id


def _usable(token: str, now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SigninLinkRow.token_hash == token_hash(token),
        SigninLinkRow.used_at.is_(None),
        SigninLinkRow.expires_at > now,
    )
