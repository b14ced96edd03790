"""The first sheet: what the report is, what it says in words, and a link to each part."""

from collections.abc import Sequence
from typing import assert_never

from exports.blocks import Block, ChartBlock, Footnotes, Heading, KpiRow, PageBreak, Problem, Report, TableBlock, Text
from exports.kinds.xlsx.pen import Pen
from exports.markdown import Bullets, Paragraph, Span, Title, parse_markdown

WIDTH = 110


class Overview:
    """Writes the first sheet from top to bottom."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._row = 0

    def head(self, report: Report) -> None:
        """Title, what it is about, and which time it covers."""
        self._pen.sheet.set_column(0, 0, WIDTH)
        self._pen.sheet.hide_gridlines(2)
        self._line(report.title, "title")
        facts = (report.subtitle, " · ".join(part for part in (report.tenant_name, report.period) if part))
        for text in facts:
            if text:
                self._line(text, "meta")
        if report.prepared_for:
            self._line(f"Prepared for {report.prepared_for}", "meta")
        self._row += 1

    def block(self, block: Block, sheet_name: str | None) -> None:
        """A block: words in full, anything else as a link to its sheet."""
        match block:
            case Heading():
                self._row += 1
                self._line(block.text, "heading")
            case Text():
                self._prose(block.markdown)
            case Problem():
                self._line(f"{block.title} is not shown", "problem")
                reference = f" Reference {block.reference}." if block.reference else ""
                self._line(f"{block.reason}{reference}", "prose")
            case KpiRow():
                self._link(sheet_name, ", ".join(tile.label for tile in block.tiles))
            case ChartBlock():
                self._link(sheet_name, block.chart.title or "Chart")
            case TableBlock():
                self._link(sheet_name, block.title or "Table")
            case PageBreak() | Footnotes():
                pass
            case _:
                assert_never(block)

    def links(self, names: Sequence[str]) -> None:
        """Links to the last sheets."""
        self._row += 1
        for name in names:
            self._link(name, name)

    def _link(self, sheet_name: str | None, label: str) -> None:
        if sheet_name is not None:
            self._pen.link(self._row, 0, sheet_name, label)
            self._row += 1

    def _prose(self, markdown: str) -> None:
        for element in parse_markdown(markdown):
            match element:
                case Title():
                    self._line(_plain(element.spans), "heading")
                case Paragraph():
                    self._line(_plain(element.spans), "prose")
                case Bullets():
                    for item in element.items:
                        self._line(f"• {_plain(item)}", "prose")
                case _:
                    assert_never(element)
        self._row += 1

    def _line(self, text: str, look: str) -> None:
        lines = max(1, -(-len(text) // WIDTH))
        if lines > 1:
            self._pen.sheet.set_row(self._row, 15 * min(lines, 27))
        self._pen.text(self._row, 0, text, look)
        self._row += 1


def _plain(spans: Sequence[Span]) -> str:
    return "".join(span.text for span in spans)
