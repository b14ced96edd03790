"""The median of theta, CES and ETS: steadier than any of them (Petropoulos and Svetunkov, 2020).

With a long season, such as the weeks of a year, the adjusted naive forecast takes the place of theta.
"""

import numpy as np

from forecasting.models import adjusted_naive, ces, ets, theta
from forecasting.seasonality import LONG_SEASON
from forecasting.series import Floats

KIND = "combination"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The median of the three in each period."""
    third = adjusted_naive if season > LONG_SEASON else theta
    parts = [model.forecast(values, season, horizon) for model in (third, ces, ets)]
    middle: Floats = np.median(parts, axis=0)
    return middle
