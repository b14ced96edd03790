"""The syncs that run in this process: one for each source at a time, each of which can be told to stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import ConflictError


class SyncStopped(Exception):
    """Somebody asked the sync to stop."""


class RunningSyncs:
    """Safe to use from any thread. A store has one process, so that nobody else syncs into it either."""

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._said: dict[str, str] = {}
        self._lock = threading.Lock()

    @contextmanager
    def claim(self, source_id: str, name: str) -> Iterator[threading.Event]:
        """The right to sync a source for the block; gives what is set when it shall stop. Raises ConflictError."""
        stop = threading.Event()
        with self._lock:
            if source_id in self._stops:
                raise ConflictError(f"A sync of {name} is running already. Wait until it has ended, or cancel it.")
            self._stops[source_id] = stop
        try:
            yield stop
        finally:
            with self._lock:
                del self._stops[source_id]

    def is_running(self, source_id: str) -> bool:
        """Whether a source is being synced."""
        with self._lock:
            return source_id in self._stops

    def say(self, source_id: str, text: str) -> None:
        """Keep what a sync said last."""
        with self._lock:
            self._said[source_id] = text

    def said(self, source_id: str) -> str | None:
        """What the sync of a source said last; None where none is running."""
        with self._lock:
            return self._said.get(source_id, "Syncing" if source_id in self._stops else None)

    def forget(self, source_id: str) -> None:
        """The sync has ended."""
        with self._lock:
            self._said.pop(source_id, None)

    def stop(self, source_id: str) -> bool:
        """Ask a sync to stop behind its present batch; False where none is running."""
        with self._lock:
            found = self._stops.get(source_id)
            if found is not None:
                found.set()
            return found is not None

    def stop_all(self) -> None:
        """Ask every sync to stop."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()
