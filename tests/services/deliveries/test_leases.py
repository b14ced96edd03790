"""Several processes at once, and times that were missed; on both metadata databases."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from core.clock import as_utc
from core.settings import Settings
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.pulse import free_leases, has_work
from services.deliveries.runs import LEASE, claim_run, plan_due
from services.deliveries.spec import CatchUp, DeliveryState
from services.deliveries.steps import work_on
from services.deliveries.worker import deliver_due
from services.platform import Platform
from tenants.delivery_schema import DeliveryRunRow, ScheduleRow
from tests.mail_server import MailServer
from tests.postgresql import Cluster
from tests.services.deliveries.conftest import MovingClock, World, build_world


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, settings: Settings, mail: MailServer, clock: MovingClock) -> Iterator[World]:
    """A platform that delivers to the mail server, on each metadata database."""
    given = mail.settings(settings)
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        given = given.model_copy(update={"metadata_url": cluster.new_database()})
    platform = Platform(given, clock=clock)
    yield build_world(platform, mail, clock)
    platform.close()


def periods(world: World) -> list[str]:
    with world.platform.session() as session:
        return list(session.scalars(select(DeliveryRunRow.period).order_by(DeliveryRunRow.period)))


def test_schedulers_that_plan_and_work_at_once_deliver_once(world: World) -> None:
    for name in ("ada", "bea", "cleo", "dora"):
        world.add(name, "manager", "EMEA")
    for name in ("first", "second", "third"):
        world.schedule("role:manager", name=name)
    world.clock.move(days=7)
    with ThreadPoolExecutor(4) as pool:
        worked = [pool.submit(deliver_due, world.platform) for _ in range(4)]
    assert sum(one.result() for one in worked) == 3
    times = Counter(message["Message-ID"] for message in world.mail.messages)
    assert len(times) == 3 * 6
    assert set(times.values()) == {1}
    found = list_deliveries(world.platform, world.admin, DeliveryFilter())
    assert {one.state for one in found} == {DeliveryState.SENT}


def test_a_run_is_leased_to_one_and_taken_over_when_the_lease_is_over(world: World) -> None:
    world.schedule("role:manager")
    world.clock.move(days=7)
    assert plan_due(world.platform) == 1
    lost = claim_run(world.platform)
    assert lost is not None
    assert claim_run(world.platform) is None
    assert not has_work(world.platform)
    world.clock.move(minutes=LEASE.total_seconds() / 60)
    assert deliver_due(world.platform) == 1
    # Whoever wakes up after its lease was over leaves everything as it is.
    work_on(world.platform, lost)
    assert len(world.mail.messages) == 2


def test_leases_of_dead_processes_are_taken_back_only_by_who_is_alone(world: World) -> None:
    world.schedule("role:manager")
    world.clock.move(days=7)
    plan_due(world.platform)
    claim_run(world.platform)
    free_leases(world.platform)
    assert not has_work(world.platform)
    with world.platform.session() as session:
        session.execute(update(DeliveryRunRow).values(lease_owner="another:1:process"))
    free_leases(world.platform)
    assert has_work(world.platform) == (world.platform.settings.metadata_url is None)


@pytest.mark.parametrize(
    ("catch_up", "late", "expected"),
    [
        (CatchUp.LATEST, {"days": 3, "hours": 1}, ["2026-11-30T07:00Z"]),
        (CatchUp.ALL, {"days": 3, "hours": 1}, ["2026-11-28T07:00Z", "2026-11-29T07:00Z", "2026-11-30T07:00Z"]),
        (CatchUp.NONE, {"days": 3, "hours": 1}, []),
        (CatchUp.NONE, {"hours": 22, "minutes": 10}, ["2026-11-28T07:00Z"]),
    ],
)
def test_missed_times_are_caught_up_as_the_schedule_says(
    world: World, catch_up: CatchUp, late: dict[str, float], expected: list[str]
) -> None:
    world.schedule("emma@acme.example", cron="0 8 * * *", catch_up=catch_up)
    world.clock.move(**late)
    deliver_due(world.platform)
    assert periods(world) == expected
    with world.platform.session() as session:
        (next_at,) = session.scalars(select(ScheduleRow.next_at))
    assert as_utc(next_at) > world.clock()
    assert as_utc(next_at) - world.clock() <= dt.timedelta(days=1)


def test_a_long_outage_is_caught_up_for_a_month_at_most(world: World) -> None:
    world.schedule("role:analyst", cron="0 8 * * *", catch_up=CatchUp.ALL)
    world.clock.move(days=400)
    assert plan_due(world.platform) == 31


def test_a_mail_server_that_is_down_for_two_hours_costs_nobody_their_report(world: World) -> None:
    world.schedule("role:manager")
    world.clock.move(days=7)
    up = world.platform.settings
    # Nothing listens there.
    world.platform.settings = up.model_copy(update={"smtp_port": 1})
    for _ in range(120):
        deliver_due(world.platform)
        world.clock.move(minutes=1)
    waiting = list_deliveries(world.platform, world.admin, DeliveryFilter())
    assert {one.state for one in waiting} == {DeliveryState.RENDERED}
    assert all(one.reason.startswith("The mail server cannot be used") for one in waiting)
    # 1, 2, 4, 8, 15, then every 30 minutes.
    assert {one.attempts for one in waiting} == {8}
    world.platform.settings = up
    world.clock.move(minutes=30)
    deliver_due(world.platform)
    assert sorted(world.mail.recipients) == ["amy@acme.example", "emma@acme.example"]


def test_after_a_day_it_is_given_up(world: World) -> None:
    world.schedule("emma@acme.example")
    world.mail.refusal = lambda _to: "451 full"
    world.clock.move(days=7)
    for _ in range(60):
        deliver_due(world.platform)
        world.clock.move(minutes=30)
    (found,) = list_deliveries(world.platform, world.admin, DeliveryFilter())
    assert found.state is DeliveryState.FAILED
    assert found.reason.startswith("Given up after ")
    assert not has_work(world.platform)
