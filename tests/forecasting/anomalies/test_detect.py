"""Scores and alerts of series whose answer is known before: nothing changes, or one thing does."""

import numpy as np
import pytest

from benchmarks.no_change import KINDS, as_days, make_values
from core.errors import InvalidError
from forecasting import Series, TimeStyle
from forecasting.anomalies import DEFAULT_BUDGET, LEARNING, AnomalySpec, find_anomalies


def white(size: int, seed: int = 3) -> np.ndarray:
    return make_values("white noise", size, np.random.default_rng(seed))[0]


def test_alerts_of_series_without_change_keep_to_the_budget() -> None:
    count = promised = 0.0
    for kind in KINDS:
        random = np.random.default_rng(5)
        for _ in range(30):
            values, _ = make_values(kind, 1100, random)
            count += find_anomalies(as_days(values)).count
            promised += (1100 - LEARNING) * DEFAULT_BUDGET / 1000
    assert 0.8 <= count / promised <= 1.2


@pytest.mark.parametrize("kind", ["white noise", "seasonal"])
def test_a_jump_of_three_standard_deviations_is_found_within_three_points(kind: str) -> None:
    found = 0
    random = np.random.default_rng(8)
    for _ in range(100):
        values, deviation = make_values(kind, 1000, random)
        values[980:] += 3 * deviation
        found += bool(find_anomalies(as_days(values)).is_anomaly[980:983].any())
    assert found >= 93


def test_a_point_is_judged_by_its_past_alone() -> None:
    values = white(600)
    values[400] += 30
    whole = find_anomalies(as_days(values))
    part = find_anomalies(as_days(values[:450]))
    assert np.array_equal(whole.scores[:450], part.scores)
    assert np.array_equal(whole.is_anomaly[:450], part.is_anomaly)


def test_a_wild_point_is_the_highest_score_and_an_alert() -> None:
    values = white(500)
    values[300] += 25
    found = find_anomalies(as_days(values))
    assert found.is_anomaly[300]
    assert int(np.argmax(found.scores)) == 300
    assert ((found.scores >= 0) & (found.scores <= 1)).all()


def test_an_event_that_lasts_is_one_alert() -> None:
    values = white(800)
    quiet = find_anomalies(as_days(values)).is_anomaly[600:640].sum()
    values[600:] += 50
    assert quiet == 0
    assert find_anomalies(as_days(values)).is_anomaly[600:640].sum() == 1


def test_a_day_that_breaks_the_week_is_found_though_its_value_is_ordinary() -> None:
    at = np.arange(700)
    values = np.where(at % 7 < 5, 100.0, 20.0) + np.random.default_rng(2).standard_normal(700)
    values[604] = 20.0
    assert at[604] % 7 == 2
    found = find_anomalies(as_days(values))
    assert found.is_anomaly[604]
    assert not found.is_anomaly[609:620].any()


def test_a_larger_budget_opens_more_alerts() -> None:
    series = as_days(white(3000))
    few, many = (find_anomalies(series, AnomalySpec(budget=budget)).count for budget in (1, 40))
    assert few < many


@pytest.mark.parametrize("budget", [0, -1, 100.5, float("nan")])
def test_a_budget_that_cannot_be_kept_is_refused(budget: float) -> None:
    with pytest.raises(InvalidError, match="per 1,000 points cannot be kept"):
        AnomalySpec(budget=budget)


def test_missing_values_have_no_score_and_teach_nothing() -> None:
    values = white(400)
    at = np.arange(400)
    keep = at % 10 != 9
    holed = np.where(keep, values, np.nan)
    found = find_anomalies(as_days(holed))
    assert np.isnan(found.scores[~keep]).all()
    assert not found.is_anomaly[~keep].any()
    series = as_days(values)
    dropped = Series(id="x", times=series.times[keep], values=values[keep], rows=series.rows[keep], style=TimeStyle.DAY)
    assert np.allclose(find_anomalies(dropped).scores, found.scores[keep])


@pytest.mark.parametrize(
    "values",
    [np.zeros(300), np.full(300, 5.0), np.array([1.0, 2.0]), np.array([1.0]), np.full(50, np.nan), np.array([])],
    ids=["zero", "constant", "two", "one", "missing", "empty"],
)
def test_series_without_variation_or_length_have_no_alert(values: np.ndarray) -> None:
    found = find_anomalies(as_days(values))
    assert found.count == 0
    assert found.scores.size == values.size


def test_the_first_change_of_a_constant_series_is_an_alert() -> None:
    values = np.full(300, 5.0)
    values[200:] = 6.0
    assert find_anomalies(as_days(values)).is_anomaly.nonzero()[0].tolist()[0] == 200


def test_negative_series_are_judged_like_their_mirror() -> None:
    values = white(500)
    up, down = find_anomalies(as_days(values)), find_anomalies(as_days(-values))
    assert np.allclose(up.scores, down.scores)
    assert np.array_equal(up.is_anomaly, down.is_anomaly)
