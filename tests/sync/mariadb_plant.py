"""A table of a real MariaDB."""

import datetime as dt
from collections.abc import Iterable, Sequence

import pymysql
import sqlalchemy as sa

from tests.sync.plants import COLUMNS, OwnWords, Row


class MariaDbPlant(OwnWords):
    """Deals in a table whose times are kept in UTC."""

    kind = "sql"
    can_follow = True
    keeps_nul = True

    def __init__(self, address: str, batch_rows: int = 100) -> None:
        self.address = address
        self.batch_rows = batch_rows
        self._url = sa.make_url(address)
        self.run(
            "CREATE TABLE deals (id BIGINT PRIMARY KEY, name TEXT, amount BIGINT, closed_on DATE, "
            "updated_at DATETIME(6)) CHARACTER SET utf8mb4"
        )

    @property
    def values(self) -> dict[str, object]:
        return {"url": self.address, "batch_rows": self.batch_rows}

    def put(self, rows: Sequence[Row]) -> None:
        statement = f"REPLACE INTO deals ({', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s)"
        with self._open() as connection:
            connection.cursor().executemany(statement, [[_sent(row.get(name)) for name in COLUMNS] for row in rows])

    def remove(self, ids: Iterable[int]) -> None:
        with self._open() as connection:
            connection.cursor().executemany("DELETE FROM deals WHERE id = %s", [[number] for number in ids])

    def add_column(self, name: str) -> None:
        self.run(f"ALTER TABLE deals ADD COLUMN {name} TEXT DEFAULT 'new'")

    def drop_column(self, name: str) -> None:
        self.run(f"ALTER TABLE deals DROP COLUMN {name}")

    def rows(self) -> list[Row]:
        with self._open() as connection:
            cursor = connection.cursor(pymysql.cursors.DictCursor)
            cursor.execute("SELECT * FROM deals")
            return list(cursor.fetchall())

    def run(self, statement: str) -> None:
        with self._open() as connection:
            connection.cursor().execute(statement)

    def _open(self) -> pymysql.Connection:
        place = self._url
        return pymysql.connect(
            host=place.host, port=place.port, user="root", database=place.database, autocommit=True, charset="utf8mb4"
        )


def _sent(value: object) -> object:
    return value.astimezone(dt.UTC).replace(tzinfo=None) if isinstance(value, dt.datetime) else value
