"""A process that is killed in the middle of a sync: nothing is lost, nothing is doubled, the next one continues."""

from collections.abc import Callable

import pytest

from core.names import identifier
from core.settings import Settings
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.runs import RunStatus, SyncRun, list_runs
from services.sync.sources import Source
from tenants.access import Principal, operator
from tenants.store.change import Accept, ChangeOutcome, TableChange
from tenants.store.store import Store
from tests.killed import KILLED, Steps, run_apart
from tests.sync.conftest import APIS, KINDS, in_order
from tests.sync.plants import Plant, Row, deal


def _sync(settings: Settings, last: int) -> None:
    platform, step, apply = Platform(settings), Steps(last), Store.apply

    def killing(store: Store, change: TableChange, *, accept: Accept | None = None) -> ChangeOutcome:
        step()
        done = apply(store, change, accept=accept)
        step()
        return done

    Store.apply = killing  # type: ignore[method-assign, assignment]
    run_sync(platform, operator(platform.tenant("acme")), "crm")


# The steps are the engine's; a kind has to continue behind a batch, wherever it ended.
STEPS = [(name, steps) for name in KINDS for steps in ((4,) if name in APIS else (1, 2, 4))]


@pytest.mark.parametrize(("plant", "steps"), STEPS, indirect=["plant"])
def test_a_killed_sync_is_completed_by_the_next(
    platform: Platform,
    asking: Principal,
    plant: Plant,
    connect: Callable[[], Source],
    sync: Callable[[], SyncRun],
    stored: Callable[[], list[Row]],
    steps: int,
) -> None:
    plant.put([deal(number, minute=number) for number in range(1, 301)])
    connect()
    platform.stores.close()
    code = run_apart(_sync, platform.settings, steps)
    is_killed = code == KILLED
    assert is_killed or (code == 0 and not plant.can_follow)
    if is_killed:
        assert list_runs(platform, asking)[0].status is RunStatus.INTERRUPTED
    run = sync()
    assert run.status is RunStatus.DONE
    assert in_order(stored()) == in_order(plant.rows())
    if plant.can_follow:
        # Two steps a batch of 100 rows, or of 99 new ones: what was committed before the kill is not read again.
        # At HubSpot the last moment of a page is a batch of its own.
        batches, least = steps // 2, 50 if plant.kind == "hubspot" else 99
        assert 300 - 100 * batches <= run.counts.rows_in <= 300 - least * batches
    assert platform.store(asking.tenant).history_rows() == {identifier(plant.stream): 0}
