"""The open stores of this process: each is opened once, on first use, and closed with the process."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.secrets import Secret
from tenants.store.limits import StoreLimits

if TYPE_CHECKING:
    from tenants.store.store import Store


class StorePool:
    """Open stores by tenant id. Safe to use from any thread."""

    def __init__(self, folder: Path, staging: Path, limits: StoreLimits) -> None:
        self._folder = folder
        self._staging = staging
        self._limits = limits
        self._open: dict[str, Store] = {}
        self._lock = threading.Lock()

    def get(self, tenant_id: str, slug: str, key: Callable[[], Secret]) -> "Store":
        """The tenant's store; `key` is asked for only when the file must be opened. Raises StoreBusy, StoreFault."""
        with self._lock:
            store = self._open.get(tenant_id)
            if store is None:
                from tenants.store.store import Store

                store = Store(
                    slug,
                    self.path(tenant_id),
                    key(),
                    staging=self._staging / tenant_id,
                    limits=self._limits,
                )
                self._open[tenant_id] = store
            return store

    def path(self, tenant_id: str) -> Path:
        """Where the tenant's store is kept."""
        return self._folder / tenant_id / "store.duckdb"

    def bytes_stored(self, tenant_id: str) -> int:
        """The size of everything the tenant's store keeps on the disk."""
        folder = self.path(tenant_id).parent
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0

    def close(self) -> None:
        """Close every open store."""
        with self._lock:
            for store in self._open.values():
                store.close()
            self._open.clear()
