"""Key figures as a row of cards: label, value, change, trend, one sentence."""

from collections.abc import Sequence

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable, Paragraph

from charts import render_drawing
from charts.fonts import REGULAR, SEMIBOLD, printable, text_width
from core.numbers import MINUS, Figure
from exports.blocks import KpiRow, KpiTile
from exports.kinds.pdf.prose import plain
from exports.kinds.pdf.style import GAP, HAIRLINE, RADIUS, colour

VALUE_SIZE = 19.0
UNIT_SIZE = 11.5
CHIP_SIZE = 8.0
CHIP_HEIGHT = 13.0
TREND_HEIGHT = 26.0
PADDING = 10.0
TILE_GAP = 8.0
SPACE = 4.0
MOST_IN_A_ROW = 4

_UP, _DOWN = "↑", "↓"


class ValueLine(Flowable):  # type: ignore[misc]
    """The value in large type with its unit smaller behind it; set smaller where it would not fit."""

    def __init__(self, value: Figure) -> None:
        super().__init__()
        self.text, self.unit = printable(value.text), printable(value.unit)
        self.scale = 1.0

    def _natural_width(self) -> float:
        width = text_width(self.text, VALUE_SIZE, SEMIBOLD)
        return width + (2.5 + text_width(self.unit, UNIT_SIZE) if self.unit else 0)

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """The width given; one line high."""
        self.scale = min(1.0, width / max(self._natural_width(), 1))
        self.width, self.height = width, VALUE_SIZE * 1.3
        return self.width, self.height

    def draw(self) -> None:
        """Value and unit on one base line."""
        base = VALUE_SIZE * 0.32
        self.canv.setFillColor(colour("text"))
        self.canv.setFont(SEMIBOLD, VALUE_SIZE * self.scale)
        self.canv.drawString(0, base, self.text)
        if self.unit:
            self.canv.setFillColor(colour("text2"))
            self.canv.setFont(REGULAR, UNIT_SIZE * self.scale)
            self.canv.drawString(text_width(self.text, VALUE_SIZE * self.scale, SEMIBOLD) + 2.5, base, self.unit)


class ChangeLine(Flowable):  # type: ignore[misc]
    """The change as a chip, green, red or grey, then what it is compared with, beside it or below."""

    def __init__(self, tile: KpiTile) -> None:
        super().__init__()
        self.chip = change_words(tile.change)
        self.is_better = tile.is_better
        self.comparison: Paragraph | None = plain(tile.comparison, "comparison", 160) if tile.comparison else None
        self.comparison_width = text_width(printable(tile.comparison), 8.2)
        self.chip_width = text_width(self.chip, CHIP_SIZE, SEMIBOLD) + 9 if self.chip else 0.0
        self.is_beside = True
        self.below = 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The chip's line, and the lines of the comparison where it does not fit beside it."""
        self.width, self.below = width, 0.0
        room = width - self.chip_width - (6 if self.chip else 0)
        self.is_beside = self.comparison_width < room
        if self.comparison is not None:
            used = self.comparison.wrap(room if self.is_beside else width, height)[1]
            self.below = 0.0 if self.is_beside and self.chip else used + (2 if self.chip else 0)
        self.height = (CHIP_HEIGHT if self.chip else 0.0) + self.below + 2
        return self.width, self.height

    def draw(self) -> None:
        """Chip and comparison."""
        canvas, top = self.canv, self.height - 1
        if self.chip:
            ink, soft = _tones(is_better=self.is_better)
            canvas.setFillColor(soft)
            canvas.roundRect(0, top - CHIP_HEIGHT, self.chip_width, CHIP_HEIGHT, 4, stroke=0, fill=1)
            canvas.setFillColor(ink)
            canvas.setFont(SEMIBOLD, CHIP_SIZE)
            canvas.drawString(4.5, top - CHIP_HEIGHT + 3.7, self.chip)
        if self.comparison is not None:
            if self.is_beside and self.chip:
                self.comparison.drawOn(canvas, self.chip_width + 6, top - CHIP_HEIGHT + 1.2)
            else:
                self.comparison.drawOn(canvas, 0, 1)


def change_words(change: str) -> str:
    """A change with an arrow in place of its sign, as on the screen.

    >>> change_words("+8.5%"), change_words("0.0%")
    ('↑ 8.5%', '0.0%')
    """
    text = printable(change.strip())
    if text.startswith("+"):
        return f"{_UP} {text[1:]}"
    return f"{_DOWN} {text[1:]}" if text.startswith((MINUS, "-")) else text


def _tones(*, is_better: bool | None) -> tuple[Color, Color]:
    """The colours of the words and the ground of a chip."""
    if is_better is None:
        return colour("text2"), colour("sunken")
    return (colour("good"), colour("goodSoft")) if is_better else (colour("bad"), colour("badSoft"))


class TileRow(Flowable):  # type: ignore[misc]
    """Tiles of equal width and height side by side; `columns` may be more than there are tiles."""

    def __init__(self, tiles: Sequence[KpiTile], columns: int) -> None:
        super().__init__()
        self.tiles, self.columns = tuple(tiles), columns
        self.parts: list[list[Flowable | None]] = []
        self.heights: list[float] = []
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The full width, as high as the highest tile; like parts of all tiles are on one line."""
        self.width = width
        inner = self._tile_width() - 2 * PADDING
        self.parts = [_parts(tile, inner) for tile in self.tiles]
        self.heights = [
            max(0.0 if part is None else part.wrap(inner, height)[1] for part in line)
            for line in zip(*self.parts, strict=True)
        ]
        self.height = sum(self.heights) + SPACE * sum(used > 0 for used in self.heights[2:]) + 2 * PADDING
        return self.width, self.height

    def _tile_width(self) -> float:
        return float((self.width - TILE_GAP * (self.columns - 1)) / self.columns)

    def draw(self) -> None:
        """Each tile whole before the next, so that the text reads in order."""
        canvas, width = self.canv, self._tile_width()
        for index, parts in enumerate(self.parts):
            x = index * (width + TILE_GAP)
            canvas.setLineWidth(HAIRLINE)
            canvas.setStrokeColor(colour("line"))
            canvas.roundRect(x, 0, width, self.height, RADIUS, stroke=1, fill=0)
            y = self.height - PADDING
            for line, (part, used) in enumerate(zip(parts, self.heights, strict=True)):
                y -= SPACE if line > 1 and used else 0
                if part is not None:
                    part.drawOn(canvas, x + PADDING, y - part.height)
                y -= used


def _parts(tile: KpiTile, width: float) -> list[Flowable | None]:
    """Label, value, change, trend and note; None where a tile has none."""
    has_trend = tile.trend is not None and not tile.trend.is_empty
    return [
        plain(tile.label, "tileLabel", 80),
        ValueLine(tile.value),
        ChangeLine(tile) if tile.change or tile.comparison else None,
        render_drawing(tile.trend, width, TREND_HEIGHT) if tile.trend is not None and has_trend else None,
        plain(tile.note, "tileNote", 220) if tile.note else None,
    ]


def tile_rows(block: KpiRow) -> list[Flowable]:
    """The rows of a block: at most four tiles in each, and no single one left over where that can be helped."""
    count = len(block.tiles)
    columns = min(count, MOST_IN_A_ROW)
    if count > MOST_IN_A_ROW and count % MOST_IN_A_ROW == 1:
        columns = 3
    return [TileRow(block.tiles[start : start + columns], columns) for start in range(0, count, max(columns, 1))]
