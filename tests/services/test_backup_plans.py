"""Backups by themselves: made when due, proved, kept for a number; one that fails says so and stops no other."""

import datetime as dt
from pathlib import Path

import pytest

from core.errors import InvalidError
from core.settings import Settings
from services.backup_plans import find_backup_plan, plan_backups, run_due_backups, stop_backups
from services.backup_pulse import has_due_backup
from services.backups import list_backups
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import operator
from tests.services.custody import fill_tenant
from tests.services.deliveries.conftest import MovingClock


def test_backups_are_made_when_due_and_the_newest_are_kept(settings: Settings) -> None:
    clock = MovingClock(now=dt.datetime(2026, 11, 27, 0, 30, tzinfo=dt.UTC))
    platform = Platform(settings, clock=clock)
    try:
        admin, other = fill_tenant(platform), operator(create_tenant(platform, slug="other", name="Other"))
        plan = plan_backups(platform, admin, "0  2 * * *", keep=2)
        assert (plan.cron, plan.next_at) == ("0 2 * * *", dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC))
        assert not has_due_backup(platform)
        assert run_due_backups(platform) == 0
        made = []
        # Of three days that nothing ran, one backup is made.
        for days in (1, 1, 3):
            clock.move(days=days)
            assert has_due_backup(platform)
            assert run_due_backups(platform) == 1
            assert run_due_backups(platform) == 0
            made.append(clock.now)
        assert [backup.made_at for backup in list_backups(platform, admin)] == [made[2], made[1]]
        assert list_backups(platform, other) == []
        after = find_backup_plan(platform, admin)
        assert after is not None
        assert (after.last_at, after.next_at, after.problem) == (
            made[2],
            dt.datetime(2026, 12, 2, 2, tzinfo=dt.UTC),
            "",
        )
        stop_backups(platform, admin)
        assert find_backup_plan(platform, admin) is None
        clock.move(days=2)
        assert not has_due_backup(platform)
    finally:
        platform.close()


def test_one_that_fails_says_why_and_stops_no_other(settings: Settings, tmp_path: Path) -> None:
    clock = MovingClock()
    platform = Platform(settings.model_copy(update={"backup_folder": tmp_path / "backups"}), clock=clock)
    try:
        broken, whole = fill_tenant(platform), fill_tenant(platform, "other", 5)
        for admin in (broken, whole):
            plan_backups(platform, admin, "0 2 * * *", keep=1)
        platform.stores.close()
        store = next(platform.store_place(broken.tenant).folder.glob("*.duckdb"))
        content = store.read_bytes()
        store.write_bytes(b"no store")
        clock.move(days=1)
        assert run_due_backups(platform) == 2
        failed, good = find_backup_plan(platform, broken), find_backup_plan(platform, whole)
        assert failed is not None
        assert good is not None
        assert (failed.last_at, good.problem, good.last_at) == (None, "", clock.now)
        assert failed.problem != ""
        assert len(list_backups(platform, whole)) == 1
        store.write_bytes(content)
        clock.move(days=1)
        run_due_backups(platform)
        mended = find_backup_plan(platform, broken)
        assert mended is not None
        assert (mended.problem, mended.last_at) == ("", clock.now)
    finally:
        platform.close()


def test_a_plan_that_makes_no_sense_is_refused(platform: Platform) -> None:
    admin = operator(create_tenant(platform, slug="acme", name="Acme"))
    for cron, keep, message in (
        ("at two", 7, "is not a cron time"),
        ("* * * * *", 7, "more often than every five minutes"),
        ("0 2 30 2 *", 7, "never comes|not a cron time"),
        ("0 2 * * *", 0, "From 1 to 365"),
        ("0 2 * * *", 366, "From 1 to 365"),
    ):
        with pytest.raises(InvalidError, match=message):
            plan_backups(platform, admin, cron, keep=keep)
    assert find_backup_plan(platform, admin) is None
