"""Figures of bars: upright columns over time or categories, and horizontal bars over categories."""

from typing import TYPE_CHECKING

from charts.domain import DomainKind
from charts.labels import shorten, value_text
from charts.plan import CATEGORY_LIMIT, COLUMN_PADDING, GAP, NAMED_BARS, Plan, Run, has_value_labels, make_plan
from charts.screen.events import event_lines, event_words
from charts.screen.frame import (
    FONT_SIZE,
    NOTE_HEIGHT,
    Part,
    annotation,
    bold,
    domain_axis,
    empty_figure,
    hover_template,
    key,
    layout,
    literal,
    make_figure,
    note,
    text_pixels,
    value_axis,
    x_value,
    x_values,
)
from charts.screen.lines import run_traces
from charts.spec import Chart
from charts.stack import Stacking
from charts.theme import Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAR_HEIGHT = 32
# The plot's width on a phone: on a wider screen negative bars leave more room than their values need.
ASSUMED_WIDTH = 230
DAY_MS = 86_400_000


def column_figure(chart: Chart, theme: Theme, stacking: Stacking = Stacking.BESIDE) -> "go.Figure":
    """Upright columns; several series stand side by side or piled up, dashed ones are lines over them."""
    if chart.is_empty:
        return empty_figure()
    padding = 0.0 if stacking is Stacking.SHARES else COLUMN_PADDING
    plan = make_plan(chart, is_from_zero=True, padding=padding, stacking=stacking)
    is_time = plan.domain.kind is DomainKind.TIME
    words = note(theme, plan)
    names, key_height = key(theme, plan)
    parts = layout(
        theme,
        top=max(NOTE_HEIGHT, key_height + (NOTE_HEIGHT if words else 0)),
        # The value on the last column may be wider than the column.
        right=8 if plan.band else 16,
        hovermode="x unified" if is_time else "closest",
    )
    extent = plan.domain.extent(0.5)
    named = [name | {"yshift": 8 + (NOTE_HEIGHT if words else 0)} for name in names]
    parts["annotations"] = words + named + event_words(theme, plan, extent) + _total_words(plan)
    parts["shapes"] = event_lines(theme, plan, extent)
    parts["xaxis"] = domain_axis(theme, plan.domain, extent)
    parts["yaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    if stacking is not Stacking.BESIDE:
        # A rounded piece would leave a gap to the next one.
        parts["barcornerradius"] = 0
    trace = _column_trace if stacking is Stacking.BESIDE else _piled_trace
    traces = [trace(plan, index, theme) for index in range(len(plan.columns))]
    for run in plan.overlays:
        traces += run_traces(plan, run, theme, is_filled=False)
    return make_figure(traces, parts)


def _column_trace(plan: Plan, index: int, theme: Theme) -> Part:
    run, is_time = plan.columns[index], plan.domain.kind is DomainKind.TIME
    scale = DAY_MS if is_time else 1.0
    width = plan.domain.step * (1 - GAP) / len(plan.columns)
    start = -plan.domain.step * (1 - GAP) / 2 + index * width
    labelled = plan.labelled(run)
    return bar_part(plan, run, theme) | {
        "orientation": "v",
        "x": x_values(plan.domain, run.positions),
        "y": list(run.values),
        "width": width * scale,
        "offset": start * scale,
        "text": [
            bold(value_text(value, plan.chart.unit)) if place in labelled else ""
            for place, value in enumerate(run.values)
        ],
    }


def _piled_trace(plan: Plan, index: int, theme: Theme) -> Part:
    """A series of piled columns; where they are shares, the value itself is the third of what hovering tells."""
    run, pieces = plan.columns[index], plan.pieces()[index]
    width = plan.domain.step * (1 - GAP) * (DAY_MS if plan.domain.kind is DomainKind.TIME else 1.0)
    part = bar_part(plan, run, theme) | {
        "orientation": "v",
        "x": x_values(plan.domain, run.positions),
        "y": list(run.values),
        "base": [None if piece is None else piece.start for piece in pieces],
        "width": width,
        "offset": -width / 2,
    }
    if plan.stacking is Stacking.SHARES:
        sizes = [None if piece is None else piece.end - piece.start for piece in pieces]
        part |= {
            "y": sizes,
            "customdata": [
                (
                    _share(size, value, plan.chart.unit),
                    literal(plan.domain.text(x)),
                    value,
                )
                for size, value, x in zip(sizes, run.values, run.points, strict=True)
            ],
        }
    return part


def _share(size: float | None, value: float | None, unit: str | None) -> str:
    return f"{full(size, 'ratio', decimals=1)} ({full(value, unit)})"


def _total_words(plan: Plan) -> list[Part]:
    return [
        annotation(bold(text), x=x_value(plan.domain, at), y=end, yanchor="bottom", yshift=2)
        for at, end, text in plan.totals()
    ]


def bar_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """Horizontal bars, the first category on top, each with its value at its end."""
    if chart.is_empty:
        return empty_figure()
    plan = make_plan(chart, is_from_zero=True, is_category=True, padding=0.0)
    count = len(plan.domain.points)
    names, key_height = key(theme, plan)
    texts = [value_text(value, chart.unit) for run in plan.runs for value in run.values if value is not None]
    is_labelled = has_value_labels(plan)
    room = min(110, max(map(text_pixels, texts), default=0) + 10) if is_labelled else 0
    rows = count * (1 if len(plan.runs) == 1 else max(1.0, len(plan.runs) * 0.6))
    height = round(max(210, min(640, rows * BAR_HEIGHT + 40 + key_height)))
    parts = layout(theme, top=max(6, key_height), right=room, height=height)
    parts["annotations"] = names
    scale = plan.scale
    axis = value_axis(theme, scale, plan.value_ticks)
    if scale.low < 0 and is_labelled:
        # Room for the values left of negative bars, which no margin can give.
        share = room / (ASSUMED_WIDTH - room)
        axis["range"] = [scale.low - (scale.high - scale.low) * share, scale.high]
    parts["xaxis"] = axis
    parts["yaxis"] = category_axis(plan, theme)
    return make_figure([_bar_trace(plan, index, theme) for index in range(len(plan.runs))], parts)


def category_axis(plan: Plan, theme: Theme) -> Part:
    """The axis of names, the first on top."""
    low, high = plan.domain.extent(0.5)
    every = -(-len(plan.domain.points) // NAMED_BARS)
    shown = range(0, len(plan.domain.points), every)
    axis = domain_axis(theme, plan.domain, (high, low))
    return axis | {
        "tickvals": [plan.domain.positions[index] for index in shown],
        "ticktext": [literal(shorten(plan.domain.text(plan.domain.points[index]), CATEGORY_LIMIT)) for index in shown],
        "tickfont": {"size": FONT_SIZE, "color": theme.ink},
    }


def _bar_trace(plan: Plan, index: int, theme: Theme) -> Part:
    run = plan.runs[index]
    width = (1 - GAP) / len(plan.runs)
    is_labelled = has_value_labels(plan)
    return bar_part(plan, run, theme) | {
        "orientation": "h",
        "x": list(run.values),
        "y": list(run.positions),
        "width": width,
        "offset": -(1 - GAP) / 2 + index * width,
        "text": [
            value_text(value, plan.chart.unit) if is_labelled and value is not None else "" for value in run.values
        ],
    }


def bar_part(plan: Plan, run: Run, theme: Theme) -> Part:
    """What upright and horizontal bars share; bars of an incomplete period are hatched in their colour."""
    marker: Part = {"color": theme.colour(run.role), "line": {"width": 0}}
    if run.complete < len(run.values):
        shapes = ["" if place < run.complete else "/" for place in range(len(run.values))]
        marker["pattern"] = {"shape": shapes, "size": 6, "solidity": 0.35, "fillmode": "replace"}
    return {
        "type": "bar",
        "name": literal(run.name),
        "customdata": [
            (full(value, plan.chart.unit), literal(plan.domain.text(x)))
            for x, value in zip(run.points, run.values, strict=True)
        ],
        "hovertemplate": hover_template(plan),
        "marker": marker,
        "textposition": "outside",
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        "textfont": {"size": FONT_SIZE, "color": theme.shade(ink("label"))},
    }
