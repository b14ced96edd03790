"""A deal as the simulation makes it."""

from dataclasses import dataclass

from demo.brightwater.expectation import Change
from demo.brightwater.journey import Journey


@dataclass(slots=True, kw_only=True)
class Deal:
    """One opportunity. `amounts` are cents by the day each was set, `dates` the expected close dates likewise.

    `mrr` is what winning it adds to the monthly revenue, in cents, known when it is closed.
    """

    account: int
    owner: int
    type: int
    segment: int
    region: int
    product: int
    source: int
    is_offer: bool
    created: int
    journey: Journey
    dates: list[Change]
    seats: int
    amounts: list[tuple[int, int]]
    mrr: int

    @property
    def close_day(self) -> int | None:
        """The day it was won or lost, None while open."""
        return self.journey.close_day

    @property
    def win_day(self) -> int | None:
        """The day it is won, also after today; None when it is not."""
        return self.journey.win_day
