"""Histograms on paper: columns that touch, with the bounds of the bins below."""

from charts.bins import LABELLED_BINS, bins_extent, plan_bins
from charts.fonts import SEMIBOLD, text_width
from charts.labels import value_text
from charts.paper.bars import VALUE_SIZE, Box, boxes_path
from charts.paper.drawing import ChartDrawing, Mark, empty_drawing, solid, words
from charts.paper.frame import draw_domain_labels, draw_grid, make_frame
from charts.spec import Chart
from charts.theme import Theme


def histogram_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    plan = plan_bins(chart)
    run = plan.runs[0]
    drawing = ChartDrawing(width, height)
    frame = make_frame(drawing, plan, bins_extent(plan), right_room=14, top_room=6)
    draw_grid(drawing, frame, theme)
    slot = frame.across(plan.domain.step) - frame.across(0)
    gap = min(0.4, slot * 0.05)
    boxes = []
    for x, position, value in zip(run.points, run.positions, run.values, strict=True):
        if value is None:
            continue
        left, top = frame.across(position), frame.up(value)
        boxes.append(Box(start=frame.up(0.0), end=top, low=left + gap, high=left + slot - gap, radius=0.0))
        drawing.remember([Mark(series=run.name, x=x, value=value, at=(left + slot / 2, top))])
        if len(run.values) <= LABELLED_BINS and value:
            text = value_text(value, None)
            half = text_width(text, VALUE_SIZE, SEMIBOLD) / 2
            middle = max(half, min(left + slot / 2, width - half))
            drawing.add(
                words(text, middle, top + 3, colour=solid(theme.ink), size=VALUE_SIZE, font=SEMIBOLD, anchor="middle")
            )
    drawing.add(boxes_path(boxes, solid(theme.colour(run.role)), is_upright=True))
    draw_domain_labels(drawing, frame, theme)
    return drawing
