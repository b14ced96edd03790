"""The charts of a report as pictures of their own, drawn as in the PDF, and an archive that holds them."""

import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from charts import Chart
from exports.blocks import ChartBlock, Footnotes, Report

if TYPE_CHECKING:
    from PIL.Image import Image
    from reportlab.graphics.shapes import Drawing

WIDTH, MARGIN, HEAD, LINE = 640.0, 16.0, 16.0, 17.0
_EPOCH = (1980, 1, 1, 0, 0, 0)
# PDFium serves one caller at a time.
_drawing = threading.Lock()
_UNSAFE = re.compile(r"[^a-z0-9]+")


def pack_pictures(report: Report, extension: str, write: Callable[[Chart, str], bytes]) -> bytes:
    """A ZIP archive with a file for each chart, empty where there is none.

    `write` is given a chart and where its numbers come from, in words.
    """
    target, facts = io.BytesIO(), _facts(report)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chart in _named(report):
            entry = zipfile.ZipInfo(f"{name}.{extension}", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, write(chart, facts))
    return target.getvalue()


def page_pictures(content: bytes, *, scale: float, most: int) -> "list[Image]":
    """The first pages of a PDF as pictures; `scale` is pixels for each point."""
    import pypdfium2

    with _drawing, pypdfium2.PdfDocument(content) as document:
        return [document[place].render(scale=scale).to_pil() for place in range(min(len(document), most))]


def draw_picture(chart: Chart) -> "Drawing":
    """A chart with its title and subtitle on a white ground; sizes in points."""
    from reportlab.graphics.shapes import Drawing, Group, Rect, String

    from charts import render_drawing
    from charts.fonts import REGULAR, SEMIBOLD, printable
    from exports.kinds.pdf.flow import chart_height
    from exports.kinds.pdf.lines import fit
    from exports.kinds.pdf.style import colour

    heads = [(chart.title, SEMIBOLD, 12.0, "text"), (chart.subtitle, REGULAR, 9.5, "text2")]
    shown = [head for head in heads if head[0]]
    height = chart_height(chart)
    whole = Drawing(WIDTH, height + 2 * MARGIN + LINE * len(shown) + (HEAD / 2 if shown else 0))
    whole.initialFontName = REGULAR
    whole.add(Rect(0, 0, whole.width, whole.height, fillColor=colour("surface"), strokeColor=None))
    for place, (text, font, size, token) in enumerate(shown):
        words, y = fit(printable(text), WIDTH - 2 * MARGIN, size), whole.height - MARGIN - size - place * LINE
        whole.add(String(MARGIN, y, words, fontName=font, fontSize=size, fillColor=colour(token)))
    picture = render_drawing(chart, WIDTH - 2 * MARGIN, height)
    whole.add(Group(*picture.contents, transform=(1, 0, 0, 1, MARGIN, MARGIN)))
    return whole


def _facts(report: Report) -> str:
    notes = [block for block in report.blocks if isinstance(block, Footnotes)]
    facts = [report.watermark]
    for note in notes:
        facts += [note.policy, note.filters, *(f"{one.label}: {one.text}" for one in note.definitions)]
    return "\n".join(fact for fact in facts if fact)


def _named(report: Report) -> Iterator[tuple[str, Chart]]:
    taken: set[str] = set()
    charts = [block.chart for block in report.blocks if isinstance(block, ChartBlock)]
    for number, chart in enumerate(charts, start=1):
        stem = _UNSAFE.sub("-", chart.title.casefold()).strip("-")[:60] or f"chart-{number}"
        name = stem if stem not in taken else f"{stem}-{number}"
        taken.add(name)
        yield name, chart
