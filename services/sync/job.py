"""One sync: every chosen stream read and committed batch by batch, tried again after faults that pass."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pyarrow as pa

from connectors.contract import Batch, Connection, Cursor, StreamPlan, SyncMode
from connectors.errors import SourceError, TerminalSourceError, TransientSourceError
from core.errors import UserError
from core.ids import new_id
from core.names import suggestion
from services.permitted import permitted
from services.platform import Platform
from services.quality.check import CheckState
from services.quality.checks import run_checks
from services.quality.hold import HeldBackError, find_hold
from services.sync.choice import StreamChoice
from services.sync.retry import delay_before
from services.sync.running import SyncStopped
from services.sync.runs import RunRecord, RunStatus, SyncRun
from services.sync.sources import open_source, require_identity, require_source
from services.sync.staging import column_names, declared_types, write_rows
from tenants.access import Permission, Principal
from tenants.access.grants import Level
from tenants.store import ChangeMode, ChangeOutcome, TableChange

Wait = Callable[[float], bool]
_MODES = {
    SyncMode.FULL: ChangeMode.SNAPSHOT,
    SyncMode.INCREMENTAL: ChangeMode.UPSERT,
    SyncMode.APPEND: ChangeMode.APPEND,
}


@permitted(Permission.SOURCE_SYNC)
def run_sync(
    platform: Platform,
    principal: Principal,
    name: str,
    *,
    progress: Callable[[str], None] = lambda _: None,
    wait: Wait | None = None,
) -> SyncRun:
    """Sync a source now and record the run, which also tells when it failed. Raises ConflictError, ForbiddenError.

    `wait` sleeps so many seconds between tries and tells whether to stop; only tests give one.
    """
    source = require_source(platform, principal, name, level=Level.EDIT)
    with platform.syncs.claim(source.id, name) as stop:
        record = RunRecord(platform=platform, principal=principal, source=source)
        record.begin()
        job = SyncJob(record=record, stop=stop, progress=progress, wait=wait or stop.wait)
        return job.run()


@permitted(Permission.SOURCE_SYNC)
def cancel_sync(platform: Platform, principal: Principal, name: str) -> bool:
    """Ask a running sync to stop behind its present batch; False where none is running."""
    return platform.syncs.stop(require_source(platform, principal, name, level=Level.EDIT).id)


@dataclass(slots=True, kw_only=True)
class SyncJob:
    """A sync under way."""

    record: RunRecord
    stop: Event
    progress: Callable[[str], None]
    wait: Wait
    waiting: list[str] = field(default_factory=list)
    failures: list[tuple[str, UserError]] = field(default_factory=list)
    tries: int = 0

    def run(self) -> SyncRun:
        """Everything, and how it ended."""
        self.waiting = list(self.record.source.streams)
        try:
            self._run()
        except SyncStopped:
            self._say("Cancelled; what is committed stays.")
            return self._end(RunStatus.CANCELLED)
        except UserError as error:
            self._say(f"Failed: {error.message}")
            return self._end(RunStatus.FAILED, code=error.code, message=error.message)
        except Exception:
            self.record.end(RunStatus.FAILED, code="internal", message="A fault of Plumbline; its log tells more.")
            raise
        if self.failures:
            told = " ".join(f"{stream}: {error.message}" for stream, error in self.failures)
            return self._end(RunStatus.FAILED, code=self.failures[0][1].code, message=told)
        return self._end(RunStatus.DONE)

    def _end(self, status: RunStatus, *, code: str = "", message: str = "") -> SyncRun:
        """Measure the checks of the tables that this sync fills, however it ended."""
        tables = [choice.table for choice in self.record.source.streams.values()]
        for result in run_checks(self.record.platform, self.record.principal, tables):
            if result.state is CheckState.FAILED:
                self._say(f"Check failed, {result.table}: {result.label}. {result.said}")
        return self.record.end(status, code=code, message=message)

    def _run(self) -> None:
        while self.waiting:
            try:
                with open_source(self.record.platform, self.record.principal, self.record.source) as connection:
                    require_identity(self.record.source, connection.check())
                    while self.waiting:
                        self._sync_or_note(connection, self.waiting[0])
                        self.waiting.pop(0)
            except TransientSourceError as error:
                self._pause(error)

    def _sync_or_note(self, connection: Connection, stream: str) -> None:
        """Sync a stream; one that fails for good does not hold the others back."""
        try:
            StreamSync(job=self, connection=connection, stream=stream).run()
        except TransientSourceError:
            raise
        except (SourceError, HeldBackError) as error:
            self._say(f"{stream} failed: {error.message}")
            self.failures.append((stream, error))

    def _pause(self, error: TransientSourceError) -> None:
        self.tries += 1
        delay = delay_before(self.tries, error)
        if delay is None:
            raise error
        self._say(f"{error.message} Trying again in {delay:.0f} s.")
        if self.wait(delay):
            raise SyncStopped

    def committed(self, stream: str, outcome: ChangeOutcome) -> None:
        """Count a committed batch; the next fault has all its tries again."""
        self.tries = 0
        for sentence in outcome.drift:
            self._say(sentence)
        self.record.count(outcome)
        self.progress(f"{stream}: {self.record.counts.rows_in:,} rows")

    def require_going(self) -> None:
        """Raises SyncStopped where somebody asked to stop."""
        if self.stop.is_set():
            raise SyncStopped

    def _say(self, text: str) -> None:
        self.record.say(text)
        self.progress(text)


class StreamSync:
    """One stream of a sync."""

    def __init__(self, *, job: SyncJob, connection: Connection, stream: str) -> None:
        self._job = job
        self._connection = connection
        self._stream = stream
        self._choice: StreamChoice = job.record.source.streams[stream]
        self._plan: StreamPlan = self._choice.plan(stream)
        self._store = job.record.platform.store(job.record.principal.tenant)
        self._key: tuple[str, ...] = ()
        self._hold = find_hold(job.record.platform, job.record.principal.tenant, self._choice.table)

    def run(self) -> None:
        """Read and commit. Raises SourceError; what is committed stays."""
        began, before = time.monotonic(), self._job.record.counts.rows_in
        with self._folder() as folder:
            if self._plan.mode is SyncMode.FULL:
                self._replace(folder)
            else:
                for batch in self._batches(self._committed_cursor()):
                    self._commit(self._change(batch, folder))
                if self._plan.finds_deleted:
                    self._find_deleted(folder)
        rows, seconds = self._job.record.counts.rows_in - before, time.monotonic() - began
        self._job.record.say(f"{self._stream}: {rows:,} rows read in {seconds:.1f} s.")

    def _batches(self, cursor: Cursor | None) -> Iterator[Batch]:
        for batch in self._connection.read(self._plan, cursor):
            self._job.require_going()
            yield batch

    def _replace(self, folder: Path) -> None:
        """All rows in one change: until the last has come, the table stays as it was."""
        files: list[Path] = []
        types: dict[str, str] = {}
        cursor: Cursor = {}
        for batch in self._batches(None):
            cursor = batch.cursor
            types |= declared_types(batch)
            if batch.rows is not None:
                files.append(write_rows(batch.rows, folder))
                self._key = self._names(batch.rows.column_names)
        self._commit(self._build(rows=tuple(files), types=types, cursor=cursor))

    def _change(self, batch: Batch, folder: Path) -> TableChange:
        rows: tuple[Path, ...] = ()
        if batch.rows is not None and batch.rows.num_rows:
            rows = (write_rows(batch.rows, folder),)
            self._key = self._names(batch.rows.column_names)
        gone = (write_rows(batch.deleted, folder),) if batch.deleted is not None and batch.deleted.num_rows else ()
        present = None if batch.present is None else (write_rows(batch.present, folder),)
        return self._build(rows=rows, gone=gone, present=present, types=declared_types(batch), cursor=batch.cursor)

    def _find_deleted(self, folder: Path) -> None:
        files = []
        for keys in self._connection.read_keys(self._plan):
            self._job.require_going()
            files.append(write_rows(keys, folder))
        if not files:
            # A table without rows has no keys either: everything was deleted.
            files.append(write_rows(pa.table({name: pa.array([], pa.string()) for name in self._plan.key}), folder))
        self._commit(self._build(present=tuple(files), cursor=self._committed_cursor()))

    def _build(self, **facts: object) -> TableChange:
        return TableChange(
            source=self._job.record.source.id,
            stream=self._stream,
            table=self._choice.table,
            mode=_MODES[self._plan.mode],
            run=self._job.record.id,
            key=self._key or self._names(self._plan.key),
            **facts,  # type: ignore[arg-type]
        )

    def _commit(self, change: TableChange) -> None:
        outcome = self._store.apply(change, accept=self._hold)
        for file in (*change.rows, *change.gone, *(change.present or ())):
            file.unlink()
        self._job.committed(self._stream, outcome)

    def _names(self, columns: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        """The key's columns by their names in the table."""
        names = column_names(columns)
        for name in self._plan.key:
            if name not in names:
                raise TerminalSourceError(
                    f"{self._stream} has no column {name!r} any more, which is its key. {suggestion(name, names)}"
                )
        return tuple(names[name] for name in self._plan.key)

    def _committed_cursor(self) -> Cursor | None:
        source = self._job.record.source.id
        found = (one for one in self._store.streams() if (one.source, one.stream) == (source, self._stream))
        return next((state.cursor for state in found), None)

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = self._store.staging / new_id()
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
