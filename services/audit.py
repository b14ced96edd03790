"""The audit log for those who may read it: search, proof, export, and removal of old lines under a checkpoint."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from core.clock import as_utc
from core.errors import InvalidError
from core.names import suggestion
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.audit.chain import line_of
from tenants.audit.checkpoint import remove_before
from tenants.audit.verify import Proof, verify_chain
from tenants.schema import AuditRow

PAGE_ROWS = 50
_CSV = ("sequence", "at", "actor", "action", "subject", "address", "request_id", "data", "previous_hash", "hash")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which events: a text in who, what or on what; kinds; who; from and before which time (UTC)."""

    text: str = ""
    actions: tuple[str, ...] = ()
    actor: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One line of the log."""

    sequence: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    address: str
    request_id: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of events, newest first, and how many there are in all."""

    events: tuple[AuditEvent, ...]
    total: int


@permitted(Permission.AUDIT_READ)
def search_events(platform: Platform, principal: Principal, chosen: AuditFilter, *, page: int = 0) -> AuditPage:
    """A page of the events that fit, of the principal's tenant. Raises InvalidError for an unknown kind."""
    where = _conditions(principal, chosen)
    newest_first = select(AuditRow).where(*where).order_by(AuditRow.sequence.desc())
    with platform.session() as session:
        total = session.scalar(select(func.count()).select_from(AuditRow).where(*where)) or 0
        rows = session.scalars(newest_first.limit(PAGE_ROWS).offset(page * PAGE_ROWS))
        return AuditPage(events=tuple(_event(row) for row in rows), total=total)


@permitted(Permission.AUDIT_READ)
def verify_log(platform: Platform, principal: Principal) -> Proof:
    """Prove the log of the principal's tenant."""
    with platform.session() as session:
        return verify_chain(session, principal.tenant.id)


@permitted(Permission.AUDIT_READ)
def export_events(platform: Platform, principal: Principal, chosen: AuditFilter, format_name: str) -> bytes:
    """The events that fit, oldest first, as `json` lines (with the hashes that prove them) or `csv`; recorded."""
    if format_name not in {"csv", "json"}:
        raise InvalidError(f"{format_name!r} is not a format of the log. {suggestion(format_name, ['csv', 'json'])}")
    statement = select(AuditRow).where(*_conditions(principal, chosen)).order_by(AuditRow.sequence)
    with platform.session() as session:
        lines = [{**line_of(row), "hash": row.hash} for row in session.scalars(statement)]
        record_event(
            session,
            AuditAction.AUDIT_EXPORTED,
            subject=format_name,
            principal=principal,
            data={"lines": len(lines), "text": chosen.text, "actions": list(chosen.actions)},
        )
    return "".join(_csv_lines(lines) if format_name == "csv" else _json_lines(lines)).encode()


@permitted(Permission.AUDIT_READ)
def remove_old_events(platform: Platform, principal: Principal, *, keep_days: int) -> int:
    """Remove lines older than `keep_days` under a signed checkpoint; returns how many. A broken log is left alone."""
    if keep_days < 1:
        raise InvalidError(f"An audit log is kept for at least one day; {keep_days} was asked for.")
    before = platform.clock() - dt.timedelta(days=keep_days)
    with platform.session() as session:
        removed = remove_before(session, principal.tenant.id, before, at=platform.clock())
        if removed:
            record_event(
                session,
                AuditAction.AUDIT_CHECKPOINT,
                subject=f"{removed} lines removed",
                principal=principal,
                data={"removed": removed, "keep_days": keep_days},
            )
    return removed


def _conditions(principal: Principal, chosen: AuditFilter) -> list[ColumnElement[bool]]:
    unknown = [action for action in chosen.actions if action not in list(AuditAction)]
    if unknown:
        raise InvalidError(f"{unknown[0]!r} is not a kind of event. {suggestion(unknown[0], list(AuditAction))}")
    where = [AuditRow.tenant_id == principal.tenant.id]
    if chosen.text:
        columns = (AuditRow.subject, AuditRow.actor, AuditRow.action, AuditRow.request_id, AuditRow.address)
        where.append(or_(*(column.icontains(chosen.text, autoescape=True) for column in columns)))
    if chosen.actions:
        where.append(AuditRow.action.in_(chosen.actions))
    if chosen.actor:
        where.append(AuditRow.actor == chosen.actor)
    if chosen.start is not None:
        where.append(AuditRow.at >= chosen.start)
    if chosen.end is not None:
        where.append(AuditRow.at < chosen.end)
    return where


def _event(row: AuditRow) -> AuditEvent:
    return AuditEvent(
        sequence=row.sequence,
        at=as_utc(row.at),
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        address=row.address,
        request_id=row.request_id,
        data=row.data,
    )


def _json_lines(lines: list[dict[str, object]]) -> Iterator[str]:
    for line in lines:
        yield json.dumps(line, sort_keys=True) + "\n"


def _csv_lines(lines: list[dict[str, object]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV)
    for line in lines:
        writer.writerow([_csv_cell(line[name]) for name in _CSV])
    yield text.getvalue()


def _csv_cell(value: object) -> object:
    """A value for CSV; text that a spreadsheet would run as a formula is made plain text by an apostrophe."""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
