"""A distance in the calendar: days, or months, which keep the day of the month as far as the other month has it."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from core.errors import InvalidError

_TEXT = re.compile(r"(\d{1,4}) *(day|week|month|quarter|year)s?")
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """Either days or months."""

    days: int = 0
    months: int = 0

    def __str__(self) -> str:
        if self.months:
            count, unit = (self.months // 12, "year") if self.months % 12 == 0 else (self.months, "month")
        else:
            count, unit = self.days, "day"
        return f"{count} {unit}{'' if count == 1 else 's'}"

    def earlier(self, day: dt.date) -> dt.date:
        """The day this long before."""
        return add_months(day, -self.months) if self.months else day - dt.timedelta(days=self.days)

    def later(self, day: dt.date) -> dt.date:
        """The day this long after."""
        return add_months(day, self.months) if self.months else day + dt.timedelta(days=self.days)


def parse_offset(text: str) -> Offset:
    """A distance such as `28 days` or `1 year`. Raises InvalidError.

    >>> parse_offset("2 quarters")
    Offset(days=0, months=6)
    """
    found = _TEXT.fullmatch(text.strip().casefold())
    if found is None or int(found[1]) == 0:
        raise InvalidError(f"{text!r} is not a length of time; write it as 28 days, 4 weeks, 3 months or 1 year.")
    count, unit = int(found[1]), found[2]
    return Offset(days=count * _DAYS.get(unit, 0), months=count * _MONTHS.get(unit, 0))


def add_months(day: dt.date, count: int) -> dt.date:
    """The same day of another month, or its last day where it is shorter.

    >>> add_months(dt.date(2024, 3, 31), -1)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + count
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise InvalidError(f"{count} months from {day} is outside the calendar.")
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
