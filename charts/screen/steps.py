"""Figures of waterfalls: a bar for each step in reading order, joined by hairlines."""

import itertools
from typing import TYPE_CHECKING

from charts.plan import GAP, has_value_labels
from charts.screen.bars import BAR_HEIGHT, bar_part, category_axis
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
from charts.spec import Chart
from charts.steps import Step, plan_steps, step_text
from charts.theme import Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go


def waterfall_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """Horizontal bars: columns could not be read on a phone."""
    if chart.is_empty:
        return empty_figure()
    plan, steps = plan_steps(chart)
    texts = [step_text(step, chart.unit) for step in steps]
    is_labelled = has_value_labels(plan)
    room = min(110, max(map(text_pixels, texts)) + 12) if is_labelled else 0
    height = round(max(210, min(640, len(plan.domain.points) * BAR_HEIGHT + 40)))
    parts = layout(theme, right=room, height=height)
    parts["xaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    parts["yaxis"] = category_axis(plan, theme)
    if is_labelled:
        parts["annotations"] = [
            annotation(
                bold(text) if step.is_total else literal(text),
                x=max(step.start, step.end), y=step.place, xanchor="left", xshift=5,
            )
            for step, text in zip(steps, texts, strict=True)
        ]  # fmt: skip
    unfinished = set(plan.runs[0].points[plan.runs[0].complete :])
    bars = bar_part(plan, plan.runs[0], theme) | {
        "orientation": "h",
        "x": [step.end - step.start for step in steps],
        "y": [step.place for step in steps],
        "base": [step.start for step in steps],
        "width": 1 - GAP,
        "customdata": [
            (full(step.value, chart.unit), literal(plan.domain.text(step.x)), step.value) for step in steps
        ],
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
    }  # fmt: skip
    marker: Part = {"color": [theme.colour(step.role) for step in steps], "line": {"width": 0}}
    if unfinished:
        shapes = ["/" if step.x in unfinished else "" for step in steps]
        marker["pattern"] = {"shape": shapes, "size": 6, "solidity": 0.35, "fillmode": "replace"}
    return make_figure([_connectors(steps, theme), bars | {"marker": marker}], parts)


def _connectors(steps: tuple[Step, ...], theme: Theme) -> Part:
    half = (1 - GAP) / 2
    x: list[float | None] = []
    y: list[float | None] = []
    for above, below in itertools.pairwise(steps):
        x += [above.end, above.end, None]
        y += [above.place + half, below.place - half, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"width": 1, "color": theme.shade(ink("context"))},
        "hoverinfo": "skip",
        "name": "",
    }
