"""Bookmarks: the outline beside the pages, one entry for each heading, chart and table."""

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from charts.fonts import printable


class Bookmark(Flowable):  # type: ignore[misc]
    """A place that takes no room: an entry of the outline, `level` 0 or deeper, that leads to what comes next."""

    def __init__(self, title: str, level: int) -> None:
        super().__init__()
        self.title = printable(title)[:120] or "Untitled"
        self.level = level
        self.width = self.height = 0.0

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """No size."""
        return 0.0, 0.0

    def draw(self) -> None:
        """Adds the entry at the current height of the page."""
        add_bookmark(self.canv, self.title, self.level, 4)


def add_bookmark(canvas: Canvas, title: str, level: int, above: float) -> None:
    """Adds an entry that leads `above` points above the origin; a level is never more than one deeper than before."""
    count = getattr(canvas, "bookmark_count", 0)
    deepest = getattr(canvas, "bookmark_level", -1) + 1
    canvas.bookmark_count, canvas.bookmark_level = count + 1, min(level, deepest)
    key = f"place{count}"
    canvas.bookmarkHorizontal(key, 0, above)
    canvas.addOutlineEntry(title, key, canvas.bookmark_level, 0)
    # A document with a list of contents hears of each place while its pages are made.
    document = getattr(canvas, "_doctemplate", None)
    if document is not None:
        document.notify("TOCEntry", (canvas.bookmark_level, title, canvas.getPageNumber(), key))
