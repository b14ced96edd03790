"""How far each entity gets through the steps of a funnel: one pass over its events in order of time.

For ordered and strict funnels `begun[k]` is the first event of the chain that has reached step k with the latest
start, and `reached[k]` its event of step k. A later start is never worse, because it leaves more of the window; so
one chain for each step is enough, and the pass is linear. For funnels in any order `reached[k]` is the latest event
of step k. `docs/counting.md` states the rules and the tests repeat them with nested loops.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part
from metrics.behaviour.event_codes import EventCodes

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]

ORDERED, STRICT, ANY = 0, 1, 2
STOP, DROP = 0, 1
EXCLUDED = 1 << 20
DROPPED = -1
_NONE = -1


@part
def _rank(mask: int) -> int:
    """The first step an event matches, -1 for none: the order of events of the same moment."""
    steps = mask & (EXCLUDED - 1)
    if steps == 0:
        return -1
    rank = 0
    while not (steps >> rank) & 1:
        rank += 1
    return rank


@part
def _follow(
    row: int, mask: int, times: Integers, window: int, order: int, best: int,
    begun: Integers, reached: Integers, anchors: Integers, since_first: Integers, since_previous: Integers,
) -> int:  # fmt: skip
    """Takes an event into the chains; the deepest step is tried first, so that one event serves one step."""
    is_strict = order == STRICT
    deepest = best
    for k in range(begun.size - 1, -1, -1):
        matches = (mask >> k) & 1
        if k == 0:
            if matches:
                begun[0] = row
                reached[0] = row
            elif is_strict:
                begun[0] = _NONE
        elif matches and begun[k - 1] >= 0 and times[row] - times[begun[k - 1]] <= window:
            # Within one chain the first event of a step stands; a strict chain has no second one.
            if is_strict or begun[k] != begun[k - 1]:
                begun[k] = begun[k - 1]
                reached[k] = row
        elif is_strict:
            begun[k] = _NONE
        if k == best and begun[k] >= 0:
            deepest = best + 1
            anchors[0] = begun[k]
            if since_first.size > 0:
                since_first[k] = times[row] - times[begun[k]]
                since_previous[k] = times[row] - times[reached[k - 1]] if k > 0 else 0
    return deepest


@part
def _collect(
    row: int, mask: int, times: Integers, window: int, best: int,
    turns: Integers, reached: Integers, anchors: Integers, since_first: Integers,
) -> int:  # fmt: skip
    """Takes an event into a funnel in any order; an event of a repeated step moves the older ones along.

    `turns[k]` tells when `reached[k]` came, in the stated order: rows of one moment are not in it.
    """
    moved = row
    turn = turns.max() + 1
    for k in range(reached.size):
        if (mask >> k) & 1:
            held, before = reached[k], turns[k]
            reached[k], turns[k] = moved, turn
            moved, turn = held, before
    first = 0
    for k in range(reached.size):
        if reached[k] < 0:
            break
        first = k if turns[k] < turns[first] else first
        earliest = reached[first]
        if times[row] - times[earliest] > window:
            break
        if k >= best:
            best = k + 1
            anchors[0] = earliest
            if since_first.size > 0:
                since_first[k] = times[row] - times[earliest]
    return best


@part
def _advance(
    row: int, mask: int, times: Integers, window: int, order: int, exclusion: int, best: int, entered: Integers,
    begun: Integers, reached: Integers, anchors: Integers, since_first: Integers, since_previous: Integers,
) -> int:  # fmt: skip
    """One event: exclusion, then the chains. Returns the deepest level so far, or DROPPED."""
    if mask & EXCLUDED:
        if exclusion == DROP:
            if entered[0] >= 0 and times[row] - times[entered[0]] <= window:
                return DROPPED
        else:
            begun[:] = _NONE
            reached[:] = _NONE
    if order == ANY:
        steps = mask & (EXCLUDED - 1)
        if steps == 0:
            return best
        entered[0] = row
        return _collect(row, steps, times, window, best, begun, reached, anchors, since_first)
    if mask & 1:
        entered[0] = row
    if mask == 0 and order == ORDERED:
        return best
    return _follow(row, mask, times, window, order, best, begun, reached, anchors, since_first, since_previous)


@kernel
def walk_chains(
    starts: Integers, times: Integers, codes: EventCodes, masks: Codes, steps: int, window: int, order: int,
    exclusion: int, first: int, last: int, levels: Levels, anchors: Integers,
    since_first: Integers, since_previous: Integers,
) -> None:  # fmt: skip
    """Fills, for the entities `first` to `last`, the level reached and the row that began the deepest chain.

    `masks[code + 1]` has bit k set when the event matches step k, and EXCLUDED. `since_first` and `since_previous`
    have a row for each entity and a column for each step, or no columns when times are not wanted; unreached -1.
    """
    begun = np.empty(steps, np.int64)
    reached = np.empty(steps, np.int64)
    entered = np.empty(1, np.int64)
    for entity in range(first, last):
        begun[:] = _NONE
        reached[:] = _NONE
        entered[0] = _NONE
        best = 0
        row = starts[entity]
        end = starts[entity + 1]
        anchor, from_first, from_previous = (
            anchors[entity : entity + 1], since_first[entity], since_previous[entity],
        )  # fmt: skip
        while row < end and 0 <= best < steps:
            if order != STRICT and masks[codes[row] + 1] == 0:
                row += 1
                continue
            stop = row + 1
            while stop < end and times[stop] == times[row]:
                stop += 1
            present = 0
            if stop - row > 1:
                for tied in range(row, stop):
                    present |= 1 << (_rank(masks[codes[tied] + 1]) + 1)
            for rank in range(-1, steps if present else 0):
                if present and not (present >> (rank + 1)) & 1:
                    continue
                for tied in range(row, stop):
                    mask = masks[codes[tied] + 1]
                    if (present == 0 or _rank(mask) == rank) and 0 <= best < steps:
                        best = _advance(
                            tied, mask, times, window, order, exclusion, best, entered,
                            begun, reached, anchor, from_first, from_previous,
                        )  # fmt: skip
            row = stop
        levels[entity] = best
