"""Maps by country on paper."""

from collections.abc import Iterable

from reportlab.graphics.shapes import Path

from charts.fonts import text_width
from charts.geography import BOTTOM, LEFT, RIGHT, TOP, Ring
from charts.paper.drawing import ChartDrawing, Mark, empty_drawing, solid, square, words
from charts.places import LAND_INK, Place, key_texts, land, left_out, places_of, strength
from charts.spec import Chart, Role
from charts.theme import Theme, ink

SIZE = 7.0
KEY_HEIGHT = 24.0


def map_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    places = places_of(chart)
    if not places:
        return empty_drawing(width, height, theme)
    drawing = ChartDrawing(width, height)
    bottom = min(KEY_HEIGHT, drawing.height / 3)
    scale = min(drawing.width / (RIGHT - LEFT), (drawing.height - bottom) / (TOP - BOTTOM))
    left = (drawing.width - scale * (RIGHT - LEFT)) / 2

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + (point[0] - LEFT) * scale, bottom + (point[1] - BOTTOM) * scale

    def draw(rings: Iterable[Ring], colour: str) -> None:
        path = Path(
            fillColor=solid(colour), strokeColor=solid(theme.background), strokeWidth=0.25, autoclose="pdf"
        )  # fmt: skip
        for ring in rings:
            path.moveTo(*at(ring[0]))
            for point in ring[1:]:
                path.lineTo(*at(point))
            path.closePath()
        drawing.add(path)

    draw(land(), theme.shade(LAND_INK))
    for place in places:
        draw(place.country.rings, theme.colour(place.role, strength(place.level)))
    drawing.remember(
        Mark(series=chart.series[0].name, x=place.x, value=place.value, at=at(place.middle)) for place in places
    )
    _draw_key(drawing, chart, places, theme)
    return drawing


def _draw_key(drawing: ChartDrawing, chart: Chart, places: tuple[Place, ...], theme: Theme) -> None:
    """What the colours mean, as far as there is room, and which names are on no map."""
    grey = solid(theme.shade(ink("tick")))
    entries = [(Role.MAIN, strength(level), text) for level, text in enumerate(key_texts(places, chart.unit))]
    if any(place.value < 0 for place in places):
        entries.append((Role.SERIES_2, 1.0, "below zero"))
    x = text_width("up to", SIZE) + 6
    if x + 20 > drawing.width:
        return
    drawing.add(words("up to", 0, 11, colour=grey, size=SIZE))
    for role, share, text in entries:
        wide = text_width(text, SIZE) + 17
        if x + wide > drawing.width:
            break
        drawing.add(square(x, 10.5, 6, solid(theme.colour(role, share))))
        drawing.add(words(text, x + 8, 11, colour=grey, size=SIZE))
        x += wide
    note = left_out(chart)
    if note and text_width(note, SIZE) <= drawing.width:
        drawing.add(words(note, 0, 1, colour=grey, size=SIZE))
