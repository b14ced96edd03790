"""Which rows count for a period: those inside it, or those of a window that ends with it, here or some time ago."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.errors import RefusedError
from metrics.calendar import Calendar
from metrics.offset import Offset
from metrics.query import Grain
from metrics.shift import Shift, Span

_DAY = dt.timedelta(days=1)


class Reach(StrEnum):
    """How far a window goes back from the end of a period."""

    PERIOD = "period"
    ROLLING = "rolling"
    TO_DATE = "to_date"
    ALL = "all"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The window of an aggregate. `length` belongs to a rolling one, `grain` to one to date.

    A snapshot takes the rows that hold at the end: from their time until the time dimension `until`, or, with `entity`
    instead, until the next row of the same value in that column. `shifts` move the whole window, the first one first.
    """

    reach: Reach = Reach.PERIOD
    length: Offset | None = None
    grain: Grain | None = None
    until: str | None = None
    entity: str | None = None
    shifts: tuple[Shift, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the rows are just those inside the period."""
        return self.reach is Reach.PERIOD and not self.shifts

    def windows(self, span: Span, calendar: Calendar) -> Iterator[tuple[dt.date, dt.date]]:
        """The days whose rows count for a span: from the first included to the second excluded."""
        spans = [span]
        for shift in self.shifts:
            spans = [moved for one in spans for moved in shift.move(one, calendar)]
        if self.reach is not Reach.PERIOD and len(spans) > 1:
            raise RefusedError(
                "A window or a snapshot cannot be compared day by day with holidays; compare it with prior_year."
            )
        for moved in spans:
            yield self._since(moved, calendar), moved.last + _DAY

    def _since(self, span: Span, calendar: Calendar) -> dt.date:
        match self.reach:
            case Reach.PERIOD:
                return span.first
            case Reach.ROLLING if self.length is not None:
                return self.length.earlier(span.last + _DAY)
            case Reach.TO_DATE if self.grain is not None:
                return calendar.first_day(span.last, self.grain)
            case _:
                return dt.date.min
