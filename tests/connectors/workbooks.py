"""Writes XLSX workbooks by hand, cell by cell, so that tests know exactly what is in them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | float | bool | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Number format 14 is a date, 22 a date with a time.
STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


def letters(column: int) -> str:
    """The letters of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def sheet_xml(rows: Sequence[Sequence[Cell]]) -> str:
    """The rows of a sheet from A1 on; None leaves a cell out."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(f"{letters(at)}{number}", value) for at, value in enumerate(row) if value is not None)
        lines.append(f'<row r="{number}">{cells}</row>')
    return "".join(lines)


def date_cell(reference: str, serial: float, *, style: int = 1) -> str:
    """A cell with a date as Excel stores it: days since the end of 1899."""
    return f'<c r="{reference}" s="{style}"><v>{serial}</v></c>'


def _cell(reference: str, value: Cell) -> str:
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value!r}</v></c>'


def write_workbook(path: Path, sheets: Mapping[str, str], *, hidden: Sequence[str] = ()) -> Path:
    """Writes a workbook of sheets by name; the value is the sheet's rows as XML."""
    path.parent.mkdir(exist_ok=True, parents=True)
    parts = [(f"xl/worksheets/sheet{at}.xml", xml) for at, xml in enumerate(sheets.values(), start=1)]
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{_TYPES}.worksheet+xml"/>' for name, _ in parts)
    states = dict.fromkeys(hidden, ' state="hidden"')
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"{states.get(name, "")}/>'
        for at, name in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(parts) + 1)
    )
    relations += f'<Relationship Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
            f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{overrides}</Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
        book.writestr("xl/styles.xml", STYLES)
        for name, xml in parts:
            book.writestr(name, f'<worksheet xmlns="{_MAIN}"><sheetData>{xml}</sheetData></worksheet>')
    return path
