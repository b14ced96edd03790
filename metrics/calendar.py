"""Where the periods of a grain begin, in the calendar of a tenant. Pure days: time zones are applied elsewhere."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from core.errors import InvalidError
from metrics.offset import Offset, add_months
from metrics.own_periods import NO_CALENDARS, OwnCalendars
from metrics.query import AnyGrain, Grain, OwnGrain, unknown_grain

_DAY = dt.timedelta(days=1)
# Months of 4, 4 and 5 weeks in each quarter.
_RETAIL_WEEKS = (4, 4, 5) * 4
# The length of each grain as an offset; a retail period has no fixed one.
LENGTHS = {
    Grain.HOUR: Offset(days=1),
    Grain.DAY: Offset(days=1),
    Grain.WEEK: Offset(days=7),
    Grain.MONTH: Offset(months=1),
    Grain.QUARTER: Offset(months=3),
    Grain.YEAR: Offset(months=12),
    Grain.FISCAL_QUARTER: Offset(months=3),
    Grain.FISCAL_YEAR: Offset(months=12),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The settings that decide where periods begin. `week_start` is 0 for Monday, `fiscal_start_month` 1 to 12; `own`
    has the periods that the tenant keeps in tables.

    What is asked about an own grain raises InvalidError where there is none of the name, RefusedError where its table
    does not have the days.
    """

    week_start: int = 0
    fiscal_start_month: int = 1
    own: OwnCalendars = NO_CALENDARS

    def require_grain(self, grain: AnyGrain) -> None:
        """Raises InvalidError for a grain that the tenant does not have."""
        if isinstance(grain, OwnGrain) and grain not in self.own.grains:
            raise unknown_grain(grain, self.own.grains)

    def knows(self, day: dt.date, grain: AnyGrain) -> bool:
        """Whether it is known which period a day is in."""
        return not isinstance(grain, OwnGrain) or (grain in self.own.grains and self.own.grains[grain].knows(day))

    def first_day(self, day: dt.date, grain: AnyGrain) -> dt.date:
        """The first day of the period that has `day` in it."""
        if isinstance(grain, OwnGrain):
            self.require_grain(grain)
            return self.own.grains[grain].first_day(day)
        match grain:
            case Grain.HOUR | Grain.DAY:
                return day
            case Grain.WEEK:
                return day - dt.timedelta(days=(day.weekday() - self.week_start) % 7)
            case Grain.MONTH:
                return day.replace(day=1)
            case Grain.QUARTER:
                return _months_back(day, (day.month - 1) % 3)
            case Grain.YEAR:
                return _months_back(day, day.month - 1)
            case Grain.FISCAL_QUARTER:
                return _months_back(day, (day.month - self.fiscal_start_month) % 3)
            case Grain.FISCAL_YEAR:
                return _months_back(day, (day.month - self.fiscal_start_month) % 12)
            case Grain.RETAIL_MONTH:
                return max(start for start in self._retail_months(day) if start <= day)
            case _:
                assert_never(grain)

    def next_first_day(self, first: dt.date, grain: AnyGrain) -> dt.date:
        """The first day of the period after the one that begins on `first`."""
        if isinstance(grain, OwnGrain):
            self.require_grain(grain)
            return self.own.grains[grain].next_first_day(first)
        if grain is Grain.RETAIL_MONTH:
            return min(start for start in self._retail_months(first) if start > first)
        return LENGTHS[grain].later(first)

    def periods(self, start: dt.date, end: dt.date, grain: AnyGrain) -> Iterator[tuple[dt.date, dt.date]]:
        """The periods that have a day of `start` to `end` in them: first day, and first day of the next."""
        first = self.first_day(start, grain)
        while first <= end:
            after = self.next_first_day(first, grain)
            yield first, after
            first = after

    def _retail_months(self, day: dt.date) -> list[dt.date]:
        """The first days of the 4-4-5 months around a day: of the year before, its own and the one after."""
        starts = []
        for year in range(day.year - 2, day.year + 2):
            first = self._retail_year(year)
            for weeks in _RETAIL_WEEKS:
                starts.append(first)
                first += dt.timedelta(weeks=weeks)
        return starts

    def _retail_year(self, year: int) -> dt.date:
        """The start of the week nearest to the first day of the fiscal year. The last month of some has a sixth week
        (52 weeks are a day or two short of a year), which the next year's start gives it by itself."""
        first = dt.date(year, self.fiscal_start_month, 1)
        return self.first_day(first + dt.timedelta(days=3), Grain.WEEK)


def days_of(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += _DAY


def check_calendar(week_start: int, fiscal_start_month: int) -> None:
    """Raises InvalidError for settings that no calendar has."""
    if not 0 <= week_start <= 6:
        raise InvalidError(f"The week cannot start on day {week_start}; days count from 0, Monday, to 6, Sunday.")
    if not 1 <= fiscal_start_month <= 12:
        raise InvalidError(f"A fiscal year begins in month 1 to 12, not {fiscal_start_month}.")


def _months_back(day: dt.date, count: int) -> dt.date:
    return add_months(day.replace(day=1), -count)
