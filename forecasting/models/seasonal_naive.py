"""The value of the same period of the last season; the baseline of seasonal series."""

import numpy as np

from forecasting.series import Floats

KIND = "seasonal_naive"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The last season repeated; the last value where there is no whole season."""
    last = values[-season:] if values.size >= season else values[-1:]
    return np.resize(last, horizon)
