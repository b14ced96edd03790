"""HubSpot's CRM API (v3) as published: objects, search, associations, owners and pipelines."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import ClassVar, cast

from tests.sync.plants import Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

TOKEN = "pat-na1-Zq7"
CHANGED = "hs_lastmodifieddate"
PROPERTIES = {
    "dealname": "string", "amount": "number", "closedate": "datetime", "hs_is_closed": "bool", CHANGED: "datetime",
    "hs_object_id": "number",
}  # fmt: skip


class HubSpot:
    """Deals of an account. A search ends at 10,000 results, as the real one's does."""

    def __init__(self) -> None:
        self.portal = 4242
        self.token = TOKEN
        self.properties = dict(PROPERTIES)
        self.deals: dict[int, dict[str, str | None]] = {}
        self.companies: dict[int, list[int]] = {}
        # Objects of other types, and the types of their properties.
        self.others: dict[str, dict[int, dict[str, str | None]]] = {}
        self.other_properties: dict[str, dict[str, str]] = {}
        # For an object of such a type the companies it is associated with; for a deal its property history.
        self.companies_of: dict[tuple[str, int], list[int]] = {}
        self.histories: dict[int, dict[str, list[tuple[str, str]]]] = {}
        self.owners = [{"id": "9", "email": "ann@example.com", "firstName": "Ann"}]
        self.refuses: set[str] = set()
        self.address = ""

    def put(self, number: int, moment: str = "2026-01-01T00:00:00.000Z", **properties: str | None) -> None:
        self.deals[number] = {"hs_object_id": str(number), CHANGED: moment, **properties}

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if query["authorization"] != f"Bearer {self.token}":
            return 401, {}, {"status": "error", "category": "INVALID_AUTHENTICATION", "message": "expired"}
        if path == "/account-info/v3/details":
            return 200, {}, {"portalId": self.portal}
        if path == "/crm/v3/properties/deals":
            return 200, {}, {"results": [{"name": name, "type": kind} for name, kind in self.properties.items()]}
        if path.startswith("/crm/v3/properties/"):
            if path.rpartition("/")[2] in self.refuses:
                return 403, {}, {"status": "error", "category": "MISSING_SCOPES", "message": "no scope"}
            known = self.other_properties.get(path.rpartition("/")[2], {"name": "string"})
            return 200, {}, {"results": [{"name": name, "type": kind} for name, kind in known.items()]}
        if path == "/crm/v3/owners":
            return 200, {}, {"results": self.owners}
        if path == "/crm/v3/pipelines/deals":
            stage = {"id": "won", "label": "Won", "displayOrder": 2, "metadata": {"probability": "1.0"}}
            return 200, {}, {"results": [{"id": "p", "label": "Sales", "stages": [stage]}]}
        if path == "/crm/v3/objects/deals":
            return 200, {}, self._list(query)
        if path == "/crm/v3/objects/deals/search":
            return 200, {}, self._search(cast(dict[str, object], body))
        if path.startswith("/crm/v3/objects/") and method == "GET":
            return 200, {}, self._list_others(path.rpartition("/")[2])
        if path.startswith("/crm/v3/associations/deals/"):
            return 200, {}, self._associations(path, cast(dict[str, list[dict[str, str]]], body))
        return 404, {}, {"status": "error", "message": f"no {method} {path}"}

    def _list(self, query: Query) -> object:
        start = int(query.get("after") or 0)
        numbers = sorted(number for number in self.deals if number > start)[: int(query["limit"])]
        more = numbers and numbers[-1] != max(self.deals)
        paging = {"paging": {"next": {"after": str(numbers[-1])}}} if more else {}
        if "propertiesWithHistory" in query:
            assert int(query["limit"]) <= 50
            return {"results": [self._with_history(number) for number in numbers], **paging}
        return {"results": [self._object(number) for number in numbers], **paging}

    def _with_history(self, number: int) -> object:
        """Newest first, as the real one gives them."""
        told = {
            name: [{"value": value, "timestamp": at, "sourceType": "CRM_UI"} for value, at in reversed(values)]
            for name, values in self.histories.get(number, {}).items()
        }
        return {"id": str(number), "properties": {}, "propertiesWithHistory": told}

    def _list_others(self, kind: str) -> object:
        found = self.others.get(kind, {})
        return {
            "results": [
                {"id": str(number), "properties": told, "associations": self._companies_of(kind, number)}
                for number, told in found.items()
            ]
        }

    def _companies_of(self, kind: str, number: int) -> object:
        ids = self.companies_of.get((kind, number), [])
        return (
            {"companies": {"results": [{"id": str(one), "type": f"{kind}_to_company"} for one in ids]}} if ids else {}
        )

    def _search(self, body: dict[str, object]) -> object:
        groups = cast(list[dict[str, list[dict[str, str]]]], body["filterGroups"])
        filters = groups[0]["filters"] if groups else []
        found = [number for number in self.deals if all(self._fits(number, one) for one in filters)]
        (order,) = cast(list[str], body["sorts"])
        # Objects of one moment come in no order that could be relied on.
        found.sort(key=lambda number: (_key(order, self.deals[number][order]), number * 7919 % 10_007))
        limit = cast(int, body["limit"])
        assert limit <= 100
        return {"total": len(found), "results": [self._object(number) for number in found[:limit]]}

    def _fits(self, number: int, one: dict[str, str]) -> bool:
        name = one["propertyName"]
        ours, theirs = _key(name, self.deals[number][name]), _key(name, one["value"])
        return {"EQ": ours == theirs, "GT": ours > theirs, "GTE": ours >= theirs}[one["operator"]]

    def _associations(self, path: str, body: dict[str, list[dict[str, str]]]) -> object:
        if "/companies/" not in path:
            return {"status": "COMPLETE", "results": []}
        results = [
            {"from": one, "to": [{"id": str(to), "type": "deal_to_company"} for to in self.companies[int(one["id"])]]}
            for one in body["inputs"]
            if int(one["id"]) in self.companies
        ]
        return {"status": "COMPLETE", "results": results}

    def _object(self, number: int) -> object:
        changed = self.deals[number][CHANGED]
        return {"id": str(number), "properties": self.deals[number], "createdAt": changed, "updatedAt": changed}


