"""The tables and views of a database: columns with their types, keys, and columns that tell when a row changed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import types

from connectors.contract import Stream

_MOST_DIGITS = 38
_ESTIMATES = sa.text(
    "SELECT c.relname, c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = coalesce(nullif(:schema, ''), current_schema()) AND c.relkind IN ('r', 'p', 'm')"
)


def find_streams(connection: sa.Connection, schema: str) -> list[Stream]:
    """Every table and view of a schema, in alphabetical order."""
    inspector = sa.inspect(connection)
    names = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    estimates = _estimates(connection, schema)
    return [describe_stream(inspector, name, schema, rows=estimates.get(name)) for name in sorted(names)]


def describe_stream(inspector: sa.Inspector, name: str, schema: str, *, rows: int | None = None) -> Stream:
    """One table or view. Raises NoSuchTableError."""
    columns = inspector.get_columns(name, schema or None)
    key = tuple(inspector.get_pk_constraint(name, schema or None)["constrained_columns"])
    fields = [pa.field(column["name"], declared_type(column["type"])) for column in columns]
    moments = [column["name"] for column in columns if isinstance(column["type"], types.DateTime | types.Date)]
    numbers = [one for one in key if len(key) == 1 and _is_whole(columns, one)]
    return Stream(name=name, columns=pa.schema(fields), key=key, cursor_fields=(*moments, *numbers), rows=rows)


def declared_type(kind: types.TypeEngine[Any]) -> pa.DataType:
    """The Arrow type of a column as the database declares it, null where it may hold numbers of any size."""
    if isinstance(kind, types.Boolean):
        return pa.bool_()
    if isinstance(kind, types.Integer):
        return pa.int64()
    if isinstance(kind, types.Float):
        return pa.float64()
    if isinstance(kind, types.Numeric):
        return _decimal(kind)
    if isinstance(kind, types.DateTime):
        return pa.timestamp("us", tz="UTC" if kind.timezone else None)
    return pa.date32() if isinstance(kind, types.Date) else pa.string()


def _decimal(kind: types.Numeric[Any]) -> pa.DataType:
    if kind.precision is None or kind.precision > _MOST_DIGITS:
        return pa.null()
    return pa.decimal128(kind.precision, kind.scale or 0)


def _is_whole(columns: Sequence[Mapping[str, object]], name: str) -> bool:
    return any(column["name"] == name and isinstance(column["type"], types.Integer) for column in columns)


def _estimates(connection: sa.Connection, schema: str) -> dict[str, int]:
    if connection.dialect.name != "postgresql":
        return {}
    found = connection.execute(_ESTIMATES, {"schema": schema}).all()
    return {name: int(rows) for name, rows in found if rows >= 0}
