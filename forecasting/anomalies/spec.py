"""What is asked of the detector."""

from dataclasses import dataclass

from core.errors import InvalidError

DEFAULT_BUDGET = 4.0
# So many points at least come before the first alert of a series.
LEARNING = 32
_HIGHEST = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalySpec:
    """`budget` is how many alerts 1,000 points of a series without any change may raise: 4 unless said otherwise."""

    budget: float = DEFAULT_BUDGET

    def __post_init__(self) -> None:
        if not 0 < self.budget <= _HIGHEST:
            raise InvalidError(
                f"A budget of {self.budget:g} false alerts per 1,000 points cannot be kept. Give a number above 0 and "
                f"up to {_HIGHEST:g}; {DEFAULT_BUDGET:g} is usual."
            )
