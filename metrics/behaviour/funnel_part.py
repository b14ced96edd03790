"""The counts of a funnel over some of the entities, which add up to those over all of them.

A part is what one partition of a distributed engine, or one batch of a stream, gives: all events of its entities, and
of no other ones. Parts travel as Arrow tables; docs/counting.md shows them at work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.column_file import require_column
from metrics.behaviour.event_groups import split_sessions
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.indexed_funnel import count_indexed
from metrics.behaviour.prepared import prepare
from metrics.behaviour.spec import FunnelSpec
from metrics.behaviour.split import split_values
from metrics.behaviour.stated_order import stated_order, step_masks
from metrics.behaviour.walk import walk_funnel, window_us
from metrics.behaviour.window import to_us

Integers = npt.NDArray[np.int64]
Counts = tuple[int, ...]

PART_SCHEMA = pa.schema([("figure", pa.string()), ("name", pa.string()), ("counts", pa.list_(pa.int64()))])
_REACHED, _BY, _LEFT_OUT, _EVENT = "reached", "by", "left_out", "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPart:
    """How many reached each step, in all and for each value of the breakdown (None where there is no value).

    `dropped` entities were taken out by an exclusion, `lost_entities` and `lost_times` rows had no entity or time.
    `events` are the names that occur.
    """

    reached: Counts
    by: Mapping[str | None, Counts]
    dropped: int
    lost_entities: int
    lost_times: int
    events: frozenset[str]

    def to_arrow(self) -> pa.Table:
        """The part as a table of `PART_SCHEMA`, to be sent from where the events are to where the parts meet."""
        rows = [
            (_REACHED, None, self.reached),
            (_LEFT_OUT, None, (self.dropped, self.lost_entities, self.lost_times)),
            *((_BY, name, counts) for name, counts in self.by.items()),
            *((_EVENT, name, ()) for name in sorted(self.events)),
        ]
        columns = zip(*rows, strict=True)
        return pa.table(
            [pa.array(values, field.type) for values, field in zip(columns, PART_SCHEMA, strict=True)], PART_SCHEMA
        )

    @classmethod
    def from_arrow(cls, table: pa.Table) -> "FunnelPart":
        """The part that a table of `PART_SCHEMA` holds, or the sum of the parts of several that were put together."""
        held = table.to_pylist()
        found: dict[str, dict[str | None, list[Counts]]] = {_REACHED: {}, _BY: {}, _LEFT_OUT: {}, _EVENT: {}}
        for row in held:
            found[row["figure"]].setdefault(row["name"], []).append(tuple(row["counts"]))
        dropped, entities, times = _sum(found[_LEFT_OUT][None])
        return cls(
            reached=_sum(found[_REACHED][None]),
            by={name: _sum(counts) for name, counts in found[_BY].items()},
            dropped=dropped, lost_entities=entities, lost_times=times,
            events=frozenset(name for name in found[_EVENT] if name is not None),
        )  # fmt: skip


def count_part(events: EventSet, spec: FunnelSpec) -> FunnelPart:
    """The counts of a funnel over the entities of an event set. Raises InvalidError for an unknown column."""
    for name in (*((spec.breakdown,) if spec.breakdown else ()), *spec.held):
        require_column(name, events.properties)
    events, spec = counted_events(events, spec)
    if spec.counts_attempts:
        return _part(events, spec, _count_attempts(events, spec), None, 0)
    table = count_indexed(events, spec, window_us(spec))
    if table is not None:
        return _part(events, spec, table.sum(axis=0), table if spec.breakdown else None, 0)
    return part_of_walk(events, spec, walk_funnel(events, spec))


def counted_events(events: EventSet, spec: FunnelSpec) -> tuple[EventSet, FunnelSpec]:
    """What the funnel counts as entities: they themselves, or their sessions."""
    if spec.session_gap is None:
        return events, spec
    return split_sessions(events, to_us(spec.session_gap))[0], replace(spec, session_gap=None)


def part_of_walk(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> FunnelPart:
    """The counts of entities that were walked already."""
    levels = np.bincount(walk.levels + 1, minlength=len(spec.steps) + 2)
    table = _by_value(events, spec, walk) if spec.breakdown is not None else None
    return _part(events, spec, levels[:0:-1].cumsum()[:-1][::-1], table, int(levels[0]))


def merge_parts(parts: Iterable[FunnelPart]) -> FunnelPart:
    """The sum of at least one part."""
    return FunnelPart.from_arrow(pa.concat_tables(part.to_arrow() for part in parts))


def _part(events: EventSet, spec: FunnelSpec, reached: Integers, table: Integers | None, dropped: int) -> FunnelPart:
    labels = () if table is None else (*events.properties[spec.breakdown or ""].labels, None)
    rows = [] if table is None else np.flatnonzero(table[:, 0]).tolist()
    return FunnelPart(
        reached=tuple(reached.tolist()),
        by={labels[row]: tuple(table[row].tolist()) for row in rows} if table is not None else {},
        dropped=dropped,
        lost_entities=events.dropped_entities,
        lost_times=events.dropped_times,
        events=frozenset(events.events),
    )


def _count_attempts(events: EventSet, spec: FunnelSpec) -> Integers:
    """Every attempt, where one begins anew after its last step or its window."""
    from metrics.behaviour.kernels.spaced_chain import count_attempts

    events, spec = prepare(events, spec)
    masks = step_masks(events, spec)
    order = stated_order(events, masks)
    reached = np.zeros(len(spec.steps), np.int64)
    count_attempts(events.starts, events.times[order], masks[order], len(spec.steps), window_us(spec), reached)
    return reached


def _by_value(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> Integers:
    """How many reached each step, a row for each value and the last for none."""
    from metrics.behaviour.kernels.plain_chain import tabulate

    labels = events.properties[spec.breakdown or ""].labels
    # The places from the end hold what has no value, and entities that were taken out.
    table = np.zeros((len(labels) + 1, len(spec.steps) + 2), np.int64)
    tabulate(*split_values(events, spec, walk), table)
    return table[:, -2:0:-1].cumsum(axis=1)[:, ::-1]


def _sum(counts: Sequence[Counts]) -> Counts:
    return tuple(map(sum, zip(*counts, strict=True)))
