"""Delivers day after day in processes that are killed at one write after another, and lets another process go on.

Run as a program with a data folder and the settings as JSON. For each day one process is killed with SIGKILL just
before its Nth write is committed; the next one delivers to the end. A line of JSON tells whether it was killed.
"""

import datetime as dt
import json
import os
import signal
import sys

from sqlalchemy import Connection, event

from core.settings import Settings
from services.deliveries import worker
from services.deliveries.pulse import free_leases
from services.platform import Platform

FIRST_DAY = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)
_WRITES = ("INSERT", "UPDATE", "DELETE")


def main() -> None:
    """Kill at the first write, the second, and so on, until a process gets to its end."""
    settings = Settings.model_validate(json.loads(sys.stdin.read()))
    for number in range(1, 100):
        now = FIRST_DAY + dt.timedelta(days=number - 1)
        status = _in_a_process(settings, now, kill_at=number)
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert is_killed or status == 0, status
        assert _in_a_process(settings, now, kill_at=None) == 0
        sys.stdout.write(json.dumps({"is_killed": is_killed}) + "\n")
        sys.stdout.flush()
        if not is_killed:
            return
    raise AssertionError("no process came to its end")


def _in_a_process(settings: Settings, now: dt.datetime, *, kill_at: int | None) -> int:
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    platform = Platform(settings, clock=lambda: now)
    free_leases(platform)
    if kill_at is not None:
        _kill_at_write(platform, kill_at)
    worker.deliver_due(platform)
    platform.close()
    os._exit(0)


def _kill_at_write(platform: Platform, number: int) -> None:
    written = {"in_transaction": False, "transactions": 0}

    @event.listens_for(platform.metadata.engine, "before_cursor_execute")
    def note(*arguments: object) -> None:
        if str(arguments[2]).lstrip().startswith(_WRITES):
            written["in_transaction"] = True

    @event.listens_for(platform.metadata.engine, "commit")
    def kill(_connection: Connection) -> None:
        if not written["in_transaction"]:
            return
        written["in_transaction"] = False
        written["transactions"] += 1
        if written["transactions"] == number:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
