"""Half-widths of prediction intervals by split conformal calibration on back-test errors.

With many series in a file, the errors of all, each over the scale of its own past, give a quantile for each period
ahead; the scale of a series turns it back. A file of few series uses each series' own errors, which grow with the
root of the periods ahead.
"""

from collections.abc import Sequence

import numpy as np

from forecasting.series import Floats

MANY = 50
_FEW_ERRORS = 20
# Widens what little evidence there is: the 90% point of Student's t with two degrees of freedom over the normal one.
_CAUTION = 1.8


def pooled_widths(errors: Sequence[Floats], horizon: int, level: float) -> Floats | None:
    """A half-width over scale for each period ahead from the errors of many series; None when they are too few."""
    widths = np.full(horizon, np.nan)
    for ahead in range(horizon):
        seen = np.abs([one[ahead] for one in errors if one.size > ahead])
        if seen.size >= MANY:
            widths[ahead] = conformal_quantile(seen, level)
    if np.isnan(widths[0]):
        return None
    filled = np.where(np.isnan(widths), np.nanmax(widths) * np.sqrt(np.arange(1, horizon + 1)), widths)
    rising: Floats = np.maximum.accumulate(filled)
    return rising


def own_widths(errors: Sequence[Floats], horizon: int, level: float) -> Floats:
    """A half-width over scale for each period ahead from a series' own errors, wide where they are few."""
    growth = np.sqrt(np.arange(1, horizon + 1))
    seen = np.concatenate([np.abs(one) / growth[: one.size] for one in errors]) if errors else np.ones(1)
    caution = 1.0 if seen.size >= _FEW_ERRORS else _CAUTION
    widths: Floats = caution * conformal_quantile(seen, level) * growth
    return widths


def conformal_quantile(scores: Floats, level: float) -> float:
    """The score of rank ceil((n + 1) level), the largest where there is none (Vovk and others, 2005).

    >>> conformal_quantile(np.arange(1.0, 20.0), 0.9)
    18.0
    """
    rank = min(int(np.ceil((scores.size + 1) * level)), scores.size)
    return float(np.sort(scores)[rank - 1])
