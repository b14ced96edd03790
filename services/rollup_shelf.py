"""The rollups that were built in this process: by the catalogue they are of and by whose rows they hold.

A catalogue is made anew with each version of the data and of the definitions, so those of other versions are never
found; the store makes sure of it once more when one is read.
"""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from metrics import Catalog
    from metrics.rollup import Rollup, StoredRollup
    from tenants.store.size import TableSize

_Shelves = dict[str, "tuple[StoredRollup, ...]"]


class RollupShelf:
    """Which rollups may be read for which catalogue and view."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Catalog, _Shelves] = WeakKeyDictionary()
        self._tried: WeakKeyDictionary[Catalog, set[tuple[str, Rollup]]] = WeakKeyDictionary()
        self._sizes: WeakKeyDictionary[Catalog, Mapping[str, TableSize]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def sizes(self, catalog: "Catalog") -> "Mapping[str, TableSize] | None":
        """How large the tables of a catalogue are; None where nobody has looked."""
        return self._sizes.get(catalog)

    def keep_sizes(self, catalog: "Catalog", sizes: "Mapping[str, TableSize]") -> None:
        """Remember how large they are."""
        self._sizes[catalog] = sizes

    def is_empty(self, catalog: "Catalog") -> bool:
        """Whether there are none at all, so that it need not be asked whose they are."""
        return catalog not in self._kept

    def find(self, catalog: "Catalog", view: str) -> "tuple[StoredRollup, ...]":
        """Those of a view, the latest first."""
        with self._lock:
            return self._kept.get(catalog, {}).get(view, ())

    def add(self, catalog: "Catalog", view: str, stored: "StoredRollup") -> None:
        """Have one be found; those that it covers are read no longer."""
        with self._lock:
            shelves = self._kept.setdefault(catalog, {})
            others = [one for one in shelves.get(view, ()) if not stored.rollup.covers(one.rollup)]
            shelves[view] = (stored, *others)
            self._tried.get(catalog, set()).discard((view, stored.rollup))

    def begin(self, catalog: "Catalog", view: str, rollup: "Rollup") -> bool:
        """Whether nobody builds a rollup at present and none failed to; it counts as tried until it is there."""
        with self._lock:
            tried = self._tried.setdefault(catalog, set())
            if (view, rollup) in tried:
                return False
            tried.add((view, rollup))
            return True
