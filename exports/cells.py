"""How the value of a table cell is written, the same in every format that has no types of its own."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from charts.labels import scientific
from charts.periods import period_text
from charts.spec import Grain
from core.numbers import UNDEFINED, full, is_currency
from core.result import Column, ColumnType

# A number with more signs than this is no longer read digit by digit.
LONGEST_NUMBER = 30
READABLE = 10**25


def is_numeric(column: Column) -> bool:
    """Whether a column holds numbers, which are set flush right."""
    return column.type in {ColumnType.INTEGER, ColumnType.NUMBER}


def heading_text(column: Column) -> str:
    """The column's heading, with its unit where the cells do not show it.

    >>> heading_text(Column(name="cycle", label="Sales cycle", type=ColumnType.NUMBER, unit="days"))
    'Sales cycle, days'
    """
    unit = column.unit
    if unit is None or unit == "ratio" or is_currency(unit) or unit.casefold() in column.label.casefold():
        return column.label
    return f"{column.label}, {unit}"


def even_decimals(column: Column, values: Iterable[object]) -> Column:
    """The column with its decimals decided once, so that the points of all its numbers stand below each other."""
    if column.decimals is not None or column.unit == "ratio" or not is_numeric(column):
        return column
    numbers = [value for value in values if isinstance(value, float | Decimal) and _is_finite(value)]
    has_fraction = any(-READABLE < value < READABLE and value % 1 for value in numbers)
    return replace(column, decimals=2 if has_fraction else None)


def _is_finite(value: float | Decimal) -> bool:
    """Whether there is a number; a decimal is asked itself, because some of its kinds of NaN cannot be converted."""
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def cell_text(value: object, column: Column) -> str:
    """A value in words: numbers in full with their unit, dates written out, nothing as an em dash."""
    if value is None or (isinstance(value, float | Decimal) and not _is_finite(value)):
        return UNDEFINED
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float | Decimal):
        return _number_text(value, column)
    if isinstance(value, dt.datetime):
        return period_text(value, Grain.HOUR)
    if isinstance(value, dt.date):
        return period_text(value, Grain.DAY)
    return str(value)


def total_texts(totals: Sequence[object], columns: Sequence[Column]) -> tuple[str, ...]:
    """A row of totals in words: the first cell says what it is, a column without a total is empty."""
    if not totals:
        return ()
    texts = [
        cell_text(value, column) if column.is_metric else "" for value, column in zip(totals, columns, strict=True)
    ]
    return ("Total", *texts[1:])


def _number_text(value: int | float | Decimal, column: Column) -> str:
    if -READABLE < value < READABLE:
        text = full(value, column.unit, decimals=column.decimals)
        if len(text) <= LONGEST_NUMBER:
            return text
    return scientific(value)
