"""Messages that came back: what a mail server says of them (RFC 3464), and to whom nothing more is mailed.

A notification names the message by its Message-ID, which nobody knows but its recipient. An address is not written to
any more when it does not exist, or when the last three messages to it came back; until a message sent to it again by a
person stays there.
"""

import datetime as dt
import email
import email.policy
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.deliveries.spec import DeliveryState
from services.letter import send_letter
from services.platform import Platform
from tenants import directory
from tenants.audit import AuditAction, record_event
from tenants.changes import count_changed
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow, ScheduleRow
from tenants.tenant import Tenant

log = logging.getLogger("plumbline.deliveries")

# The address does not exist, has moved, or cannot be one (RFC 3463, X.1.X).
_NO_ADDRESS = re.compile(r"5\.1\.\d+")
_IN_A_ROW = 3
_LOOKED_BACK = dt.timedelta(days=400)
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A message that could not be delivered: its Message-ID, the status code of RFC 3463, and the server's words."""

    message_id: str
    status: str
    said: str


def read_notification(content: bytes) -> Notification | None:
    """What a mail says of a message that failed; None for any other mail, one that tells of a delay among them."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = {part.get_content_type(): part for part in reversed(list(message.walk()))}
    report, original = parts.get("message/delivery-status"), _original(parts)
    if report is None or original is None:
        return None
    fields = [block for block in report.iter_parts() if str(block.get("Action", "")).strip().casefold() == "failed"]
    message_id = str(original.get("Message-ID", "")).strip()
    if not fields or not message_id:
        return None
    words = str(fields[0].get("Diagnostic-Code", "")).partition(";")[2] or "no reason was given"
    return Notification(
        message_id=message_id,
        status=str(fields[0].get("Status", "5.0.0")).split()[0][:16],
        said=" ".join(words.split())[:_LONGEST],
    )


def _original(parts: dict[str, EmailMessage]) -> Message | None:
    """The head of the message that came back."""
    whole = parts.get("message/rfc822")
    if whole is not None:
        return next(iter(whole.iter_parts()), None)
    head = parts.get("text/rfc822-headers")
    return None if head is None else email.message_from_string(head.get_content(), policy=email.policy.default)


def find_state(platform: Platform, notification: Notification) -> DeliveryState | None:
    """Where the delivery stands that a notification is about; None where it is about none."""
    statement = select(DeliveryRow.state).where(DeliveryRow.message_id == notification.message_id)
    with platform.session() as session:
        state = session.scalar(statement)
    return None if state is None else DeliveryState(state)


def record_bounce(platform: Platform, notification: Notification) -> None:
    """Put on record that a delivery came back, once. Who made the schedule is told when nothing more is mailed to that
    address.
    """
    with platform.session() as session:
        row = session.scalars(select(DeliveryRow).where(DeliveryRow.message_id == notification.message_id)).one()
        tenant, run = directory.tenant_of(session, row.tenant_id), session.get_one(DeliveryRunRow, row.run_id)
        said = f"It came back: {notification.status} {notification.said}"
        change = update(DeliveryRow).where(DeliveryRow.id == row.id, DeliveryRow.state == DeliveryState.SENT.value)
        values = {"state": DeliveryState.BOUNCED.value, "bounce": notification.status, "reason": said}
        if count_changed(session, change.values(values)) != 1:
            return
        data: dict[str, object] = {"schedule": run.schedule_name, "period": run.period, "status": notification.status}
        record_event(session, AuditAction.DELIVERY_BOUNCED, subject=row.recipient, tenant_id=tenant.id, data=data)
        is_stopped = row.recipient in stopped_addresses(session, tenant, [row.recipient], platform.clock())
        schedule = session.get(ScheduleRow, row.schedule_id)
        maker = "" if schedule is None else schedule.created_by
        is_member = directory.find_member(session, tenant, maker) is not None
    if is_stopped and is_member and maker != row.recipient:
        _tell(platform, tenant, maker, row.recipient, run.schedule_name, said)


def stopped_addresses(session: Session, tenant: Tenant, addresses: Sequence[str], now: dt.datetime) -> dict[str, str]:
    """Of some addresses those that nothing more is mailed to, each with the reason."""
    own = DeliveryRow.tenant_id == tenant.id, DeliveryRow.sent_at > now - _LOOKED_BACK
    came_back = select(DeliveryRow.recipient).where(*own, DeliveryRow.state == DeliveryState.BOUNCED.value)
    suspects = set(session.scalars(came_back.distinct())).intersection(addresses)
    if not suspects:
        return {}
    ended = (DeliveryState.SENT.value, DeliveryState.BOUNCED.value)
    statement = (
        select(DeliveryRow.recipient, DeliveryRow.bounce, DeliveryRow.reason)
        .where(*own, DeliveryRow.recipient.in_(suspects), DeliveryRow.state.in_(ended))
        .order_by(DeliveryRow.recipient, DeliveryRow.sent_at.desc())
    )
    stopped: dict[str, str] = {}
    for address, found in groupby(session.execute(statement), key=lambda row: str(row.recipient)):
        last = list(found)[:_IN_A_ROW]
        is_unknown = _NO_ADDRESS.fullmatch(last[0].bounce) is not None
        if is_unknown or (len(last) == _IN_A_ROW and all(row.bounce for row in last)):
            stopped[address] = f"Nothing more is mailed to {address}. {last[0].reason}"
    return stopped


def _tell(platform: Platform, tenant: Tenant, maker: str, address: str, schedule: str, said: str) -> None:
    text = (
        f"What {schedule} sends to {address} came back, and nothing more is mailed to that address.\n\n{said}\n\n"
        "Mend the address, or send the delivery again on the page Deliveries: when that message stays there, the "
        f"schedule goes on.\n\n{platform.settings.address}/deliveries\n"
    )
    outcome = send_letter(platform, tenant, maker, subject=f"{schedule} does not reach {address}", text=text)
    if not outcome.is_sent:
        log.warning("%s could not be told that %s does not reach %s: %s", maker, schedule, address, outcome.said)
