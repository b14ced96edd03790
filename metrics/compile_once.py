"""Questions that were compiled before: the same one to the same definitions, on the same day, is not compiled again."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from metrics.catalog import Catalog
from metrics.compile import compile_query
from metrics.compiled import CompileContext, CompiledQuery
from metrics.query import MetricQuery
from metrics.rollup import StoredRollup

_MOST = 128
_Key = tuple[MetricQuery, CompileContext, tuple[StoredRollup, ...]]

_kept: WeakKeyDictionary[Catalog, OrderedDict[_Key, CompiledQuery]] = WeakKeyDictionary()
_lock = threading.Lock()


def compile_once(
    catalog: Catalog, query: MetricQuery, context: CompileContext, *, rollups: Sequence[StoredRollup] = ()
) -> CompiledQuery:
    """What `compile_query` gives, kept for as long as the catalogue; the tree in it is shared and must not be changed.

    Raises what `compile_query` raises, each time anew.
    """
    key = query, context, tuple(rollups)
    with _lock:
        kept = _kept.setdefault(catalog, OrderedDict())
        found = kept.get(key)
        if found is not None:
            kept.move_to_end(key)
            return found
    compiled = compile_query(catalog, query, context, rollups=rollups)
    with _lock:
        kept[key] = compiled
        while len(kept) > _MOST:
            kept.popitem(last=False)
    return compiled
