"""A tenant's data: one encrypted DuckDB file, opened here and nowhere else, with its configuration locked.

The engine is imported when the pool opens the first store, not before: `tenants.store.store` holds the open store.
"""

from tenants.store.change import Accept, Ask, ChangeMode, ChangeOutcome, QuarantinedRow, TableChange
from tenants.store.limits import StoreLimits
from tenants.store.load_table import LoadTable
from tenants.store.place import StorePlace
from tenants.store.pool import StorePool

__all__ = [
    "Accept",
    "Ask",
    "ChangeMode",
    "ChangeOutcome",
    "LoadTable",
    "QuarantinedRow",
    "StoreLimits",
    "StorePlace",
    "StorePool",
    "TableChange",
]
