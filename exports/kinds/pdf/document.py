"""The document: first page with its title, footers with page numbers, metadata, and bytes that do not vary."""

import datetime as dt
import io
import threading
from collections.abc import Mapping
from types import MappingProxyType

from reportlab.graphics.shapes import Drawing
from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer
from reportlab.platypus import PageBreak as NewPage
from reportlab.platypus.tableofcontents import TableOfContents

from charts.fonts import REGULAR, printable, register_fonts, text_width
from charts.periods import period_text
from charts.spec import Grain
from exports.blocks import Report
from exports.kinds.pdf.attached import attach, csv_files
from exports.kinds.pdf.flow import LANDSCAPE, PORTRAIT, report_flowables
from exports.kinds.pdf.lines import fit
from exports.kinds.pdf.lock import lock
from exports.kinds.pdf.mark import TenantLine
from exports.kinds.pdf.prose import plain
from exports.kinds.pdf.style import HAIRLINE, MARGIN, MARGIN_BOTTOM, MARGIN_TOP, SIZES, colour, style

CREATOR = "Plumbline"
SMALL = 7.6
FOOT = 30.0
COVER_BAND = 120.0
_TOTAL = "total"
_building = threading.Lock()


class ReportCanvas(Canvas):  # type: ignore[misc]
    """A canvas that knows the number of pages at the end: each footer refers to a form that is filled in last."""

    generated_at = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    files: Mapping[str, bytes] = MappingProxyType({})

    def save(self) -> None:
        """Fills in the number of pages, dates the file, and writes it."""
        if self._code:
            self.showPage()
        total = str(self.getPageNumber() - 1)
        self.beginForm(_TOTAL, 0, -3, 60, 12)
        self.setFont(REGULAR, SMALL)
        self.setFillColor(colour("text3"))
        self.drawString(0, 0, total)
        self.endForm()
        attach(self._doc, self.files)
        self._doc._timeStamp = _stamp(self.generated_at)
        super().save()


def _stamp(moment: dt.datetime) -> TimeStamp:
    """The file's dates: those of the report, not of the clock, or no two files would be equal."""
    stamp = TimeStamp(invariant=1)
    utc = moment.astimezone(dt.UTC)
    stamp.t, stamp.lt, stamp.YMDhms = utc.timestamp(), utc.timetuple(), tuple(utc.timetuple()[:6])
    stamp.dhh = stamp.dmm = 0
    return stamp


