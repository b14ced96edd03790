"""HubSpot against a loopback server with the shapes of its published CRM API (v3)."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import cast

import pytest

from connectors.contract import SyncMode
from services.platform import Platform
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus, SyncRun
from services.sync.sources import save_source
from tenants.access import Principal
from tests.sync.api_server import ApiServer, Query

TOKEN = "pat-na1-Zq7"
CHANGED = "hs_lastmodifieddate"
PROPERTIES = {
    "dealname": "string", "amount": "number", "closedate": "datetime", "hs_is_closed": "bool", CHANGED: "datetime",
    "hs_object_id": "number",
}  # fmt: skip
Answer = tuple[int, Mapping[str, str], object]


class HubSpot:
    """Deals of an account. A search ends at 10,000 results, as the real one's does."""

    def __init__(self) -> None:
        self.portal = 4242
        self.deals: dict[int, dict[str, str | None]] = {}
        self.companies: dict[int, list[int]] = {}
        self.server = ApiServer(self.answer)

    def put(self, number: int, moment: str = "2026-01-01T00:00:00.000Z", **properties: str | None) -> None:
        self.deals[number] = {"hs_object_id": str(number), CHANGED: moment, **properties}

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if query["authorization"] != f"Bearer {TOKEN}":
            return 401, {}, {"status": "error", "category": "INVALID_AUTHENTICATION", "message": "expired"}
        if path == "/account-info/v3/details":
            return 200, {}, {"portalId": self.portal}
        if path == "/crm/v3/properties/deals":
            return 200, {}, {"results": [{"name": name, "type": kind} for name, kind in PROPERTIES.items()]}
        if path.startswith("/crm/v3/properties/"):
            return 200, {}, {"results": [{"name": "name", "type": "string"}]}
        if path == "/crm/v3/owners":
            return 200, {}, {"results": [{"id": "9", "email": "ann@example.com", "firstName": "Ann"}]}
        if path == "/crm/v3/pipelines/deals":
            stage = {"id": "won", "label": "Won", "displayOrder": 2, "metadata": {"probability": "1.0"}}
            return 200, {}, {"results": [{"id": "p", "label": "Sales", "stages": [stage]}]}
        if path == "/crm/v3/objects/deals":
            return 200, {}, self._list(query)
        if path == "/crm/v3/objects/deals/search":
            return 200, {}, self._search(cast(dict[str, object], body))
        if path.startswith("/crm/v3/associations/deals/"):
            return 200, {}, self._associations(path, cast(dict[str, list[dict[str, str]]], body))
        return 404, {}, {"status": "error", "message": f"no {method} {path}"}

    def _list(self, query: Query) -> object:
        start = int(query.get("after") or 0)
        numbers = sorted(number for number in self.deals if number > start)[: int(query["limit"])]
        more = numbers and numbers[-1] != max(self.deals)
        paging = {"paging": {"next": {"after": str(numbers[-1])}}} if more else {}
        return {"results": [self._object(number) for number in numbers], **paging}

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
    return _timestamp(value) if name == CHANGED else float(value)


