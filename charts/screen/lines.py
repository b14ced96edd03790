"""Figures of lines, with or without a filled area below."""

from typing import TYPE_CHECKING

from charts.domain import DomainKind
from charts.labels import spread
from charts.plan import EndLabel, Plan, Run, interval_outline, line_extent, make_plan
from charts.screen.events import event_lines, event_words
from charts.screen.frame import (
    FONT_SIZE,
    HEIGHT,
    NOTE_HEIGHT,
    Part,
    annotation,
    band,
    bold,
    domain_axis,
    empty_figure,
    hover_template,
    layout,
    literal,
    make_figure,
    note,
    text_pixels,
    value_axis,
    x_value,
    x_values,
)
from charts.spec import Chart, Role
from charts.theme import READABLE, Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAIN_WIDTH = 2.2
CONTEXT_WIDTH = 1.6
FORECAST_DASH = "4px,3px"
ESTIMATE_DASH = "2px,3px"
AREA_ALPHA = 0.14
LABEL_LINE = 15
# The plot's height before the browser knows it; labels are kept apart for it, and further apart in a higher one.
ASSUMED_HEIGHT = 190


def line_figure(chart: Chart, theme: Theme, *, is_filled: bool) -> "go.Figure":
    """The figure of a line chart, or of an area chart when `is_filled`."""
    if chart.is_empty:
        return empty_figure()
    plan = make_plan(chart, is_from_zero=is_filled)
    is_time = plan.domain.kind is DomainKind.TIME
    traces = band(theme, plan) + _interval(plan, theme)
    # The series that matters is drawn over its context.
    for run in sorted(plan.runs, key=lambda run: run.role is not Role.CONTEXT):
        traces += run_traces(plan, run, theme, is_filled=is_filled)
    words = note(theme, plan)
    labels = _end_labels(plan, theme)
    right = max((text_pixels(label_dash(label) + label.text) + 14 for label in plan.labels()), default=0)
    parts = layout(
        theme,
        top=NOTE_HEIGHT if words else 8,
        right=right,
        height=HEIGHT,
        hovermode="x unified" if is_time else "closest",
    )
    extent = line_extent(plan)
    parts["xaxis"] = domain_axis(theme, plan.domain, extent, right=right)
    parts["yaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    parts["annotations"] = words + labels + _whole_label(plan, theme) + event_words(theme, plan, extent)
    parts["shapes"] = event_lines(theme, plan, extent)
    return make_figure(traces, parts)


def run_traces(plan: Plan, run: Run, theme: Theme, *, is_filled: bool) -> list[Part]:
    """The line with its values, then what no hover needs: the dotted end, the dots of lonely points."""
    colour = theme.colour(run.role)
    style: Part = {"color": colour, "width": CONTEXT_WIDTH if run.role is Role.CONTEXT else MAIN_WIDTH}
    positions, values, texts = _with_gap(plan, run)
    main: Part = {
        "type": "scatter",
        "mode": "lines",
        "name": literal(run.name),
        "x": x_values(plan.domain, positions),
        "y": values,
        "customdata": texts,
        "hovertemplate": hover_template(plan),
        "connectgaps": False,
        "line": style | ({"dash": FORECAST_DASH} if run.is_dashed else {}),
    }
    parts = [main, *_tail(plan, run, style), *_dots(plan, run, colour)]
    return [_area(plan, run, theme), *parts] if is_filled and run.role is not Role.CONTEXT else parts


def _area(plan: Plan, run: Run, theme: Theme) -> Part:
    """The fill as closed shapes of its own: Plotly's fill to zero would run through gaps."""
    positions: list[float] = []
    values: list[float | None] = []
    for start, end in _stretches(run):
        positions += [run.positions[start], *run.positions[start:end], run.positions[end - 1], run.positions[end - 1]]
        values += [0.0, *run.values[start:end], 0.0, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": literal(run.name),
        "x": x_values(plan.domain, positions),
        "y": values,
        "hoverinfo": "skip",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": theme.colour(run.role, AREA_ALPHA),
    }


def _interval(plan: Plan, theme: Theme) -> list[Part]:
    """The shaded room between two lines."""
    outline = interval_outline(plan)
    if not outline:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "",
            "x": x_values(plan.domain, [position for position, _ in outline]),
            "y": [value for _, value in outline],
            "hoverinfo": "skip",
            "line": {"width": 0},
            "fill": "toself",
            "fillcolor": theme.colour(Role.MAIN, AREA_ALPHA),
        }
    ]


