"""The share of each part against that of all other parts together, and which differ beyond chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.behaviour.experiments import adjust_p_values, compare, proportion_sample
from metrics.behaviour.experiments.comparison import Comparison

ALPHA = 0.05
_LEAST_SIZE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A part's share less that of the others (Welch). `p_value` is made fit to be read beside the others' (Holm)."""

    comparison: Comparison
    p_value: float

    @property
    def gap(self) -> float:
        """How much higher the share of the part is; negative where it is lower."""
        return self.comparison.difference

    @property
    def is_beyond_chance(self) -> bool:
        """Whether it is, at 5 % over all parts."""
        return self.p_value < ALPHA


def compare_parts(parts: Sequence[tuple[int, int]]) -> list[Difference | None]:
    """For each part of (came, size) how it differs; None where it or the others have fewer than ten."""
    came, size = (sum(part[place] for part in parts) for place in (0, 1))
    found = [
        None
        if min(own, size - own) < _LEAST_SIZE
        else compare(proportion_sample(came - count, size - own), proportion_sample(count, own))
        for count, own in parts
    ]
    adjusted = iter(adjust_p_values([one.p_value for one in found if one is not None]))
    return [None if one is None else Difference(comparison=one, p_value=next(adjusted)) for one in found]
