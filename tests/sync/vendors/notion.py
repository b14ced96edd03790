"""Notion's API (version 2022-06-28) as published: a search for databases, queries with places, pages."""

import base64
import datetime as dt
import json
from typing import ClassVar, cast
from uuid import UUID

from tests.sync.plants import Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

_DATABASE = "d9824bdc-8445-4327-be8b-5b47500af6ce"


class NotionPlant(ApiPlant):
    """A database of deals. The time of a change is told in whole minutes."""

    kind = "notion"
    stream = "Deals"
    names: ClassVar = {
        "id": "id", "name": "Name", "amount": "Amount", "closed_on": "Closed", "updated_at": "last_edited_time",
        "region": "region",
    }  # fmt: skip
    cursor_field = "last_edited_time"
    types: ClassVar = {"Name": "title", "Amount": "number", "Closed": "date", "region": "select"}

    @property
    def values(self) -> dict[str, object]:
        return {"token": self.token, "base_url": self.server.address, "timeout_s": self.timeout_s}

    def number(self, key: str) -> int:
        return UUID(key).int

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if query["authorization"] != f"Bearer {self.token}":
            return 401, {}, {"object": "error", "status": 401, "code": "unauthorized", "message": "token is invalid."}
        asked = cast(dict[str, object], body)
        if path == "/v1/users/me":
            return 200, {}, {"object": "user", "id": f"bot-{self.account}", "bot": {"workspace_name": "Acme"}}
        if path == "/v1/search":
            assert asked["filter"] == {"property": "object", "value": "database"}
            return self._list([self.database()], None)
        if path == f"/v1/databases/{_DATABASE}/query":
            return self._query(asked)
        return 404, {}, {"object": "error", "status": 404, "code": "object_not_found", "message": f"{method} {path}"}

    def database(self) -> dict[str, object]:
        properties = {
            self.theirs(name): {"id": name[:4], "name": self.theirs(name), "type": self.types[self.theirs(name)]}
            for name in self.columns
            if self.theirs(name) in self.types
        }
        return {
            "object": "database", "id": _DATABASE, "title": [{"plain_text": "De"}, {"plain_text": "als"}],
            "properties": properties,
        }  # fmt: skip

    def _query(self, asked: dict[str, object]) -> Answer:
        ((order,),) = [cast(list[dict[str, str]], asked["sorts"])]
        size = int(str(asked["page_size"]))
        assert size <= 100
        by_change = order["timestamp"] == "last_edited_time"
        told = cast(dict[str, dict[str, str]], asked.get("filter") or {})
        since = told.get("last_edited_time", {}).get("on_or_after", "0001-01-01T00:00:00+00:00")
        after = tuple(json.loads(base64.b64decode(str(asked["start_cursor"])))) if asked.get("start_cursor") else ("",)
        found = sorted(
            place
            for number, record in self.records.items()
            if dt.datetime.fromisoformat(_minute(record)) >= dt.datetime.fromisoformat(since)
            and (place := (_minute(record) if by_change else "", f"{number:040}")) > after
        )
        pages = [self.page(int(number)) for _, number in found[:size]]
        following = base64.b64encode(json.dumps(found[size - 1]).encode()).decode() if len(found) > size else None
        return self._list(pages, following)

    def page(self, number: int) -> dict[str, object]:
        record = self.records[number]
        properties = {
            self.theirs(name): {"id": name[:4], **_property(self.types[self.theirs(name)], record.get(name))}
            for name in self.columns
            if self.theirs(name) in self.types
        }
        return {
            "object": "page", "id": str(UUID(int=number)), "created_time": "2025-01-01T00:00:00.000Z",
            "last_edited_time": _minute(record), "url": f"https://www.notion.so/{number}", "properties": properties,
        }  # fmt: skip

    @staticmethod
    def _list(results: list[dict[str, object]], following: str | None) -> Answer:
        content = {"object": "list", "results": results, "next_cursor": following, "has_more": following is not None}
        return 200, {}, content


def _property(kind: str, value: object) -> dict[str, object]:
    told: object = value
    if kind == "title":
        told = [{"plain_text": value}] if value else []
    elif kind == "select":
        told = {"name": value} if value else None
    elif kind == "date":
        told = {"start": cast(dt.date, value).isoformat(), "end": None} if value else None
    return {"type": kind, kind: told}


def _minute(record: Row) -> str:
    moment = cast(dt.datetime, record["updated_at"]).astimezone(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:00.000Z")
