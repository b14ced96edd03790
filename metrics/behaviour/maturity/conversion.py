"""How a funnel converts over time since its first step, with entities that still have time counted as open."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_set import EventSet
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.maturity.incidence import IncidenceCurve, Outcome, estimate_incidence
from metrics.behaviour.prepared import prepare
from metrics.behaviour.spec import FunnelSpec
from metrics.behaviour.walk import window_us

Integers = npt.NDArray[np.int64]

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


def estimate_conversion(
    events: EventSet, spec: FunnelSpec, walk: FunnelWalk, *, step: int, until: int, ends: Collection[str] = ()
) -> Conversion:
    """Conversion to step number `step` (from 1 on) as far as it is known at the moment `until`, in microseconds.

    An entity that has not converted is open since its last start for as long as its window lasts, unless one of the
    events `ends` came after that start: then its chance is lost, at that age. Where only the
    first start counts it is that one. The walk must have times.
    """
    entered = np.flatnonzero(walk.levels >= 1)
    is_converted = walk.levels[entered] > step
    window = window_us(spec)
    started, asked = prepare(events, spec)
    last = _last_times(started, np.flatnonzero(started.are_of(asked.steps[0].events)), until)
    lost = _last_times(events, np.flatnonzero(events.are_of(ends)), -1) if ends else np.full(last.size, -1, np.int64)
    is_lost = ~is_converted & (lost[entered] >= last[entered]) & (lost[entered] - last[entered] <= window)
    open_for = np.clip(np.where(is_lost, lost[entered], until) - last[entered], 0, window)
    ages = np.where(is_converted, walk.since_first[entered, step], open_for) / DAY_US
    still_open = int((~is_converted & ~is_lost & (open_for < window)).sum())
    outcomes = np.where(is_converted, Outcome.CONVERTED, np.where(is_lost, Outcome.LOST, Outcome.OPEN)).astype(np.int8)
    curve = estimate_incidence(ages, outcomes)
    horizon = window / DAY_US if spec.window is not None else (float(ages.max()) if ages.size else 0.0)
    return Conversion(
        curve=curve,
        entered=int(entered.size),
        still_open=still_open,
        expected=_share_by(curve, ages, is_converted, horizon),
    )


def _last_times(events: EventSet, rows: Integers, otherwise: int) -> Integers:
    """When each entity had the last of these events, which are in order of time."""
    found = np.full(events.entity_count, otherwise, np.int64)
    found[events.entity_of_rows()[rows]] = events.times[rows]
    return found


def _share_by(
    curve: IncidenceCurve, ages: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    is_converted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], horizon: float,
) -> float | None:  # fmt: skip
    """The share by the horizon; where everybody converted before it, nothing more can come."""
    if ages.size and is_converted.all():
        return 1.0
    return curve.share_at(horizon)
