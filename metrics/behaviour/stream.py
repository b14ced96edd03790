"""Funnels over more events than fit into memory: batches that never split an entity, counted as they come.

The rows of an entity must stand together, entities in ascending order, as `ORDER BY entity, time` writes them. Times
to convert are left out: their percentiles would need those of every entity at once.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from core.column_file import open_batches, require_column
from core.errors import InvalidError
from metrics.behaviour.event_set import build_event_set, plain_column
from metrics.behaviour.funnel import result_of
from metrics.behaviour.funnel_part import FunnelPart, count_part, merge_parts
from metrics.behaviour.result import FunnelResult
from metrics.behaviour.spec import FunnelSpec

BATCH_ROWS = 1 << 20


def stream_funnel(
    batches: Iterable[pa.RecordBatch], spec: FunnelSpec, *, entity: str, time: str, event: str,
    time_format: str | None = None,
) -> FunnelResult:  # fmt: skip
    """The funnel of all batches together, without times. Raises InvalidError where entities are not in order."""
    asked = replace(spec, has_times=False)
    keep = (*((spec.breakdown,) if spec.breakdown else ()), *spec.held)

    def count(table: pa.Table) -> FunnelPart:
        events = build_event_set(table, entity=entity, time=time, event=event, keep=keep, time_format=time_format)
        return count_part(events, asked)

    threads = os.cpu_count() or 1
    total: FunnelPart | None = None
    waiting: deque[Future[FunnelPart]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="stream") as pool:
        for table in whole_entities(batches, entity):
            waiting.append(pool.submit(count, table))
            # No more batches are held than are being counted.
            if len(waiting) > threads:
                total = _added(total, waiting.popleft().result())
        for one in waiting:
            total = _added(total, one.result())
    if total is None:
        raise InvalidError("There is no batch of events to count.")
    return result_of(total, asked)


def stream_file(
    path: Path, spec: FunnelSpec, *, entity: str, time: str, event: str, time_format: str | None = None
) -> FunnelResult:
    """The funnel of a Parquet file, or of a folder of them, as `stream_funnel` counts it. Raises InvalidError."""
    keep = (*((spec.breakdown,) if spec.breakdown else ()), *spec.held)
    batches = open_batches(path, list(dict.fromkeys([entity, time, event, *keep])), BATCH_ROWS)
    return stream_funnel(batches, spec, entity=entity, time=time, event=event, time_format=time_format)


def whole_entities(batches: Iterable[pa.RecordBatch], entity: str) -> Iterator[pa.Table]:
    """The rows in tables of whole entities; only the last entity of each batch waits for the next one."""
    pieces: list[pa.Table] = []
    schema = None
    before: object = None
    for batch in batches:
        schema = batch.schema
        require_column(entity, schema.names)
        table = pa.Table.from_batches([batch])
        if table.num_rows == 0:
            continue
        cut = _last_entity(table.column(entity))
        if cut == 0 and pieces and _ends(pieces[-1], entity) == _begins(table, entity):
            pieces.append(table)
            continue
        if pieces or cut:
            whole = pa.concat_tables([*pieces, table.slice(0, cut)])
            before = _last_of(whole, entity, before)
            yield whole
        pieces = [table.slice(cut)]
    if pieces:
        whole = pa.concat_tables(pieces)
        _last_of(whole, entity, before)
        yield whole
    elif schema is not None:
        yield schema.empty_table()


def _last_of(table: pa.Table, entity: str, before: object) -> object:
    """The last entity of a table in order, which comes after the one before. Raises InvalidError for any other."""
    known = plain_column(table.column(entity)).drop_null()
    if len(known) == 0:
        return before
    falls = pc.any(pc.less(known[1:], known[:-1])).as_py() if len(known) > 1 else False
    if falls or (before is not None and not known[0].as_py() > before):
        raise InvalidError(
            f"The rows are not in the order of {entity!r}. Sort the file by it, or count it without streaming."
        )
    return known[-1].as_py()


def _last_entity(column: pa.ChunkedArray) -> int:
    """Where the rows of the last entity begin, found by halving, as entities are in order."""
    last = column[-1].as_py()
    low, high = 0, len(column) - 1
    while low < high:
        middle = (low + high) // 2
        if column[middle].as_py() == last:
            high = middle
        else:
            low = middle + 1
    return low


def _begins(table: pa.Table, entity: str) -> object:
    return table.column(entity)[0].as_py()


def _ends(table: pa.Table, entity: str) -> object:
    return table.column(entity)[-1].as_py()


def _added(total: FunnelPart | None, part: FunnelPart) -> FunnelPart:
    return part if total is None else merge_parts((total, part))
