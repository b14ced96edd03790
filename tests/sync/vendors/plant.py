"""What the planted APIs have in common: deals in the words of these tests, and in the vendor's on the way out."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from core.names import identifier
from tests.sync.plants import Row
from tests.sync.vendors.server import ApiServer, Fault, Query

Answer = tuple[int, Mapping[str, str], object]


class ApiPlant:
    """An API with one list of deals; `names` are the vendor's names of our columns as they are in the table."""

    kind: str
    stream: str
    names: ClassVar[Mapping[str, str]]
    key = "id"
    cursor_field: str
    can_follow = True
    keeps_nul = True
    has_identity = True
    # So many requests of a sync can fail: all but those that come after the last one of the shortest sync.
    most_before_a_fault = 3

    def __init__(self) -> None:
        self.token = "tok-Zq7-secret"
        self.account = 4242
        self.timeout_s = 20.0
        self.records: dict[int, Row] = {}
        self.columns: tuple[str, ...] = tuple(name for name in self.names if name != "region")
        self.lock = threading.RLock()
        self.server = ApiServer(self.guarded)

    @property
    def values(self) -> dict[str, object]:
        """The configuration."""
        raise NotImplementedError

    def values_at(self, address: str) -> dict[str, object]:
        """The configuration with another address."""
        return {**self.values, "base_url": address}

    def fail(self, *, after: int, faults: Sequence[Fault]) -> None:
        """Let some requests of the next sync be answered, then let the faults come."""
        self.server.delay_faults(after=min(after, self.most_before_a_fault), faults=faults)

    def close(self) -> None:
        self.server.close()

    def guarded(self, method: str, path: str, query: Query, body: object) -> Answer:
        with self.lock:
            return self.answer(method, path, query, body)

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        raise NotImplementedError

    def put(self, rows: Sequence[Row]) -> None:
        with self.lock:
            for row in rows:
                self.records[int(str(row["id"]))] = dict(row)

    def remove(self, ids: Iterable[int]) -> None:
        with self.lock:
            for number in ids:
                del self.records[number]

    def add_column(self, name: str) -> None:
        self.columns = (*self.columns, name)
        for record in self.records.values():
            record[name] = "new"

    def drop_column(self, name: str) -> None:
        self.columns = tuple(one for one in self.columns if one != name)

    def theirs(self, column: str) -> str:
        """How the vendor calls one of our columns."""
        return self.names.get(column, column)

    def named(self, column: str) -> str:
        """How one of our columns is called in the table."""
        return identifier(self.theirs(column))

    def rows(self) -> list[Row]:
        return [{name: record.get(name) for name in self.columns} for record in self.records.values()]

    def stored(self, row: Row) -> Row:
        """A row of the table in our words."""
        ours = {name: row[self.named(name)] for name in (*self.names, "region") if self.named(name) in row}
        amount = ours.get("amount")
        return ours | {
            "id": self.number(str(ours["id"])),
            **({"amount": int(amount) if isinstance(amount, Decimal) else amount} if "amount" in ours else {}),
        }

    def number(self, key: str) -> int:
        """Our id of a vendor's."""
        return int(key)
