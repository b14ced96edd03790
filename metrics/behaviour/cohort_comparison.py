"""All cohorts of a retention table together, and the one that is weaker than the others beyond chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, mean

from metrics.behaviour.experiments.checks import adjust_p_values
from metrics.behaviour.result import Cohort, RetentionResult

_LEAST_SIZE = 10
_ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortGap:
    """A cohort against all others at the same age: its last complete period but the first. Shares are of the start."""

    cohort: Cohort
    period: int
    rate: float
    others_rate: float
    others_count: int
    others_size: int
    p_value: float

    @property
    def gap(self) -> float:
        """How much more of the cohort came back; negative where it is weaker."""
        return self.rate - self.others_rate


def weighted_rates(result: RetentionResult) -> tuple[float | None, ...]:
    """The share in each period over all cohorts for which it is complete; None where it is for none."""
    return _rates(result, _share)


def simple_rates(result: RetentionResult) -> tuple[float | None, ...]:
    """The mean of the cohorts' shares, each cohort counting alike, for those for which the period is complete."""
    return _rates(result, lambda known, period: mean((one.counts[period] or 0) / one.size for one in known))


def find_gaps(result: RetentionResult) -> tuple[CohortGap, ...]:
    """The cohorts that differ from the others beyond chance, the weakest first.

    Two-sided tests of two shares (pooled, normal), made fit to be read together by Holm's method; cohorts of fewer than
    ten entities are not judged.
    """
    gaps = [gap for cohort in result.cohorts if (gap := _gap(cohort, result.cohorts)) is not None]
    adjusted = adjust_p_values([gap.p_value for gap in gaps])
    found = [gap for gap, p_value in zip(gaps, adjusted, strict=True) if p_value < _ALPHA]
    return tuple(sorted(found, key=lambda gap: gap.gap))


def _rates(result: RetentionResult, rate: Callable[[Sequence[Cohort], int], float]) -> tuple[float | None, ...]:
    columns = max((len(cohort.counts) for cohort in result.cohorts), default=0)
    known = [[one for one in result.cohorts if period < one.complete] for period in range(columns)]
    return tuple(rate(cohorts, period) if cohorts else None for period, cohorts in enumerate(known))


def _share(known: Sequence[Cohort], period: int) -> float:
    return sum(one.counts[period] or 0 for one in known) / sum(one.size for one in known)


def _gap(cohort: Cohort, cohorts: Sequence[Cohort]) -> CohortGap | None:
    period = cohort.complete - 1
    others = [one for one in cohorts if one is not cohort and one.complete > period]
    size, others_size = cohort.size, sum(one.size for one in others)
    if period < 1 or size < _LEAST_SIZE or others_size < _LEAST_SIZE:
        return None
    count = cohort.counts[period] or 0
    others_count = sum(one.counts[period] or 0 for one in others)
    pooled = (count + others_count) / (size + others_size)
    error = sqrt(pooled * (1 - pooled) * (1 / size + 1 / others_size))
    gap = count / size - others_count / others_size
    p_value = 2 * NormalDist().cdf(-abs(gap) / error) if error else 1.0
    return CohortGap(
        cohort=cohort, period=period, rate=count / size, others_rate=others_count / others_size,
        others_count=others_count, others_size=others_size, p_value=p_value,
    )  # fmt: skip
