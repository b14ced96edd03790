"""Waterfalls of a chart cell: members or metrics that add up, or the changes from period to period."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from charts import Chart, ChartKind, Series, X, Y
from charts.domain import domain_of
from core.numbers import compact
from metrics import MetricQuery
from metrics.period import PeriodKind
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import MAX_MEMBERS, draw_members
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.chart.time import draw_time
from notebooks.kinds.chart.words import joined
from notebooks.scope import Scope
from notebooks.values import as_number, as_y

TOTAL = "Total"


def draw_waterfall(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """Steps that lead to their total, or from the level of the first period to that of the last."""
    if cell.grain is not None:
        return _changes(draw_time(replace(cell, chart=ChartKind.LINE), facts, ask, scope))
    if not cell.by:
        drawn = draw_metrics(cell, facts, ask, scope)
        return replace(drawn, chart=_with_total(drawn.chart, TOTAL))
    drawn = draw_members(cell, facts, ask, scope)
    count = int(drawn.result.table.num_rows)
    is_whole = count <= cell.limit or (cell.limit > 1 and count <= MAX_MEMBERS)
    return replace(drawn, chart=_with_total(drawn.chart, TOTAL if is_whole else f"{TOTAL} of those shown"))


def _with_total(chart: Chart, name: str) -> Chart:
    """The values of a chart as steps, and the total they lead to."""
    one = chart.series[0]
    total = sum(value for value in one.y if value is not None)
    name = name if name not in one.x else f"{name} of all"
    steps = replace(one, x=(*one.x, name), y=(*one.y, total))
    words = f"{chart.description} Total {compact(total, chart.unit)}." if one.x else chart.description
    return replace(chart, series=(steps,) if one.x else (), totals=(len(one.x),), description=words)


def draw_metrics(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """Each metric by its name, in their order, over one period."""
    period = scope.period_for(cell.period or PeriodKind.QUARTER)
    result = ask.ask(
        MetricQuery(metrics=cell.metrics, start=period.start, end=period.end, where=scope.filter(cell.where))
    )
    values: list[Y] = []
    for fact in facts:
        found = result.values(fact.name)
        values.append(as_y(as_number(found[0])) if found else None)
    labels = [fact.label for fact in facts]
    title = cell.title or joined(labels)
    when = period.label if period.is_complete else f"{period.label} to date"
    unit = facts[0].unit
    told = ", ".join(f"{label} {compact(value, unit)}" for label, value in zip(labels, values, strict=True))
    chart = Chart(
        kind=cell.chart,
        title=title,
        subtitle=when,
        description=f"{title}, {when}: {told}.",
        series=(Series(name="Amount", x=tuple(labels), y=tuple(values)),),
        unit=unit,
        x_label="Metric",
    )
    return ChartOutput(chart=chart, result=result, is_additive=True)


def _changes(drawn: ChartOutput) -> ChartOutput:
    """The level of the first period, the change of each later one, and the level of the last."""
    chart = drawn.chart
    whole, domain = chart.series[0], domain_of(chart)
    known = [(x, value) for x, value in zip(whole.x, whole.y, strict=True) if value is not None]
    names: list[X] = [domain.text(x) for x, _ in known]
    levels = [value for _, value in known]
    changes = [later - earlier for earlier, later in itertools.pairwise(levels)]
    is_running = bool(known) and chart.incomplete_from == known[-1][0]
    steps = Series(name=whole.name, x=tuple(names), y=tuple(levels))
    totals: tuple[int, ...] = (0,)
    if changes:
        end = f"{'So far' if is_running else 'Level'} in {names[-1]}"
        steps = replace(steps, x=(*names, end), y=(levels[0], *changes, levels[-1]))
        totals = (0, len(names))
    made = replace(
        chart,
        kind=ChartKind.WATERFALL,
        series=(steps,) if known else (),
        totals=totals,
        grain=None,
        events=(),
        incomplete_from=None,
        incomplete_note="",
        subtitle=chart.incomplete_note if is_running else "",
    )
    return replace(drawn, chart=made)
