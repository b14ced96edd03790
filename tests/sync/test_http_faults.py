"""What may happen to an API, over every kind that is one: afterwards the store equals the source, or the run says who
must do what."""

import datetime as dt
import json
from collections.abc import Callable
from email.utils import format_datetime
from itertools import cycle

import pytest

from core.errors import RefusedError
from core.outbound import OutboundRefused
from services.organisation import add_member
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.report import run_as_json, source_as_json
from services.sync.runs import RunStatus, SyncRun, list_runs
from services.sync.sources import Source, list_sources, try_source
from tenants.access import Principal
from tests.sync.conftest import APIS, in_order
from tests.sync.plants import Row, deal
from tests.sync.test_secrets import everything_kept
from tests.sync.vendors.plant import ApiPlant
from tests.sync.vendors.server import Fault

pytestmark = pytest.mark.parametrize("plant", APIS, indirect=True)

Connect = Callable[[], Source]
Stored = Callable[[], list[Row]]
Go = Callable[[], tuple[SyncRun, list[float]]]

PASSING: list[Fault] = [(429, {}), (500, {}), (503, {}), (408, {}), "reset", "truncate"]


@pytest.fixture
def go(platform: Platform, asking: Principal) -> Go:
    """Syncs; gives the run and how long it waited between tries."""

    def sync() -> tuple[SyncRun, list[float]]:
        waits: list[float] = []

        def wait(seconds: float) -> bool:
            waits.append(seconds)
            return False

        return run_sync(platform, asking, "crm", wait=wait), waits

    return sync


def fill(plant: ApiPlant, first: int, minute: int, count: int = 250) -> None:
    """So many deals, more than one page of any kind."""
    plant.put([deal(number, minute=minute + number % 50) for number in range(first, first + count)])


def test_faults_that_pass_are_tried_again_and_nothing_is_lost(
    plant: ApiPlant, connect: Connect, go: Go, stored: Stored
) -> None:
    fill(plant, 1, 0)
    connect()
    for number, (fault, after) in enumerate(zip(PASSING, cycle([0, 1, 2]), strict=False)):
        fill(plant, 230 + number * 20, 100 + 100 * number, count=40)
        plant.fail(after=after, faults=[fault, fault])
        run, waits = go()
        assert run.status is RunStatus.DONE, (fault, run.message)
        assert len(waits) == 2, fault
        assert 1.0 <= waits[0] <= 1.25
        assert 2.0 <= waits[1] <= 2.5
        assert not plant.server.faults
        assert in_order(stored()) == in_order(plant.rows()), fault


def test_an_api_that_does_not_answer_in_time_is_asked_again(
    plant: ApiPlant, connect: Connect, go: Go, stored: Stored
) -> None:
    plant.timeout_s = 0.5
    fill(plant, 1, 0)
    connect()
    plant.fail(after=3, faults=["hang"])
    run, waits = go()
    assert (run.status, len(waits) >= 1) == (RunStatus.DONE, True), run.message
    assert in_order(stored()) == in_order(plant.rows())


def test_the_time_that_a_source_asks_for_is_waited_unless_it_is_hours(
    plant: ApiPlant, connect: Connect, go: Go, stored: Stored
) -> None:
    fill(plant, 1, 0)
    connect()
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=42)
    for value in ("42", format_datetime(later, usegmt=True)):
        plant.fail(after=1, faults=[(429, {"Retry-After": value})])
        run, waits = go()
        assert run.status is RunStatus.DONE
        (wait,) = waits
        assert 30 <= wait <= 42
    plant.fail(after=1, faults=[(429, {"Retry-After": "86400"})])
    failed, waits = go()
    assert (failed.status, failed.code, waits) == (RunStatus.FAILED, "source_busy", [])
    plant.fail(after=0, faults=[(500, {})] * 6)
    failed, waits = go()
    assert (failed.status, failed.code, len(waits)) == (RunStatus.FAILED, "source_transient", 5)
    assert in_order(stored()) == in_order(plant.rows())


def test_another_account_and_a_revoked_token_are_told_and_nothing_is_read(
    platform: Platform, asking: Principal, plant: ApiPlant, connect: Connect, go: Go, stored: Stored
) -> None:
    plant.put([deal(1)])
    connect()
    go()
    kept = stored()
    plant.put([deal(2, minute=9)])
    if plant.has_identity:
        plant.account = 999
        changed, _ = go()
        assert (changed.code, changed.counts.rows_in) == ("source_identity_changed", 0)
        assert "4242" in changed.message
    old, plant.token = plant.token, "another"
    revoked, waits = go()
    assert (revoked.status, revoked.code, waits) == (RunStatus.FAILED, "source_revoked", [])
    assert "must connect the source again" in revoked.message
    assert stored() == kept
    shown = json.dumps(
        [run_as_json(one) for one in list_runs(platform, asking)]
        + [source_as_json(one) for one in list_sources(platform, asking)]
    )
    assert old not in shown + everything_kept(platform)


def test_a_member_reaches_no_private_address(platform: Platform, asking: Principal, plant: ApiPlant) -> None:
    member = add_member(platform, asking, email="ann@example.com", name="Ann", role="admin")
    for address in (plant.server.address, "https://localhost/x", "https://169.254.169.254/latest"):
        with pytest.raises((OutboundRefused, RefusedError), match=r"not a public address|no TLS"):
            try_source(platform, member, plant.kind, plant.values_at(address))
    assert plant.server.requests == []
