"""Figures of box plots: a row for each name, its box, its whiskers, and its median in words."""

from typing import TYPE_CHECKING

from charts.boxes import NAMES, Box, plan_boxes
from charts.labels import value_text
from charts.plan import GAP, has_value_labels
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

BOX_ALPHA = 0.35


def box_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    plan, boxes = plan_boxes(chart)
    if not boxes:
        return empty_figure()
    texts = [value_text(box.values[2], chart.unit) for box in boxes]
    is_labelled = has_value_labels(plan)
    room = min(110, max(map(text_pixels, texts)) + 12) if is_labelled else 8
    height = round(max(210, min(640, len(plan.domain.points) * BAR_HEIGHT + 40)))
    parts = layout(theme, right=room, height=height)
    parts["xaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    parts["yaxis"] = category_axis(plan, theme)
    parts["barcornerradius"] = 2
    if is_labelled:
        parts["annotations"] = [
            annotation(bold(text), x=box.values[4], y=box.place, xanchor="left", xshift=6)
            for box, text in zip(boxes, texts, strict=True)
        ]
    colour = theme.colour(Role.MAIN)
    half = (1 - GAP) / 2
    whiskers = _lines(
        [
            ((box.values[near], at), (box.values[far], at))
            for box in boxes
            for near, far in ((0, 1), (3, 4))
            for at in (box.place,)
        ],
        colour, 1.6,
    )  # fmt: skip
    medians = _lines(
        [((box.values[2], box.place - half), (box.values[2], box.place + half)) for box in boxes], colour, 3
    )
    return make_figure([whiskers, _boxes(chart, boxes, theme), medians], parts)


def _boxes(chart: Chart, boxes: tuple[Box, ...], theme: Theme) -> Part:
    return {
        "type": "bar",
        "orientation": "h",
        "name": literal(chart.title),
        "x": [box.values[3] - box.values[1] for box in boxes],
        "base": [box.values[1] for box in boxes],
        "y": [box.place for box in boxes],
        "width": 1 - GAP,
        "marker": {"color": theme.colour(Role.MAIN, BOX_ALPHA), "line": {"width": 1, "color": theme.colour(Role.MAIN)}},
        "customdata": [(_told(box, chart.unit), literal(str(box.x)), *box.values) for box in boxes],
        "hovertemplate": "<b>%{customdata[1]}</b><br>%{customdata[0]}<extra></extra>",
    }


def _told(box: Box, unit: str | None) -> str:
    return "<br>".join(
        f"{name} {full(value, unit)}" for name, value in reversed(list(zip(NAMES, box.values, strict=True)))
    )


def _lines(pairs: list[tuple[tuple[float, float], tuple[float, float]]], colour: str, width: float) -> Part:
    x: list[float | None] = []
    y: list[float | None] = []
    for start, end in pairs:
        x += [start[0], end[0], None]
        y += [start[1], end[1], None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "name": "", "hoverinfo": "skip",
        "line": {"width": width, "color": colour},
    }  # fmt: skip
