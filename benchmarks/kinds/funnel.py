"""Funnels over 10 M events of 500,000 entities against ClickHouse `windowFunnel` through chdb, counts identical.

At rest: there, a merged MergeTree table in the order of entity and time, whole numbers of 4, 4, 1 and 1 bytes. Here, an
event set in the same order with its index by event (8 bytes more for each event), as tables asked often are kept. The
time of a question is all of the work of either side from the question to the counts.
"""

import datetime as dt
import importlib
import importlib.util
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from benchmarks.large_events import FILES, Measured, measure_large, write_large
from benchmarks.outcome import Bar, Outcome
from metrics.behaviour import EventSet, FunnelSpec, Order, Step, build_event_set, compute_funnel, warm_kernels

KIND = "funnel"
ROUNDS = 5
_EVENTS = 10_000_000
_ENTITIES = 500_000
_NAMES = 20
_MOST_LARGE_S = 3.0
_MOST_LARGE_MIB = 4096
_WINDOW = dt.timedelta(days=30)
_MISSING = (
    "The peer of this benchmark is ClickHouse through chdb, which is not installed here: pip install chdb (the extra "
    "`bench`). Our own times are shown; the bars count as missed.\n"
)


def run() -> Outcome:
    """Five steps, five steps with a breakdown, twelve steps: A B A B in one process, over tables sorted alike."""
    table = make_events()
    warm_kernels()
    began = time.perf_counter()
    events = build_event_set(table, entity="entity", time="time", event="event", keep=["plan"], is_indexed=True)
    samples: dict[str, list[float]] = {"plumbline load and sort": [time.perf_counter() - began]}
    cases = {
        "funnel": (_spec(5), _peer_query(5)),
        "funnel by": (_spec(5, "plan"), _peer_query(5, "plan")),
        "funnel 12": (_spec(12), _peer_query(12)),
    }
    bars = []
    with tempfile.TemporaryDirectory() as folder:
        peer = start_peer(table, Path(folder))
        for name, (spec, query) in cases.items():
            pair = measure(lambda spec=spec: _ours(events, spec), peer, query, f"plumbline {name}", f"chdb {name}")  # type: ignore[misc]
            samples |= pair.samples
            bars.append(Bar(name=name, ratio=pair.ratio, most=0.1))
        if peer is not None:
            _check_strict(table, peer)
        del peer
    found = _measure_large()
    samples |= {
        "funnel 12 of 100 M": found.streamed_s, "funnel 12 of 100 M, of all processors": [found.cpu_s],
        "funnel 12 of 100 M, peak MiB": [found.peak_mib],
        "first call": [found.first_s], "later calls": found.later_s, "count to 10 M": [found.loop_s],
    }  # fmt: skip
    bars += [
        Bar(
            name="funnel 12 of 100 M, of 3 s on a quiet machine",
            ratio=median(found.streamed_s) / found.slowness / _MOST_LARGE_S, most=1.0,
        ),
        Bar(name="funnel 12 of 100 M, of 4 GiB", ratio=found.peak_mib / _MOST_LARGE_MIB, most=1.0),
        Bar(name="first call of later ones", ratio=found.first_s / median(found.later_s), most=2.0),
    ]  # fmt: skip
    return Outcome(samples=samples, bars=tuple(bars))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Samples of both sides in seconds, and the ratio of their medians; infinite without the peer."""

    samples: dict[str, list[float]]
    ratio: float


Rows = list[tuple[int, ...]]


class Peer:
    """A ClickHouse table `events`, sorted by entity and time."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def ask(self, query: str) -> Rows:
        """The rows of an answer of whole numbers."""
        text = str(self._session.query(query, "CSV"))
        return sorted(tuple(int(cell) for cell in line.split(",")) for line in text.split())


def make_events() -> pa.Table:
    """Random events over half a year, the first names the most frequent; `plan` belongs to the entity."""
    random = np.random.default_rng(7)
    entity = random.integers(0, _ENTITIES, _EVENTS)
    weights = 0.9 ** np.arange(_NAMES)
    event = random.choice(_NAMES, _EVENTS, p=weights / weights.sum()).astype(np.int32)
    seconds = 1_767_225_600 + random.integers(0, 180 * 86_400, _EVENTS)
    plan = (entity % 8).astype(np.int32)
    return pa.table(
        {
            "entity": entity.astype(np.int32),
            "time": pa.array(seconds).cast(pa.timestamp("s")),
            "event": pa.DictionaryArray.from_arrays(pa.array(event), [f"s{name}" for name in range(_NAMES)]),
            "plan": plan,
        }
    )


def start_peer(table: pa.Table, folder: Path) -> Peer | None:
    """ClickHouse with the events loaded, or None with the reason on standard error."""
    if importlib.util.find_spec("chdb") is None:
        sys.stderr.write(_MISSING)
        return None
    # Absent from the environment of the tests, types included.
    session_of = importlib.import_module("chdb.session").Session

    codes = pa.chunked_array([chunk.indices for chunk in table.column("event").chunks])
    plain = table.set_column(2, "event", codes)
    parquet.write_table(plain, folder / "events.parquet")
    session = session_of(str(folder / "store"))
    session.query("CREATE DATABASE IF NOT EXISTS bench")
    session.query("USE bench")
    session.query(
        "CREATE TABLE events (entity UInt32, time DateTime('UTC'), event UInt8, plan UInt8) "
        "ENGINE = MergeTree ORDER BY (entity, time)"
    )
    path = folder / "events.parquet"
    session.query(f"INSERT INTO events SELECT entity, time, event, plan FROM file('{path}')")  # noqa: S608
    session.query("OPTIMIZE TABLE events FINAL")
    return Peer(session)


