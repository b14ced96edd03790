"""Chart cells of kinds that need a certain shape: their figures are those counted by hand in `deals`."""

from dataclasses import replace

import pytest

from charts import Chart, ChartKind
from metrics import Grain
from metrics.period import PeriodKind
from notebooks import Cell, ChartCell, ChartOutput, NotebookError, parse_notebook, run_cell
from tests.notebooks.deals import SCOPE, DealsAsk

BY_REGION = ChartCell(
    name="by_region", chart=ChartKind.WATERFALL, metrics=("bookings",), by=("region",), period=PeriodKind.QUARTER
)
BY_MONTH = ChartCell(
    name="by_month", chart=ChartKind.WATERFALL, metrics=("bookings",), grain=Grain.MONTH, last=4, period=None
)


def draw(cell: Cell) -> Chart:
    run = run_cell(cell, DealsAsk(), SCOPE)
    assert isinstance(run.output, ChartOutput), run.problem
    return run.output.chart


def problems(text: str) -> str:
    with pytest.raises(NotebookError) as found:
        parse_notebook(f"notebook: n\ntitle: N\ncells: [{{name: c, kind: chart, {text}}}]", "n")
    return str(found.value)


def test_a_waterfall_of_members_leads_to_their_total() -> None:
    chart = draw(BY_REGION)
    assert chart.series[0].x == ("AMER", "EMEA", "APAC", "Total")
    assert chart.series[0].y == (200, 150, 30, 380)
    assert chart.totals == (3,)
    assert "Total $380" in chart.description


def test_a_waterfall_of_members_that_are_not_all_shown_adds_the_rest() -> None:
    assert draw(replace(BY_REGION, limit=2)).series[0].y == (200, 180, 380)
    one = draw(replace(BY_REGION, limit=1)).series[0]
    assert (one.x, one.y) == (("AMER", "Total of those shown"), (200, 200))


def test_a_waterfall_over_time_shows_the_changes_between_two_levels() -> None:
    chart = draw(BY_MONTH)
    assert chart.series[0].x == ("Aug 2026", "Sep 2026", "Oct 2026", "Nov 2026", "So far in Nov 2026")
    assert chart.series[0].y == (570, -500, 230, -220, 80)
    assert chart.totals == (0, 4)
    assert chart.subtitle == "Nov: 20 of 30 days"


def test_a_waterfall_of_metrics_has_a_step_for_each() -> None:
    chart = draw(replace(BY_REGION, by=(), metrics=("won_deals", "closed_deals")))
    assert chart.series[0].x == ("Won deals", "Closed deals", "Total")
    assert chart.series[0].y == (4, 6, 10)


def test_what_does_not_add_up_has_no_waterfall_over_members() -> None:
    run = run_cell(replace(BY_REGION, metrics=("win_rate",)), DealsAsk(), SCOPE)
    assert run.problem is not None
    assert "do not add up" in run.problem.message


def test_a_histogram_counts_members_in_bins() -> None:
    chart = draw(replace(BY_REGION, chart=ChartKind.HISTOGRAM))
    counted = dict(zip(chart.series[0].x, chart.series[0].y, strict=True))
    # 30, 150 and 200 stand in three different bins.
    assert sum(value or 0 for value in counted.values()) == 3
    width = chart.bin_width or 0.0
    bounds = [float(str(x)) for x in counted]
    assert [sum(low <= value < low + width for low in bounds) for value in (30, 150, 200)] == [1, 1, 1]
    assert "3 in all" in chart.description


def test_a_histogram_over_time_counts_periods() -> None:
    chart = draw(replace(BY_MONTH, chart=ChartKind.HISTOGRAM))
    assert chart.title == "Months by Bookings"
    assert sum(value or 0 for value in chart.series[0].y) == 4


@pytest.mark.parametrize("kind", ["waterfall", "histogram"])
def test_a_cell_of_the_wrong_shape_is_told_what_its_kind_takes(kind: str) -> None:
    assert f"a {kind} chart shows" in problems(f"chart: {kind}, metrics: [bookings], grain: month, by: [region]")
    assert "no place" in problems(f"chart: {kind}, metrics: [bookings], by: [region], target: 5")
