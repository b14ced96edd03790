"""In which periods after their first start entities come back: one pass over their events in order of time."""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

START, RETURN = 1, 2
BOUNDED, UNBOUNDED = 0, 1


@part
def _period(edges: Integers, moment: int) -> int:
    """The last period that begins at or before the moment."""
    low, high = 0, edges.size
    while low < high:
        middle = (low + high) // 2
        if edges[middle] <= moment:
            low = middle + 1
        else:
            high = middle
    return low - 1


@part
def _count_each(
    row: int, end: int, cohort: int, times: Integers, codes: Codes, roles: Codes, edges: Integers, periods: int,
    counts: Integers,
) -> None:  # fmt: skip
    """Counts an entity once in each period in which it came back."""
    period, counted = 0, -1
    for visit in range(row, end):
        # Most events are no return; asking that first keeps the calendar out of the common path.
        if not roles[codes[visit] + 1] & RETURN:
            continue
        while period < periods and times[visit] >= edges[cohort + period + 1]:
            period += 1
        if period >= periods:
            break
        if period > counted:
            counts[cohort, period] += 1
            counted = period


@kernel
def count_returns(
    starts: Integers, times: Integers, codes: Codes, roles: Codes, edges: Integers, periods: int, mode: int,
    first: int, last: int, sizes: Integers, counts: Integers,
) -> None:  # fmt: skip
    """Adds, for the entities `first` to `last`, to `sizes[cohort]` and `counts[cohort, period]`.

    `roles[code + 1]` is START, RETURN or both. When not bounded, only the last period of a return is counted; the
    caller adds it to the periods before.
    """
    for entity in range(first, last):
        row = starts[entity]
        end = starts[entity + 1]
        while row < end and not roles[codes[row] + 1] & START:
            row += 1
        if row == end:
            continue
        begun = times[row]
        cohort = _period(edges, begun)
        sizes[cohort] += 1
        # A return of the same moment counts, whichever of the two rows came first in the file.
        while row > starts[entity] and times[row - 1] == begun:
            row -= 1
        if mode == BOUNDED:
            _count_each(row, end, cohort, times, codes, roles, edges, periods, counts)
        else:
            final = end - 1
            while final >= row and not roles[codes[final] + 1] & RETURN:
                final -= 1
            if final >= row:
                counts[cohort, min(_period(edges, times[final]) - cohort, periods - 1)] += 1
