"""When a schedule is due: cron times in a zone. A change of clocks neither doubles a daily time nor drops it."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError

from core.errors import InvalidError
from core.names import suggestion

_FIELDS = 5
_LEAST_GAP = dt.timedelta(minutes=5)


def check_moments(cron: str, zone: str, *, now: dt.datetime) -> None:
    """Raises InvalidError for an unknown zone, and for a cron text that is malformed, never due or due too often."""
    if zone not in zoneinfo.available_timezones():
        raise InvalidError(f"{zone!r} is not a time zone. {suggestion(zone, zoneinfo.available_timezones())}")
    if len(cron.split()) != _FIELDS:
        raise InvalidError(f"{cron!r} is not a cron time: it needs minute, hour, day, month, weekday, as 0 8 * * mon.")
    try:
        due = list(islice(moments_after(cron, zone, now), 60))
    except CronSimError as error:
        raise InvalidError(f"{cron!r} is not a cron time: {error}. An example: 0 8 * * mon, Mondays at 8.") from error
    if not due:
        raise InvalidError(f"{cron!r} names a day that never comes.")
    if any(later - earlier < _LEAST_GAP for earlier, later in pairwise(due)):
        raise InvalidError(f"{cron!r} is due more often than every five minutes.")


def moments_after(cron: str, zone: str, start: dt.datetime) -> Iterator[dt.datetime]:
    """The times after `start`, in UTC, in order; ends where no more can come.

    A daily time the clocks jump over is due right after the jump; one they pass twice is due the first time.
    """
    for local in CronSim(cron, start.astimezone(zoneinfo.ZoneInfo(zone))):
        yield local.astimezone(dt.UTC)


def next_moment(cron: str, zone: str, start: dt.datetime) -> dt.datetime:
    """The first time after `start`. Raises InvalidError where none comes."""
    found = next(moments_after(cron, zone, start), None)
    if found is None:
        raise InvalidError(f"{cron!r} names a day that never comes.")
    return found
