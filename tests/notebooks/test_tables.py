"""Tables: the rows asked for, and how many there are in all."""

from dataclasses import replace
from decimal import Decimal

import pytest

from metrics.period import PeriodKind
from notebooks import NotebookError, TableCell, TableOutput, parse_notebook, run_cell
from tests.notebooks.deals import SCOPE, Deal, DealsAsk

OWNERS = TableCell(
    name="owners", metrics=("bookings", "closed_deals"), by=("owner",), period=PeriodKind.QUARTER, order=("-bookings",)
)


def table(cell: TableCell, ask: DealsAsk | None = None) -> TableOutput:
    run = run_cell(cell, ask or DealsAsk(), SCOPE)
    assert isinstance(run.output, TableOutput), run.problem
    return run.output


def test_rows_come_in_the_order_asked_for() -> None:
    found = table(OWNERS)
    assert found.result.rows()[:3] == [("Bo", Decimal(200), 1), ("Ana", Decimal(150), 3), ("Di", Decimal(30), 1)]
    assert (found.total_rows, found.note) == (4, "")
    assert (found.title, found.subtitle) == ("Bookings, Closed deals", "Q4 2026 to date")


def test_rows_left_out_are_counted() -> None:
    cell = TableCell(name="t", metrics=("bookings",), by=("owner",), period=PeriodKind.QUARTER, limit=2, title="Top")
    found = table(cell)
    assert (found.result.table.num_rows, found.total_rows, found.note) == (2, 4, "2 of 4 rows")


def test_more_rows_than_are_counted_say_more_than() -> None:
    deals: list[Deal] = [("EMEA", f"owner {number}", "2026-11-02", 1, True) for number in range(10_001)]
    assert table(OWNERS, DealsAsk(deals)).note == "100 of more than 10,000 rows"


def test_table_without_dimensions_is_one_row() -> None:
    found = table(TableCell(name="t", metrics=("bookings", "won_deals"), by=(), period=PeriodKind.QUARTER))
    assert found.result.rows() == [(Decimal(380), 4)]


def test_totals_are_those_of_all_rows_at_their_own_grain() -> None:
    cell = TableCell(
        name="t", metrics=("bookings", "win_rate", "owners"), by=("region",), period=PeriodKind.QUARTER, limit=2
    )
    found = table(cell)
    # 380 won in 4 of 6 deals by four owners, although only two of the three regions are shown.
    assert found.total_row() == (None, Decimal(380), pytest.approx(4 / 6), 4)
    assert found.additive == {"bookings", "won_deals", "closed_deals"}


def test_a_ratio_brings_what_it_is_made_of_beside_the_rows_shown() -> None:
    found = table(TableCell(name="t", metrics=("win_rate",), by=("region",), period=PeriodKind.QUARTER))
    assert [column.name for column in found.result.columns] == ["region", "win_rate"]
    parts = dict(zip(found.result.values("region"), found.parts.rows(), strict=True))
    assert parts == {"AMER": (1, 2), "APAC": (1, 1), "EMEA": (2, 3)}
    assert found.quotients["win_rate"].denominator == "closed_deals"


def test_a_single_row_has_no_total() -> None:
    found = table(TableCell(name="t", metrics=("bookings",), by=(), period=PeriodKind.QUARTER))
    assert found.total_row() is None


def test_cells_are_shaded_by_metrics_of_the_table_alone() -> None:
    assert table(replace(OWNERS, heat=("bookings",))).heat == {"bookings"}
    text = "notebook: n\ntitle: N\ncells:\n  - {name: a, kind: table, metrics: [won, lost], by: [owner], heat: [wom]}\n"
    with pytest.raises(NotebookError, match="'wom' is not a metric of this table"):
        parse_notebook(text)
