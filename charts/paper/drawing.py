"""The drawing every chart on paper is, and its parts: colours, words, lines, hatching."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Circle, Drawing, Line, Path, Rect, String
from reportlab.lib.attrmap import AttrMap, AttrMapValue
from reportlab.lib.colors import Color

from charts.fonts import REGULAR, printable, register_fonts, text_width
from charts.labels import EMPTY
from charts.spec import X
from charts.theme import Theme, ink

TEXT_SIZE = 8.0
LABEL_SIZE = 8.5
HATCH_GAP = 5.0
HATCH_WIDTH = 0.7

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value as it was drawn: at which point of the drawing, in points from its lower left corner."""

    series: str
    x: X
    value: float
    at: Point


class ChartDrawing(Drawing):  # type: ignore[misc]
    """A drawing that remembers which values it shows, so that it can be compared with other renderings."""

    # ReportLab checks assignments against this table.
    _attrMap = AttrMap(BASE=Drawing, marks=AttrMapValue(None))  # noqa: N815

    def __init__(self, width: float, height: float) -> None:
        register_fonts()
        super().__init__(max(width, 1.0), max(height, 1.0))
        # Otherwise each drawing names Helvetica, a font no file of ours embeds.
        self.initialFontName = REGULAR
        self.marks: tuple[Mark, ...] = ()

    def remember(self, marks: Iterable[Mark]) -> None:
        """Adds drawn values."""
        self.marks = (*self.marks, *marks)


def solid(colour: str) -> Color:
    """#rrggbb or #rrggbbaa as it looks on white: translucent paper colours would cost printers dear."""
    red, green, blue, alpha = _channels(colour)
    return Color(*(channel if alpha == 1 else 1 - (1 - channel) * alpha for channel in (red, green, blue)))


def translucent(colour: str) -> Color:
    """#rrggbb or #rrggbbaa with its alpha, for fills that lie over each other."""
    red, green, blue, alpha = _channels(colour)
    return Color(red, green, blue, alpha=round(alpha, 4))


def _channels(colour: str) -> tuple[float, float, float, float]:
    red, green, blue, alpha = (int(f"{colour[1:]}ff"[place : place + 2], 16) / 255 for place in (0, 2, 4, 6))
    return red, green, blue, alpha


def words(
    text: str, x: float, y: float, *, colour: Color, size: float = TEXT_SIZE, font: str = REGULAR, anchor: str = "start"
) -> String:
    """One line of text on its base line; `anchor` is start, middle or end."""
    return String(x, y, printable(text), fontName=font, fontSize=size, fillColor=colour, textAnchor=anchor)


def hairline(x0: float, y0: float, x1: float, y1: float, colour: Color, width: float = 0.5) -> Line:
    """A straight thin line."""
    return Line(x0, y0, x1, y1, strokeColor=colour, strokeWidth=width)


def stroke(
    segments: Sequence[Sequence[Point]], colour: Color, width: float, dash: Sequence[float] | None = None
) -> Path:
    """One path for all segments of a line."""
    path = Path(
        strokeColor=colour,
        strokeWidth=width,
        strokeDashArray=list(dash) if dash else None,
        strokeLineJoin=1,
        strokeLineCap=0 if dash else 1,
        fillColor=None,
    )
    for segment in segments:
        path.moveTo(*segment[0])
        for point in segment[1:]:
            path.lineTo(*point)
    return path


def dots(points: Iterable[Point], colour: Color, radius: float) -> list[Circle]:
    """Filled dots."""
    return [Circle(x, y, radius, fillColor=colour, strokeColor=None) for x, y in points]


def hatch(left: float, bottom: float, right: float, top: float, colour: Color, width: float = HATCH_WIDTH) -> Path:
    """Diagonal lines that fill a rectangle."""
    path = Path(strokeColor=colour, strokeWidth=width, fillColor=None)
    # Each line is y = x + offset; offsets on a fixed raster make neighbouring rectangles match.
    first, last = bottom - right, top - left
    offset = (first // HATCH_GAP + 1) * HATCH_GAP
    while offset < last:
        x0, x1 = max(left, bottom - offset), min(right, top - offset)
        if x1 > x0:
            path.moveTo(x0, x0 + offset)
            path.lineTo(x1, x1 + offset)
        offset += HATCH_GAP
    return path


def square(x: float, y: float, size: float, colour: Color) -> Rect:
    """The coloured square before a name."""
    return Rect(x, y, size, size, rx=1, ry=1, fillColor=colour, strokeColor=None)


def add_note(drawing: ChartDrawing, text: str, theme: Theme) -> None:
    """Words at the upper right that say what was left out, where they find room."""
    if text_width(text, TEXT_SIZE) <= drawing.width:
        grey = solid(theme.shade(ink("label")))
        drawing.add(words(text, drawing.width, drawing.height - TEXT_SIZE, colour=grey, anchor="end"))


def empty_drawing(width: float, height: float, theme: Theme) -> ChartDrawing:
    """A drawing that says there is nothing, instead of drawing a zero."""
    drawing = ChartDrawing(width, height)
    drawing.add(words(EMPTY, width / 2, height / 2 - 3, colour=solid(theme.shade(ink("tick"))), anchor="middle"))
    return drawing
