"""Sources that tests plant rows in, one for each kind, all with the same table `deals`."""

import csv
import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from connectors.contract import SyncMode
from services.sync.choice import StreamWish

Row = dict[str, object]
COLUMNS = ("id", "name", "amount", "closed_on", "updated_at")
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def deal(number: int, name: str | None = "Deal", *, minute: int = 0, **more: object) -> Row:
    """One row; `minute` is when it changed."""
    moment = BEGIN + dt.timedelta(minutes=minute)
    return {
        "id": number,
        "name": name,
        "amount": number * 10,
        "closed_on": dt.date(2026, 1, 2),
        "updated_at": moment,
    } | more


class Plant(Protocol):
    """A source whose rows a test decides."""

    kind: str
    stream: str
    key: str
    cursor_field: str
    columns: tuple[str, ...]
    can_follow: bool
    keeps_nul: bool

    @property
    def values(self) -> dict[str, object]:
        """The configuration."""

    def put(self, rows: Sequence[Row]) -> None:
        """Insert rows, or change those of the same id."""

    def remove(self, ids: Iterable[int]) -> None:
        """Delete rows."""

    def add_column(self, name: str) -> None:
        """A new column of text, `new` in every row."""

    def drop_column(self, name: str) -> None:
        """Take a column away."""

    def rows(self) -> list[Row]:
        """What is in it now."""

    def theirs(self, column: str) -> str:
        """How the source calls one of our columns."""

    def named(self, column: str) -> str:
        """How one of our columns is called in the table."""

    def number(self, key: str) -> int:
        """Our id of a source's."""

    def stored(self, row: Row) -> Row:
        """A row of the table in our words."""

    def close(self) -> None:
        """End what was started."""


class OwnWords:
    """What is the same for sources whose columns are ours."""

    stream = "deals"
    key = "id"
    cursor_field = "updated_at"
    columns: tuple[str, ...] = COLUMNS

    def theirs(self, column: str) -> str:
        return column

    def named(self, column: str) -> str:
        return column

    def number(self, key: str) -> int:
        return int(key)

    def stored(self, row: Row) -> Row:
        return row

    def close(self) -> None:
        """Nothing was started."""


def wish_for(plant: Plant) -> Mapping[str, StreamWish]:
    """How its stream is synced: by what changed where the kind can, and in full otherwise."""
    if not plant.can_follow:
        return {plant.stream: StreamWish(key=(plant.key,))}
    return {plant.stream: StreamWish(mode=SyncMode.INCREMENTAL, cursor_field=plant.cursor_field, key=(plant.key,))}


class FilePlant(OwnWords):
    """A CSV file."""

    kind = "files"
    can_follow = False
    keeps_nul = False

    def __init__(self, folder: Path) -> None:
        self._path = folder / "deals.csv"
        self._rows: dict[int, Row] = {}
        self._write()

    @property
    def values(self) -> dict[str, object]:
        return {"path": str(self._path)}

    def put(self, rows: Sequence[Row]) -> None:
        self._rows |= {int(str(row["id"])): dict(row) for row in rows}
        self._write()

    def remove(self, ids: Iterable[int]) -> None:
        for number in ids:
            del self._rows[number]
        self._write()

    def add_column(self, name: str) -> None:
        self.columns = (*self.columns, name)
        for row in self._rows.values():
            row[name] = "new"
        self._write()

    def drop_column(self, name: str) -> None:
        self.columns = tuple(one for one in self.columns if one != name)
        for row in self._rows.values():
            del row[name]
        self._write()

    def rows(self) -> list[Row]:
        return list(self._rows.values())

    def _write(self) -> None:
        with self._path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns)
            writer.writeheader()
            writer.writerows(self._rows.values())


class SqlitePlant(OwnWords):
    """A SQLite file with a declared type for each column."""

    kind = "sql"
    can_follow = True
    keeps_nul = True

    def __init__(self, folder: Path, batch_rows: int = 100) -> None:
        self._path = folder / "crm.db"
        self.batch_rows = batch_rows
        self._run(
            "CREATE TABLE deals (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER, closed_on DATE, "
            "updated_at TIMESTAMP)"
        )

    @property
    def values(self) -> dict[str, object]:
        return {"url": f"sqlite:///{self._path}", "batch_rows": self.batch_rows}

    def put(self, rows: Sequence[Row]) -> None:
        statement = "INSERT OR REPLACE INTO deals (id, name, amount, closed_on, updated_at) VALUES (?, ?, ?, ?, ?)"
        with sqlite3.connect(self._path) as connection:
            connection.executemany(statement, [[_as_text(row.get(name)) for name in COLUMNS] for row in rows])
        connection.close()

    def remove(self, ids: Iterable[int]) -> None:
        for number in ids:
            self._run("DELETE FROM deals WHERE id = ?", [number])

    def add_column(self, name: str) -> None:
        self._run(f"ALTER TABLE deals ADD COLUMN {name} TEXT DEFAULT 'new'")

    def drop_column(self, name: str) -> None:
        self._run(f"ALTER TABLE deals DROP COLUMN {name}")

    def rows(self) -> list[Row]:
        with sqlite3.connect(self._path) as connection:
            cursor = connection.execute("SELECT * FROM deals")
            names = [column[0] for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection.close()
        for row in found:
            row["closed_on"] = None if row["closed_on"] is None else dt.date.fromisoformat(row["closed_on"])
            row["updated_at"] = None if row["updated_at"] is None else _aware(row["updated_at"])
        return found

    def _run(self, statement: str, values: Sequence[object] = ()) -> None:
        with sqlite3.connect(self._path) as connection:
            connection.execute(statement, list(values))
        connection.close()


class PostgresqlPlant(OwnWords):
    """A table of a real PostgreSQL."""

    kind = "sql"
    can_follow = True
    keeps_nul = False

    def __init__(self, address: str, batch_rows: int = 100) -> None:
        self.address = address
        self.batch_rows = batch_rows
        self.run(
            "CREATE TABLE deals (id bigint PRIMARY KEY, name text, amount bigint, closed_on date, "
            "updated_at timestamptz)"
        )

    @property
    def values(self) -> dict[str, object]:
        return {"url": self.address, "batch_rows": self.batch_rows}

    def put(self, rows: Sequence[Row]) -> None:
        statement = """INSERT INTO deals (id, name, amount, closed_on, updated_at) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, amount = excluded.amount,
            closed_on = excluded.closed_on, updated_at = excluded.updated_at"""
        with psycopg.connect(self.address) as connection:
            connection.cursor().executemany(statement, [[row.get(name) for name in COLUMNS] for row in rows])

    def remove(self, ids: Iterable[int]) -> None:
        with psycopg.connect(self.address) as connection:
            connection.execute("DELETE FROM deals WHERE id = ANY(%s)", [list(ids)])

    def add_column(self, name: str) -> None:
        self.run(f"ALTER TABLE deals ADD COLUMN {name} text DEFAULT 'new'")

    def drop_column(self, name: str) -> None:
        self.run(f"ALTER TABLE deals DROP COLUMN {name}")

    def rows(self) -> list[Row]:
        with psycopg.connect(self.address, row_factory=psycopg.rows.dict_row) as connection:
            return list(connection.execute("SELECT * FROM deals").fetchall())

    def run(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement))


def _as_text(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date) else value


def _aware(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
