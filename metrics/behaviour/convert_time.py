"""How long entities take from the first step of a funnel to a later one: mean, percentiles and a histogram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidError
from metrics.behaviour.funnel_walk import FunnelWalk

MOST_BINS = 24
_SECOND_US = 1_000_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Widths that people count time in, in seconds.
_WIDTHS = (
    1, 2, 5, 10, 15, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR,
    3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY, 91 * _DAY, 182 * _DAY, 364 * _DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBin:
    """How many took at least `begins_s` and less than `ends_s` seconds."""

    begins_s: int
    ends_s: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertTimes:
    """The times of the entities that got to a step, in seconds; mean and percentiles are None where nobody did.

    The bins follow each other from 0 on, all of one width, at most `MOST_BINS` of them.
    """

    count: int
    mean_s: float | None
    percentiles_s: Mapping[float, float | None]
    bins: tuple[TimeBin, ...]


def distribute_times(
    walk: FunnelWalk, step: int, *, since_previous: bool = False, percentiles: Sequence[float] = (0.25, 0.5, 0.75, 0.9)
) -> ConvertTimes:
    """The times to step number `step` (from 1 on) since the first step, or since the one before.

    Percentiles interpolate linearly. The walk must have times. Raises InvalidError.
    """
    if not all(0 <= share <= 1 for share in percentiles):
        raise InvalidError(f"Percentiles lie between 0 and 1; {list(percentiles)} came.")
    times = (walk.since_previous if since_previous else walk.since_first)[walk.levels > step, step]
    if since_previous and (times < 0).any():
        raise InvalidError("In any order there is no step before; ask for the time since the first one.")
    if times.size == 0:
        return ConvertTimes(count=0, mean_s=None, percentiles_s=dict.fromkeys(percentiles), bins=())
    longest = int(times.max()) // _SECOND_US
    width = next((one for one in _WIDTHS if longest // one < MOST_BINS), -(-(longest + 1) // MOST_BINS))
    counts = np.bincount(times // (width * _SECOND_US))
    return ConvertTimes(
        count=times.size,
        mean_s=float(times.mean()) / _SECOND_US,
        percentiles_s={share: float(np.quantile(times, share)) / _SECOND_US for share in percentiles},
        bins=tuple(
            TimeBin(begins_s=place * width, ends_s=(place + 1) * width, count=int(count))
            for place, count in enumerate(counts)
        ),
    )
