"""A table on a sheet of its own: filters, a head that stays, ratios and totals as formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from charts.native.chart import opaque
from charts.theme import heat_ground, print_colours
from core.errors import LimitError
from core.heat import FAINTEST, STRONGEST
from core.numbers import is_undefined
from core.result import Column, ColumnType, Quotient
from exports.blocks import TableBlock
from exports.cells import cell_text, even_decimals, heading_text, is_numeric
from exports.kinds.xlsx.pen import Pen, cell_format

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
HEAD = 3
NARROWEST, WIDEST = 9.0, 60.0
_SAMPLE = 200
# A tint of the accent that keeps the numbers on it readable.
_TINT = opaque(print_colours()["accent"] + "38", "#ffffff")
_BAR = {"type": "data_bar", "bar_solid": True, "bar_color": _TINT, "bar_border_color": _TINT}
_HEAT = {"type": "2_color_scale", "min_color": heat_ground(FAINTEST), "max_color": heat_ground(STRONGEST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the parts of a table stand on its sheet; rows and columns count from zero."""

    columns: tuple[Column, ...]
    places: dict[str, int]
    first: int
    last: int

    def cell(self, name: str, row: int) -> str:
        """The address of a column's cell in a row, as formulas write it."""
        return f"{xl_col_to_name(self.places[name])}{row + 1}"

    def span(self, name: str, last: int) -> str:
        """The address of a column's cells from the first row to `last`."""
        return f"{self.cell(name, self.first)}:{self.cell(name, last)}"


def write_table(pen: Pen, block: TableBlock) -> None:
    """Write title, head, rows, what is left out, and totals. Raises LimitError where no sheet is large enough."""
    _require_room(block)
    columns = tuple(
        even_decimals(column, (row[index] for row in block.rows)) for index, column in enumerate(block.columns)
    )
    layout = Layout(
        columns=columns,
        places={column.name: index for index, column in enumerate(columns)},
        first=HEAD + 1,
        last=HEAD + len(block.rows),
    )
    pen.text(0, 0, block.title or "Table", "sheet_title")
    pen.text(1, 0, " · ".join(part for part in (block.subtitle, _extent(block)) if part), "meta")
    for index, column in enumerate(columns):
        pen.text(HEAD, index, heading_text(column), "head_number" if is_numeric(column) else "head")
    _write_rows(pen, block, layout)
    if block.totals:
        _write_totals(pen, block, layout)
    _dress(pen, block, layout)


def _require_room(block: TableBlock) -> None:
    if len(block.columns) > MOST_COLUMNS or len(block.rows) > MOST_ROWS - HEAD - 4:
        raise LimitError(
            f"The table {block.title!r} has {len(block.rows):,} rows and {len(block.columns):,} columns; a sheet holds "
            f"{MOST_ROWS:,} and {MOST_COLUMNS:,}. Filter it, or export it as CSV."
        )


def _extent(block: TableBlock) -> str:
    shown, total = len(block.rows), max(block.total_rows or 0, len(block.rows))
    if shown == total:
        return "No rows" if not shown else ""
    return f"{shown:,} of {'' if block.is_total_exact else 'more than '}{total:,} rows"


def _write_rows(pen: Pen, block: TableBlock, layout: Layout) -> None:
    writers = [pen.column_writer(place, column) for place, column in enumerate(layout.columns)]
    quotients = [
        (place, quotient, cell_format(column))
        for place, column in enumerate(layout.columns)
        if (quotient := block.quotients.get(column.name)) is not None
    ]
    for row, values in enumerate(block.rows, start=layout.first):
        for write, value in zip(writers, values, strict=True):
            write(row, value)
        for place, quotient, code in quotients:
            if values[place] is not None:
                # Written over the plain value, which the row still holds.
                pen.formula(row, place, _division(quotient, layout, row), values[place], code)


def _division(quotient: Quotient, layout: Layout, row: int) -> str:
    below = layout.cell(quotient.denominator, row)
    return f'=IF({below}=0,"",{layout.cell(quotient.numerator, row)}/{below})'


