"""Ordered funnels with a limit from each step to the next, and funnels that count every attempt.

A limit between steps spoils what `chain` lives on: the first event of a step is no longer as good as a later one. So
each event of a step keeps the latest start from which it can be reached, and looks back for it as far as its limit.
The events of an entity come in the stated order: by time, then by the step they serve, then as in the file.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

_NEVER = -(1 << 63)
_DROPPED = -1


@part
def _nearest(row: int, times: Integers, limit: int, kept: Integers, first: int, last: int) -> int:
    """The first of the kept rows that is near enough; `last` where none is."""
    while first < last and times[row] - times[kept[first]] > limit:
        first += 1
    return first


@part
def _take(
    row: int, mask: int, times: Integers, window: int, limits: Integers, level: int, first: Integers, last: Integers,
    kept: Integers, begun: Integers, anchors: Integers, since_first: Integers, since_previous: Integers,
) -> int:  # fmt: skip
    """Takes an event into the chains, the deepest step first, as it serves one of them; returns the deepest level."""
    for k in range(limits.size - 1, -1, -1):
        if not (mask >> k) & 1:
            continue
        start, before = row, row
        if k > 0:
            first[k - 1] = _nearest(row, times, limits[k], kept[k - 1], first[k - 1], last[k - 1])
            if first[k - 1] == last[k - 1]:
                continue
            start, before = begun[k - 1, first[k - 1]], kept[k - 1, first[k - 1]]
            if times[row] - times[start] > window:
                continue
        while last[k] > first[k] and times[begun[k, last[k] - 1]] <= times[start]:
            last[k] -= 1
        kept[k, last[k]] = row
        begun[k, last[k]] = start
        last[k] += 1
        if level == k:
            level = k + 1
            anchors[0] = start
            if since_first.size > 0:
                since_first[k] = times[row] - times[start]
                since_previous[k] = times[row] - times[before] if k > 0 else 0
    return level


@kernel
def walk_spaced_chains(
    starts: Integers, times: Integers, masks: Codes, is_excluded: Flags, steps: int, window: int, limits: Integers,
    drops: int, levels: Levels, anchors: Integers, since_first: Integers, since_previous: Integers,
) -> None:  # fmt: skip
    """Fills what `chain.walk_chains` fills, for rows in the stated order; `masks` are those of the rows.

    `limits[k]` is the longest time from step k - 1 to step k. An event serves at most one step of a chain. Of each step
    the rows are kept, oldest first, that no later one with as late a start stands for: the first that is near enough
    has the latest start. An excluded event ends every chain, or with `drops` takes the entity out while one may go on.
    """
    longest = 0
    for entity in range(starts.size - 1):
        longest = max(longest, starts[entity + 1] - starts[entity])
    kept = np.empty((steps, longest), np.int64)
    begun = np.empty((steps, longest), np.int64)
    first = np.empty(steps, np.int64)
    last = np.empty(steps, np.int64)
    for entity in range(starts.size - 1):
        first[:] = 0
        last[:] = 0
        opened = _NEVER
        level = 0
        for row in range(starts[entity], starts[entity + 1]):
            if is_excluded[row] and drops and opened != _NEVER and times[row] - opened <= window:
                level = _DROPPED
                break
            if is_excluded[row] and not drops:
                last[:] = first
            opened = times[row] if masks[row] & 1 else opened
            level = _take(
                row, masks[row], times, window, limits, level, first, last, kept, begun,
                anchors[entity : entity + 1], since_first[entity], since_previous[entity],
            )  # fmt: skip
            if level == steps:
                break
        levels[entity] = level


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
