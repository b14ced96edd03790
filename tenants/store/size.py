"""How large a table is, from what the engine keeps about it: nothing is read to find out."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from tenants.store.tree import col, stored

_ROWS = (
    exp.select("table_name", "estimated_size")
    .from_("duckdb_tables()")
    .where("database_name = 'store'", "schema_name = 'main'")
)
_COLUMNS = (
    exp.select("column_name", "data_type")
    .from_("information_schema.columns")
    .where("table_catalog = 'store'", "table_schema = 'main'")
)
_DISTINCT = re.compile(r"\[Approx Unique: (\d+)\]")
_DAYS = re.compile(r"\[Min: (\d{4}-\d{2}-\d{2})\b.*?, Max: (\d{4}-\d{2}-\d{2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """About how many rows; for each column about how many values, and how many days from the first to the last."""

    rows: int
    values: Mapping[str, int]
    days: Mapping[str, int]


def find_sizes(cursor: duckdb.DuckDBPyConnection, tables: Sequence[str], *, least_rows: int) -> dict[str, TableSize]:
    """The sizes of tables; where none has `least_rows`, no more than their rows is looked up."""
    rows = {name.casefold(): int(count) for name, count in cursor.execute(_ROWS.sql("duckdb")).fetchall()}
    found = {table: rows.get(table.casefold(), 0) for table in tables}
    is_large = any(count >= least_rows for count in found.values())
    return {
        table: _size(cursor, table, count) if is_large and count else TableSize(rows=count, values={}, days={})
        for table, count in found.items()
    }


def _size(cursor: duckdb.DuckDBPyConnection, table: str, rows: int) -> TableSize:
    """A column nothing is known of is in neither mapping."""
    is_named = exp.EQ(this=exp.func("lower", exp.column("table_name")), expression=exp.Literal.string(table.lower()))
    columns = cursor.execute(_COLUMNS.where(is_named).sql("duckdb")).fetchall()
    kept = exp.select(*(exp.func("stats", col(name)) for name, _ in columns)).from_(stored("main", table)).limit(1)
    texts = dict(zip((name for name, _ in columns), cursor.execute(kept.sql("duckdb")).fetchone() or (), strict=False))
    values = {name: int(found[1]) for name, text in texts.items() if (found := _DISTINCT.search(text))}
    values |= {name: 2 for name, type_ in columns if type_ == "BOOLEAN"}
    return TableSize(rows=rows, values=values, days=_find_days(texts))


def _find_days(texts: Mapping[str, str]) -> dict[str, int]:
    found = {name: _DAYS.search(text) for name, text in texts.items()}
    return {
        name: (dt.date.fromisoformat(days[2]) - dt.date.fromisoformat(days[1])).days + 1
        for name, days in found.items()
        if days
    }
