"""When a schedule rests: quiet hours in which nothing is sent, and public holidays. Both in the schedule's own zone.

A time within the quiet hours moves to their end. One on a public holiday is left out, or moves to the next working day
(Monday to Friday, no holiday) at the same time of day; two times that come to the same moment are one.
"""

import datetime as dt
import heapq
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from core.errors import InvalidError
from core.names import suggestion
from services.deliveries.moments import moments_after

_QUIET = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY = dt.timedelta(days=1)
# No run of holidays and weekends is longer, so that what moved is found behind the moment that is asked about.
_LONGEST_REST = dt.timedelta(days=21)
_HORIZON = dt.timedelta(days=6 * 366)
_FRIDAY = 4


class OnHoliday(StrEnum):
    """What becomes of a time on a public holiday."""

    SKIP = "skip"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """`quiet` is like `20:00-07:00`, `holidays` a country or a part of one, `DE` or `DE-BY`; empty for none."""

    quiet: str = ""
    holidays: str = ""
    on_holiday: OnHoliday = OnHoliday.SKIP


def check_rest(rest: Rest) -> None:
    """Raises InvalidError for hours that cannot be read or never end, and for holidays that are not known."""
    found = _QUIET.fullmatch(rest.quiet)
    if rest.quiet and (found is None or found.group(1, 2) == found.group(3, 4)):
        raise InvalidError(f"{rest.quiet!r} are no quiet hours: write from and to, such as 20:00-07:00.")
    if rest.holidays:
        _check_holidays(rest.holidays)


def rested_moments(cron: str, zone: str, rest: Rest, start: dt.datetime) -> Iterator[dt.datetime]:
    """The times after `start` at which a schedule is due, in UTC, in order, each once."""
    if not rest.quiet and not rest.holidays:
        yield from moments_after(cron, zone, start)
        return
    moved: list[dt.datetime] = []
    last = start
    for moment in moments_after(cron, zone, start - _LONGEST_REST):
        # Nothing that is due later can come before its own time.
        while moved and moved[0] <= moment:
            if (due := heapq.heappop(moved)) > last:
                yield (last := due)
        if moment - last > _HORIZON:
            return
        due_at = _rested(moment.astimezone(zoneinfo.ZoneInfo(zone)), rest)
        if due_at is not None:
            heapq.heappush(moved, due_at.astimezone(dt.UTC))
    yield from sorted({due for due in moved if due > last})


def next_rested(cron: str, zone: str, rest: Rest, start: dt.datetime) -> dt.datetime:
    """The first time after `start`. Raises InvalidError where none comes."""
    found = next(rested_moments(cron, zone, rest, start), None)
    if found is None:
        raise InvalidError(f"{cron!r} names days that never come, or that are all holidays of {rest.holidays}.")
    return found


def quiet_until(rest: Rest, zone: str, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours end that `now` lies in, in UTC; None outside of them."""
    local = now.astimezone(zoneinfo.ZoneInfo(zone))
    end = _loud(local, rest)
    return None if end == local else end.astimezone(dt.UTC)


def _rested(local: dt.datetime, rest: Rest) -> dt.datetime | None:
    due = _loud(local, rest)
    if not rest.holidays or not _is_holiday(rest.holidays, due.date()):
        return due
    if rest.on_holiday is OnHoliday.SKIP:
        return None
    while due.weekday() > _FRIDAY or _is_holiday(rest.holidays, due.date()):
        due += _DAY
    # On that day the clocks may jump, and what they jump into may be quiet.
    return _loud(due.astimezone(dt.UTC).astimezone(due.tzinfo), rest)


def _loud(local: dt.datetime, rest: Rest) -> dt.datetime:
    """The time itself, or the end of the quiet hours it lies in. Times of day are those of the clock on the wall."""
    found = _QUIET.fullmatch(rest.quiet)
    if found is None:
        return local
    first, end = (dt.time(int(hour), int(minute)) for hour, minute in (found.group(1, 2), found.group(3, 4)))
    at = local.time()
    is_over_midnight = first > end
    is_quiet = at >= first or at < end if is_over_midnight else first <= at < end
    if not is_quiet:
        return local
    day = local.date() + _DAY if is_over_midnight and at >= first else local.date()
    loud = dt.datetime.combine(day, end, local.tzinfo)
    # In an hour that comes twice the end is the one that is still ahead.
    return loud if loud.astimezone(dt.UTC) > local.astimezone(dt.UTC) else loud.replace(fold=1)


def _is_holiday(code: str, day: dt.date) -> bool:
    return day in _holidays(code, day.year)


@cache
def _holidays(code: str, year: int) -> frozenset[dt.date]:
    import holidays

    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def _check_holidays(code: str) -> None:
    import holidays

    known = holidays.list_supported_countries()
    country, _, part = code.partition("-")
    if country not in known:
        raise InvalidError(f"There are no holidays of {country!r}. {suggestion(country, known)}")
    if part and part not in known[country]:
        raise InvalidError(f"{country} has no part {part!r}. {suggestion(part, known[country])}")
