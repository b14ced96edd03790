"""Every metric by every member, watched by day under the reader's own policy."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.result import ColumnType, Result
from forecasting import Series, TimeStyle
from forecasting.anomalies.watch import Cause, Watch, Watched
from metrics import Catalog, Dimension, Grain, Metric, MetricQuery
from metrics.spec import PERIOD
from services.definitions import require_catalog
from services.foresight.verdicts import BUDGETS, Decisions, Judgement, find_decisions
from services.permitted import permitted
from services.platform import Platform
from services.query import ask
from tenants.access import Permission, Principal

_MOST_DIMENSIONS = 4
_MOST_MEMBERS = 8
_FEWEST_DAYS = 60
# What lies further back tells little about what is usual now.
_MOST_DAYS = 3 * 365
_MONTHS = 12
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cause with its metric, the day, and what was said of it."""

    cause: Cause
    metric: Metric
    day: dt.date
    judgement: Judgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomalies:
    """Causes newest first. `simulated` has for each budget how many alerts and causes a month of the last twelve would
    have had; `skipped` are metrics that could not be read, with the reason."""

    found: tuple[Found, ...]
    decisions: Decisions
    series: int
    simulated: tuple[tuple[float, float, float], ...]
    skipped: dict[str, str]
    labels: dict[str, str]
    today: dt.date


@permitted(Permission.METRIC_QUERY)
def find_causes(platform: Platform, principal: Principal, *, tell: Callable[[str], None] = lambda _: None) -> Anomalies:
    """What was unusual, as the reader may see it, under the tenant's budget. Raises UserError."""
    catalog = require_catalog(platform, principal)
    decisions = find_decisions(platform, principal)
    skipped: dict[str, str] = {}
    watched = list(_watch_all(platform, principal, catalog, skipped, tell))
    tell("Looking for what is unusual")
    today = principal.tenant.today(platform.clock)
    parts = [part for one in watched for part in (one.key, one.series.times.tobytes(), one.series.values.tobytes())]
    expected = decisions.expected()

    def compute() -> tuple[list[Cause], tuple[tuple[float, float, float], ...]]:
        watch = Watch(watched, expected)
        return watch.causes(decisions.budget), _simulate(watch, today)

    causes, simulated = platform.foresight.find(
        principal.tenant.id, "anomalies", (repr((decisions.budget, expected, today)), *parts), compute
    )
    labels = {one.name: one.label for model in catalog.models for one in catalog.reaches[model].all()}
    return Anomalies(
        found=tuple(_found(catalog, decisions, cause) for cause in causes),
        decisions=decisions,
        series=len(watched),
        simulated=simulated,
        skipped=skipped,
        labels=labels,
        today=today,
    )


def _found(catalog: Catalog, decisions: Decisions, cause: Cause) -> Found:
    day = _EPOCH + dt.timedelta(days=cause.lead.day)
    return Found(
        cause=cause,
        metric=catalog.metric(cause.lead.watched.metric),
        day=day,
        judgement=decisions.of(day, cause.lead.watched.key),
    )


def _simulate(watch: Watch, today: dt.date) -> tuple[tuple[float, float, float], ...]:
    since = (today - _EPOCH).days - 365
    rows = []
    for budget in BUDGETS:
        alerts = sum(alarm.day >= since for alarm in watch.alarms(budget))
        causes = sum(cause.lead.day >= since for cause in watch.causes(budget))
        rows.append((budget, alerts / _MONTHS, causes / _MONTHS))
    return tuple(rows)


def _watch_all(
    platform: Platform, principal: Principal, catalog: Catalog, skipped: dict[str, str], tell: Callable[[str], None]
) -> Iterator[Watched]:
    """The metrics of each model in one question, once as a whole and once by each of a few dimensions."""
    for model in catalog.models:
        metrics = [one for one in catalog.metrics.values() if one.model == model and _is_watched(catalog, one)]
        if not metrics:
            continue
        tell(catalog.models[model].label)
        own = [one for one in catalog.reaches[model].all() if not one.path and not one.is_time]
        for dimension in (None, *own[:_MOST_DIMENSIONS]):
            yield from _watch(platform, principal, catalog, metrics, dimension, skipped)


def _is_watched(catalog: Catalog, metric: Metric) -> bool:
    return metric.type in _NUMBERS and all(leaf.time is not None for leaf in catalog.leaves(metric.name))


def _watch(
    platform: Platform,
    principal: Principal,
    catalog: Catalog,
    metrics: list[Metric],
    dimension: Dimension | None,
    skipped: dict[str, str],
) -> Iterator[Watched]:
    by = () if dimension is None else (dimension.name,)
    since = principal.tenant.today(platform.clock) - dt.timedelta(days=_MOST_DAYS)
    for names in ([one.name for one in metrics], *([one.name] for one in metrics)):
        try:
            query = MetricQuery(metrics=tuple(names), by=by, grain=Grain.DAY, start=since)
            result = ask(platform, principal, query)
        except UserError as error:
            # Some metrics cannot be asked for together, or by this dimension: those alone are left out, and told.
            if len(names) == 1 and dimension is None:
                skipped[names[0]] = error.message
            continue
        for name in names:
            yield from _series_of(catalog, catalog.metric(name), result, dimension)
        if len(names) == len(metrics):
            return


def _series_of(catalog: Catalog, metric: Metric, result: Result, dimension: Dimension | None) -> Iterator[Watched]:
    is_additive = catalog.quantity(metric.name).is_additive
    found: dict[str, dict[int, float]] = {}
    members = result.values(dimension.name) if dimension is not None else [""] * result.table.num_rows
    for period, member, value in zip(result.values(PERIOD), members, result.values(metric.name), strict=True):
        if not isinstance(period, dt.date) or value is None or (result.running and period >= result.running):
            continue
        name = "Not set" if member is None else str(member)
        found.setdefault(name, {})[(period - _EPOCH).days] = float(str(value))
    ranked = sorted(found, key=lambda one: (-len(found[one]), one))
    if dimension is not None and len(ranked) > 5 * _MOST_MEMBERS:
        return
    for name in ranked[:_MOST_MEMBERS]:
        values = found[name]
        if len(values) < _FEWEST_DAYS:
            continue
        days = np.arange(min(values), max(values) + 1)
        empty = 0.0 if is_additive else np.nan
        yield Watched(
            metric=metric.name,
            group=metric.model,
            dimension="" if dimension is None else dimension.name,
            member=name if dimension is not None else "",
            is_additive=is_additive,
            series=Series(
                id=metric.label,
                times=days.astype(np.int64) * 86_400_000_000,
                values=np.array([values.get(int(day), empty) for day in days]),
                rows=np.arange(1, days.size + 1, dtype=np.int64),
                style=TimeStyle.DAY,
            ),
        )
