"""The engine's connection to one file, shared by many uses at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tenants.store.known import KnownData


class SharedConnection:
    """A connection that, once retired, is closed by the last use that ends."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.known = KnownData()
        self._lock = threading.Lock()
        self._uses = 0
        self._is_retired = False

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one thread, on the store's tables."""
        cursor = self.connection.cursor()
        try:
            # A cursor does not inherit USE from the connection it comes from.
            cursor.execute("USE store")
            yield cursor
        finally:
            cursor.close()

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
