"""The one kind of statement that is run for others: a single SELECT."""

import duckdb

from core.errors import RefusedError


def one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The only statement of `sql`. Raises RefusedError: the engine has no read-only role to rely on."""
    statements = cursor.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise RefusedError("A query is one SELECT statement; this is something else.")
    return statements[0]
