"""Confidence intervals of shares."""

from math import sqrt
from statistics import NormalDist

Interval = tuple[float, float]


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
    """The score interval of a share; None without trials.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), p. 209-212.

    >>> low, high = wilson_interval(10, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)
    """
    if trials == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    spread = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / spread
    reach = z / spread * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    # At no and at full success the bound is exact; rounding must not push it past the share.
    return (0.0 if successes == 0 else max(0.0, centre - reach), 1.0 if successes == trials else centre + reach)
