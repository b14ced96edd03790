"""What is special to one vendor: lists of changes that end, records that were deleted long ago, limits, field types."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import cycle

import pytest

from services.platform import Platform
from services.sync.job import run_sync
from services.sync.runs import RunStatus, SyncRun
from services.sync.sources import Source
from tenants.access import Principal
from tests.sync.conftest import in_order
from tests.sync.plants import Row, deal
from tests.sync.vendors.pipedrive import PipedrivePlant
from tests.sync.vendors.salesforce import SalesforcePlant
from tests.sync.vendors.stripe import StripePlant

Connect = Callable[[], Source]
Sync = Callable[[], SyncRun]
Stored = Callable[[], list[Row]]


@pytest.mark.parametrize("plant", ["salesforce"], indirect=True)
def test_salesforce_finds_what_was_deleted_longer_ago_than_its_list_reaches(
    plant: SalesforcePlant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    plant.put([deal(number, minute=number) for number in range(1, 6)])
    connect()
    sync()
    plant.remove([2, 3])
    plant.covers_days = 0
    plant.deleted.clear()
    assert sync().counts.deleted == 2
    assert in_order(stored()) == in_order(plant.rows())


@pytest.mark.parametrize("plant", ["salesforce"], indirect=True)
def test_salesforce_is_waited_for_when_its_daily_limit_is_reached_and_a_lost_place_is_found_again(
    platform: Platform, asking: Principal, plant: SalesforcePlant, connect: Connect, stored: Stored
) -> None:
    plant.put([deal(number, minute=number) for number in range(1, 700)])
    connect()
    answer, refused, lost = plant.answer, iter([True]), iter([True])

    def limited(method: str, path: str, query: dict[str, str], body: object) -> object:
        if path.endswith("/describe") and next(refused, False):
            return 403, {}, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
        if "/query/" in path and next(lost, False):
            return 400, {}, [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
        return answer(method, path, query, body)

    plant.answer = limited  # type: ignore[method-assign, assignment]
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    run = run_sync(platform, asking, "crm", wait=wait)
    assert (run.status, len(waits)) == (RunStatus.DONE, 2), run.message
    assert in_order(stored()) == in_order(plant.rows())


@pytest.mark.parametrize("plant", ["salesforce"], indirect=True)
def test_a_token_of_salesforce_that_expires_is_fetched_again(
    platform: Platform, asking: Principal, plant: SalesforcePlant, connect: Connect, stored: Stored
) -> None:
    plant.put([deal(number, minute=number) for number in range(1, 700)])
    connect()
    before, answer = plant.issued, plant.answer
    calls = cycle([False, False, True])

    def expiring(method: str, path: str, query: dict[str, str], body: object) -> object:
        if "/query" in path and next(calls):
            plant.expire()
        return answer(method, path, query, body)

    plant.answer = expiring  # type: ignore[method-assign, assignment]
    run = run_sync(platform, asking, "crm", wait=lambda _: pytest.fail("nothing has to be waited for"))
    assert run.status is RunStatus.DONE
    assert plant.issued > before + 2
    assert in_order(stored()) == in_order(plant.rows())


@pytest.mark.parametrize("plant", ["stripe"], indirect=True)
def test_stripe_is_listed_anew_when_its_events_do_not_reach_back(
    platform: Platform, asking: Principal, plant: StripePlant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    plant.put([deal(number) for number in range(1, 151)])
    connect()
    sync()
    plant.put([deal(7, "Renamed"), deal(900)])
    plant.remove([8])
    plant.events.clear()
    answer = plant.answer

    def later(method: str, path: str, query: dict[str, str], body: object) -> object:
        status, headers, content = answer(method, path, query, body)
        month = dt.datetime.now(dt.UTC) + dt.timedelta(days=31)
        return status, {**headers, "Date": month.strftime("%a, %d %b %Y %H:%M:%S GMT")}, content

    assert sync().counts.added == 0
    plant.answer = later  # type: ignore[method-assign, assignment]
    run = sync()
    assert (run.counts.added, run.counts.updated, run.counts.deleted) == (1, 1, 1)
    assert in_order(stored()) == in_order(plant.rows())


@pytest.mark.parametrize("plant", ["stripe"], indirect=True)
def test_stripe_goes_on_where_the_object_behind_which_its_list_went_on_was_deleted(
    platform: Platform, asking: Principal, plant: StripePlant, connect: Connect, stored: Stored
) -> None:
    plant.put([deal(number) for number in range(1, 301)])
    connect()
    steps = iter([lambda: plant.remove(list(plant.records)[90:110])])
    newest_first = sorted(plant.records)
    assert newest_first[0] == 1
    run = run_sync(platform, asking, "crm", progress=lambda _: next(steps, lambda: None)(), wait=lambda _: False)
    assert run.status is RunStatus.DONE, run.message
    assert in_order(stored()) == in_order(plant.rows())


@pytest.mark.parametrize("plant", ["pipedrive"], indirect=True)
def test_pipedrives_own_fields_have_their_names_and_every_list_is_a_table(
    platform: Platform, asking: Principal, plant: PipedrivePlant
) -> None:
    from services.sync.sources import save_source

    plant.put([deal(1, amount=1500.25)])
    plant.add_column("region")
    source = save_source(platform, asking, name="crm", kind="pipedrive", values=plant.values)
    assert set(source.streams) == {
        "deals", "archived_deals", "persons", "organizations", "activities", "products", "pipelines", "stages", "users"
    }  # fmt: skip
    assert run_sync(platform, asking, "crm").status is RunStatus.DONE
    (row,) = platform.store(asking.tenant).query("SELECT value, custom_region, update_time FROM deals")[0].to_pylist()
    assert (row["value"], row["custom_region"]) == (Decimal("1500.25"), "new")
    assert row["update_time"].astimezone(dt.UTC) == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
