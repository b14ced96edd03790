"""The last complete period against what the periods before it let expect, at the level of 90 per cent."""

import datetime as dt
from collections import defaultdict

from metrics import Grain, MetricQuery
from metrics.period import PeriodKind, last_complete, periods_back
from notebooks import MetricCell, Scope
from notebooks.values import as_date, as_number, member_labels
from services.alerts.rule import Reading
from services.notebook_asking import PrincipalAsk

_PERIODS = {PeriodKind.WEEK: 156, PeriodKind.MONTH: 60, PeriodKind.QUARTER: 40}
_EPOCH = dt.date(1970, 1, 1)
_DAY_US = 86_400_000_000
Values = dict[dt.date, float]


def expect_last(ask: PrincipalAsk, cell: MetricCell, scope: Scope, dimension: str) -> tuple[tuple[Reading, ...], str]:
    """A reading of the last complete period for the whole, or for each member; and the period's name.

    A series that cannot be forecast has nothing expected.
    """
    last = last_complete(cell.period, scope.today, scope.fiscal_start_month, scope.week_start)
    first = periods_back(last, _PERIODS[cell.period])[0]
    result = ask.ask(
        MetricQuery(
            metrics=(cell.metric,),
            by=(dimension,) if dimension else (),
            grain=Grain(cell.period.value),
            start=first.start,
            end=last.full_end,
            where=scope.filter(cell.where),
        )
    )
    members = member_labels(result.values(dimension)) if dimension else [""] * result.table.num_rows
    series: dict[str, Values] = defaultdict(dict)
    periods = next(column.name for column in result.columns if column.name not in {dimension, cell.metric})
    for member, day, value in zip(members, result.values(periods), result.values(cell.metric), strict=True):
        number = as_number(value)
        if number is not None:
            series[member][as_date(day)] = float(number)
    current = {member: values.pop(last.start, None) for member, values in series.items()}
    expected = _expect(series, cell.period, last.start)
    readings = (
        Reading(member=member, value=current[member], expected=expected.get(member)) for member in sorted(series)
    )
    return tuple(readings), last.label


def _expect(series: dict[str, Values], kind: PeriodKind, wanted: dt.date) -> dict[str, tuple[float, float]]:
    import numpy as np

    from forecasting import ForecastSpec, Frequency, Series, TimeStyle, forecast_series, write_time

    frequency = {PeriodKind.WEEK: Frequency.WEEK, PeriodKind.MONTH: Frequency.MONTH}.get(kind, Frequency.QUARTER)
    given = [
        Series(
            id=member,
            times=np.array([(day - _EPOCH).days * _DAY_US for day in sorted(values)], dtype=np.int64),
            values=np.array([values[day] for day in sorted(values)], dtype=np.float64),
            rows=np.arange(1, len(values) + 1, dtype=np.int64),
            style=TimeStyle.DAY,
        )
        for member, values in series.items()
        if values
    ]
    next_time = write_time((wanted - _EPOCH).days * _DAY_US, TimeStyle.DAY)
    found = forecast_series(given, ForecastSpec(horizon=1, level=90, frequency=frequency)).forecasts
    # What ends before the period before the last is no forecast of the last.
    return {one.id: (one.points[0].lo, one.points[0].hi) for one in found if one.points[0].time == next_time}
