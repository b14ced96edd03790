"""Syncs that begin when their time has come, and tables looked through under a row policy."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import ForbiddenError, InvalidError
from services.browse import profile_table, sample_table
from services.organisation import add_member
from services.platform import Platform
from services.policies import apply_policies
from services.sync.launch import schedule_source, start_due
from services.sync.pulse import has_due_sync
from services.sync.runs import RunStatus, list_runs
from services.sync.sources import require_source, save_source
from tenants.access import Principal
from tests.sync.plants import SqlitePlant, deal

NOW = dt.datetime(2026, 3, 2, 7, 30, tzinfo=dt.UTC)


@pytest.fixture
def planted(platform: Platform, asking: Principal, tmp_path: Path) -> Callable[[], None]:
    """A source `crm` with two deals."""
    plant = SqlitePlant(tmp_path)
    plant.put([deal(1, "West"), deal(2, "East", minute=1)])
    return lambda: (save_source(platform, asking, name="crm", kind="sql", values=plant.values), None)[1]


def test_a_sync_begins_once_when_its_time_has_come(
    platform: Platform, asking: Principal, planted: Callable[[], None]
) -> None:
    platform.clock = lambda: NOW
    planted()
    schedule_source(platform, asking, "crm", "0 8 * * *")
    assert require_source(platform, asking, "crm").next_run_at == NOW.replace(hour=8, minute=0)
    assert not has_due_sync(platform)
    assert start_due(platform) == []
    platform.clock = lambda: NOW.replace(hour=8, minute=1)
    assert has_due_sync(platform)
    (thread,) = start_due(platform)
    assert start_due(platform) == []
    thread.join()
    (run,) = list_runs(platform, asking, "crm")
    assert (run.status, run.started_by, run.counts.added) == (RunStatus.DONE, "schedule", 2)
    tomorrow = NOW.replace(hour=8, minute=0) + dt.timedelta(days=1)
    assert require_source(platform, asking, "crm").next_run_at == tomorrow
    schedule_source(platform, asking, "crm", "")
    platform.clock = lambda: tomorrow
    assert not has_due_sync(platform)


def test_a_schedule_that_cannot_be_is_refused(
    platform: Platform, asking: Principal, planted: Callable[[], None]
) -> None:
    planted()
    for cron, reason in (("every day", "not a cron time"), ("* * * * *", "more often")):
        with pytest.raises(InvalidError, match=reason):
            schedule_source(platform, asking, "crm", cron)
    assert require_source(platform, asking, "crm").schedule == ""


def test_a_reader_looks_through_their_own_rows_only(
    platform: Platform, asking: Principal, planted: Callable[[], None]
) -> None:
    from services.sync.job import run_sync

    planted()
    run_sync(platform, asking, "crm")
    policy = "policy: west\nroles: [analyst]\nrows:\n  - {table: deals, column: name, in: [West]}\n"
    apply_policies(platform, asking, {"west.yaml": policy})
    ann = add_member(platform, asking, email="ann@example.com", name="Ann", role="analyst")
    whole, part = profile_table(platform, asking, "deals"), profile_table(platform, ann, "deals")
    assert (whole.rows, part.rows, whole.past_rows) == (2, 1, 0)
    name = next(column for column in part.columns if column.name == "name")
    assert (name.values, name.distinct, name.least, name.greatest) == (1, 1, "West", "West")
    assert sample_table(platform, ann, "deals")["name"].to_pylist() == ["West"]
    cy = add_member(platform, asking, email="cy@example.com", name="Cy", role="executive")
    with pytest.raises(ForbiddenError, match="data:read"):
        sample_table(platform, cy, "deals")
    with pytest.raises(ForbiddenError, match="no table secrets"):
        sample_table(platform, asking, "secrets")
