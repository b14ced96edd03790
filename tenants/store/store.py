"""One tenant's open store: queries under limits, loads in one transaction, a watermark for each load.

A store knows its own file only. It is shared by all threads of the process; every call uses a cursor of its own.
"""

import datetime as dt
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from core.clock import Clock, utc_now
from core.errors import LimitError, RefusedError
from core.result import Watermark
from core.secrets import Secret
from tenants.store.connection import CATALOG, open_locked
from tenants.store.errors import open_error, query_error
from tenants.store.limits import StoreLimits
from tenants.store.literal import render_arguments
from tenants.store.load_table import LoadTable

_CREATE_LOADS = """
CREATE TABLE IF NOT EXISTS store.plumbline.loads (
    version BIGINT PRIMARY KEY, loaded_at TIMESTAMPTZ NOT NULL, tables VARCHAR NOT NULL
)
"""
_NEWEST_LOAD = "SELECT version, epoch_us(loaded_at) FROM store.plumbline.loads ORDER BY version DESC LIMIT 1"
_INSERT_LOAD = "INSERT INTO store.plumbline.loads VALUES (?, make_timestamptz(?), ?)"
_PREPARE = "PREPARE question AS "
_EXECUTE = "EXECUTE question"
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_catalog = 'store' AND table_schema = 'main' ORDER BY table_name, ordinal_position
"""


class Store:
    """An open store. Raises StoreBusy, StoreFault, LimitError, RefusedError, InvalidError."""

    def __init__(
        self, slug: str, path: Path, key: Secret, *, staging: Path, limits: StoreLimits, clock: Clock = utc_now
    ) -> None:
        self.slug = slug
        self.path = path
        self.staging = staging
        self.limits = limits
        self._clock = clock
        self._writing = threading.Lock()
        try:
            self._connection = open_locked(
                path, key, staging=staging, memory_mb=limits.memory_mb, threads=limits.threads
            )
        except duckdb.Error as error:
            raise open_error(error, slug) from error
        self._connection.execute("CREATE SCHEMA IF NOT EXISTS store.plumbline")
        self._connection.execute(_CREATE_LOADS)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> tuple[pa.Table, Watermark]:
        """The rows of one SELECT, `parameters` for its `$1`, `$2`, and the watermark of the very data they are of."""
        with self._cursor() as cursor:
            cursor.begin()
            try:
                watermark = _read_watermark(cursor)
                table = self._fetch(cursor, sql, parameters)
            finally:
                cursor.rollback()
        return table, watermark

    def load(self, tables: Sequence[LoadTable]) -> Watermark:
        """Put all tables in place in one transaction: either all are visible, under a new watermark, or none."""
        with self._writing, self._cursor() as cursor:
            cursor.begin()
            try:
                for table in tables:
                    cursor.execute(_replace(table.name), [str(table.parquet)])
                watermark = self._count_up(cursor, [table.name for table in tables])
                cursor.commit()
            except duckdb.Error as error:
                _roll_back(cursor)
                raise query_error(error, timeout_s=self.limits.timeout_s) from error
            return watermark

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

    def watermark(self) -> Watermark:
        """The version of the data as it is now."""
        with self._cursor() as cursor:
            return _read_watermark(cursor)

    def close(self) -> None:
        """Write everything to the file and let go of it."""
        with self._writing:
            self._connection.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        # A cursor does not inherit USE from the connection it comes from.
        cursor = self._connection.cursor()
        try:
            cursor.execute("USE store")
            yield cursor
        finally:
            cursor.close()

    def _fetch(self, cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object]) -> pa.Table:
        timer = threading.Timer(self.limits.timeout_s, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            cursor.execute(_PREPARE + _one_select(cursor, sql).query)
            return self._gather(cursor.execute(_EXECUTE + render_arguments(parameters)).to_arrow_reader(100_000))
        except duckdb.Error as error:
            raise query_error(error, timeout_s=self.limits.timeout_s) from error
        finally:
            timer.cancel()

    def _gather(self, reader: pa.RecordBatchReader) -> pa.Table:
        batches: list[pa.RecordBatch] = []
        rows = 0
        for batch in reader:
            rows += batch.num_rows
            if rows > self.limits.max_rows:
                raise LimitError(
                    f"The answer has more than {self.limits.max_rows:,} rows. "
                    "Add a filter, split by less, or set a limit."
                )
            batches.append(batch)
        return pa.Table.from_batches(batches, schema=reader.schema)

    def _count_up(self, cursor: duckdb.DuckDBPyConnection, names: Sequence[str]) -> Watermark:
        version = _read_watermark(cursor).version + 1
        now = self._clock()
        microseconds = int(now.timestamp()) * 1_000_000 + now.microsecond
        cursor.execute(_INSERT_LOAD, [version, microseconds, json.dumps(list(names))])
        return Watermark(version=version, loaded_at=now)


def _one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The only statement of `sql`. Raises RefusedError: the engine has no read-only role to rely on."""
    statements = cursor.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise RefusedError("A query is one SELECT statement; this is something else.")
    return statements[0]


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.TransactionException:
        # A failed commit has rolled back already.
        return


def _replace(name: str) -> str:
    table = exp.table_(name, db="main", catalog=CATALOG, quoted=True)
    rows = exp.select("*").from_(exp.func("read_parquet", exp.Placeholder()))
    return exp.Create(this=table, kind="TABLE", replace=True, expression=rows).sql("duckdb")


def _read_watermark(cursor: duckdb.DuckDBPyConnection) -> Watermark:
    row = cursor.execute(_NEWEST_LOAD).fetchone()
    if row is None:
        return Watermark(version=0, loaded_at=None)
    loaded_at = dt.datetime.fromtimestamp(row[1] / 1_000_000, dt.UTC)
    return Watermark(version=int(row[0]), loaded_at=loaded_at)
