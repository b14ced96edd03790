"""The assertions that were used: each signs in once, and is remembered until it has expired."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.clock import utc_now
from services.sso.errors import SsoRefused
from tenants.access.links import token_hash
from tenants.schema import SamlAssertionRow

# Clocks may differ, so an assertion counts for a while after its end (python3-saml: five minutes).
_DRIFT = dt.timedelta(minutes=10)


def use_assertion(session: Session, provider_id: str, assertion_id: str, *, ends_at: dt.datetime) -> None:
    """Use an assertion up. Raises SsoRefused when it was used before."""
    session.execute(delete(SamlAssertionRow).where(SamlAssertionRow.expires_at <= utc_now()))
    key = token_hash(f"{provider_id}/{assertion_id}")
    if session.get(SamlAssertionRow, key) is not None:
        raise SsoRefused("saml_replayed", "This sign-in was used before.")
    session.add(SamlAssertionRow(assertion_hash=key, expires_at=ends_at + _DRIFT))
