"""Orders rows by entity and time: by entity without comparing, by time within the rows of each."""

import numpy as np
import numpy.typing as npt

from core.machine import kernel

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_FEW = 64


@kernel
def group_rows(codes: Codes, starts: Integers) -> Integers:
    """The row numbers ordered by code, rows of one code in the order they came (a counting sort).

    `starts` has one more entry than there are codes; it is filled with where each code's rows begin.
    """
    count = starts.size - 1
    for row in range(codes.size):
        starts[codes[row] + 1] += 1
    for code in range(count):
        starts[code + 1] += starts[code]
    place = starts[:count].copy()
    order = np.empty(codes.size, np.int64)
    for row in range(codes.size):
        code = codes[row]
        order[place[code]] = row
        place[code] += 1
    return order


@kernel
def find_starts(codes: Codes, times: Integers, starts: Integers) -> bool:
    """Whether the rows are ordered by code and time; if so, `starts` is filled with where each code's rows begin.

    Every code from 0 to the last has a row.
    """
    for row in range(1, codes.size):
        if codes[row] == codes[row - 1]:
            if times[row] < times[row - 1]:
                return False
        elif codes[row] == codes[row - 1] + 1:
            starts[codes[row]] = row
        else:
            return False
    starts[starts.size - 1] = codes.size
    return True


@kernel
def mark_used(codes: Codes, is_used: Flags) -> None:
    """Marks each code that a row has; -1 is the last place."""
    for row in range(codes.size):
        is_used[codes[row]] = True


@kernel
def number_values(values: Integers, span: int, found: Integers) -> int:
    """Renames each value from 0 below `span` in place to its number in order of first appearance; -1 stays.

    `found` has a place for each value and is filled with them in that order. Returns how many there are.
    """
    numbers = np.full(span, -1, np.int64)
    count = 0
    for row in range(values.size):
        value = values[row]
        if value < 0:
            continue
        if numbers[value] < 0:
            numbers[value] = count
            found[count] = value
            count += 1
        values[row] = numbers[value]
    return count


@kernel
def sort_groups(starts: Integers, times: Integers, order: Integers, first: int, last: int) -> None:
    """Orders the rows of the groups `first` to `last` by time, rows of the same moment as they came."""
    for group in range(first, last):
        begin, end = starts[group], starts[group + 1]
        if end - begin > _FEW:
            rows = order[begin:end].copy()
            order[begin:end] = rows[np.argsort(times[rows], kind="mergesort")]
            continue
        for place in range(begin + 1, end):
            row = order[place]
            time = times[row]
            before = place - 1
            while before >= begin and times[order[before]] > time:
                order[before + 1] = order[before]
                before -= 1
            order[before + 1] = row


@kernel
def find_ties(starts: Integers, times: Integers, has_ties: Flags) -> None:
    """Marks the entities of which two events are of one moment."""
    for entity in range(has_ties.size):
        is_tied = False
        for row in range(starts[entity] + 1, starts[entity + 1]):
            is_tied |= times[row] == times[row - 1]
        has_ties[entity] = is_tied


@kernel
def find_constant(starts: Integers, values: Codes, constants: Codes) -> bool:
    """Whether no entity has two values; `constants` is filled with the value of each entity."""
    is_constant = True
    for entity in range(constants.size):
        value = values[starts[entity]]
        for row in range(starts[entity] + 1, starts[entity + 1]):
            is_constant &= values[row] == value
        constants[entity] = value
    return is_constant


@kernel
def merge_moments(starts: Integers, times: Integers, grace: int) -> None:
    """Gives the events of an entity up to `grace` after the first of a moment the time of that one, in place."""
    for entity in range(starts.size - 1):
        if starts[entity] == starts[entity + 1]:
            continue
        opened = times[starts[entity]]
        for row in range(starts[entity], starts[entity + 1]):
            if times[row] - opened > grace:
                opened = times[row]
            times[row] = opened
