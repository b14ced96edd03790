"""What may happen to a source, over every kind: afterwards the store equals the source."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest

from core.errors import ConflictError
from core.names import identifier
from services.platform import Platform
from services.sync.job import cancel_sync
from services.sync.runs import RunStatus, SyncRun, list_runs
from services.sync.sources import Source
from tenants.access import Principal
from tests.sync.conftest import in_order
from tests.sync.mariadb_plant import MariaDbPlant
from tests.sync.plants import BEGIN, Plant, PostgresqlPlant, Row, SqlitePlant, deal

Connect = Callable[[], Source]
Sync = Callable[[], SyncRun]
Stored = Callable[[], list[Row]]


def test_new_changed_and_deleted_rows_arrive(plant: Plant, connect: Connect, sync: Sync, stored: Stored) -> None:
    plant.put([deal(number, minute=number) for number in range(1, 251)])
    connect()
    first = sync()
    assert (first.status, first.counts.added) == (RunStatus.DONE, 250)
    assert in_order(stored()) == in_order(plant.rows())
    plant.put([deal(7, "Renamed", minute=300), deal(900, "Late", minute=301)])
    plant.remove([8, 9, 10])
    second = sync()
    assert (second.counts.added, second.counts.updated, second.counts.deleted) == (1, 1, 3)
    assert in_order(stored()) == in_order(plant.rows())
    third = sync()
    assert (third.counts.added, third.counts.updated, third.counts.deleted) == (0, 0, 0)


def test_ten_thousand_and_one_rows_of_one_moment_all_arrive(
    plant: Plant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    if isinstance(plant, SqlitePlant | PostgresqlPlant | MariaDbPlant):
        plant.batch_rows = 1_000
    # Where a page is a number or a mark of the vendor's, more rows show nothing that some pages do not.
    count = 1_001 if plant.kind in {"pipedrive", "rest", "stripe"} else 10_001
    plant.put([deal(number, minute=5) for number in range(1, count + 1)])
    connect()
    assert sync().counts.added == count
    assert in_order(stored()) == in_order(plant.rows())


def test_every_row_deleted_leaves_an_empty_table(plant: Plant, connect: Connect, sync: Sync, stored: Stored) -> None:
    plant.put([deal(1), deal(2, minute=1)])
    connect()
    sync()
    plant.remove([1, 2])
    assert sync().counts.deleted == 2
    assert stored() == []


def test_a_new_and_a_removed_column(plant: Plant, connect: Connect, sync: Sync, stored: Stored) -> None:
    plant.put([deal(1), deal(2, minute=1)])
    connect()
    sync()
    plant.add_column("region")
    plant.put([{**deal(3, minute=2), "region": "West"}])
    plant.drop_column("amount")
    run = sync()
    assert run.status is RunStatus.DONE
    assert any(f"{identifier(plant.stream)}.{plant.named('region')} is new" in line for line in run.log)
    assert any(f".{plant.named('amount')} does not come any more; its values are kept" in line for line in run.log)
    found = {row["id"]: row for row in stored()}
    assert [found[number]["amount"] for number in (1, 2, 3)] == [10, 20, None]
    assert {row["id"]: row.get("region") for row in plant.rows()}[3] == found[3]["region"]


def test_odd_text_large_numbers_and_old_dates(plant: Plant, connect: Connect, sync: Sync, stored: Stored) -> None:
    nul = "a\x00b" if plant.keeps_nul else "a b"
    plant.put(
        [
            deal(2**53 + 1, "😀 naïve \"quoted\", 'it''s'\nnext line", amount=2**53 + 3),
            deal(2, nul, closed_on=dt.date(1969, 7, 20), updated_at=dt.datetime(1955, 11, 5, 6, tzinfo=dt.UTC)),
            deal(3, "plain", closed_on=dt.date(1900, 1, 1), amount=-(2**62)),
        ]
    )
    connect()
    sync()
    assert in_order(stored()) == in_order(plant.rows())


def test_two_syncs_started_at_once_are_one(
    platform: Platform, asking: Principal, plant: Plant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    plant.put([deal(number, minute=number) for number in range(1, 300)])
    source = connect()
    with platform.syncs.claim(source.id, "crm"), pytest.raises(ConflictError, match="running already"):
        sync()
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def go() -> None:
        start.wait()
        try:
            outcomes.append(sync().status)
        except ConflictError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(RunStatus.DONE) >= 1
    assert set(outcomes) <= {RunStatus.DONE, "conflict"}
    assert in_order(stored()) == in_order(plant.rows())


def test_a_cancelled_sync_keeps_what_is_committed_and_the_next_one_completes_it(
    platform: Platform, asking: Principal, plant: Plant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    from services.sync.job import run_sync

    plant.put([deal(number, minute=number) for number in range(1, 301)])
    connect()
    run = run_sync(platform, asking, "crm", progress=lambda _: (cancel_sync(platform, asking, "crm"), None)[1])
    if plant.can_follow:
        assert run.status is RunStatus.CANCELLED
        assert 0 < run.counts.added < 300
    assert sync().status is RunStatus.DONE
    assert in_order(stored()) == in_order(plant.rows())
    assert list_runs(platform, asking)[0].status is RunStatus.DONE


def test_a_row_that_changes_while_the_table_is_paged_through_arrives_as_it_is(
    platform: Platform, asking: Principal, plant: Plant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    from services.sync.job import run_sync

    plant.put([deal(number, minute=number) for number in range(1, 301)])
    connect()
    changes = iter([deal(5, "behind", minute=400), deal(299, "before", minute=401), deal(700, "new", minute=402)])

    def disturb(_: str) -> None:
        row = next(changes, None)
        if row is not None:
            plant.put([row])

    run_sync(platform, asking, "crm", progress=disturb)
    if not plant.can_follow:
        sync()
    assert in_order(stored()) == in_order(plant.rows())


def test_rows_become_visible_later_than_their_time(
    platform: Platform, asking: Principal, plant: Plant, sync: Sync, stored: Stored
) -> None:
    from connectors.contract import SyncMode
    from services.sync.choice import StreamWish
    from services.sync.sources import save_source

    if not plant.can_follow:
        pytest.skip("the kind reads everything each time")
    wish = StreamWish(mode=SyncMode.INCREMENTAL, cursor_field=plant.cursor_field, key=(plant.key,), lag_s=3600)
    plant.put([deal(1, minute=0), deal(2, minute=120)])
    save_source(platform, asking, name="crm", kind=plant.kind, values=plant.values, wishes={plant.stream: wish})
    sync()
    plant.put([deal(3, "late", updated_at=BEGIN + dt.timedelta(minutes=61))])
    sync()
    assert in_order(stored()) == in_order(plant.rows())
