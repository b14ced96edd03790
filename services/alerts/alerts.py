"""Alerts of a tenant: made, listed, checked at once, put off, acknowledged and removed by their owners."""

import datetime as dt
import re
from dataclasses import replace

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from core.names import suggestion
from services.alerts.checking import check_alert
from services.alerts.rows import alert_of, open_firings
from services.alerts.rule import parse_rule
from services.alerts.spec import Alert, AlertPlan
from services.alerts.subject import check_subject
from services.deliveries.channels import check_shared, require_channel
from services.deliveries.moments import check_moments, next_moment
from services.deliveries.recipients import is_listed
from services.deliveries.rest import Rest, check_rest
from services.deliveries.schedules import check_recipients
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.alert_schema import AlertFiringRow, AlertRow
from tenants.audit import AuditAction, record_event

_NAME = re.compile(r"[a-z][a-z0-9-]{1,62}")
_LONGEST_SNOOZE = dt.timedelta(days=90)


@permitted(Permission.ALERT_MANAGE)
def add_alert(platform: Platform, principal: Principal, plan: AlertPlan) -> Alert:
    """Keep an alert; it is looked at for the first time at once. Raises InvalidError, ConflictError, ForbiddenError."""
    if principal.member_id is None:
        raise ConflictError("An alert belongs to a member, under whose policies it is read; name one.")
    now = platform.clock()
    plan = replace(
        plan,
        recipients=tuple(one.strip().lower() for one in plan.recipients) or (principal.email,),
        escalate_to=tuple(one.strip().lower() for one in plan.escalate_to),
    )
    _check(platform, principal, plan, now)
    row = AlertRow(
        id=new_id(),
        tenant_id=principal.tenant.id,
        name=plan.name,
        owner=principal.email,
        metric=plan.metric,
        notebook=plan.notebook,
        cell=plan.cell,
        period=plan.period.value,
        dimension=plan.dimension,
        filter=plan.where,
        rule=" ".join(plan.rule.casefold().split()),
        recipients=list(plan.recipients),
        channel=dict(plan.channel),
        cron=plan.cron,
        is_after_sync=plan.is_after_sync,
        digest=plan.digest,
        quiet=plan.quiet,
        digest_at=next_moment(plan.digest, principal.tenant.zone, now) if plan.digest else None,
        escalate_to=list(plan.escalate_to),
        escalate_after_h=plan.escalate_after_h,
        is_active=True,
        due_at=now,
        created_at=now,
        problem="",
    )
    with platform.session() as session:
        if _find(session, principal, plan.name) is not None:
            raise ConflictError(f"There is an alert {plan.name} already; remove it, or choose another name.")
        session.add(row)
        session.flush()
        _record(session, principal, row, "added")
        return alert_of(row)


@permitted(Permission.ALERT_MANAGE)
def list_alerts(platform: Platform, principal: Principal) -> list[Alert]:
    """The principal's own alerts by name, each with what it found and has not ended."""
    statement = select(AlertRow).where(*_own(principal)).order_by(AlertRow.name)
    with platform.session() as session:
        return [alert_of(row, open_firings(session, row.id)) for row in session.scalars(statement)]


@permitted(Permission.ALERT_MANAGE)
def list_addressed(platform: Platform, principal: Principal) -> list[Alert]:
    """The alerts of others that the principal is told of, by name, without what their owners see."""
    statement = select(AlertRow).where(AlertRow.tenant_id == principal.tenant.id, AlertRow.owner != principal.email)
    with platform.session() as session:
        rows = session.scalars(statement.order_by(AlertRow.name)).all()
        return [alert_of(row) for row in rows if is_listed(session, (*row.recipients, *row.escalate_to), principal)]


@permitted(Permission.ALERT_MANAGE)
def require_alert(platform: Platform, principal: Principal, name: str) -> Alert:
    """One of the principal's own alerts. Raises ForbiddenError with the nearest names."""
    with platform.session() as session:
        row = _require(session, principal, name)
        return alert_of(row, open_firings(session, row.id))


@permitted(Permission.ALERT_MANAGE)
def check_now(platform: Platform, principal: Principal, name: str) -> Alert:
    """Look at an alert at once; what it finds goes out with the next deliveries."""
    check_alert(platform, require_alert(platform, principal, name))
    return require_alert(platform, principal, name)


@permitted(Permission.ALERT_MANAGE)
def remove_alert(platform: Platform, principal: Principal, name: str) -> None:
    """Remove an alert. What it sent stays on record; what is under way is not sent any more."""
    with platform.session() as session:
        row = _require(session, principal, name)
        session.execute(delete(AlertRow).where(AlertRow.id == row.id))
        _record(session, principal, row, "removed")


@permitted(Permission.ALERT_MANAGE)
def pause_alert(platform: Platform, principal: Principal, name: str, *, is_paused: bool) -> Alert:
    """Stop looking, or look again from now on."""
    with platform.session() as session:
        row = _require(session, principal, name)
        row.is_active, row.due_at = not is_paused, platform.clock()
        _record(session, principal, row, "paused" if is_paused else "resumed")
        return alert_of(row, open_firings(session, row.id))