class ReportDocument(BaseDocTemplate):  # type: ignore[misc]
    """The pages of one report."""

    def __init__(self, report: Report, target: io.BytesIO) -> None:
        self.report = report
        upright = SIZES[report.page_size]
        width, height = upright[::-1] if report.is_landscape else upright
        super().__init__(
            target,
            pagesize=(width, height),
            title=printable(report.title),
            author=printable(report.tenant_name),
            subject=printable(report.subtitle or report.period or report.title),
            creator=CREATOR,
            producer=CREATOR,
            lang="en-GB",
            displayDocTitle=1,
            invariant=1,
            pageCompression=1,
            initialFontName=REGULAR,
        )
        for name, size in ((PORTRAIT, (width, height)), (LANDSCAPE, upright[::-1])):
            room = (size[0] - 2 * MARGIN, size[1] - MARGIN_TOP - MARGIN_BOTTOM)
            frame = Frame(MARGIN, MARGIN_BOTTOM, *room, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
            draw = {"onPage": self._draw_top, "onPageEnd": self._draw_foot}
            self.addPageTemplates(PageTemplate(name, [frame], pagesize=size, **draw))

    def _draw_top(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.saveState()
        if canvas.getPageNumber() == 1:
            self._draw_accent(canvas)
        else:
            self._draw_running_head(canvas)
        canvas.restoreState()

    def _draw_foot(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        # Drawn last, so that the text of a page reads from its top to its foot.
        canvas.saveState()
        self._draw_footer(canvas)
        canvas.restoreState()

    def _draw_accent(self, canvas: Canvas) -> None:
        width, height = canvas._pagesize
        canvas.setFillColor(self.report.accent)
        thick = COVER_BAND if self.report.has_cover else 5
        canvas.rect(0, height - thick, width, thick, stroke=0, fill=1)

    def _draw_running_head(self, canvas: Canvas) -> None:
        width, height = canvas._pagesize
        y = height - 28
        canvas.setFont(REGULAR, SMALL)
        canvas.setFillColor(colour("text3"))
        words = printable(f"{self.report.tenant_name}  ·  {self.report.title}")
        canvas.drawString(MARGIN, y, fit(words, width - 2 * MARGIN, SMALL))

    def _draw_footer(self, canvas: Canvas) -> None:
        right = canvas._pagesize[0] - MARGIN
        canvas.setLineWidth(HAIRLINE)
        canvas.setStrokeColor(colour("line"))
        canvas.line(MARGIN, FOOT + 12, right, FOOT + 12)
        canvas.setFont(REGULAR, SMALL)
        canvas.setFillColor(colour("text3"))
        page = f"Page {canvas.getPageNumber()} of "
        canvas.drawString(MARGIN, FOOT, page)
        canvas.saveState()
        canvas.translate(MARGIN + text_width(page, SMALL), FOOT)
        canvas.doForm(_TOTAL)
        canvas.restoreState()
        facts = [self.report.watermark, f"Generated {moment_text(self.report.generated_at)}"]
        words = printable("  ·  ".join(fact for fact in facts if fact))
        canvas.drawRightString(right, FOOT, fit(words, right - MARGIN - 90, SMALL))


def moment_text(moment: dt.datetime) -> str:
    """A time with its zone.

    >>> moment_text(dt.datetime(2026, 11, 21, 19, 40, tzinfo=dt.UTC))
    '21 Nov 2026, 19:40 UTC'
    """
    return f"{period_text(moment, Grain.HOUR)} {moment:%Z}".strip()


def _head(report: Report) -> list[Flowable]:
    """The top of the first page: whose report it is, what it is about, and which time it covers."""
    parts: list[Flowable] = [TenantLine(report), Spacer(1, 16), plain(report.title, "title", 300)]
    if report.subtitle:
        parts.append(plain(report.subtitle, "subtitle", 600))
    if report.period:
        parts.append(plain(report.period, "meta", 300))
    return [*parts, Spacer(1, 14)]


def _cover(report: Report) -> list[Flowable]:
    """A page of its own for the title, and one for what is where."""
    contents = TableOfContents(dotsMinLevel=0, levelStyles=[style(f"contents{level}") for level in (1, 2, 3)])
    made: list[Flowable] = [Spacer(1, COVER_BAND + 90), *_head(report)]
    for fact in (report.watermark, f"Generated {moment_text(report.generated_at)}"):
        made += [plain(fact, "meta", 300)] if fact else []
    return [*made, NewPage(), plain("Contents", "heading1"), Spacer(1, 8), contents, NewPage()]


def build_document(report: Report) -> bytes:
    """The bytes of the PDF."""
    register_fonts()
    target = io.BytesIO()
    document = ReportDocument(report, target)
    files = csv_files(report) if report.has_data else {}
    canvas = type("DatedCanvas", (ReportCanvas,), {"generated_at": report.generated_at, "files": files})
    width, height = document.pagesize
    head = _cover(report) if report.has_cover else _head(report)
    story = [*head, *report_flowables(report, width - 2 * MARGIN, max(width, height) - 2 * MARGIN)]
    # Embedding reads the shared font files by a position they keep, so two reports must not do it at once.
    with _building:
        # The list of contents knows its page numbers after a first round.
        build = document.multiBuild if report.has_cover else document.build
        build(story, canvasmaker=canvas)
    return lock(target.getvalue(), report.password) if report.password else target.getvalue()


def single_page(drawing: Drawing) -> bytes:
    """A drawing as a PDF of one page of its size, for programs that draw pages."""
    from reportlab.graphics.renderPDF import drawToString

    with _building:
        return bytes(drawToString(drawing))
