"""HubSpot against a loopback server with the shapes of its published CRM API (v3)."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from connectors.contract import SyncMode
from services.platform import Platform
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus, SyncRun
from services.sync.sources import save_source
from tenants.access import Principal
from tests.sync.vendors.hubspot import CHANGED, TOKEN, HubSpot
from tests.sync.vendors.server import serving


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    made = HubSpot()
    with serving(made.answer) as server:
        made.address = server.address
        yield made


Go = Callable[[], SyncRun]


@pytest.fixture
def go(platform: Platform, asking: Principal, hubspot: HubSpot) -> Go:
    """Connects on the first call, syncs on each."""
    saved: list[bool] = []

    def sync() -> SyncRun:
        if not saved:
            values = {"token": TOKEN, "base_url": hubspot.address, "timeout_s": 0.5}
            wishes = {
                "deals": StreamWish(mode=SyncMode.INCREMENTAL, cursor_field=CHANGED),
                "owners": StreamWish(),
                "deal_stages": StreamWish(),
            }
            save_source(platform, asking, name="hs", kind="hubspot", values=values, wishes=wishes)
            saved.append(True)
        return run_sync(platform, asking, "hs", wait=lambda _: False)

    return sync


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