def _key(name: str, value: str | None) -> float:
    assert value is not None
    # An id may be larger than what a double holds.
    return _timestamp(value) if name == CHANGED else int(value)


@cache
def _timestamp(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp()


class HubSpotPlant(ApiPlant):
    """Deals of an account whose properties a test decides."""

    kind = "hubspot"
    stream = "deals"
    names: ClassVar = {
        "id": "id", "name": "dealname", "amount": "amount", "closed_on": "closed_on", "updated_at": CHANGED,
    }  # fmt: skip
    cursor_field = CHANGED

    def __init__(self) -> None:
        self._account = HubSpot()
        super().__init__()
        self._account.properties = {
            "hs_object_id": "number", "dealname": "string", "amount": "number", "closed_on": "date", CHANGED: "datetime"
        }  # fmt: skip

    @property
    def values(self) -> dict[str, object]:
        return {"token": self.token, "base_url": self.server.address, "timeout_s": self.timeout_s}

    def put(self, rows: Sequence[Row]) -> None:
        super().put(rows)
        with self.lock:
            for row in rows:
                moment = cast(dt.datetime, row["updated_at"]).isoformat(timespec="milliseconds")
                known = [name for name in self.columns if name not in {"id", "updated_at"}]
                told = {self.theirs(name): None if row.get(name) is None else str(row.get(name)) for name in known}
                self._account.put(int(str(row["id"])), moment.replace("+00:00", "Z"), **told)

    def remove(self, ids: Iterable[int]) -> None:
        numbers = list(ids)
        super().remove(numbers)
        with self.lock:
            for number in numbers:
                del self._account.deals[number]

    def add_column(self, name: str) -> None:
        super().add_column(name)
        self._account.properties[name] = "string"
        for properties in self._account.deals.values():
            properties[name] = "new"

    def drop_column(self, name: str) -> None:
        super().drop_column(name)
        del self._account.properties[self.theirs(name)]

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        self._account.token, self._account.portal = self.token, self.account
        return self._account.answer(method, path, query, body)
