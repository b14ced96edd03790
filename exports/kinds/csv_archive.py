"""CSV by RFC 4180: a ZIP archive with a file for the key figures and for each chart and table.

Numbers have a point and no grouping, dates are ISO 8601, what is undefined is empty. Text that a spreadsheet would take
for a formula has an apostrophe before it.
"""

import csv
import datetime as dt
import io

from exports.blocks import Report
from exports.cells import heading_text
from exports.tabular import Part, pack

KIND = "csv"
MEDIA_TYPE = "application/zip"
EXTENSION = "csv.zip"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report) -> bytes:
    """The report as an archive of CSV files."""
    return pack(report, "csv", write_csv)


def write_csv(part: Part) -> bytes:
    """One table as CSV, with a byte order mark, by which spreadsheets know that it is UTF-8."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([_text(heading_text(column)) for column in part.columns])
    writer.writerows([_cell(value) for value in row] for row in part.rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
