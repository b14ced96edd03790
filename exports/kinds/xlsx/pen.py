"""Writes one value into one cell, with its type: numbers stay numbers, and no text can become a formula."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from charts.native.number_format import number_format
from charts.periods import day_number
from core.numbers import is_undefined
from core.result import Column, ColumnType
from exports.kinds.xlsx.look import Looks

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# What a cell can hold, and the integers a spreadsheet program keeps to the last digit.
LONGEST_TEXT = 32_767
LARGEST_INTEGER = 2**53
CUT = " … (cut)"
# Excel counts a day that never was before this one; earlier days are written as text.
FIRST_DAY = dt.date(1900, 3, 1)
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# Signs at the start of a text that need a second look.
_UNUSUAL_SIGNS = frozenset((*FORMULA_SIGNS, "<"))
_DRAWN_WHEN_EMPTY = frozenset({"total"})
_DATE_FORMAT = "d mmm yyyy"
_DATETIME_FORMAT = "d mmm yyyy hh:mm"


def cell_format(column: Column) -> str:
    """The number format of a column's cells; empty for text."""
    match column.type:
        case ColumnType.INTEGER | ColumnType.NUMBER:
            return number_format(column.unit, column.decimals)
        case ColumnType.DATE:
            return _DATE_FORMAT
        case ColumnType.DATETIME:
            return _DATETIME_FORMAT
        case _:
            return ""


class Pen:
    """Writes on one sheet. Rows must be written from top to bottom: each is sent to disk when the next begins."""

    def __init__(self, sheet: "Worksheet", looks: Looks) -> None:
        self.sheet = sheet
        self._looks = looks

    def text(self, row: int, column: int, text: str, look: str = "cell") -> None:
        """Write text as text; what a program might run as a formula is marked as literal."""
        if len(text) > LONGEST_TEXT:
            text = text[: LONGEST_TEXT - len(CUT)] + CUT
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would take it for its own markup and write it unescaped.
            text += " "
        is_literal = text.startswith(FORMULA_SIGNS)
        self.sheet.write_string(row, column, text, self._looks.of(look, is_literal=is_literal))

    def value(self, row: int, column: int, value: object, code: str = "", look: str = "cell") -> None:
        """Write a value in its own type, numbers and times in the format `code`; undefined is empty, never 0."""
        if value is None or is_undefined(value):
            if look in _DRAWN_WHEN_EMPTY:
                self.sheet.write_blank(row, column, None, self._looks.of(look))
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, self._looks.of(look))
        elif isinstance(value, int | float | Decimal):
            self._number(row, column, value, code, look)
        elif isinstance(value, dt.date):
            self._moment(row, column, value, code, look)
        else:
            self.text(row, column, str(value), look)

    def formula(self, row: int, column: int, formula: str, value: object, code: str, look: str = "cell") -> None:
        """Write a formula with the value it has now, for programs that do not calculate."""
        known = "" if value is None or is_undefined(value) else value
        shown = float(known) if isinstance(known, Decimal) else known
        self.sheet.write_formula(row, column, formula, self._looks.of(look, code), shown)

    def link(self, row: int, column: int, sheet_name: str, label: str) -> None:
        """Write a link to another sheet of the workbook."""
        address = "internal:'" + sheet_name.replace("'", "''") + "'!A1"
        look = self._looks.of("link", is_literal=label.startswith(FORMULA_SIGNS))
        self.sheet.write_url(row, column, address, look, label[:255])

    def embolden(self, row: int, last: int) -> None:
        """Set a row in bold, whatever the formats of its cells."""
        rule = {"type": "formula", "criteria": "=TRUE", "format": self._looks.of("subtotal")}
        self.sheet.conditional_format(row, 0, row, last, rule)

    def column_writer(self, place: int, column: Column) -> Callable[[int, object], None]:
        """What writes a value of one column into a row: as `value` does, but quick for what is ordinary."""
        code = cell_format(column)
        look = self._looks.of("cell", code)
        write_number, write_string = self.sheet.write_number, self.sheet.write_string

        def write(row: int, value: object) -> None:
            if (type(value) is float and isfinite(value)) or (type(value) is int and abs(value) <= LARGEST_INTEGER):
                write_number(row, place, value, look)
            elif type(value) is str and value[:1] not in _UNUSUAL_SIGNS and len(value) <= LONGEST_TEXT:
                write_string(row, place, value)
            else:
                self.value(row, place, value, code)

        return write

    def _number(self, row: int, column: int, value: int | float | Decimal, code: str, look: str) -> None:
        if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            self.sheet.write_string(row, column, str(value), self._looks.of(look))
        else:
            self.sheet.write_number(row, column, float(value), self._looks.of(look, code))

    def _moment(self, row: int, column: int, value: dt.date, code: str, look: str) -> None:
        day = value.date() if isinstance(value, dt.datetime) else value
        if day < FIRST_DAY:
            self.sheet.write_string(row, column, value.isoformat(), self._looks.of(look))
            return
        # A workbook counts days and knows no zones; the wall clock of the value's own zone is kept.
        self.sheet.write_number(row, column, day_number(value) - _DAY_ZERO, self._looks.of(look, code))
