"""What a store remembers of syncs, in the transactions of their rows: cursors, and rows that could not be stored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
from sqlglot import exp

from core.errors import ConflictError
from tenants.store.change import QuarantinedRow, TableChange
from tenants.store.tree import stored

CREATE = (
    "CREATE SCHEMA IF NOT EXISTS store.history",
    """
    CREATE TABLE IF NOT EXISTS store.plumbline.streams (
        source VARCHAR, stream VARCHAR, table_name VARCHAR NOT NULL, cursor VARCHAR, since TIMESTAMPTZ,
        PRIMARY KEY (source, stream)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS store.plumbline.quarantine (
        source VARCHAR NOT NULL, stream VARCHAR NOT NULL, run VARCHAR NOT NULL, noted_at TIMESTAMPTZ NOT NULL,
        reason VARCHAR NOT NULL, record VARCHAR NOT NULL
    )
    """,
)
_REMEMBER = """
INSERT INTO store.plumbline.streams VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET cursor = excluded.cursor, table_name = excluded.table_name
"""
_STREAMS = "SELECT source, stream, table_name, cursor FROM store.plumbline.streams"
_FILLED = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' AND schema_name = 'main'"
_ASIDE = """
SELECT source, stream, run, reason, record FROM store.plumbline.quarantine
WHERE source = ? AND (run = ? OR ? = '') ORDER BY noted_at DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """Which table a stream of a source fills, and the cursor behind its last committed batch."""

    source: str
    stream: str
    table: str
    cursor: Mapping[str, object] | None


def read_streams(cursor: duckdb.DuckDBPyConnection) -> list[StreamState]:
    """All streams that have committed anything."""
    return [
        StreamState(source=source, stream=stream, table=table, cursor=None if kept is None else json.loads(kept))
        for source, stream, table, kept in cursor.execute(_STREAMS).fetchall()
    ]


def remember(cursor: duckdb.DuckDBPyConnection, change: TableChange, at: datetime) -> None:
    """Keep the cursor of a change; part of its transaction."""
    kept = None if change.cursor is None else json.dumps(change.cursor)
    cursor.execute(_REMEMBER, [change.source, change.stream, change.table, kept, at])


def read_quarantine(cursor: duckdb.DuckDBPyConnection, source: str, run: str, limit: int) -> list[QuarantinedRow]:
    """The newest rows of a source, or of one run of it, that could not be stored."""
    found = cursor.execute(_ASIDE, [source, run, run, limit]).fetchall()
    return [QuarantinedRow(source=a, stream=b, run=c, reason=d, row=e) for a, b, c, d, e in found]


def drop_source(cursor: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """Drop the tables a source fills, with their history and what was set aside; gives their names."""
    tables = sorted({state.table for state in read_streams(cursor) if state.source == source})
    for table in tables:
        for schema in ("main", "history"):
            gone = exp.Drop(tables=[stored(schema, table)], kind="TABLE", exists=True)
            cursor.execute(gone.sql("duckdb"))
    cursor.execute("DELETE FROM store.plumbline.streams WHERE source = ?", [source])
    cursor.execute("DELETE FROM store.plumbline.quarantine WHERE source = ?", [source])
    return tables


def require_free(cursor: duckdb.DuckDBPyConnection, tables: Sequence[str], *, source: str | None) -> None:
    """Raises ConflictError where a table is filled by something else than `source`, or than imports for None."""
    owners = {state.table.casefold(): state.source for state in read_streams(cursor)}
    present = {name.casefold() for (name,) in cursor.execute(_FILLED).fetchall()}
    for table in tables:
        owner = owners.get(table.casefold())
        if owner is not None and owner != source:
            raise ConflictError(f"The table {table} is filled by a source. Give these rows a table of another name.")
        if owner is None and source is not None and table.casefold() in present:
            raise ConflictError(
                f"The table {table} was imported before. Give the source's tables a prefix, so that nothing is lost."
            )
