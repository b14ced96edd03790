"""How strongly the numbers of a column are shaded: from its smallest to its largest, the same on every rendering."""

import math
from collections.abc import Sequence
from decimal import Decimal

from core.numbers import is_undefined

# Between them the words on a shade keep their contrast, in the light and in the dark.
FAINTEST, STRONGEST = 0.05, 0.5


def heat_of(values: Sequence[object]) -> list[float | None]:
    """The share of the accent in each cell's ground; None for what is no number. Where all are equal, each is faint.

    >>> heat_of([0, 5, None, 10])
    [0.05, 0.275, None, 0.5]
    """
    found = [_number(value) for value in values]
    known = [value for value in found if value is not None]
    low, span = (min(known), max(known) - min(known)) if known else (0.0, 0.0)
    has_span = span > 0 and math.isfinite(span)
    return [None if value is None else _shade((value - low) / span if has_span else 0.0) for value in found]


def _shade(share: float) -> float:
    return round(FAINTEST + (STRONGEST - FAINTEST) * share, 4)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or is_undefined(value):
        return None
    return float(value)