def _write_totals(pen: Pen, block: TableBlock, layout: Layout) -> None:
    """A row for what is left out, where something is, and the totals; what does not add up is written as it is."""
    row = layout.last + 1
    is_cut = (block.total_rows or 0) > len(block.rows)
    if is_cut:
        pen.text(row, 0, "All other rows", "others")
        for place, column in enumerate(layout.columns):
            _write_rest(pen, block, layout, row, place, column)
        row += 1
    pen.text(row, 0, "Total", "total")
    for place, column in enumerate(layout.columns[1:], start=1):
        _write_total(pen, block, layout, row, place, column)
    odd = [
        column.label
        for column, total in zip(layout.columns, block.totals, strict=True)
        if total is not None and column.name not in block.additive and column.name not in block.quotients
    ]
    if odd:
        pen.text(row + 1, 0, f"Computed over all rows, not a sum: {', '.join(odd)}.", "note")


def _write_rest(pen: Pen, block: TableBlock, layout: Layout, row: int, place: int, column: Column) -> None:
    quotient = block.quotients.get(column.name)
    code = cell_format(column)
    if column.name in block.additive:
        pen.value(row, place, _rest(block, place), code, "others")
    elif quotient is not None:
        above = _rest(block, layout.places[quotient.numerator])
        below = _rest(block, layout.places[quotient.denominator])
        value = float(above / below) if above is not None and below else None
        pen.formula(row, place, _division(quotient, layout, row), value, code, "others")


def _rest(block: TableBlock, place: int) -> Decimal | None:
    """The total less the rows shown."""
    total = _exact(block.totals[place])
    if total is None:
        return None
    return total - sum((part for row in block.rows if (part := _exact(row[place])) is not None), Decimal(0))


def _exact(value: object) -> Decimal | None:
    if value is None or is_undefined(value) or not isinstance(value, int | float | Decimal):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _write_total(pen: Pen, block: TableBlock, layout: Layout, row: int, place: int, column: Column) -> None:
    quotient = block.quotients.get(column.name)
    total, code = block.totals[place], cell_format(column)
    if column.name in block.additive:
        # 109 leaves out what a filter hides, so the total follows the reader's filter.
        pen.formula(row, place, f"=SUBTOTAL(109,{layout.span(column.name, row - 1)})", total, code, "total")
    elif quotient is not None:
        pen.formula(row, place, _division(quotient, layout, row), total, code, "total")
    else:
        pen.value(row, place, total, code, "total")


def _dress(pen: Pen, block: TableBlock, layout: Layout) -> None:
    sheet = pen.sheet
    sheet.freeze_panes(HEAD + 1, 1)
    if block.rows:
        sheet.autofilter(HEAD, 0, layout.last, len(layout.columns) - 1)
    for place, column in enumerate(layout.columns):
        width = _width(column, [row[place] for row in block.rows[:_SAMPLE]])
        hidden = {"level": 1, "hidden": True} if column.name in block.helpers else {}
        sheet.set_column(place, place, width, None, hidden)
        if column.name in block.heat and len(block.rows) > 1:
            sheet.conditional_format(layout.first, place, layout.last, place, _HEAT)
        elif column.is_metric and column.name in block.additive and not hidden and len(block.rows) > 1:
            sheet.conditional_format(layout.first, place, layout.last, place, _BAR)
    for place in sorted(block.subtotals):
        pen.embolden(layout.first + place, len(layout.columns) - 1)
    if block.helpers:
        sheet.set_column(len(layout.columns), len(layout.columns), None, None, {"collapsed": True})


def _width(column: Column, values: Sequence[object]) -> float:
    """A width in characters that shows the head and most values."""
    words = max((len(part) for part in heading_text(column).split()), default=0)
    longest = max((len(cell_text(value, column)) for value in values), default=0)
    least = NARROWEST if column.type is not ColumnType.TEXT else NARROWEST + 5
    return min(WIDEST, max(least, longest + 3, words + 3))
