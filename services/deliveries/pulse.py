"""Whether there is anything to deliver: asked every few seconds, so it loads nothing that delivering needs."""

import datetime as dt
import os
import socket

from sqlalchemy import ColumnElement, or_, select, update

from services.alerts.pulse import has_due_alert
from services.deliveries.returned import has_returned
from services.platform import Platform
from tenants.delivery_schema import DeliveryRunRow, ScheduleRow


def has_work(platform: Platform) -> bool:
    """Whether a message came back, a schedule or an alert is due, or a run waits that no process works on."""
    now = platform.clock()
    if has_returned(platform.settings):
        return True
    with platform.session() as session:
        due = select(ScheduleRow.id).where(ScheduleRow.is_active, ScheduleRow.next_at <= now).limit(1)
        return (
            session.scalar(due) is not None
            or has_due_alert(session, now)
            or session.scalar(select(DeliveryRunRow.id).where(is_claimable(now)).limit(1)) is not None
        )


def is_claimable(now: dt.datetime) -> ColumnElement[bool]:
    """The condition of runs with something to do that no process works on."""
    is_free = or_(DeliveryRunRow.lease_until.is_(None), DeliveryRunRow.lease_until <= now)
    return DeliveryRunRow.is_open & (DeliveryRunRow.due_at <= now) & is_free


def this_process() -> str:
    """What the leases of this process begin with."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:"


def free_leases(platform: Platform) -> None:
    """Take back the leases of processes that ended, where this one has the installation to itself.

    Where several processes share a metadata database, leases run out by themselves.
    """
    if platform.settings.metadata_url is not None:
        return
    with platform.session() as session:
        is_others = DeliveryRunRow.lease_owner.is_not(None) & ~DeliveryRunRow.lease_owner.startswith(this_process())
        session.execute(
            update(DeliveryRunRow).where(DeliveryRunRow.is_open, is_others).values(lease_owner=None, lease_until=None)
        )
