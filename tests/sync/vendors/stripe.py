"""Stripe's lists of objects and events (API version 2024-06-20): newest first, behind the id of an object."""

import time
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from typing import ClassVar

from tests.sync.plants import Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

_DAY_S = 86_400


class StripePlant(ApiPlant):
    """Customers of an account. What was there before the list was first asked for has no events any more."""

    kind = "stripe"
    stream = "customers"
    names: ClassVar = {"id": "id", "name": "name", "amount": "balance", "region": "metadata_region"}
    cursor_field = "created"

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self.shift_s = 0
        self._was_listed = False
        self._created: dict[int, int] = {}
        super().__init__()

    @property
    def values(self) -> dict[str, object]:
        return {"key": self.token, "base_url": self.server.address, "timeout_s": self.timeout_s}

    def put(self, rows: Sequence[Row]) -> None:
        with self.lock:
            for row in rows:
                number = int(str(row["id"]))
                kind = "updated" if number in self.records else "created"
                self._created.setdefault(number, 1_700_000_000 + len(self._created) // 50)
                self.records[number] = dict(row)
                self._tell(f"customer.{kind}", number)

    def remove(self, ids: Iterable[int]) -> None:
        with self.lock:
            for number in ids:
                self._tell("customer.deleted", number)
                del self.records[number]

    def number(self, key: str) -> int:
        return int(key.removeprefix("cus_"))

    def answer(self, _method: str, path: str, query: Query, _body: object) -> Answer:
        if query["authorization"] != f"Bearer {self.token}":
            return 401, {}, {"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}
        if path == "/v1/account":
            return 200, {}, {"id": f"acct_{self.account}", "object": "account"}
        if path == "/v1/customers":
            self._was_listed = True
            newest_first = sorted(self.records, key=lambda number: (-self._created[number], number))
            return self._page([self._customer(number) for number in newest_first], query)
        if path == "/v1/events":
            kept = [
                one
                for one in reversed(self.events)
                if fnmatch(str(one["type"]), query["type"]) and int(str(one["created"])) >= int(query["created[gte]"])
            ]
            return self._page(kept, query)
        if path.startswith("/v1/customers/"):
            return self._retrieve(self.number(path.rpartition("/")[2]))
        return self._page([], query)

    def _retrieve(self, number: int) -> Answer:
        if number in self.records:
            return 200, {}, self._customer(number)
        return 200, {}, {"id": f"cus_{number}", "object": "customer", "deleted": True}

    def _page(self, every: list[dict[str, object]], query: Query) -> Answer:
        limit = int(query["limit"])
        assert limit <= 100
        start, after = 0, query.get("starting_after")
        if after:
            ids = [one["id"] for one in every]
            if after not in ids:
                return 400, {}, {"error": {"code": "resource_missing", "message": f"No such object: '{after}'"}}
            start = ids.index(after) + 1
        return 200, {}, {
            "object": "list",
            "data": every[start : start + limit],
            "has_more": start + limit < len(every),
        }  # fmt: skip

    def _customer(self, number: int) -> dict[str, object]:
        record = self.records[number]
        shown = {self.theirs(name): record.get(name) for name in self.columns if name not in {"id", "region"}}
        return {
            "id": f"cus_{number}",
            "object": "customer",
            "created": self._created[number],
            **shown,
            "metadata": {"region": record.get("region")} if "region" in self.columns else {},
        }

    def _tell(self, kind: str, number: int) -> None:
        now = int(time.time()) - (0 if self._was_listed else 40 * _DAY_S)
        self.events.append(
            {"id": f"evt_{len(self.events)}", "object": "event", "type": kind, "created": now,
             "data": {"object": self._customer(number)}}
        )  # fmt: skip
