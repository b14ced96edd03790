"""Forecasts of the members of a total, made to add up to it.

The reconciled means are the nearest ones that add up, each forecast counted by how sure it is: generalised least
squares with the variances that the intervals state, which is the minimum-trace estimate for errors that are not
correlated (Wickramasuriya and others, 2019, with the diagonal of W).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forecasting.result import Forecast
from forecasting.series import Floats

# The width of a forecast that never varied, as a share of the others', so that nobody counts as infinitely sure.
_LEAST_WIDTH = 1e-6


def reconcile_total(total: Forecast, members: Sequence[Forecast]) -> tuple[Forecast, tuple[Forecast, ...]]:
    """The forecasts with means that add up in every period; intervals keep their widths and move with the means."""
    if not members:
        return total, ()
    every = (total, *members)
    means = np.array([[point.mean for point in one.points] for one in every])
    widths = np.array([[(point.hi - point.lo) / 2 for point in one.points] for one in every])
    found = reconcile_means(means, widths**2)
    moved = [_moved(one, row) for one, row in zip(every, found, strict=True)]
    return moved[0], tuple(moved[1:])


def reconcile_means(means: Floats, variances: Floats) -> Floats:
    """Rows are the total and its members, columns periods. What is missing in the sum is shared out by variance.

    With W diagonal, S (S'W^-1 S)^-1 S'W^-1 y comes down to this: the gap between the total and the sum of its members
    goes to each in proportion to its variance, the total taking its part with the other sign.
    """
    floor = max(float(variances.max()) * _LEAST_WIDTH, np.finfo(np.float64).tiny)
    weights = np.maximum(variances, floor)
    gap = means[0] - means[1:].sum(axis=0)
    share = weights / weights.sum(axis=0)
    found: Floats = means + share * gap
    found[0] = means[0] - share[0] * gap
    return found


def _moved(forecast: Forecast, means: Floats) -> Forecast:
    points = tuple(
        replace(point, mean=float(mean), lo=point.lo + float(mean) - point.mean, hi=point.hi + float(mean) - point.mean)
        for point, mean in zip(forecast.points, means, strict=True)
    )
    return replace(forecast, points=points)
