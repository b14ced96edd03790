"""Tables as they stood at a moment: temporary views of one cursor that stand before the tables of the same name."""

import datetime as dt
import re
from collections.abc import Iterable

import duckdb
from sqlglot import exp

from core.errors import RefusedError
from tenants.store.change import VALID_FROM, VALID_TO
from tenants.store.literal import render_literal
from tenants.store.merge import HISTORY
from tenants.store.tree import col, stored, temporary

_KNOWN_SINCE = """
SELECT table_name, min(epoch_us(since)) FROM store.plumbline.streams WHERE since IS NOT NULL GROUP BY table_name
"""
_PARAMETER = re.compile(r"\$\d+")
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' AND schema_name = 'main'"


def stand_at(cursor: duckdb.DuckDBPyConnection, moment: dt.datetime, sql: str) -> None:
    """Let every table that `sql` names be what it was at `moment`, for this cursor.

    Raises RefusedError for a table whose history does not reach back so far, or that has none.
    """
    # The engine names the tables of a query without parameters only; what stands in their place names none.
    named = cursor.get_table_names(_PARAMETER.sub("NULL", sql))
    names = {name.rpartition(".")[2].strip('"').casefold() for name in named}
    since = {name: _moment(us) for name, us in cursor.execute(_KNOWN_SINCE).fetchall()}
    for (table,) in cursor.execute(_TABLES).fetchall():
        if table.casefold() in names:
            _require_history(table, since.get(table), moment)
            cursor.execute(temporary(table, _at(table, moment), what="VIEW"))


def history_rows(cursor: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    """How many past rows each of these tables keeps."""
    counts = {}
    for table in tables:
        query = exp.select(exp.Count(this=exp.Star())).from_(stored(HISTORY, table))
        counts[table] = int(cursor.execute(query.sql("duckdb")).fetchall()[0][0])
    return counts


def _at(table: str, moment: dt.datetime) -> exp.Query:
    then: exp.Expr = exp.maybe_parse(render_literal(moment), dialect="duckdb")
    began = exp.LTE(this=col(VALID_FROM), expression=then)
    now = exp.select("*").from_(stored("main", table)).where(began)
    ended = exp.GT(this=col(VALID_TO), expression=then.copy())
    left_out = exp.Star(except_=[exp.to_identifier(VALID_TO, quoted=True)])
    past = exp.select(left_out).from_(stored(HISTORY, table)).where(began.copy(), ended)
    return exp.Union(this=now, expression=past, distinct=False, by_name=True)


def _require_history(table: str, since: dt.datetime | None, moment: dt.datetime) -> None:
    if since is None:
        raise RefusedError(
            f"The table {table} keeps no history, so it cannot be read as of a date. Tables that a sync fills do."
        )
    if moment < since:
        raise RefusedError(
            f"The history of {table} begins at {since:%Y-%m-%d %H:%M:%S} UTC; what it held at "
            f"{moment:%Y-%m-%d %H:%M:%S} UTC is not known. Ask for a later date."
        )


def _moment(microseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(microseconds / 1_000_000, dt.UTC)
