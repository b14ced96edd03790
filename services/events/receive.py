"""Puts events into the tenant's table `events`: one transaction for each batch, each id once."""

import json
from dataclasses import dataclass, replace

import pyarrow as pa

from core.errors import ForbiddenError
from core.ids import new_id
from services.events.batch import Event, Refused, parse_batch
from services.events.keys import find_writer
from services.platform import Platform
from services.sync.staging import write_rows
from tenants.access import operator
from tenants.audit import AuditAction, record_event
from tenants.tenant import Tenant
from tenants.usage import UsageItem

TABLE = "events"
_SOURCE = "events in"
_COLUMNS = pa.schema(
    {
        "id": pa.string(), "event": pa.string(), "at": pa.timestamp("us", tz="UTC"), "user_id": pa.string(),
        "account_id": pa.string(), "properties": pa.string(),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a batch: events that are new, events whose ids were known, and events that cannot be kept."""

    added: int
    known: int
    refused: tuple[Refused, ...]


def receive_events(platform: Platform, key: str, body: bytes) -> Received:
    """Keep the events of a batch that the bearer of a write key sends.

    Raises ForbiddenError for a key that is unknown or revoked, InvalidError, LimitError; ConflictError where the table
    `events` is filled by something else. What was answered with success is stored.
    """
    writer = find_writer(platform, key)
    if writer is None:
        raise ForbiddenError("The write key is not known here, or was revoked.")
    parsed = parse_batch(body, now=platform.clock())
    added = _store(platform, writer.tenant, parsed.events) if parsed.events else 0
    known = parsed.repeated + len(parsed.events) - added
    received = Received(added=added, known=known, refused=parsed.refused)
    with platform.session() as session:
        record_event(
            session,
            AuditAction.EVENTS_RECEIVED,
            subject=writer.name,
            principal=replace(operator(writer.tenant), email=f"write key {writer.name}"),
            data={"added": added, "known": known, "refused": len(parsed.refused)},
            usage={UsageItem.ROWS_LOADED: added},
        )
    return received


def _store(platform: Platform, tenant: Tenant, events: tuple[Event, ...]) -> int:
    # The engine is loaded with the first store, not at start.
    from tenants.store import ChangeMode, TableChange

    store = platform.store(tenant)
    store.staging.mkdir(parents=True, exist_ok=True)
    file = write_rows(_table(events), store.staging)
    try:
        change = TableChange(
            source=_SOURCE,
            stream=TABLE,
            table=TABLE,
            mode=ChangeMode.APPEND,
            run=new_id(),
            key=("id",),
            rows=(file,),
            types={"at": "TIMESTAMP WITH TIME ZONE"},
        )
        outcome = store.apply(change)
    finally:
        file.unlink(missing_ok=True)
    return outcome.added


def _table(events: tuple[Event, ...]) -> pa.Table:
    rows = [
        {**event.model_dump(exclude={"properties"}), "properties": json.dumps(event.properties, ensure_ascii=False)}
        for event in events
    ]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)
