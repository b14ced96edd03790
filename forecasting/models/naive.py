"""The last value again and again; the baseline where nothing repeats by season."""

import numpy as np

from forecasting.series import Floats

KIND = "naive"


def forecast(values: Floats, season: int, horizon: int) -> Floats:  # noqa: ARG001
    """The last value, `horizon` times."""
    return np.repeat(values[-1], horizon)
