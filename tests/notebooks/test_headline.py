"""The answer of a page: true, in plain English, and honest about what is missing."""

import datetime as dt
from dataclasses import replace

import pytest

from metrics import Better
from metrics.period import PeriodKind
from notebooks import AnswerOutput, MetricCell, MetricFacts, Scope, TileOutput, headline, run_cell
from tests.notebooks.deals import BOOKINGS, DEALS, SCOPE, WIN_RATE, WON, Deal, DealsAsk


def tile(
    metric: str = "bookings", ask: DealsAsk | None = None, scope: Scope = SCOPE, explain: str | None = "region"
) -> TileOutput:
    cell = MetricCell(name="t", metric=metric, period=PeriodKind.QUARTER, explain=explain)
    run = run_cell(cell, ask or DealsAsk(), scope)
    assert isinstance(run.output, TileOutput), run.problem
    return run.output


def test_answer_says_where_the_first_figure_stands_and_why() -> None:
    assert headline([tile()]) == AnswerOutput(
        strong="Q4 bookings stand at $380, 26.7% ahead of Q3 on the same day.",
        cause="EMEA accounts for most of the lead.",
        is_better=True,
    )


def test_gap_behind_is_told_as_one() -> None:
    deals: list[Deal] = [("EMEA", "Ana", "2026-08-02", 200, True), *DEALS]
    found = headline([tile(ask=DealsAsk(deals))])
    assert found.strong == "Q4 bookings stand at $380, 24.0% behind Q3 on the same day."
    assert (found.cause, found.is_better) == ("EMEA accounts for all of the gap.", False)


def test_ratio_is_above_or_below_by_points() -> None:
    found = headline([tile("win_rate")])
    assert found.strong == "Q4 win rate is 66.7\u202f%, 13.3 pts below Q3 on the same day."
    assert found.cause == "EMEA accounts for all of the fall."


def test_worst_turn_of_the_others_is_told_when_the_lead_has_no_cause() -> None:
    found = headline([tile(explain=None), tile("won_deals"), tile("win_rate")])
    assert found.cause == "Win rate is down 13.3 pts, most of it from EMEA."
    assert headline([tile(explain=None), tile("win_rate", explain=None)]).cause == (
        "Win rate is down 13.3 pts on Q3 on the same day."
    )


def test_no_single_cause_is_not_made_up() -> None:
    deals: list[Deal] = [(region, "Ana", "2026-10-05", 40, True) for region in ("A", "B", "C")]
    deals += [(region, "Ana", "2026-07-05", 10, True) for region in ("A", "B", "C")]
    assert headline([tile(ask=DealsAsk(deals))]).cause == (
        "No single region explains it; the largest part is A with +$30."
    )


def test_no_change_is_level() -> None:
    assert headline([tile("won_deals")]).strong == "Q4 won deals stand at 4, level with Q3 on the same day."


def test_nothing_to_compare_with_is_said() -> None:
    ask = DealsAsk([("EMEA", "Ana", "2026-11-02", 5, True)])
    assert headline([tile(ask=ask)]).strong == "Q4 bookings stand at $5; there are no data for Q3 on the same day."


def test_missing_figures_are_told_and_the_next_one_leads() -> None:
    empty = tile(ask=DealsAsk([deal for deal in DEALS if deal[2] < "2026-09-30"]))
    found = headline([empty, tile("won_deals")])
    assert found.strong.startswith("Q4 won deals stand at 4")
    assert found.cause == "Bookings: no data since 3 Sep 2026."
    assert headline([empty]) == AnswerOutput(
        strong="There are no data for Q4 2026 yet.", cause="No data since 3 Sep 2026."
    )


def test_page_without_tiles_says_so() -> None:
    assert headline([]).strong == "There are no figures here yet."


@pytest.mark.parametrize(
    ("facts", "start"),
    [
        (replace(BOOKINGS, label="Revenue won"), "Q4 revenue won stands at $380, "),
        (replace(BOOKINGS, label="MRR"), "Q4 MRR stands at $380, "),
        (replace(WON, label="Deals won"), "Q4 deals won stand at 4, "),
        (replace(WIN_RATE, label="Success"), "Q4 success is 66.7\u202f%, "),
    ],
)
def test_verb_agrees_with_the_metric(facts: MetricFacts, start: str) -> None:
    ask = DealsAsk()
    ask.facts[facts.name] = facts
    assert headline([tile(facts.name, ask=ask)]).strong.startswith(start)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (PeriodKind.DAY, "Today's bookings stand at"),
        (PeriodKind.WEEK, "Bookings of the week of 9 Nov stand at $80"),
        (PeriodKind.MONTH, "Nov bookings stand at $80"),
        (PeriodKind.YEAR, "2026 bookings stand at $1.26\u202fk"),
        (PeriodKind.LAST_12_MONTHS, "Bookings of the last 12 months stand at $1.26\u202fk"),
    ],
)
def test_every_period_has_its_words(period: PeriodKind, start: str) -> None:
    scope = replace(SCOPE, today=dt.date(2026, 11, 15), period=period)
    assert headline([tile(scope=scope)]).strong.startswith(start)


def test_less_of_what_should_fall_is_good_news() -> None:
    ask = DealsAsk(bookings=replace(BOOKINGS, label="Churned revenue", better=Better.DOWN))
    found = headline([tile(ask=ask)])
    assert found.strong == "Q4 churned revenue stands at $380, 26.7% above Q3 on the same day."
    assert (found.cause, found.is_better) == ("EMEA accounts for most of the rise.", False)
