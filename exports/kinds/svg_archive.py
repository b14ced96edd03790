"""SVG: a ZIP archive with a picture of each chart, drawn as in the PDF, with its title and where its numbers come from.

What a reader needs to check the numbers is in the description of each picture, which programs read and do not draw.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape

from charts import Chart
from exports.blocks import ChartBlock, Footnotes, Report

KIND = "svg"
MEDIA_TYPE = "application/zip"
EXTENSION = "svg.zip"
WIDTH, MARGIN, HEAD, LINE = 640.0, 16.0, 16.0, 17.0
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r"[^a-z0-9]+")
_NOT_IN_XML = re.compile("[^\\t\\n\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
# Where the font of the PDF is not installed, one that is.
_FAMILIES = "Inter, 'Helvetica Neue', Arial, sans-serif"


def render(report: Report) -> bytes:
    """The report's charts as an archive of pictures; it is empty where there is none."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chart in _named(report):
            entry = zipfile.ZipInfo(f"{name}.svg", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, draw_chart(chart, _facts(report)).encode("utf-8", "replace"))
    return target.getvalue()


def draw_chart(chart: Chart, facts: str = "") -> str:
    """One chart as SVG; `facts` end its description."""
    from reportlab.graphics import renderSVG
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
    whole.add(Rect(0, 0, whole.width, whole.height, fillColor=colour("surface"), strokeColor=None))
    for place, (text, font, size, token) in enumerate(shown):
        words, y = fit(printable(text), WIDTH - 2 * MARGIN, size), whole.height - MARGIN - size - place * LINE
        whole.add(String(MARGIN, y, words, fontName=font, fontSize=size, fillColor=colour(token)))
    picture = render_drawing(chart, WIDTH - 2 * MARGIN, height)
    whole.add(Group(*picture.contents, transform=(1, 0, 0, 1, MARGIN, MARGIN)))
    return _described(renderSVG.drawToString(whole), chart, facts)


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
