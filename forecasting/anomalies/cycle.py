"""The calendar's cycle of a series: hours within a day, days within a week, months within a year."""

import numpy as np

from forecasting.series import Integers, Series, TimeStyle

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US
# The distance of two points is that of the first ones, so that later points do not change what was said of earlier.
_FIRST = 10


def find_cycle(series: Series) -> tuple[int, Integers]:
    """How many points make a cycle (1 for none), and where each point stands, counted from the first."""
    steps = np.diff(series.times[: _FIRST + 1])
    steps = steps[steps > 0]
    if series.style is TimeStyle.NUMBER or not steps.size:
        return 1, np.arange(series.size, dtype=np.int64)
    step = int(np.median(steps))
    if step > 27 * _DAY_US:
        months = series.times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        return (4, months // 3) if 85 * _DAY_US < step < 95 * _DAY_US else (12, months)
    places = np.rint((series.times - series.times[0]) / step).astype(np.int64)
    return _length(step), places


def _length(step: int) -> int:
    if step <= 12 * _HOUR_US:
        return max(round(_DAY_US / step), 2)
    if step < 2 * _DAY_US:
        return max(round(7 * _DAY_US / step), 2)
    return 52 if 6 * _DAY_US < step < 8 * _DAY_US else 1
