"""Deliveries that a person asks for, outside a schedule's times."""

from sqlalchemy import select

from core.errors import ConflictError
from services.deliveries.channels import require_channel
from services.deliveries.history import delivery_of
from services.deliveries.runs import begin_run, claim_run
from services.deliveries.schedules import require_schedule
from services.deliveries.spec import Delivery, RunKind
from services.deliveries.steps import work_on
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow


def deliver_now(platform: Platform, principal: Principal, name: str) -> list[Delivery]:
    """Deliver a schedule at once to all its recipients, whatever its condition says; what each got.

    What the mail server puts off is tried again by the server's loop. Raises ForbiddenError, InvalidError.
    """
    return _deliver(platform, principal, name, RunKind.MANUAL)


def deliver_test(platform: Platform, principal: Principal, name: str) -> list[Delivery]:
    """Deliver a schedule to the principal alone, with their own rows."""
    if principal.member_id is None:
        raise ConflictError("A test goes to the member who asks for it; the operator has no address.")
    return _deliver(platform, principal, name, RunKind.TEST)


def _deliver(platform: Platform, principal: Principal, name: str, kind: RunKind) -> list[Delivery]:
    principal.require(Permission.SCHEDULE_MANAGE)
    schedule = require_schedule(platform, principal, name)
    require_channel(schedule.plan.channel).check(platform, schedule.plan.channel)
    with platform.session() as session:
        period = begin_run(session, schedule, kind=kind, by=principal.email, now=platform.clock())
    run = claim_run(platform, period=period)
    if run is not None:
        work_on(platform, run)
    with platform.session() as session:
        statement = (
            select(DeliveryRow, DeliveryRunRow)
            .join(DeliveryRunRow, DeliveryRunRow.id == DeliveryRow.run_id)
            .where(DeliveryRow.schedule_id == schedule.id, DeliveryRow.period == period)
            .order_by(DeliveryRow.recipient)
        )
        return [delivery_of(row, run_row) for row, run_row in session.execute(statement)]
