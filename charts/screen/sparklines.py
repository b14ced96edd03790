"""Figures of sparklines, for places that hold a Plotly chart; tiles use `charts.sparkline.sparkline_svg`."""

from typing import TYPE_CHECKING

from charts.plan import line_extent, make_plan
from charts.screen.frame import Part, domain_axis, empty_figure, layout, make_figure
from charts.screen.lines import run_traces
from charts.spec import Chart, Role
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 38


def sparkline_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure of a sparkline: lines only, the axes hidden."""
    if chart.is_empty:
        return empty_figure()
    plan = make_plan(chart, is_from_zero=False, padding=0.12)
    traces: list[Part] = []
    for run in sorted(plan.runs, key=lambda run: run.role is not Role.CONTEXT):
        traces += run_traces(plan, run, theme, is_filled=False)
    parts = layout(theme, top=2, right=4, height=HEIGHT)
    parts["margin"] = {"l": 2, "t": 2, "b": 2, "r": 6, "pad": 0}
    parts["xaxis"] = domain_axis(theme, plan.domain, line_extent(plan)) | {"visible": False}
    parts["yaxis"] = {"visible": False, "fixedrange": True, "range": [plan.scale.low, plan.scale.high]}
    return make_figure(traces, parts)
