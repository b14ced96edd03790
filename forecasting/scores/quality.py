"""How good probabilities are, measured on rows the model did not see."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Of a two-sided interval of 90 %.
_NORMAL = 1.6449


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Area under the curve, mean squared error (Brier), that of a baseline, and calibration error."""

    rows: int
    base_rate: float
    area: float
    brier: float
    baseline_brier: float
    calibration_error: float

    @property
    def is_better_than_baseline(self) -> bool:
        """Whether the model is worth more than the base rate."""
        return self.brier < self.baseline_brier and self.area > 0.5


def rank_area(values: Floats, is_event: Flags) -> float:
    """The chance that an event has a higher value than a non-event, ties counted half (Mann and Whitney)."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[codes]
    events = int(is_event.sum())
    others = is_event.size - events
    return float((ranks[is_event].sum() - events * (events + 1) / 2) / (events * others))


def measure_calibration(probabilities: Floats, is_event: Flags, bins: int = 10) -> float:
    """The mean distance between probability and rate over bins of equal size (expected calibration error)."""
    parts = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    gaps = [abs(probabilities[part].mean() - is_event[part].mean()) * part.size for part in parts if part.size]
    return float(sum(gaps) / is_event.size)


def rate_interval(rate: float, rows: int) -> tuple[float, float]:
    """The interval of 90 % of a rate seen on some rows (Wilson, 1927)."""
    square = _NORMAL**2
    middle = (rate + square / (2 * rows)) / (1 + square / rows)
    half = _NORMAL * np.sqrt(rate * (1 - rate) / rows + square / (4 * rows**2)) / (1 + square / rows)
    return float(middle - half), float(middle + half)


def measure_quality(probabilities: Floats, is_event: Flags, *, baseline_brier: float | None = None) -> Quality:
    """All measures of probabilities against outcomes of both kinds; the baseline is the base rate unless given."""
    rate = float(is_event.mean())
    return Quality(
        rows=is_event.size,
        base_rate=rate,
        area=rank_area(probabilities, is_event),
        brier=float(np.mean((probabilities - is_event) ** 2)),
        baseline_brier=rate * (1 - rate) if baseline_brier is None else baseline_brier,
        calibration_error=measure_calibration(probabilities, is_event),
    )
