"""In which periods after their first start entities come back: one pass over their events in order of time."""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part
from metrics.behaviour.event_codes import EventCodes

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

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
def _placed(edges: Integers, guesses: Integers, shift: int, moment: int) -> int:
    """As `_period`, from the period in which the moment's stretch of time begins: seldom more than one step away."""
    period = int(guesses[(moment - edges[0]) >> shift])
    while edges[period + 1] <= moment:
        period += 1
    return period


@part
def _count_each(
    held: Integers, visits: int, cohort: int, edges: Integers, guesses: Integers, shift: int, periods: int,
    counts: Integers,
) -> None:  # fmt: skip
    """Counts an entity once in each period in which it came back."""
    counted = -1
    for visit in range(visits):
        period = _placed(edges, guesses, shift, held[visit]) - cohort
        if period >= periods:
            break
        counts[cohort, period] += period > counted
        counted = period


@kernel
def build_guesses(edges: Integers, latest: int, shift: int) -> Integers:
    """For each stretch of 2^shift microseconds from the first edge to `latest`, the period it begins in."""
    guesses = np.empty(((latest - edges[0]) >> shift) + 1, np.int64)
    for stretch in range(guesses.size):
        guesses[stretch] = _period(edges, edges[0] + (stretch << shift))
    return guesses


@kernel
def count_returns(
    starts: Integers, times: Integers, codes: EventCodes, roles: Codes, edges: Integers, guesses: Integers, shift: int,
    periods: int, mode: int, longest: int, first: int, last: int, sizes: Integers, counts: Integers,
) -> None:  # fmt: skip
    """Adds, for the entities `first` to `last`, to `sizes[cohort]` and `counts[cohort, period]`.

    `roles[code + 1]` is START, RETURN or both; no entity has more than `longest` rows. When not bounded, only the last
    period of a return is counted; the caller adds it to the periods before.
    """
    held = np.empty(longest + 1, np.int64)
    for entity in range(first, last):
        row, end = starts[entity], starts[entity + 1]
        while row < end and not roles[codes[row] + 1] & START:
            row += 1
        if row == end:
            continue
        begun = times[row]
        cohort = _placed(edges, guesses, shift, begun)
        sizes[cohort] += 1
        # A return of the same moment counts, whichever of the two rows came first in the file.
        while row > starts[entity] and times[row - 1] == begun:
            row -= 1
        if mode == BOUNDED:
            # The returns are put side by side first, without a branch for each event, which would often be guessed.
            visits = 0
            while row < end:
                held[visits] = times[row]
                visits += (roles[codes[row] + 1] & RETURN) >> 1
                row += 1
            _count_each(held, visits, cohort, edges, guesses, shift, periods, counts)
        else:
            final = end - 1
            while final >= row and not roles[codes[final] + 1] & RETURN:
                final -= 1
            if final >= row:
                period = _placed(edges, guesses, shift, times[final]) - cohort
                counts[cohort, min(period, periods - 1)] += 1
