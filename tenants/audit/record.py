"""Appends events to the chain of a tenant, in the transaction of the change they tell of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.ids import new_id
from core.origin import Origin, current_origin
from tenants.access.principal import Principal
from tenants.audit.actions import AuditAction
from tenants.audit.chain import GENESIS, INSTALLATION, canonical, line_hash, sign_head, time_text
from tenants.changes import insert_into
from tenants.schema import AuditHeadRow, AuditRow
from tenants.usage import count_usage

# Built once, and of tables: they are run with every answer that is given out.
_EVENTS, _HEADS = (AuditRow.metadata.tables[row.__tablename__] for row in (AuditRow, AuditHeadRow))
_IS_OF_TENANT = _HEADS.c.tenant_id == bindparam("of_tenant")
_APPEND = insert(_EVENTS)
_TAKE = update(_HEADS).where(_IS_OF_TENANT).values(seal=_HEADS.c.seal).returning(_HEADS.c.sequence, _HEADS.c.hash)
_MOVE = (
    update(_HEADS)
    .where(_IS_OF_TENANT)
    .values(sequence=bindparam("sequence"), hash=bindparam("hash"), seal=bindparam("seal"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be recorded. `usage` counts towards the tenant's month; it is kept with the event."""

    action: AuditAction
    subject: str
    principal: Principal | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    usage: Mapping[str, int] = field(default_factory=dict)
    origin: Origin = field(default_factory=current_origin)


def record_event(
    session: Session,
    action: AuditAction,
    *,
    subject: str,
    principal: Principal | None = None,
    tenant_id: str | None = None,
    data: Mapping[str, object] | None = None,
    before: object = None,
    after: object = None,
    usage: Mapping[str, int] | None = None,
) -> None:
    """Append an event to the log of the principal's tenant, or of `tenant_id` where nobody is known to be asking.

    `before` and `after` are what the change replaced and put in place, as JSON values.
    """
    changed = {name: value for name, value in (("before", before), ("after", after)) if value is not None}
    event = Event(
        action=action, subject=subject, principal=principal, data={**(data or {}), **changed}, usage=usage or {}
    )
    record_events(session, principal.tenant.id if principal else tenant_id or INSTALLATION, [event])


def record_events(session: Session, tenant_id: str, events: Sequence[Event]) -> None:
    """Append events to one tenant's chain. Writers of one tenant wait for each other until their transaction ends."""
    session.flush()
    connection = session.connection()
    sequence, newest = _take_head(session, tenant_id)
    at = session.info.get("clock", utc_now)()
    lines: list[dict[str, object]] = []
    for event in events:
        sequence += 1
        line = _line(tenant_id, event, sequence, newest)
        newest = line_hash({**line, "at": time_text(at)})
        lines.append({**line, "at": at, "hash": newest})
    connection.execute(_APPEND, lines)
    seal = sign_head(session.info["sign"], tenant_id, sequence, newest)
    connection.execute(_MOVE, {"of_tenant": tenant_id, "sequence": sequence, "hash": newest, "seal": seal})
    count_usage(session, tenant_id, [(at, event.usage) for event in events])


def _take_head(session: Session, tenant_id: str) -> tuple[int, str]:
    """The head's number and hash, locked until the transaction ends: what is read is what the update has locked."""
    connection = session.connection()
    head = connection.execute(_TAKE, {"of_tenant": tenant_id}).one_or_none()
    if head is None:
        empty = {"tenant_id": tenant_id, "sequence": 0, "hash": GENESIS, "seal": ""}
        connection.execute(insert_into(session, AuditHeadRow).values(empty).on_conflict_do_nothing())
        head = connection.execute(_TAKE, {"of_tenant": tenant_id}).one()
    return head.sequence, head.hash


def _line(tenant_id: str, event: Event, sequence: int, previous_hash: str) -> dict[str, object]:
    """An event as it is kept, but for its time and its hash."""
    principal = event.principal
    asking = None if principal is None else principal.viewer or principal
    seen_as = {"viewing_as": principal.email} if principal is not None and principal.viewer is not None else {}
    usage = {"usage": dict(event.usage)} if event.usage else {}
    return {
        "id": new_id(),
        "tenant_id": tenant_id,
        "sequence": sequence,
        "actor": asking.email if asking else "anonymous",
        "actor_id": (asking.member_id or "") if asking else "",
        "address": event.origin.address,
        "request_id": event.origin.request_id,
        "action": event.action.value,
        "subject": _plain(event.subject)[:400],
        # What is hashed is what a reader gets back: keys are text, tuples are lists.
        "data": json.loads(canonical({**event.data, **seen_as, **usage}).replace(b"\\u0000", b"\\ufffd")),
        "previous_hash": previous_hash,
    }


def _plain(text: str) -> str:
    """Text that both databases can keep."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
