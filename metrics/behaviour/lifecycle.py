"""How entities stand in each period: new, returning, resurrected or dormant; and how many of the days they come on."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from metrics.behaviour.calendar_periods import PeriodEdges, build_edges
from metrics.behaviour.event_set import EventSet, Integers
from metrics.behaviour.spec import UTC, Period, Weekday


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePeriod:
    """One period. `dormant` were there in the period before and are not in this one."""

    begins: dt.date
    new: int
    returning: int
    resurrected: int
    dormant: int


def count_lifecycle(
    events: EventSet, period: Period, *, zone: ZoneInfo = UTC, week_start: Weekday = Weekday.MONDAY
) -> tuple[LifecyclePeriod, ...]:
    """Every period from the first event to the last. Active entities are new + returning + resurrected.

    New: the first period of the entity. Returning: also there in the period before. Resurrected: there before that.
    """
    if events.row_count == 0:
        return ()
    edges, entities, periods = _active(events, period, zone, week_start)
    is_first = np.append(True, entities[1:] != entities[:-1])
    gaps = np.append(0, np.diff(periods))
    count = int(periods.max()) + 1
    new = np.bincount(periods[is_first], minlength=count)
    returning = np.bincount(periods[~is_first & (gaps == 1)], minlength=count)
    resurrected = np.bincount(periods[~is_first & (gaps > 1)], minlength=count)
    active = new + returning + resurrected
    dormant = np.append(0, active[:-1]) - returning
    return tuple(
        LifecyclePeriod(
            begins=edges.days[at],
            new=int(new[at]),
            returning=int(returning[at]),
            resurrected=int(resurrected[at]),
            dormant=int(dormant[at]),
        )
        for at in range(count)
    )


def count_stickiness(
    events: EventSet, period: Period, *, zone: ZoneInfo = UTC, week_start: Weekday = Weekday.MONDAY
) -> dict[int, int]:
    """For each number of periods, how many entities were there in exactly so many."""
    if events.row_count == 0:
        return {}
    _, entities, _ = _active(events, period, zone, week_start)
    return dict(sorted(Counter(np.bincount(entities).tolist()).items()))


def _active(
    events: EventSet, period: Period, zone: ZoneInfo, week_start: Weekday
) -> tuple[PeriodEdges, Integers, Integers]:
    """The periods, and each entity with each period it was there in, once, in order."""
    edges = build_edges(
        int(events.times.min()), int(events.times.max()), period=period, beyond=1,
        zone=UTC if events.is_dated else zone, week_start=week_start,
    )  # fmt: skip
    entities = np.repeat(np.arange(events.entity_count), np.diff(events.starts))
    periods = edges.moments.searchsorted(events.times, side="right") - 1
    is_new_pair = np.append(True, (entities[1:] != entities[:-1]) | (periods[1:] != periods[:-1]))
    return edges, entities[is_new_pair], periods[is_new_pair]
