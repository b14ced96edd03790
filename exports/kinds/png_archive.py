"""PNG: a ZIP archive with a picture of each chart, the one of the PDF at two pixels a point.

Title and what a reader needs to check the numbers are text within each file (PNG 1.2, 4.2.3).
"""

import io
import threading

from charts import Chart
from exports.blocks import Report
from exports.pictures import draw_picture, pack_pictures

KIND = "png"
MEDIA_TYPE = "application/zip"
EXTENSION = "png.zip"
SCALE = 2
_DOTS_PER_INCH = 72 * SCALE
# PDFium serves one caller at a time.
_drawing = threading.Lock()


def render(report: Report) -> bytes:
    """The report's charts as an archive of pictures; it is empty where there is none."""
    return pack_pictures(report, "png", draw_chart)


def draw_chart(chart: Chart, facts: str = "") -> bytes:
    """One chart as PNG; `facts` end its description."""
    import pypdfium2
    from PIL.PngImagePlugin import PngInfo

    from exports.kinds.pdf.document import single_page

    page = single_page(draw_picture(chart))
    with _drawing, pypdfium2.PdfDocument(page) as document:
        image = document[0].render(scale=SCALE).to_pil()
    said = PngInfo()
    said.add_itxt("Title", _text(chart.title or "Chart"))
    said.add_itxt("Description", _text("\n".join(part for part in (chart.description, facts) if part)))
    target = io.BytesIO()
    image.save(target, "PNG", pnginfo=said, dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH), optimize=False)
    return target.getvalue()


def _text(text: str) -> str:
    """Text that ends where it ends, and that UTF-8 can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
