"""Ridge logistic regression on bends of numbers and frequent categories; its contributions are its terms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.scores.features import Features, Floats

_KNOTS = 6
_LEVELS = 60

Expand = Callable[[Features], Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear:
    """Columns are expanded, scaled to the rows learned from and weighted."""

    expansions: tuple[tuple[str, Expand], ...]
    owners: npt.NDArray[np.int64]
    mean: Floats
    deviation: Floats
    weights: Floats
    intercept: float

    def contributions(self, features: Features) -> Floats:
        """For each row the part of each column in the log-odds, the intercept last."""
        terms = (expand_all(self.expansions, features) - self.mean) / self.deviation * self.weights
        result = np.zeros((features.size, len(self.expansions) + 1))
        np.add.at(result.T, self.owners, terms.T)
        result[:, -1] = self.intercept
        return result


def expand_all(expansions: tuple[tuple[str, Expand], ...], features: Features) -> Floats:
    """All columns side by side."""
    return np.hstack([expand(features) for _, expand in expansions])


def fit_linear(features: Features, is_event: npt.NDArray[np.bool_], strength: float) -> Linear:
    """The weights; `strength` is how far they may go, the intercept is not drawn in."""
    from sklearn.linear_model import LogisticRegression

    expansions = _expansions(features)
    widths = [expand(features.take(np.arange(1))).shape[1] for _, expand in expansions]
    matrix = expand_all(expansions, features)
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0)
    deviation[deviation < 1e-9] = 1.0
    fitted = LogisticRegression(C=strength, max_iter=2000, tol=1e-4).fit((matrix - mean) / deviation, is_event)
    return Linear(
        expansions=expansions,
        owners=np.repeat(np.arange(len(expansions)), widths),
        mean=mean,
        deviation=deviation,
        weights=fitted.coef_[0],
        intercept=float(fitted.intercept_[0]),
    )


def _expansions(features: Features) -> tuple[tuple[str, Expand], ...]:
    found: list[tuple[str, Expand]] = [(name, _bend(name, values)) for name, values in features.numbers.items()]
    found += [(name, _split(name, values)) for name, values in features.texts.items()]
    return tuple(found)


def _bend(name: str, values: Floats) -> Expand:
    """A number as cubic splines that stay flat outside what was seen, and whether it is missing."""
    from sklearn.preprocessing import SplineTransformer

    known = values[~np.isnan(values)]
    middle = float(np.median(known)) if known.size else 0.0
    knots = np.unique(np.quantile(known, np.linspace(0, 1, _KNOTS))) if known.size else np.empty(0)
    spline: Any = None
    if knots.size > 3 and known.size >= 200:
        spline = SplineTransformer(knots=knots[:, None], degree=3, extrapolation="constant", include_bias=False)
        spline.fit(known[:, None])
    low, high = (float(knots[0]), float(knots[-1])) if knots.size else (0.0, 0.0)

    def expand(features: Features) -> Floats:
        raw = features.numbers[name]
        missing = np.isnan(raw)
        filled = np.clip(np.where(missing, middle, raw), low, high)[:, None]
        columns = [filled, missing[:, None]] if spline is None else [filled, missing[:, None], spline.transform(filled)]
        return np.hstack(columns).astype(np.float64)

    return expand


def _split(name: str, texts: npt.NDArray[np.object_]) -> Expand:
    """A column for each frequent value, one for missing; rare and unseen values are all zeros."""
    levels = frequent_levels(texts, _LEVELS)

    def expand(features: Features) -> Floats:
        codes = np.array([levels.get(text, -1) for text in features.texts[name]], np.int64)
        return np.asarray(codes[:, None] == np.arange(max(len(levels), 1)), np.float64)

    return expand


def frequent_levels(texts: npt.NDArray[np.object_], most: int) -> dict[str | None, int]:
    """The values that come often enough to learn from, most frequent first, and their codes."""
    counts: dict[str | None, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    fewest = 3 if texts.size < 500 else 10
    kept = sorted((one for one in counts if counts[one] >= fewest), key=lambda one: (-counts[one], one or ""))
    return {text: code for code, text in enumerate(kept[:most])}
