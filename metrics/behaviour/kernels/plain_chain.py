"""The most common funnel, in as few steps of the machine as it takes: ordered, nothing excluded, no times wanted.

Every event serves at most one step here. The rules are those of `chain`, and the tests hold the two to the same counts.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]

_NEVER = -(1 << 63)


@kernel
def walk_plain_chains(
    starts: Integers, times: Integers, codes: Codes, served: Codes, steps: int, window: int,
    first: int, last: int, levels: Levels, anchors: Integers,
) -> None:  # fmt: skip
    """Fills, for the entities `first` to `last`, the level reached and the row that began the deepest chain.

    `served[code + 1]` is the step an event serves, `steps + 1` for none. `opened[k]` and `begun[k]` are the latest
    start, time and row, of a chain of k steps. A chain of no steps starts at the event itself, and nothing ever
    reaches the place of the events that serve no step: so no event needs a branch, whose guess would often fail.
    """
    opened = np.empty(steps + 3, np.int64)
    begun = np.empty(steps + 3, np.int64)
    for entity in range(first, last):
        opened[:] = _NEVER
        best = 0
        anchor = -1
        row = starts[entity]
        end = starts[entity + 1]
        while row < end and best < steps:
            time = times[row]
            opened[0] = time
            begun[0] = row
            leading = row
            earliest = time - window
            step = served[codes[row] + 1]
            row += 1
            present = 0
            if row < end and times[row] == time:
                # Events of the same moment: the steps they serve, in order; the last first step opens the chain.
                present = 1 << step
                row -= 1
                leading = -1
                while row < end and times[row] == time:
                    tied = served[codes[row] + 1]
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
                    anchor = leading if step == 0 else begun[best]
                if present == 0:
                    break
                step += 1
                while present & 1 == 0:
                    present >>= 1
                    step += 1
                present >>= 1
        levels[entity] = best
        anchors[entity] = anchor
