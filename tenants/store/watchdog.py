"""Stops what runs longer than it may: one thread for all queries of the process, and none while nothing runs."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# The thread ends when nothing was watched for so long: most queries take a moment and are followed by others.
_IDLE_S = 5.0


class Watchdog:
    """Calls `stop` of everything that is watched for longer than its time."""

    def __init__(self, *, idle_s: float = _IDLE_S) -> None:
        self._idle_s = idle_s
        self._changed = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._watched: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0

    @contextmanager
    def watch(self, seconds: float, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop`, from another thread, if the block takes longer; never once the block has ended."""
        number = self._begin(seconds, stop)
        try:
            yield
        finally:
            with self._changed:
                self._watched.pop(number, None)

    def _begin(self, seconds: float, stop: Callable[[], None]) -> int:
        end = time.monotonic() + seconds
        with self._changed:
            number = next(self._numbers)
            self._watched[number] = stop
            heapq.heappush(self._due, (end, number))
            if self._thread is None:
                self._wakes_at = end
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif end < self._wakes_at:
                # It would sleep past the end of this one; otherwise it need not be woken.
                self._changed.notify()
        return number

    def _run(self) -> None:
        with self._changed:
            while self._wait():
                while self._due and self._due[0][0] <= time.monotonic():
                    _, number = heapq.heappop(self._due)
                    stop = self._watched.pop(number, None)
                    if stop is not None:
                        # With the lock held: a block that ends meanwhile waits, so its cursor is not another's yet.
                        stop()
            self._thread = None

    def _wait(self) -> bool:
        """Sleep until something may be due; False when nothing was watched for a while."""
        while self._due and self._due[0][1] not in self._watched:
            heapq.heappop(self._due)
        pause = max(self._due[0][0] - time.monotonic(), 0.0) if self._due else self._idle_s
        was_idle = not self._due
        self._wakes_at = time.monotonic() + pause
        self._changed.wait(pause)
        return bool(self._due) or not was_idle


WATCHDOG = Watchdog()