def measure(ours: Callable[[], Rows], peer: Peer | None, query: str, our_name: str, peer_name: str) -> Pair:
    """Both sides in turn, A B A B; raises AssertionError when their answers differ."""
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = ours()
        mine.append(time.perf_counter() - began)
        if peer is not None:
            began = time.perf_counter()
            expected = peer.ask(query)
            theirs.append(time.perf_counter() - began)
            assert found == expected, f"{our_name}: {found[:20]} is not {expected[:20]}"
    if not theirs:
        return Pair(samples={our_name: mine}, ratio=math.inf)
    return Pair(samples={our_name: mine, peer_name: theirs}, ratio=median(mine) / median(theirs))


def _spec(steps: int, breakdown: str | None = None) -> FunnelSpec:
    return FunnelSpec(
        steps=tuple(Step(name=f"s{number}", events=(f"s{number}",)) for number in range(steps)),
        window=_WINDOW,
        breakdown=breakdown,
        has_times=False,
    )


def _ours(events: EventSet, spec: FunnelSpec) -> Rows:
    result = compute_funnel(events, spec)
    if spec.breakdown is None:
        return [tuple(step.count for step in result.steps)]
    return sorted((int(one.label), *(step.count for step in one.steps)) for one in result.segments)


def _peer_query(steps: int, breakdown: str | None = None) -> str:
    conditions = _listed(f"event = {number}" for number in range(steps))
    reached = _listed(f"countIf(level >= {number})" for number in range(1, steps + 1))
    value, group = (f"any({breakdown}) AS value, ", "value, ") if breakdown else ("", "")
    ending = " WHERE level > 0 GROUP BY value" if breakdown else ""
    return (
        f"SELECT {group}{reached} FROM (SELECT {value}windowFunnel({int(_WINDOW.total_seconds())})(time, {conditions}) "  # noqa: S608
        f"AS level FROM events WHERE event < {steps} GROUP BY entity){ending}"
    )


def _listed(parts: Sequence[str] | Any) -> str:
    return ", ".join(parts)


def _check_strict(table: pa.Table, peer: Peer) -> None:
    """`strict` against `strict_order`, over the first event of each name, no two of a moment: there they mean the same.

    Raises AssertionError where they differ.
    """
    first = table.group_by(["entity", "event"]).aggregate([("time", "min")]).rename_columns(["entity", "event", "time"])
    moments = first.group_by(["entity", "time"]).aggregate([("event", "count")])
    alone = moments.filter(pc.field("event_count") == 1).select(["entity", "time"])
    once = first.filter(pc.is_in(_key(first), _key(alone)))
    events = build_event_set(once, entity="entity", time="time", event="event")
    for steps in (2, 3):
        asked = replace(_spec(steps), order=Order.STRICT)
        conditions = _listed(f"event = {number}" for number in range(steps))
        reached = _listed(f"countIf(level >= {number})" for number in range(1, steps + 1))
        query = (
            f"SELECT {reached} FROM (SELECT windowFunnel({int(_WINDOW.total_seconds())}, 'strict_order')"  # noqa: S608
            f"(time, {conditions}) AS level FROM (SELECT entity, event, time FROM (SELECT entity, event, time, count() "
            "OVER (PARTITION BY entity, time) AS tied FROM (SELECT entity, event, min(events.time) AS time FROM events "
            "GROUP BY entity, event)) WHERE tied = 1) GROUP BY entity)"
        )
        found, expected = _ours(events, asked), peer.ask(query)
        assert found == expected, f"strict, {steps} steps: {found} is not {expected}"


def _key(table: pa.Table) -> pa.ChunkedArray:
    """One number for entity and moment."""
    seconds = pc.subtract(table.column("time").cast(pa.int64()), 1_767_225_600)
    return pc.add(pc.multiply(table.column("entity").cast(pa.int64()), 1 << 24), seconds)


def _measure_large() -> Measured:
    """The funnel of twelve steps over a hundred million events on disk; its counts are ClickHouse's."""
    with tempfile.TemporaryDirectory() as folder:
        write_large(Path(folder))
        found = measure_large(Path(folder))
        if importlib.util.find_spec("chdb") is not None:
            session = importlib.import_module("chdb.session").Session(str(Path(folder) / "store"))
            expected = Peer(session).ask(_large_query(Path(folder)))
            assert [tuple(found.counts)] == expected, f"{found.counts} is not {expected}"
    return found


def _large_query(folder: Path) -> str:
    # Entities of one file are in no other, so each file is asked for itself and little is held at once.
    conditions = _listed(f"event = 's{number}'" for number in range(12))
    levels = " UNION ALL ".join(
        f"SELECT windowFunnel({int(_WINDOW.total_seconds())})(toDateTime(time), {conditions}) AS level "  # noqa: S608
        f"FROM file('{folder}/{file:02}.parquet') GROUP BY entity"
        for file in range(FILES)
    )
    reached = _listed(f"countIf(level >= {number})" for number in range(1, 13))
    return f"SELECT {reached} FROM ({levels}) SETTINGS max_threads = 2, schema_inference_make_columns_nullable = 0"  # noqa: S608
