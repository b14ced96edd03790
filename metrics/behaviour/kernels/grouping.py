"""Orders rows by a small integer without comparing them."""

import numpy as np
import numpy.typing as npt

from core.machine import kernel

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


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
