"""What a forecast and its record say, in words."""

from forecasting import Forecast

_MODELS = {
    "combination": "the median of three models", "seasonal_naive": "the last season", "naive": "the last value",
    "croston": "Croston's method", "tsb": "the method of Teunter, Syntetos and Babai",
}  # fmt: skip
# A smaller difference of errors would be written as 0%.
_SAME = 0.005


def verdict(forecast: Forecast) -> str:
    """Which model it is, and why, in a sentence."""
    record, model, baseline = forecast.record, model_label(forecast.model), model_label(forecast.record.baseline)
    if record.error is None or record.baseline_error is None:
        return f"The forecast is {model}; there is too little history to try it on the past."
    if forecast.model == record.baseline:
        return f"The forecast is {model}, the baseline: nothing was better on the past."
    gain = 1 - record.error / record.baseline_error if record.baseline_error else 0.0
    word = "smaller" if gain >= 0 else "larger"
    share = f"{abs(gain):.0%} {word} than" if abs(gain) >= _SAME else "the same as"
    return f"The forecast is {model}: on the past its error was {share} that of the baseline, {baseline}."


def model_label(kind: str) -> str:
    """A model as people call it."""
    return _MODELS.get(kind, kind)
