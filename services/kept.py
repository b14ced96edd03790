"""Computations kept for whoever asks the same of the same rows: by tenant, by what was computed, and of what.

The key holds the rows themselves (their hash), not who asked. Who may see other rows, or asks after a sync that changed
them, has another key; rows are read, under the reader's policy and on record, before anything is looked up here.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar, cast

Computed = TypeVar("Computed")
_Key = tuple[str, str, str]


class Kept:
    """The most recent results, at most `most`. Threads that ask for the same at once wait for one computation."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[_Key, Future[object]] = OrderedDict()
        self._lock = threading.Lock()

    def find(
        self, tenant_id: str, name: str, made_of: Iterable[bytes | str], compute: Callable[[], Computed]
    ) -> Computed:
        """What was computed of these parts, computed where it is not at hand. Raises what computing raises."""
        key = (tenant_id, name, _digest(made_of))
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            else:
                mine = self._found[key] = Future[object]()
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
        if found is not None:
            return cast("Computed", found.result())
        try:
            computed = compute()
        except BaseException as error:
            with self._lock:
                self._found.pop(key, None)
            mine.set_exception(error)
            raise
        mine.set_result(computed)
        return computed


def _digest(parts: Iterable[bytes | str]) -> str:
    """A hash of parts in order; where one ends and the next begins counts."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big"))
        whole.update(data)
    return whole.hexdigest()
