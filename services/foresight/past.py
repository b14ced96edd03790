"""A metric's past by period, as the reader may see it: what a forecast is made from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.errors import RefusedError
from core.result import ColumnType, Result
from forecasting import Series, TimeStyle
from metrics import Grain, Metric, MetricQuery
from metrics.spec import PERIOD
from services.definitions import require_catalog
from services.foresight.question import ForecastQuestion
from services.platform import Platform
from services.query import ask
from tenants.access import Principal

# The members shown by name; the rest of an additive metric is a series of its own.
MOST_MEMBERS = 12
OTHERS = "All others"
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
Values = Mapping[dt.date, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The complete periods of a metric, oldest first. `members` have those of each member, the largest first.

    `running` is the period that is not over, with what it holds so far. `notes` say what was left out or filled.
    """

    metric: Metric
    is_additive: bool
    whole: Values
    members: Mapping[str, Values]
    running: tuple[dt.date, float | None] | None
    result: Result
    notes: tuple[str, ...]


def read_past(platform: Platform, principal: Principal, question: ForecastQuestion) -> Past:
    """The past of a question. Raises UserError."""
    catalog = require_catalog(platform, principal)
    metric = catalog.metric(question.metric)
    if metric.type not in _NUMBERS:
        raise RefusedError(f"{metric.label} is no number, so it has no forecast.")
    is_additive = catalog.quantity(metric.name).is_additive
    query = MetricQuery(metrics=(metric.name,), grain=question.grain, where=question.where or None)
    result = ask(platform, principal, query)
    whole, running = _complete(result, metric.name)
    notes: list[str] = []
    begun = _begun_within(platform, principal, question, whole)
    if begun is not None:
        del whole[begun]
        notes.append(f"The data begin within the {question.grain} of {begun}, so it is left out.")
    filled = _filled(whole, question.grain) if is_additive else whole
    if len(filled) > len(whole):
        notes.append(f"{len(filled) - len(whole)} periods without rows count as 0.")
    members: Mapping[str, Values] = {}
    if question.by:
        split = ask(platform, principal, replace(query, by=(question.by,)))
        members = _members(split, metric.name, question.by, filled, is_additive=is_additive)
    return Past(
        metric=metric,
        is_additive=is_additive,
        whole=filled,
        members=members,
        running=running,
        result=result,
        notes=tuple(notes),
    )


def as_series(name: str, values: Values) -> Series:
    """A past as the forecasting library takes it."""
    days = sorted(values)
    style = TimeStyle.MOMENT if days and isinstance(days[0], dt.datetime) else TimeStyle.DAY
    plain = [day.replace(tzinfo=None) if isinstance(day, dt.datetime) else day for day in days]
    return Series(
        id=name,
        times=np.array(plain, dtype="datetime64[us]").astype(np.int64),
        values=np.array([values[day] for day in days], dtype=np.float64),
        rows=np.arange(1, len(days) + 1, dtype=np.int64),
        style=style,
    )


def _complete(result: Result, name: str) -> tuple[dict[dt.date, float], tuple[dt.date, float | None] | None]:
    """The values of the periods that are over, and the running one; what is still to come, such as open deals by the
    day they are due, is no past."""
    found: dict[dt.date, float] = {}
    running: tuple[dt.date, float | None] | None = None
    for period, value in zip(result.values(PERIOD), result.values(name), strict=True):
        if not isinstance(period, dt.date):
            continue
        number = None if value is None else float(str(value))
        day = period.date() if isinstance(period, dt.datetime) else period
        if result.running is not None and day >= result.running:
            if day == result.running and not isinstance(period, dt.datetime):
                running = (period, number)
            continue
        if number is not None:
            found[period] = number
    return found, running


def _begun_within(
    platform: Platform, principal: Principal, question: ForecastQuestion, whole: Mapping[dt.date, float]
) -> dt.date | None:
    """The first period, where the data begin after its first day: it is not whole."""
    if question.grain in {Grain.HOUR, Grain.DAY} or not whole:
        return None
    query = MetricQuery(metrics=(question.metric,), grain=Grain.DAY, where=question.where or None, limit=1)
    first = ask(platform, principal, query).values(PERIOD)
    begin = min(whole)
    # Weekends and holidays have no rows: what begins in the first days of a month is whole.
    is_within = bool(first) and isinstance(first[0], dt.date) and first[0] > begin + dt.timedelta(days=4)
    return begin if is_within else None


def _filled(values: Mapping[dt.date, float], grain: Grain) -> dict[dt.date, float]:
    """What adds up is 0 where there are no rows, between the first period and the last."""
    if not values or grain is Grain.HOUR:
        return dict(values)
    day, last = min(values), max(values)
    found: dict[dt.date, float] = {}
    while day <= last:
        found[day] = values.get(day, 0.0)
        day = _next(day, grain)
    return found


def _next(day: dt.date, grain: Grain) -> dt.date:
    months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}.get(grain)
    if months is None:
        return day + dt.timedelta(days=7 if grain is Grain.WEEK else 1)
    place = day.year * 12 + day.month - 1 + months
    return dt.date(place // 12, place % 12 + 1, day.day)


def _members(result: Result, name: str, by: str, whole: Values, *, is_additive: bool) -> Mapping[str, Values]:
    """The past of the largest members; with a metric that adds up also that of all others together."""
    found: dict[str, dict[dt.date, float]] = {}
    for period, member, value in zip(result.values(PERIOD), result.values(by), result.values(name), strict=True):
        if value is not None and period in whole and isinstance(period, dt.date):
            found.setdefault("Not set" if member is None else str(member), {})[period] = float(str(value))
    recent = sorted(whole)[-12:]
    ranked = sorted(found, key=lambda one: -sum(abs(found[one].get(day, 0.0)) for day in recent))
    shown = ranked[:MOST_MEMBERS]
    if not is_additive:
        return {member: found[member] for member in shown}
    members: dict[str, Values] = {member: {day: found[member].get(day, 0.0) for day in whole} for member in shown}
    if len(ranked) > MOST_MEMBERS:
        members[OTHERS] = {day: whole[day] - sum(one[day] for one in members.values()) for day in whole}
    return members
