"""The workbook: an overview, a sheet for each block that has values, the definitions, and how fresh the data are."""

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from charts.periods import period_text
from charts.spec import Grain
from exports.blocks import Block, ChartBlock, Definition, Footnotes, KpiRow, Report, TableBlock
from exports.kinds.xlsx.chart import write_chart
from exports.kinds.xlsx.figures import write_figures
from exports.kinds.xlsx.look import FONT, Looks
from exports.kinds.xlsx.overview import Overview
from exports.kinds.xlsx.pen import Pen
from exports.kinds.xlsx.sheet_name import SheetNames
from exports.kinds.xlsx.table import write_table


def build_workbook(report: Report) -> bytes:
    """The bytes of the workbook; the same report gives the same bytes. Raises LimitError."""
    target = io.BytesIO()
    # Left by an error too, it is closed, which removes the files its rows were written to.
    with xlsxwriter.Workbook(target, _options()) as workbook:
        workbook.set_properties(_properties(report))
        _Sheets(workbook, report).write()
    return target.getvalue()


def _options() -> dict[str, object]:
    return {
        # Rows go to disk as they are written, so that a million of them need little memory.
        "constant_memory": True,
        # The library adds to what it is given; the next workbook must not find that.
        "default_format_properties": dict(FONT),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }


def _properties(report: Report) -> dict[str, object]:
    return {
        "title": report.title,
        "subject": report.subtitle or report.period,
        "author": report.tenant_name,
        "company": report.tenant_name,
        "comments": report.watermark,
        # The report's time, not the clock's, or no two files would be equal.
        "created": report.generated_at.astimezone(dt.UTC).replace(tzinfo=None),
    }


class _Sheets:
    """Writes the sheets of one report."""

    def __init__(self, workbook: xlsxwriter.Workbook, report: Report) -> None:
        self._workbook, self._report = workbook, report
        self._looks = Looks(workbook)
        self._names = SheetNames()

    def write(self) -> None:
        """Write all of them."""
        overview = Overview(self._add(self._names.take("Report", "Report")))
        overview.head(self._report)
        for block in self._report.blocks:
            overview.block(block, self._write_block(block))
        overview.links((self._write_definitions(), self._write_freshness()))

    def _add(self, name: str) -> Pen:
        sheet = self._workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9 if self._report.page_size.value == "a4" else 1)
        sheet.fit_to_pages(1, 0)
        return Pen(sheet, self._looks)

    def _write_block(self, block: Block) -> str | None:
        """The sheet of a block that has values; None for words."""
        match block:
            case KpiRow():
                name = self._names.take("Key figures", "Key figures")
                write_figures(self._add(name), block, "Key figures")
            case ChartBlock():
                name = self._names.take(block.chart.title, "Chart")
                write_chart(self._add(name), self._workbook, block)
            case TableBlock():
                name = self._names.take(block.title, "Table")
                write_table(self._add(name), block)
            case _:
                return None
        return name

    def _write_definitions(self) -> str:
        name = self._names.take("Definitions", "Definitions")
        pen = self._add(name)
        for place, (head, width) in enumerate((("Metric", 34), ("Definition", 100), ("Owner", 34))):
            pen.text(0, place, head, "head")
            pen.sheet.set_column(place, place, width)
        for row, one in enumerate(_definitions(self._report.blocks), start=1):
            pen.text(row, 0, one.label)
            pen.text(row, 1, one.text, "prose")
            pen.text(row, 2, one.owner)
        pen.sheet.freeze_panes(1, 1)
        return name

    def _write_freshness(self) -> str:
        name = self._names.take("Freshness", "Freshness")
        pen = self._add(name)
        notes = [block for block in self._report.blocks if isinstance(block, Footnotes)]
        generated = self._report.generated_at
        facts = [
            ("Data", self._report.watermark),
            ("Written", f"{period_text(generated, Grain.HOUR)} {generated:%Z}".strip()),
            ("Period", self._report.period),
            ("Organisation", self._report.tenant_name),
            ("Prepared for", self._report.prepared_for),
            *(("Rows", note.policy) for note in notes),
            *(("Filters", note.filters) for note in notes),
        ]
        pen.sheet.set_column(0, 0, 20)
        pen.sheet.set_column(1, 1, 90)
        for row, (label, text) in enumerate((label, text) for label, text in facts if text):
            pen.text(row, 0, label, "meta")
            pen.text(row, 1, text, "prose")
        return name


def _definitions(blocks: Sequence[Block]) -> list[Definition]:
    notes = [block for block in blocks if isinstance(block, Footnotes)]
    return list(dict.fromkeys(one for note in notes for one in note.definitions))
