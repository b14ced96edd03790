"""The demo's calendar: day numbers, quarters, business days and the working hours of each region.

A day is its number since 1970-01-01, the same integer that Arrow stores for a date.
"""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from demo.stream import Flags, Floats, Ints

START = dt.date(2024, 11, 21)
TODAY = dt.date(2026, 11, 20)

_EPOCH = dt.date(1970, 1, 1)
_HOLIDAYS = ((1, 1), (7, 4), (12, 24), (12, 25), (12, 26))
_THANKSGIVING = (dt.date(2024, 11, 28), dt.date(2025, 11, 27))
# The share of a day's work that is done after each tenth of the day: a slow start, a lunch dip, an early finish.
_DAY_SHAPE = (0.0, 0.07, 0.19, 0.33, 0.45, 0.52, 0.61, 0.74, 0.87, 0.96, 1.0)


def day_number(date: dt.date) -> int:
    """The number of a date.

    >>> day_number(dt.date(1970, 1, 2))
    1
    """
    return (date - _EPOCH).days


def date_of(day: int) -> dt.date:
    """The date of a day number."""
    return _EPOCH + dt.timedelta(days=day)


FIRST = day_number(START)
LAST = day_number(TODAY)

_BASE = day_number(dt.date(2018, 1, 1))
_DATES = [date_of(day) for day in range(_BASE, day_number(dt.date(2030, 1, 1)))]


def _quarter_start(date: dt.date) -> dt.date:
    return dt.date(date.year, (date.month - 1) // 3 * 3 + 1, 1)


def _next_month(date: dt.date) -> dt.date:
    return (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _is_working(date: dt.date) -> bool:
    return date.weekday() < 5 and (date.month, date.day) not in _HOLIDAYS and date not in _THANKSGIVING


_MONTHS = [date.month for date in _DATES]
_MONTH_STARTS = [day_number(date.replace(day=1)) for date in _DATES]
_NEXT_MONTHS = [day_number(_next_month(date)) for date in _DATES]
_QUARTER_STARTS = [day_number(_quarter_start(date)) for date in _DATES]
_WORKING = [_is_working(date) for date in _DATES]


def month_of(day: int) -> int:
    """The month of a day, 1 to 12."""
    return _MONTHS[day - _BASE]


def month_start(day: int) -> int:
    """The first day of the month of a day."""
    return _MONTH_STARTS[day - _BASE]


def next_month(day: int) -> int:
    """The first day of the month after that of a day."""
    return _NEXT_MONTHS[day - _BASE]


def quarter_start(day: int) -> int:
    """The first day of the quarter of a day."""
    return _QUARTER_STARTS[day - _BASE]


def quarter_end(day: int) -> int:
    """The last day of the quarter of a day."""
    return _NEXT_MONTHS[_QUARTER_STARTS[day - _BASE] + 62 - _BASE] - 1


def is_working(day: int) -> bool:
    """Whether a day is neither at a weekend nor a common holiday."""
    return _WORKING[day - _BASE]


def working_day(day: int) -> int:
    """The day itself when it is worked, else the next that is."""
    while not _WORKING[day - _BASE]:
        day += 1
    return day


def last_working_day(day: int) -> int:
    """The day itself when it is worked, else the last before it that was."""
    while not _WORKING[day - _BASE]:
        day -= 1
    return day


def anniversary(day: int, years: int) -> int:
    """The same date `years` later; 29 February becomes 28 February."""
    date = date_of(day)
    if (date.month, date.day) == (2, 29):
        date = date.replace(day=28)
    return day_number(date.replace(year=date.year + years))


def months(days: Ints) -> Ints:
    """The month, 1 to 12, of each day."""
    return np.asarray(_MONTHS, dtype=np.int64)[days - _BASE]


def month_starts(days: Ints) -> Ints:
    """The first day of the month of each day."""
    return np.asarray(_MONTH_STARTS, dtype=np.int64)[days - _BASE]


def next_months(days: Ints) -> Ints:
    """The first day of the month after that of each day."""
    return np.asarray(_NEXT_MONTHS, dtype=np.int64)[days - _BASE]


def weekdays(days: Ints) -> Ints:
    """The weekday of each day, Monday is 0."""
    return (days + 3) % 7


def working(days: Ints) -> Flags:
    """Whether each day is worked."""
    return np.asarray(_WORKING)[days - _BASE]


def next_working(days: Ints) -> Ints:
    """Each day itself when it is worked, else the next that is, but never after the last day of the demo."""
    later = np.array([working_day(day) for day in range(_BASE, _BASE + len(_DATES) - 10)], dtype=np.int64)
    moved = later[days - _BASE]
    return np.where(moved > LAST, days, moved)


@cache
def _offsets(zone: str) -> Ints:
    """Seconds that a zone is ahead of UTC at noon of each day of the calendar."""
    there = ZoneInfo(zone)
    found = (dt.datetime.combine(date, dt.time(12), there).utcoffset() or dt.timedelta() for date in _DATES)
    return np.fromiter((offset.total_seconds() for offset in found), dtype=np.int64, count=len(_DATES))


def moments(days: Ints, share: Floats, *, zone: str, opens: float, closes: float) -> Ints:
    """Microseconds since 1970 (UTC) of a working moment on each day.

    `share` in [0, 1) is how far into the day's work it falls, `opens` and `closes` are hours of the zone's clock.
    """
    through = np.interp(share, _DAY_SHAPE, np.linspace(0.0, 1.0, len(_DAY_SHAPE)))
    second = (opens * 3600 + through * (closes - opens) * 3600).astype(np.int64)
    return (days * 86_400 + second - _offsets(zone)[days - _BASE]) * 1_000_000
