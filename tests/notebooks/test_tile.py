"""Tiles: the figure, the fair comparison, and what a tile says when there is nothing to show."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import InvalidError
from metrics import Better
from metrics.period import PeriodKind
from notebooks import MetricCell, Scope, TileOutput, run_cell
from tests.notebooks.deals import BOOKINGS, DEALS, OWNERS, SCOPE, WIN_RATE, WON, DealsAsk


def tile(
    metric: str = "bookings",
    period: PeriodKind = PeriodKind.QUARTER,
    *,
    ask: DealsAsk | None = None,
    scope: Scope = SCOPE,
    explain: str | None = None,
    where: str | None = None,
) -> TileOutput:
    cell = MetricCell(name="t", metric=metric, period=period, explain=explain, where=where)
    run = run_cell(cell, ask or DealsAsk(), scope)
    assert isinstance(run.output, TileOutput), run.problem
    return run.output


def test_quarter_to_date_is_compared_with_the_quarter_before_on_the_same_day() -> None:
    found = tile()
    assert (found.value, found.previous_value, found.change) == (Decimal(380), Decimal(300), Decimal(80))
    assert found.relative_change == pytest.approx(80 / 300)
    assert (found.comparison, found.change_text, found.is_better) == ("vs Q3 on the same day", "+26.7%", True)
    assert (found.heading, str(found.figure)) == ("Bookings, quarter to date", "$380")


def test_ratio_changes_by_points() -> None:
    found = tile("win_rate")
    assert found.value == pytest.approx(4 / 6)
    assert found.previous_value == pytest.approx(4 / 5)
    assert (found.change_text, found.is_better) == ("\u221213.3 pts", False)


def test_deal_due_after_today_is_not_counted() -> None:
    assert tile(period=PeriodKind.YEAR).value == Decimal(10 + 230 + 570 + 70 + 380)


def test_period_chosen_by_the_reader_replaces_the_cells() -> None:
    found = tile(scope=replace(SCOPE, period=PeriodKind.MONTH))
    assert (found.value, found.previous_value) == (Decimal(80), Decimal(300))
    assert found.heading == "Bookings, month to date"


def test_filters_of_cell_and_reader_both_hold() -> None:
    found = tile(where="region = 'EMEA' OR region = 'APAC'", scope=replace(SCOPE, where="owner = 'Ana'"))
    assert (found.value, found.previous_value) == (Decimal(150), Decimal(100))


def test_change_is_better_as_the_metric_says() -> None:
    asks = [DealsAsk(bookings=replace(BOOKINGS, better=better)) for better in (Better.UP, Better.DOWN, Better.NEUTRAL)]
    assert [tile(ask=ask).is_better for ask in asks] == [True, False, None]


def test_no_change_is_neither_better_nor_worse() -> None:
    found = tile("won_deals")
    assert (found.value, found.previous_value, found.change, found.is_better) == (4, 4, 0, None)
    assert found.change_text == "0.0%"


def test_nothing_before_leaves_the_change_undefined() -> None:
    found = tile(ask=DealsAsk([("EMEA", "Ana", "2026-11-02", 5, True)]))
    assert (found.value, found.previous_value, found.change) == (Decimal(5), None, None)
    assert (found.comparison, found.change_text) == ("no data for Q3 on the same day", "\u2014")


def test_change_from_zero_is_told_in_the_unit() -> None:
    deals = [("EMEA", "Ana", "2026-07-02", 5, False), ("EMEA", "Ana", "2026-11-02", 5, True)]
    found = tile("won_deals", ask=DealsAsk(deals))
    assert (found.value, found.previous_value, found.relative_change) == (1, 0, None)
    assert found.change_text == "+1\u202fdeals"


def test_quarter_the_data_do_not_reach_is_empty_and_says_since_when() -> None:
    deals = [deal for deal in DEALS if deal[2] < "2026-09-30"]
    for metric in ("bookings", "won_deals", "win_rate"):
        found = tile(metric, ask=DealsAsk(deals))
        assert (found.value, found.sentence) == (None, "No data since 3 Sep 2026.")
        assert str(found.figure) == "\u2014"


def test_nothing_sold_while_the_data_go_on_is_zero() -> None:
    deals = [*(deal for deal in DEALS if deal[2] < "2026-09-30"), ("EMEA", "Ana", "2026-10-02", 9, False)]
    assert tile(ask=DealsAsk(deals)).value == 0
    assert tile("won_deals", ask=DealsAsk(deals)).value == 0


def test_filter_without_rows_is_zero_for_sums_and_undefined_for_ratios() -> None:
    assert tile(where="region = 'LATAM'").value == 0
    found = tile("win_rate", where="region = 'LATAM'")
    assert (found.value, found.sentence) == (None, "Nothing to measure in Q4 2026 so far.")


def test_known_end_of_the_data_saves_the_question() -> None:
    ask = DealsAsk(bookings=replace(BOOKINGS, data_from=dt.date(2026, 2, 14), data_to=dt.date(2026, 9, 12)))
    found = tile(ask=ask, scope=replace(SCOPE, where="region = 'LATAM'"))
    assert (found.value, found.previous_value, found.sentence) == (None, 0, "No data since 12 Sep 2026.")
    assert not any(query.order == ("-period",) for query in ask.queries)


def test_store_without_rows_says_no_data_yet() -> None:
    found = tile(ask=DealsAsk([]))
    assert (found.value, found.sentence, found.spark) == (None, "No data yet.", None)


def test_notable_change_is_explained_by_members_that_add_up() -> None:
    found = tile(explain="region")
    assert found.sentence == "EMEA accounts for $50 of the $80 rise."
    assert found.difference is not None
    assert [(one.member, one.change) for one in found.difference.contributions] == [
        ("EMEA", Decimal(50)),
        ("APAC", Decimal(30)),
        ("AMER", Decimal(0)),
    ]


def test_ratio_is_explained_by_rate_and_mix() -> None:
    found = tile("win_rate", explain="region")
    assert found.difference is not None
    assert sum(one.change for one in found.difference.contributions) == found.difference.change
    assert float(found.difference.change) == pytest.approx(4 / 6 - 4 / 5)
    assert found.sentence == "EMEA takes off 14.0 pts; APAC adds 4.4 pts."


def test_small_change_is_not_explained() -> None:
    ask = DealsAsk([*DEALS, ("AMER", "Bo", "2026-08-02", 75, True)])
    found = tile(ask=ask, explain="region")
    assert (found.change, found.sentence, found.difference) == (Decimal(5), "", None)


def test_metric_that_cannot_be_split_is_not_explained() -> None:
    found = tile("owners", explain="region")
    assert (found.value, found.previous_value, found.sentence, found.note) == (4, 3, "", "")


def test_wrong_dimension_costs_the_reason_and_not_the_figure() -> None:
    found = tile(explain="regoin")
    assert (found.value, found.sentence) == (Decimal(380), "")
    assert found.note == "there is no dimension regoin. Did you mean region?"


def test_unknown_metric_is_a_problem_that_names_the_nearest() -> None:
    run = run_cell(MetricCell(name="t", metric="booking", period=PeriodKind.QUARTER), DealsAsk(), SCOPE)
    assert run.output is None
    assert run.problem is not None
    assert (run.problem.message, run.problem.code) == (
        "there is no metric booking. Did you mean bookings?",
        InvalidError.code,
    )


def test_facts_of_the_metric_reach_the_tile() -> None:
    assert [tile(one.name).unit for one in (BOOKINGS, WON, WIN_RATE, OWNERS)] == ["USD", "deals", "ratio", "owners"]
