"""Foresight for a tenant: forecasts of metrics under the reader's own policy, each with its record."""

from services.foresight.deals import DealAnswer, forecast_bookings
from services.foresight.metric_forecast import MetricForecast, first_forecast, forecast_metric
from services.foresight.question import ForecastQuestion, parse_forecast

__all__ = [
    "DealAnswer", "ForecastQuestion", "MetricForecast", "first_forecast", "forecast_bookings", "forecast_metric",
    "parse_forecast",
]  # fmt: skip
