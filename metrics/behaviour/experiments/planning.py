"""How many entities an experiment needs, and what it can find with those it has."""

from math import ceil, sqrt
from statistics import NormalDist

from core.errors import InvalidError


def required_entities(
    variance: float, smallest_difference: float, *, alpha: float = 0.05, power: float = 0.8, variants: int = 2
) -> int:
    """The entities each variant needs to find a difference with the given power, two-sided; Bonferroni for several.

    >>> required_entities(0.1 * 0.9, 0.02)
    3532
    """
    if smallest_difference == 0 or variance < 0 or not (0 < alpha < 1 and 0 < power < 1) or variants < 2:
        raise InvalidError("A plan needs a difference that is not 0, alpha and power between 0 and 1, and 2 variants.")
    normal = NormalDist()
    z = normal.inv_cdf(1 - alpha / (variants - 1) / 2) + normal.inv_cdf(power)
    return ceil(2 * variance * (z / smallest_difference) ** 2)


def power_of(variance: float, difference: float, entities: int, *, alpha: float = 0.05) -> float:
    """The chance to find a difference with so many entities in each variant (the other tail's chance left out)."""
    if variance <= 0 or entities < 2:
        raise InvalidError("Power needs a variance above 0 and at least 2 entities in each variant.")
    normal = NormalDist()
    return normal.cdf(abs(difference) / sqrt(2 * variance / entities) - normal.inv_cdf(1 - alpha / 2))
