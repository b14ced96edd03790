"""Figures of histograms: columns that touch, with the bounds of the bins below."""

from typing import TYPE_CHECKING

from charts.bins import LABELLED_BINS, bin_name, bins_extent, plan_bins
from charts.labels import value_text
from charts.screen.bars import bar_part
from charts.screen.frame import bold, domain_axis, empty_figure, layout, literal, make_figure, value_axis
from charts.spec import Chart
from charts.theme import Theme
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go


def histogram_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    if chart.is_empty:
        return empty_figure()
    plan = plan_bins(chart)
    run = plan.runs[0]
    is_labelled = len(run.values) <= LABELLED_BINS
    parts = layout(theme, top=8, right=16)
    parts["xaxis"] = domain_axis(theme, plan.domain, bins_extent(plan), right=16)
    parts["yaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    parts["barcornerradius"] = 0
    bars = bar_part(plan, run, theme) | {
        "orientation": "v",
        "x": list(run.positions),
        "y": list(run.values),
        "width": plan.domain.step,
        "offset": 0,
        "text": [bold(value_text(value, None)) if is_labelled and value else "" for value in run.values],
        "customdata": [
            (full(value, chart.unit), literal(bin_name(chart, x)))
            for x, value in zip(run.points, run.values, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
        # A gap of a pixel, where columns are wide enough to have one.
        "marker": {
            "color": theme.colour(run.role),
            "line": {"width": 1 if len(run.values) <= 60 else 0, "color": theme.background},
        },
    }
    return make_figure([bars], parts)
