"""The line above the title: the tenant's mark in its colour, its name, and for whom the report is."""

from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from charts.fonts import REGULAR, SEMIBOLD, printable, text_width
from exports.blocks import Report
from exports.kinds.pdf.lines import fit
from exports.kinds.pdf.style import colour

HEIGHT = 18.0
NAME_SIZE = 10.0
SMALL = 8.5
_WIDEST = HEIGHT * 5


class TenantLine(Flowable):  # type: ignore[misc]
    """A coloured square with the tenant's initial, its name, and at the right for whom the report was made."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.name = printable(report.tenant_name)
        self.reader = printable(f"Prepared for {report.prepared_for}") if report.prepared_for else ""
        self.accent = HexColor(report.accent)
        self.logo = None if report.logo is None else ImageReader(BytesIO(report.logo))

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """The full width, one line high."""
        self.width, self.height = width, HEIGHT
        return self.width, self.height

    def draw(self) -> None:
        """From left to right."""
        canvas, base = self.canv, HEIGHT / 2 - NAME_SIZE * 0.36
        mark_width = self._draw_letter(base) if self.logo is None else self._draw_logo(self.logo)
        canvas.setFont(SEMIBOLD, NAME_SIZE)
        reader_width = min(text_width(self.reader, SMALL), self.width / 2)
        canvas.setFillColor(colour("text"))
        name_room = self.width - mark_width - 24 - reader_width
        canvas.drawString(mark_width + 8, base, fit(self.name, name_room, NAME_SIZE, SEMIBOLD))
        canvas.setFont(REGULAR, SMALL)
        canvas.setFillColor(colour("text3"))
        canvas.drawRightString(self.width, base, fit(self.reader, self.width / 2, SMALL))

    def _draw_letter(self, base: float) -> float:
        """The initial on a square of the tenant's colour; returns how wide it is."""
        canvas = self.canv
        canvas.setFillColor(self.accent)
        canvas.roundRect(0, 0, HEIGHT, HEIGHT, 4, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#ffffff") if _is_dark(self.accent) else colour("text"))
        canvas.setFont(SEMIBOLD, NAME_SIZE)
        canvas.drawCentredString(HEIGHT / 2, base, self.name[:1].upper())
        return HEIGHT

    def _draw_logo(self, logo: ImageReader) -> float:
        """The tenant's own mark, as high as the line; returns how wide it is."""
        width, height = logo.getSize()
        shown: float = min(HEIGHT * width / height, _WIDEST)
        self.canv.drawImage(logo, 0, 0, shown, HEIGHT, mask="auto", preserveAspectRatio=True)
        return shown


def _is_dark(accent: HexColor) -> bool:
    """Whether white is easier to read on a colour than black, by the relative luminance of WCAG 2."""
    channels = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (accent.red, accent.green, accent.blue)
    ]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return bool(luminance < 0.26)
