"""Deals of an invented world whose weekly chances are known: what is forecast is compared with them."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from core.errors import RefusedError
from forecasting.deals import (
    DealForecast,
    DealHistory,
    Trial,
    WhatIf,
    calibrate,
    find_slipping,
    forecast_deals,
    quarter_of,
    replay,
)

WIN, LOSE = 0.08, 0.12
EPOCH = dt.date(1970, 1, 1)
TODAY = (dt.date(2026, 8, 19) - EPOCH).days
BEGIN = TODAY - 600


def make_history(deals: int, seed: int = 1, slipping: int | None = None) -> DealHistory:
    """Deals of 1,000 each, created evenly over 600 days, that are won or lost with constant chances in every week.

    A deal of the rep `slipping` is put off by 60 days a week before its date; other dates never change.
    """
    random = np.random.default_rng(seed)
    rows: list[tuple[int, int, int, int, int]] = []
    for deal in range(deals):
        created, owner = BEGIN + deal * 590 // deals, deal % 4
        due = created + 45
        rows.append((deal, created, due, 0, owner))
        for day in range(created + 7, TODAY + 1, 7):
            if owner == slipping and due - day <= 10:
                due += 60
                rows.append((deal, day, due, 0, owner))
            point = random.random()
            if point < WIN + LOSE:
                rows.append((deal, day, day if owner != slipping else due, 1 if point < WIN else 2, owner))
                break
    columns = np.array(rows, dtype=np.int64).T
    return DealHistory(
        deal=columns[0], day=columns[1], amount=np.full(columns.shape[1], 1000.0), close=columns[2], stage=columns[3],
        owner=columns[4], traits={}, stages=("Open", "Won", "Lost"), owners=("Ann", "Bob", "Cem", "Dee"),
        won=frozenset({1}), lost=frozenset({2}), deals=tuple(range(deals)),
    )  # fmt: skip


def seen(forecast: DealForecast) -> object:
    """All there is in a forecast."""
    return [(one.won, one.from_open, one.from_new, one.runs.tolist(), one.stage_weighted, one.seasonal_naive)
            for one in forecast.quarters], forecast.deals  # fmt: skip


def test_chances_are_those_of_the_world() -> None:
    found = forecast_deals(make_history(3000), TODAY)
    weeks = (quarter_of(TODAY).last - TODAY) / 7
    expected = WIN / (WIN + LOSE) * (1 - (1 - WIN - LOSE) ** weeks)
    assert np.mean([deal.chances[0] for deal in found.deals]) == pytest.approx(expected, rel=0.12)
    first = found.quarters[0]
    assert first.mean == pytest.approx(first.won + first.from_open + first.from_new)
    assert first.lo < first.mean < first.hi
    # Deals come evenly, so a whole quarter brings about 92 / 590 of all, of which WIN in WIN + LOSE are won.
    assert found.quarters[1].mean == pytest.approx(3000 * 92 / 590 * WIN / (WIN + LOSE) * 1000, rel=0.15)


def test_what_happens_later_changes_nothing_of_an_earlier_forecast() -> None:
    history = make_history(400)
    day = TODAY - 100
    later = history.day > day
    assert later.sum() > 50
    changed = replace(
        history,
        amount=np.where(later, 9e9, history.amount),
        stage=np.where(later, 1, history.stage),
        close=np.where(later, history.close + 500, history.close),
        owner=np.where(later, 0, history.owner),
    )
    assert seen(forecast_deals(changed, day)) == seen(forecast_deals(history, day))
    assert find_slipping(changed, day) == find_slipping(history, day)


def test_a_replay_forecasts_each_quarter_that_is_over_from_what_was_known_then() -> None:
    history = make_history(400)
    record = replay(history, TODAY, (13, 4))
    assert {trial.weeks_left for trial in record.trials} == {13, 4}
    for trial in record.trials:
        assert trial.quarter.last < TODAY
        assert trial.booked == history.won_between(trial.quarter.first, trial.quarter.last)
        assert trial.lo < trial.hi
    assert all(trial.won == 0 for trial in record.at(13).trials)
    assert record.error is not None
    assert record.error < 0.5


def test_runs_spread_as_far_as_earlier_forecasts_were_wrong() -> None:
    raw = forecast_deals(make_history(400), TODAY).quarters[0]
    quarter = quarter_of(TODAY - 300)
    trial = Trial(
        quarter=quarter, weeks_left=6, won=0.0, deviation=0.1, mean=100.0, lo=0, hi=0, stage_weighted=0,
        seasonal_naive=None, booked=100.0,
    )  # fmt: skip
    narrow = calibrate(raw, [trial] * 5, 6)
    wide = calibrate(raw, [replace(trial, booked=150.0), replace(trial, booked=66.7)] * 3, 6)
    assert [narrow.lo, narrow.hi] == pytest.approx([raw.lo, raw.hi])
    assert wide.hi - wide.lo > 1.5 * (raw.hi - raw.lo)
    assert wide.mean == pytest.approx(raw.mean)


def test_what_if_moves_the_forecast_the_way_it_says() -> None:
    history = make_history(400)
    usual = forecast_deals(history, TODAY).quarters[0]
    better = forecast_deals(history, TODAY, what_if=WhatIf(win=1.5)).quarters[0]
    fewer = forecast_deals(history, TODAY, what_if=WhatIf(new=0.25)).quarters[0]
    assert better.from_open > 1.2 * usual.from_open
    assert fewer.from_new < 0.5 * usual.from_new
    assert fewer.from_open == usual.from_open
    assert usual.chance_of(0) == 1.0
    assert usual.chance_of(1e12) == 0.0


def test_a_rep_who_puts_deals_off_is_found_and_nobody_else() -> None:
    found = find_slipping(make_history(1200, slipping=2), TODAY)
    assert [(one.owner, one.is_found) for one in found[:1]] == [("Cem", True)]
    assert not any(one.is_found for one in found[1:])
    assert not any(one.is_found for one in find_slipping(make_history(1200), TODAY))


def test_thirty_deals_get_a_wide_answer_and_fewer_wins_a_refusal() -> None:
    small = forecast_deals(make_history(60, seed=3), TODAY).quarters[0]
    assert small.hi > small.lo
    with pytest.raises(RefusedError, match="A forecast needs at least 5 won deals and one lost"):
        forecast_deals(make_history(8), TODAY)
