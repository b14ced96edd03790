"""A tenant's data: one encrypted DuckDB file, opened here and nowhere else, with its configuration locked."""

from tenants.store.errors import StoreBusy, StoreFault
from tenants.store.pool import StorePool
from tenants.store.store import LoadTable, Store, StoreLimits

__all__ = ["LoadTable", "Store", "StoreBusy", "StoreFault", "StoreLimits", "StorePool"]
