"""The straight line through the first and the last value."""

import numpy as np

from forecasting.series import Floats

KIND = "drift"


def forecast(values: Floats, season: int, horizon: int) -> Floats:  # noqa: ARG001
    """The last value plus the mean change for each period."""
    slope = (values[-1] - values[0]) / max(values.size - 1, 1)
    line: Floats = values[-1] + slope * np.arange(1, horizon + 1)
    return line
