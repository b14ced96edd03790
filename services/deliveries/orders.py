"""What a run delivers: its schedule, or for the notice of an alert what stands for one."""

from sqlalchemy.orm import Session

from services.deliveries.rest import Rest
from services.deliveries.runs import Run
from services.deliveries.schedules import schedule_of
from services.deliveries.spec import NOTICES, Plan, RunKind, Schedule
from tenants.alert_schema import AlertRow
from tenants.delivery_schema import ScheduleRow


def find_order(session: Session, run: Run) -> Schedule | None:
    """What a run delivers; None where it was removed."""
    if run.kind in NOTICES:
        alert = session.get(AlertRow, run.schedule_id)
        return None if alert is None else order_of_alert(alert, run.kind)
    row = session.get(ScheduleRow, run.schedule_id)
    return None if row is None else schedule_of(row)


def removed_reason(run: Run) -> str:
    """Why nothing is sent of a run whose order is not there any more."""
    return f"The {'alert' if run.kind in NOTICES else 'schedule'} was removed."


def order_of_alert(row: AlertRow, kind: RunKind) -> Schedule:
    """An alert as something to deliver: to whom, and by which channel."""
    recipients = row.escalate_to if kind is RunKind.ESCALATION else row.recipients
    plan = Plan(
        name=row.name,
        notebook=row.notebook,
        cron=row.cron,
        recipients=tuple(recipients),
        formats=(),
        channel=row.channel,
        rest=Rest(quiet=row.quiet),
    )
    return Schedule(id=row.id, tenant_id=row.tenant_id, plan=plan, next_at=row.created_at, created_by=row.owner)
