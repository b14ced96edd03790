"""Funnels and retention from an index by event: only the events that are asked for are touched.

A key is the entity's number shifted left by `bits` plus its time in ticks; keys of one event are in order. Times fill
less than half of the bits, so two keys at most a window apart are of one entity: no loop asks whose event it has.
"""

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part
from metrics.behaviour.event_codes import EventCodes

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

BOUNDED, UNBOUNDED = 0, 1


@kernel
def build_keys(
    starts: Integers, times: Integers, codes: EventCodes, base: int, unit: int, bits: int, places: Integers
) -> Integers:
    """The keys ordered by event, then entity and time. `places[code]` says where the keys of an event begin."""
    place = places.copy()
    keys = np.empty(places[-1], np.int64)
    for entity in range(starts.size - 1):
        for row in range(starts[entity], starts[entity + 1]):
            code = codes[row]
            if code >= 0:
                keys[place[code]] = (entity << bits) + (times[row] - base) // unit
                place[code] += 1
    return keys


@part
def _first_at(keys: Integers, low: int, high: int, wanted: int) -> int:
    """The first place from `low` whose key is at least `wanted`, by steps that double: near ones are found at once."""
    step = 1
    while low + step < high and keys[low + step] < wanted:
        low += step
        step *= 2
    high = min(high, low + step)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _merge(
    reached: Integers, begun: Integers, chains: int, keys: Integers, low: int, high: int, window: int
) -> int:  # fmt: skip
    """Takes chains one step on in place, and returns how many got there.

    Chain i began at `begun[i]` and reached its step at `reached[i]`, both in order. Its next event is the first at or
    after that; where a later chain is there by then, that one goes on, because it leaves more of the window.
    """
    kept = 0
    if chains == 0 or low == high:
        return 0
    is_sparse = chains * 16 < high - low
    chain = 0
    while chain < chains and low < high:
        if is_sparse:
            low = _first_at(keys, low, high, reached[chain])
            if low == high:
                break
        key = keys[low]
        # One of the two lists moves on, without a branch that would often be guessed wrongly.
        is_before = key < reached[chain]
        is_last = chain + 1 == chains or reached[chain + 1] > key
        start = begun[chain]
        is_taken = (not is_before) & is_last & (key - start <= window)
        # While nothing is taken, the place to write to may be that of the chain itself.
        reached[kept] = key if is_taken else reached[kept]
        begun[kept] = start if is_taken else begun[kept]
        kept += is_taken
        low += is_before
        chain += not is_before
    return kept


@kernel
def count_chains(
    keys: Integers, places: Integers, steps: Integers, bits: int, window: int, first: int, last: int,
    values: Codes, table: Integers,
) -> None:  # fmt: skip
    """Adds, for the entities `first` to `last`, to `table[value, step]` how many reach each step.

    `steps` are event codes, -1 for an event that never comes. `values` has a value for each entity, -1 (none) counting
    in the last row, or is empty.
    """
    low = _first_at(keys, places[steps[0]], places[steps[0] + 1], first << bits) if steps[0] >= 0 else 0
    high = _first_at(keys, low, places[steps[0] + 1], last << bits) if steps[0] >= 0 else 0
    reached = keys[low : high + 1].copy() if high < keys.size else np.append(keys[low:high], 0)
    begun = reached.copy()
    chains = high - low
    for step in range(steps.size):
        if step > 0:
            if steps[step] < 0:
                return
            end = places[steps[step] + 1]
            low = _first_at(keys, places[steps[step]], end, first << bits)
            chains = _merge(reached, begun, chains, keys, low, _first_at(keys, low, end, last << bits), window)
        before = -1
        if values.size == 0:
            found = 0
            for chain in range(chains):
                entity = begun[chain] >> bits
                found += entity != before
                before = entity
            table[0, step] += found
            continue
        for chain in range(chains):
            entity = begun[chain] >> bits
            if entity != before:
                table[values[entity], step] += 1
            before = entity


@part
def _placed(edges: Integers, guesses: Integers, shift: int, tick: int) -> int:
    period = int(guesses[tick >> shift])
    while edges[period + 1] <= tick:
        period += 1
    return period


@kernel
def count_indexed_returns(
    keys: Integers, start_low: int, start_high: int, low: int, high: int, bits: int, edges: Integers,
    guesses: Integers, shift: int, periods: int, mode: int, first: int, last: int,
    sizes: Integers, counts: Integers,
) -> None:  # fmt: skip
    """As `return_visits.count_returns`, from the keys of one start event and of one return event. Times in ticks."""
    start_low = _first_at(keys, start_low, start_high, first << bits)
    start_high = _first_at(keys, start_low, start_high, last << bits)
    low = _first_at(keys, low, high, first << bits)
    high = _first_at(keys, low, high, last << bits)
    ticks = (1 << bits) - 1
    openings = np.empty(start_high - start_low + 1, np.int64)
    opened = 0
    before = -1
    for place in range(start_low, start_high):
        openings[opened] = keys[place]
        entity = keys[place] >> bits
        opened += entity != before
        before = entity
    for opening in range(opened):
        begun = openings[opening]
        cohort = _placed(edges, guesses, shift, begun & ticks)
        sizes[cohort] += 1
        end = ((begun >> bits) + 1) << bits
        while low < high and keys[low] < begun:
            low += 1
        counted = -1
        if mode == BOUNDED:
            while low < high and keys[low] < end:
                period = _placed(edges, guesses, shift, keys[low] & ticks) - cohort
                counts[cohort, min(period, periods)] += period > counted
                counted = period
                low += 1
        else:
            begin = low
            while low < high and keys[low] < end:
                low += 1
            if low > begin:
                period = _placed(edges, guesses, shift, keys[low - 1] & ticks) - cohort
                counts[cohort, min(period, periods - 1)] += 1
