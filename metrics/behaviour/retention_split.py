"""A retention table split by a property: who came back of those that had each value when they started.

The rule is that of all cohorts together: a period is counted over the cohorts that are through with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.behaviour.calendar_periods import PeriodEdges
from metrics.behaviour.experiments import adjust_p_values, compare, proportion_sample
from metrics.behaviour.experiments.comparison import Comparison
from metrics.behaviour.funnel import NO_VALUE, OTHER_VALUES, free_label
from metrics.behaviour.property_column import PropertyColumn
from metrics.behaviour.result import Cohort
from metrics.behaviour.visits import Visits

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_LEAST_SIZE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """Those that started with one value: `counts[k]` of `sizes[k]` came back in period k.

    Both are of cohorts that are through with the period. `comparison` is that with all other values, None where one of
    the two has fewer than ten; its `p_value` is made fit to be read beside those of the others (Holm).
    """

    label: str
    size: int
    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    comparison: Comparison | None = None
    p_value: float | None = None

    def share(self, period: int) -> float | None:
        """The share that came back in a period; None where nobody is through with it."""
        return self.counts[period] / self.sizes[period] if self.sizes[period] else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RetentionSplit:
    """The values with the most entries, and the others together.

    `members` has the row of each entry, -1 for none, and `complete` how many periods its cohort is through with.
    `period` is the one in which the rows are compared, None where no cohort is old enough.
    """

    rows: tuple[SplitRow, ...]
    period: int | None
    members: Integers
    complete: Integers

    def entries(self, visits: Visits, row: int, period: int) -> Flags:
        """Which entries a count is made of."""
        is_counted: Flags = (self.members == row) & (self.complete > period) & visits.present(period)
        return is_counted


def split_retention(
    visits: Visits, edges: PeriodEdges, cohorts: Sequence[Cohort], column: PropertyColumn, *, columns: int, top: int,
    period: int | None,
) -> RetentionSplit:  # fmt: skip
    """The rows of the `top` values of a property at the start, of the cohorts given; `period` is to be compared."""
    by_cohort = np.full(len(edges.days), -1, np.int64)
    place_of = {day: place for place, day in enumerate(edges.days)}
    by_cohort[[place_of[one.begins] for one in cohorts]] = [one.complete for one in cohorts]
    complete = by_cohort[visits.cohorts]
    is_in = complete >= 0
    codes = column.codes[visits.starts].astype(np.int64)
    named = [*column.labels, free_label(NO_VALUE, column.labels)]
    codes[codes < 0] = len(column.labels)
    totals = np.bincount(codes[is_in], minlength=len(named))
    ranked = sorted(np.flatnonzero(totals).tolist(), key=lambda code: (-totals[code], named[code]))
    labels = [named[code] for code in ranked[:top]]
    labels += [free_label(OTHER_VALUES, named)] if len(ranked) > top else []
    row_of = np.full(len(named), -1, np.int64)
    for place, code in enumerate(ranked):
        row_of[code] = min(place, top)
    members = np.where(is_in, row_of[codes], -1)
    sizes = np.zeros((len(labels), columns), np.int64)
    counts = np.zeros((len(labels), columns), np.int64)
    for place in range(columns):
        is_through = complete > place
        sizes[:, place] = np.bincount(members[is_through], minlength=len(labels))
        counts[:, place] = np.bincount(members[is_through & visits.present(place)], minlength=len(labels))
    compared = [_compared(sizes, counts, row, period) for row in range(len(labels))]
    adjusted = iter(adjust_p_values([one.p_value for one in compared if one is not None]))
    rows = tuple(
        SplitRow(
            label=label,
            size=int((members == row).sum()),
            sizes=tuple(sizes[row].tolist()),
            counts=tuple(counts[row].tolist()),
            comparison=compared[row],
            p_value=None if compared[row] is None else next(adjusted),
        )
        for row, label in enumerate(labels)
    )
    return RetentionSplit(rows=rows, period=period, members=members, complete=complete)


def _compared(sizes: Integers, counts: Integers, row: int, period: int | None) -> Comparison | None:
    if period is None:
        return None
    size, count = int(sizes[row, period]), int(counts[row, period])
    others_size, others = int(sizes[:, period].sum()) - size, int(counts[:, period].sum()) - count
    if min(size, others_size) < _LEAST_SIZE:
        return None
    return compare(proportion_sample(others, others_size), proportion_sample(count, size))
