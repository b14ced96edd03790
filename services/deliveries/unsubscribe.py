"""Leaving a schedule by the address in each of its messages (RFC 8058), without signing in."""

import hmac
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from services.deliveries.sending import unsubscribe_mark
from services.permitted import permitted
from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow, UnsubscribedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What somebody is about to leave."""

    schedule_id: str
    schedule: str
    recipient: str
    tenant_id: str
    tenant_name: str


def find_subscription(platform: Platform, token: str) -> Subscription:
    """What the address of a message leaves. Raises ForbiddenError for one that was not made here."""
    delivery_id, _, mark = token.partition(".")
    with platform.session() as session:
        row = session.get(DeliveryRow, delivery_id)
        if row is None or not hmac.compare_digest(mark.encode(), unsubscribe_mark(platform, delivery_id).encode()):
            raise ForbiddenError("This address leaves no schedule. Open the link of the newest message again.")
        return Subscription(
            schedule_id=row.schedule_id,
            schedule=session.get_one(DeliveryRunRow, row.run_id).schedule_name,
            recipient=row.recipient,
            tenant_id=row.tenant_id,
            tenant_name=directory.tenant_of(session, row.tenant_id).name,
        )


def unsubscribe(platform: Platform, token: str) -> Subscription:
    """Leave for good, whoever puts the recipient on the list again. Raises ForbiddenError."""
    found = find_subscription(platform, token)
    with platform.session() as session:
        _leave(session, platform, found)
    return found


@permitted(Permission.REPORT_EXPORT)
def subscribe_again(platform: Platform, principal: Principal, schedule_id: str) -> None:
    """Receive a schedule again that the principal left; only they themselves can."""
    with platform.session() as session:
        session.execute(
            delete(UnsubscribedRow).where(
                UnsubscribedRow.tenant_id == principal.tenant.id,
                UnsubscribedRow.schedule_id == schedule_id,
                UnsubscribedRow.recipient == principal.email,
            )
        )
        record_event(session, AuditAction.DELIVERY_LEFT, subject=principal.email, principal=principal, after="again")


def _leave(session: Session, platform: Platform, found: Subscription) -> None:
    if session.get(UnsubscribedRow, (found.schedule_id, found.recipient)) is not None:
        return
    session.add(
        UnsubscribedRow(
            schedule_id=found.schedule_id, recipient=found.recipient, tenant_id=found.tenant_id, at=platform.clock()
        )
    )
    record_event(
        session,
        AuditAction.DELIVERY_LEFT,
        subject=found.recipient,
        tenant_id=found.tenant_id,
        data={"schedule": found.schedule},
    )
