"""Answers kept for whoever asks the same: the same SQL, which holds the reader's policies, over the same data."""

import datetime as dt
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.result import Watermark

if TYPE_CHECKING:
    import pyarrow as pa

    from metrics.compiled import RolledQuery
    from tenants.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The rows of a query, and the version of the data they are of."""

    table: "pa.Table"
    watermark: Watermark


# The tenant, the SQL with its policies, its values and the moment it is asked as of, and the data's version.
_Key = tuple[str, str, str, Watermark]


class ResultCache:
    """The most recent answers up to `most_bytes`. Threads that ask the same at once wait for one query."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[_Key, Answer] = OrderedDict()
        self._running: dict[_Key, Future[Answer]] = {}
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def query(
        self,
        store: "Store",
        tenant_id: str,
        sql: str,
        parameters: Sequence[object],
        *,
        as_of: dt.datetime | None = None,
        rolled: "RolledQuery | None" = None,
        max_rows: int | None = None,
    ) -> Answer:
        """The answer of a tenant's store, computed where it is not at hand. Raises what the store raises.

        `rolled` is the same question over rollups; where these have gone, it is asked of the data themselves.
        """
        # By their text: 1, True and Decimal(1) are equal, and not the same value.
        values = repr(list(parameters)) + ("" if as_of is None else as_of.isoformat())
        # A reader with the usual limit is not handed what was read with a higher one.
        key = (tenant_id, sql, values if max_rows is None else f"{values} {max_rows}", store.watermark())
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
            running = self._running.get(key)
            if running is None:
                mine = self._running[key] = Future[Answer]()
        if running is not None:
            return running.result()
        try:
            table, watermark = _compute(store, sql, parameters, as_of, rolled, max_rows)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            answer = Answer(table=table, watermark=watermark)
            mine.set_result(answer)
            self._keep((*key[:3], watermark), answer)
            return answer
        finally:
            with self._lock:
                del self._running[key]

    def _keep(self, key: _Key, answer: Answer) -> None:
        with self._lock:
            if key in self._kept or _size(key, answer) > self._most_bytes:
                return
            self._kept[key] = answer
            self._held[key[0]] += _size(key, answer)
            while self._held.total() > self._most_bytes:
                self._drop_one()

    def _drop_one(self) -> None:
        """The oldest answer of the tenant that holds most makes room: a busy one does not push out the others."""
        largest = max(self._held, key=self._held.__getitem__)
        key = next(key for key in self._kept if key[0] == largest)
        self._held[largest] -= _size(key, self._kept.pop(key))


def _compute(
    store: "Store",
    sql: str,
    parameters: Sequence[object],
    as_of: dt.datetime | None,
    rolled: "RolledQuery | None",
    max_rows: int | None,
) -> "tuple[pa.Table, Watermark]":
    if rolled is not None and as_of is None:
        from tenants.store.errors import ExtractGone

        with suppress(ExtractGone):
            return store.query(rolled.sql, rolled.parameters, extracts=rolled.tables)
    return store.query(sql, parameters, as_of=as_of, max_rows=max_rows)


def _size(key: _Key, answer: Answer) -> int:
    """The bytes an entry takes."""
    return int(answer.table.nbytes) + len(key[1]) + len(key[2])
