"""The engine's connection to one file, shared by many uses at once."""

import threading

import duckdb

from core.result import Watermark


class SharedConnection:
    """A connection that, once retired, is closed by the last use that ends."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        # What was read of the data's version while this file was open; None where that must be read anew.
        self.watermark: Watermark | None = None
        self.extracts: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._uses = 0
        self._is_retired = False

    def enter(self) -> None:
        """Begin a use."""
        with self._lock:
            self._uses += 1

    def leave(self) -> None:
        """End a use."""
        with self._lock:
            self._uses -= 1
            self._close_if_done()

    def retire(self) -> None:
        """Close the connection now, or when its last use has ended."""
        with self._lock:
            self._is_retired = True
            self._close_if_done()

    def retire_if_idle(self) -> bool:
        """Close the connection unless it is used; returns whether it was closed."""
        with self._lock:
            self._is_retired = self._uses == 0
            self._close_if_done()
            return self._is_retired

    def _close_if_done(self) -> None:
        if self._is_retired and not self._uses:
            self.connection.close()
