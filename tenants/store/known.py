"""What is known of a store's data without asking the engine again: their version, and the extracts there are of them.

A query reads one snapshot. Where nothing began to be committed from before the snapshot until after it, the snapshot is
of what was known before; otherwise the same transaction is asked.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from core.result import Watermark
from tenants.store.extract import find_extracts
from tenants.store.watermark import read_watermark


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """The version of the data, and the names of the extracts of that version."""

    watermark: Watermark
    extracts: frozenset[str]


class KnownData:
    """What was read last, and nothing from the moment that something begins to be committed until it is read anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Known | None = None
        self._commits = 0
        self._committing = 0

    def find(self) -> Known | None:
        """What is known."""
        return self._known

    def is_still(self, known: Known) -> bool:
        """Whether nothing began to be committed since this was found."""
        return self._known is known

    def mark(self) -> int | None:
        """A moment to keep things from, None while something is being committed."""
        with self._lock:
            return None if self._committing else self._commits

    def keep(self, found: Known, since: int | None) -> Known:
        """Know this from now on, unless something began to be committed since that moment; it is given back.

        The snapshot it was read from must have been taken after the moment.
        """
        with self._lock:
            if self._commits == since:
                self._known = found
        return found

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Know nothing while the block commits what it changed."""
        with self._lock:
            self._commits += 1
            self._committing += 1
            self._known = None
        try:
            yield
        finally:
            with self._lock:
                self._committing -= 1


def read_known(cursor: duckdb.DuckDBPyConnection) -> Known:
    """What the engine says in the cursor's transaction."""
    watermark = read_watermark(cursor)
    return Known(watermark=watermark, extracts=find_extracts(cursor, watermark))
