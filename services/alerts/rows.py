"""Alerts and firings as they are kept."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from metrics.period import PeriodKind
from services.alerts.rule import parse_rule
from services.alerts.spec import Alert, AlertPlan, Firing
from tenants.alert_schema import AlertFiringRow, AlertRow


def plan_of(row: AlertRow) -> AlertPlan:
    """What was decided of an alert."""
    return AlertPlan(
        name=row.name,
        rule=row.rule,
        metric=row.metric,
        notebook=row.notebook,
        cell=row.cell,
        period=PeriodKind(row.period),
        dimension=row.dimension,
        where=row.filter,
        recipients=tuple(row.recipients),
        channel=row.channel,
        cron=row.cron,
        is_after_sync=row.is_after_sync,
        digest=row.digest,
        quiet=row.quiet,
        escalate_to=tuple(row.escalate_to),
        escalate_after_h=row.escalate_after_h,
    )


def alert_of(row: AlertRow, firings: Sequence[AlertFiringRow] = ()) -> Alert:
    """An alert, with firings that have not ended."""
    return Alert(
        id=row.id,
        tenant_id=row.tenant_id,
        owner=row.owner,
        plan=plan_of(row),
        rule=parse_rule(row.rule),
        is_active=row.is_active,
        due_at=None if row.due_at is None else as_utc(row.due_at),
        digest_at=None if row.digest_at is None else as_utc(row.digest_at),
        snoozed_until=None if row.snoozed_until is None else as_utc(row.snoozed_until),
        checked_at=None if row.checked_at is None else as_utc(row.checked_at),
        problem=row.problem,
        open=tuple(firing_of(one) for one in firings),
    )


def firing_of(row: AlertFiringRow) -> Firing:
    """A firing."""
    return Firing(
        id=row.id,
        member=row.member,
        began_at=as_utc(row.began_at),
        ended_at=None if row.ended_at is None else as_utc(row.ended_at),
        said=row.said,
        is_told=bool(row.notice),
        acknowledged_at=None if row.acknowledged_at is None else as_utc(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
    )


def open_firings(session: Session, alert_id: str) -> Sequence[AlertFiringRow]:
    """The firings of an alert that have not ended, the oldest first."""
    statement = select(AlertFiringRow).where(AlertFiringRow.alert_id == alert_id, AlertFiringRow.ended_at.is_(None))
    return session.scalars(statement.order_by(AlertFiringRow.began_at, AlertFiringRow.member)).all()


def told_firings(session: Session, alert_id: str, period: str) -> Sequence[AlertFiringRow]:
    """The firings that the run of that period tells."""
    is_told = or_(AlertFiringRow.notice == period, AlertFiringRow.escalation == period)
    statement = select(AlertFiringRow).where(AlertFiringRow.alert_id == alert_id, is_told)
    return session.scalars(statement.order_by(AlertFiringRow.member)).all()
