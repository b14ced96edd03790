"""Extracts: small tables in memory beside a store, each made by one SELECT over the data of one version.

They live in the engine's own memory, under the store's limits, and are never written to its file. The list of them is
a table too, so that a query sees an extract and the version it is of in one transaction, or neither.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from core.errors import InternalError
from core.result import Watermark
from tenants.store.errors import ExtractGone
from tenants.store.literal import render_literal
from tenants.store.statement import one_select

# Where extracts are; the database an engine in memory begins with.
CATALOG, SCHEMA = "memory", "main"
MOST_ROWS = 2_000_000
CREATE_EXTRACTS = """
CREATE TABLE IF NOT EXISTS memory.main.extracts (
    name VARCHAR PRIMARY KEY, version BIGINT NOT NULL, row_count BIGINT NOT NULL, number BIGINT NOT NULL
)
"""
_VERSION = "SELECT coalesce(max(version), 0) FROM store.plumbline.loads"
_KEPT = "SELECT name, version, row_count FROM memory.main.extracts ORDER BY number"
_ADD = "INSERT INTO memory.main.extracts SELECT"
_NUMBERED = ", coalesce(max(number), 0) + 1 FROM memory.main.extracts"
_FORGET = "DELETE FROM memory.main.extracts WHERE name ="


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A SELECT to be kept under a name; `totals` is a SELECT of the base, where it needs a check, and `own_totals` one
    of the extract that must give the same row."""

    name: str
    rows: str
    totals: str | None
    own_totals: str


def keep_extract(cursor: duckdb.DuckDBPyConnection, extract: Extract, committing: AbstractContextManager[None]) -> bool:
    """Make an extract, unless it is there, and commit it inside `committing`. Raises duckdb.Error; nothing is changed
    then."""
    cursor.begin()
    try:
        is_kept = _keep(cursor, extract)
    except BaseException:
        cursor.rollback()
        raise
    if is_kept:
        with committing:
            cursor.commit()
    else:
        cursor.rollback()
    return is_kept


def find_extracts(cursor: duckdb.DuckDBPyConnection, watermark: Watermark) -> frozenset[str]:
    """The extracts of the data of a version."""
    return frozenset(name for name, version, _ in cursor.execute(_KEPT).fetchall() if version == watermark.version)


def require_extracts(names: Sequence[str], kept: frozenset[str]) -> None:
    """Raises ExtractGone unless each of these is among those kept of the data."""
    if not kept.issuperset(names):
        raise ExtractGone("What was made of the data before is gone; it is asked of the data themselves.")


def _keep(cursor: duckdb.DuckDBPyConnection, extract: Extract) -> bool:
    version = _one(cursor.execute(_VERSION).fetchone())[0]
    kept = cursor.execute(_KEPT).fetchall()
    if any((name, of) == (extract.name, version) for name, of, _ in kept):
        return True
    for name, of, _ in kept:
        if of != version or name == extract.name:
            _drop(cursor, name)
    table = exp.table_(extract.name, db=SCHEMA, catalog=CATALOG, quoted=True)
    cursor.execute(" ".join(("CREATE TABLE", table.sql("duckdb"), "AS", one_select(cursor, extract.rows).query)))
    if extract.totals is not None:
        totals = cursor.execute(one_select(cursor, extract.totals).query).fetchall()
        if totals != cursor.execute(extract.own_totals).fetchall():
            return False
    counted = exp.select(exp.Count(this=exp.Star())).from_(table)
    rows = _one(cursor.execute(counted.sql("duckdb")).fetchone())[0]
    _make_room(cursor, [(name, size) for name, of, size in kept if of == version], rows)
    # Literals, not bound values: the first of those would have the engine's client import pandas.
    cursor.execute(" ".join((_ADD, ", ".join(map(render_literal, (extract.name, version, rows))), _NUMBERED)))
    return True


def _make_room(cursor: duckdb.DuckDBPyConnection, kept: list[tuple[str, int]], rows: int) -> None:
    """The oldest go first."""
    total = rows + sum(size for _, size in kept)
    for name, size in kept:
        if total <= MOST_ROWS:
            return
        _drop(cursor, name)
        total -= size


def _drop(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    table = exp.table_(name, db=SCHEMA, catalog=CATALOG, quoted=True)
    cursor.execute(" ".join(("DROP TABLE IF EXISTS", table.sql("duckdb"))))
    cursor.execute(" ".join((_FORGET, render_literal(name))))


def _one(row: tuple[int, ...] | None) -> tuple[int, ...]:
    if row is None:
        raise InternalError("An aggregate gave no row.")
    return row
