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


@pytest.mark.parametrize("mode", [SyncMode.FULL, SyncMode.INCREMENTAL])
def test_numbers_are_numbers_also_where_the_first_deals_have_none(
    platform: Platform, asking: Principal, hubspot: HubSpot, mode: SyncMode
) -> None:
    for number in range(1, 301):
        hubspot.put(number, f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000Z")
    hubspot.put(301, "2026-01-02T00:00:00.000Z", amount="0.30000000000000004")
    hubspot.put(302, "2026-01-02T00:00:00.000Z", amount="9007199254740993")
    cursor = CHANGED if mode is SyncMode.INCREMENTAL else None
    wishes = {"deals": StreamWish(mode=mode, cursor_field=cursor)}
    save_source(platform, asking, name="hs", kind="hubspot", values=values_of(hubspot), wishes=wishes)
    assert run_sync(platform, asking, "hs", wait=lambda _: False).counts.quarantined == 0
    types = platform.store(asking.tenant).schema()["deals"]
    assert (types["amount"], types["hs_object_id"]) == ("DECIMAL(38,9)", "BIGINT")
    found = platform.store(asking.tenant).query("SELECT sum(amount) AS total, count(*) AS deals FROM deals")[0]
    assert found.to_pylist() == [{"total": Decimal("9007199254740993.3"), "deals": 302}]


def test_without_a_choice_every_stream_is_read_and_by_what_changed_where_that_is_told(
    platform: Platform, asking: Principal, hubspot: HubSpot
) -> None:
    hubspot.put(1, dealname="One")
    hubspot.others = {"contacts": {7: {"name": "Ann"}}}
    source = save_source(platform, asking, name="hs", kind="hubspot", values=values_of(hubspot))
    modes = {name: choice.mode for name, choice in source.streams.items()}
    # The contacts of this account have no property that tells when they changed.
    assert (modes["deals"], modes["contacts"]) == (SyncMode.INCREMENTAL, SyncMode.FULL)
    run = run_sync(platform, asking, "hs", wait=lambda _: False)
    assert run.status is RunStatus.DONE, run.message
    assert platform.store(asking.tenant).query("SELECT name FROM contacts")[0].to_pylist() == [{"name": "Ann"}]


def values_of(hubspot: HubSpot) -> dict[str, object]:
    return {"token": TOKEN, "base_url": hubspot.address, "timeout_s": 5.0}
