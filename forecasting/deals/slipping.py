"""Who puts deals off at a quarter's end: of the deals due then, how many had a later quarter's date when it ended."""

from dataclasses import dataclass

import numpy as np

from forecasting.deals.calendar import quarters_between
from forecasting.deals.history import NO_DAY, DealHistory
from forecasting.series import Floats

_BEFORE_DAYS = 14
# The gamma prior of a rep's share against everybody's: so many deals weigh as much as the rep's own.
_PRIOR = 10.0
# The chance to be found by chance alone, among all reps together.
_FALSE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Slipping:
    """A rep's deals due at quarter ends: how many, how many were pushed out, and the share drawn towards all others'.

    `is_found` where the share is higher than chance explains, whichever rep is looked at.
    """

    owner: str
    due: int
    pushed: int
    usual: float
    drawn: float
    is_found: bool

    @property
    def share(self) -> float:
        """The share pushed out."""
        return self.pushed / self.due


def find_slipping(history: DealHistory, day: int, fiscal_start_month: int = 1) -> tuple[Slipping, ...]:
    """Every rep with deals due at the ends of the quarters that were over by a day, the highest share first.

    A deal counts that was open fourteen days before the end and due by it, whatever became of it.
    """
    known = history.until(day)
    owners = len(known.owners)
    due, pushed = np.zeros(owners), np.zeros(owners)
    for quarter in quarters_between(int(known.day.min()), day, fiscal_start_month):
        if quarter.last > day:
            break
        rows = known.rows_at(quarter.last - _BEFORE_DAYS)
        rows = rows[known.is_open(rows) & (known.close[rows] <= quarter.last) & (known.close[rows] > NO_DAY)]
        later = known.rows_at(quarter.last)
        after = later[np.searchsorted(known.deal[later], known.deal[rows])]
        owner = known.owner[after]
        due += np.bincount(owner, minlength=owners)
        pushed += np.bincount(owner, known.close[after] > quarter.last, owners)
    found = [_judged(known.owners[one], one, due, pushed) for one in np.flatnonzero(due)]
    return tuple(sorted(found, key=lambda one: (-one.drawn, one.owner)))


def _judged(owner: str, place: np.int64, due: Floats, pushed: Floats) -> Slipping:
    from scipy.stats import binom

    mine, out = int(due[place]), int(pushed[place])
    others = due.sum() - mine
    usual = float((pushed.sum() - out) / others) if others else 0.0
    chance = float(binom.sf(out - 1, mine, usual)) if others else 1.0
    return Slipping(
        owner=owner,
        due=mine,
        pushed=out,
        usual=usual,
        drawn=(out + _PRIOR * usual) / (mine + _PRIOR),
        # Divided by the number of reps, because each of them is looked at (Bonferroni).
        is_found=bool(chance < _FALSE / np.count_nonzero(due)),
    )
