"""Calendar periods: which days a period has, how far it has run, and what it may fairly be compared with.

Pure dates: today and the calendar's settings come in as arguments; time zones are applied before.
A period that is still running ends today, and the one before it is cut at the same day, so that five days are compared
with five days.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from core.errors import InvalidError

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ONE_DAY = dt.timedelta(days=1)


class PeriodKind(StrEnum):
    """The kinds of period. The calendar ones have the names of `metrics.query.Grain`."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LAST_12_MONTHS = "last_12_months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A run of days with a name.

    `start` and `end` are both included. `end` is clipped to today while the period runs; `full_end` is its last day
    in the calendar. The last day of a period counts as its end, although that day itself is still running.
    """

    kind: PeriodKind
    start: dt.date
    end: dt.date
    full_end: dt.date
    label: str
    fiscal_start_month: int = 1

    @property
    def is_complete(self) -> bool:
        """Whether every day of the period is inside `start` to `end`."""
        return self.end >= self.full_end

    @property
    def day_number(self) -> int:
        """How many days from `start` to `end`, both counted."""
        return (self.end - self.start).days + 1

    @property
    def days_total(self) -> int:
        """How many days the whole period has."""
        return (self.full_end - self.start).days + 1

    @property
    def short_label(self) -> str:
        """The name without its year where that leaves one: "Q4", "Nov", "Week of 16 Nov"."""
        return _short_label(self.kind, self.start, self.full_end, self.fiscal_start_month)

    @property
    def progress(self) -> str:
        """How far a running period has come: "Nov: 20 of 30 days"."""
        return f"{self.short_label}: {self.day_number} of {self.days_total} days"


def period_to_date(kind: PeriodKind, today: dt.date, fiscal_start_month: int = 1, week_start: int = 0) -> Period:
    """The period that has `today` in it, up to and including today.

    `fiscal_start_month` (1 to 12) is the month in which years and quarters begin, `week_start` the first day of the
    week (0 is Monday). A fiscal year that does not begin in January bears the year in which it ends: FY2027.
    Raises InvalidError for settings outside those ranges.
    """
    _check_settings(fiscal_start_month, week_start)
    start, full_end = _bounds(kind, today, fiscal_start_month, week_start)
    return _build(kind, start, full_end, fiscal_start_month, end=today)


def last_complete(kind: PeriodKind, today: dt.date, fiscal_start_month: int = 1, week_start: int = 0) -> Period:
    """The last period that was over before `today` began; for twelve months, those to the end of last month."""
    _check_settings(fiscal_start_month, week_start)
    if kind is PeriodKind.LAST_12_MONTHS:
        day = today.replace(day=1) - _ONE_DAY
    else:
        day = _bounds(kind, today, fiscal_start_month, week_start)[0] - _ONE_DAY
    return period_to_date(kind, day, fiscal_start_month, week_start)


def previous(period: Period) -> Period:
    """The period before, cut at the same day when `period` is still running.

    The same day is the same day number (day 52 of a quarter against day 52), but in a year the same date (1 March
    against 1 March). It is never after the end of the period before: 30 March is compared with 28 February.
    """
    before = _before(period)
    if period.is_complete:
        label = before.label[:1].lower() + before.label[1:] if before.kind is PeriodKind.WEEK else before.label
        return _relabelled(before, before.full_end, label)
    if period.kind is PeriodKind.YEAR:
        same_day = _year_earlier(period.end)
    else:
        same_day = before.start + dt.timedelta(days=period.day_number - 1)
    name = before.short_label if _year_name(before) == _year_name(period) else before.label
    if before.kind is PeriodKind.WEEK:
        name = f"the {name[:1].lower()}{name[1:]}"
    return _relabelled(before, min(same_day, before.full_end), f"{name} on the same day")


def periods_back(period: Period, count: int) -> tuple[Period, ...]:
    """`count` periods without a gap, oldest first, the last of them `period` itself and all others complete."""
    found: list[Period] = []
    current = period
    for _ in range(count):
        found.append(current)
        current = _before(current)
    return tuple(reversed(found))


def date_label(day: dt.date) -> str:
    """A date as people write it, the same in every locale: "20 Nov 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _check_settings(fiscal_start_month: int, week_start: int) -> None:
    if not 1 <= fiscal_start_month <= 12:
        raise InvalidError(f"A fiscal year begins in month 1 to 12, not {fiscal_start_month}.")
    if not 0 <= week_start <= 6:
        raise InvalidError(f"A week begins on day 0 (Monday) to 6 (Sunday), not {week_start}.")


