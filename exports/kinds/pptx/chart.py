"""A native chart: its values are in a workbook of its own inside the presentation, and can be edited there."""

from pptx.chart.chart import Chart as NativeChart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from charts import Chart, ChartKind, Role, native_helpers, plain_form
from charts.domain import domain_of
from charts.native.number_format import axis_format, number_format
from charts.plan import finite
from charts.table import name_of
from charts.theme import print_theme
from exports.kinds.pptx.slide import FONT, HEIGHT, LEFT, TOP, WIDTH, Deck, clean, colour
from exports.markdown import Paragraph, Span

_KINDS = {
    ChartKind.AREA: XL_CHART_TYPE.AREA,
    ChartKind.BAR: XL_CHART_TYPE.BAR_CLUSTERED,
    ChartKind.COLUMN: XL_CHART_TYPE.COLUMN_CLUSTERED,
    ChartKind.HISTOGRAM: XL_CHART_TYPE.COLUMN_CLUSTERED,
    ChartKind.LINE: XL_CHART_TYPE.LINE,
    ChartKind.SHARE: XL_CHART_TYPE.COLUMN_STACKED_100,
    ChartKind.SPARKLINE: XL_CHART_TYPE.LINE,
    ChartKind.STACKED: XL_CHART_TYPE.COLUMN_STACKED,
    ChartKind.WATERFALL: XL_CHART_TYPE.COLUMN_STACKED,
}
_LABELLED = frozenset({ChartKind.BAR, ChartKind.COLUMN})
_MOST_LABELS = 12
_LINES = frozenset({ChartKind.LINE, ChartKind.SPARKLINE})


def draw_chart(deck: Deck, chart: Chart) -> None:
    """A slide with the chart, or with the word that there is nothing to draw."""
    subtitle = " · ".join(part for part in (chart.subtitle, chart.incomplete_note) if part)
    if chart.is_empty:
        deck.lines(chart.title, [Paragraph(spans=(Span(text="No data in this period"),))])
        return
    slide = deck.slide(chart.title, subtitle)
    chart = plain_form(chart)
    frame = slide.shapes.add_chart(_KINDS[chart.kind], LEFT, TOP, WIDTH, HEIGHT, _data(chart))
    frame.name = clean(chart.description)
    _style(frame.chart, chart)


def _data(chart: Chart) -> CategoryChartData:
    domain = domain_of(chart, is_category=chart.kind.is_by_name)
    data = CategoryChartData(number_format=number_format(chart.unit, None))
    data.categories = [clean(name_of(chart, domain, x), 200) for x in domain.points]
    for series in native_helpers(chart) or chart.series:
        values = dict(zip(series.x, series.y, strict=True))
        data.add_series(clean(series.name, 200), [finite(values.get(x)) for x in domain.points])
    return data


def _style(native: NativeChart, chart: Chart) -> None:
    native.font.size, native.font.name, native.font.color.rgb = Pt(12), FONT, colour("text2")
    native.has_title = False
    native.has_legend = len(chart.series) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.value_axis.major_gridlines.format.line.color.rgb = colour("line")
    native.value_axis.format.line.fill.background()
    native.category_axis.format.line.color.rgb = colour("lineStrong")
    if chart.kind is ChartKind.BAR:
        # PowerPoint draws the first bar at the bottom; turned round, the values would stand at the top.
        native.category_axis.reverse_order = True
        native.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    labels = native.value_axis.tick_labels
    labels.number_format_is_linked = False
    labels.number_format = "0%" if chart.kind is ChartKind.SHARE else axis_format(chart.unit)
    if len(chart.series) == 1 and chart.kind in _LABELLED and len(chart.series[0].x) <= _MOST_LABELS:
        _label(native, chart)
    theme = print_theme()
    helpers = native_helpers(chart)
    if chart.kind is ChartKind.HISTOGRAM:
        native.plots[0].gap_width = 4
    for series, drawn in zip(helpers or chart.series, native.plots[0].series, strict=True):
        ink = RGBColor.from_string(theme.colour(series.role).lstrip("#")[:6].upper())
        if helpers and series.role is Role.CONTEXT:
            # What the marks stand on is not drawn itself.
            drawn.format.fill.background()
            continue
        if chart.kind not in _LINES:
            drawn.format.fill.solid()
            drawn.format.fill.fore_color.rgb = ink
            continue
        drawn.smooth = False
        drawn.format.line.color.rgb, drawn.format.line.width = ink, Pt(2.25)
        if series.is_dashed:
            drawn.format.line.dash_style = MSO_LINE.DASH
        for place in _incomplete(chart):
            # The line to a period that has not ended yet falls for no other reason.
            line = drawn.points[place].format.line
            line.color.rgb, line.width, line.dash_style = ink, Pt(2.25), MSO_LINE.ROUND_DOT


def _label(native: NativeChart, chart: Chart) -> None:
    plot = native.plots[0]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format_is_linked = False
    labels.number_format = number_format(chart.unit) if chart.unit == "ratio" else axis_format(chart.unit)
    labels.font.size, labels.show_value = Pt(11), True


def _incomplete(chart: Chart) -> list[int]:
    """The places of the periods that have not ended."""
    points = list(domain_of(chart, is_category=chart.kind.is_by_name).points)
    start = chart.incomplete_from
    return list(range(points.index(start), len(points))) if start in points else []
