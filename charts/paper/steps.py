"""Waterfalls on paper: a bar for each step in reading order, joined by hairlines."""

import itertools

from charts.fonts import REGULAR, SEMIBOLD
from charts.paper.bars import VALUE_SIZE, Box, RowLabel, Rows, boxes_path, category_names, draw_value_axis, make_rows
from charts.paper.drawing import ChartDrawing, Mark, empty_drawing, hairline, hatch, solid, words
from charts.plan import GAP, has_value_labels
from charts.spec import Chart
from charts.steps import Step, plan_steps, step_text
from charts.theme import Theme, ink


def waterfall_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """Horizontal bars from level to level, each with its change at its right."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    plan, steps = plan_steps(chart)
    drawing = ChartDrawing(width, height)
    rows = make_rows(drawing, plan, [step_text(step, chart.unit) for step in steps])
    draw_value_axis(drawing, rows, theme)
    labels = category_names(rows, theme)
    for above, below in itertools.pairwise(steps):
        x = rows.across(above.end)
        line = solid(theme.shade(ink("context")))
        drawing.add(hairline(x, rows.down(above.place), x, rows.down(below.place), line))
    unfinished = set(plan.runs[0].points[plan.runs[0].complete :])
    for step in steps:
        labels += _draw_step(drawing, rows, step, theme, is_whole=step.x not in unfinished)
    # Row by row, so that in the text of the page each value follows its name.
    for _, label in sorted(labels, key=lambda pair: pair[0]):
        drawing.add(label)
    return drawing


def _draw_step(drawing: ChartDrawing, rows: Rows, step: Step, theme: Theme, *, is_whole: bool) -> list[RowLabel]:
    half, middle = rows.row * (1 - GAP) / 2, rows.down(step.place)
    box = Box(start=rows.across(step.start), end=rows.across(step.end), low=middle - half, high=middle + half)
    colour = solid(theme.colour(step.role))
    if is_whole:
        drawing.add(boxes_path([box], colour, is_upright=False))
    else:
        left, right = sorted((box.start, box.end))
        drawing.add(hatch(left, box.low, right, box.high, colour, 1.1))
    series = rows.plan.runs[0].name
    drawing.remember([Mark(series=series, x=step.x, value=step.value, at=(box.end, middle))])
    if not has_value_labels(rows.plan):
        return []
    size = min(VALUE_SIZE, max(5.0, box.high - box.low))
    font = SEMIBOLD if step.is_total else REGULAR
    text = step_text(step, rows.plan.chart.unit)
    edge = max(box.start, box.end) + 4
    return [(step.place, words(text, edge, middle - size * 0.35, colour=solid(theme.ink), size=size, font=font))]
