"""Intermittent demand: Croston's method with the bias taken out (Syntetos and Boylan, 2005)."""

import numpy as np

from forecasting.series import Floats

KIND = "croston"


def forecast(values: Floats, season: int, horizon: int) -> Floats:  # noqa: ARG001
    """The mean demand a period, the same for every period."""
    from statsforecast.models import CrostonSBA

    return np.asarray(CrostonSBA().forecast(values, h=horizon)["mean"], np.float64)
