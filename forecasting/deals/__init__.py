"""Bookings from the deals themselves: chances by stage, age and close date, walked forward many times."""

from forecasting.deals.calendar import Quarter, quarter_of
from forecasting.deals.forecast import LEVEL, DealChance, DealForecast, QuarterForecast, WhatIf, forecast_deals
from forecasting.deals.history import NO_DAY, DealHistory
from forecasting.deals.record import Record, Trial, calibrate, replay
from forecasting.deals.slipping import Slipping, find_slipping
from forecasting.deals.snapshot import Snapshot, deal_panel, open_deals

__all__ = [
    "LEVEL", "NO_DAY", "DealChance", "DealForecast", "DealHistory", "Quarter", "QuarterForecast", "Record", "Slipping",
    "Snapshot", "Trial", "WhatIf", "calibrate", "deal_panel", "find_slipping", "forecast_deals", "open_deals",
    "quarter_of", "replay",
]  # fmt: skip
