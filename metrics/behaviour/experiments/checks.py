"""Is the experiment sound, and how much may be read into many comparisons at once."""

from collections.abc import Sequence
from typing import Literal

from core.errors import InvalidError


def sample_ratio_p_value(counts: Sequence[int], weights: Sequence[float]) -> float:
    """How likely a split as uneven as this is when entities were assigned by the weights (chi-squared test).

    Below 0.001, something but chance sorted them, and no result of the experiment should be believed.
    """
    from scipy.stats import chi2

    if len(counts) != len(weights) or len(counts) < 2 or min(weights) <= 0 or sum(counts) == 0:
        raise InvalidError("A split has at least two variants, a weight above 0 for each, and at least one entity.")
    expected = [sum(counts) * weight / sum(weights) for weight in weights]
    statistic = sum((count - hope) ** 2 / hope for count, hope in zip(counts, expected, strict=True))
    return float(chi2.sf(statistic, len(counts) - 1))


def adjust_p_values(p_values: Sequence[float], method: Literal["holm", "benjamini-hochberg"] = "holm") -> list[float]:
    """The p values made fit to be read together: Holm keeps any false alarm rare, Benjamini-Hochberg their share.

    >>> adjust_p_values([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    count = len(p_values)
    order = sorted(range(count), key=lambda place: p_values[place])
    found = [0.0] * count
    if method == "holm":
        least = 0.0
        for rank, place in enumerate(order):
            least = max(least, min(1.0, (count - rank) * p_values[place]))
            found[place] = least
    else:
        most = 1.0
        for rank in range(count, 0, -1):
            place = order[rank - 1]
            most = min(most, p_values[place] * count / rank)
            found[place] = most
    return found
