"""Excel workbooks: each visible sheet with values is a table."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.errors import Place, malformed, unreadable
from connectors.kinds.files.header import name_columns
from connectors.kinds.files.raw import RawTable, Task, TextWriter
from connectors.kinds.files.workbook import check_workbook

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

KIND = "xlsx"
LABEL = "Excel workbook"
SUFFIXES = (".xlsx", ".xlsm")

_SEARCHED_ROWS = 20
_EXACT_FLOAT = 2**53

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Row = list[str | None]


def reason_to_skip(task: Task) -> str | None:
    """Every file with this ending is a workbook."""
    del task
    return None


def read(task: Task) -> list[RawTable]:
    """One table for each visible sheet with values, all columns text. `sheet` is set where there are several."""
    import python_calamine

    errors = check_workbook(task)
    place = Place(file=task.name)
    try:
        with python_calamine.load_workbook(str(task.path)) as book:
            tables = _sheets(task, book, errors)
    except python_calamine.PasswordError:
        raise unreadable(task.name, "the workbook is protected by a password. Save it without one.") from None
    except python_calamine.CalamineError as error:
        raise malformed(place, f"the workbook cannot be read ({error}). Open it in Excel and save it again.") from None
    if not tables:
        raise malformed(place, "no visible sheet of the workbook has values.")
    return tables


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """The row that names the columns, its number in the sheet (from 1), and texts that stand above it."""

    cells: tuple[str, ...]
    number: int
    above: tuple[str, ...]


def _sheets(task: Task, book: "CalamineWorkbook", errors: int) -> list[RawTable]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    worksheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in worksheets if sheet.visible == SheetVisibleEnum.Visible]
    hidden = [sheet.name for sheet in worksheets if sheet.name not in visible]
    warnings = [f"The hidden sheet '{name}' was not read." for name in hidden]
    if errors:
        warnings.append(f"Cells of the workbook with errors such as #N/A: {errors:,}. They were read as empty.")
    tables: list[RawTable] = []
    for number, name in enumerate(visible, start=1):
        table = _sheet(task, book, name, number)
        if table is not None:
            tables.append(table)
        task.advance(number / len(visible))
    if not tables:
        return []
    first = dataclasses.replace(tables[0], warnings=(*warnings, *tables[0].warnings))
    return [dataclasses.replace(first, sheet=None)] if len(tables) == 1 else [first, *tables[1:]]


def _sheet(task: Task, book: "CalamineWorkbook", name: str, number: int) -> RawTable | None:
    """The table of a sheet, None when the sheet is empty."""
    rows: Iterator[Row] = ([_text(cell) for cell in row] for row in book.get_sheet_by_name(name).iter_rows())
    start = list(itertools.islice(rows, _SEARCHED_ROWS))
    header = _find_header(start)
    if header is None:
        # Only blank rows so far: whatever comes first names the columns.
        rows = itertools.chain(start, rows)
        first = next(((at, row) for at, row in enumerate(rows, start=1) if any(row)), None)
        if first is None:
            return None
        header = _Header(cells=tuple(cell or "" for cell in first[1]), number=first[0], above=())
        start = [[]] * header.number
    place = f"{task.name}, sheet {name}"
    columns = name_columns(header.cells, place, task.limits)
    warnings: tuple[str, ...] = ()
    if header.above:
        shown = "; ".join(header.above)
        warnings = (f"The rows above the column names (row {header.number}) were left out: {shown}.",)
    path, first_row, blank = task.work / f"sheet{number}.parquet", header.number + 1, 0
    with TextWriter(path, columns, file=place, first_row=first_row) as writer:
        for row in itertools.chain(start[header.number :], rows):
            if any(row):
                writer.add_row(row, size=sum(len(cell) for cell in row if cell))
            else:
                blank += 1
    if blank:
        warnings = (*warnings, f"Blank rows left out: {blank:,}. Row numbers in messages do not count them.")
    if not writer.rows:
        warnings = (*warnings, "The sheet has column names but no rows; the table is empty.")
    return RawTable(path=path, columns=columns, rows=writer.rows, first_row=first_row, warnings=warnings, sheet=name)


def _find_header(rows: list[Row]) -> _Header | None:
    """The first row that fills at least half of the columns; titles above a table fill fewer. None without values."""
    filled = [sum(cell is not None for cell in row) for row in rows]
    if not any(filled):
        return None
    index = next(at for at, count in enumerate(filled) if count * 2 >= max(filled))
    above = tuple(cell for row in rows[:index] for cell in row if cell is not None)
    return _Header(cells=tuple(cell or "" for cell in rows[index]), number=index + 1, above=above)


def _text(cell: Cell) -> str | None:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) <= _EXACT_FLOAT:
            return str(int(cell))
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case dt.date() | dt.time():
            return cell.isoformat()
        case str():
            return cell or None
        case _:
            return str(cell)
