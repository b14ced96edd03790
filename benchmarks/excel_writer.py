"""One process that writes one workbook and says how long it took and how much memory it needed."""

import datetime as dt
import gc
import io
import json
import resource
import sys
import time
from collections.abc import Callable

from benchmarks.kinds.excel import CHARTS, MONTHS, make_rows
from charts import Chart, ChartKind, Series
from core.result import Column, ColumnType
from exports import ChartBlock, Report, TableBlock, render_report

_TYPES = (*[ColumnType.TEXT] * 4, ColumnType.DATE, ColumnType.INTEGER, *[ColumnType.NUMBER] * 2, ColumnType.NUMBER)
_TYPES += (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.INTEGER)
_FORMATS = {ColumnType.DATE: "d mmm yyyy", ColumnType.NUMBER: "#,##0.00", ColumnType.INTEGER: "#,##0"}
_MONTHS = tuple(dt.date(2023 + month // 12, month % 12 + 1, 1) for month in range(MONTHS))


def main(work: str, writer: str) -> None:
    """Write once, print JSON."""
    write = _preparations()[work, writer]()
    gc.collect()
    before = _resident_mib()
    began = time.perf_counter()
    content = write()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "mib": peak - before, "bytes": len(content)}))


Write = Callable[[], bytes]


def _preparations() -> dict[tuple[str, str], Callable[[], Write]]:
    return {
        ("table", "plumbline"): _our_table,
        ("table", "openpyxl"): lambda: _peer_table(is_write_only=False),
        ("table", "openpyxl write-only"): lambda: _peer_table(is_write_only=True),
        ("charts", "plumbline"): _our_charts,
        ("charts", "openpyxl"): _peer_charts,
    }


def _resident_mib() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def _report(*blocks: TableBlock | ChartBlock) -> Report:
    return Report(title="t", tenant_name="n", generated_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), blocks=blocks)


def _our_table() -> Write:
    import xlsxwriter  # noqa: F401

    columns = tuple(Column(name=f"c{index}", label=f"Column {index}", type=kind) for index, kind in enumerate(_TYPES))
    report = _report(TableBlock(title="Rows", columns=columns, rows=tuple(make_rows())))
    return lambda: render_report(report, "xlsx")


def _peer_table(*, is_write_only: bool) -> Write:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    rows = make_rows()
    formats = [_FORMATS.get(kind) for kind in _TYPES]

    def write() -> bytes:
        book = Workbook(write_only=is_write_only)
        sheet = book.create_sheet("Rows") if is_write_only else book.active
        sheet.append([f"Column {index}" for index in range(len(_TYPES))])
        for number, row in enumerate(rows, start=2):
            if is_write_only:
                cells = []
                for value, code in zip(row, formats, strict=True):
                    cell = WriteOnlyCell(sheet, value=value)
                    if code:
                        cell.number_format = code
                    cells.append(cell)
                sheet.append(cells)
                continue
            for place, (value, code) in enumerate(zip(row, formats, strict=True), start=1):
                cell = sheet.cell(number, place, value)
                if code:
                    cell.number_format = code
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    return write


def _values(chart: int, series: int) -> tuple[float, ...]:
    return tuple(1000.0 * (series + 1) + 37.0 * month + chart for month in range(MONTHS))


def _our_charts() -> Write:
    import xlsxwriter  # noqa: F401

    blocks = [
        ChartBlock(
            chart=Chart(
                kind=ChartKind.LINE,
                title=f"Chart {number}",
                description="",
                series=tuple(Series(name=f"Series {index}", x=_MONTHS, y=_values(number, index)) for index in range(3)),
            )
        )
        for number in range(CHARTS)
    ]
    return lambda: render_report(_report(*blocks), "xlsx")


def _peer_charts() -> Write:
    from openpyxl import Workbook
    from openpyxl.chart import LineChart, Reference

    def write() -> bytes:
        book = Workbook()
        for number in range(CHARTS):
            sheet = book.create_sheet(f"Chart {number}")
            sheet.append(["", *(f"Series {index}" for index in range(3))])
            for month, values in zip(
                _MONTHS, zip(*(_values(number, index) for index in range(3)), strict=True), strict=True
            ):
                sheet.append([month, *values])
            chart = LineChart()
            chart.title = f"Chart {number}"
            chart.add_data(Reference(sheet, min_col=2, max_col=4, min_row=1, max_row=MONTHS + 1), titles_from_data=True)
            chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=MONTHS + 1))
            sheet.add_chart(chart, "F2")
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    return write


if __name__ == "__main__":
    main(*sys.argv[1:3])
