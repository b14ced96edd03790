"""Many series under one budget: a member's fall is one cause with its share, and noise keeps to the budget."""

import numpy as np
import pytest

from core.errors import InvalidError
from forecasting import Series, TimeStyle
from forecasting.anomalies.watch import Watch, Watched, usual_before
from forecasting.series import Floats

DAYS = 400
BAD = 350


def watched(values: Floats, metric: str = "orders", member: str = "") -> Watched:
    series = Series(
        id=metric,
        times=np.arange(20_000, 20_000 + values.size, dtype=np.int64) * 86_400_000_000,
        values=values,
        rows=np.arange(1, values.size + 1, dtype=np.int64),
        style=TimeStyle.DAY,
    )
    return Watched(metric=metric, group="shop", series=series, dimension="region" if member else "", member=member)


@pytest.fixture(scope="module")
def shop() -> list[Watched]:
    """Two regions of about 100 orders a day each; on one day the North has 5."""
    random = np.random.default_rng(5)
    north, south = 100 + random.normal(0, 4, DAYS), 100 + random.normal(0, 4, DAYS)
    north[BAD] = 5
    return [watched(north + south), watched(north, member="North"), watched(south, member="South")]


def test_a_fall_of_one_member_is_one_cause_told_by_the_whole_with_its_share(shop: list[Watched]) -> None:
    (cause,) = [one for one in Watch(shop).causes(1.0) if one.lead.day == 20_000 + BAD]
    assert cause.lead.watched.member == ""
    assert {alarm.watched.member for alarm in cause.alarms} == {"", "North"}
    whole = shop[0].series.values
    usual = float(np.median(whole[BAD - 56 : BAD : 7]))
    assert cause.lead.usual == pytest.approx(usual)
    assert [one.member for one in cause.shares] == ["North", "South"]
    fell = 5 - float(np.median(shop[1].series.values[BAD - 56 : BAD : 7]))
    assert cause.shares[0].change == pytest.approx(fell)
    assert cause.shares[0].share == pytest.approx(fell / (whole[BAD] - usual))


def test_days_to_come_change_nothing_that_was_said(shop: list[Watched]) -> None:
    cut = [watched(one.series.values[: BAD + 1], member=one.member) for one in shop]
    before = [(alarm.watched.key, alarm.day) for alarm in Watch(cut).alarms(4.0)]
    after = [(alarm.watched.key, alarm.day) for alarm in Watch(shop).alarms(4.0) if alarm.day <= 20_000 + BAD]
    assert before == after


def test_noise_raises_no_more_alarms_than_the_budget() -> None:
    random = np.random.default_rng(7)
    noise = [watched(random.normal(0, 1, 730), metric=f"m{number}") for number in range(150)]
    months = 730 / 30.44
    assert 0 < len(Watch(noise).alarms(10.0)) <= 1.2 * 10.0 * months


def test_an_alert_that_was_expected_leaves_its_series_less_of_the_budget(shop: list[Watched]) -> None:
    quiet = Watch(shop, {shop[1].key: 60})
    assert {alarm.watched.member for alarm in Watch(shop).alarms(1.0)} >= {"North"}
    assert "North" not in {alarm.watched.member for alarm in quiet.alarms(1.0)}


def test_what_is_usual_needs_three_days_and_leaves_gaps_out() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0])
    assert usual_before(values, 4) == 3.0
    assert usual_before(values, 2) is None


def test_a_budget_of_nothing_is_refused(shop: list[Watched]) -> None:
    with pytest.raises(InvalidError, match="A budget of 0 false alerts a month cannot be kept"):
        Watch(shop).alarms(0)
