"""How entities stand in each period: new, returning, resurrected or dormant; and in how many periods they come."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from metrics.behaviour.calendar_periods import PeriodEdges, build_edges
from metrics.behaviour.event_set import EventSet, Integers
from metrics.behaviour.spec import UTC, Period, Weekday


class Standing(StrEnum):
    """How an entity stands in a period; those that are dormant were there in the period before and are not in this."""

    DORMANT = "dormant"
    NEW = "new"
    RESURRECTED = "resurrected"
    RETURNING = "returning"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePeriod:
    """One period. `dormant` were there in the period before and are not in this one."""

    begins: dt.date
    new: int
    returning: int
    resurrected: int
    dormant: int

    @property
    def active(self) -> int:
        """How many were there."""
        return self.new + self.returning + self.resurrected

    def count(self, standing: Standing) -> int:
        """How many stand so."""
        return int(getattr(self, standing))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """Each entity with each period it was there in, once, in order. Periods are places among `edges`.

    `count` is how many periods there are, from that of the first event to that of the last moment observed.
    """

    edges: PeriodEdges
    entities: Integers
    periods: Integers
    count: int

    def lifecycle(self) -> tuple[LifecyclePeriod, ...]:
        """Every period. New: the first one of the entity. Returning: also there in the one before. Resurrected: else.

        Active entities are new + returning + resurrected.
        """
        is_first, gaps = self._is_first(), self._gaps()
        new = np.bincount(self.periods[is_first], minlength=self.count)
        returning = np.bincount(self.periods[~is_first & (gaps == 1)], minlength=self.count)
        resurrected = np.bincount(self.periods[~is_first & (gaps > 1)], minlength=self.count)
        dormant = np.append(0, (new + returning + resurrected)[:-1]) - returning
        return tuple(
            LifecyclePeriod(
                begins=self.edges.days[at],
                new=int(new[at]),
                returning=int(returning[at]),
                resurrected=int(resurrected[at]),
                dormant=int(dormant[at]),
            )
            for at in range(self.count)
        )

    def members(self, standing: Standing, place: int) -> Integers:
        """The numbers of the entities that stand so in a period."""
        is_first, gaps = self._is_first(), self._gaps()
        is_chosen: npt.NDArray[np.bool_] = self.periods == place
        match standing:
            case Standing.NEW:
                is_chosen &= is_first
            case Standing.RETURNING:
                is_chosen &= ~is_first & (gaps == 1)
            case Standing.RESURRECTED:
                is_chosen &= ~is_first & (gaps > 1)
            case Standing.DORMANT:
                return np.setdiff1d(self.entities[self.periods == place - 1], self.entities[is_chosen])
        return self.entities[is_chosen]

    def days(self) -> Integers:
        """In how many periods each entity was there, by its number."""
        return np.bincount(self.entities)

    def _is_first(self) -> npt.NDArray[np.bool_]:
        return np.append(True, self.entities[1:] != self.entities[:-1])

    def _gaps(self) -> Integers:
        return np.append(0, np.diff(self.periods))


def find_presence(
    events: EventSet, period: Period, *, zone: ZoneInfo = UTC, week_start: Weekday = Weekday.MONDAY,
    since: int | None = None, until: int | None = None,
) -> Presence | None:  # fmt: skip
    """When each entity was there; None without events.

    `since` and `until` are the first and last moment observed (microseconds since 1970), where those of the events lie
    within.
    """
    if events.row_count == 0:
        return None
    latest = int(events.times.max())
    latest = latest if until is None else max(latest, until)
    earliest = int(events.times.min())
    earliest = earliest if since is None else min(earliest, since)
    edges = build_edges(
        earliest, latest, period=period, beyond=1, zone=UTC if events.is_dated else zone,
        week_start=week_start,
    )  # fmt: skip
    entities = events.entity_of_rows()
    periods = edges.moments.searchsorted(events.times, side="right") - 1
    is_new_pair = np.append(True, (entities[1:] != entities[:-1]) | (periods[1:] != periods[:-1]))
    return Presence(
        edges=edges,
        entities=entities[is_new_pair],
        periods=periods[is_new_pair],
        count=int(edges.moments.searchsorted(latest, side="right")),
    )
