"""The periods of a calendar that a tenant keeps in a table: a day in each row, and beside it the period it belongs to.

A period is a run of days one after the other with the same value. A day that the table lacks is never guessed and its
rows are never left out: a question whose periods would need it is refused.
"""

import datetime as dt
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.errors import RefusedError

_DAY = dt.timedelta(days=1)
_LONGEST = dt.timedelta(days=146_097)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnPeriods:
    """The periods of one grain.

    `firsts` are their first days in order, `last` is the last day of the table, `missing` has the days between that it
    lacks. `problem` is why nothing can be asked by it, empty where it can.
    """

    grain: str
    model: str
    firsts: tuple[dt.date, ...] = ()
    last: dt.date = dt.date.min
    missing: tuple[dt.date, ...] = ()
    problem: str = ""

    def first_day(self, day: dt.date) -> dt.date:
        """The first day of the period that has `day` in it. Raises RefusedError where the table cannot tell."""
        self._require(day)
        first = self.firsts[bisect_right(self.firsts, day) - 1]
        self._require_whole(first)
        return first

    def next_first_day(self, first: dt.date) -> dt.date:
        """The first day of the period after. Raises RefusedError where the table cannot tell."""
        self._require(first)
        self._require_whole(first)
        return self._after(first)

    def knows(self, day: dt.date) -> bool:
        """Whether the table has a day, and every other one of its period."""
        if self.problem or not self.firsts or not self.firsts[0] <= day <= self.last:
            return False
        return self._gap(self.firsts[bisect_right(self.firsts, day) - 1]) is None

    def _require(self, day: dt.date) -> None:
        if self.problem:
            raise RefusedError(f"The calendar {self.model} cannot be used: {self.problem}")
        if not self.firsts[0] <= day <= self.last:
            raise RefusedError(
                f"The calendar {self.model} has the days {self.firsts[0]} to {self.last}, so the {self._name} of {day}"
                " is not known. Ask for a range inside it, or load more days."
            )

    def _require_whole(self, first: dt.date) -> None:
        gap = self._gap(first)
        if gap is not None:
            raise RefusedError(
                f"The calendar {self.model} has no {self._name} for {gap}, so the rows of that day would belong to no"
                " period. Add the day to its table, or ask for a range without it."
            )

    def _gap(self, first: dt.date) -> dt.date | None:
        """The first day that a period lacks."""
        place = bisect_left(self.missing, first)
        return self.missing[place] if place < len(self.missing) and self.missing[place] < self._after(first) else None

    def _after(self, first: dt.date) -> dt.date:
        place = bisect_right(self.firsts, first)
        return self.firsts[place] if place < len(self.firsts) else self.last + _DAY

    @property
    def _name(self) -> str:
        return self.grain.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnCalendars:
    """The periods of every grain of the tenant's own, by its name. It is equal to itself only, and cheap to look up."""

    grains: Mapping[str, OwnPeriods] = field(default_factory=dict)


NO_CALENDARS = OwnCalendars()


def read_periods(grain: str, model: str, rows: Iterable[tuple[dt.date | None, object]]) -> OwnPeriods:
    """The periods of rows of a day and the period it belongs to, in whatever order; a day without one is missing."""
    known: dict[dt.date, object] = {}
    days = 0
    for day, period in rows:
        if day is None:
            continue
        if day in known:
            problem = f"it has the day {day} twice. Keep one row for each day."
            return OwnPeriods(grain=grain, model=model, problem=problem)
        known[day] = period
        days += period is not None
    if not days:
        problem = f"it has no day with a {grain.replace('_', ' ')}. Load its table first."
        return OwnPeriods(grain=grain, model=model, problem=problem)
    ordered = sorted(day for day, period in known.items() if period is not None)
    if ordered[-1] - ordered[0] > _LONGEST:
        problem = f"it goes from {ordered[0]} to {ordered[-1]}. Keep the days of 400 years at most."
        return OwnPeriods(grain=grain, model=model, problem=problem)
    firsts, missing = [ordered[0]], []
    for before, day in itertools.pairwise(ordered):
        missing += [before + _DAY * number for number in range(1, (day - before).days)]
        if known[day] != known[before]:
            firsts.append(day)
    return OwnPeriods(grain=grain, model=model, firsts=tuple(firsts), last=ordered[-1], missing=tuple(missing))
