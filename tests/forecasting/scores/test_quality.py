"""Measures against cases counted by hand."""

import numpy as np
import pytest

from forecasting.scores import measure_quality
from forecasting.scores.quality import measure_calibration, rank_area


def test_area_counts_ties_half() -> None:
    # Pairs of event and other: (2,1) won, (2,2) tied, (3,1) and (3,2) won: 3.5 of 4.
    assert rank_area(np.array([1.0, 2, 2, 3]), np.array([False, False, True, True])) == pytest.approx(3.5 / 4)


def test_brier_and_its_baseline() -> None:
    found = measure_quality(np.array([0.5, 1.0, 0.0, 0.0]), np.array([True, True, False, False]))
    assert found.brier == pytest.approx(0.0625)
    assert found.baseline_brier == pytest.approx(0.25)


def test_calibration_is_the_mean_gap_of_the_bins() -> None:
    chances = np.array([0.1, 0.1, 0.9, 0.9])
    # Rates 0.5 and 1 against 0.1 and 0.9: (0.4 + 0.1) / 2.
    assert measure_calibration(chances, np.array([True, False, True, True]), bins=2) == pytest.approx(0.25)
