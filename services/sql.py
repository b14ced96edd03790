"""SQL of members: one SELECT over the tenant's tables, checked, under the policies of who asks."""

import pyarrow as pa

from core.errors import LimitError
from core.result import Column, ColumnType, Result
from metrics.guard import DIALECT, parse_select
from services.as_of import parse_as_of
from services.platform import Platform
from services.reading import read_rows
from tenants.access import Permission, Principal

MAX_ROWS = 10_000


def run_sql(platform: Platform, principal: Principal, text: str, *, as_of: str | None = None) -> Result:
    """The rows of one SELECT. Raises RefusedError naming what is not allowed, LimitError, InvalidError.

    With `as_of`, a day in the tenant's zone or a moment, every table is what it was then.
    """
    principal.require(Permission.SQL_QUERY)
    moment = None if as_of is None else parse_as_of(as_of, principal.tenant.zone)
    tree = parse_select(text, platform.store(principal.tenant).schema())
    table, watermark, sql = read_rows(platform, principal, tree, tree.sql(dialect=DIALECT), as_of=moment)
    if table.num_rows > MAX_ROWS:
        raise LimitError(f"The answer has {table.num_rows:,} rows; at most {MAX_ROWS:,} are shown. Add a LIMIT.")
    return Result(
        columns=plain_columns(table.schema),
        table=table,
        watermark=watermark,
        sql=sql,
        sentence="Rows of a SELECT." if as_of is None else f"Rows of a SELECT, as of {as_of}.",
    )


def plain_columns(schema: pa.Schema) -> tuple[Column, ...]:
    """Columns that have no more than a name and a type."""
    return tuple(Column(name=field.name, label=field.name, type=_type(str(field.type))) for field in schema)


def _type(arrow: str) -> ColumnType:
    """The type of a column by the name of its Arrow type."""
    if arrow.startswith(("int", "uint")):
        return ColumnType.INTEGER
    if arrow.startswith(("float", "double", "decimal")):
        return ColumnType.NUMBER
    if arrow.startswith("date"):
        return ColumnType.DATE
    if arrow.startswith("timestamp"):
        return ColumnType.DATETIME
    return ColumnType.BOOLEAN if arrow == "bool" else ColumnType.TEXT
