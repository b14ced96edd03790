"""Treemaps on paper."""

from reportlab.graphics.shapes import Rect

from charts.fonts import SEMIBOLD, text_width
from charts.labels import shorten, value_text
from charts.paper.drawing import TEXT_SIZE, ChartDrawing, Mark, empty_drawing, solid, words
from charts.spec import Chart, Role
from charts.theme import Theme, ink
from charts.tiles import Area, Tile, left_out, squarify, tiles_of

GAP = 1.5
PADDING = 4.0
LINE = 10.0


def treemap_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    tiles = tiles_of(chart)
    if not tiles:
        return empty_drawing(width, height, theme)
    drawing = ChartDrawing(width, height)
    note = left_out(chart)
    top = min(12.0, height / 2) if note else 0.0
    if note and text_width(note, TEXT_SIZE) <= width:
        grey = solid(theme.shade(ink("tick")))
        drawing.add(words(note, drawing.width, drawing.height - TEXT_SIZE, colour=grey, anchor="end"))
    whole = Area(left=0.0, bottom=0.0, width=drawing.width, height=max(drawing.height - top, 1.0))
    for tile, area in zip(tiles, squarify([tile.share for tile in tiles], whole), strict=True):
        wide, high = max(area.width - GAP, 0.1), max(area.height - GAP, 0.1)
        colour = solid(theme.colour(Role.MAIN))
        drawing.add(Rect(area.left, area.bottom, wide, high, rx=1.5, ry=1.5, fillColor=colour, strokeColor=None))
        drawing.remember(
            [
                Mark(
                    series=chart.series[0].name, x=tile.x, value=tile.value,
                    at=(area.left + wide / 2, area.bottom + high / 2),
                )
            ]
        )  # fmt: skip
        _draw_words(drawing, tile, area, chart, theme)
    return drawing


def _draw_words(drawing: ChartDrawing, tile: Tile, area: Area, chart: Chart, theme: Theme) -> None:
    """The name, cut where it must be, and the amount below it; nothing where a tile is too small for words."""
    room = area.width - GAP - 2 * PADDING
    name, value = str(tile.x), value_text(tile.value, chart.unit)
    fitting = next(
        (text for limit in range(40, 3, -3) if text_width(text := shorten(name, limit), TEXT_SIZE) <= room), ""
    )
    paper = solid(theme.background)
    top = area.bottom + area.height - GAP - PADDING - TEXT_SIZE * 0.8
    if fitting and area.height >= LINE + PADDING:
        drawing.add(words(fitting, area.left + PADDING, top, colour=paper))
        if area.height >= 2 * LINE + PADDING and text_width(value, TEXT_SIZE, SEMIBOLD) <= room:
            drawing.add(words(value, area.left + PADDING, top - LINE, colour=paper, font=SEMIBOLD))
