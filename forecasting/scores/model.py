"""A model of an outcome: ridge logistic regression and boosted trees, averaged in log-odds and calibrated.

Strength and calibration come from rows that were held out, and so does the record (`quality`). With few rows the trees
stay out and the weights are drawn strongly towards the base rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InvalidError
from forecasting.scores.boosted import Boosted, fit_boosted
from forecasting.scores.features import Features, Floats
from forecasting.scores.linear import Linear, fit_linear
from forecasting.scores.quality import Flags, Quality, measure_quality, rate_interval

BASE = "(base rate)"
LIMIT = "(limit)"
_FEW = 600
_STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
_STRENGTH = 0.1
_TREES = 0.5
_NEIGHBOURS = 200

Entities = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A probability, its band, and the parts of its log-odds by column, which add up to it."""

    probability: float
    low: float
    high: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreModel:
    """What was learned, and the record on rows held out."""

    names: tuple[str, ...]
    linear: Linear
    boosted: Boosted | None
    slope: float
    shift: float
    limit: float
    held_out: Floats
    outcomes: Flags
    quality: Quality

    def score(self, features: Features) -> list[Score]:
        """A score for each row; never 0 or 1."""
        parts = _parts(self.linear, self.boosted, features) * self.slope
        parts[:, -1] += self.shift
        return [self._explain(row) for row in parts]

    def probabilities(self, features: Features) -> Floats:
        """The probability of each row alone, for many rows."""
        totals = _totals(self.linear, self.boosted, features) * self.slope + self.shift
        return np.asarray(1 / (1 + np.exp(-np.clip(totals, -self.limit, self.limit))), np.float64)

    def _explain(self, row: Floats) -> Score:
        total = float(row.sum())
        kept = float(np.clip(total, -self.limit, self.limit))
        order = np.argsort(-np.abs(row[:-1]), kind="stable")
        reasons = [(BASE, float(row[-1])), *((self.names[k], float(row[k])) for k in order)]
        if kept != total:
            reasons.append((LIMIT, kept - total))
        probability = 1 / (1 + np.exp(-kept))
        low, high = self._band(float(probability))
        return Score(probability=float(probability), low=low, high=high, reasons=tuple(reasons))

    def _band(self, probability: float) -> tuple[float, float]:
        """Wilson's interval of the rate among the held-out rows with the nearest probabilities."""
        size = min(_NEIGHBOURS, self.held_out.size)
        start = int(np.searchsorted(self.held_out, probability)) - size // 2
        start = min(max(start, 0), self.held_out.size - size)
        low, high = rate_interval(float(self.outcomes[start : start + size].mean()), size)
        return min(low, probability), max(high, probability)


def fit_scores(features: Features, is_event: Flags, *, entity: Entities | None = None) -> ScoreModel:
    """The model of all rows. Raises InvalidError when it is no better than the base rate on rows held out.

    Rows of the same `entity` are held out together; without it each row is one of its own.
    """
    if not features.names:
        raise InvalidError("No column is left to learn from. Give the file columns known before the outcome.")
    whose = np.arange(is_event.size) if entity is None else entity
    strength = _choose_strength(features, is_event, whose)
    held = _hold_out(features, is_event, whose, strength)
    slope, shift = _calibrate(held, is_event)
    probabilities = 1 / (1 + np.exp(-(slope * held + shift)))
    quality = measure_quality(probabilities, is_event)
    if not quality.is_better_than_baseline:
        raise InvalidError(
            f"The model is no better than the base rate of {quality.base_rate:.1%} on rows it did not see (Brier "
            f"{quality.brier:.4f} against {quality.baseline_brier:.4f}), so it is not served. Give more rows or other "
            "columns."
        )
    order = np.argsort(probabilities, kind="stable")
    return ScoreModel(
        names=features.names,
        linear=fit_linear(features, is_event, strength),
        boosted=fit_boosted(features, is_event) if is_event.size >= _FEW else None,
        slope=slope,
        shift=shift,
        limit=float(np.log(2 * is_event.size + 1)),
        held_out=probabilities[order],
        outcomes=is_event[order],
        quality=quality,
    )


def _parts(linear: Linear, boosted: Boosted | None, features: Features) -> Floats:
    """The contributions of both models, weighted."""
    parts = linear.contributions(features)
    if boosted is None:
        return parts
    return (1 - _TREES) * parts + _TREES * boosted.contributions(features)


def _totals(linear: Linear, boosted: Boosted | None, features: Features) -> Floats:
    """What the contributions of each row add up to."""
    totals: Floats = linear.contributions(features).sum(axis=1)
    if boosted is None:
        return totals
    return np.asarray((1 - _TREES) * totals + _TREES * boosted.totals(features), np.float64)


def _folds(is_event: Flags, whose: Entities, count: int) -> Iterator[npt.NDArray[np.int64]]:
    """Rows of each fold: entities with an event and without are dealt out evenly in a fixed random order."""
    random = np.random.default_rng(1)
    entities, codes = np.unique(whose, return_inverse=True)
    has_event = np.bincount(codes, weights=is_event) > 0
    fold = np.empty(entities.size, np.int64)
    for outcome in (True, False):
        dealt = random.permutation(np.flatnonzero(has_event == outcome))
        fold[dealt] = np.arange(dealt.size) % count
    return (np.flatnonzero(fold[codes] == number) for number in range(count))


def _choose_strength(features: Features, is_event: Flags, whose: Entities) -> float:
    """The strength with the least log loss on rows held out, where there are few rows."""
    if is_event.size >= _FEW:
        return _STRENGTH
    losses = []
    for strength in _STRENGTHS:
        held = _hold_out(features, is_event, whose, strength)
        losses.append(float(np.mean(np.logaddexp(0, np.where(is_event, -held, held)))))
    return _STRENGTHS[int(np.argmin(losses))]


def _hold_out(features: Features, is_event: Flags, whose: Entities, strength: float) -> Floats:
    """The log-odds of each row by a model that did not see it."""
    held = np.empty(is_event.size)
    rows = np.arange(is_event.size)
    for out in _folds(is_event, whose, 5 if is_event.size < 20_000 else 3):
        kept = np.setdiff1d(rows, out)
        learned, outcomes = features.take(kept), is_event[kept]
        linear = fit_linear(learned, outcomes, strength)
        boosted = fit_boosted(learned, outcomes) if is_event.size >= _FEW else None
        held[out] = _totals(linear, boosted, features.take(out))
    return held


def _calibrate(held: Floats, is_event: Flags) -> tuple[float, float]:
    """Slope and shift of the log-odds (Platt, 1999) where rows are many enough to tell them from 1 and 0."""
    if is_event.size < _FEW:
        return 1.0, 0.0
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6, max_iter=1000).fit(held[:, None], is_event)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
