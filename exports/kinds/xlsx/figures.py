"""Key figures on a sheet: the values as numbers, their changes as formulas, their course as sparklines."""

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from charts.native.number_format import change_format, growth_format, number_format, points_format
from charts.plan import finite
from charts.theme import print_colours
from core.numbers import Number, is_undefined
from exports.blocks import KpiRow, KpiTile
from exports.kinds.xlsx.pen import Pen

HEAD = 2
TREND = 9
_HEADS = ("Figure", "Value", "Before", "Change", "Growth", "Compared with", "Note", "Course")
_WIDTHS = (34, 16, 16, 14, 12, 34, 60, 22)


def write_figures(pen: Pen, block: KpiRow, title: str) -> None:
    """Write a row for each tile."""
    pen.text(0, 0, title, "sheet_title")
    for place, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        pen.text(HEAD, place, head, "head_number" if 1 <= place <= 4 else "head")
        pen.sheet.set_column(place, place, width)
    pen.text(HEAD, TREND, "Values of the course", "head")
    for row, tile in enumerate(block.tiles, start=HEAD + 1):
        _write_tile(pen, tile, row)
    pen.sheet.freeze_panes(HEAD + 1, 1)
    # The values of the courses are for the sparklines.
    pen.sheet.print_area(0, 0, HEAD + len(block.tiles), len(_HEADS) - 1)


def _write_tile(pen: Pen, tile: KpiTile, row: int) -> None:
    code = number_format(tile.unit, _decimals(tile))
    look = {True: "better", False: "worse", None: "cell"}[tile.is_better]
    pen.text(row, 0, tile.label)
    if tile.number is None:
        pen.text(row, 1, str(tile.value))
    else:
        pen.value(row, 1, tile.number, code)
    pen.value(row, 2, tile.previous, code)
    if _is_known(tile.number) and _is_known(tile.previous):
        _write_change(pen, tile, row, look)
    pen.text(row, 5, tile.comparison, "prose")
    pen.text(row, 6, tile.note, "prose")
    _write_trend(pen, tile, row)


def _write_change(pen: Pen, tile: KpiTile, row: int, look: str) -> None:
    number, previous = float(tile.number or 0), float(tile.previous or 0)
    now, then = f"B{row + 1}", f"C{row + 1}"
    if tile.unit == "ratio":
        pen.formula(row, 3, f"=({now}-{then})*100", (number - previous) * 100, points_format(), look)
        return
    code = change_format(tile.unit, _decimals(tile))
    pen.formula(row, 3, f"={now}-{then}", number - previous, code, look)
    growth = (number - previous) / abs(previous) if previous else None
    pen.formula(row, 4, f'=IF({then}=0,"",({now}-{then})/ABS({then}))', growth, growth_format(), look)


def _write_trend(pen: Pen, tile: KpiTile, row: int) -> None:
    if tile.trend is None or tile.trend.is_empty:
        return
    values = tile.trend.series[0].y
    for place, value in enumerate(values, start=TREND):
        pen.value(row, place, finite(value), number_format(tile.unit, _decimals(tile)))
    line = {"location": xl_rowcol_to_cell(row, 7), "range": _row_range(pen, row, len(values)),
            "series_color": print_colours()["accent"], "last_point": True, "weight": 1.5}  # fmt: skip
    pen.sheet.add_sparkline(row, 7, line)


def _row_range(pen: Pen, row: int, count: int) -> str:
    name = pen.sheet.get_name().replace("'", "''")
    return f"'{name}'!{xl_range(row, TREND, row, TREND + count - 1)}"


def _decimals(tile: KpiTile) -> int | None:
    if tile.decimals is not None or tile.unit == "ratio" or tile.number is None:
        return tile.decimals
    return 0 if float(tile.number) == int(tile.number) else 2


def _is_known(value: Number | None) -> bool:
    return value is not None and not is_undefined(value)
