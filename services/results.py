"""Answers kept for whoever asks the same: the same SQL, which holds the reader's policies, over the same data."""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.result import Watermark

if TYPE_CHECKING:
    import pyarrow as pa

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
        self._bytes = 0
        self._lock = threading.Lock()

    def query(
        self,
        store: "Store",
        tenant_id: str,
        sql: str,
        parameters: Sequence[object],
        *,
        as_of: dt.datetime | None = None,
    ) -> Answer:
        """The answer of a tenant's store, computed where it is not at hand. Raises what the store raises."""
        # By their text: 1, True and Decimal(1) are equal, and not the same value.
        values = repr(list(parameters)) + ("" if as_of is None else as_of.isoformat())
        key = (tenant_id, sql, values, store.watermark())
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
            table, watermark = store.query(sql, parameters, as_of=as_of)
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
            if key in self._kept:
                return
            self._kept[key] = answer
            self._bytes += _size(key, answer)
            while self._bytes > self._most_bytes:
                self._bytes -= _size(*self._kept.popitem(last=False))


def _size(key: _Key, answer: Answer) -> int:
    """The bytes an entry takes."""
    return int(answer.table.nbytes) + len(key[1]) + len(key[2])
