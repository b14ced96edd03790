"""Gauges of a chart cell: metrics, or the members of a dimension, against a target."""

from collections.abc import Sequence
from dataclasses import replace

from charts import Series
from core.numbers import compact
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import draw_members
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.chart.steps import draw_metrics
from notebooks.scope import Scope


def draw_gauges(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """What is reached in the period, and the target beside it."""
    drawn = draw_members(cell, facts, ask, scope) if cell.by else draw_metrics(cell, facts, ask, scope)
    chart = drawn.chart
    values = chart.series[0]
    series = (values, Series(name="Target", x=values.x, y=(cell.target,) * len(values.x)))
    words = f"{chart.description} Target {compact(cell.target, chart.unit)}."
    return replace(drawn, chart=replace(chart, series=series, description=words))
