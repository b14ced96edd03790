"""The thread beside the pages: what is due is made without anybody asking for it, and one fault does not end it."""

import datetime as dt
import threading

import pytest
from sqlalchemy import event

from app.delivering import Delivering
from core.settings import Settings
from services.backup_plans import find_backup_plan, plan_backups
from services.backups import list_backups
from services.platform import Platform
from tests.services.custody import fill_tenant
from tests.services.deliveries.conftest import MovingClock


def test_a_planned_backup_is_made_when_its_time_comes_also_after_a_look_that_failed(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    clock = MovingClock(now=dt.datetime(2026, 11, 27, 0, 30, tzinfo=dt.UTC))
    platform = Platform(settings, clock=clock)
    looks, made, fault = threading.Semaphore(0), threading.Event(), threading.Event()

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "backup_plans" in statement and "last_at=" in statement.replace(" ", ""):
            made.set()
        elif "FROM backup_plans" in statement:
            looks.release()
            if not fault.is_set():
                fault.set()
                raise RuntimeError("the database was away")

    delivering = Delivering(platform, poll_s=0.01)
    working = threading.Thread(target=delivering.run)
    try:
        admin = fill_tenant(platform)
        plan_backups(platform, admin, "0 2 * * *", keep=2)
        event.listen(platform.metadata.engine, "before_cursor_execute", hear)
        working.start()
        # The first look fails; two more find that nothing is due.
        assert all(looks.acquire(timeout=300) for _ in range(3))
        assert "looking for deliveries failed" in caplog.text
        assert list_backups(platform, admin) == []
        clock.move(days=1)
        assert made.wait(300)
        delivering.request_stop()
        working.join(300)
        plan = find_backup_plan(platform, admin)
        assert plan is not None
        assert (plan.problem, plan.last_at) == ("", clock.now)
        assert [backup.made_at for backup in list_backups(platform, admin)] == [clock.now]
    finally:
        delivering.request_stop()
        platform.close()
