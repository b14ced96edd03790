"""Workbooks read back: by openpyxl as they were written, and by LibreOffice after it has calculated them anew."""

import io
import subprocess
import warnings
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from exports import Report, render_report

Cells = dict[str, list[list[object]]]


def read_workbook(report: Report) -> Workbook:
    """The report as a workbook, with its formulas."""
    return _open(render_report(report, "xlsx"))


def _open(content: bytes, *, is_read_only: bool = False) -> Workbook:
    with warnings.catch_warnings():
        # openpyxl knows neither sparklines nor solid data bars and says so.
        warnings.filterwarnings("ignore", message=".*extension is not supported", category=UserWarning)
        return openpyxl.load_workbook(io.BytesIO(content), read_only=is_read_only, data_only=is_read_only)


def calculated(report: Report, folder: Path) -> Cells:
    """The values of every sheet as LibreOffice calculates them; the values written beside the formulas are gone."""
    return calculated_workbook(render_report(report, "xlsx"), folder)


def calculated_workbook(content: bytes, folder: Path) -> Cells:
    """The same for the bytes of a workbook."""
    bare = folder / "bare.xlsx"
    # openpyxl keeps formulas and drops the values that were written with them.
    _open(content).save(bare)
    out = folder / "calculated"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(bare)], check=True, capture_output=True, timeout=600)
    # Read for its values only, because openpyxl cannot read the charts that LibreOffice writes.
    book = _open((out / "bare.xlsx").read_bytes(), is_read_only=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported", category=UserWarning)
        cells = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    book.close()
    return cells
