"""The dynamic optimised theta model (Fiorucci and others, 2016) on seasonally adjusted values."""

from forecasting.fitting import forecast_adjusted
from forecasting.series import Floats

KIND = "theta"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The adjusted values' forecast, with the season put back."""
    from statsforecast.models import DynamicOptimizedTheta

    return forecast_adjusted(DynamicOptimizedTheta(season_length=1), values, season, horizon)
