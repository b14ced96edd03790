"""Figures of calendars."""

from typing import TYPE_CHECKING

from charts.days import LEVELS, WEEKDAYS, Calendar, calendar_of, day_text, strength
from charts.labels import value_text
from charts.screen.frame import TICK_SIZE, Part, annotation, empty_figure, layout, literal, make_figure
from charts.spec import Chart, Role
from charts.theme import Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAND_HEIGHT = 118
# Rows of a band: seven days, and one free above the next band for the months.
ROWS = 9


def calendar_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    calendar = calendar_of(chart)
    if not calendar.days:
        return empty_figure()
    rows = ROWS * len(calendar.bands)
    parts = layout(theme, top=2, height=BAND_HEIGHT * len(calendar.bands) + 30)
    parts["margin"] = {"l": 0, "t": 2, "b": 22, "r": 2, "pad": 0}
    grey = {"size": TICK_SIZE, "color": theme.shade(ink("tick"))}
    hidden: Part = {"fixedrange": True, "showgrid": False, "zeroline": False, "ticks": ""}
    parts["xaxis"] = hidden | {"range": [-0.6, calendar.weeks - 0.4], "showticklabels": False}
    bands = range(len(calendar.bands))
    ticks = [(band * ROWS + 1.5 + row, name) for band in bands for row, name in enumerate(WEEKDAYS)]
    ticks += [(band * ROWS + 0.4, f"<b>{name}</b>") for band, name in enumerate(calendar.bands) if name]
    shown = [(at, name) for at, name in ticks if name]
    parts["yaxis"] = hidden | {
        "range": [rows - 0.2, 0], "tickvals": [at for at, _ in shown], "ticktext": [name for _, name in shown],
        "tickfont": grey, "automargin": True, "ticklabelstandoff": 4,
    }  # fmt: skip
    # In a whole year on a phone the names of all months would touch.
    step = 2 if calendar.weeks > 40 else 1
    parts["annotations"] = [
        annotation(month.text, x=month.week - 0.5, y=month.band * ROWS + 0.4, xanchor="left", font=grey)
        for month in calendar.months
        if month.month % step == 1 % step and month.week <= calendar.weeks - 2
    ] + [_key(chart, calendar, theme)]
    return make_figure([_days(chart, calendar, theme)], parts)


def _key(chart: Chart, calendar: Calendar, theme: Theme) -> Part:
    """What the strengths mean, below the days."""
    largest = max(abs(day.value) for day in calendar.days)
    squares = "".join(
        f'<span style="color:{theme.colour(Role.MAIN, strength(level))}">■</span>' for level in range(LEVELS)
    )
    below = ""
    if any(day.is_below for day in calendar.days):
        below = f'   <span style="color:{theme.colour(Role.SERIES_2)}">■</span> below zero'
    note = f"   {literal(calendar.note)}" if calendar.note else ""
    words = f"{literal(value_text(0, chart.unit))} {squares} {literal(value_text(largest, chart.unit))}{below}{note}"
    font = {"size": TICK_SIZE, "color": theme.shade(ink("tick"))}
    return annotation(words, x=0, xref="paper", xanchor="left", y=0, yref="paper", yanchor="top", yshift=-4, font=font)


def _days(chart: Chart, calendar: Calendar, theme: Theme) -> Part:
    """A heat map whose colours are the levels, those below zero first."""
    height, width = ROWS * len(calendar.bands), calendar.weeks
    z: list[list[int | None]] = [[None] * width for _ in range(height)]
    told: list[list[tuple[str, str, float | None]]] = [[("", "", None)] * width for _ in range(height)]
    for day in calendar.days:
        row = day.band * ROWS + 1 + day.weekday
        z[row][day.week] = -1 - day.level if day.is_below else 1 + day.level
        told[row][day.week] = (full(day.value, chart.unit), day_text(day.day), day.value)
    levels = [(Role.SERIES_2, level) for level in reversed(range(LEVELS))] + [
        (Role.MAIN, level) for level in range(LEVELS)
    ]
    steps = [[place / 10, (place + 1) / 10] for place in range(2 * LEVELS)]
    colours = [theme.colour(role, strength(level)) for role, level in levels]
    return {
        "type": "heatmap",
        "name": literal(chart.title),
        "z": [[None if one is None else one + 4.5 if one > 0 else one + 5.5 for one in row] for row in z],
        "x0": 0,
        "dx": 1,
        "y0": 0.5,
        "dy": 1,
        "zmin": 0,
        "zmax": 10,
        "colorscale": [[at, colour] for ends, colour in zip(steps, colours, strict=True) for at in ends],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "customdata": told,
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
    }