@cache
def _timestamp(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp()


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    made = HubSpot()
    yield made
    made.server.close()


Go = Callable[[], SyncRun]


@pytest.fixture
def go(platform: Platform, asking: Principal, hubspot: HubSpot) -> Go:
    """Connects on the first call, syncs on each."""
    saved: list[bool] = []

    def sync() -> SyncRun:
        if not saved:
            values = {"token": TOKEN, "base_url": hubspot.server.address, "timeout_s": 0.5}
            wishes = {
                "deals": StreamWish(mode=SyncMode.INCREMENTAL, cursor_field=CHANGED),
                "owners": StreamWish(),
                "deal_stages": StreamWish(),
            }
            save_source(platform, asking, name="hs", kind="hubspot", values=values, wishes=wishes)
            saved.append(True)
        return run_sync(platform, asking, "hs", wait=lambda _: False)

    return sync


def ids(platform: Platform, asking: Principal) -> set[int]:
    table, _ = platform.store(asking.tenant).query("SELECT id FROM deals")
    assert table.num_rows == len(set(table["id"].to_pylist()))
    return {int(number) for number in table["id"].to_pylist()}


def test_properties_have_their_types_and_associations_their_ids(
    platform: Platform, asking: Principal, hubspot: HubSpot, go: Go
) -> None:
    hubspot.put(512, dealname="Großes 😀", amount="1500.25", closedate="1969-12-07T16:50:06.678Z", hs_is_closed="true")
    hubspot.put(513, dealname=None, amount="", hs_is_closed="false")
    hubspot.companies = {512: [8, 7]}
    assert go().status is RunStatus.DONE
    ask = "SELECT id, dealname, amount, closedate, hs_is_closed, companies_ids, contacts_ids FROM deals ORDER BY id"
    first, second = platform.store(asking.tenant).query(ask)[0].to_pylist()
    assert first["closedate"].astimezone(dt.UTC) == dt.datetime(1969, 12, 7, 16, 50, 6, 678_000, dt.UTC)
    del first["closedate"], second["closedate"]
    assert first == {
        "id": "512", "dealname": "Großes 😀", "amount": Decimal("1500.25"), "hs_is_closed": True,
        "companies_ids": "7,8", "contacts_ids": None,
    }  # fmt: skip
    assert (second["dealname"], second["amount"], second["hs_is_closed"]) == (None, None, False)
    stages = platform.store(asking.tenant).query("SELECT id, pipeline, label, probability FROM deal_stages")[0]
    assert stages.to_pylist() == [{"id": "won", "pipeline": "Sales", "label": "Won", "probability": Decimal(1)}]
    hubspot.companies = {512: [9]}
    hubspot.put(512, "2026-01-02T00:00:00.000Z", dealname="Großes 😀")
    assert go().counts.updated == 1
    (now,) = platform.store(asking.tenant).query("SELECT companies_ids FROM deals WHERE id = '512'")[0].to_pylist()
    assert now == {"companies_ids": "9"}


def test_changes_deletes_and_ten_thousand_deals_of_one_moment_arrive(
    platform: Platform, asking: Principal, hubspot: HubSpot, go: Go
) -> None:
    for number in range(1, 10_002):
        hubspot.put(number)
    for number in range(20_001, 20_150):
        hubspot.put(number, f"2026-01-01T00:{number % 50:02}:00.000Z")
    assert go().status is RunStatus.DONE
    assert ids(platform, asking) == set(hubspot.deals)
    hubspot.put(30_000, "2026-02-01T00:00:00.000Z")
    for number in (5, 6, 20_100):
        del hubspot.deals[number]
    run = go()
    assert (run.counts.added, run.counts.deleted) == (1, 3)
    assert ids(platform, asking) == set(hubspot.deals)


@pytest.mark.parametrize("after", [4, 8, 12])
@pytest.mark.parametrize("fault", [(429, {"Retry-After": "3"}), (502, {}), "reset", "truncate", "hang"], ids=str)
def test_faults_that_pass_lose_nothing(
    platform: Platform, asking: Principal, hubspot: HubSpot, go: Go, fault: object, after: int
) -> None:
    hubspot.put(1)
    go()
    for number in range(2, 400):
        hubspot.put(number, f"2026-03-01T00:{number % 60:02}:00.000Z")
    hubspot.server.delay_faults(after=after, faults=[fault])  # type: ignore[list-item]
    assert go().status is RunStatus.DONE
    assert ids(platform, asking) == set(hubspot.deals)


def test_another_account_and_a_revoked_token_are_told_and_nothing_is_read(
    platform: Platform, asking: Principal, hubspot: HubSpot, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot.put(1)
    go()
    hubspot.portal = 999
    hubspot.put(2, "2026-02-01T00:00:00.000Z")
    run = go()
    assert (run.code, run.counts.rows_in) == ("source_identity_changed", 0)
    assert "HubSpot account 4242" in run.message
    assert ids(platform, asking) == {1}
    monkeypatch.setattr("tests.sync.test_hubspot.TOKEN", "another")
    revoked = go()
    assert revoked.code == "source_revoked"
    assert "Zq7" not in revoked.message