@permitted(Permission.ALERT_MANAGE)
def snooze_alert(platform: Platform, principal: Principal, name: str, hours: float) -> Alert:
    """Tell nothing for so many hours; what still holds then is told then. 0 ends a snooze. Raises InvalidError."""
    now = platform.clock()
    if not 0 <= hours <= _LONGEST_SNOOZE.total_seconds() / 3600:
        raise InvalidError(f"An alert is put off by 0 hours to {_LONGEST_SNOOZE.days} days, not by {hours:g} hours.")
    with platform.session() as session:
        row = _require(session, principal, name)
        row.snoozed_until = now + dt.timedelta(hours=hours) if hours else None
        row.due_at = now
        _record(session, principal, row, f"snoozed for {hours:g} hours" if hours else "snooze ended")
        return alert_of(row, open_firings(session, row.id))


@permitted(Permission.ALERT_MANAGE)
def acknowledge_alert(platform: Platform, principal: Principal, name: str, member: str | None = None) -> int:
    """Say that somebody looks after it: it is not escalated, and not told again while it lasts.

    For one member of the dimension, or for all; returns how many. Whoever is told of an alert may acknowledge it whole.
    """
    with platform.session() as session:
        row = _require(session, principal, name, is_addressed=member is None)
        open_ = (AlertFiringRow.alert_id == row.id, AlertFiringRow.ended_at.is_(None))
        found = session.scalars(select(AlertFiringRow).where(*open_, AlertFiringRow.acknowledged_at.is_(None))).all()
        wanted = [one for one in found if member is None or one.member == member]
        if not wanted and member is not None:
            known = [one.member for one in found]
            raise ForbiddenError(f"{name} found nothing for {member!r}. {suggestion(member, known)}")
        values = {"acknowledged_at": platform.clock(), "acknowledged_by": principal.email}
        session.execute(update(AlertFiringRow).where(AlertFiringRow.id.in_([one.id for one in wanted])).values(values))
        if wanted:
            _record(session, principal, row, "acknowledged")
        return len(wanted)


def _check(platform: Platform, principal: Principal, plan: AlertPlan, now: dt.datetime) -> None:
    if not _NAME.fullmatch(plan.name):
        raise InvalidError(
            f"{plan.name!r} cannot be an alert's name: use 2 to 63 lower-case letters, digits and hyphens, beginning "
            "with a letter."
        )
    if bool(plan.metric) == bool(plan.notebook):
        raise InvalidError("An alert watches either a metric or a notebook's figure; name one of them.")
    for cron in (plan.cron, plan.digest):
        if cron:
            check_moments(cron, principal.tenant.zone, now=now)
    check_rest(Rest(quiet=plan.quiet))
    if not plan.cron and not plan.is_after_sync:
        raise InvalidError("An alert is looked at after each sync, at times, or both; choose one.")
    if plan.escalate_to and not 1 <= plan.escalate_after_h <= 24 * 30:
        raise InvalidError(f"An alert is escalated after 1 to 720 hours, not {plan.escalate_after_h}.")
    if {*plan.recipients, *plan.escalate_to} != {principal.email} or plan.channel.get("kind") != "mail":
        # Telling others, or another place than one's own mailbox, is what delivering a report is.
        principal.require(Permission.SCHEDULE_MANAGE)
    check_recipients(platform, principal, (*plan.recipients, *plan.escalate_to))
    require_channel(plan.channel).check(platform, plan.channel)
    check_shared(plan.channel, (*plan.recipients, *plan.escalate_to))
    check_subject(platform, principal, plan, parse_rule(plan.rule))


def _own(principal: Principal) -> tuple[ColumnElement[bool], ...]:
    """The alerts of a member; the operator, who has none, sees all of the tenant's."""
    is_here = AlertRow.tenant_id == principal.tenant.id
    return (is_here,) if principal.member_id is None else (is_here, AlertRow.owner == principal.email)


def _find(session: Session, principal: Principal, name: str) -> AlertRow | None:
    return session.scalar(select(AlertRow).where(AlertRow.tenant_id == principal.tenant.id, AlertRow.name == name))


def _require(session: Session, principal: Principal, name: str, *, is_addressed: bool = False) -> AlertRow:
    """The principal's own alert; or one that they are told of, or that nobody owns for whom the operator asks."""
    row = _find(session, principal, name)
    if row is not None:
        is_theirs = row.owner == principal.email or principal.member_id is None
        if is_theirs or (is_addressed and is_listed(session, (*row.recipients, *row.escalate_to), principal)):
            return row
    known = session.scalars(select(AlertRow.name).where(*_own(principal))).all()
    raise ForbiddenError(f"You have no alert {name!r}. {suggestion(name, known)}")


def _record(session: Session, principal: Principal, row: AlertRow, change: str) -> None:
    data: dict[str, object] = {"change": change, "rule": row.rule, "metric": row.metric, "notebook": row.notebook}
    data |= {"recipients": len(row.recipients), "channel": row.channel.get("kind")}
    record_event(session, AuditAction.ALERT_CHANGED, subject=row.name, principal=principal, data=data)
