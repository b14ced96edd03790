"""The stores of this process: each is opened on first use, and closed with the process."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.secrets import Secret
from tenants.store.limits import StoreLimits
from tenants.store.place import StorePlace, remove_others, store_path

if TYPE_CHECKING:
    from tenants.store.store import Store


class StorePool:
    """Stores by tenant id. Safe to use from any thread."""

    def __init__(self, folder: Path, staging: Path, limits: StoreLimits) -> None:
        self._folder = folder
        self._staging = staging
        self._limits = limits
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def get(self, tenant_id: str, slug: str, place: Callable[[], StorePlace]) -> "Store":
        """The tenant's store; `place` is asked for on its first use only. Raises StoreBusy, StoreFault."""
        with self._lock:
            store = self._stores.get(tenant_id)
            if store is None:
                from tenants.store.store import Store

                found = place()
                path = self.path(tenant_id, found.generation)
                store = Store(slug, path, found.key, staging=self._staging / tenant_id, limits=self._limits)
                remove_others(path)
                self._stores[tenant_id] = store
            return store

    def path(self, tenant_id: str, generation: int) -> Path:
        """Where that file of the tenant's store is kept. Raises StoreFault when only others of its files are there."""
        return store_path(self._folder / tenant_id, generation)

    def switch(self, tenant_id: str, generation: int, key: Secret) -> None:
        """Let the file of that generation be the tenant's store from now on, and remove the one before."""
        path = self.path(tenant_id, generation)
        with self._lock:
            store = self._stores.get(tenant_id)
            if store is not None:
                store.switch(path, key)
        remove_others(path)

    def forget(self, tenant_id: str) -> None:
        """Close the tenant's store for good."""
        with self._lock:
            store = self._stores.pop(tenant_id, None)
        if store is not None:
            store.close()

    def bytes_stored(self, tenant_id: str) -> int:
        """The size of everything the tenant's store keeps on the disk."""
        folder = self._folder / tenant_id
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0

    def close(self) -> None:
        """Close every store."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
