"""The stores of this process: opened on first use, closed when too many are open or with the process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tenants.store.place import StorePlace, remove_others, store_path

if TYPE_CHECKING:
    from tenants.store.store import Store


class StorePool:
    """Stores by tenant id. Safe to use from any thread.

    A store is opened once however many ask for it, and while it is, those of other tenants are handed out. Of more open
    stores than `most_open` those used longest ago are closed; one that is in use is not.
    """

    def __init__(self, *, most_open: int) -> None:
        self._most_open = most_open
        # In the order of their last use.
        self._stores: dict[str, Store] = {}
        # Held while a tenant's store is opened or replaced; taken before the lock of all, which is held for moments.
        self._changing: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, tenant_id: str, slug: str, place: Callable[[], StorePlace]) -> "Store":
        """The tenant's store; `place` is asked for on its first use only. Raises StoreBusy, StoreFault."""
        store = self._find(tenant_id)
        if store is None:
            with self._change(tenant_id):
                # Whoever had the turn before may have opened it.
                store = self._find(tenant_id) or self._add(tenant_id, _open(tenant_id, slug, place()))
        self._let_rest(store)
        return store

    def switch(self, tenant_id: str, place: StorePlace) -> None:
        """Let that file be the tenant's store from now on, under those limits, and remove the one before."""
        path = store_path(place.folder, place.generation)
        with self._change(tenant_id):
            store = self._stores.get(tenant_id)
            if store is not None:
                store.limits = place.limits
                store.switch(path, place.key)
        remove_others(path)

    def limit(self, tenant_id: str, place: StorePlace) -> None:
        """Put other limits in force: time, rows and disk at once, memory and threads at the next opening."""
        with self._change(tenant_id):
            store = self._stores.get(tenant_id)
            if store is not None:
                store.limits = place.limits
                store.rest()

    def forget(self, tenant_id: str) -> None:
        """Close the tenant's store for good."""
        with self._change(tenant_id):
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
        """Close every store, those that are being opened too."""
        with self._lock:
            tenants = list(self._changing)
        for tenant_id in tenants:
            self.forget(tenant_id)

    def _find(self, tenant_id: str) -> "Store | None":
        with self._lock:
            store = self._stores.pop(tenant_id, None)
            if store is not None:
                self._stores[tenant_id] = store
            return store

    def _add(self, tenant_id: str, store: "Store") -> "Store":
        with self._lock:
            self._stores[tenant_id] = store
            return store

    @contextmanager
    def _change(self, tenant_id: str) -> Iterator[None]:
        with self._lock:
            turn = self._changing.setdefault(tenant_id, threading.Lock())
        with turn:
            yield

    def _let_rest(self, asked: "Store") -> None:
        """Close what is open beyond the limit, but for what was asked for: that is open, or will be at once."""
        with self._lock:
            others = [store for store in self._stores.values() if store is not asked and store.is_open]
        spare = len(others) - (self._most_open - 1)
        for store in others:
            if spare <= 0:
                return
            # One that is being opened is in use, and waited for by its own tenant alone.
            spare -= store.rest(is_waiting=False)


def _open(tenant_id: str, slug: str, place: StorePlace) -> "Store":
    # The engine is loaded with the first store, not at start.
    from tenants.store.store import Store

    path = store_path(place.folder, place.generation)
    staging = place.folder.parent / "staging" / tenant_id
    store = Store(slug, path, place.key, staging=staging, limits=place.limits)
    remove_others(path)
    return store
