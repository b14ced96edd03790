"""Whose value of the breakdown an entity has, where its chain has several events with values of their own."""

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_set import EventSet
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.prepared import prepare
from metrics.behaviour.spec import Attribution, FunnelSpec, Order
from metrics.behaviour.stated_order import stated_order, step_masks

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]


def split_values(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> tuple[Codes, Levels]:
    """For each entity the code of its value, -1 for none, and how many steps it counts for under that value."""
    column = events.properties[spec.breakdown or ""]
    if column.by_entity is not None:
        return column.by_entity, walk.levels
    if spec.attribution is Attribution.FIRST:
        return column.codes[walk.anchors], walk.levels
    rows = _chain_rows(events, spec, walk)
    values = np.where(rows >= 0, column.codes[rows], -1).astype(np.int32)
    if spec.attribution is Attribution.STEP:
        return values[:, spec.attributed_step].copy(), walk.levels
    if spec.attribution is Attribution.LAST:
        return values[np.arange(events.entity_count), np.maximum(0, walk.levels - 1)], walk.levels
    is_same = np.logical_and.accumulate((rows >= 0) & (values == values[:, :1]), axis=1)
    return values[:, 0].copy(), np.where(walk.levels < 0, walk.levels, is_same.sum(axis=1)).astype(np.int8)


def _chain_rows(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> Integers:
    """The row of each step of each entity's chain, -1 where it did not get there."""
    from metrics.behaviour.kernels.chain_rows import ANCHORED, IN_ORDER, NEXT, OPEN, find_chain_rows

    events, spec = prepare(events, spec)
    masks = step_masks(events, spec)
    order = stated_order(events, masks)
    places = np.full(order.size + 1, -1, np.int64)
    places[order] = np.arange(order.size)
    rows = np.full((events.entity_count, len(spec.steps)), -1, np.int64)
    kinds = {Order.ORDERED: IN_ORDER, Order.STRICT: NEXT, Order.ANY: OPEN, Order.ANCHORED: ANCHORED}
    find_chain_rows(events.starts, masks[order], places[walk.anchors], walk.levels, kinds[spec.order], rows)
    return np.append(order, -1)[rows]
