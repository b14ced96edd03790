"""Takes the season out of a series and puts it back into a forecast."""

from dataclasses import dataclass

import numpy as np

from forecasting.series import Floats

# One-sided 90% point of the normal distribution, as in the seasonality test of the theta method.
_LIMIT = 1.645
_LEAST_INDEX = 0.01
LONG_SEASON = 25
_RECENCY = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Values without their season, and the factors that put it back; None where there is no season."""

    values: Floats
    factors: Floats | None

    def restore(self, forecast: Floats) -> Floats:
        """The forecast of the adjusted values with its season."""
        plain: Floats = np.asarray(forecast, np.float64)
        if self.factors is None:
            return plain
        places = (self.values.size + np.arange(plain.size)) % self.factors.size
        restored: Floats = plain * self.factors[places]
        return restored


def adjust(values: Floats, season: int) -> Adjusted:
    """Divides by the multiplicative index of each period where the series is positive and has a season."""
    if season > 1 and values.min() > 0 and values.size >= 2 * season + 10 and season > LONG_SEASON:
        return _divided(values, _long_factors(values, season))
    if season > 1 and values.min() > 0 and is_seasonal(values, season) and season <= LONG_SEASON:
        factors = _classical_factors(values, season)
        if factors.min() > _LEAST_INDEX:
            return _divided(values, factors)
    return Adjusted(values=values, factors=None)


def is_seasonal(values: Floats, season: int) -> bool:
    """The autocorrelation at the season's lag against Bartlett's limit (Assimakopoulos and Nikolopoulos, 2000)."""
    if values.size < 3 * season:
        return False
    centred = values - values.mean()
    power = float(centred @ centred)
    if power == 0:
        return False
    lags = np.array([centred[lag:] @ centred[:-lag] for lag in range(1, season + 1)]) / power
    return bool(abs(lags[-1]) > _LIMIT * np.sqrt((1 + 2 * (lags[:-1] ** 2).sum()) / values.size))


def _divided(values: Floats, factors: Floats) -> Adjusted:
    return Adjusted(values=values / np.resize(factors, values.size), factors=factors)


def _trend(values: Floats, season: int) -> tuple[Floats, int]:
    """The centred moving average over a season, and how many values lie before it."""
    weights = np.ones(season) if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5]
    return np.convolve(values, weights / season, "valid"), season // 2


def _classical_factors(values: Floats, season: int) -> Floats:
    trend, first = _trend(values, season)
    ratios = values[first : first + trend.size] / trend
    phases = np.arange(first, first + trend.size) % season
    factors = np.array([ratios[phases == phase].mean() for phase in range(season)])
    scaled: Floats = factors / factors.mean()
    return scaled


def _long_factors(values: Floats, season: int) -> Floats:
    """Indices of a long season: recent years count more, neighbours are smoothed, and noise shrinks them to 1.

    The share kept is the strength of the season, 1 - var(remainder) / var(detrended) (Wang and others, 2006).
    """
    logs = np.log(values)
    trend, first = _trend(logs, season)
    ratios = logs[first : first + trend.size] - trend
    phases = np.arange(first, first + trend.size) % season
    index = np.zeros(season)
    for phase in range(season):
        seen = ratios[phases == phase]
        if seen.size:
            index[phase] = np.average(seen, weights=_RECENCY ** np.arange(seen.size)[::-1])
    index -= index.mean()
    index = (np.roll(index, 1) + 2 * index + np.roll(index, -1)) / 4
    spread = ratios.var()
    strength = max(0.0, 1 - (ratios - index[phases]).var() / spread) if spread > 0 else 0.0
    factors: Floats = np.exp(strength * index)
    return factors
