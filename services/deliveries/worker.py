"""Does what is due: plans the periods that came, and works on the runs that are open."""

import datetime as dt
import logging
from collections.abc import Callable

from services.alerts.checking import check_due
from services.deliveries.archive import remove_old
from services.deliveries.returned import take_returned
from services.deliveries.runs import claim_run, plan_due
from services.deliveries.steps import work_on
from services.platform import Platform

log = logging.getLogger("plumbline.deliveries")
_cleaned: dict[int, dt.date] = {}


def deliver_due(platform: Platform, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver until nothing is due or the process is to stop; returns how many runs were worked on."""
    take_returned(platform)
    check_due(platform, is_stopping)
    plan_due(platform)
    _clean_once_a_day(platform)
    count = 0
    while not is_stopping() and (run := claim_run(platform)) is not None:
        count += 1
        try:
            work_on(platform, run, is_stopping)
        except Exception:
            # The run waits for its next attempt; those of other tenants go on.
            log.exception("the delivery of %s, %s, failed", run.schedule, run.period)
    return count


def _clean_once_a_day(platform: Platform) -> None:
    today = platform.clock().date()
    if _cleaned.get(id(platform)) != today:
        _cleaned[id(platform)] = today
        remove_old(platform)
