"""Sparklines: running totals that end on the tile's figure, and values with the running period marked."""

import datetime as dt
from dataclasses import replace

import pytest

from charts import ChartKind
from metrics.period import PeriodKind
from notebooks import MetricCell, Scope, TileOutput, run_cell
from tests.notebooks.deals import BOOKINGS, DEALS, SCOPE, DealsAsk


def tile(metric: str, period: PeriodKind, ask: DealsAsk | None = None, scope: Scope = SCOPE) -> TileOutput:
    run = run_cell(MetricCell(name="t", metric=metric, period=period), ask or DealsAsk(), scope)
    assert isinstance(run.output, TileOutput), run.problem
    return run.output


def test_running_total_ends_on_the_figures_of_the_tile() -> None:
    found = tile("bookings", PeriodKind.QUARTER)
    assert found.spark is not None
    assert found.spark.kind is ChartKind.SPARKLINE
    assert [one.name for one in found.spark.series] == ["Q4 2026", "Q3 on the same day"]
    assert (found.spark_values[-1], found.spark_previous[-1]) == (found.value, found.previous_value) == (380, 300)
    assert len(found.spark_values) == len(found.spark_previous) == 51
    assert not found.is_last_incomplete


def test_running_total_rises_on_the_days_of_the_deals() -> None:
    found = tile("bookings", PeriodKind.QUARTER)
    assert found.spark_values[:4] == (0, 0, 0, 0)
    assert [found.spark_values[day - 1] for day in (5, 11, 12, 41, 46)] == [100, 100, 300, 350, 380]


def test_running_total_of_a_year_is_thinned_and_keeps_its_end() -> None:
    found = tile("bookings", PeriodKind.YEAR)
    assert len(found.spark_values) <= 60
    assert found.spark_values[-1] == found.value == 1260


def test_running_total_stops_where_the_data_end() -> None:
    ask = DealsAsk(
        [deal for deal in DEALS if deal[2] <= "2026-10-12"],
        bookings=replace(BOOKINGS, data_from=dt.date(2026, 2, 14), data_to=dt.date(2026, 10, 12)),
    )
    found = tile("bookings", PeriodKind.QUARTER, ask)
    assert found.spark_values[11] == 300
    assert set(found.spark_values[12:]) == {None}


def test_ratio_is_drawn_by_months_with_the_running_one_marked() -> None:
    found = tile("win_rate", PeriodKind.QUARTER)
    expected = [None, None, None, 1, None, None, None, None, 1, 3 / 4, 1, 2 / 3, 2 / 3]
    assert list(found.spark_values) == [pytest.approx(value) if value is not None else None for value in expected]
    assert found.spark is not None
    assert (found.spark.incomplete_from, found.spark.incomplete_note) == (dt.date(2026, 11, 1), "Nov: 20 of 30 days")
    assert found.spark_previous == ()


def test_month_is_drawn_by_the_weeks_of_the_calendar_in_scope() -> None:
    ask = DealsAsk()
    ask.week_start = 6
    found = tile("win_rate", PeriodKind.MONTH, ask, replace(SCOPE, week_start=6))
    assert found.spark is not None
    assert (len(found.spark_values), found.spark.incomplete_from) == (13, dt.date(2026, 11, 15))
    assert found.spark_values[-1] == 1


def test_answer_with_other_weeks_than_the_scopes_is_refused() -> None:
    run = run_cell(
        MetricCell(name="t", metric="win_rate", period=PeriodKind.MONTH), DealsAsk(), replace(SCOPE, week_start=6)
    )
    assert run.problem is not None
    assert "must be the same for both" in run.problem.message


def test_last_twelve_months_are_drawn_by_months() -> None:
    found = tile("bookings", PeriodKind.LAST_12_MONTHS)
    assert found.value == 1260
    assert found.spark_values == (None, None, None, 10, 0, 0, 0, 0, 230, 570, 70, 300, 80)
    assert found.is_last_incomplete


def test_nothing_to_draw_is_no_sparkline() -> None:
    assert tile("bookings", PeriodKind.QUARTER, DealsAsk([])).spark is None
