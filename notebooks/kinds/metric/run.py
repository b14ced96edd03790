"""Runs a metric cell: the figure, the same figure a period before, the sparkline, and the reason for a change."""

import datetime as dt
from dataclasses import replace

from core.errors import UserError
from core.numbers import Number
from core.result import Result
from metrics import Better, Grain, MetricQuery
from metrics.period import Period, date_label, previous
from notebooks.ask import Ask, MetricFacts
from notebooks.difference import Difference, explain_difference, explain_ratio
from notebooks.explanation import explain, is_notable, no_data
from notebooks.kinds.metric.output import TileOutput
from notebooks.kinds.metric.spark import build_spark
from notebooks.kinds.metric.spec import MetricCell
from notebooks.scope import Scope
from notebooks.timeline import settle
from notebooks.values import as_date, as_number, difference

# A change is told by the members of a dimension only where these are few enough to be read.
MAX_MEMBERS = 2_000


def run(cell: MetricCell, ask: Ask, scope: Scope) -> TileOutput:
    """The tile of one metric. Raises UserError where the metric or the filter is refused."""
    facts = ask.metric(cell.metric)
    where = scope.filter(cell.where)
    period = scope.period_for(cell.period)
    before = previous(period)
    value = _value(ask, facts, period, where)
    # A period that the data cover in part only would make any growth look large.
    is_covered = facts.data_from is None or facts.data_from <= before.start
    previous_value = _value(ask, facts, before, where) if is_covered else None
    change = difference(value, previous_value)
    tile = TileOutput(
        name=cell.name,
        metric=facts.name,
        label=facts.label,
        title=cell.title,
        description=facts.description,
        unit=facts.unit,
        decimals=facts.decimals,
        better=facts.better,
        is_additive=facts.is_additive,
        period=period,
        previous_period=before,
        value=value,
        previous_value=previous_value,
        change=change,
        relative_change=float(change) / abs(float(previous_value)) if change is not None and previous_value else None,
        comparison=_comparison(facts, before, is_known=previous_value is not None),
        spark=build_spark(ask, facts, scope, period, before, where),
    )
    # A change that rounds to nothing where it is shown is neither good nor bad.
    if tile.is_change_shown:
        tile = replace(tile, is_better=is_better(change, facts.better))
    if value is None:
        return replace(tile, sentence=no_data(period, _last_day(ask, facts, period)))
    if cell.explain and is_notable(change, tile.relative_change, facts.unit):
        return _explained(tile, ask, facts, cell.explain, where)
    return tile


def _comparison(facts: MetricFacts, before: Period, *, is_known: bool) -> str:
    if is_known:
        return f"vs {before.label}"
    if facts.data_from is not None and before.start < facts.data_from <= before.end:
        return f"data begin on {date_label(facts.data_from)}"
    return f"no data for {before.label}"


def is_better(change: Number | None, better: Better) -> bool | None:
    """Whether a change is good news; None for no change and for metrics that are neither."""
    if not change or better is Better.NEUTRAL:
        return None
    return (change > 0) is (better is Better.UP)


def _value(ask: Ask, facts: MetricFacts, period: Period, where: str | None) -> Number | None:
    result = ask.ask(MetricQuery(metrics=(facts.name,), start=period.start, end=period.end, where=where))
    values = result.values(facts.name)
    value = as_number(values[0]) if values else None
    # A count over no rows at all is 0 too; whether that is nothing sold or nothing loaded is looked up only then.
    return value if value else settle(value, facts, is_covered=_is_covered(ask, facts, period))


def _is_covered(ask: Ask, facts: MetricFacts, period: Period) -> bool:
    """Whether the metric's data reach into a period."""
    last = _last_day(ask, facts, period)
    starts_late = facts.data_from is not None and facts.data_from > period.end
    return last is not None and last >= period.start and not starts_late


def _last_day(ask: Ask, facts: MetricFacts, period: Period) -> dt.date | None:
    """The last day with data up to the end of a period, whatever the filters; None where there is none."""
    if facts.data_to is not None:
        return facts.data_to
    query = MetricQuery(metrics=(facts.name,), grain=Grain.DAY, end=period.end, order=("-period",), limit=1)
    result = ask.ask(query)
    days = result.values(result.columns[0].name)
    return as_date(days[0]) if days else None


def _explained(tile: TileOutput, ask: Ask, facts: MetricFacts, dimension: str, where: str | None) -> TileOutput:
    """The tile with its change told by the members of a dimension. What prevents that never costs the figure."""
    try:
        found = _difference(tile, ask, facts, dimension, where)
    except UserError as error:
        return replace(tile, note=error.message)
    return replace(tile, difference=found, sentence=explain(found)) if found else tile


def explaining(facts: MetricFacts, dimension: str, where: str | None) -> MetricQuery | None:
    """The question, of no dates yet, whose answers for two periods tell a change by members; None where none does."""
    parts = () if facts.is_additive else _parts(facts)
    if not (facts.is_additive or parts):
        return None
    return MetricQuery(metrics=(facts.name, *parts), by=(dimension,), where=where, limit=MAX_MEMBERS + 1)


def _parts(facts: MetricFacts) -> tuple[str, ...]:
    return (facts.numerator, facts.denominator) if facts.numerator and facts.denominator else ()


def _difference(tile: TileOutput, ask: Ask, facts: MetricFacts, dimension: str, where: str | None) -> Difference | None:
    query = explaining(facts, dimension, where)
    if tile.previous_value is None or query is None:
        return None
    current, before = (
        ask.ask(replace(query, start=period.start, end=period.end)) for period in (tile.period, tile.previous_period)
    )
    if max(_rows(current), _rows(before)) > MAX_MEMBERS:
        return None
    if not facts.is_additive:
        top, bottom = query.metrics[1:]
        return explain_ratio(current, before, metric=facts.name, numerator=top, denominator=bottom, change=tile.change)
    return explain_difference(current, before, metric=facts.name, change=tile.change)


def _rows(result: Result) -> int:
    return int(result.table.num_rows)
