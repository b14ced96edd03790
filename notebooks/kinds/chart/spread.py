"""How values spread: the histogram of a chart cell, over members or over periods."""

from collections.abc import Sequence
from dataclasses import replace

from charts import Chart, ChartKind, Y
from charts.bins import bin_name, count_in_bins
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import MAX_MEMBERS, fetch_members
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.chart.time import draw_time
from notebooks.scope import Scope
from notebooks.values import as_y


def draw_histogram(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """How many members, or periods, have a value of which size."""
    fact = facts[0]
    if cell.grain is not None:
        drawn = draw_time(replace(cell, chart=ChartKind.LINE), facts, ask, scope)
        values, result = drawn.chart.series[0].y, drawn.result
        what, when = f"{cell.grain.value.capitalize()}s", ""
    else:
        members = fetch_members(cell, facts, ask, scope)
        values, result = tuple(as_y(bar.values[0]) for bar in members.bars[:MAX_MEMBERS]), members.result
        what = f"Members of {result.columns[0].label}"
        when = members.when if members.is_all else f"{members.when}; the largest {MAX_MEMBERS:,}"
    title = cell.title or f"{what} by {fact.label}"
    chart = count_values(values, title=title, what=what, unit=fact.unit)
    return ChartOutput(chart=replace(chart, subtitle=when, x_label=fact.label), result=result)


def count_values(values: Sequence[Y], *, title: str, what: str, unit: str | None) -> Chart:
    """The histogram of values, with the fullest bin named in its description."""
    known = [float(value) for value in values if value is not None]
    series, width = count_in_bins(what, known)
    chart = Chart(
        kind=ChartKind.HISTOGRAM,
        title=title,
        description=f"{title}: no data.",
        series=(series,) if known else (),
        bin_width=width,
        x_unit=unit,
    )
    if not known:
        return chart
    most = max(range(len(series.x)), key=lambda place: series.y[place] or 0)
    words = f"{title}: {len(known):,} in all, most of them, {series.y[most]:,}, from {bin_name(chart, series.x[most])}."
    return replace(chart, description=words)
