"""Forecasts a series as it stood at earlier origins, and keeps the errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.grid import FEWEST
from forecasting.models import combination, croston, naive, seasonal_naive, tsb
from forecasting.seasonality import is_seasonal
from forecasting.series import Floats

_CLEARLY = 0.8
_ENOUGH_ORIGINS = 3
_INTERMITTENT = 0.4
MODELS = {model.KIND: model.forecast for model in (combination, croston, naive, seasonal_naive, tsb)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backtest:
    """The model chosen, and for each origin the signed errors (as long as was observed) over the scale of its past."""

    model: str
    baseline: str
    errors: tuple[Floats, ...]
    error: float | None
    baseline_error: float | None
    is_constant: bool


def run_backtest(values: Floats, season: int, horizon: int, most_origins: int) -> Backtest:
    """Back-tests the candidate against the baseline and chooses.

    The baseline is the forecast where it was better on average over three origins or more. Of fewer origins one lucky
    stretch is no evidence, so there it has to be clearly better (by a fifth) at every one of at least two.
    """
    baseline = seasonal_naive.KIND if season > 1 and is_seasonal(values, season) else naive.KIND
    if np.ptp(values) == 0:
        return Backtest(
            model=naive.KIND, baseline=naive.KIND, errors=(), error=None, baseline_error=None, is_constant=True
        )
    candidates = _candidates(values)
    origins = _origins(values.size, horizon, most_origins)
    errors = {name: [_errors(name, values, season, horizon, at) for at in origins] for name in (*candidates, baseline)}
    means = {name: [float(np.abs(one).mean()) for one in found] for name, found in errors.items()}
    candidate = min(candidates, key=lambda name: sum(means[name]))
    chosen = baseline if _is_beaten(means[candidate], means[baseline]) else candidate
    return Backtest(
        model=chosen,
        baseline=baseline,
        errors=tuple(one / scale_of(values[:at]) for one, at in zip(errors[chosen], origins, strict=True)),
        error=float(np.mean(means[chosen])) if origins else None,
        baseline_error=float(np.mean(means[baseline])) if origins else None,
        is_constant=False,
    )


def _is_beaten(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether the errors of a baseline, by origin, are reason enough to prefer it."""
    if len(ours) >= _ENOUGH_ORIGINS:
        return sum(theirs) <= sum(ours)
    return len(ours) > 1 and all(their < _CLEARLY * our for our, their in zip(ours, theirs, strict=True))


def scale_of(values: Floats) -> float:
    """The mean absolute change from period to period; of the whole spread where there is none."""
    change = float(np.abs(np.diff(values)).mean())
    return change or float(np.abs(values).mean()) or 1.0


def _candidates(values: Floats) -> Sequence[str]:
    is_intermittent = values.min() >= 0 and float((values == 0).mean()) >= _INTERMITTENT
    return (croston.KIND, tsb.KIND) if is_intermittent else (combination.KIND,)


def _origins(size: int, horizon: int, most: int) -> list[int]:
    """Where the past ends, the latest first: a whole horizon held out, then half a horizon further back each time."""
    held = min(horizon, size - FEWEST)
    if held < 1:
        return []
    stride = max(1, held // 2)
    return [at for at in (size - held - stride * index for index in range(most)) if at >= FEWEST]


def _errors(name: str, values: Floats, season: int, horizon: int, at: int) -> Floats:
    past = values[:at]
    seen = values[at : at + horizon]
    errors: Floats = seen - _finite(MODELS[name](past, season, seen.size), past)
    return errors


def _finite(forecast: Floats, past: Floats) -> Floats:
    """A forecast that ran away is replaced by the last value, which its error then shows."""
    limit = 10 * (np.ptp(past) or 1.0)
    is_sound = np.isfinite(forecast).all() and np.abs(forecast - past[-1]).max() <= limit
    return forecast if is_sound else np.repeat(past[-1], forecast.size)


def forecast_with(name: str, values: Floats, season: int, horizon: int) -> Floats:
    """The forecast of a model by its kind, held within sense."""
    return _finite(MODELS[name](values, season, horizon), values)
