"""Time on an axis: positions in days, how a period is written, and ticks on calendar boundaries."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charts.spec import Grain

Moment = dt.date | dt.datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST, _LAST = 1.0, float(dt.date.max.toordinal())
_DAY_STEPS = (1, 2, 7, 14, 28)
_HOUR_STEPS = (1, 2, 3, 6, 12)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000, 60000, 120000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A labelled place on an axis; `second` is a second line, such as the year under its first month."""

    at: float
    text: str
    second: str = ""


def day_number(moment: Moment) -> float:
    """A moment as days: the wall clock as given, whatever its zone."""
    if isinstance(moment, dt.datetime):
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return moment.toordinal() + (moment - midnight).total_seconds() / 86400
    return float(moment.toordinal())


def moment_at(days: float) -> dt.datetime:
    """The wall-clock time of a number of days; what lies outside the calendar is moved to its edge."""
    inside = max(_FIRST, min(_LAST, days))
    whole = int(inside)
    return dt.datetime.fromordinal(whole) + dt.timedelta(seconds=round((inside - whole) * 86400))


def infer_grain(days: Sequence[float]) -> Grain:
    """The grain of sorted, distinct day numbers; DAY for a single one."""
    moments = [moment_at(day) for day in days]
    if any(moment.time() != dt.time() for moment in moments):
        return Grain.HOUR
    if len(moments) < 2:
        return Grain.DAY
    if all(moment.day == 1 for moment in moments):
        months = [moment.year * 12 + moment.month for moment in moments]
        gaps = [later - earlier for earlier, later in itertools.pairwise(months)]
        if all(gap % 12 == 0 for gap in gaps):
            return Grain.YEAR
        return Grain.QUARTER if all(gap % 3 == 0 for gap in gaps) else Grain.MONTH
    is_weekly = all((later - earlier) % 7 == 0 for earlier, later in itertools.pairwise(days))
    return Grain.WEEK if is_weekly else Grain.DAY


def period_text(moment: Moment, grain: Grain) -> str:
    """A period in words.

    >>> period_text(dt.date(2026, 10, 1), Grain.QUARTER)
    'Q4 2026'
    >>> period_text(dt.date(2026, 11, 3), Grain.WEEK)
    'week of 3 Nov 2026'
    """
    day = f"{moment.day} {_month(moment)} {moment.year}"
    match grain:
        case Grain.HOUR:
            return f"{day}, {moment:%H:%M}"
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return f"week of {day}"
        case Grain.MONTH:
            return f"{_month(moment)} {moment.year}"
        case Grain.QUARTER:
            # Quarters of a fiscal year that starts elsewhere have numbers only the tenant's calendar knows.
            return (
                f"{_quarter(moment)} {moment.year}" if moment.month % 3 == 1 else f"from {_month(moment)} {moment.year}"
            )
        case Grain.YEAR:
            return str(moment.year)


def short_period_text(moment: Moment, grain: Grain) -> str:
    """A period without its year, for a place where the axis tells the year.

    >>> short_period_text(dt.date(2026, 10, 1), Grain.MONTH)
    'Oct'
    """
    return _lines(moment_at(day_number(moment)), grain)[0]


def _month(moment: Moment) -> str:
    return _MONTHS[moment.month - 1]


def _quarter(moment: Moment) -> str:
    return f"Q{(moment.month + 2) // 3}"


def time_ticks(days: Sequence[float], grain: Grain, limit: int) -> tuple[Tick, ...]:
    """At most `limit` ticks for sorted, distinct day numbers: each period, or every so many on the calendar."""
    if not days:
        return ()
    if len(days) <= limit:
        return _labelled(list(days), grain)
    for places, unit in _ladder(days, grain):
        if len(places) <= limit:
            return _labelled(places, unit)
    return _labelled([days[0], days[-1]], grain)


def _ladder(days: Sequence[float], grain: Grain) -> Iterator[tuple[list[float], Grain]]:
    """Ever wider spaced places, never finer than the grain, with the grain to write them in."""
    first, last = days[0], days[-1]
    if grain is Grain.HOUR:
        for hours in _HOUR_STEPS:
            if (last - first) * 24 / hours < 1000:
                yield _stepped(int(first), last, hours / 24, first), Grain.HOUR
    if grain in {Grain.HOUR, Grain.DAY, Grain.WEEK}:
        for step in _DAY_STEPS:
            if (last - first) / step < 1000 and (grain is not Grain.WEEK or step >= 7):
                yield _stepped(int(first), last, step, first), Grain.DAY
    smallest = {Grain.QUARTER: 3, Grain.YEAR: 12}.get(grain, 1)
    for months in _MONTH_STEPS:
        if months >= smallest:
            unit = Grain.YEAR if months >= 12 else (Grain.QUARTER if grain is Grain.QUARTER else Grain.MONTH)
            yield _month_starts(first, last, months, grain), unit


def _stepped(start: float, last: float, step: float, first: float) -> list[float]:
    count = int((last - start) / step + 1e-6)
    return [start + index * step for index in range(count + 1) if start + index * step >= first - 1e-6]


def _month_starts(first: float, last: float, months: int, grain: Grain) -> list[float]:
    """Every so many months from January on, or from the first quarter there is."""
    begin, end = moment_at(first), moment_at(last)
    start = begin.year * 12 + begin.month - 1
    offset = start % months if grain is Grain.QUARTER and months < 12 else 0
    month = start - (start - offset) % months
    places = []
    while month <= end.year * 12 + end.month - 1:
        year = month // 12
        if year >= 1:
            day = float(dt.date(year, month % 12 + 1, 1).toordinal())
            if first - 1e-6 <= day <= last + 1e-6:
                places.append(day)
        month += months
    return places


def _labelled(places: Sequence[float], grain: Grain) -> tuple[Tick, ...]:
    """Labels whose second line appears only where it changes."""
    ticks: list[Tick] = []
    before = ""
    for place in places:
        text, second = _lines(moment_at(place), grain)
        ticks.append(Tick(at=place, text=text, second=second if second != before else ""))
        before = second
    return tuple(ticks)


def _lines(moment: dt.datetime, grain: Grain) -> tuple[str, str]:
    match grain:
        case Grain.HOUR:
            return f"{moment:%H:%M}", f"{moment.day} {_month(moment)}"
        case Grain.DAY | Grain.WEEK:
            return f"{moment.day} {_month(moment)}", str(moment.year)
        case Grain.MONTH:
            return f"{_month(moment)}", str(moment.year)
        case Grain.QUARTER:
            return (_quarter(moment) if moment.month % 3 == 1 else f"{_month(moment)}"), str(moment.year)
        case Grain.YEAR:
            return str(moment.year), ""
