"""Workbooks by XlsxWriter: typed cells, native charts, and formulas that a reader can go on calculating with."""

from exports.blocks import Report

KIND = "xlsx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSION = "xlsx"


def render(report: Report) -> bytes:
    """The report as a workbook. Raises LimitError for a table that no sheet can hold."""
    # XlsxWriter is imported only when a file is written.
    from exports.kinds.xlsx.workbook import build_workbook

    return build_workbook(report)
