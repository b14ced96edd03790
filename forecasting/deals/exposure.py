"""What every open deal was at the beginning of every week, and what became of it by the end of that week."""

from dataclasses import dataclass

import numpy as np

from forecasting.deals.calendar import quarters_between
from forecasting.deals.history import NO_DAY, DealHistory
from forecasting.series import Floats, Integers

# A deal's weeks in its stage, and the days until it is expected to close, in classes.
_AGES = np.array([1, 2, 4, 8, 13, 26])
_DUES = np.array([0, 8, 15, 29, 57, 92])
# Weeks left in the quarter, in classes: the last three by themselves, the first one too.
_SEASONS = np.array([0, 1, 2, 3, 4, 4, 4, 4, 4, 5, 5, 5, 6])
AGE_CLASSES, DUE_CLASSES, SEASON_CLASSES = _AGES.size + 1, _DUES.size + 2, 7


def age_class(weeks: Integers) -> Integers:
    """The class of so many weeks in a stage."""
    return np.searchsorted(_AGES, weeks, side="right")


def due_class(days: Integers) -> Integers:
    """The class of so many days until the expected close: 0 where it has passed, the last where none is known."""
    return np.where(days <= NO_DAY // 2, DUE_CLASSES - 1, np.searchsorted(_DUES, days, side="right"))


def season_class(weeks_left: int) -> int:
    """The class of a week by how many are left in its quarter."""
    return int(_SEASONS[min(max(weeks_left, 0), _SEASONS.size - 1)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposure:
    """A row for each open deal and week, in order of the weeks' ends.

    `row` is the deal's row of the history when the week began, `after` the one when it ended; `share` is the length of
    the week in weeks.
    """

    row: Integers
    after: Integers
    begin: Integers
    end: Integers
    season: Integers
    share: Floats

    def until(self, day: int) -> "Exposure":
        """The weeks that were over by a day."""
        kept = int(np.searchsorted(self.end, day, side="right"))
        return Exposure(
            row=self.row[:kept], after=self.after[:kept], begin=self.begin[:kept], end=self.end[:kept],
            season=self.season[:kept], share=self.share[:kept],
        )  # fmt: skip


def expose(history: DealHistory, last: int, fiscal_start_month: int) -> Exposure:
    """The weeks from the first change on that were over by the last day."""
    parts: list[tuple[Integers, Integers, int, int, int]] = []
    first = int(history.day.min())
    begin, rows = first, history.rows_at(first)
    for quarter in quarters_between(first, last, fiscal_start_month):
        for left, end in zip(range(12, -1, -1), quarter.ends(), strict=True):
            if end <= begin:
                continue
            if end > last:
                return _joined(parts)
            after = history.rows_at(end)
            is_open = history.is_open(rows)
            # A deal that was there is there still, so its place in the later state is found by its number.
            places = np.searchsorted(history.deal[after], history.deal[rows[is_open]])
            parts.append((rows[is_open], after[places], begin, end, season_class(left)))
            begin, rows = end, after
    return _joined(parts)


def _joined(parts: list[tuple[Integers, Integers, int, int, int]]) -> Exposure:
    sizes = [part[0].size for part in parts]

    def column(place: int) -> Integers:
        return np.repeat(np.array([part[place] for part in parts], np.int64), sizes)

    def rows(place: int) -> Integers:
        return np.concatenate([np.zeros(0, np.int64), *(np.asarray(part[place]) for part in parts)])

    begin, end = column(2), column(3)
    return Exposure(
        row=rows(0), after=rows(1), begin=begin, end=end, season=column(4), share=np.minimum((end - begin) / 7, 1.2)
    )
