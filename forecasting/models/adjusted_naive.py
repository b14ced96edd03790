"""The last seasonally adjusted value, with the season put back."""

from forecasting.models import naive
from forecasting.seasonality import adjust
from forecasting.series import Floats

KIND = "adjusted_naive"


def forecast(values: Floats, season: int, horizon: int) -> Floats:
    """The last adjusted value repeated, times the index of each period."""
    adjusted = adjust(values, season)
    return adjusted.restore(naive.forecast(adjusted.values, 1, horizon))
