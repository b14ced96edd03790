"""Members that add up: against the textbook formula, written out with its summing matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import Forecast, Point, TrackRecord, reconcile_total
from forecasting.reconcile import reconcile_means

RECORD = TrackRecord(baseline="naive", origins=0, error=None, baseline_error=None, coverage=None)
amounts = st.floats(-1000, 1000)
widths = st.floats(0.1, 100)


@given(st.lists(st.tuples(amounts, widths), min_size=3, max_size=8))
def test_reconciled_means_are_those_of_generalised_least_squares(rows: list[tuple[float, float]]) -> None:
    means, variances = np.array([[mean] for mean, _ in rows]), np.array([[width**2] for _, width in rows])
    members = len(rows) - 1
    summing = np.vstack([np.ones(members), np.eye(members)])
    weight = np.diag(1 / variances[:, 0])
    bottom = np.linalg.solve(summing.T @ weight @ summing, summing.T @ weight @ means)
    assert reconcile_means(means, variances) == pytest.approx(summing @ bottom, rel=1e-6, abs=1e-6)


def _forecast(name: str, mean: float, width: float) -> Forecast:
    points = (Point(time=1, mean=mean, lo=mean - width, hi=mean + width),)
    return Forecast(id=name, model="naive", points=points, record=RECORD, notes=())


def test_the_surest_forecast_moves_least_and_intervals_keep_their_width() -> None:
    total, (sure, unsure) = reconcile_total(
        _forecast("all", 110, 10), [_forecast("sure", 50, 1), _forecast("unsure", 50, 10)]
    )
    found = [one.points[0] for one in (total, sure, unsure)]
    assert found[1].mean + found[2].mean == pytest.approx(found[0].mean)
    assert found[1].mean == pytest.approx(50, abs=0.1)
    assert found[2].mean - 50 == pytest.approx(110 - found[0].mean)
    assert [point.hi - point.lo for point in found] == pytest.approx([20, 2, 20])


def test_a_total_without_members_stays_as_it_is() -> None:
    alone = _forecast("all", 7, 1)
    assert reconcile_total(alone, []) == (alone, ())
