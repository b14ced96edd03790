"""Walks the events of an entity apart: for each value of properties that are held constant, or session by session."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.column_file import require_column
from metrics.behaviour.amount_column import AmountColumn
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.property_column import PropertyColumn

Integers = npt.NDArray[np.int64]


def split_by_values(events: EventSet, names: Sequence[str]) -> tuple[EventSet, Integers, Integers]:
    """The events grouped by entity and values of the properties; the entity of each group, and the old row of each.

    No value is a value of its own. Raises InvalidError for an unknown property.
    """
    keys = events.entity_of_rows()
    for name in names:
        require_column(name, events.properties)
        column = events.properties[name]
        keys = keys * (len(column.labels) + 1) + column.codes + 1
        # Numbered anew, so that three properties of many values still fit.
        _, keys = np.unique(keys, return_inverse=True)
    return _regrouped(events, keys)


def split_sessions(events: EventSet, gap_us: int) -> tuple[EventSet, Integers, Integers]:
    """The events grouped by session, which ends where an entity does nothing for longer than the gap (microseconds).

    Also the entity of each session, and the old row of each of its rows.
    """
    is_first = np.zeros(events.row_count, np.bool_)
    is_first[1:] = np.diff(events.times) > gap_us
    is_first[events.starts[:-1]] = True
    return _regrouped(events, np.cumsum(is_first) - 1)


def _regrouped(events: EventSet, keys: Integers) -> tuple[EventSet, Integers, Integers]:
    """The events grouped by key, of which no two entities have one in common."""
    from metrics.behaviour.kernels.grouping import find_ties

    order = np.argsort(keys, kind="stable")
    sizes = np.bincount(keys)
    starts = np.append(0, np.cumsum(sizes))
    groups = events.entity_of_rows()[order][starts[:-1]]
    times = events.times[order]
    has_ties = np.empty(groups.size, np.bool_)
    find_ties(starts, times, has_ties)
    amounts = events.amounts
    grouped = replace(
        events,
        starts=starts,
        times=times,
        codes=events.codes[order],
        has_ties=has_ties,
        entities=events.entities.take(pa.array(groups)),
        properties={
            name: PropertyColumn(codes=column.codes[order], labels=column.labels, by_entity=None)
            for name, column in events.properties.items()
        },
        amounts=None if amounts is None else AmountColumn(units=amounts.units[order], scale=amounts.scale),
        index=None,
    )
    return grouped, groups, order


def join_groups(walk: FunnelWalk, groups: Integers, rows: Integers, times: Integers) -> FunnelWalk:
    """One outcome for each entity: that of its deepest group, of several the one that got there first.

    An entity is taken out when it is in one of its groups. `times` are those of the groups' events.
    """
    began = np.where(walk.anchors >= 0, times[walk.anchors], 0)
    places = np.maximum(0, walk.levels.astype(np.int64) - 1)
    spent = walk.since_first[np.arange(groups.size), places] if walk.since_first.shape[1] else 0
    is_out = walk.levels < 0
    order = np.lexsort((began + spent, -walk.levels.astype(np.int64), ~is_out, groups))
    is_first = np.ones(groups.size, np.bool_)
    is_first[1:] = groups[order][1:] != groups[order][:-1]
    chosen = order[is_first]
    anchors = walk.anchors[chosen]
    return FunnelWalk(
        levels=walk.levels[chosen],
        anchors=np.where(anchors >= 0, rows[np.maximum(0, anchors)], -1),
        since_first=walk.since_first[chosen],
        since_previous=walk.since_previous[chosen],
    )
