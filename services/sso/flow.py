"""A sign-in on its way to an identity provider and back: kept once, for one browser, for ten minutes."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.ids import new_token
from services.sso.errors import SsoRefused
from tenants.access.links import token_hash
from tenants.schema import SsoFlowRow

LIFETIME = dt.timedelta(minutes=10)
_MAX_TARGET = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What has to fit when the browser comes back."""

    provider_id: str
    nonce: str
    verifier: str
    target: str
    browser_hash: str = ""
    # What the provider called the person and the session, where it has to be told when they sign out.
    person: str = ""


def begin_flow(session: Session, flow: Flow, *, state: str, now: dt.datetime) -> str:
    """Keep a flow under its state; returns the value of the cookie that ties it to the browser."""
    session.execute(delete(SsoFlowRow).where(SsoFlowRow.expires_at <= now))
    browser = new_token()
    keep_flow(session, replace(flow, browser_hash=token_hash(browser)), state=state, now=now)
    return browser


def keep_flow(session: Session, flow: Flow, *, state: str, now: dt.datetime) -> None:
    """Keep a flow of a known browser under a state."""
    session.add(
        SsoFlowRow(
            state_hash=token_hash(state),
            browser_hash=flow.browser_hash,
            provider_id=flow.provider_id,
            nonce=flow.nonce,
            verifier=flow.verifier,
            target=flow.target if len(flow.target) <= _MAX_TARGET else "/",
            person=flow.person,
            expires_at=now + LIFETIME,
        )
    )


def take_flow(session: Session, *, state: str, browser: str | None, now: dt.datetime) -> Flow:
    """The flow, once. Raises SsoRefused when it is unknown, used, too old, or of another browser.

    Without a `browser` that is left to be checked: a post from another site carries no cookie.
    """
    statement = delete(SsoFlowRow).where(SsoFlowRow.state_hash == token_hash(state)).returning(SsoFlowRow)
    row = session.scalar(statement)
    is_here = row is not None and (browser is None or row.browser_hash == token_hash(browser))
    if row is None or not is_here or as_utc(row.expires_at) <= now:
        raise SsoRefused("state", "This sign-in was not begun in this browser, or it took longer than ten minutes.")
    return Flow(
        provider_id=row.provider_id,
        nonce=row.nonce,
        verifier=row.verifier,
        target=row.target,
        browser_hash=row.browser_hash,
        person=row.person,
    )
