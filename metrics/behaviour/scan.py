"""Runs a kernel over groups of rows, in as many threads as help."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

R = TypeVar("R")

_ROWS_PER_PART = 500_000
_MOST_THREADS = 4


def scan_groups(starts: npt.NDArray[np.int64], scan: Callable[[int, int], R]) -> list[R]:
    """What `scan` gives for ranges of groups that together are all of them, split by rows and never within one.

    Group i owns the rows `starts[i]` to `starts[i + 1]`.
    """
    rows, groups = int(starts[-1]), starts.size - 1
    parts = rows // _ROWS_PER_PART
    threads = min(_MOST_THREADS, os.cpu_count() or 1, parts)
    if threads <= 1:
        return [scan(0, groups)]
    marks = starts.searchsorted([rows * part // parts for part in range(parts)])
    edges = [*(int(mark) for mark in marks), groups]
    ranges = iter(list(pairwise(edges)))
    lock = threading.Lock()
    # A thread that a busy machine holds up takes fewer ranges, and the asking thread takes its share.
    others = [_pool().submit(_scan_ranges, ranges, lock, scan) for _ in range(threads - 1)]
    found = _scan_ranges(ranges, lock, scan)
    for other in others:
        # A helper that has not begun when everything is done has nothing left to do.
        if not other.cancel():
            found += other.result()
    return found


def _scan_ranges(ranges: Iterator[tuple[int, int]], lock: threading.Lock, scan: Callable[[int, int], R]) -> list[R]:
    found: list[R] = []
    while True:
        with lock:
            taken = next(ranges, None)
        if taken is None:
            return found
        found.append(scan(*taken))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST_THREADS - 1, thread_name_prefix="scan")
