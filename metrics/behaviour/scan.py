"""Runs a kernel over all entities, in as many threads as help."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from metrics.behaviour.event_set import EventSet

R = TypeVar("R")

_ROWS_PER_THREAD = 500_000
_MOST_THREADS = 4


def scan_entities(events: EventSet, scan: Callable[[int, int], R]) -> list[R]:
    """What `scan` gives for ranges of entities that together are all of them, split by rows and never within one."""
    threads = max(1, min(_MOST_THREADS, os.cpu_count() or 1, events.row_count // _ROWS_PER_THREAD))
    if threads == 1:
        return [scan(0, events.entity_count)]
    marks = [events.row_count * part // threads for part in range(threads)]
    edges = [*(int(events.starts.searchsorted(mark)) for mark in marks), events.entity_count]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(scan, edges[:-1], edges[1:]))
