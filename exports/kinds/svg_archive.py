"""SVG: a ZIP archive with a picture of each chart, drawn as in the PDF, with its title and where its numbers come from.

What a reader needs to check the numbers is in the description of each picture, which programs read and do not draw.
"""

import re
from xml.sax.saxutils import escape

from charts import Chart
from exports.blocks import Report
from exports.pictures import draw_picture, pack_pictures

KIND = "svg"
MEDIA_TYPE = "application/zip"
EXTENSION = "svg.zip"
_NOT_IN_XML = re.compile("[^\\t\\n\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
# Where the font of the PDF is not installed, one that is.
_FAMILIES = "Inter, 'Helvetica Neue', Arial, sans-serif"


def render(report: Report) -> bytes:
    """The report's charts as an archive of pictures; it is empty where there is none."""
    return pack_pictures(report, "svg", lambda chart, facts: draw_chart(chart, facts).encode("utf-8", "replace"))


def draw_chart(chart: Chart, facts: str = "") -> str:
    """One chart as SVG; `facts` end its description."""
    from reportlab.graphics import renderSVG

    return _described(renderSVG.drawToString(draw_picture(chart)), chart, facts)


def _described(svg: str, chart: Chart, facts: str) -> str:
    said = "\n".join(part for part in (chart.description, facts) if part)
    titled = svg.replace("<title>...</title>", f"<title>{_text(chart.title or 'Chart')}</title>", 1)
    titled = titled.replace("<desc>...</desc>", f"<desc>{_text(said)}</desc>", 1)
    for family in ("InterTabular-SemiBold", "InterTabular-Italic", "InterTabular"):
        weight = "; font-weight: 600" if family.endswith("SemiBold") else ""
        titled = titled.replace(f"font-family: {family};", f"font-family: {_FAMILIES}{weight};")
    return titled


def _text(text: str) -> str:
    """Text that XML 1.0 can hold."""
    return escape(_NOT_IN_XML.sub("", text))
