"""The days of a calendar chart: weeks from left to right, weekdays from the top down, a band for each year or so."""

import datetime as dt
from dataclasses import dataclass

from charts.plan import finite
from charts.rules import require_distinct, require_single
from charts.spec import Chart, Role
from core.errors import InvalidError

# A run of days that fits one band is not cut at the turn of the year.
LONGEST_BAND = 372
MOST_BANDS = 12
LEVELS = 5
_STRENGTHS = (0.16, 0.34, 0.54, 0.76, 1.0)
WEEKDAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day with a value, at its column and row in its band."""

    day: dt.date
    value: float
    band: int
    week: int
    weekday: int
    level: int

    @property
    def is_below(self) -> bool:
        """Whether its value is below zero, which has a colour of its own."""
        return self.value < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The name of a month above the week in which it begins."""

    band: int
    week: int
    month: int

    @property
    def text(self) -> str:
        """The name of the month."""
        return _MONTHS[self.month - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Everything that is drawn; `weeks` is the number of columns, `bands` names the bands, `note` what is left out."""

    days: tuple[Day, ...]
    months: tuple[Month, ...]
    bands: tuple[str, ...]
    weeks: int
    note: str


def require_days(chart: Chart) -> None:
    """Raises InvalidError where the x of a chart are not days."""
    require_single(chart)
    for series in chart.series:
        for x in series.x:
            if not isinstance(x, dt.date) or (isinstance(x, dt.datetime) and x.time() != dt.time()):
                raise InvalidError(f"A calendar chart has a value for each day, and {x!r} is no day.")
    require_distinct(chart)


def calendar_of(chart: Chart) -> Calendar:
    """The calendar of a chart that passed `require_days`."""
    known = sorted(
        (_day(x), value)
        for series in chart.series[:1]
        for x, y in zip(series.x, series.y, strict=True)
        if isinstance(x, dt.date) and (value := finite(y)) is not None
    )
    if not known:
        return Calendar(days=(), months=(), bands=(), weeks=0, note="")
    is_one = (known[-1][0] - known[0][0]).days < LONGEST_BAND
    years = sorted({day.year for day, _ in known})
    shown = years[-MOST_BANDS:]
    starts = [known[0][0]] if is_one else [dt.date(year, 1, 1) for year in shown]
    ends = [known[-1][0]] if is_one else [dt.date(year, 12, 31) for year in shown]
    kept = known if is_one else [(day, value) for day, value in known if day.year >= shown[0]]
    largest = max(abs(value) for _, value in kept)
    days = []
    for day, value in kept:
        band = 0 if is_one else shown.index(day.year)
        week = (_column(day) - _column(starts[band])) // 7
        level = _level(value, largest)
        days.append(Day(day=day, value=value, band=band, week=week, weekday=day.weekday(), level=level))
    months = tuple(
        month for band, (start, end) in enumerate(zip(starts, ends, strict=True)) for month in _months(band, start, end)
    )
    weeks = max((_column(end) - _column(start)) // 7 + 1 for start, end in zip(starts, ends, strict=True))
    bands = ("",) if is_one else tuple(map(str, shown))
    note = "" if is_one or len(years) <= MOST_BANDS else f"the last {MOST_BANDS} of {len(years)} years"
    return Calendar(days=tuple(days), months=months, bands=bands, weeks=weeks, note=note)


def strength(level: int) -> float:
    """How strong the colour of a level from 0 to 4 is."""
    return _STRENGTHS[level]


def role_of(day: Day) -> Role:
    """The colour of a day: values below zero differ in hue, not only in strength."""
    return Role.SERIES_2 if day.is_below else Role.MAIN


def day_text(day: dt.date) -> str:
    """A day as it is told: "Fri 20 Nov 2026"."""
    name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return f"{name} {day.day} {_MONTHS[day.month - 1]} {day.year:04}"


def _day(x: dt.date) -> dt.date:
    return x.date() if isinstance(x, dt.datetime) else x


def _column(day: dt.date) -> int:
    """The number of the Monday of a day's week, as days."""
    return day.toordinal() - day.weekday()


def _level(value: float, largest: float) -> int:
    share = abs(value) / largest if largest > 0 else 0.0
    return min(LEVELS - 1, int(share * LEVELS))


def _months(band: int, start: dt.date, end: dt.date) -> list[Month]:
    """The first of each month inside a band."""
    found = []
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        first = dt.date(year, month, 1)
        if first >= start or start.day <= 14:
            week = (_column(max(first, start)) - _column(start)) // 7
            found.append(Month(band=band, week=week, month=month))
        if (year, month) == (dt.MAXYEAR, 12):
            break
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
