"""Runs a chart cell: over time where it has a grain, otherwise over the members of its dimension."""

from core.errors import RefusedError
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import draw_members
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.chart.time import draw_time
from notebooks.scope import Scope


def run(cell: ChartCell, ask: Ask, scope: Scope) -> ChartOutput:
    """The chart with its values. Raises UserError where a metric, dimension or filter is refused."""
    facts = [ask.metric(name) for name in cell.metrics]
    _require_one_unit(facts)
    return draw_members(cell, facts, ask, scope) if cell.grain is None else draw_time(cell, facts, ask, scope)


def _require_one_unit(facts: list[MetricFacts]) -> None:
    units = {one.unit for one in facts}
    if len(units) > 1:
        named = ", ".join(f"{one.label} ({one.unit or 'no unit'})" for one in facts)
        raise RefusedError(f"{named} cannot share one axis, because their units differ; make one chart for each.")
