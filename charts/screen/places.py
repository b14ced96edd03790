"""Figures of maps by country, from outlines of our own: Plotly's would be fetched from a server."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from charts.geography import BOTTOM, LEFT, RIGHT, TOP, Ring
from charts.places import LAND_INK, Place, key_texts, land, left_out, places_of, strength
from charts.screen.frame import TICK_SIZE, Part, annotation, empty_figure, layout, literal, make_figure
from charts.spec import Chart, Role
from charts.theme import Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go


def map_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    places = places_of(chart)
    if not places:
        return empty_figure()
    parts = layout(theme, top=2, height=260)
    parts["margin"] = {"l": 0, "t": 2, "b": 40, "r": 0, "pad": 0}
    parts["hoverdistance"] = 60
    hidden: Part = {"visible": False, "fixedrange": True}
    parts["xaxis"] = hidden | {"range": [LEFT, RIGHT]}
    parts["yaxis"] = hidden | {"range": [BOTTOM, TOP], "scaleanchor": "x", "scaleratio": 1}
    parts["annotations"] = [_key(chart, places, theme)]
    traces = [_outlines(land(), theme.shade(LAND_INK), theme)]
    for role, level in sorted({(place.role, place.level) for place in places}):
        rings = [ring for place in places if (place.role, place.level) == (role, level) for ring in place.country.rings]
        traces.append(_outlines(rings, theme.background, theme))
        traces.append(_outlines(rings, theme.colour(role, strength(level)), theme))
    return make_figure([*traces, _told(chart, places)], parts)


def _outlines(rings: Iterable[Ring], colour: str, theme: Theme) -> Part:
    x: list[int | None] = []
    y: list[int | None] = []
    for ring in rings:
        x += [*(point[0] for point in ring), None]
        y += [*(point[1] for point in ring), None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "fill": "toself", "fillcolor": colour, "name": "",
        "line": {"width": 0.5, "color": theme.background}, "hoverinfo": "skip",
    }  # fmt: skip


def _told(chart: Chart, places: tuple[Place, ...]) -> Part:
    """What the pointer finds near the middle of a country."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": literal(chart.series[0].name),
        "x": [place.middle[0] for place in places],
        "y": [place.middle[1] for place in places],
        "marker": {"size": 14, "color": "rgba(0,0,0,0)"},
        "customdata": [(full(place.value, chart.unit), literal(place.country.name), place.value) for place in places],
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
    }


def _key(chart: Chart, places: tuple[Place, ...], theme: Theme) -> Part:
    """What the colours mean, and which names are on no map."""
    swatches = "  ".join(
        f'<span style="color:{theme.colour(Role.MAIN, strength(level))}">■</span> {literal(text)}'
        for level, text in enumerate(key_texts(places, chart.unit))
    )
    below = ""
    if any(place.value < 0 for place in places):
        below = f'  <span style="color:{theme.colour(Role.SERIES_2)}">■</span> below zero'
    note = left_out(chart)
    words = f"up to {swatches}{below}" + (f"<br>{literal(note)}" if note else "")
    font = {"size": TICK_SIZE, "color": theme.shade(ink("tick"))}
    return annotation(
        words, x=0, xref="paper", xanchor="left", align="left", y=0, yref="paper", yanchor="top", yshift=-4, font=font
    )
