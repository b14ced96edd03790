"""Which rows make up the chain that a walk found, from the row it began with: one more pass over those entities."""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]

IN_ORDER, NEXT, OPEN, ANCHORED = 0, 1, 2, 3


@part
def _follow(place: int, masks: Codes, level: int, order: int, rows: Integers) -> None:
    """The first event of each next step, or in strict order the next event."""
    rows[0] = place
    for step in range(1, level):
        place += 1
        while order == IN_ORDER and not (masks[place] >> step) & 1:
            place += 1
        rows[step] = place


@part
def _collect(place: int, end: int, masks: Codes, level: int, lowest: int, rows: Integers) -> None:
    """The latest event of each step when the last one missing comes; the first `lowest` steps are settled."""
    missing = level - lowest
    while missing > 0 and place < end:
        moved = place
        for step in range(lowest, rows.size):
            if (masks[place] >> step) & 1:
                held = rows[step]
                rows[step] = moved
                moved = held
        missing = 0
        for step in range(level):
            missing += rows[step] < 0
        place += 1


@kernel
def find_chain_rows(
    starts: Integers,
    masks: Codes,
    places: Integers,
    levels: Levels,
    order: int,
    rows: Integers,
) -> None:
    """Fills `rows[entity, step]` with the place, in the stated order, of the event of each step reached; -1 else.

    `places` are those of the rows that the chains began with, and `masks` those of the rows in the stated order.
    """
    for entity in range(levels.size):
        level = levels[entity]
        if level <= 0:
            continue
        own = rows[entity]
        if order < OPEN:
            _follow(places[entity], masks, level, order, own)
        elif order == ANCHORED:
            own[0] = places[entity]
            _collect(places[entity] + 1, starts[entity + 1], masks, level, 1, own)
        else:
            _collect(places[entity], starts[entity + 1], masks, level, 0, own)
        own[level:] = -1
