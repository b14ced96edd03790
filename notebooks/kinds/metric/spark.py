"""The sparkline of a tile.

A metric that adds up is drawn as its running total by day, beside that of the period before up to the same day. Any
other metric is drawn by its values: the last thirteen months, or weeks where the period is a month or shorter.
"""

import datetime as dt
from collections.abc import Mapping

from charts import Chart, ChartKind, Role, Series, X, Y
from core import numbers
from core.numbers import Number
from metrics import Grain, MetricQuery
from metrics.period import Period, PeriodKind
from notebooks.ask import Ask, MetricFacts
from notebooks.scope import Scope
from notebooks.timeline import fetch_timeline
from notebooks.values import as_date, as_number, as_y

BUCKETS = 13
MAX_POINTS = 60
_BY_WEEK = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH)
# A running total of one day is a dot, and of a window that moves with today it compares nothing.
_NEVER_CUMULATIVE = (PeriodKind.DAY, PeriodKind.LAST_12_MONTHS)
_ONE_DAY = dt.timedelta(days=1)


def build_spark(
    ask: Ask, facts: MetricFacts, scope: Scope, period: Period, before: Period, where: str | None
) -> Chart | None:
    """The sparkline of a metric over `period`; None where there is no value to draw."""
    if facts.is_additive and period.kind not in _NEVER_CUMULATIVE:
        chart = _running_totals(ask, facts, period, before, where)
    else:
        grain = Grain.WEEK if period.kind in _BY_WEEK else Grain.MONTH
        chart = _values(ask, facts, scope, grain, where)
    return None if chart.is_empty else chart


def _running_totals(ask: Ask, facts: MetricFacts, period: Period, before: Period, where: str | None) -> Chart:
    query = MetricQuery(metrics=(facts.name,), grain=Grain.DAY, start=before.start, end=period.end, where=where)
    result = ask.ask(query)
    days = [as_date(value) for value in result.values(result.columns[0].name)]
    by_day = dict(zip(days, (as_number(value) for value in result.values(facts.name)), strict=True))
    series = []
    for one, role in ((period, Role.MAIN), (before, Role.CONTEXT)):
        totals = _cumulative(by_day, one, facts)
        # Two runs of different length are thinned at the same days, so that one lies over the other.
        points = _thinned(len(totals), step=-(-period.day_number // MAX_POINTS))
        series.append(
            Series(
                name=one.label,
                x=tuple(index + 1 for index in points),
                y=tuple(totals[index] for index in points),
                role=role,
                is_dashed=role is Role.CONTEXT,
            )
        )
    is_drawn = any(value is not None for value in series[0].y)
    has_before = any(value is not None for value in series[1].y)
    drawn = tuple(series if has_before else series[:1]) if is_drawn else ()
    described = "; ".join(f"{one.name} {_last_text(one, facts)}" for one in drawn)
    return Chart(
        kind=ChartKind.SPARKLINE,
        title=facts.label,
        description=f"{facts.label}, running total by day: {described}." if drawn else f"{facts.label}: no data.",
        series=drawn,
        unit=facts.unit,
        x_label="Day",
    )


def _cumulative(by_day: Mapping[dt.date, Number | None], period: Period, facts: MetricFacts) -> list[Y]:
    """The running total on each day of a period; None on days the data do not cover.

    Where that is not known, a period with any row is taken to be covered: nothing was sold before its first row, nor
    has been since its last one, as far as is known today.
    """
    has_rows = any(period.start <= day <= period.end for day in by_day)
    first = facts.data_from or (period.start if has_rows else dt.date.max)
    last = facts.data_to or period.end
    totals: list[Y] = []
    total: float | int = 0
    for number in range(period.day_number):
        day = period.start + number * _ONE_DAY
        total += as_y(by_day.get(day)) or 0
        totals.append(total if first <= day <= last else None)
    return totals


def _thinned(count: int, *, step: int) -> list[int]:
    """Every so many indices, the last always among them."""
    return [index for index in range(count) if (count - 1 - index) % step == 0]


def _values(ask: Ask, facts: MetricFacts, scope: Scope, grain: Grain, where: str | None) -> Chart:
    timeline = fetch_timeline(ask, scope, metrics=(facts.name,), grain=grain, last=BUCKETS, where=where)
    running = timeline.periods[-1]
    starts: tuple[X, ...] = tuple(period.start for period in timeline.periods)
    values = tuple(as_y(value) for value in timeline.values(facts))
    series = Series(name=facts.label, x=starts, y=values)
    has_incomplete = not running.is_complete and values[-1] is not None
    span = f"{timeline.periods[0].label} to {running.label}"
    return Chart(
        kind=ChartKind.SPARKLINE,
        title=facts.label,
        description=f"{facts.label} by {grain.value}, {span}: last {_last_text(series, facts)}.",
        series=(series,),
        unit=facts.unit,
        incomplete_from=running.start if has_incomplete else None,
        incomplete_note=running.progress if has_incomplete else "",
    )


def _last_text(series: Series, facts: MetricFacts) -> str:
    last = next((value for value in reversed(series.y) if value is not None), None)
    return str(numbers.compact(last, facts.unit))
