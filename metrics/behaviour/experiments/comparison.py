"""One variant against another: the difference, its interval, and the evidence that there is one."""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, log, sqrt
from statistics import NormalDist

from core.errors import InvalidError
from metrics.behaviour.experiments.sample import Sample


class Method(StrEnum):
    """When the interval may be looked at: once, at the end that was planned, or as often as one likes."""

    FIXED = "fixed"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The variant's mean less the control's. `lift` is of the control's mean, None where that is 0."""

    difference: float
    low: float
    high: float
    p_value: float
    lift: float | None
    is_significant: bool


def compare(
    control: Sample, variant: Sample, *, method: Method = Method.FIXED, alpha: float = 0.05, tuned_for: int = 5_000
) -> Comparison:
    """Fixed: Welch's t. Sequential: an interval that holds at all times at once, tightest at `tuned_for` entities.

    I. Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences" (2021), theorem 2.2,
    as product suites use it; it is asymptotic, so the first look should have some hundred entities.
    """
    if not 0 < alpha < 1:
        raise InvalidError(f"A level of significance lies between 0 and 1; {alpha} came.")
    difference = variant.mean - control.mean
    error = control.error + variant.error
    if method is Method.SEQUENTIAL:
        reach, p_value = _always_valid(difference, error, control.count + variant.count, alpha, tuned_for)
    else:
        reach, p_value = _welch(difference, control, variant, alpha)
    return Comparison(
        difference=difference,
        low=difference - reach,
        high=difference + reach,
        p_value=p_value,
        lift=difference / control.mean if control.mean else None,
        is_significant=p_value < alpha,
    )


def chance_to_win(control: Sample, variant: Sample, *, prior_deviation: float | None = None) -> float | None:
    """The Bayesian chance that the variant is better, under a normal prior around no difference, or a flat one.

    None where nothing varies and there is no difference.
    """
    difference, error = variant.mean - control.mean, control.error + variant.error
    if error == 0:
        return None if difference == 0 else float(difference > 0)
    kept = 1.0 if prior_deviation is None else prior_deviation**2 / (prior_deviation**2 + error)
    return NormalDist().cdf(difference * kept / sqrt(error * kept))


def _welch(difference: float, control: Sample, variant: Sample, alpha: float) -> tuple[float, float]:
    from scipy.stats import t

    error = control.error + variant.error
    if error == 0:
        return 0.0, 1.0 if difference == 0 else 0.0
    freedom = error**2 / (control.error**2 / (control.count - 1) + variant.error**2 / (variant.count - 1))
    deviation = sqrt(error)
    return float(t.ppf(1 - alpha / 2, freedom)) * deviation, float(2 * t.sf(abs(difference) / deviation, freedom))


def _always_valid(difference: float, error: float, count: int, alpha: float, tuned_for: int) -> tuple[float, float]:
    """The half width, and the least alpha whose interval leaves 0 out; the mixture's width is the same at each look."""
    if error == 0:
        return 0.0, 1.0 if difference == 0 else 0.0
    rho = sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / tuned_for)
    scaled = count * rho * rho
    reach = sqrt(error) * sqrt((scaled + 1) / scaled * log((scaled + 1) / alpha**2))
    # The same inequality solved for alpha.
    exponent = difference * difference / error * scaled / (scaled + 1) / 2
    p_value = min(1.0, sqrt(scaled + 1) * exp(-exponent)) if exponent < inf else 0.0
    return reach, p_value
