"""One tenant's open store: queries under limits, loads in one transaction, a watermark for each load.

A store knows its own file only. It is shared by all threads of the process; every call uses a cursor of its own.
"""

import datetime as dt
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from core.clock import Clock, utc_now
from core.errors import InvalidError, LimitError
from core.result import Watermark
from core.secrets import Secret
from tenants.store import streams
from tenants.store.change import Accept, ChangeOutcome, QuarantinedRow, TableChange
from tenants.store.connection import CATALOG, open_locked
from tenants.store.errors import StoreFault, open_error, query_error
from tenants.store.extract import CREATE_EXTRACTS, Extract, keep_extract, require_extracts
from tenants.store.inlined import require_inlined
from tenants.store.known import Known, read_known
from tenants.store.limits import StoreLimits
from tenants.store.load_table import LoadTable
from tenants.store.merge import Merge
from tenants.store.past import history_rows, stand_at
from tenants.store.place import sync_file
from tenants.store.shared import SharedConnection
from tenants.store.size import TableSize, find_sizes
from tenants.store.streams import StreamState
from tenants.store.tree import replace_rows
from tenants.store.watchdog import WATCHDOG
from tenants.store.watermark import CREATE_LOADS, INSERT_LOAD, read_watermark

_TICK = dt.timedelta(microseconds=1)
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_catalog = 'store' AND table_schema = 'main' ORDER BY table_name, ordinal_position
"""


class Store:
    """A tenant's store. Raises StoreBusy, StoreFault, LimitError, RefusedError, InvalidError.

    Its file is closed while the store rests and opened by the next use; another file can take its place while queries
    on the present one go on.
    """

    def __init__(
        self, slug: str, path: Path, key: Secret, *, staging: Path, limits: StoreLimits, clock: Clock = utc_now
    ) -> None:
        self.slug = slug
        self.path = path
        self.staging = staging
        self.limits = limits
        self._clock = clock
        self._key = key
        self._writing = threading.Lock()
        self._changing = threading.Lock()
        self._extracting = threading.Lock()
        self._is_closed = False
        self._shared: SharedConnection | None = self._open()

    def query(
        self,
        sql: str,
        parameters: Sequence[object] = (),
        *,
        as_of: dt.datetime | None = None,
        tables: Mapping[str, pa.Table] | None = None,
        extracts: Sequence[str] = (),
        max_rows: int | None = None,
    ) -> tuple[pa.Table, Watermark]:
        """The rows of one SELECT, `parameters` for its `$1`, `$2`, and the watermark of the very data they are of.

        With `as_of`, each table is what it was at that moment. Raises RefusedError where that is not known. `tables`
        are rows in memory that this query alone can read by name. `extracts` are those it reads; raises ExtractGone
        where one of them is not of the data as they are now. `max_rows` is for what is counted in memory and not handed
        out; the store's own limit holds without it.
        """
        with self._use() as shared, shared.cursor() as cursor:
            for name, rows in (tables or {}).items():
                cursor.register(name, rows)
            before, since = shared.known.find(), shared.known.mark()
            cursor.begin()
            try:
                known = before or shared.known.keep(read_known(cursor), since)
                require_extracts(extracts, known.extracts)
                if as_of is not None:
                    self._stand_at(cursor, as_of, sql)
                table = self._fetch(cursor, sql, parameters, max_rows or self.limits.max_rows)
                if before is not None and not shared.known.is_still(before):
                    known = read_known(cursor)
                    require_extracts(extracts, known.extracts)
            except InvalidError:
                # A table that went just now is no mistake of who asks.
                if before is not None and not shared.known.is_still(before):
                    require_extracts(extracts, frozenset())
                raise
            finally:
                cursor.rollback()
        return table, known.watermark

    def extract(self, extract: Extract) -> bool:
        """Keep the rows of a SELECT in memory beside the store; returns whether its totals are those of the base.

        It is gone with the next load, when the store rests, and when later ones need its room; nobody sees one whose
        totals are not those of the base.
        """
        with self._extracting, self._use() as shared, shared.cursor() as cursor, self._in_time(cursor):
            return keep_extract(cursor, extract, shared.known.committing())

    def extracts(self) -> frozenset[str]:
        """Those of the data as they are, none while the store rests; a query makes sure of those it reads."""
        return self._read_known().extracts if self.is_open else frozenset()

    def sizes(self, tables: Sequence[str], *, least_rows: int) -> dict[str, TableSize]:
        """About how many rows these tables have and, where one has `least_rows`, how many values their columns."""
        with self._cursor() as cursor:
            return find_sizes(cursor, tables, least_rows=least_rows)

    def load(self, tables: Sequence[LoadTable]) -> Watermark:
        """Put all tables in place in one transaction: either all are visible, under a new watermark, or none."""
        with self._transaction() as cursor:
            names = [table.name for table in tables]
            streams.require_free(cursor, names, source=None)
            self._require_disk(sum(table.parquet.stat().st_size for table in tables))
            for table in tables:
                cursor.execute(replace_rows(table.name), [str(table.parquet)])
            return self._count_up(cursor, names)

    def apply(self, change: TableChange, *, accept: Accept | None = None) -> ChangeOutcome:
        """Put the rows of a sync in place with their history and their cursor, in one transaction.

        `accept` is asked before it is committed; what it raises leaves everything as it was. Raises ConflictError for
        a table that something else fills.
        """
        with self._transaction() as cursor:
            streams.require_free(cursor, [change.table], source=change.source)
            newest = read_watermark(cursor).loaded_at
            # A clock that was moved back does not bring rows into the past of rows that are stored already.
            at = self._clock() if newest is None else max(self._clock(), newest + _TICK)
            merge = Merge(cursor, change, at)
            merge.run()
            streams.remember(cursor, change, at)
            if accept is not None:
                accept(lambda sql: cursor.execute(sql).fetchall()[0][0])
            return merge.outcome(self._count_up(cursor, [change.table], at=at))

    def drop_source(self, source: str) -> list[str]:
        """Drop the tables that a source fills, with their history and what was set aside; gives their names."""
        with self._transaction() as cursor:
            dropped = streams.drop_source(cursor, source)
            self._count_up(cursor, dropped)
            return dropped

    def streams(self) -> list[StreamState]:
        """What syncs have committed: which stream fills which table, and the cursor behind its last batch."""
        with self._cursor() as cursor:
            return streams.read_streams(cursor)

    def quarantine(self, source: str, *, run: str = "", limit: int = 100) -> list[QuarantinedRow]:
        """The newest rows of a source, or of one run of it, that could not be stored."""
        with self._cursor() as cursor:
            return streams.read_quarantine(cursor, source, run, limit)

    def history_rows(self) -> dict[str, int]:
        """How many past rows are kept, by table; only tables that a sync fills keep any."""
        with self._cursor() as cursor:
            return history_rows(cursor, sorted({state.table for state in streams.read_streams(cursor)}))

    def schema(self) -> dict[str, dict[str, str]]:
        """Tables by name, each its columns' engine types by name, in order."""
        with self._cursor() as cursor:
            found: dict[str, dict[str, str]] = {}
            for table, column, kind in cursor.execute(_COLUMNS).fetchall():
                found.setdefault(table, {})[column] = kind
        return found

    def row_counts(self) -> dict[str, int]:
        """The number of rows of each table."""
        counts: dict[str, int] = {}
        with self._cursor() as cursor:
            for table in self.schema():
                statement = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(table, quoted=True))
                row = cursor.execute(statement.sql("duckdb")).fetchone()
                counts[table] = int(row[0]) if row else 0
        return counts

    def write_parquet(self, table: str, path: Path) -> int:
        """Write all rows of a table to a new file; returns how many. No limit of rows or time holds."""
        statement = exp.select("*").from_(exp.table_(table, db="main", catalog=CATALOG, quoted=True)).sql("duckdb")
        rows = 0
        with self._cursor() as cursor:
            reader = cursor.execute(statement).to_arrow_reader(100_000)
            with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
                for batch in reader:
                    writer.write_batch(batch)
                    rows += batch.num_rows
        return rows

    def watermark(self) -> Watermark:
        """The version of the data as it is now."""
        return self._read_known().watermark

    def _read_known(self) -> Known:
        with self._use() as shared:
            known = shared.known.find()
            if known is not None:
                return known
            since = shared.known.mark()
            with shared.cursor() as cursor:
                return shared.known.keep(read_known(cursor), since)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let nothing be loaded until the block ends; all that was loaded is in the file. Queries go on."""
        with self._writing, self._cursor() as cursor:
            try:
                cursor.execute("CHECKPOINT store")
            except duckdb.Error as error:
                raise query_error(error, timeout_s=self.limits.timeout_s) from error
            yield

    def copy_file(self, target: Path) -> None:
        """Copy the file as it is, encrypted; call it while the store is held. Raises LimitError."""
        # A process that closes any handle of a file gives up its locks on it (POSIX): another process copies.
        command = ["cp", "--reflink=auto", str(self.path), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - paths of our own
        if done.returncode:
            raise LimitError(f"The store of {self.slug} cannot be copied: {done.stderr.strip()}. It is as it was.")
        sync_file(target)

    def raise_watermark(self, least: int) -> Watermark:
        """Give the data as they are a new version, `least` or more."""
        with self._writing, self._use() as shared, shared.cursor() as cursor, shared.known.committing():
            return self._count_up(cursor, [], least=least)

    def switch(self, path: Path, key: Secret) -> None:
        """Let the file at `path` take the place of the present one, which is closed when its last query has ended."""
        with self._changing:
            before, (self.path, self._key) = self._shared, (path, key)
            self._shared = None
        if before is not None:
            before.retire()

    @property
    def is_open(self) -> bool:
        """Whether the file is open."""
        return self._shared is not None

    def rest(self, *, is_waiting: bool = True) -> bool:
        """Close the file if nothing uses it; returns whether it is closed. The next use opens it again.

        While it is being opened, whoever is not waiting is told that it is in use.
        """
        if not self._changing.acquire(blocking=is_waiting):
            return False
        try:
            if self._shared is not None and self._shared.retire_if_idle():
                self._shared = None
            return self._shared is None
        finally:
            self._changing.release()

    def close(self) -> None:
        """Write everything to the file and let go of it for good."""
        with self._writing, self._changing:
            self._is_closed = True
            if self._shared is not None:
                self._shared.connection.close()
                self._shared = None

    def _open(self) -> SharedConnection:
        try:
            connection = open_locked(self.path, self._key, staging=self.staging, limits=self.limits)
        except duckdb.Error as error:
            raise open_error(error, self.slug) from error
        connection.execute("CREATE SCHEMA IF NOT EXISTS store.plumbline")
        for statement in (CREATE_LOADS, CREATE_EXTRACTS, *streams.CREATE):
            connection.execute(statement)
        return SharedConnection(connection)

    def _enter(self) -> SharedConnection:
        with self._changing:
            if self._is_closed:
                raise StoreFault(f"The store of {self.slug} is closed.")
            if self._shared is None:
                self._shared = self._open()
            self._shared.enter()
            return self._shared

    @contextmanager
    def _use(self) -> Iterator[SharedConnection]:
        shared = self._enter()
        try:
            yield shared
        finally:
            shared.leave()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._use() as shared, shared.cursor() as cursor:
            yield cursor

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction that writes; there is one at a time. It is committed at the end, or nothing was changed."""
        with self._writing, self._use() as shared, shared.cursor() as cursor:
            self._require_disk(0)
            cursor.begin()
            try:
                yield cursor
                with shared.known.committing():
                    cursor.commit()
            except duckdb.Error as error:
                _roll_back(cursor)
                raise query_error(error, timeout_s=self.limits.timeout_s) from error
            except BaseException:
                _roll_back(cursor)
                raise

    def _require_disk(self, more: int) -> None:
        """Raises LimitError when the store takes its share of the disk, or would with so many bytes more."""
        most = self.limits.disk_bytes
        if most is None:
            return
        taken = self.path.stat().st_size
        if taken + more > most:
            raise LimitError(
                f"The store of {self.slug} takes {taken / 1e6:,.1f} of the {most / 1e6:,.1f} MB it may, and this needs "
                f"{more / 1e6:,.1f} MB more. Nothing was changed. Load less, or ask the operator for a higher limit."
            )

    def _stand_at(self, cursor: duckdb.DuckDBPyConnection, moment: dt.datetime, sql: str) -> None:
        try:
            stand_at(cursor, moment, sql)
        except duckdb.Error as error:
            raise query_error(error, timeout_s=self.limits.timeout_s) from error

    @contextmanager
    def _in_time(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Stop what the cursor does when its time is over. What the engine raises becomes an error of ours."""
        try:
            with WATCHDOG.watch(self.limits.timeout_s, cursor.interrupt):
                yield
        except duckdb.Error as error:
            raise query_error(error, timeout_s=self.limits.timeout_s) from error

    def _fetch(
        self, cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object], max_rows: int
    ) -> pa.Table:
        with self._in_time(cursor):
            reader = cursor.execute(require_inlined(cursor, sql, parameters)).to_arrow_reader(100_000)
            return _gather(reader, max_rows)

    def _count_up(
        self, cursor: duckdb.DuckDBPyConnection, names: Sequence[str], *, least: int = 1, at: dt.datetime | None = None
    ) -> Watermark:
        version = max(read_watermark(cursor).version + 1, least)
        at = at or self._clock()
        microseconds = int(at.timestamp()) * 1_000_000 + at.microsecond
        cursor.execute(INSERT_LOAD, [version, microseconds, json.dumps(list(names))])
        return Watermark(version=version, loaded_at=at)


def _gather(reader: pa.RecordBatchReader, max_rows: int) -> pa.Table:
    batches: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        if rows > max_rows:
            raise LimitError(
                f"The answer has more than {max_rows:,} rows. Add a filter, split by less, or set a limit.",
                data={"max_rows": max_rows},
            )
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=reader.schema)


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.TransactionException:
        # A failed commit has rolled back already.
        return
