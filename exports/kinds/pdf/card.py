"""A bordered box that holds other flowables and stays on one page."""

from collections.abc import Sequence

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from charts.fonts import printable
from exports.kinds.pdf.outline import add_bookmark
from exports.kinds.pdf.style import GAP, HAIRLINE, PADDING, RADIUS, colour


class Card(Flowable):  # type: ignore[misc]
    """Parts below each other in a box with round corners. With a `title` it gets an entry in the outline."""

    def __init__(
        self,
        parts: Sequence[Flowable],
        *,
        title: str = "",
        level: int = 0,
        fill: Color | None = None,
        border: Color | None = None,
        padding: float = PADDING,
    ) -> None:
        super().__init__()
        self.parts = list(parts)
        self.title, self.level = printable(title)[:120], level
        self.fill, self.border, self.padding = fill, border or colour("line"), padding
        self.heights: list[float] = []
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The full width, and the height of all parts."""
        inner = width - 2 * self.padding
        self.heights = [part.wrap(inner, height)[1] for part in self.parts]
        self.width, self.height = width, sum(self.heights) + 2 * self.padding
        return self.width, self.height

    def draw(self) -> None:
        """The box, then its parts from the top."""
        canvas = self.canv
        canvas.saveState()
        canvas.setLineWidth(HAIRLINE)
        canvas.setStrokeColor(self.border)
        if self.fill is not None:
            canvas.setFillColor(self.fill)
        canvas.roundRect(0, 0, self.width, self.height, RADIUS, stroke=1, fill=0 if self.fill is None else 1)
        canvas.restoreState()
        if self.title:
            add_bookmark(canvas, self.title, self.level, self.height + 4)
        y = self.height - self.padding
        for part, height in zip(self.parts, self.heights, strict=True):
            y -= height
            part.drawOn(canvas, self.padding, y)


class CardRow(Flowable):  # type: ignore[misc]
    """Two cards side by side, equally high."""

    def __init__(self, cards: Sequence[Card]) -> None:
        super().__init__()
        self.cards = list(cards)
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The full width, as high as the higher card."""
        self.width = width
        self.height = max(card.wrap(half_width(width), height)[1] for card in self.cards)
        return self.width, self.height

    def draw(self) -> None:
        """The left card whole before the right one."""
        for index, card in enumerate(self.cards):
            card.height = self.height
            card.drawOn(self.canv, index * (self.width - half_width(self.width)), 0)


def half_width(width: float) -> float:
    """The width of each of two cards side by side."""
    return (width - GAP) / 2
