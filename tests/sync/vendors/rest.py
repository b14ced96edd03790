"""An API that pages by offset through records in the order of their changes, deleted ones included."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from tests.sync.plants import COLUMNS, Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

ENDPOINT = """
- name: deals
  path: /deals
  records: data.items
  key: [id]
  pages: {kind: offset, parameter: offset, size_parameter: limit, size: 100}
  types: {closed_on: date, updated_at: moment}
  changes: {field: updated_at, parameter: updated_since, deleted: is_deleted}

"""


class RestPlant(ApiPlant):
    """Any API, described in YAML."""

    kind = "rest"
    stream = "deals"
    names: ClassVar = {name: name for name in COLUMNS}
    cursor_field = "updated_at"
    has_identity = False

    def __init__(self) -> None:
        self._gone: dict[int, Row] = {}
        super().__init__()

    @property
    def values(self) -> dict[str, object]:
        return {
            "base_url": self.server.address,
            "auth": "bearer",
            "secret": self.token,
            "timeout_s": self.timeout_s,
            "endpoints": ENDPOINT,
        }

    def remove(self, ids: Iterable[int]) -> None:
        with self.lock:
            newest = max(_moment(record) for record in (self.records | self._gone).values())
            for number in ids:
                del self.records[number]
                self._gone[number] = {"id": number, "is_deleted": True, "updated_at": newest}

    def answer(self, _method: str, path: str, query: Query, _body: object) -> Answer:
        if query["authorization"] != f"Bearer {self.token}":
            return 401, {}, {"message": f"who is {query['authorization']}?"}
        if path != "/deals":
            return 404, {}, {}
        since = dt.datetime.fromisoformat(query.get("updated_since") or "0001-01-01T00:00:00+00:00")
        # A record that was put back is not a deleted one.
        kept = {number: {name: one.get(name) for name in self.columns} for number, one in self.records.items()}
        every = list((self._gone | kept).values())
        found = sorted((one for one in every if _moment(one) >= since), key=lambda one: (_moment(one), one["id"]))
        start = int(query.get("offset", 0))
        items = found[start : start + int(query["limit"])]
        return 200, {}, {"data": {"items": items}, "total": len(found)}


def _moment(record: Row) -> dt.datetime:
    moment = record["updated_at"]
    assert isinstance(moment, dt.datetime)
    return moment
