"""The way of each entity from its anchor event on, or back from it: one pass over its events."""

import numpy as np
import numpy.typing as npt

from core.machine import kernel

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

AFTER, BEFORE = 1, -1
KEPT, COLLAPSED = 0, 1
NOTHING = -1


@kernel
def fill_walks(
    starts: Integers, names: Codes, anchor: int, until: int, ended: int, direction: int, repeats: int, walks: Codes
) -> None:
    """Fills `walks[entity]` with the names from the anchor on, NOTHING after its end; all NOTHING without an anchor.

    `names` are those of the rows, -1 for a row without one. A walk that a log does not fill comes to `ended`; with
    `until` (-1 for none) only walks that come to it are kept, and they end there.
    """
    depth = walks.shape[1]
    for entity in range(starts.size - 1):
        length = 0
        row = starts[entity] if direction == AFTER else starts[entity + 1] - 1
        for _ in range(starts[entity + 1] - starts[entity]):
            name = names[row]
            row += direction
            if name < 0 or (length == 0 and name != anchor):
                continue
            if length > 0 and repeats == COLLAPSED and walks[entity, length - 1] == name:
                continue
            walks[entity, length] = name
            length += 1
            if length == depth or (length > 1 and name == until):
                break
        if length == 0:
            continue
        if until >= 0:
            if walks[entity, length - 1] != until:
                walks[entity] = NOTHING
        elif length < depth:
            walks[entity, length] = ended
