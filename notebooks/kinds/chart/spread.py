"""How values spread: histograms, box plots and calendars of a chart cell."""

from collections.abc import Sequence
from dataclasses import replace

from charts import Chart, ChartKind, X
from charts.bins import histogram_chart
from charts.boxes import box_series
from core.numbers import compact
from metrics import Grain
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import MAX_MEMBERS, fetch_members
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import DEFAULT_LAST, ChartCell
from notebooks.kinds.chart.time import draw_time
from notebooks.scope import Scope
from notebooks.timeline import fetch_timeline
from notebooks.values import as_y, member_labels


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
    chart = histogram_chart(values, title=title, what=what, unit=fact.unit)
    return ChartOutput(chart=replace(chart, subtitle=when, x_label=fact.label), result=result)


def draw_boxes(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """How the values of the whole periods spread, for each of the largest members."""
    fact, grain = facts[0], cell.grain or Grain.MONTH
    timeline = fetch_timeline(
        ask, scope, metrics=cell.metrics, grain=grain, last=cell.last or DEFAULT_LAST[grain], by=cell.by[0],
        where=scope.filter(cell.where),
    )  # fmt: skip
    members = timeline.members()
    groups: list[tuple[X, list[float]]] = []
    for label, member in zip(member_labels(members), members, strict=True):
        pairs = zip(timeline.values(fact, member), timeline.periods, strict=True)
        # A period still running is low for what adds up, so it would widen every box.
        known = [float(value) for value, period in pairs if value is not None and period.is_complete]
        if known:
            groups.append((label, known))
    groups.sort(key=lambda group: (-sorted(group[1])[len(group[1]) // 2], str(group[0])))
    shown = groups[: cell.limit]
    by = timeline.result.columns[1].label
    title = cell.title or f"{fact.label} by {grain.value}, spread by {by.lower()}"
    left_out = f"; {len(shown)} of {len(groups)} shown" if len(shown) < len(groups) else ""
    series = box_series(shown) if shown else ()
    told = "no data" if not shown else f"{shown[0][0]} has the highest median, {compact(series[2].y[0], fact.unit)}"
    chart = Chart(
        kind=ChartKind.BOX, title=title, subtitle=f"Box: middle half of the {grain.value}s; line: median{left_out}",
        description=f"{title}: {told}.", series=series, unit=fact.unit, x_label=by,
    )  # fmt: skip
    return ChartOutput(chart=chart, result=timeline.result)


def draw_calendar(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """Each day by its value."""
    drawn = draw_time(replace(cell, chart=ChartKind.LINE), facts, ask, scope)
    chart = replace(drawn.chart, kind=ChartKind.CALENDAR, incomplete_from=None, incomplete_note="")
    return replace(drawn, chart=chart)
