"""Figures of treemaps."""

from typing import TYPE_CHECKING

from charts.labels import value_text
from charts.screen.frame import TICK_SIZE, Part, annotation, empty_figure, layout, literal, make_figure
from charts.spec import Chart, Role
from charts.theme import Theme, ink
from charts.tiles import left_out, tile_text, tiles_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


def treemap_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen; one colour, because the size tells the amount and the words tell the name."""
    tiles = tiles_of(chart)
    if not tiles:
        return empty_figure()
    note = left_out(chart)
    parts = layout(theme, top=22 if note else 2, height=300)
    if note:
        grey = {"size": TICK_SIZE, "color": theme.shade(ink("tick"))}
        place = {"x": 1, "xref": "paper", "xanchor": "right", "y": 1, "yref": "paper", "yanchor": "bottom"}
        parts["annotations"] = [annotation(literal(note), yshift=4, font=grey, **place)]
    # Words that would have to shrink below this are not drawn.
    parts["uniformtext"] = {"minsize": 10, "mode": "hide"}
    trace: Part = {
        "type": "treemap",
        "name": literal(chart.series[0].name),
        # A name may stand for itself only, so tiles are told apart by their number.
        "ids": [str(number) for number in range(len(tiles))],
        "labels": [literal(str(tile.x)) for tile in tiles],
        "parents": [""] * len(tiles),
        "values": [tile.share for tile in tiles],
        "text": [f"<b>{literal(value_text(tile.value, chart.unit))}</b>" for tile in tiles],
        "texttemplate": "%{label}<br>%{text}",
        "textposition": "top left",
        "textfont": {"size": 12, "color": theme.background},
        "marker": {
            "colors": [theme.colour(Role.MAIN)] * len(tiles),
            "line": {"width": 1, "color": theme.background},
            "cornerradius": 3,
            "pad": {"t": 0, "l": 0, "r": 0, "b": 0},
        },
        "tiling": {"pad": 2, "packing": "squarify"},
        "root": {"color": "rgba(0,0,0,0)"},
        "pathbar": {"visible": False},
        "customdata": [(tile_text(tile, chart.unit), literal(str(tile.x)), tile.value) for tile in tiles],
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
    }
    return make_figure([trace], parts)
