"""The plain form of a chart: the same figures as bars, columns or lines, for programs that draw no other kinds."""

from dataclasses import replace

from charts.boxes import boxes_of
from charts.flows import flow_name, flows_of
from charts.spec import Chart, ChartKind, Series

_PLAIN = {
    ChartKind.CALENDAR: ChartKind.COLUMN,
    ChartKind.GAUGE: ChartKind.BAR,
    ChartKind.MAP: ChartKind.BAR,
    ChartKind.SCATTER: ChartKind.BAR,
    ChartKind.TREEMAP: ChartKind.BAR,
}


def plain_form(chart: Chart) -> Chart:
    """The chart itself where its kind is drawn everywhere, else its nearest plain kind over the same values."""
    if chart.kind is ChartKind.SANKEY:
        flows = flows_of(chart)
        bars = Series(name="Amount", x=tuple(map(flow_name, flows)), y=tuple(flow.value for flow in flows))
        return replace(chart, kind=ChartKind.BAR, series=(bars,))
    if chart.kind is ChartKind.BOX:
        boxes = boxes_of(chart)
        median = Series(name="Median", x=tuple(box.x for box in boxes), y=tuple(box.values[2] for box in boxes))
        return replace(chart, kind=ChartKind.BAR, series=(median,))
    if chart.kind is ChartKind.SCATTER and len({chart.unit_of(series) for series in chart.series}) > 1:
        # Two measures of different units share no axis.
        return replace(chart, kind=ChartKind.BAR, series=chart.series[:1], unit=chart.unit_of(chart.series[0]))
    return replace(chart, kind=_PLAIN.get(chart.kind, chart.kind))
