"""The most common funnel, in as few steps of the machine as it takes: ordered, nothing excluded, no times wanted.

Every event serves at most one step here. The rules are those of `chain`, and the tests hold the two to the same counts.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part
from metrics.behaviour.event_codes import EventCodes

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

_NEVER = -(1 << 63)


@part
def _count(
    row: int, end: int, times: Integers, codes: EventCodes, served: Codes, steps: int, window: int, opened: Integers
) -> int:
    """The level reached by events of which no two are of one moment; no event needs a branch, which may be guessed."""
    while row < end:
        time = times[row]
        step = served[codes[row] + 1]
        opened[0] = time
        start, held = opened[step], opened[step + 1]
        opened[step + 1] = start if start >= time - window else held
        row += 1
    level = 0
    while level < steps and opened[level + 1] != _NEVER:
        level += 1
    return level


@part
def _trace(
    row: int, end: int, times: Integers, codes: EventCodes, served: Codes, steps: int, window: int,
    opened: Integers, begun: Integers, anchors: Integers,
) -> int:  # fmt: skip
    """As `_count`; `anchors[k]` becomes the row that began the chain which got to level k first."""
    while row < end:
        time = times[row]
        step = served[codes[row] + 1]
        opened[0] = time
        begun[0] = row
        is_open = opened[step] >= time - window
        opened[step + 1] = opened[step] if is_open else opened[step + 1]
        begun[step + 1] = begun[step] if is_open else begun[step + 1]
        anchors[step + 1] = begun[step + 1] if anchors[step + 1] < 0 else anchors[step + 1]
        row += 1
    level = 0
    while level < steps and opened[level + 1] != _NEVER:
        level += 1
    return level


@part
def _settle(
    row: int, end: int, times: Integers, codes: EventCodes, served: Codes, steps: int, window: int,
    opened: Integers, begun: Integers, anchors: Integers,
) -> int:  # fmt: skip
    """As `_trace`, for events of which some are of one moment: they serve their steps in the order of the steps."""
    best = 0
    while row < end and best < steps:
        time = times[row]
        opened[0] = time
        begun[0] = row
        leading = row
        earliest = time - window
        step = int(served[codes[row] + 1])
        row += 1
        present = 0
        if row < end and times[row] == time:
            # The last first step of the moment opens the chain.
            present = 1 << step
            row -= 1
            leading = -1
            while row < end and times[row] == time:
                tied = int(served[codes[row] + 1])
                present |= 1 << tied
                step = min(step, tied)
                if tied == 0:
                    begun[0] = row
                    leading = row if leading < 0 else leading
                row += 1
            present >>= step + 1
        while True:
            is_open = opened[step] >= earliest
            opened[step + 1] = opened[step] if is_open else opened[step + 1]
            begun[step + 1] = begun[step] if is_open else begun[step + 1]
            if is_open and step == best:
                best += 1
                # Of first steps at one moment the first gets there first; a longer chain begins at the last.
                anchors[best] = leading if step == 0 else begun[best]
            if present == 0:
                break
            step += 1
            while present & 1 == 0:
                present >>= 1
                step += 1
            present >>= 1
    return best


@kernel
def walk_plain_chains(
    starts: Integers, times: Integers, codes: EventCodes, has_ties: Flags, served: Codes, steps: int, window: int,
    first: int, last: int, levels: Levels, anchors: Integers,
) -> None:  # fmt: skip
    """Fills, for the entities `first` to `last`, the level reached and the row that began the deepest chain.

    `served[code + 1]` is the step an event serves, `steps + 1` for none. `opened[k]` and `begun[k]` are the latest
    start, time and row, of a chain of k steps. A chain of no steps starts at the event itself, and nothing ever
    reaches the place of the events that serve no step. `anchors` may be empty when they are not wanted.
    """
    opened = np.empty(steps + 3, np.int64)
    begun = np.empty(steps + 3, np.int64)
    found = np.empty(steps + 3, np.int64)
    for entity in range(first, last):
        opened[:] = _NEVER
        row, end = starts[entity], starts[entity + 1]
        if anchors.size == 0 and not has_ties[entity]:
            levels[entity] = _count(row, end, times, codes, served, steps, window, opened)
            continue
        found[:] = -1
        # What an event that came too early leaves in place must be nobody's row.
        begun[:] = -1
        if has_ties[entity]:
            level = _settle(row, end, times, codes, served, steps, window, opened, begun, found)
        else:
            level = _trace(row, end, times, codes, served, steps, window, opened, begun, found)
        levels[entity] = level
        if anchors.size > 0:
            anchors[entity] = found[level]


@kernel
def tabulate(values: npt.NDArray[np.int32], levels: Levels, table: Integers) -> None:
    """Adds one to `table[value, level]` for each entity, values of -1 (none) to its last row."""
    for entity in range(levels.size):
        table[values[entity], levels[entity]] += 1
