"""Forecasts the series of a file: grid, back-test, choice, calibrated interval, and the record that travels along."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidError, RefusedError
from forecasting.backtest import Backtest, forecast_with, run_backtest, scale_of
from forecasting.frequency import Frequency
from forecasting.grid import Regular, regularise
from forecasting.intervals import MANY, own_widths, pooled_widths
from forecasting.result import Forecast, Forecasts, Point, Refusal, TrackRecord
from forecasting.series import Floats, Series

_MOST_HORIZON = 1000
_ORIGINS_OF_MANY, _ORIGINS_OF_FEW = 2, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastSpec:
    """How far ahead, at which level of the interval in per cent; the frequency is found where it is None."""

    horizon: int
    level: float = 90
    frequency: Frequency | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.horizon <= _MOST_HORIZON:
            raise InvalidError(f"The horizon is {self.horizon}; choose 1 to {_MOST_HORIZON} periods.")
        if not 50 <= self.level < 100:
            raise InvalidError(f"The level is {self.level}; choose 50 to 99, such as 90.")


def forecast_series(series: Sequence[Series], spec: ForecastSpec) -> Forecasts:
    """Forecasts every series; one that cannot be forecast is refused by name and stops no other."""
    regular: list[Regular] = []
    refusals: list[Refusal] = []
    for one in series:
        try:
            regular.append(regularise(one, spec.frequency))
        except RefusedError as error:
            refusals.append(Refusal(id=one.id, reason=error.message))
    origins = _ORIGINS_OF_MANY if len(regular) >= MANY else _ORIGINS_OF_FEW
    tests = [run_backtest(one.values, one.season, spec.horizon, origins) for one in regular]
    pooled = _pooled(regular, tests, spec)
    found = [_forecast(one, test, pooled.get(one.season), spec) for one, test in zip(regular, tests, strict=True)]
    return Forecasts(forecasts=tuple(found), refusals=tuple(refusals))


def _pooled(regular: Sequence[Regular], tests: Sequence[Backtest], spec: ForecastSpec) -> dict[int, Floats | None]:
    by_season: dict[int, list[Floats]] = {}
    for one, test in zip(regular, tests, strict=True):
        by_season.setdefault(one.season, []).extend(test.errors[:1])
    return {season: pooled_widths(errors, spec.horizon, spec.level / 100) for season, errors in by_season.items()}


def _forecast(one: Regular, test: Backtest, pooled: Floats | None, spec: ForecastSpec) -> Forecast:
    mean = forecast_with(test.model, one.values, one.season, spec.horizon)
    widths = own_widths(test.errors, spec.horizon, spec.level / 100) if pooled is None else pooled
    half = widths * (0.0 if test.is_constant else scale_of(one.values))
    points = tuple(
        Point(time=one.time_text(ahead + 1), mean=float(mean[ahead]), lo=float(mean[ahead] - half[ahead]),
              hi=float(mean[ahead] + half[ahead]))
        for ahead in range(spec.horizon)
    )  # fmt: skip
    record = TrackRecord(
        baseline=test.baseline,
        origins=len(test.errors),
        error=test.error,
        baseline_error=test.baseline_error,
        coverage=_coverage(test.errors, widths),
    )
    return Forecast(
        id=one.series.id, model=test.model, points=points, record=record, notes=(*one.notes, *_notes(one, test, record))
    )


def _coverage(errors: Sequence[Floats], widths: Floats) -> float | None:
    """The share of back-test errors within the widths."""
    if not errors:
        return None
    return float(np.mean(np.concatenate([np.abs(one) <= widths[: one.size] for one in errors])))


def _notes(one: Regular, test: Backtest, record: TrackRecord) -> tuple[str, ...]:
    name = one.series.id
    if test.is_constant:
        return (f"{name}: every value is {one.values[0]:g}; the interval has no width because nothing ever varied.",)
    if record.error is None:
        return (f"{name}: too short for a back-test; the interval is wide and its coverage is not known.",)
    if test.model == test.baseline:
        return (f"{name}: the baseline {test.baseline} was better in the back-test, so it is the forecast.",)
    if not record.is_better:
        return (f"{name}: {test.model} was not better than the baseline {test.baseline} in the back-test.",)
    return ()
