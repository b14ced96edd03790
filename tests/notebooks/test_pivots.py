"""Pivots: every subtotal and total is the metric's own value there, not a sum of what is shown."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest

from metrics.period import PeriodKind
from notebooks import NotebookError, TableOutput, parse_notebook, run_cell
from notebooks.kinds.pivot.spec import PivotCell
from tests.notebooks.deals import SCOPE, Deal, DealsAsk
from tests.notebooks.test_with_metrics import MetricsAsk

MATRIX = PivotCell(name="matrix", metric="bookings", rows=("region",), columns="owner", period=PeriodKind.QUARTER)


def pivot(cell: PivotCell, ask: DealsAsk | None = None) -> TableOutput:
    run = run_cell(cell, ask or DealsAsk(), SCOPE)
    assert isinstance(run.output, TableOutput), run.problem
    return run.output


def test_rows_and_columns_stand_by_their_size_and_have_totals() -> None:
    found = pivot(MATRIX)
    assert [column.label for column in found.result.columns] == ["Region", "Bo", "Ana", "Di", "Cy", "Total"]
    assert found.result.rows() == [
        ("AMER", 200, None, None, None, 200),
        ("EMEA", None, 150, None, None, 150),
        ("APAC", None, None, 30, None, 30),
    ]
    assert found.total_row() == (None, 200, 150, 30, None, 380)
    assert (found.title, found.subtitle, found.additive) == ("Bookings", "Q4 2026 to date", frozenset())


def test_totals_of_a_ratio_and_of_a_distinct_count_are_their_own() -> None:
    ratio = pivot(replace(MATRIX, metric="win_rate", rows=("owner",), columns="region"))
    # Four of six deals are won; the mean of the shares shown would be another number.
    assert ratio.total_row() is not None
    assert (ratio.total_row() or ())[-1] == pytest.approx(4 / 6)
    deals: list[Deal] = [(region, "Ana", "2026-11-02", 1, True) for region in ("EMEA", "AMER")]
    assert (pivot(replace(MATRIX, metric="owners"), DealsAsk(deals)).total_row() or ())[-1] == 1


def test_a_group_stands_above_its_subtotal_which_the_metrics_layer_computes() -> None:
    cell = replace(MATRIX, metric="win_rate", rows=("region", "owner"), columns="closed_on")
    run = run_cell(cell, MetricsAsk(), SCOPE)
    assert isinstance(run.output, TableOutput), run.problem
    rows = run.output.result.rows()
    assert run.output.subtotals == {place for place, row in enumerate(rows) if row[1] == "Total"} != set()
    # Won of closed: APAC 1 of 1 by Di; EMEA 2 of 3 by Ana; AMER 1 of 1 by Bo and 0 of 1 by Cy.
    assert [(row[0], row[1], row[-1]) for row in run.output.result.rows()] == [
        ("APAC", "Di", 1.0),
        ("APAC", "Total", 1.0),
        ("EMEA", "Ana", pytest.approx(2 / 3)),
        ("EMEA", "Total", pytest.approx(2 / 3)),
        ("AMER", "Bo", 1.0),
        ("AMER", "Cy", 0.0),
        ("AMER", "Total", 0.5),
    ]
    assert (run.output.total_row() or ())[-1] == pytest.approx(4 / 6)


def test_columns_and_rows_left_out_are_told_and_stay_in_the_totals() -> None:
    deals: list[Deal] = [("EMEA", f"O{number:02}", "2026-11-02", number, True) for number in range(1, 36)]
    found = pivot(replace(MATRIX, limit=1), DealsAsk([*deals, ("AMER", "O01", "2026-11-02", 5, True)]))
    assert found.subtitle == "Q4 2026 to date; 30 of 35 columns"
    assert (len(found.result.columns), found.note) == (32, "1 of 2 rows")
    assert found.result.rows()[0][-1] == Decimal(35 * 36 // 2)


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("notebooks.kinds.pivot.run"), "MAX_CELLS", 3)
    run = run_cell(MATRIX, DealsAsk(), SCOPE)
    assert run.problem is not None
    assert "more than 3 cells" in run.problem.message


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("rows: [a, b, c], columns: d", "one or two dimensions down"),
        ("rows: [a], columns: a", "stands down already"),
        ("rows: [a]", "columns"),
    ],
)
def test_a_pivot_that_cannot_be_laid_out_is_a_problem(keys: str, what: str) -> None:
    with pytest.raises(NotebookError, match=what):
        parse_notebook(f"notebook: n\ntitle: N\ncells: [{{name: p, kind: pivot, metric: bookings, {keys}}}]", "n")
