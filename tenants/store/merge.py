"""Puts staged rows into a table and the rows they replace into its history, inside one transaction of the caller.

A table that a sync fills has `_valid_from` in each row; `history.<table>` has the rows that are no more, each with
`_valid_from` and `_valid_to`. A row that came again unchanged is left alone.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from core.result import Watermark
from tenants.store.change import VALID_FROM, VALID_TO, ChangeMode, ChangeOutcome, TableChange
from tenants.store.drift import Drift, compare_columns
from tenants.store.incoming import ROW, stage, take_in
from tenants.store.tree import all_of, any_of, col, equal, kind, same, stored, temporary

HISTORY = "history"
_OLD = "_old"
_COLUMNS = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name = 'store' AND schema_name = ? AND table_name = ? ORDER BY column_index
"""


class Merge:
    """One change under way: `at` is the moment from which its rows are valid."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, change: TableChange, at: dt.datetime) -> None:
        self._cursor = cursor
        self._change = change
        self._at = at
        self._table = stored("main", change.table)
        self.rows_in = self.added = self.updated = self.deleted = self.quarantined = 0
        self.drift: tuple[str, ...] = ()

    def run(self) -> None:
        """Do it all; the counts tell what was done."""
        if self._change.rows:
            comes = stage(self._cursor, self._change.rows)
            keeps = self._fit_table(comes)
            self.rows_in, self.quarantined = take_in(self._cursor, self._change, comes, keeps, self._at)
            self._put(list(comes), keeps)
        elif self._change.mode is ChangeMode.SNAPSHOT and self._columns():
            # A source without rows need not know its columns.
            self._remove(exp.select(exp.alias_(col("rowid"), _OLD)).from_(self._table))
        for files, is_present in ((self._change.gone, False), (self._change.present or (), True)):
            if files and self._columns():
                self._remove_by_key(files, is_present=is_present)

    def outcome(self, watermark: Watermark) -> ChangeOutcome:
        """What was done, under the version of the data that it made."""
        return ChangeOutcome(
            rows_in=self.rows_in,
            added=self.added,
            updated=self.updated,
            deleted=self.deleted,
            quarantined=self.quarantined,
            drift=self.drift,
            watermark=watermark,
        )

    def _columns(self, schema: str = "main") -> dict[str, str]:
        """The table's columns but those that tell from when to when a row was valid."""
        found = self._cursor.execute(_COLUMNS, [schema, self._change.table]).fetchall()
        return {name: type_ for name, type_ in found if name not in {VALID_FROM, VALID_TO}}

    def _fit_table(self, comes: Mapping[str, str]) -> dict[str, str]:
        """Make the table, or widen it for what comes; gives its columns' types."""
        has = self._columns()
        drift = compare_columns(self._change.table, has, comes, self._change.types)
        if not has:
            self._create(drift.added)
            return dict(drift.added)
        self.drift = drift.told
        self._alter(drift)
        return {**has, **drift.added, **drift.widened}

    def _create(self, columns: Mapping[str, str]) -> None:
        moments = {"main": (VALID_FROM,), HISTORY: (VALID_FROM, VALID_TO)}
        for schema, names in moments.items():
            types = {**columns, **dict.fromkeys(names, "TIMESTAMPTZ")}
            defined = [exp.ColumnDef(this=exp.to_identifier(n, quoted=True), kind=kind(t)) for n, t in types.items()]
            table = exp.Schema(this=stored(schema, self._change.table), expressions=defined)
            self._cursor.execute(exp.Create(this=table, kind="TABLE").sql("duckdb"))

    def _alter(self, drift: Drift) -> None:
        for schema in ("main", HISTORY):
            table = stored(schema, self._change.table)
            for name, type_ in drift.added.items():
                column = exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=kind(type_))
                self._cursor.execute(exp.Alter(this=table, kind="TABLE", actions=[column]).sql("duckdb"))
            for name, type_ in drift.widened.items():
                change = exp.AlterColumn(this=exp.to_identifier(name, quoted=True), dtype=kind(type_))
                self._cursor.execute(exp.Alter(this=table, kind="TABLE", actions=[change]).sql("duckdb"))

    def _put(self, columns: Sequence[str], keeps: Mapping[str, str]) -> None:
        change = self._change
        if change.mode is ChangeMode.SNAPSHOT and not change.key:
            self._match_rows(columns, keeps)
        elif change.mode is ChangeMode.APPEND:
            self._pair(columns, keeps, is_new_only=True)
        else:
            self._pair(columns, keeps, is_new_only=False)
            if change.mode is ChangeMode.SNAPSHOT:
                self._remove(self._missing_from("staged"))
        self._insert(columns)

    def _pair(self, columns: Sequence[str], keeps: Mapping[str, str], *, is_new_only: bool) -> None:
        """Fill `fresh` with the rows to add, each with `_old`: the place of the row it replaces, or NULL.

        A column that did not come keeps what it had.
        """
        key, kept = self._change.key, [name for name in keeps if name not in columns]
        arriving = [col(name, "incoming") for name in (ROW, *columns)]
        if not key:
            query = exp.select(*arriving, *[exp.alias_(exp.null(), name, quoted=True) for name in kept])
            fresh = query.select(exp.alias_(exp.cast(exp.null(), "BIGINT"), _OLD)).from_("incoming")
        else:
            is_new = exp.Is(this=col("rowid", "current"), expression=exp.null())
            differs = [exp.not_(same(name, "current", "incoming")) for name in columns if name not in key]
            fresh = (
                exp.select(*arriving, *[col(name, "current") for name in kept])
                .select(exp.alias_(col("rowid", "current"), _OLD))
                .from_("incoming")
                .join(self._table.as_("current"), on=equal(key, "current", "incoming"), join_type="left")
                .where(is_new if is_new_only else any_of([is_new, *differs]))
            )
        self._cursor.execute(temporary("fresh", fresh))
        self.updated += self._close("SELECT _old FROM fresh WHERE _old IS NOT NULL")

    def _match_rows(self, columns: Sequence[str], keeps: Mapping[str, str]) -> None:
        """Without a key, rows are told apart by all they hold; the second of two equal rows is another row."""
        number = exp.Window(this=exp.func("row_number"), partition_by=[col(name) for name in columns])
        shown = [col(name) for name in columns]
        new = exp.select(col(ROW), *shown, exp.alias_(number, "_nth")).from_("incoming")
        old = exp.select(exp.alias_(col("rowid"), _OLD), *shown, exp.alias_(number.copy(), "_nth")).from_(self._table)
        self._cursor.execute(temporary("numbered_new", new))
        self._cursor.execute(temporary("numbered_old", old))
        match = all_of([same(name, "numbered_old", "numbered_new") for name in (*columns, "_nth")])
        gone = exp.select(col(_OLD, "numbered_old")).from_("numbered_old")
        self._remove(gone.join("numbered_new", on=match, join_type="anti"))
        empty = [exp.alias_(exp.null(), name, quoted=True) for name in keeps if name not in columns]
        fresh = exp.select(*[col(name, "numbered_new") for name in (ROW, *columns)], *empty).from_("numbered_new")
        fresh = fresh.select(exp.alias_(exp.cast(exp.null(), "BIGINT"), _OLD))
        self._cursor.execute(temporary("fresh", fresh.join("numbered_old", on=match.copy(), join_type="anti")))

    def _remove_by_key(self, files: Sequence[Path], *, is_present: bool) -> None:
        stage(self._cursor, files)
        self._remove(self._missing_from("staged") if is_present else self._found_in("staged"))

    def _missing_from(self, name: str) -> exp.Select:
        query = exp.select(exp.alias_(col("rowid", "current"), _OLD)).from_(self._table.as_("current"))
        return query.join(name, on=self._key_cast(name), join_type="anti")

    def _found_in(self, name: str) -> exp.Select:
        query = exp.select(exp.alias_(col("rowid", "current"), _OLD)).from_(self._table.as_("current"))
        return query.join(name, on=self._key_cast(name), join_type="semi")

    def _key_cast(self, name: str) -> exp.Expr:
        """Equal keys, where those of `name` may still be of another type than the table's."""
        types = self._columns()
        pairs = [
            exp.EQ(this=col(k, "current"), expression=exp.TryCast(this=col(k, name), to=kind(types[k])))
            for k in self._change.key
        ]
        return all_of(pairs)

    def _remove(self, rows: exp.Select) -> None:
        self._cursor.execute(temporary("gone", rows))
        self.deleted += self._close("SELECT _old FROM gone")

    def _close(self, places: str) -> int:
        """Move rows, named by a SELECT of their places, into the history."""
        names = list(self._columns())
        shown = [col(name) for name in (*names, VALID_FROM)]
        is_meant = exp.In(this=col("rowid"), query=exp.maybe_parse(places, dialect="duckdb").subquery())
        old = exp.select(*shown, exp.Placeholder()).from_(self._table).where(is_meant)
        target, into = stored(HISTORY, self._change.table), _identifiers([*names, VALID_FROM, VALID_TO])
        moved = self._cursor.execute(exp.insert(old, target, columns=into).sql("duckdb"), [self._at]).fetchall()[0][0]
        if moved:
            self._cursor.execute(exp.delete(self._table, where=is_meant.copy()).sql("duckdb"))
        return int(moved)

    def _insert(self, columns: Sequence[str]) -> None:
        names = [*columns, *[name for name in self._columns() if name not in columns]]
        rows = exp.select(*[col(name) for name in names], exp.Placeholder()).from_("fresh").order_by(col(ROW))
        statement = exp.insert(rows, self._table, columns=_identifiers([*names, VALID_FROM])).sql("duckdb")
        written = self._cursor.execute(statement, [self._at]).fetchall()[0][0]
        self.added += int(written) - self.updated


def _identifiers(names: Sequence[str]) -> list[str | exp.Identifier]:
    return [exp.to_identifier(name, quoted=True) for name in names]
