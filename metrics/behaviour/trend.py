"""A funnel over time, in money, and against another: what a walk of its entities tells besides the counts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from metrics.behaviour.calendar_periods import PeriodEdges, build_edges, label_of
from metrics.behaviour.event_set import EventSet, Integers
from metrics.behaviour.experiments import adjust_p_values, compare, proportion_sample
from metrics.behaviour.experiments.comparison import Comparison
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.result import FunnelResult
from metrics.behaviour.spec import UTC, FunnelSpec, Period, Weekday
from metrics.behaviour.walk import window_us

_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPeriod:
    """The entities that began their chain in a period, and how many of them converted.

    `is_complete` says that all of them have had the whole window.
    """

    begins: dt.date
    label: str
    entered: int
    converted: int
    is_complete: bool

    @property
    def rate(self) -> float | None:
        """The share that converted."""
        return self.converted / self.entered if self.entered else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAmount:
    """What the entities that reached a step are worth, and those that got no further."""

    name: str
    reached: Decimal
    lost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """How the share of the step before differs from that of another funnel; None where one has too few entities.

    `p_value` is made fit to be read beside those of the other steps (Holm).
    """

    name: str
    before: float | None
    comparison: Comparison | None
    p_value: float | None


def count_trend(
    events: EventSet, spec: FunnelSpec, walk: FunnelWalk, period: Period, *, until: int, zone: ZoneInfo,
    week_start: Weekday = Weekday.MONDAY,
) -> tuple[TrendPeriod, ...]:  # fmt: skip
    """The conversion of each period from the first start to the last, by the start of the deepest chain."""
    begun = chains_by_period(events, walk, period, zone=zone, week_start=week_start)
    if begun is None:
        return ()
    edges, entered, places = begun
    count = int(places.max()) + 1
    sizes = np.bincount(places, minlength=count)
    converted = np.bincount(places[walk.levels[entered] == len(spec.steps)], minlength=count)
    window = 0 if spec.window is None else window_us(spec)
    return tuple(
        TrendPeriod(
            begins=edges.days[at],
            label=label_of(edges.days[at], period),
            entered=int(sizes[at]),
            converted=int(converted[at]),
            is_complete=int(edges.moments[at + 1]) + window <= until,
        )
        for at in range(count)
    )


def chains_by_period(
    events: EventSet, walk: FunnelWalk, period: Period, *, zone: ZoneInfo, week_start: Weekday = Weekday.MONDAY
) -> tuple[PeriodEdges, Integers, Integers] | None:
    """The periods, the entities that began a chain, and the period each began its deepest in; None for nobody."""
    entered = np.flatnonzero(walk.levels >= 1)
    if entered.size == 0:
        return None
    begun = events.times[walk.anchors[entered]]
    edges = build_edges(
        int(begun.min()), int(begun.max()), period=period, beyond=1, zone=UTC if events.is_dated else zone,
        week_start=week_start,
    )  # fmt: skip
    return edges, entered, edges.moments.searchsorted(begun, side="right") - 1


def count_money(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> tuple[StepAmount, ...]:
    """The amounts at each step: each entity counts with that of the event its chain began with, so none ever grows.

    Empty for events without amounts.
    """
    if events.amounts is None:
        return ()
    entered = np.flatnonzero(walk.levels >= 1)
    units = events.amounts.units[walk.anchors[entered]]
    sums = [int(units[walk.levels[entered] > number].sum()) for number in range(len(spec.steps))]
    after = [*sums[1:], sums[-1]]
    return tuple(
        StepAmount(name=step.name, reached=events.amounts.amount(one), lost=events.amounts.amount(one - other))
        for step, one, other in zip(spec.steps, sums, after, strict=True)
    )


def compare_funnels(now: FunnelResult, before: FunnelResult) -> tuple[StepChange, ...]:
    """Each step but the first, and last of all the whole way, against the same of another funnel: Welch's test."""
    pairs = [
        (one.name, (one.count, first.count), (other.count, other_first.count))
        for first, one, other_first, other in zip(
            now.steps, now.steps[1:], before.steps, before.steps[1:], strict=False
        )
    ]
    whole = (
        f"{now.steps[0].name} to {now.steps[-1].name}", (now.steps[-1].count, now.steps[0].count),
        (before.steps[-1].count, before.steps[0].count),
    )  # fmt: skip
    found = [(name, _rate(then), _compared(this, then)) for name, this, then in (*pairs, whole)]
    known = [comparison.p_value for _, _, comparison in found if comparison is not None]
    adjusted = iter(adjust_p_values(known))
    return tuple(
        StepChange(
            name=name, before=rate, comparison=comparison, p_value=None if comparison is None else next(adjusted)
        )
        for name, rate, comparison in found
    )


def _rate(counts: Sequence[int]) -> float | None:
    return counts[0] / counts[1] if counts[1] else None


def _compared(now: Sequence[int], before: Sequence[int]) -> Comparison | None:
    if min(now[1], before[1]) < _LEAST:
        return None
    return compare(proportion_sample(before[0], before[1]), proportion_sample(now[0], now[1]))
