"""How a funnel converts over time since its first step, with entities that still have time counted as open."""

from dataclasses import dataclass

import numpy as np

from metrics.behaviour.event_set import EventSet
from metrics.behaviour.maturity.incidence import IncidenceCurve, estimate_survival
from metrics.behaviour.spec import FunnelSpec
from metrics.behaviour.walk import FunnelWalk, window_us

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conversion:
    """The share that gets from the first step to one of the others by each age, in days.

    `entered` did the first step, `still_open` of them have neither converted nor used up their window. `expected` is
    the share by the end of the window, or without a window by the age of the oldest; None where nobody is that old.
    """

    curve: IncidenceCurve
    entered: int
    still_open: int
    expected: float | None

    @property
    def maturity(self) -> float | None:
        """The share of entities whose outcome is settled; None without entities."""
        return 1 - self.still_open / self.entered if self.entered else None


def estimate_conversion(events: EventSet, spec: FunnelSpec, walk: FunnelWalk, *, step: int, until: int) -> Conversion:
    """Conversion to step number `step` (from 1 on) as far as it is known at the moment `until`, in microseconds.

    An entity that has not converted is open since its last start for as long as its window lasts. The walk must have
    times.
    """
    entered = np.flatnonzero(walk.levels >= 1)
    is_converted = walk.levels[entered] > step
    window = window_us(spec)
    rows = np.flatnonzero(events.are_of(spec.steps[0].events))
    last = np.full(events.entity_count, until, np.int64)
    # Rows are in order of time, so the last one of an entity stays.
    last[events.entity_of_rows()[rows]] = events.times[rows]
    open_for = np.clip(until - last[entered], 0, window)
    ages = np.where(is_converted, walk.since_first[entered, step], open_for) / DAY_US
    still_open = int((~is_converted & (open_for < window)).sum())
    curve = estimate_survival(ages, is_converted)
    horizon = window / DAY_US if spec.window is not None else (float(ages.max()) if ages.size else 0.0)
    return Conversion(
        curve=curve,
        entered=int(entered.size),
        still_open=still_open,
        expected=_share_by(curve, ages, is_converted, horizon),
    )


def _share_by(
    curve: IncidenceCurve, ages: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    is_converted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], horizon: float,
) -> float | None:  # fmt: skip
    """The share by the horizon; where everybody converted before it, nothing more can come."""
    if ages.size and is_converted.all():
        return 1.0
    return curve.share_at(horizon)
