"""Sparklines on paper."""

from charts.paper.drawing import ChartDrawing, empty_drawing
from charts.paper.frame import Frame
from charts.paper.lines import draw_run
from charts.plan import line_extent, make_plan
from charts.spec import Chart, Role
from charts.theme import Theme

INSET = 3.0


def sparkline_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The shape of the series without axes or words."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    plan = make_plan(chart, is_from_zero=False, padding=0.05)
    drawing = ChartDrawing(width, height)
    frame = Frame(
        left=INSET,
        bottom=INSET,
        right=max(width - INSET, INSET + 1),
        top=max(height - INSET, INSET + 1),
        extent=line_extent(plan),
        plan=plan,
    )
    for run in sorted(plan.runs, key=lambda run: run.role is not Role.CONTEXT):
        draw_run(drawing, frame, run, theme, is_filled=False)
    return drawing
