"""Figures of gauges: a bar of what is reached, on the track to a tick at the target."""

from typing import TYPE_CHECKING

from charts.gauges import TRACK_INK, Gauge, gauge_text, plan_gauges
from charts.plan import has_value_labels
from charts.screen.bars import BAR_HEIGHT, category_axis
from charts.screen.frame import (
    Part,
    annotation,
    bold,
    empty_figure,
    layout,
    literal,
    make_figure,
    text_pixels,
    value_axis,
)
from charts.spec import Chart, Role
from charts.theme import Theme
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go

TRACK_WIDTH, BAR_WIDTH, TICK_WIDTH = 0.62, 0.34, 0.74


def gauge_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    if chart.is_empty:
        return empty_figure()
    plan, gauges = plan_gauges(chart)
    texts = [gauge_text(gauge, chart.unit) for gauge in gauges]
    is_labelled = has_value_labels(plan)
    room = min(140, max(map(text_pixels, texts)) + 12) if is_labelled else 8
    rows = len(plan.domain.points)
    parts = layout(theme, right=room, height=round(max(120 if rows < 3 else 210, min(640, rows * BAR_HEIGHT + 60))))
    parts["xaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    parts["yaxis"] = category_axis(plan, theme)
    parts["barmode"] = "overlay"
    if is_labelled:
        parts["annotations"] = [
            annotation(
                bold(text), x=max(0.0, gauge.value or 0.0, gauge.target or 0.0), y=gauge.place, xanchor="left", xshift=8
            )
            for gauge, text in zip(gauges, texts, strict=True)
        ]
    traces = [_track(gauges, theme), _bars(chart, gauges, theme)]
    if len(chart.series) > 1:
        traces += [_tick_lines(gauges, theme), _targets(chart, gauges)]
    return make_figure(traces, parts)


def _track(gauges: tuple[Gauge, ...], theme: Theme) -> Part:
    known = [gauge for gauge in gauges if gauge.target is not None]
    return {
        "type": "bar", "orientation": "h", "x": [gauge.target for gauge in known],
        "y": [gauge.place for gauge in known],
        "width": TRACK_WIDTH, "marker": {"color": theme.shade(TRACK_INK), "line": {"width": 0}},
        "hoverinfo": "skip", "name": "",
    }  # fmt: skip


def _bars(chart: Chart, gauges: tuple[Gauge, ...], theme: Theme) -> Part:
    known = [gauge for gauge in gauges if gauge.value is not None]
    return {
        "type": "bar",
        "orientation": "h",
        "name": literal(chart.series[0].name),
        "x": [gauge.value for gauge in known],
        "y": [gauge.place for gauge in known],
        "width": BAR_WIDTH,
        "marker": {"color": theme.colour(Role.MAIN), "line": {"width": 0}},
        "customdata": [(_told(gauge, chart.unit), literal(str(gauge.x)), gauge.value) for gauge in known],
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
    }


def _told(gauge: Gauge, unit: str | None) -> str:
    share = "" if gauge.share is None else f", {full(gauge.share, 'ratio', decimals=1)} of the target"
    return f"{full(gauge.value, unit)}{share}"


def _tick_lines(gauges: tuple[Gauge, ...], theme: Theme) -> Part:
    x: list[float | None] = []
    y: list[float | None] = []
    for gauge in gauges:
        if gauge.target is not None:
            x += [gauge.target, gauge.target, None]
            y += [gauge.place - TICK_WIDTH / 2, gauge.place + TICK_WIDTH / 2, None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "name": "", "hoverinfo": "skip",
        "line": {"width": 2.5, "color": theme.ink},
    }  # fmt: skip


def _targets(chart: Chart, gauges: tuple[Gauge, ...]) -> Part:
    """What the pointer finds at a target; the tick itself is a line."""
    known = [gauge for gauge in gauges if gauge.target is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": literal(chart.series[1].name),
        "x": [gauge.target for gauge in known],
        "y": [gauge.place for gauge in known],
        "marker": {"size": 16, "color": "rgba(0,0,0,0)"},
        "customdata": [(full(gauge.target, chart.unit), literal(str(gauge.x)), gauge.target) for gauge in known],
        "hovertemplate": "%{customdata[1]}, target<br><b>%{customdata[0]}</b><extra></extra>",
    }
