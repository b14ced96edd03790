"""Runs a chart cell: over time where it has a grain, otherwise over the members of its dimension."""

from collections.abc import Callable, Sequence

from charts import Chart, ChartKind, require_drawable
from core.errors import RefusedError
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.flows import draw_sankey
from notebooks.kinds.chart.gauges import draw_gauges
from notebooks.kinds.chart.members import draw_members
from notebooks.kinds.chart.needs import MIXED, SUMMED
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.places import draw_map, draw_scatter
from notebooks.kinds.chart.spec import PILED, ChartCell
from notebooks.kinds.chart.spread import draw_boxes, draw_calendar, draw_histogram
from notebooks.kinds.chart.steps import draw_waterfall
from notebooks.kinds.chart.time import draw_time
from notebooks.scope import Scope

_SHAPED: dict[ChartKind, Callable[[ChartCell, Sequence[MetricFacts], Ask, Scope], ChartOutput]] = {
    ChartKind.BOX: draw_boxes,
    ChartKind.CALENDAR: draw_calendar,
    ChartKind.GAUGE: draw_gauges,
    ChartKind.HISTOGRAM: draw_histogram,
    ChartKind.MAP: draw_map,
    ChartKind.SANKEY: draw_sankey,
    ChartKind.SCATTER: draw_scatter,
    ChartKind.WATERFALL: draw_waterfall,
}


def run(cell: ChartCell, ask: Ask, scope: Scope) -> ChartOutput:
    """The chart with its values. Raises UserError where a metric, dimension or filter is refused."""
    facts = [ask.metric(name) for name in cell.metrics]
    if cell.chart not in MIXED:
        _require_one_unit(facts)
    if cell.chart in PILED or (cell.chart in SUMMED and cell.grain is None):
        _require_sums(facts)
    draw = _SHAPED.get(cell.chart, draw_members if cell.grain is None else draw_time)
    drawn = draw(cell, facts, ask, scope)
    if cell.chart is ChartKind.SHARE:
        _require_parts(drawn.chart)
    require_drawable(drawn.chart)
    return drawn


def _require_sums(facts: list[MetricFacts]) -> None:
    others = ", ".join(one.label for one in facts if not one.is_additive)
    if others:
        raise RefusedError(f"{others} cannot be piled up, because its parts do not add up; use a line or bars.")


def _require_parts(chart: Chart) -> None:
    if any(value is not None and value < 0 for series in chart.series for value in series.y):
        raise RefusedError("Some of these amounts are negative, so they are no parts of a whole; use a stacked chart.")


def _require_one_unit(facts: list[MetricFacts]) -> None:
    units = {one.unit for one in facts}
    if len(units) > 1:
        named = ", ".join(f"{one.label} ({one.unit or 'no unit'})" for one in facts)
        raise RefusedError(
            f"{named} cannot share one axis, because their units differ; make one chart for each, or set two "
            "against each other in a scatter chart by a dimension."
        )
