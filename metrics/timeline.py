"""Time in a query: the first day of a period in the tenant's zone, and a range of days as bounds on the raw column.

A date has no zone and stays as it is. A naive timestamp is taken to be UTC; it and an aware one are converted to the
tenant's zone before a day is taken of them, so days of 23 and 25 hours fall where the people there see them.
"""

import datetime as dt

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from metrics.compiled import CompileContext
from metrics.guard import closed
from metrics.query import AnyGrain, Grain
from metrics.reach import Dimension
from metrics.spec import Temporal

EARLIEST = dt.date(1000, 1, 1)
LATEST = dt.date(9000, 12, 31)

_DAY = dt.timedelta(days=1)


def require_temporal(dimension: Dimension) -> Temporal:
    """How a time dimension counts. Raises RefusedError when neither its definition nor the store tells."""
    temporal = dimension.definition.temporal
    if temporal is None:
        raise RefusedError(
            f"It is not known whether {dimension.name} of {dimension.model} holds dates or timestamps; write its"
            " `type` as date, timestamp or timestamptz, or load the definitions with the store's columns."
        )
    return temporal


def local(dimension: Dimension, zone: str) -> exp.Expr:
    """The date, or the naive time on a clock in the zone."""
    temporal = require_temporal(dimension)
    if temporal is Temporal.DATE:
        return dimension.tree()
    if temporal is Temporal.TIMESTAMP and zone == "UTC":
        return dimension.tree()
    value = dimension.operand()
    if temporal is Temporal.TIMESTAMP:
        value = exp.AtTimeZone(this=value, zone=exp.Literal.string("UTC"))
    return exp.AtTimeZone(this=value, zone=exp.Literal.string(zone))


def local_day(dimension: Dimension, zone: str) -> exp.Expr:
    """The day in the zone."""
    value = local(dimension, zone)
    return value if require_temporal(dimension) is Temporal.DATE else _as_date(value)


def period(dimension: Dimension, grain: AnyGrain, context: CompileContext) -> exp.Expr:
    """The first day of the period a row falls in, as a date; null where the time is null."""
    if grain is Grain.DAY:
        return local_day(dimension, context.zone)
    if grain is Grain.HOUR:
        return _hour(dimension, context)
    if grain in {Grain.FISCAL_QUARTER, Grain.FISCAL_YEAR}:
        return _fiscal(dimension, grain, context)
    unit = exp.Var(this=grain.upper())
    if grain is not Grain.WEEK or context.week_start == 0:
        return _as_date(exp.TimestampTrunc(this=local(dimension, context.zone), unit=unit))
    # Engines begin weeks on Monday: move the start of the week there and back.
    shift = context.week_start
    moved = exp.Sub(this=closed(local_day(dimension, context.zone)), expression=_days(shift))
    return _as_date(exp.Add(this=exp.TimestampTrunc(this=moved, unit=unit), expression=_days(shift)))


def _hour(dimension: Dimension, context: CompileContext) -> exp.Expr:
    """The moment an hour of the zone's clock begins. An hour that comes twice is two, so the minutes past it are taken
    off the moment itself."""
    if require_temporal(dimension) is Temporal.DATE:
        raise RefusedError(f"{dimension.name} holds dates, which have no hours; ask by day or longer.")
    moment = dimension.operand()
    if require_temporal(dimension) is Temporal.TIMESTAMP:
        moment = exp.AtTimeZone(this=moment, zone=exp.Literal.string("UTC"))
    clock = closed(local(dimension, context.zone))
    full = exp.TimestampTrunc(this=clock.copy(), unit=exp.Var(this="HOUR"))
    return exp.Sub(this=moment, expression=exp.Paren(this=exp.Sub(this=clock, expression=full)))


def _fiscal(dimension: Dimension, grain: AnyGrain, context: CompileContext) -> exp.Expr:
    """Months are moved to where the engine's years begin and back, from their first days, which every month has."""
    months = context.fiscal_start_month - 1
    month = exp.TimestampTrunc(this=local(dimension, context.zone), unit=exp.Var(this="MONTH"))
    moved = exp.Sub(this=month, expression=_months(months))
    unit = exp.Var(this="QUARTER" if grain is Grain.FISCAL_QUARTER else "YEAR")
    return _as_date(exp.Paren(this=exp.Add(this=exp.TimestampTrunc(this=moved, unit=unit), expression=_months(months))))


def check_range(start: dt.date | None, end: dt.date | None) -> None:
    """Raises InvalidError for a range that ends before it begins or lies outside any calendar."""
    for day in (start, end):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise InvalidError(f"The day {day} is outside the dates that can be asked for, {EARLIEST} to {LATEST}.")
    if start is not None and end is not None and start > end:
        raise InvalidError(f"The range begins on {start}, after its end on {end}.")


def bound(day: dt.date, temporal: Temporal, context: CompileContext) -> dt.date | dt.datetime:
    """The moment a day begins, as a value that compares with the raw column."""
    if temporal is Temporal.DATE:
        return day
    midnight = dt.datetime.combine(day, dt.time.min, tzinfo=context.zone_info()).astimezone(dt.UTC)
    return midnight if temporal is Temporal.TIMESTAMPTZ else midnight.replace(tzinfo=None)


def day_after(day: dt.date) -> dt.date:
    """The next day: the open end of a range whose last day is included."""
    return day + _DAY


def _as_date(value: exp.Expr) -> exp.Expr:
    return exp.Cast(this=value, to=exp.DataType.build("date"))


def _days(count: int) -> exp.Expr:
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this="DAY"))


def _months(count: int) -> exp.Expr:
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this="MONTH"))
