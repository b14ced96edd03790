"""Appends events to the chain of a tenant, in the transaction of the change they tell of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.ids import new_id
from core.origin import Origin, current_origin
from tenants.access.principal import Principal
from tenants.audit.actions import AuditAction
from tenants.audit.chain import GENESIS, INSTALLATION, canonical, line_hash, line_of, sign_head
from tenants.changes import count_changed, insert_into
from tenants.schema import AuditHeadRow, AuditRow
from tenants.usage import count_usage


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
    head = _take_head(session, tenant_id)
    rows: list[AuditRow] = []
    sequence, newest = head.sequence, head.hash
    for event in events:
        sequence += 1
        row = _row(session, tenant_id, event, sequence, newest)
        newest = row.hash
        rows.append(row)
    session.add_all(rows)
    session.flush()
    seal = sign_head(session.info["sign"], tenant_id, sequence, newest)
    moved = update(AuditHeadRow).where(AuditHeadRow.tenant_id == tenant_id)
    count_changed(session, moved.values(sequence=sequence, hash=newest, seal=seal))
    count_usage(session, tenant_id, [(row.at, event.usage) for row, event in zip(rows, events, strict=True)])


def _take_head(session: Session, tenant_id: str) -> AuditHeadRow:
    """The head, locked until the transaction ends. The write before the read makes SQLite take its lock first."""
    session.flush()
    is_here = AuditHeadRow.tenant_id == tenant_id
    touch = update(AuditHeadRow).where(is_here).values(tenant_id=tenant_id)
    if not count_changed(session, touch):
        empty = {"tenant_id": tenant_id, "sequence": 0, "hash": GENESIS, "seal": ""}
        session.execute(insert_into(session, AuditHeadRow).values(empty).on_conflict_do_nothing())
    statement = select(AuditHeadRow).where(is_here).with_for_update()
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def _row(session: Session, tenant_id: str, event: Event, sequence: int, previous_hash: str) -> AuditRow:
    principal = event.principal
    asking = None if principal is None else principal.viewer or principal
    seen_as = {"viewing_as": principal.email} if principal is not None and principal.viewer is not None else {}
    usage = {"usage": dict(event.usage)} if event.usage else {}
    row = AuditRow(
        id=new_id(),
        tenant_id=tenant_id,
        sequence=sequence,
        at=session.info.get("clock", utc_now)(),
        actor=asking.email if asking else "anonymous",
        actor_id=(asking.member_id or "") if asking else "",
        address=event.origin.address,
        request_id=event.origin.request_id,
        action=event.action.value,
        subject=_plain(event.subject)[:400],
        # What is hashed is what a reader gets back: keys are text, tuples are lists.
        data=json.loads(canonical({**event.data, **seen_as, **usage}).replace(b"\\u0000", b"\\ufffd")),
        previous_hash=previous_hash,
    )
    row.hash = line_hash(line_of(row))
    return row


def _plain(text: str) -> str:
    """Text that both databases can keep."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
