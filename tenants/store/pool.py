"""The stores of this process: opened on first use, closed when too many are open or with the process."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tenants.store.place import StorePlace, remove_others, store_path

if TYPE_CHECKING:
    from tenants.store.store import Store


class StorePool:
    """Stores by tenant id. Safe to use from any thread.

    Of more open stores than `most_open` those used longest ago are closed; one that is in use is not.
    """

    def __init__(self, *, most_open: int) -> None:
        self._most_open = most_open
        # In the order of their last use.
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def get(self, tenant_id: str, slug: str, place: Callable[[], StorePlace]) -> "Store":
        """The tenant's store; `place` is asked for on its first use only. Raises StoreBusy, StoreFault."""
        with self._lock:
            store = self._stores.pop(tenant_id, None) or _open(tenant_id, slug, place())
            self._stores[tenant_id] = store
            self._let_rest()
            return store

    def switch(self, tenant_id: str, place: StorePlace) -> None:
        """Let that file be the tenant's store from now on, under those limits, and remove the one before."""
        path = store_path(place.folder, place.generation)
        with self._lock:
            store = self._stores.get(tenant_id)
            if store is not None:
                store.limits = place.limits
                store.switch(path, place.key)
        remove_others(path)

    def limit(self, tenant_id: str, place: StorePlace) -> None:
        """Put other limits in force: time, rows and disk at once, memory and threads at the next opening."""
        with self._lock:
            store = self._stores.get(tenant_id)
            if store is not None:
                store.limits = place.limits
                store.rest()

    def forget(self, tenant_id: str) -> None:
        """Close the tenant's store for good."""
        with self._lock:
            store = self._stores.pop(tenant_id, None)
        if store is not None:
            store.close()

    @property
    def open_count(self) -> int:
        """How many stores are open."""
        with self._lock:
            return sum(store.is_open for store in self._stores.values())

    def close(self) -> None:
        """Close every store."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()

    def _let_rest(self) -> None:
        # The last is the one that was asked for just now: it is open, or will be at once.
        others = [store for store in list(self._stores.values())[:-1] if store.is_open]
        spare = len(others) - (self._most_open - 1)
        for store in others:
            if spare <= 0:
                return
            spare -= store.rest()


def _open(tenant_id: str, slug: str, place: StorePlace) -> "Store":
    # The engine is loaded with the first store, not at start.
    from tenants.store.store import Store

    path = store_path(place.folder, place.generation)
    staging = place.folder.parent / "staging" / tenant_id
    store = Store(slug, path, place.key, staging=staging, limits=place.limits)
    remove_others(path)
    return store
