"""Where calendar periods begin in a time zone."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.errors import LimitError
from metrics.behaviour.spec import Period, Weekday

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_WEEK = (
    Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY,
    Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY,
)  # fmt: skip
MOST_EDGES = 120_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeriodEdges:
    """Consecutive periods: the first day of each, and its first moment in microseconds since 1970 (UTC)."""

    days: tuple[dt.date, ...]
    moments: npt.NDArray[np.int64]


def build_edges(
    earliest: int, latest: int, *, period: Period, beyond: int, zone: ZoneInfo, week_start: Weekday
) -> PeriodEdges:
    """The periods from the one of `earliest` to `beyond` periods after the one of `latest` (microseconds).

    A day begins at its first moment in the zone, so days of 23 and 25 hours are one day. Raises LimitError when the
    times are too far apart or too late.
    """
    last = _moment(latest)
    days: list[dt.date] = []
    moments: list[int] = []
    after = 0
    for day in _days(_first_day(_local_day(_moment(earliest), zone), period, week_start), period):
        if after > beyond:
            break
        if len(days) >= MOST_EDGES:
            raise LimitError(
                f"The events lie between {_moment(earliest):%Y-%m-%d} and {last:%Y-%m-%d}, more than {MOST_EDGES:,} "
                f"{period}s. Leave out events with wrong dates, or choose a longer period."
            )
        begins = _begin(day, zone)
        after += begins > last
        days.append(day)
        moments.append((begins - _EPOCH) // _MICROSECOND)
    else:
        raise LimitError(f"The last event, on {last:%Y-%m-%d}, is too late to count {beyond} {period}s after it.")
    # The first day of the calendar begins before the calendar does in the zones of the west.
    moments[0] = min(moments[0], earliest)
    # A day that a zone skipped altogether must not begin after the next one.
    return PeriodEdges(days=tuple(days), moments=np.maximum.accumulate(np.array(moments, np.int64)))


def label_of(day: dt.date, period: Period) -> str:
    """How a period is called: its month, or its first day.

    >>> label_of(dt.date(2026, 3, 1), Period.MONTH), label_of(dt.date(2026, 3, 2), Period.WEEK)
    ('2026-03', '2026-03-02')
    >>> label_of(dt.date(2026, 4, 1), Period.QUARTER)
    'Q2 2026'
    """
    if period is Period.QUARTER:
        return f"Q{(day.month + 2) // 3} {day.year}"
    return f"{day:%Y-%m}" if period is Period.MONTH else day.isoformat()


def _moment(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def _local_day(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def _begin(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=zone)
    try:
        return midnight.astimezone(dt.UTC)
    except OverflowError:
        return midnight.replace(tzinfo=dt.UTC)


def _first_day(day: dt.date, period: Period, week_start: Weekday) -> dt.date:
    if period is Period.MONTH:
        return day.replace(day=1)
    if period is Period.QUARTER:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if period is Period.WEEK:
        back = (day.weekday() - _WEEK.index(week_start)) % 7
        return day - dt.timedelta(days=min(back, day.toordinal() - 1))
    return day


def _days(day: dt.date, period: Period) -> Iterator[dt.date]:
    """The first days of this period and all later ones, up to the end of the calendar."""
    try:
        while True:
            yield day
            if period in (Period.MONTH, Period.QUARTER):
                for _ in range(1 if period is Period.MONTH else 3):
                    day = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            else:
                day += dt.timedelta(days=7 if period is Period.WEEK else 1)
    except OverflowError:
        return
