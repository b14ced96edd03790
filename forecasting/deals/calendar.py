"""Weeks counted back from the end of each quarter, because that is how deals close: the last week is the busiest."""

from dataclasses import dataclass

import numpy as np

from forecasting.series import Integers

STEPS = 13
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter: its first and last day."""

    first: int
    last: int

    def ends(self) -> list[int]:
        """The last day of each of its thirteen weeks; the first week has six to eight days."""
        return [self.last - _WEEK * place for place in range(STEPS - 1, -1, -1)]


def quarter_of(day: int, fiscal_start_month: int = 1) -> Quarter:
    """The quarter a day is in.

    >>> from datetime import date
    >>> found = quarter_of((date(2026, 11, 20) - date(1970, 1, 1)).days)
    >>> [str(np.datetime64(one, "D")) for one in (found.first, found.last)]
    ['2026-10-01', '2026-12-31']
    """
    month = int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64))
    shift = (fiscal_start_month - 1) % 3
    begin = (month - shift) // 3 * 3 + shift
    first = int(np.datetime64(begin, "M").astype("datetime64[D]").astype(np.int64))
    after = int(np.datetime64(begin + 3, "M").astype("datetime64[D]").astype(np.int64))
    return Quarter(first=first, last=after - 1)


def quarters_between(first: int, last: int, fiscal_start_month: int = 1) -> list[Quarter]:
    """Every quarter from the one of the first day to the one of the last, in order."""
    found = [quarter_of(first, fiscal_start_month)]
    while found[-1].last < last:
        found.append(quarter_of(found[-1].last + 1, fiscal_start_month))
    return found


def steps_from_end(ends: Integers, quarter: Quarter) -> Integers:
    """How many weeks of the quarter are left after each of these week ends."""
    return np.asarray((quarter.last - ends) // _WEEK, np.int64)
