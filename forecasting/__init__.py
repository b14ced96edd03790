"""Foresight: forecasts that publish their record, anomalies with a budget, calibrated scores.

Pure: a series or a table in, a forecast, alert or score with its evidence out. It knows nothing of tenants, members or
the web. Heavy libraries are imported in the function that needs them.
"""
