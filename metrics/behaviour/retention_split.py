"""A retention table split by a property: who came back of those that had each value when they started.

The rule is that of all cohorts together: a period is counted over the cohorts that are through with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.behaviour.against_others import Difference, compare_parts
from metrics.behaviour.calendar_periods import PeriodEdges
from metrics.behaviour.funnel import NO_VALUE, OTHER_VALUES, free_label
from metrics.behaviour.property_column import PropertyColumn
from metrics.behaviour.result import Cohort
from metrics.behaviour.visits import Visits

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """Those that started with one value: `counts[k]` of `sizes[k]` came back in period k.

    Both are of cohorts that are through with the period. `difference` is that to all other values together.
    """

    label: str
    size: int
    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    difference: Difference | None = None

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

    def table(self) -> pa.Table:
        """One row for each value and period that some cohort is through with."""
        return pa.Table.from_pylist(
            [
                {"value": row.label, "size": size, "period": period, "count": count, "rate": count / size}
                for row in self.rows
                for period, (size, count) in enumerate(zip(row.sizes, row.counts, strict=True))
                if size
            ],
            schema=pa.schema(
                [
                    ("value", pa.string()), ("size", pa.int64()), ("period", pa.int64()), ("count", pa.int64()),
                    ("rate", pa.float64()),
                ]
            ),
        )  # fmt: skip

    def entries(self, visits: Visits, row: int, period: int, *, has_left: bool = False) -> Flags:
        """Which entries a count is made of, or those through with the period that are not in it."""
        is_there = visits.present(period)
        is_counted: Flags = (self.members == row) & (self.complete > period) & (~is_there if has_left else is_there)
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
    differences: list[Difference | None] = [None] * len(labels)
    if period is not None:
        differences = compare_parts(list(zip(counts[:, period].tolist(), sizes[:, period].tolist(), strict=True)))
    rows = tuple(
        SplitRow(
            label=label,
            size=int((members == row).sum()),
            sizes=tuple(sizes[row].tolist()),
            counts=tuple(counts[row].tolist()),
            difference=differences[row],
        )
        for row, label in enumerate(labels)
    )
    return RetentionSplit(rows=rows, period=period, members=members, complete=complete)
