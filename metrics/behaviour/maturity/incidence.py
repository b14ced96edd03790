"""The share converted by each age: Aalen-Johansen with being lost as a competing end, Kaplan-Meier without one.

Formulas: E. Marubini and M. G. Valsecchi, Analysing Survival Data from Clinical Trials and Observational Studies
(1995), 10.2, the variance by the delta method; bands on the scale of log(-log), as is usual for survival curves.
"""

from dataclasses import dataclass
from enum import IntEnum
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from core.errors import InvalidError

Floats = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.int8]


class Outcome(IntEnum):
    """How an entity stands at the age it is observed at."""

    OPEN = 0
    CONVERTED = 1
    LOST = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IncidenceCurve:
    """The share converted by each age at which something ended; constant from one age to the next.

    `still_open` is the share that had no end by then. `low` and `high` are pointwise bands of the share converted.
    """

    ages: Floats
    share: Floats
    low: Floats
    high: Floats
    still_open: Floats
    at_risk: npt.NDArray[np.int64]

    def share_at(self, age: float) -> float | None:
        """The share converted by an age; None beyond the oldest entity ever observed."""
        return self._at(self.share, age, before=0.0)

    def open_at(self, age: float) -> float | None:
        """The share without an end by an age; None beyond the oldest entity ever observed."""
        return self._at(self.still_open, age, before=1.0)

    def _at(self, values: Floats, age: float, *, before: float) -> float | None:
        if self.ages.size == 0 or age > self.ages[-1]:
            return None
        place = int(self.ages.searchsorted(age, side="right")) - 1
        return before if place < 0 else float(values[place])


def estimate_incidence(ages: Floats, outcomes: Outcomes, confidence: float = 0.95) -> IncidenceCurve:
    """The share converted by each age, from entities seen at `ages` with their `outcomes`. Raises InvalidError.

    An age is the time from entry to the end, or to now for entities still open, which count as long as they were seen.
    """
    ages, outcomes = np.asarray(ages, np.float64), np.asarray(outcomes, np.int8)
    if ages.shape != outcomes.shape or ages.ndim != 1:
        raise InvalidError(f"Every age needs one outcome; {ages.size} ages and {outcomes.size} outcomes came.")
    if not np.isfinite(ages).all() or (ages < 0).any():
        raise InvalidError("An age is a number of at least 0; an end before the entry is a mistake in the data.")
    times, place = np.unique(ages, return_inverse=True)
    ends = [np.bincount(place[outcomes == kind], minlength=times.size) for kind in (Outcome.CONVERTED, Outcome.LOST)]
    leaving = np.bincount(place, minlength=times.size)
    at_risk = leaving[::-1].cumsum()[::-1]
    ended = ends[0] + ends[1]
    still_open = np.cumprod(1 - ended / at_risk)
    before = np.concatenate([[1.0], still_open[:-1]])
    share = np.cumsum(before * ends[0] / at_risk)
    deviation = np.sqrt(_variance(share, before, ends[0], ended, at_risk))
    low, high = _bands(share, deviation, confidence)
    return IncidenceCurve(ages=times, share=share, low=low, high=high, still_open=still_open, at_risk=at_risk)


def estimate_survival(ages: Floats, is_ended: npt.NDArray[np.bool_], confidence: float = 0.95) -> IncidenceCurve:
    """Kaplan-Meier: as `estimate_incidence` where there is one kind of end; `still_open` is the survival curve."""
    return estimate_incidence(ages, np.where(is_ended, Outcome.CONVERTED, Outcome.OPEN).astype(np.int8), confidence)


def _variance(
    share: Floats, before: Floats, converted: npt.NDArray[np.int64], ended: npt.NDArray[np.int64],
    at_risk: npt.NDArray[np.int64],
) -> Floats:  # fmt: skip
    """Three sums over the ages so far, with (share now - share then) multiplied out so that one pass is enough."""
    # Where everybody left ends, nothing comes after: the term is never multiplied by anything but 0.
    spread = at_risk * np.maximum(1, at_risk - ended)
    hazard = np.where(at_risk > ended, ended / spread, 0.0)
    own = before**2 * (at_risk - converted) * converted / at_risk.astype(np.float64) ** 3
    joint = before * converted / at_risk.astype(np.float64) ** 2
    first = share**2 * hazard.cumsum() - 2 * share * (share * hazard).cumsum() + (share**2 * hazard).cumsum()
    third = share * joint.cumsum() - (share * joint).cumsum()
    variance: Floats = np.maximum(0.0, first + own.cumsum() - 2 * third)
    return variance


def _bands(share: Floats, deviation: Floats, confidence: float) -> tuple[Floats, Floats]:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    inner = (share > 0) & (share < 1)
    low, high = share.copy(), share.copy()
    log = np.log(share[inner])
    reach = np.exp(z * deviation[inner] / (share[inner] * log))
    low[inner] = share[inner] ** (1 / reach)
    high[inner] = share[inner] ** reach
    return low, high
