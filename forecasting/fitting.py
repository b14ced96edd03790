"""Fits a model of statsforecast to seasonally adjusted values."""

import warnings
from typing import Protocol

import numpy as np

from forecasting.seasonality import adjust
from forecasting.series import Floats

_FEWEST = 8


class Fitted(Protocol):
    """A model of statsforecast."""

    def forecast(self, y: Floats, h: int) -> dict[str, Floats]:
        """The forecast under the name "mean"."""


def forecast_adjusted(model: Fitted, values: Floats, season: int, horizon: int) -> Floats:
    """The adjusted values' forecast with the season put back.

    What has too few values, never varies or defeats the model's optimiser keeps the last adjusted value.
    """
    adjusted = adjust(values, season)
    last = np.repeat(adjusted.values[-1], horizon)
    if adjusted.values.size < _FEWEST or np.ptp(adjusted.values) == 0:
        return adjusted.restore(last)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = model.forecast(adjusted.values, h=horizon)["mean"]
        except Exception as error:  # The library raises its root class when no model converges.
            if "no model able to be fitted" not in str(error) and not isinstance(error, ArithmeticError | ValueError):
                raise
            found = last
    return adjusted.restore(found)
