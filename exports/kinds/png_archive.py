"""PNG: a ZIP archive with a picture of each chart, the one of the PDF at two pixels a point.

Title and what a reader needs to check the numbers are text within each file (PNG 1.2, 4.2.3).
"""

import io

from charts import Chart
from exports.blocks import Report
from exports.pictures import draw_picture, pack_pictures, page_pictures

KIND = "png"
MEDIA_TYPE = "application/zip"
EXTENSION = "png.zip"
SCALE = 2
_DOTS_PER_INCH = 72 * SCALE


def render(report: Report) -> bytes:
    """The report's charts as an archive of pictures; it is empty where there is none."""
    return pack_pictures(report, "png", draw_chart)


def draw_chart(chart: Chart, facts: str = "") -> bytes:
    """One chart as PNG; `facts` end its description."""
    from PIL.PngImagePlugin import PngInfo

    from exports.kinds.pdf.document import single_page

    (image,) = page_pictures(single_page(draw_picture(chart)), scale=SCALE, most=1)
    said = PngInfo()
    said.add_itxt("Title", _text(chart.title or "Chart"))
    said.add_itxt("Description", _text("\n".join(part for part in (chart.description, facts) if part)))
    target = io.BytesIO()
    image.save(target, "PNG", pnginfo=said, dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH), optimize=False)
    return target.getvalue()


def _text(text: str) -> str:
    """Text that ends where it ends, and that UTF-8 can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
