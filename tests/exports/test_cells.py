"""Values of table cells in words."""

import datetime as dt
from decimal import Decimal

import pytest

from core.result import Column, ColumnType
from exports.cells import cell_text, even_decimals, heading_text, is_numeric


def column(kind: ColumnType, unit: str | None = None, decimals: int | None = None, label: str = "Label") -> Column:
    return Column(name="name", label=label, type=kind, unit=unit, decimals=decimals)


NUMBER, INTEGER, TEXT = ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.TEXT


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [
        (10_005_534, column(INTEGER, "USD"), "$10,005,534"),
        (Decimal("2360.914"), column(NUMBER, "USD", 2), "$2,360.91"),
        (0.63151, column(NUMBER, "ratio", 2), "63.15\u202f%"),
        (-1.5, column(NUMBER), "\u22121.50"),
        (None, column(TEXT), "—"),
        (float("nan"), column(NUMBER), "—"),
        (True, column(ColumnType.BOOLEAN), "Yes"),
        (dt.date(2026, 3, 9), column(ColumnType.DATE), "9 Mar 2026"),
        (dt.datetime(2026, 3, 9, 7, 5, tzinfo=dt.UTC), column(ColumnType.DATETIME), "9 Mar 2026, 07:05"),
        ("=1+1", column(TEXT), "=1+1"),
        (10**30, column(INTEGER), "1×10^30"),
        (10**400, column(INTEGER), "1×10^400"),
        (Decimal("1e400"), column(NUMBER), "1×10^400"),
        (Decimal("sNaN"), column(NUMBER), "—"),
    ],
)
def test_a_value_is_written_by_its_type(value: object, of: Column, text: str) -> None:
    assert cell_text(value, of) == text


def test_a_heading_names_the_unit_the_cells_leave_out() -> None:
    assert heading_text(column(NUMBER, "days", label="Sales cycle")) == "Sales cycle, days"
    assert heading_text(column(NUMBER, "days", label="Days to win")) == "Days to win"
    assert heading_text(column(NUMBER, "USD", label="Revenue")) == "Revenue"


def test_a_column_with_one_fraction_has_decimals_in_every_row() -> None:
    even = even_decimals(column(NUMBER, "USD"), [1, 2.5, None, float("nan"), Decimal("1e400")])
    assert [cell_text(value, even) for value in (1, 2.5)] == ["$1.00", "$2.50"]


def test_a_column_of_whole_numbers_has_none() -> None:
    assert cell_text(2.0, even_decimals(column(NUMBER), [1.0, 2.0])) == "2"


def test_only_numbers_are_numeric() -> None:
    assert [kind for kind in ColumnType if is_numeric(column(kind))] == [INTEGER, NUMBER]
