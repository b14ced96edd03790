"""The forecast of any metric with its record: which model, why, how wrong it was, how often its interval held."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from charts import Chart, ChartKind, Role, Series, X, Y
from charts import Grain as ChartGrain
from core.errors import RefusedError
from core.numbers import full
from forecasting import Forecast, Forecasts, ForecastSpec, forecast_series, reconcile_total
from services.definitions import require_catalog
from services.explore import first_question
from services.foresight.past import Past, Values, as_series, read_past
from services.foresight.question import FREQUENCIES, LEVEL, ForecastQuestion, moment_of
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

# How many past periods a chart shows for each one ahead, and at least.
_SHOWN_PER_AHEAD, _LEAST_SHOWN = 5, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberForecast:
    """The forecast of a member; `forecast` is None where it was refused, for `reason`."""

    member: str
    past: Values
    forecast: Forecast | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricForecast:
    """A forecast with all a reader needs to judge it. `is_reconciled`: members add up to the whole."""

    question: ForecastQuestion
    past: Past
    forecast: Forecast
    members: tuple[MemberForecast, ...]
    is_reconciled: bool
    chart: Chart

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the data and what the back-test said, in sentences."""
        own = (note.removeprefix(f"{self.past.metric.label}: ") for note in self.forecast.notes)
        return (*self.past.notes, *(f"{note[:1].upper()}{note[1:]}" for note in own))


@permitted(Permission.METRIC_QUERY)
def forecast_metric(platform: Platform, principal: Principal, question: ForecastQuestion) -> MetricForecast:
    """The forecast of a question. Raises UserError, such as RefusedError for a series too short or not regular."""
    past = read_past(platform, principal, question)
    spec = ForecastSpec(horizon=question.horizon, level=LEVEL, frequency=FREQUENCIES[question.grain])
    label = past.metric.label
    found = _forecasts(platform, principal, {label: past.whole}, spec)
    if not found.forecasts:
        raise RefusedError(found.refusals[0].reason)
    whole = found.forecasts[0]
    members = _member_forecasts(platform, principal, past, spec)
    known = [one.forecast for one in members if one.forecast is not None]
    is_reconciled = past.is_additive and bool(known) and len(known) == len(members)
    if is_reconciled:
        whole, moved = reconcile_total(whole, known)
        members = tuple(
            MemberForecast(member=one.member, past=one.past, forecast=new)
            for one, new in zip(members, moved, strict=True)
        )
    return MetricForecast(
        question=question,
        past=past,
        forecast=whole,
        members=members,
        is_reconciled=is_reconciled,
        chart=draw_fan(question, past, whole),
    )


@permitted(Permission.METRIC_QUERY)
def first_forecast(platform: Platform, principal: Principal) -> str:
    """The metric the page opens on: the first figure of Home, or the first by name. Raises InvalidError for none."""
    catalog = require_catalog(platform, principal)
    found = first_question(platform, principal).metrics
    return found[0] if found else min(catalog.metrics)


def _member_forecasts(
    platform: Platform, principal: Principal, past: Past, spec: ForecastSpec
) -> tuple[MemberForecast, ...]:
    if not past.members:
        return ()
    found = _forecasts(platform, principal, past.members, spec)
    known = {one.id: one for one in found.forecasts}
    reasons = {one.id: one.reason for one in found.refusals}
    return tuple(
        MemberForecast(member=member, past=values, forecast=known.get(member), reason=reasons.get(member, ""))
        for member, values in past.members.items()
    )


def _forecasts(platform: Platform, principal: Principal, pasts: Mapping[str, Values], spec: ForecastSpec) -> Forecasts:
    series = [as_series(name, values) for name, values in pasts.items()]
    parts = [part for one in series for part in (one.id, one.times.tobytes(), one.values.tobytes())]
    return platform.foresight.find(
        principal.tenant.id, "series", (repr(spec), *parts), lambda: forecast_series(series, spec)
    )


def shown_past(past: Past, horizon: int) -> list[dt.date]:
    """The past periods that are shown before so many ahead, oldest first."""
    return sorted(past.whole)[-max(_LEAST_SHOWN, _SHOWN_PER_AHEAD * horizon) :]


def draw_fan(question: ForecastQuestion, past: Past, forecast: Forecast) -> Chart:
    """The past, what is expected, and the interval it lies in nine times out of ten."""
    shown = shown_past(past, question.horizon)
    ahead = [moment_of(point.time) for point in forecast.points]
    last, unit, label = past.whole[shown[-1]], past.metric.unit, past.metric.label
    # The fan opens at the last value that is known.
    x: tuple[X, ...] = (shown[-1], *ahead)
    lines: list[tuple[str, tuple[X, ...], tuple[Y, ...], Role]] = [
        (label, tuple(shown), tuple(past.whole[day] for day in shown), Role.MAIN),
        ("Expected", x, (last, *(point.mean for point in forecast.points)), Role.MAIN),
        ("Low", x, (last, *(point.lo for point in forecast.points)), Role.CONTEXT),
        ("High", x, (last, *(point.hi for point in forecast.points)), Role.CONTEXT),
    ]
    first = forecast.points[0]
    return Chart(
        kind=ChartKind.LINE,
        title=f"{label} by {question.grain} and what is expected",
        subtitle=f"Shaded: where {LEVEL} of 100 values should lie",
        description=(
            f"{label}: {full(last, unit)} in the last whole {question.grain}; {full(first.mean, unit)} expected next, "
            f"between {full(first.lo, unit)} and {full(first.hi, unit)}."
        ),
        series=tuple(
            Series(name=name, x=periods, y=values, role=role, is_dashed=number > 0)
            for number, (name, periods, values, role) in enumerate(lines)
        ),
        grain=ChartGrain(question.grain.value),
        unit=unit,
        between=(2, 3),
    )
