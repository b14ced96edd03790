"""The runs of syncs as they are recorded: begun, counted up batch by batch, ended."""

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.ids import new_id
from services.alerts.pulse import wake_alerts
from services.permitted import permitted
from services.platform import Platform
from services.sync.sources import Source, require_source
from tenants.access import Permission, Principal
from tenants.access.data_grants import DataKind, hides
from tenants.access.grants import Level, reader_values, reading_of
from tenants.audit import AuditAction, record_event
from tenants.source_schema import SourceRow, SyncRunRow
from tenants.store import ChangeOutcome, QuarantinedRow
from tenants.usage import UsageItem

_MOST_LINES = 500


class RunStatus(StrEnum):
    """How a run stands. An interrupted one ended with its process; the next continues where it stood."""

    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    RUNNING = "running"


@dataclass(slots=True, kw_only=True)
class Counts:
    """Rows that came, and what came of them."""

    rows_in: int = 0
    added: int = 0
    updated: int = 0
    deleted: int = 0
    quarantined: int = 0

    def add(self, outcome: ChangeOutcome) -> None:
        """Add what a committed batch did."""
        self.rows_in += outcome.rows_in
        self.added += outcome.added
        self.updated += outcome.updated
        self.deleted += outcome.deleted
        self.quarantined += outcome.quarantined

    def as_values(self) -> dict[str, int]:
        """By name."""
        return {name: getattr(self, name) for name in ("rows_in", "added", "updated", "deleted", "quarantined")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRun:
    """One recorded run; times are UTC. `code` and `message` tell why it failed."""

    id: str
    source: str
    status: RunStatus
    started_at: dt.datetime
    ended_at: dt.datetime | None
    started_by: str
    counts: Counts
    code: str
    message: str
    log: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class RunRecord:
    """A run under way: its counts and its log, written after each batch."""

    platform: Platform
    principal: Principal
    source: Source
    id: str = field(default_factory=new_id)
    counts: Counts = field(default_factory=Counts)
    lines: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Record that the run began. One that still seems to run ended with its process."""
        now = self.platform.clock()
        with self.platform.session() as session:
            stale = (SyncRunRow.source_id == self.source.id, SyncRunRow.status == RunStatus.RUNNING.value)
            session.execute(update(SyncRunRow).where(*stale).values(status=RunStatus.INTERRUPTED.value, ended_at=now))
            session.add(
                SyncRunRow(
                    id=self.id,
                    tenant_id=self.principal.tenant.id,
                    source_id=self.source.id,
                    status=RunStatus.RUNNING.value,
                    started_at=now,
                    started_by=self.principal.email,
                )
            )

    def say(self, text: str) -> None:
        """Add a line to the log."""
        if len(self.lines) < _MOST_LINES:
            self.lines.append(f"{self.platform.clock():%H:%M:%S} {text}")

    def count(self, outcome: ChangeOutcome) -> None:
        """Add a committed batch."""
        self.counts.add(outcome)
        with self.platform.session() as session:
            self._write(session)

    def end(self, status: RunStatus, *, code: str = "", message: str = "") -> SyncRun:
        """Record how the run ended, in the audit log too."""
        with self.platform.session() as session:
            self._write(session, status=status.value, code=code, message=message, ended_at=self.platform.clock())
            wake_alerts(session, self.principal.tenant.id, self.platform.clock())
            record_event(
                session,
                AuditAction.SOURCE_SYNCED,
                subject=self.source.name,
                principal=self.principal,
                data={"status": status.value, "run": self.id, "code": code, **self.counts.as_values()},
                usage={
                    UsageItem.ROWS_LOADED: self.counts.rows_in,
                    UsageItem.BYTES_STORED: self.platform.bytes_stored(self.principal.tenant),
                },
            )
            row = session.get_one(SyncRunRow, self.id)
            session.refresh(row)
            return _run(row, self.source.name)

    def _write(self, session: Session, **more: object) -> None:
        values = {**self.counts.as_values(), "log": {"lines": self.lines}, **more}
        session.execute(update(SyncRunRow).where(SyncRunRow.id == self.id).values(**values))


@permitted(Permission.DATA_READ)
def list_runs(platform: Platform, principal: Principal, name: str | None = None, *, limit: int = 50) -> list[SyncRun]:
    """The newest runs of a source, or of all sources of the principal's tenant, newest first."""
    statement = (
        select(SyncRunRow, SourceRow.name)
        .join(SourceRow, SourceRow.id == SyncRunRow.source_id)
        .where(SyncRunRow.tenant_id == principal.tenant.id)
        .where(~hides(reading_of(principal), DataKind.SOURCE, SourceRow.name))
        .order_by(SyncRunRow.started_at.desc(), SyncRunRow.id)
        .limit(limit)
    )
    if name is not None:
        statement = statement.where(SyncRunRow.source_id == require_source(platform, principal, name).id)
    with platform.session() as session:
        found = [(row, source) for row, source in session.execute(statement, reader_values(principal))]
    return [_settled(platform, row, source) for row, source in found]


@permitted(Permission.SOURCE_SYNC)
def list_set_aside(platform: Platform, principal: Principal, run: SyncRun) -> list[QuarantinedRow]:
    """The newest rows of a run that could not be stored, with the source's own values. Raises ForbiddenError."""
    source = require_source(platform, principal, run.source, level=Level.EDIT)
    return platform.store(principal.tenant).quarantine(source.id, run=run.id)


def _settled(platform: Platform, row: SyncRunRow, source: str) -> SyncRun:
    run = _run(row, source)
    if run.status is RunStatus.RUNNING and not platform.syncs.is_running(row.source_id):
        # It may have ended since it was read: an end is on record before its source is let go.
        with platform.session() as session:
            run = _run(session.get_one(SyncRunRow, row.id), source)
        if run.status is RunStatus.RUNNING:
            return replace(run, status=RunStatus.INTERRUPTED)
    return run


def _run(row: SyncRunRow, source: str) -> SyncRun:
    return SyncRun(
        id=row.id,
        source=source,
        status=RunStatus(row.status),
        started_at=as_utc(row.started_at),
        ended_at=None if row.ended_at is None else as_utc(row.ended_at),
        started_by=row.started_by,
        counts=Counts(
            rows_in=row.rows_in,
            added=row.added,
            updated=row.updated,
            deleted=row.deleted,
            quarantined=row.quarantined,
        ),
        code=row.code,
        message=row.message,
        log=tuple(cast(list[str], row.log.get("lines", []))),
    )
