"""Gauges on paper: a bar of what is reached, on the track to a tick at the target."""

from reportlab.graphics.shapes import Rect

from charts.fonts import SEMIBOLD
from charts.gauges import TRACK_INK, Gauge, gauge_text, plan_gauges
from charts.paper.bars import VALUE_SIZE, Rows, category_names, draw_value_axis, make_rows
from charts.paper.drawing import ChartDrawing, Mark, empty_drawing, hairline, solid, words
from charts.plan import has_value_labels
from charts.spec import Chart, Role
from charts.theme import Theme

TRACK_WIDTH, BAR_WIDTH, TICK_WIDTH = 0.62, 0.34, 0.74


def gauge_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    plan, gauges = plan_gauges(chart)
    drawing = ChartDrawing(width, height)
    rows = make_rows(drawing, plan, [gauge_text(gauge, chart.unit) + "  " for gauge in gauges])
    draw_value_axis(drawing, rows, theme)
    labels = category_names(rows, theme)
    for gauge in gauges:
        _draw(drawing, rows, gauge, theme)
        if has_value_labels(plan):
            size = min(VALUE_SIZE, max(5.0, rows.row * TRACK_WIDTH))
            x = max(0.0, rows.across(max(0.0, gauge.value or 0.0, gauge.target or 0.0))) + 6
            y = rows.down(gauge.place) - size * 0.35
            text = words(gauge_text(gauge, chart.unit), x, y, colour=solid(theme.ink), size=size, font=SEMIBOLD)
            labels.append((gauge.place, text))
    for _, label in sorted(labels, key=lambda pair: pair[0]):
        drawing.add(label)
    return drawing


def _draw(drawing: ChartDrawing, rows: Rows, gauge: Gauge, theme: Theme) -> None:
    y, zero, names = rows.down(gauge.place), rows.across(0.0), [series.name for series in rows.plan.chart.series]
    bars = ((gauge.target, TRACK_WIDTH, theme.shade(TRACK_INK)), (gauge.value, BAR_WIDTH, theme.colour(Role.MAIN)))
    for value, share, colour in bars:
        if value is not None:
            left, right = sorted((zero, rows.across(value)))
            high = rows.row * share
            drawing.add(
                Rect(left, y - high / 2, right - left, high, rx=1, ry=1, fillColor=solid(colour), strokeColor=None)
            )
    if gauge.target is not None:
        x, half = rows.across(gauge.target), rows.row * TICK_WIDTH / 2
        drawing.add(hairline(x, y - half, x, y + half, solid(theme.ink), 1.6))
    drawing.remember(
        Mark(series=name, x=gauge.x, value=value, at=(rows.across(value), y))
        for name, value in zip(names, (gauge.value, gauge.target), strict=False)
        if value is not None
    )
