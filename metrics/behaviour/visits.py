"""Who came back when, entity by entity: what the kernels count in bulk, with every option and with the names kept.

The rules are stated in docs/counting.md. A visit belongs to an entry into a cohort: the first start of an entity or,
where entry is recurring, its first start in each period.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import LimitError
from metrics.behaviour.calendar_periods import PeriodEdges
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.spec import Mode, Period, RetentionSpec

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_MOST_VISITS = 100_000_000
_DAY = 86_400_000_000
LENGTHS = {Period.DAY: _DAY, Period.WEEK: 7 * _DAY}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visits:
    """Entries by entity, cohort (a place among the periods) and row; and every return after one.

    Return i is of entry `entries[i]`, in period `periods[i]` after it, and is row `rows[i]` of the events.
    """

    entities: Integers
    cohorts: Integers
    starts: Integers
    entries: Integers
    periods: Integers
    rows: Integers
    mode: Mode

    def present(self, period: int) -> Flags:
        """Which entries count in a period."""
        match self.mode:
            case Mode.UNBOUNDED:
                return self._came(self.periods >= period)
            case Mode.ON_OR_BEFORE if period > 0:
                return self._came((self.periods >= 1) & (self.periods <= period))
            case Mode.STREAK if period > 0:
                found = self._came(self.periods == 1)
                for each in range(2, period + 1):
                    found &= self._came(self.periods == each)
                return found
            case _:
                return self._came(self.periods == period)

    def count(self, cohorts: int, periods: int, is_in: Flags | None = None) -> tuple[Integers, Integers]:
        """Entries of each cohort, and how many of them count in each period; of some entries where `is_in` tells."""
        chosen = np.ones(self.cohorts.size, np.bool_) if is_in is None else is_in
        sizes = np.bincount(self.cohorts[chosen], minlength=cohorts)
        counts = np.zeros((cohorts, periods), np.int64)
        for period in range(periods):
            counts[:, period] = np.bincount(self.cohorts[chosen & self.present(period)], minlength=cohorts)
        return sizes, counts

    def add_up(self, values: Integers, cohorts: int, periods: int) -> Integers:
        """The sum of a value over the returns of each cohort and period; whole numbers, so that sums are exact."""
        sums = np.zeros((cohorts, periods), np.int64)
        is_shown = self.periods < periods
        places = (self.cohorts[self.entries[is_shown]], self.periods[is_shown])
        np.add.at(sums, places, values[self.rows[is_shown]])
        return sums

    def _came(self, is_counted: Flags) -> Flags:
        found = np.zeros(self.entities.size, np.bool_)
        found[self.entries[is_counted]] = True
        return found


def find_visits(events: EventSet, spec: RetentionSpec, edges: PeriodEdges) -> Visits:
    """Every entry and the returns from its moment on. Raises LimitError when there are too many to hold."""
    owner = events.entity_of_rows()
    period = edges.moments.searchsorted(events.times, side="right") - 1
    starts = np.flatnonzero(events.are_of(spec.start))
    is_entry = _changes(owner[starts])
    if spec.is_recurring:
        is_entry |= _changes(period[starts])
    starts = starts[is_entry]
    returns = np.flatnonzero(events.are_of(spec.returns))
    # A return of the very moment of the start counts, whichever came first in the file.
    is_moment = _changes(owner) | _changes(events.times)
    moments = np.maximum.accumulate(np.where(is_moment, np.arange(owner.size), 0))
    low = returns.searchsorted(moments[starts])
    numbers = np.maximum(0, returns.searchsorted(events.starts[owner[starts] + 1]) - low)
    if int(numbers.sum()) > _MOST_VISITS:
        raise LimitError(
            f"{int(numbers.sum()):,} returns are too many to count with these options. Ask for a narrower return event."
        )
    entries = np.repeat(np.arange(starts.size), numbers)
    within = np.arange(entries.size) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    rows = returns[low[entries] + within]
    if spec.is_rolling:
        passed = (events.times[rows] - events.times[starts][entries]) // LENGTHS[spec.period]
    else:
        passed = period[rows] - period[starts][entries]
    if spec.brackets:
        passed = np.searchsorted(spec.brackets, passed, side="right") - 1
    return Visits(
        entities=owner[starts], cohorts=period[starts], starts=starts, entries=entries, periods=passed, rows=rows,
        mode=spec.mode,
    )  # fmt: skip


def _changes(values: npt.NDArray[np.int64]) -> Flags:
    """Where a value differs from the one before it; the first one does."""
    found = np.ones(values.size, np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found
