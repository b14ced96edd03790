"""ARIMA, its orders chosen by AICc (Hyndman and Khandakar, 2008), on seasonally adjusted values."""

from forecasting.fitting import forecast_adjusted
from forecasting.series import Floats

KIND = "arima"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The adjusted values' forecast, with the season put back."""
    from statsforecast.models import AutoARIMA

    return forecast_adjusted(AutoARIMA(season_length=1), values, season, horizon)
