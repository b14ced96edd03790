"""Who is told what an alert found, and when it is looked at next."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.clock import as_utc
from services.deliveries.moments import next_moment
from services.deliveries.orders import order_of_alert
from services.deliveries.rest import Rest, quiet_until
from services.deliveries.runs import plan_run
from services.deliveries.spec import RunKind
from tenants.alert_schema import AlertFiringRow, AlertRow
from tenants.tenant import Tenant

AFTER_PROBLEM = dt.timedelta(hours=1)


def tell(session: Session, row: AlertRow, firings: Sequence[AlertFiringRow], tenant: Tenant, now: dt.datetime) -> None:
    """Make the runs that tell what was not told, and what nobody acknowledged.

    None while the alert is put off, and none within its quiet hours: what still holds at their end is told then.
    """
    if _quiet_until(row, tenant, now) is not None:
        return
    is_due = row.digest_at is None or as_utc(row.digest_at) <= now
    is_snoozed = row.snoozed_until is not None and now < as_utc(row.snoozed_until)
    if not is_snoozed:
        if is_due:
            _tell_new(session, row, firings, now)
        _escalate(session, row, firings, now)
    if row.digest and is_due:
        row.digest_at = next_moment(row.digest, tenant.zone, now)


def next_look(
    row: AlertRow, firings: Sequence[AlertFiringRow], tenant: Tenant, now: dt.datetime, *, is_problem: bool
) -> dt.datetime | None:
    """When there is something to do beside after a sync; None where there is nothing."""
    moments = [as_utc(one) for one in (row.digest_at, row.snoozed_until) if one is not None and as_utc(one) > now]
    if (loud_at := _quiet_until(row, tenant, now)) is not None:
        moments.append(loud_at)
    if row.cron:
        moments.append(next_moment(row.cron, tenant.zone, now))
    if is_problem:
        moments.append(now + AFTER_PROBLEM)
    after = dt.timedelta(hours=row.escalate_after_h)
    moments += [as_utc(one.began_at) + after for one in firings if _waits(row, one)]
    return min(moments, default=None)


def _quiet_until(row: AlertRow, tenant: Tenant, now: dt.datetime) -> dt.datetime | None:
    return quiet_until(Rest(quiet=row.quiet), tenant.zone, now)


def _tell_new(session: Session, row: AlertRow, firings: Sequence[AlertFiringRow], now: dt.datetime) -> None:
    """Make the run that tells what was not told yet."""
    untold = [firing for firing in firings if not firing.notice and firing.acknowledged_at is None]
    if untold:
        period = plan_run(session, order_of_alert(row, RunKind.ALERT), kind=RunKind.ALERT, now=now)
        for firing in untold:
            firing.notice = period


def _escalate(session: Session, row: AlertRow, firings: Sequence[AlertFiringRow], now: dt.datetime) -> None:
    after = dt.timedelta(hours=row.escalate_after_h)
    late = [firing for firing in firings if _waits(row, firing) and as_utc(firing.began_at) + after <= now]
    if late:
        period = plan_run(session, order_of_alert(row, RunKind.ESCALATION), kind=RunKind.ESCALATION, now=now)
        for firing in late:
            firing.escalation = period


def _waits(row: AlertRow, firing: AlertFiringRow) -> bool:
    """Whether a firing was told, nobody acknowledged it, and others are to hear of it."""
    is_open = firing.acknowledged_at is None and not firing.escalation
    return bool(row.escalate_to) and bool(firing.notice) and is_open
