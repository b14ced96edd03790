"""A history of deals: one row for each change, with what the deal was from then on.

Days are whole days since 1970 in the tenant's zone. What is not known is NO_DAY, a code is a place in a tuple of names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from core.errors import RefusedError
from forecasting.series import Floats, Integers

Flags = npt.NDArray[np.bool_]
NO_DAY = -(2**40)
FEWEST_WINS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DealHistory:
    """Columns of equal length, by deal and then in the order of the changes.

    `deal` counts deals from 0. `traits` are codes of what a deal is (its region, its type) by name, which `members`
    names; `owner` is whose it was after the change. `won` and `lost` are codes of stages.
    """

    deal: Integers
    day: Integers
    amount: Floats
    close: Integers
    stage: Integers
    owner: Integers
    traits: Mapping[str, Integers]
    stages: tuple[str, ...]
    owners: tuple[str, ...]
    won: frozenset[int]
    lost: frozenset[int]
    deals: tuple[object, ...]
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def until(self, day: int) -> "DealHistory":
        """The history as it stood at the end of a day: later rows are not there."""
        kept = self.day <= day
        return replace(
            self,
            deal=self.deal[kept],
            day=self.day[kept],
            amount=self.amount[kept],
            close=self.close[kept],
            stage=self.stage[kept],
            owner=self.owner[kept],
            traits={name: codes[kept] for name, codes in self.traits.items()},
        )

    def rows_at(self, day: int) -> Integers:
        """For each deal that was there at the end of a day, the place of its last row by then."""
        known = np.flatnonzero(self.day <= day)
        if not known.size:
            return known
        deals = self.deal[known]
        last: Integers = known[np.append(deals[1:] != deals[:-1], True)]
        return last

    def is_won(self, rows: Integers) -> Flags:
        """Which rows say that the deal is won."""
        return np.asarray(np.isin(self.stage[rows], list(self.won)), np.bool_)

    def is_open(self, rows: Integers) -> Flags:
        """Which rows say that the deal is open."""
        return ~np.isin(self.stage[rows], list(self.won | self.lost))

    def stage_days(self) -> Integers:
        """For each row the day its stage was entered."""
        begins = np.append(True, (self.deal[1:] != self.deal[:-1]) | (self.stage[1:] != self.stage[:-1]))
        places = np.maximum.accumulate(np.where(begins, np.arange(begins.size), 0))
        entered: Integers = self.day[places]
        return entered

    def won_between(self, first: int, last: int) -> float:
        """The amount of the deals that were won on these days and still were at the end of the last one."""
        rows = self.rows_at(last)
        rows = rows[self.is_won(rows)]
        entered = self.stage_days()[rows]
        return float(self.amount[rows[(entered >= first) & (entered <= last)]].sum())


def require_deals(history: DealHistory) -> None:
    """Raises RefusedError for a history that nothing can be learned from."""
    closed = np.isin(history.stage, list(history.won | history.lost))
    wins = np.unique(history.deal[np.isin(history.stage, list(history.won))]).size
    deals = np.unique(history.deal).size
    if wins < FEWEST_WINS or np.unique(history.deal[closed]).size == wins:
        raise RefusedError(
            f"Of {deals:,} deals {wins:,} were won. A forecast needs at least {FEWEST_WINS} won deals and one lost."
        )
