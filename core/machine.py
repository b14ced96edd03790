"""Compiles a function of numbers and arrays, and keeps the machine code on disk.

numba keeps it beside the source where that can be written, else in the user's cache folder or in `NUMBA_CACHE_DIR`.
Where none of them can be written, as in a read-only image without a home, every process compiles anew.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

# Codes of events are as short as their number allows.
EventCodes = npt.NDArray[np.int8] | npt.NDArray[np.int32]
P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code that runs without the interpreter's lock; compiled at its first call."""
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:
        made = njit(nogil=True)(function)
    return cast(Callable[P, R], made)


def part(function: Callable[P, R]) -> Callable[P, R]:
    """A function that kernels of the same file call. It is kept with them: numba sees changes of one file only."""
    return cast(Callable[P, R], njit(nogil=True)(function))
