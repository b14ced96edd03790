"""What was delivered: who received what, when, under which policy, and the very file."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from core.clock import as_utc
from core.errors import ForbiddenError
from services.deliveries.archive import open_file
from services.deliveries.spec import DeliveredFile, Delivery, DeliveryState, RunKind
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries are looked for; `day` is one of the tenant's zone, on which they were made or sent."""

    schedule: str | None = None
    recipient: str | None = None
    day: dt.date | None = None
    state: DeliveryState | None = None


def list_deliveries(platform: Platform, principal: Principal, chosen: DeliveryFilter) -> list[Delivery]:
    """The deliveries that fit, newest first; those to others need the permission to read them."""
    statement = _visible(principal)
    if chosen.schedule is not None:
        statement = statement.where(DeliveryRunRow.schedule_name == chosen.schedule)
    if chosen.recipient is not None:
        statement = statement.where(DeliveryRow.recipient == chosen.recipient.strip().lower())
    if chosen.state is not None:
        statement = statement.where(DeliveryRow.state == chosen.state.value)
    if chosen.day is not None:
        zone = zoneinfo.ZoneInfo(principal.tenant.zone)
        start = dt.datetime.combine(chosen.day, dt.time(), zone).astimezone(dt.UTC)
        end = dt.datetime.combine(chosen.day + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
        when = func.coalesce(DeliveryRow.sent_at, DeliveryRow.created_at)
        statement = statement.where(when >= start, when < end)
    newest = statement.order_by(DeliveryRow.created_at.desc(), DeliveryRow.recipient).limit(_MOST)
    with platform.session() as session:
        return [delivery_of(row, run) for row, run in session.execute(newest)]


def require_delivery(platform: Platform, principal: Principal, delivery_id: str) -> Delivery:
    """One delivery. Raises ForbiddenError for one that the principal may not see."""
    with platform.session() as session:
        found = session.execute(_visible(principal).where(DeliveryRow.id == delivery_id)).one_or_none()
        if found is None:
            raise ForbiddenError("There is no such delivery here.")
        return delivery_of(*found)


def open_delivered(platform: Platform, principal: Principal, delivery_id: str, name: str) -> bytes:
    """The very bytes of a file that was delivered, on record who opened it. Raises ForbiddenError."""
    delivery = require_delivery(platform, principal, delivery_id)
    with platform.session() as session:
        file = next((file for file in delivery.files if file.name == name), None)
        if file is None:
            known = ", ".join(file.name for file in delivery.files) or "no files"
            raise ForbiddenError(f"This delivery has no file {name!r}; it has {known}.")
        content = open_file(platform, session, principal.tenant, file.sha256)
        record_event(
            session,
            AuditAction.DELIVERY_OPENED,
            subject=delivery.recipient,
            principal=principal,
            data={"schedule": delivery.schedule, "period": delivery.period, "file": name, "sha256": file.sha256},
        )
    return content


def _visible(principal: Principal) -> Select[tuple[DeliveryRow, DeliveryRunRow]]:
    """The deliveries of the tenant the principal may see: all of them, or their own."""
    statement = (
        select(DeliveryRow, DeliveryRunRow)
        .join(DeliveryRunRow, DeliveryRunRow.id == DeliveryRow.run_id)
        .where(DeliveryRow.tenant_id == principal.tenant.id)
    )
    if principal.can(Permission.DELIVERY_READ):
        return statement
    principal.require(Permission.REPORT_EXPORT)
    return statement.where(DeliveryRow.recipient == principal.email)


def delivery_of(row: DeliveryRow, run: DeliveryRunRow) -> Delivery:
    """A delivery as it is kept."""
    return Delivery(
        id=row.id,
        schedule=run.schedule_name,
        kind=RunKind(run.kind),
        notebook=run.notebook,
        period=row.period,
        recipient=row.recipient,
        state=DeliveryState(row.state),
        reason=row.reason,
        attempts=row.attempts,
        policies=tuple(row.policies),
        policy_sentence=row.policy_sentence,
        row_counts=row.row_counts,
        document_version=row.document_version,
        watermark=row.watermark,
        loaded_at=None if row.loaded_at is None else as_utc(row.loaded_at),
        files=tuple(
            DeliveredFile(
                name=str(file["name"]),
                media_type=str(file["media_type"]),
                sha256=str(file["sha256"]),
                size=int(str(file["size"])),
            )
            for file in row.files
        ),
        message_id=row.message_id,
        receipt=row.receipt,
        sent_at=None if row.sent_at is None else as_utc(row.sent_at),
        created_at=as_utc(row.created_at),
    )
