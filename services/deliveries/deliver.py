"""Deliveries that a person asks for, outside a schedule's times."""

from sqlalchemy import select

from core.errors import ConflictError
from services.deliveries.channels import require_channel
from services.deliveries.history import delivery_of, require_delivery
from services.deliveries.render import Rendered, render_group
from services.deliveries.runs import Run, begin_run
from services.deliveries.schedules import require_schedule
from services.deliveries.spec import NOTICES, Delivery, RunKind
from services.deliveries.steps import copy_delivery, work_on
from services.permitted import permitted
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


def preview(platform: Platform, principal: Principal, name: str) -> Rendered:
    """What the principal would get of a schedule, with their own rows; nothing is sent."""
    return render_group(platform, principal, require_schedule(platform, principal, name))


@permitted(Permission.SCHEDULE_MANAGE)
def resend(platform: Platform, principal: Principal, delivery_id: str) -> list[Delivery]:
    """Send the very files of a delivery to its recipient again; rendered anew where what they may see has changed.

    Raises ForbiddenError where the schedule has gone, ConflictError for one that never was rendered.
    """
    delivery = require_delivery(platform, principal, delivery_id)
    if delivery.kind in NOTICES:
        raise ConflictError("What an alert told is not sent again; its figures may have changed. Check the alert now.")
    schedule = require_schedule(platform, principal, delivery.schedule)
    if not delivery.files:
        raise ConflictError("There is nothing to send again: this delivery was never rendered.")
    with platform.session() as session:
        now = platform.clock()
        run = begin_run(session, schedule, kind=RunKind.RESEND, by=principal.email, now=now, is_addressed=True)
        copy_delivery(session, session.get_one(DeliveryRow, delivery_id), run, now=now)
    return _work(platform, run)


@permitted(Permission.SCHEDULE_MANAGE)
def _deliver(platform: Platform, principal: Principal, name: str, kind: RunKind) -> list[Delivery]:
    schedule = require_schedule(platform, principal, name)
    require_channel(schedule.plan.channel).check(platform, schedule.plan.channel)
    with platform.session() as session:
        run = begin_run(session, schedule, kind=kind, by=principal.email, now=platform.clock())
    return _work(platform, run)


def _work(platform: Platform, run: Run) -> list[Delivery]:
    work_on(platform, run)
    statement = (
        select(DeliveryRow, DeliveryRunRow)
        .join(DeliveryRunRow, DeliveryRunRow.id == DeliveryRow.run_id)
        .where(DeliveryRow.run_id == run.id)
        .order_by(DeliveryRow.recipient)
    )
    with platform.session() as session:
        return [delivery_of(row, run_row) for row, run_row in session.execute(statement)]
