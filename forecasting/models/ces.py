"""Complex exponential smoothing (Svetunkov and others, 2022) on seasonally adjusted values."""

from forecasting.fitting import forecast_adjusted
from forecasting.series import Floats

KIND = "ces"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The adjusted values' forecast, with the season put back."""
    from statsforecast.models import AutoCES

    return forecast_adjusted(AutoCES(season_length=1, model="N"), values, season, horizon)