def _build(kind: PeriodKind, start: dt.date, full_end: dt.date, fiscal_start_month: int, *, end: dt.date) -> Period:
    label = _label(kind, start, full_end, fiscal_start_month)
    return Period(
        kind=kind, start=start, end=end, full_end=full_end, label=label, fiscal_start_month=fiscal_start_month
    )


def _relabelled(period: Period, end: dt.date, label: str) -> Period:
    return Period(
        kind=period.kind,
        start=period.start,
        end=end,
        full_end=period.full_end,
        label=label,
        fiscal_start_month=period.fiscal_start_month,
    )


def _before(period: Period) -> Period:
    """The whole period that ends on the day before `period` starts."""
    last_day = period.start - _ONE_DAY
    week_start = period.start.weekday()
    start, full_end = _bounds(period.kind, last_day, period.fiscal_start_month, week_start)
    return _build(period.kind, start, full_end, period.fiscal_start_month, end=full_end)


def _bounds(kind: PeriodKind, day: dt.date, fiscal_start_month: int, week_start: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of the whole period that has `day` in it."""
    months_into_year = (day.month - fiscal_start_month) % 12
    match kind:
        case PeriodKind.DAY:
            return day, day
        case PeriodKind.WEEK:
            start = day - dt.timedelta(days=(day.weekday() - week_start) % 7)
            return start, start + dt.timedelta(days=6)
        case PeriodKind.MONTH:
            return _months(day, 0, 1)
        case PeriodKind.QUARTER:
            return _months(day, -(months_into_year % 3), 3)
        case PeriodKind.YEAR:
            return _months(day, -months_into_year, 12)
        case PeriodKind.LAST_12_MONTHS:
            return _year_earlier(day) + _ONE_DAY, day
        case _:
            assert_never(kind)


def _months(day: dt.date, shift: int, length: int) -> tuple[dt.date, dt.date]:
    """The first day of the month `shift` months from `day`'s, and the last day `length` months on."""
    start = _first_of_month(day, shift)
    return start, _first_of_month(start, length) - _ONE_DAY


def _first_of_month(day: dt.date, shift: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + shift
    return dt.date(index // 12, index % 12 + 1, 1)


def _year_earlier(day: dt.date) -> dt.date:
    """The same date a year before; the last day of a month stays the last day of that month."""
    first, last = _months(day, -12, 1)
    is_month_end = (day + _ONE_DAY).day == 1
    return last if is_month_end else first.replace(day=day.day)


def _year_name(period: Period) -> str:
    """The year a period is counted under: "2026", or "FY2027" for years that do not begin in January."""
    if period.kind not in (PeriodKind.QUARTER, PeriodKind.YEAR):
        return str(period.start.year)
    return _fiscal_year(period.start, period.fiscal_start_month)


def _fiscal_year(start: dt.date, fiscal_start_month: int) -> str:
    if fiscal_start_month == 1:
        return str(start.year)
    return f"FY{start.year + 1 if start.month >= fiscal_start_month else start.year}"


def _short_label(kind: PeriodKind, start: dt.date, full_end: dt.date, fiscal_start_month: int) -> str:
    day_and_month = f"{start.day} {_MONTHS[start.month - 1]}"
    match kind:
        case PeriodKind.DAY:
            return day_and_month
        case PeriodKind.WEEK:
            return f"Week of {day_and_month}"
        case PeriodKind.MONTH:
            return _MONTHS[start.month - 1]
        case PeriodKind.QUARTER:
            return f"Q{(start.month - fiscal_start_month) % 12 // 3 + 1}"
        case PeriodKind.YEAR:
            return _fiscal_year(start, fiscal_start_month)
        case PeriodKind.LAST_12_MONTHS:
            return f"12 months to {date_label(full_end)}"
        case _:
            assert_never(kind)


def _label(kind: PeriodKind, start: dt.date, full_end: dt.date, fiscal_start_month: int) -> str:
    short = _short_label(kind, start, full_end, fiscal_start_month)
    if kind in (PeriodKind.YEAR, PeriodKind.LAST_12_MONTHS):
        return short
    if kind is PeriodKind.QUARTER:
        return f"{short} {_fiscal_year(start, fiscal_start_month)}"
    return f"{short} {start.year}"
