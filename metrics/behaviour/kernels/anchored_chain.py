"""Anchored funnels: the first step first, the others after it in any order, all within the window of that first step.

Of each other step the latest event is enough, and with it the latest first step before it: of several events the
earliest decides which first step came before all of them.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

_NONE = -1
_DROPPED = -1


@part
def _take(row: int, mask: int, latest: int, reached: Integers, begun: Integers) -> None:
    """Takes an event into the other steps; one of a repeated step moves the older ones along."""
    moved, origin = row, latest
    for k in range(1, reached.size):
        if (mask >> k) & 1 and origin >= 0:
            held, before = reached[k], begun[k]
            reached[k], begun[k] = moved, origin
            moved, origin = held, before if held >= 0 else _NONE


@part
def _deepen(
    row: int, times: Integers, window: int, best: int, reached: Integers, begun: Integers, anchors: Integers,
    since_first: Integers,
) -> int:  # fmt: skip
    """The deepest level so far; the earliest event of the other steps decides which first step began."""
    first = 0
    for k in range(1, reached.size):
        if reached[k] < 0:
            break
        first = k if first == 0 or reached[k] < reached[first] else first
        start = begun[first]
        if times[row] - times[start] > window:
            break
        if k >= best:
            best = k + 1
            anchors[0] = start
            since_first[k] = times[row] - times[start]
    return best


@kernel
def walk_anchored_chains(
    starts: Integers, times: Integers, masks: Codes, is_excluded: Flags, steps: int, window: int, drops: bool,  # noqa: FBT001
    levels: Levels, anchors: Integers, since_first: Integers,
) -> None:  # fmt: skip
    """Fills what `chain.walk_chains` fills, for rows in the stated order; `masks` are those of the rows."""
    reached = np.empty(steps, np.int64)
    begun = np.empty(steps, np.int64)
    for entity in range(starts.size - 1):
        reached[:] = _NONE
        latest = _NONE
        best = 0
        anchor, since = anchors[entity : entity + 1], since_first[entity]
        for row in range(starts[entity], starts[entity + 1]):
            if is_excluded[row]:
                if not drops:
                    reached[:] = _NONE
                    latest = _NONE
                elif latest >= 0 and times[row] - times[latest] <= window:
                    best = _DROPPED
                    break
            _take(row, masks[row], latest, reached, begun)
            if masks[row] & 1:
                latest = row
                if best == 0:
                    best = 1
                    anchor[0] = row
                    since[0] = 0
            best = _deepen(row, times, window, best, reached, begun, anchor, since)
            if best == steps:
                break
        levels[entity] = best
