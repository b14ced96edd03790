"""Pipedrive's API v2 as its published OpenAPI description has it: lists with cursors, fields of one's own by codes."""

import base64
import datetime as dt
import json
from hashlib import sha1
from typing import ClassVar

from tests.sync.plants import Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

# The real one gives up to 500; smaller pages make more of them.
_MOST = 100


class PipedrivePlant(ApiPlant):
    """Deals of a company."""

    kind = "pipedrive"
    stream = "deals"
    names: ClassVar = {
        "id": "id", "name": "title", "amount": "value", "closed_on": "expected_close_date", "updated_at": "update_time",
        "region": "custom_region",
    }  # fmt: skip
    cursor_field = "update_time"

    @property
    def values(self) -> dict[str, object]:
        return {"token": self.token, "base_url": self.server.address, "timeout_s": self.timeout_s}

    def answer(self, _method: str, path: str, query: Query, _body: object) -> Answer:
        if query["authorization"] != self.token:
            return 401, {}, {"success": False, "error": "unauthorized access", "errorCode": 401}
        if path == "/v1/users/me":
            return 200, {}, {"success": True, "data": {"id": 1, "company_id": self.account, "company_name": "Acme"}}
        if path == "/api/v2/dealFields":
            own = [name for name in self.columns if name == "region"]
            fields = [{"field_name": name, "field_code": _code(name), "is_custom_field": True} for name in own]
            title = {"field_name": "Title", "field_code": "title", "is_custom_field": False}
            return self._list([title, *fields], None)
        if path == "/api/v2/deals":
            return self._deals(query)
        return self._list([], None)

    def _deals(self, query: Query) -> Answer:
        assert (query["sort_by"], query["sort_direction"]) == ("update_time", "asc")
        limit = min(int(query["limit"]), _MOST)
        since = query.get("updated_since", "")
        after = tuple(json.loads(base64.b64decode(query["cursor"]))) if query.get("cursor") else ("", 0)
        places = sorted((_stamp(record), number) for number, record in self.records.items())
        found = [place for place in places if place > after and (not since or _moment(place[0]) >= _moment(since))]
        following = base64.b64encode(json.dumps(found[limit - 1]).encode()).decode() if len(found) > limit else None
        return self._list([self._deal(number) for _, number in found[:limit]], following)

    def _deal(self, number: int) -> dict[str, object]:
        record = self.records[number]
        shown = {self.theirs(name): record.get(name) for name in self.columns if name not in {"updated_at", "region"}}
        own = {_code("region"): record.get("region")} if "region" in self.columns else {}
        return {**shown, "update_time": _stamp(record), "is_deleted": False, "custom_fields": own}

    @staticmethod
    def _list(data: list[dict[str, object]], following: str | None) -> Answer:
        return 200, {}, {"success": True, "data": data, "additional_data": {"next_cursor": following}}


def _code(name: str) -> str:
    return sha1(name.encode()).hexdigest()  # noqa: S324 -- as Pipedrive makes them


def _stamp(record: Row) -> str:
    moment = record["updated_at"]
    assert isinstance(moment, dt.datetime)
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
