"""Exponential smoothing, its error and trend chosen by AICc (Hyndman and others, 2002), on adjusted values."""

from forecasting.fitting import forecast_adjusted
from forecasting.series import Floats

KIND = "ets"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The adjusted values' forecast, with the season put back."""
    from statsforecast.models import AutoETS

    return forecast_adjusted(AutoETS(season_length=1), values, season, horizon)
