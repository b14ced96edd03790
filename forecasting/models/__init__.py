"""The models of a forecast, one a file: `KIND`, and `forecast(values, season, horizon)` of finite values in order."""
