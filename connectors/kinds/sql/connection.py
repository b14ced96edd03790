"""An open database: reads tables in batches, in full or in the order of their changes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import TerminalSourceError
from connectors.kinds.sql.address import describe, open_engine
from connectors.kinds.sql.config import Config
from connectors.kinds.sql.faults import faults_told
from connectors.kinds.sql.position import Encoded, Position, decode, encode, position_of
from connectors.kinds.sql.streams import describe_stream, find_streams
from connectors.rows import build_table
from core.errors import InvalidError
from core.names import suggestion

# While rows are read others change; after so many windows the rest is left to the next run.
_MOST_WINDOWS = 10

Row = sa.Row[Any]


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["SqlConnection"]:
    """Open a database for reading. Raises SourceError, InvalidError, RefusedError, OutboundRefused."""
    own = Config.model_validate(config.model_dump())
    engine = open_engine(own, reach)
    try:
        yield SqlConnection(own, engine)
    finally:
        engine.dispose()


class SqlConnection:
    """A database, reached anew for each thing that is asked of it."""

    def __init__(self, config: Config, engine: sa.Engine) -> None:
        self._config = config
        self._engine = engine
        self._where = describe(config)

    def check(self) -> str:
        """The database's name; another database is another identity."""
        with self._open() as connection:
            connection.execute(sa.text("SELECT 1"))
        return self._where.partition(" at ")[0]

    def discover(self) -> Sequence[Stream]:
        """Tables and views."""
        with self._open() as connection:
            return find_streams(connection, self._config.schema_name)

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All rows in one snapshot, or what changed behind the cursor."""
        stream = self._describe(plan)
        if plan.mode is SyncMode.FULL:
            for rows in self._rows(_select(stream.columns.names, self._table(plan.name))):
                yield self._batch(stream, rows)
            # A table without rows has columns all the same.
            yield self._batch(stream, [])
            return
        yield from self._read_changes(stream, plan, position_of(cursor, plan.lag_s))

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The keys of all rows."""
        stream = self._describe(plan)
        declared = {name: stream.columns.field(name).type for name in plan.key}
        for rows in self._rows(_select(plan.key, self._table(plan.name))):
            yield build_table(plan.key, rows, declared)

    def _read_changes(self, stream: Stream, plan: StreamPlan, place: Position) -> Iterator[Batch]:
        field = plan.cursor_field
        if field is None or not plan.key:
            raise InvalidError(f"{plan.name}: to read what changed, a cursor column and a key are needed.")
        order = (field, *plan.key)
        for _ in range(_MOST_WINDOWS):
            if place.until is None:
                place = place.open_window(self._newest(plan.name, field))
            if place.until is None:
                break
            while rows := self._page(stream, order, place):
                place = replace(place, after=[encode(rows[-1]._mapping[name]) for name in order])
                yield self._batch(stream, rows, place)
            newest = self._newest(plan.name, field)
            if newest is None or newest == place.until:
                break
            place = place.open_window(newest)
        unordered = sa.or_(*[column.is_(None) for column in _columns(order)])
        for rows in self._rows(_select(stream.columns.names, self._table(plan.name)).where(unordered)):
            yield self._batch(stream, rows, place)
        yield Batch(cursor=place.end().as_cursor())

    def _page(self, stream: Stream, order: Sequence[str], place: Position) -> list[Row]:
        """The next rows of a window in the order of their changes, equal moments in the order of their keys."""
        columns = _columns(order)
        query = _select(stream.columns.names, self._table(stream.name)).order_by(*columns)
        query = query.where(*[column.is_not(None) for column in columns], columns[0] <= decode(_known(place.until)))
        if place.after is not None:
            last = [sa.literal(decode(one), sa.types.NullType()) for one in place.after]
            query = query.where(sa.tuple_(*columns) > sa.tuple_(*last))
        elif place.start is not None:
            query = query.where(columns[0] >= decode(place.start))
        with self._open() as connection:
            return list(connection.execute(query.limit(self._config.batch_rows)).all())

    def _newest(self, table: str, field: str) -> Encoded | None:
        query: sa.Select[Any] = sa.select(sa.func.max(sa.column(field))).select_from(self._table(table))
        with self._open() as connection:
            value = connection.execute(query).scalar()
        return None if value is None else encode(value)

    def _batch(self, stream: Stream, rows: Sequence[Row], place: Position | None = None) -> Batch:
        declared = {field.name: field.type for field in stream.columns if field.type != pa.null()}
        table = build_table(stream.columns.names, rows, declared)
        return Batch(rows=table, declared=stream.columns, cursor=place.as_cursor() if place else {})

    def _rows(self, query: sa.Select[Any]) -> Iterator[list[Row]]:
        """The rows of a query in batches, all of one snapshot."""
        with self._open() as connection:
            options = {"stream_results": True, "max_row_buffer": self._config.batch_rows}
            result = connection.execution_options(**options).execute(query)
            while rows := list(result.fetchmany(self._config.batch_rows)):
                yield rows

    def _describe(self, plan: StreamPlan) -> Stream:
        with self._open() as connection:
            inspector = sa.inspect(connection)
            stream = describe_stream(inspector, plan.name, self._config.schema_name)
        for name in (*plan.key, *([plan.cursor_field] if plan.cursor_field else [])):
            if name not in stream.columns.names:
                raise TerminalSourceError(
                    f"{plan.name} has no column {name!r} any more. {suggestion(name, stream.columns.names)}"
                )
        return stream

    def _table(self, name: str) -> sa.TableClause:
        return sa.table(name, schema=self._config.schema_name or None)

    @contextmanager
    def _open(self) -> Iterator[sa.Connection]:
        with faults_told(self._where), self._engine.connect() as connection:
            yield connection


def _columns(names: Sequence[str]) -> list[sa.ColumnClause[Any]]:
    # Without types: values are taken and given back as the driver has them.
    return [sa.column(name) for name in names]


def _select(names: Sequence[str], table: sa.TableClause) -> sa.Select[Any]:
    return sa.select(*_columns(names)).select_from(table)


def _known(value: Encoded | None) -> Encoded:
    if value is None:
        raise ValueError("a page is read inside a window")
    return value