def _stretches(run: Run) -> list[tuple[int, int]]:
    """Where complete neighbouring values start and end (the end not included), at least two of them."""
    known = [value is not None for value in run.values[: run.complete]]
    starts = [index for index, is_known in enumerate(known) if is_known and not (index and known[index - 1])]
    ends = [index + 1 for index, is_known in enumerate(known) if is_known and not any(known[index + 1 : index + 2])]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end - start > 1]


def _with_gap(plan: Plan, run: Run) -> tuple[list[float], list[float | None], list[tuple[str, ...]]]:
    """Positions, values and hover texts; a gap cuts the solid line off where the period is incomplete.

    The values behind the gap stay in the trace, so that they can be hovered like all others.
    """
    unit, is_time = plan.chart.unit, plan.domain.kind is DomainKind.TIME
    texts: list[tuple[str, ...]] = [
        (full(value, unit),) if is_time else (full(value, unit), literal(plan.domain.text(x)))
        for x, value in zip(run.points, run.values, strict=True)
    ]
    positions, values = list(run.positions), list(run.values)
    if 0 < run.complete < len(values):
        # One gap before each incomplete value: without neighbours, none of them is joined by the solid line.
        for index in range(len(values) - 1, run.complete - 1, -1):
            positions.insert(index, positions[index])
            values.insert(index, None)
            texts.insert(index, texts[index])
    return positions, values, texts


def _tail(plan: Plan, run: Run, style: Part) -> list[Part]:
    """The dotted segments of an incomplete period, from the last complete value on."""
    first = max(run.complete - 1, 0)
    if run.complete >= len(run.values):
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": literal(run.name),
            "x": x_values(plan.domain, run.positions[first:]),
            "y": list(run.values[first:]),
            "hoverinfo": "skip",
            "connectgaps": False,
            "line": style | {"dash": ESTIMATE_DASH},
        }
    ]


def _dots(plan: Plan, run: Run, colour: str) -> list[Part]:
    """Dots at values without neighbours, which a line cannot show, and at the end of a line that matters."""
    places = set(run.alone())
    if run.role is not Role.CONTEXT and run.last is not None:
        places.add(run.last)
    if not places:
        return []
    shown = sorted(places)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": literal(run.name),
            "x": x_values(plan.domain, [run.positions[index] for index in shown]),
            "y": [run.values[index] for index in shown],
            "hoverinfo": "skip",
            "cliponaxis": False,
            "marker": {"size": 6, "color": colour},
        }
    ]


def label_dash(label: EndLabel) -> str:
    """What goes before a label whose colour is too light to be read as words."""
    return "" if not label.is_bold or not label.name or label.role in READABLE else "— "


def _label_markup(label: EndLabel, theme: Theme) -> str:
    """The words at a line's end: coloured where the colour can be read, else behind a dash of it."""
    if not label.is_bold:
        return literal(label.text)
    words = bold(label.text)
    if not label.name:
        return words
    colour = theme.colour(label.role)
    if label.role in READABLE:
        return f'<span style="color:{colour}">{words}</span>'
    return f'<span style="color:{colour}"><b>—</b></span> {words}'


def _whole_label(plan: Plan, theme: Theme) -> list[Part]:
    label = plan.whole_label()
    if label is None:
        return []
    return [
        annotation(
            f"{bold(label.value_text)} {literal(label.period)}",
            x=x_value(plan.domain, label.position),
            xanchor="right",
            xshift=-2,
            y=label.value,
            yanchor="bottom" if label.is_above else "top",
            yshift=7 if label.is_above else -7,
            font={"size": FONT_SIZE, "color": theme.ink},
        )
    ]


def _end_labels(plan: Plan, theme: Theme) -> list[Part]:
    labels = plan.labels()
    wanted = [plan.scale.share(label.value) * ASSUMED_HEIGHT for label in labels]
    placed = spread(wanted, LABEL_LINE, 0, ASSUMED_HEIGHT)
    # All labels stand in one column right of the plot, also those of series that end earlier.
    edge = x_value(plan.domain, plan.label_position())
    return [
        annotation(
            _label_markup(label, theme),
            x=edge,
            xanchor="left",
            xshift=9,
            align="left",
            y=label.value,
            yanchor="middle",
            yshift=round(place - want, 1),
            font={"size": FONT_SIZE, "color": theme.ink if label.is_bold else theme.shade(ink("tick"))},
        )
        for label, want, place in zip(labels, wanted, placed, strict=True)
    ]
