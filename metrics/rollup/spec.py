"""What a rollup holds: the aggregates of one model for each day and each combination of some dimensions."""

import datetime as dt
from dataclasses import dataclass, replace

from metrics.reach import Dimension

DAY = "day"
ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """Aggregates of `model`, by the days of `zone` that the time dimension `time` falls on.

    Without a `time` every row counts. `start` and `end` are the days that were counted, both included; None is no
    bound. Unless it `is_daily` they are counted as one. `dimensions` are qualified names, `measures` those of the
    model, both in order.
    """

    model: str
    time: str | None
    zone: str
    start: dt.date | None = None
    end: dt.date | None = None
    is_daily: bool = False
    dimensions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def covers(self, need: "Rollup") -> bool:
        """Whether what is needed can be made of this: the same days of the same clock, and all of them."""
        if (self.model, self.time, self.zone) != (need.model, need.time, need.zone):
            return False
        if self.is_daily:
            is_complete = _begins_by(self.start, need.start) and _ends_after(self.end, need.end)
        else:
            is_complete = not need.is_daily and self.days == need.days
        has_all = set(need.dimensions) <= set(self.dimensions) and set(need.measures) <= set(self.measures)
        return is_complete and has_all

    @property
    def days(self) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day that count."""
        return self.start, self.end

    def joined(self, other: "Rollup") -> "Rollup | None":
        """The least that covers both; None for another model, another time or another clock."""
        if (self.model, self.time, self.zone) != (other.model, other.time, other.zone):
            return None
        starts, ends = (self.start, other.start), (self.end, other.end)
        return replace(
            self,
            is_daily=self.is_daily or other.is_daily or self.days != other.days,
            start=None if None in starts else min(day for day in starts if day is not None),
            end=None if None in ends else max(day for day in ends if day is not None),
            dimensions=tuple(sorted({*self.dimensions, *other.dimensions})),
            measures=tuple(sorted({*self.measures, *other.measures})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRollup:
    """A rollup that was built, and the name of its table."""

    rollup: Rollup
    table: str


def dimension_column(dimension: Dimension) -> str:
    """The column of a dimension in a rollup."""
    return f"by {dimension.qualified_name}"


def measure_column(measure: str) -> str:
    """The column of a measure in a rollup."""
    return f"of {measure}"


def _begins_by(start: dt.date | None, needed: dt.date | None) -> bool:
    return start is None or (needed is not None and start <= needed)


def _ends_after(end: dt.date | None, needed: dt.date | None) -> bool:
    return end is None or (needed is not None and end >= needed)
