"""Anomalies with a budget of false alerts: a series in, a score for each point and alerts out."""

from forecasting.anomalies.detect import Anomalies, find_anomalies
from forecasting.anomalies.spec import DEFAULT_BUDGET, LEARNING, AnomalySpec

__all__ = ["DEFAULT_BUDGET", "LEARNING", "Anomalies", "AnomalySpec", "find_anomalies"]
