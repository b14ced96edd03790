"""Foresight: forecasts that publish their record, anomalies with a budget, calibrated scores.

Pure: a series or a table in, a forecast, alert or score with its evidence out. It knows nothing of tenants, members or
the web. Heavy libraries are imported in the function that needs them.
"""

from forecasting.engine import ForecastSpec, forecast_series
from forecasting.frequency import Frequency
from forecasting.reconcile import reconcile_total
from forecasting.result import Forecast, Forecasts, Point, Refusal, TrackRecord
from forecasting.series import Series, TimeStyle, write_time
from forecasting.series_file import load_series

__all__ = [
    "Forecast", "ForecastSpec", "Forecasts", "Frequency", "Point", "Refusal", "Series", "TimeStyle", "TrackRecord",
    "forecast_series", "load_series", "reconcile_total", "write_time",
]  # fmt: skip
