"""Looks at alerts whose time has come: what holds begins, what does not ends, and who should know is told.

Reading comes first and changes nothing; what it came to is one transaction, which moves the alert to its next time and
makes the run that tells. A process that dies in between leaves an alert that is still due.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import ForbiddenError, UserError
from core.ids import new_id
from core.numbers import change as change_text
from core.numbers import full
from services.alerts.rows import alert_of, open_firings
from services.alerts.rule import Reading, Test
from services.alerts.spec import Alert
from services.alerts.subject import Found, read_subject
from services.alerts.telling import AFTER_PROBLEM, next_look, tell
from services.platform import Platform
from tenants import directory
from tenants.alert_schema import AlertFiringRow, AlertRow
from tenants.changes import count_changed
from tenants.tenant import Tenant

log = logging.getLogger("plumbline.alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One look at an alert: when, and what holds by member; None where it could not be read, and why."""

    now: dt.datetime
    holding: dict[str, str] | None
    problem: str = ""


def check_due(platform: Platform, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Look at every alert that is due; returns how many."""
    statement = (
        select(AlertRow).where(AlertRow.is_active, AlertRow.due_at <= platform.clock()).order_by(AlertRow.due_at)
    )
    with platform.session() as session:
        due = [alert_of(row) for row in session.scalars(statement)]
    for alert in due:
        if is_stopping():
            break
        try:
            check_alert(platform, alert)
        except Exception:
            # It is looked at again later, and those of other tenants go on.
            log.exception("looking at the alert %s failed", alert.plan.name)
            _put_off(platform, alert)
    return len(due)


def check_alert(platform: Platform, alert: Alert) -> None:
    """Look at one alert now."""
    with platform.session() as session:
        tenant = directory.tenant_of(session, alert.tenant_id)
    look = _look(platform, alert, tenant)
    with platform.session() as session:
        # Of two that look at once, or where a sync came meanwhile, one finds that it was moved.
        was = AlertRow.due_at.is_not_distinct_from(alert.due_at)
        looked = update(AlertRow).where(AlertRow.id == alert.id, was)
        if count_changed(session, looked.values(checked_at=look.now, problem=look.problem)) != 1:
            return
        row = session.get_one(AlertRow, alert.id)
        firings = open_firings(session, alert.id)
        if look.holding is not None:
            firings = _update_firings(session, alert, firings, look)
            tell(session, row, firings, tenant, look.now)
        row.due_at = next_look(row, firings, tenant, look.now, is_problem=look.holding is None)


def _put_off(platform: Platform, alert: Alert) -> None:
    with platform.session() as session:
        later = platform.clock() + AFTER_PROBLEM
        problem = "It could not be looked at; the operator's log tells why."
        session.execute(update(AlertRow).where(AlertRow.id == alert.id).values(due_at=later, problem=problem))


def _look(platform: Platform, alert: Alert, tenant: Tenant) -> _Look:
    now = platform.clock()
    with platform.session() as session:
        owner = directory.find_member(session, tenant, alert.owner)
    try:
        if owner is None:
            raise ForbiddenError(f"{alert.owner} is no member any more, so nobody's rows are looked at.")
        found = read_subject(platform, owner, alert.plan, alert.rule)
    except UserError as error:
        return _Look(now=now, holding=None, problem=error.message)
    held = {one.member: said_of(found, one, alert) for one in found.readings if alert.rule.holds(one)}
    return _Look(now=now, holding=held)


def said_of(found: Found, reading: Reading, alert: Alert) -> str:
    """What holds, in a sentence: "EMEA: $10, under $100 (Nov 2026)."."""
    value = full(reading.value, found.unit, decimals=found.decimals)
    limit = full(alert.rule.limit, found.unit)
    match alert.rule.test:
        case Test.OVER | Test.UNDER:
            why = f"{alert.rule.test.value} {limit}"
        case Test.RISES | Test.FALLS:
            change = reading.change
            moved = change_text(float(change) if change is not None else None, is_relative=True)
            before = full(reading.previous, found.unit, decimals=found.decimals)
            why = f"{moved} from {before} in {found.compared}"
        case Test.FORECAST:
            low, high = reading.expected or (None, None)
            why = f"expected between {full(low, found.unit)} and {full(high, found.unit)}"
    subject = reading.member or found.label
    return f"{subject}: {value}, {why} ({found.period})."


def _update_firings(
    session: Session, alert: Alert, firings: Sequence[AlertFiringRow], look: _Look
) -> list[AlertFiringRow]:
    """End what does not hold any more and begin what does; returns what is open."""
    holding = look.holding or {}
    for firing in firings:
        if firing.member in holding:
            firing.said = holding[firing.member]
        else:
            firing.ended_at = look.now
    known = {firing.member for firing in firings}
    begun = [
        AlertFiringRow(
            id=new_id(), alert_id=alert.id, tenant_id=alert.tenant_id, member=member, began_at=look.now, said=said,
            notice="", escalation="", acknowledged_by="",
        )
        for member, said in holding.items()
        if member not in known
    ]  # fmt: skip
    session.add_all(begun)
    return [*(firing for firing in firings if firing.ended_at is None), *begun]
