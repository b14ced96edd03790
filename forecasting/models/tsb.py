"""Intermittent demand that may end: the method of Teunter, Syntetos and Babai (2011)."""

import numpy as np

from forecasting.series import Floats

KIND = "tsb"
_DEMAND, _PROBABILITY = 0.2, 0.2


def forecast(values: Floats, season: int, horizon: int) -> Floats:  # noqa: ARG001
    """The mean demand a period, falling while no demand is seen."""
    from statsforecast.models import TSB

    return np.asarray(TSB(alpha_d=_DEMAND, alpha_p=_PROBABILITY).forecast(values, h=horizon)["mean"], np.float64)
