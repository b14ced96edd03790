"""Whether an alert is due, and the sign that its data are new; loads nothing that looking needs."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants.alert_schema import AlertRow


def has_due_alert(session: Session, now: dt.datetime) -> bool:
    """Whether the time of an alert has come."""
    return session.scalar(select(AlertRow.id).where(AlertRow.is_active, AlertRow.due_at <= now).limit(1)) is not None


def wake_alerts(session: Session, tenant_id: str, now: dt.datetime) -> None:
    """Data came: every alert that is looked at after a sync is due, in the transaction that says so."""
    waking = update(AlertRow).where(AlertRow.tenant_id == tenant_id, AlertRow.is_after_sync, AlertRow.is_active)
    session.execute(waking.values(due_at=now))
