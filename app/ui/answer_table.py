"""A table of an answer of the metrics layer: periods in words, members by name, numbers in full, totals named."""

import datetime as dt
from collections.abc import Sequence

from app.ui.cells import cell_text
from app.ui.data_table import Cell, DataTable, TableColumn
from core.result import Column, ColumnType, Result
from metrics import AnyGrain, Grain
from metrics.period import PeriodKind, period_to_date
from metrics.spec import OTHER, PERIOD, TOTAL

_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_KINDS = {
    Grain.WEEK: PeriodKind.WEEK,
    Grain.MONTH: PeriodKind.MONTH,
    Grain.QUARTER: PeriodKind.QUARTER,
    Grain.YEAR: PeriodKind.YEAR,
    Grain.FISCAL_QUARTER: PeriodKind.QUARTER,
    Grain.FISCAL_YEAR: PeriodKind.YEAR,
}
NOT_SET, ALL = "Not set", "All"


def answer_table(
    result: Result, *, grain: AnyGrain | None, row_acts: Sequence[str] = (), total_rows: int | None = None,
    fiscal_start_month: int = 1, week_start: int = 0, notes: tuple[str, ...] = (),
) -> DataTable:  # fmt: skip
    """The table of an answer. The columns that flag other members and totals are told in words instead."""
    shown = [(place, column) for place, column in enumerate(result.columns) if column.name not in {OTHER, TOTAL}]
    names = [column.name for column in result.columns]
    keys = [column.name for _, column in shown if not column.is_metric and column.name != PERIOD]

    def cell(row: tuple[object, ...], place: int, column: Column) -> Cell:
        value = row[place]
        if column.name == PERIOD:
            return _period(value, grain, fiscal_start_month, week_start, is_running=value == result.running)
        if column.is_metric:
            return cell_text(value, column)
        left = len(keys) - int(str(row[names.index(TOTAL)])) if TOTAL in names else len(keys)
        if keys.index(column.name) >= left:
            return ALL
        if OTHER in names and row[names.index(OTHER)] and column.name == keys[0]:
            return "All others"
        return NOT_SET if value is None else str(value)

    return DataTable(
        caption=result.sentence,
        columns=tuple(
            TableColumn(label=column.label, is_number=column.is_metric and column.type in _NUMBERS)
            for _, column in shown
        ),
        rows=tuple(tuple(cell(row, place, column) for place, column in shown) for row in result.rows()),
        row_acts=tuple(row_acts),
        total_rows=total_rows,
        notes=notes,
    )


def _period(value: object, grain: AnyGrain | None, fiscal_start: int, week_start: int, *, is_running: bool) -> str:
    if not isinstance(value, dt.date):
        return "No date"
    ending = " (so far)" if is_running else ""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}{ending}"
    kind = _KINDS.get(grain) if isinstance(grain, Grain) else None
    if kind is None:
        return f"{value:%Y-%m-%d}{ending}"
    is_fiscal = grain in {Grain.FISCAL_QUARTER, Grain.FISCAL_YEAR}
    found = period_to_date(kind, value, fiscal_start if is_fiscal else 1, week_start)
    return f"{found.label}{ending}"
