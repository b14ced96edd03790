"""SQL of members: one SELECT over the tenant's tables, checked, under the policies of who asks."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from core.errors import LimitError, RefusedError
from core.result import Column, ColumnType, Result
from metrics.binding import Binder
from metrics.guard import DIALECT, parse_select
from metrics.sql_metrics import FUNCTION, expand_metrics, has_metrics
from services.as_of import parse_as_of
from services.definitions import require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.reading import read_rows
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

MAX_ROWS = 10_000


@permitted(Permission.SQL_QUERY)
def run_sql(platform: Platform, principal: Principal, text: str, *, as_of: str | None = None) -> Result:
    """The rows of one SELECT. Raises RefusedError naming what is not allowed, LimitError, InvalidError.

    With `as_of`, a day in the tenant's zone or a moment, every table is what it was then.
    """
    moment = None if as_of is None else parse_as_of(as_of, principal.tenant.zone)
    sentence = "Rows of a SELECT." if as_of is None else f"Rows of a SELECT, as of {as_of}."
    return _select(platform, principal, text, values={}, tables={}, as_of=moment, sentence=sentence)


@permitted(Permission.NOTEBOOK_READ)
def select_rows(
    platform: Platform,
    principal: Principal,
    text: str,
    *,
    values: Mapping[str, Sequence[object]],
    tables: Mapping[str, Result],
) -> Result:
    """The rows of one SELECT of a saved notebook, whose writer had to be allowed SQL; the rows are those of who reads.

    Where the text has a name of `values`, its values are bound. `tables` are results that may be read by name. Raises
    RefusedError naming what is not allowed, LimitError, InvalidError.
    """
    return _select(platform, principal, text, values=values, tables=tables, as_of=None, sentence="Rows of a SELECT.")


def _select(
    platform: Platform,
    principal: Principal,
    text: str,
    *,
    values: Mapping[str, Sequence[object]],
    tables: Mapping[str, Result],
    as_of: dt.datetime | None,
    sentence: str,
) -> Result:
    schema, view = platform.store(principal.tenant).schema(), find_view(platform, principal)
    # A table that is hidden is named nowhere, as one that is not there; its name is taken all the same.
    seen = schema if view is None else view.tables
    for name in tables:
        if name.casefold() in {table.casefold() for table in schema}:
            raise RefusedError(f"{name} is a cell and a table of the data at once; give the cell another name.")
    tree = parse_select(text, [*seen, *tables], functions=[FUNCTION])
    binder = Binder()
    if has_metrics(tree):
        catalog = require_catalog(platform, principal)
        expand_metrics(tree, catalog, compile_context(platform, principal), binder)
    _bind(tree, values, binder)
    rows = {name: result.table for name, result in tables.items()}
    table, watermark, sql = read_rows(
        platform, principal, tree, tree.sql(dialect=DIALECT), binder.values, as_of=as_of, tables=rows
    )
    if table.num_rows > MAX_ROWS:
        raise LimitError(f"The answer has {table.num_rows:,} rows; at most {MAX_ROWS:,} are shown. Add a LIMIT.")
    return Result(columns=plain_columns(table.schema), table=table, watermark=watermark, sql=sql, sentence=sentence)


def _bind(tree: exp.Query, values: Mapping[str, Sequence[object]], binder: Binder) -> None:
    """Put parameters in the place of the columns that have the names of values."""
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and any(name in literal.name for name in values):
            raise RefusedError("A reference in double braces is a value of its own; write it without quotes around it.")
    for column in list(tree.find_all(exp.Column)):
        if column.name not in values or column.table:
            continue
        bound = [binder.bind(value) for value in values[column.name]]
        if isinstance(column.parent, exp.In) and column.arg_key == "expressions":
            others = [one for one in column.parent.expressions if one is not column]
            column.parent.set("expressions", [*others, *bound])
        elif len(bound) == 1:
            column.replace(bound[0])
        else:
            raise RefusedError("Several values can stand in the list of an IN only.")


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
