"""The words of a chart: its title where none is given, and its figures in a sentence."""

from collections.abc import Sequence

from charts import Event, Series, Y
from core import numbers
from core.numbers import Number
from metrics.period import Period, date_label
from notebooks.ask import MetricFacts

MAX_NAMED = 4


def default_title(facts: Sequence[MetricFacts], split: str) -> str:
    """ "Bookings and Won deals by month"."""
    return f"{joined([one.label for one in facts])} by {split}"


def joined(words: Sequence[str]) -> str:
    """Words as a list in prose.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def describe_time(title: str, series: Sequence[Series], periods: Sequence[Period], unit: str | None) -> str:
    """A chart over time in one sentence: its range, and where its lines end."""
    span = f"{periods[0].label} to {periods[-1].label}"
    drawn = [one for one in series if any(value is not None for value in one.y)]
    if not drawn:
        return f"{title}, {span}: no data."
    if len(drawn) > 1:
        return f"{title}, {span}; {_standing(drawn, periods, unit)}."
    points = [(value, period) for value, period in zip(drawn[0].y, periods, strict=True) if value is not None]
    # A running period is always low in a metric that adds up, so it is no candidate for the lowest.
    whole = [point for point in points if point[1].is_complete] or points
    low, high = min(whole, key=lambda point: point[0]), max(whole, key=lambda point: point[0])
    between = f"lowest {_at(*low, unit)}, highest {_at(*high, unit)}, " if len(whole) > 1 else ""
    return f"{title}, {span}: {between}last {_end(drawn[0], periods, unit)}."


def describe_marks(target: float | None, events: Sequence[Event], unit: str | None) -> str:
    """The target and the events in words, behind the sentence of a chart; empty where there are none."""
    words = "" if target is None else f" Target {numbers.compact(target, unit)}."
    named = ", ".join(f"{date_label(event.day)} {event.label}" for event in events)
    return words + (f" Events: {named}." if named else "")


def describe_members(
    title: str, when: str, points: Sequence[tuple[str, Number | None]], unit: str | None, *, is_all: bool
) -> str:
    """A chart over members in one sentence: its highest, and its lowest where all members are known."""
    known = [(label, value) for label, value in points if value is not None]
    if not known:
        return f"{title}, {when}: no data."
    highest = f"highest {known[0][0]} {numbers.compact(known[0][1], unit)}"
    if not is_all or len(known) == 1:
        return f"{title}, {when}: {highest}."
    lowest = f"lowest {known[-1][0]} {numbers.compact(known[-1][1], unit)}"
    return f"{title}, {when}: {highest}, {lowest}, {len(points)} in all."


def _at(value: Y, period: Period, unit: str | None) -> str:
    return f"{numbers.compact(value, unit)} in {period.label}"


def _end(series: Series, periods: Sequence[Period], unit: str | None) -> str:
    points = zip(reversed(series.y), reversed(periods), strict=True)
    value, period = next(point for point in points if point[0] is not None)
    return f"{_at(value, period, unit)}{_days(period)}"


def _standing(drawn: Sequence[Series], periods: Sequence[Period], unit: str | None) -> str:
    """Where several lines stand in the last period that any of them reaches."""
    last = max(index for one in drawn for index, value in enumerate(one.y) if value is not None)
    named = [f"{one.name} {numbers.compact(one.y[last], unit)}" for one in drawn[:MAX_NAMED]]
    more = f" and {len(drawn) - MAX_NAMED} more" if len(drawn) > MAX_NAMED else ""
    return f"in {periods[last].label}{_days(periods[last])}: {', '.join(named)}{more}"


def _days(period: Period) -> str:
    return "" if period.is_complete else f" ({period.day_number} of {period.days_total} days)"
