"""Sends what was rendered to one recipient: checked once more, marked, handed over, and put on record."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.errors import UserError
from exports.mail import UNSUBSCRIBE
from services.deliveries.archive import open_file
from services.deliveries.channels import Attachment, Ending, Outcome, Parcel, Sender
from services.deliveries.links import link_address
from services.deliveries.orders import find_order, removed_reason
from services.deliveries.recipients import find_readers, gone_reason, is_wanted, key_of, may_read
from services.deliveries.runs import Run, require_lease
from services.deliveries.spec import DeliveryState, RunKind
from services.platform import Platform
from tenants.access import operator
from tenants.audit import AuditAction, record_event
from tenants.delivery_schema import DeliveryRow
from tenants.tenant import Tenant
from tenants.usage import UsageItem

GIVE_UP_AFTER = dt.timedelta(hours=24)
# Of the table, not of the class: it runs twice for each recipient, and no loaded row is to follow.
_DELIVERIES = DeliveryRow.metadata.tables[DeliveryRow.__tablename__]
_PAUSES_MIN = (1, 2, 4, 8, 15, 30)


def send_one(
    platform: Platform,
    run: Run,
    tenant: Tenant,
    row: DeliveryRow,
    sender: Sender,
    contents: dict[str, bytes],
) -> None:
    """Send to one recipient. `contents` holds files by hash and is filled as they are needed."""
    with platform.session() as session:
        state, reason = _still_wanted(platform, session, run, tenant, row)
        require_lease(session, run, platform.clock())
        if state is not None:
            _move(session, row, DeliveryState.RENDERED, {"state": state.value, "reason": reason})
            return
        # From here on only this process sends it, and whoever comes after a crash knows that it was being sent.
        marked = {"state": DeliveryState.SENDING.value, "attempts": row.attempts + 1}
        if not _move(session, row, DeliveryState.RENDERED, marked):
            return
        for file in row.files:
            sha256 = str(file["sha256"])
            if sha256 not in contents:
                contents[sha256] = open_file(platform, session, tenant, sha256)
    outcome = sender.send(_parcel(platform, run, row, contents))
    with platform.session() as session:
        _record(session, platform, run, tenant, row, outcome)


def _still_wanted(
    platform: Platform, session: Session, run: Run, tenant: Tenant, row: DeliveryRow
) -> tuple[DeliveryState | None, str]:
    """What becomes of a recipient for whom something changed since the rendering; None where nothing did."""
    schedule = find_order(session, run)
    if schedule is None:
        return DeliveryState.SKIPPED, removed_reason(run)
    reader = find_readers(session, tenant, schedule, [row.recipient]).get(row.recipient)
    if reader is None:
        return DeliveryState.SKIPPED, gone_reason(schedule, row.recipient)
    if run.kind is not RunKind.TEST and not is_wanted(session, schedule, reader, row.recipient):
        return DeliveryState.SKIPPED, f"{row.recipient} is not on the list any more."
    try:
        key = key_of(platform, reader, is_readable=may_read(session, reader, schedule.plan.notebook))
    except UserError as error:
        return DeliveryState.FAILED, error.message
    if key != row.group_key:
        return DeliveryState.WAITING, "What they may see changed; it is rendered again."
    return None, ""


def _parcel(platform: Platform, run: Run, row: DeliveryRow, contents: Mapping[str, bytes]) -> Parcel:
    address = unsubscribe_address(platform, row.id)
    html, text = (contents[str(file["sha256"])].decode().replace(UNSUBSCRIBE, address) for file in row.files[:2])
    return Parcel(
        message_id=row.message_id,
        recipient=row.recipient,
        subject=f"Test: {row.subject}" if run.kind is RunKind.TEST else row.subject,
        html=html,
        text=text,
        files=tuple(
            Attachment(
                name=str(file["name"]), media_type=str(file["media_type"]), content=contents[str(file["sha256"])]
            )
            for file in row.files[2:]
        ),
        unsubscribe_address=address,
        schedule=run.schedule,
        period=run.period,
        links=tuple((str(file["name"]), link_address(platform, row.id, str(file["name"]))) for file in row.files[2:]),
    )


def unsubscribe_address(platform: Platform, delivery_id: str) -> str:
    """The address that takes one recipient off a schedule; nobody else can make it."""
    return f"{platform.settings.address}/unsubscribe/{delivery_id}.{unsubscribe_mark(platform, delivery_id)}"


def unsubscribe_mark(platform: Platform, delivery_id: str) -> str:
    """What proves that an address to unsubscribe was made here."""
    # The installation's own key: the address works for as long as somebody has the message.
    return platform.keys.sign(f"unsubscribe/{delivery_id}".encode())[:32]


def _record(session: Session, platform: Platform, run: Run, tenant: Tenant, row: DeliveryRow, outcome: Outcome) -> None:
    """Keep how it ended. What was sent is on record even where the lease was lost meanwhile."""
    now = platform.clock()
    match outcome.ending:
        case Ending.SENT:
            sent = {"state": DeliveryState.SENT.value, "sent_at": now, "receipt": outcome.said, "reason": ""}
            if _move(session, row, DeliveryState.SENDING, sent):
                _audit(session, run, tenant, row)
        case Ending.REFUSED:
            refused = {"state": DeliveryState.FAILED.value, "reason": f"Refused: {outcome.said}"}
            _move(session, row, DeliveryState.SENDING, refused)
        case Ending.LATER:
            _move(session, row, DeliveryState.SENDING, _again(row, outcome, now))


def _again(row: DeliveryRow, outcome: Outcome, now: dt.datetime) -> dict[str, object]:
    """When to try again; after a day it is given up."""
    if now - as_utc(row.created_at) >= GIVE_UP_AFTER:
        reason = f"Given up after {row.attempts + 1} attempts: {outcome.said}"
        return {"state": DeliveryState.FAILED.value, "reason": reason}
    pause = dt.timedelta(minutes=_PAUSES_MIN[min(row.attempts, len(_PAUSES_MIN) - 1)])
    return {"state": DeliveryState.RENDERED.value, "due_at": now + pause, "reason": outcome.said}


def _audit(session: Session, run: Run, tenant: Tenant, row: DeliveryRow) -> None:
    record_event(
        session,
        AuditAction.DELIVERY_SENT,
        subject=row.recipient,
        principal=operator(tenant),
        data={
            "schedule": run.schedule,
            "period": run.period,
            "requested_by": run.requested_by,
            "policies": row.policies,
            "rows": row.row_counts,
            "watermark": row.watermark,
            "document_version": row.document_version,
            "files": {str(file["name"]): file["sha256"] for file in row.files},
        },
        usage={UsageItem.DELIVERIES: 1},
    )


def _move(session: Session, row: DeliveryRow, before: DeliveryState, values: Mapping[str, object]) -> bool:
    """Change a delivery that stands where it was left; False where another process has moved it."""
    statement = update(_DELIVERIES).where(_DELIVERIES.c.id == row.id, _DELIVERIES.c.state == before.value)
    return session.connection().execute(statement.values(dict(values))).rowcount == 1
