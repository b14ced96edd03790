"""Ordered funnels with a limit from each step to the next, and funnels that count every attempt.

A limit between steps spoils what `chain` lives on: the first event of a step is no longer as good as a later one. So
each event of a step keeps the latest start from which it can be reached, and looks back for it as far as its limit.
The events of an entity come in the stated order: by time, then by the step they serve, then as in the file.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]

_NEVER = -(1 << 63)


@kernel
def walk_spaced_chains(
    starts: Integers, times: Integers, masks: Codes, steps: int, window: int, limits: Integers,
    levels: Levels, anchors: Integers, since_first: Integers, since_previous: Integers,
) -> None:  # fmt: skip
    """Fills what `chain.walk_chains` fills, for rows in the stated order; `masks` are those of the rows.

    `limits[k]` is the longest time from step k - 1 to step k. An event serves at most one step of a chain.
    """
    longest = 0
    for entity in range(starts.size - 1):
        longest = max(longest, starts[entity + 1] - starts[entity])
    begun = np.empty((steps, longest), np.int64)
    before = np.empty((steps, longest), np.int64)
    for entity in range(starts.size - 1):
        low, high = starts[entity], starts[entity + 1]
        for row in range(low, high):
            at = row - low
            for k in range(steps):
                begun[k, at] = -1
                before[k, at] = -1
                if not (masks[row] >> k) & 1:
                    continue
                if k == 0:
                    begun[0, at] = row
                else:
                    found = -1
                    other = row - 1
                    while other >= low and times[row] - times[other] <= limits[k]:
                        start = begun[k - 1, other - low]
                        is_in = start >= 0 and times[row] - times[start] <= window
                        if is_in and (found < 0 or times[start] > times[begun[k - 1, found - low]]):
                            found = other
                        other -= 1
                    if found >= 0:
                        begun[k, at] = begun[k - 1, found - low]
                        before[k, at] = found
                if begun[k, at] >= 0 and levels[entity] == k:
                    levels[entity] = k + 1
                    anchors[entity] = begun[k, at]
                    if since_first.shape[1] > 0:
                        since_first[entity, k] = times[row] - times[begun[k, at]]
                        since_previous[entity, k] = times[row] - times[before[k, at]] if k > 0 else 0


@kernel
def count_attempts(starts: Integers, times: Integers, masks: Codes, steps: int, window: int, reached: Integers) -> None:
    """Adds to `reached[k]` how many attempts get to step k; rows are in the stated order.

    An attempt begins at a first step while none is open, takes the first event of each next step within the window,
    and ends when it is complete or its window is over.
    """
    for entity in range(starts.size - 1):
        step = 0
        opened = _NEVER
        for row in range(starts[entity], starts[entity + 1]):
            if step > 0 and times[row] - opened > window:
                step = 0
            if (masks[row] >> step) & 1:
                if step == 0:
                    opened = times[row]
                reached[step] += 1
                step += 1
                if step == steps:
                    step = 0
