"""The watermark of a store: a number that counts its loads, and the moment of the newest."""

import datetime as dt

import duckdb

from core.result import Watermark

CREATE_LOADS = """
CREATE TABLE IF NOT EXISTS store.plumbline.loads (
    version BIGINT PRIMARY KEY, loaded_at TIMESTAMPTZ NOT NULL, tables VARCHAR NOT NULL
)
"""
_NEWEST_LOAD = "SELECT version, epoch_us(loaded_at) FROM store.plumbline.loads ORDER BY version DESC LIMIT 1"
INSERT_LOAD = "INSERT INTO store.plumbline.loads VALUES (?, make_timestamptz(?), ?)"


def read_watermark(cursor: duckdb.DuckDBPyConnection) -> Watermark:
    """The version of the data as this cursor sees them."""
    row = cursor.execute(_NEWEST_LOAD).fetchone()
    if row is None:
        return Watermark(version=0, loaded_at=None)
    loaded_at = dt.datetime.fromtimestamp(row[1] / 1_000_000, dt.UTC)
    return Watermark(version=int(row[0]), loaded_at=loaded_at)
