"""Foresight for a tenant: forecasts of metrics under the reader's own policy, each with its record."""

from services.foresight.deals import DealAnswer, forecast_bookings
from services.foresight.metric_forecast import MetricForecast, first_forecast, forecast_metric
from services.foresight.question import ForecastQuestion, parse_forecast
from services.foresight.verdicts import Verdict, judge_alert, set_budget
from services.foresight.watching import Anomalies, Found, find_causes

__all__ = [
    "Anomalies", "DealAnswer", "ForecastQuestion", "Found", "MetricForecast", "Verdict", "find_causes",
    "first_forecast", "forecast_bookings", "forecast_metric", "judge_alert", "parse_forecast", "set_budget",
]  # fmt: skip
