"""Walks every entity through the steps of a funnel, by one scan of the events."""

from dataclasses import replace

import numpy as np

from metrics.behaviour.event_groups import join_groups, split_by_values, split_sessions
from metrics.behaviour.event_set import EventSet, Integers
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.prepared import prepare
from metrics.behaviour.scan import scan_groups
from metrics.behaviour.spec import Exclusion, FunnelSpec, Order
from metrics.behaviour.stated_order import stated_order, step_masks
from metrics.behaviour.window import UNLIMITED_US, to_us


def walk_funnel(events: EventSet, spec: FunnelSpec) -> FunnelWalk:
    """How far each entity gets, which row began its chain and, where times are wanted, how long each step took.

    Of an entity with several sessions it is the best one that counts.
    """
    if spec.session_gap is not None:
        return _joined(split_sessions(events, to_us(spec.session_gap)), replace(spec, session_gap=None))
    events, spec = prepare(events, spec)
    if spec.held:
        return _joined(split_by_values(events, spec.held), replace(spec, held=()))
    if any(limit is not None for limit in spec.limits) or spec.order is Order.ANCHORED:
        return _walk_stated(events, spec)
    from metrics.behaviour.kernels import chain, plain_chain

    orders = {Order.ORDERED: chain.ORDERED, Order.STRICT: chain.STRICT, Order.ANY: chain.ANY}
    exclusion = chain.DROP if spec.exclusion is Exclusion.DROP else chain.STOP
    window, steps = window_us(spec), len(spec.steps)
    masks = np.zeros(len(events.events) + 1, np.int32)
    for number, step in enumerate(spec.steps):
        masks[[code + 1 for code in events.codes_of(step.events)]] |= 1 << number
    is_plain = (
        spec.order is Order.ORDERED and not spec.excluded and not spec.has_times and not (masks & (masks - 1)).any()
    )
    served = np.array([int(mask).bit_length() - 1 if mask else steps + 1 for mask in masks], np.int8)
    masks[[code + 1 for code in events.codes_of(spec.excluded)]] |= chain.EXCLUDED
    entities, columns = events.entity_count, steps if spec.has_times else 0
    column = None if spec.breakdown is None else events.properties[spec.breakdown]
    needs_anchors = not is_plain or (column is not None and column.by_entity is None)
    walk = FunnelWalk(
        levels=np.zeros(entities, np.int8),
        anchors=np.full(entities if needs_anchors else 0, -1, np.int64),
        since_first=np.full((entities, columns), -1, np.int64),
        since_previous=np.full((entities, columns), -1, np.int64),
    )

    def scan(first: int, last: int) -> None:
        if is_plain:
            plain_chain.walk_plain_chains(
                events.starts, events.times, events.codes, events.has_ties, served, steps, window,
                first, last, walk.levels, walk.anchors,
            )  # fmt: skip
            return
        chain.walk_chains(
            events.starts, events.times, events.codes, masks, steps, window, orders[spec.order], exclusion,
            first, last, walk.levels, walk.anchors, walk.since_first, walk.since_previous,
        )  # fmt: skip

    scan_groups(events.starts, scan)
    return walk


def _joined(grouped: tuple[EventSet, Integers, Integers], spec: FunnelSpec) -> FunnelWalk:
    groups, owners, rows = grouped
    walk = walk_funnel(groups, replace(spec, breakdown=None, has_times=True))
    return join_groups(walk, owners, rows, groups.times)


def _walk_stated(events: EventSet, spec: FunnelSpec) -> FunnelWalk:
    """As `walk_funnel`, for kernels that take the rows in the stated order: limits between steps, anchored order."""
    from metrics.behaviour.kernels.anchored_chain import walk_anchored_chains
    from metrics.behaviour.kernels.spaced_chain import walk_spaced_chains

    masks = step_masks(events, spec)
    order = stated_order(events, masks)
    entities, steps = events.entity_count, len(spec.steps)
    walk = FunnelWalk(
        levels=np.zeros(entities, np.int8),
        anchors=np.full(entities, -1, np.int64),
        since_first=np.full((entities, steps), -1, np.int64),
        since_previous=np.full((entities, steps), -1, np.int64),
    )
    times, window = events.times[order], window_us(spec)
    is_excluded = events.are_of(spec.excluded)[order]
    if spec.order is Order.ANCHORED:
        walk_anchored_chains(
            events.starts, times, masks[order], is_excluded, steps, window, spec.exclusion is Exclusion.DROP,
            walk.levels, walk.anchors, walk.since_first,
        )  # fmt: skip
    else:
        limits = np.array([UNLIMITED_US if one is None else to_us(one) for one in spec.limits], np.int64)
        walk_spaced_chains(
            events.starts, times, masks[order], is_excluded, steps, window, limits,
            int(spec.exclusion is Exclusion.DROP), walk.levels, walk.anchors, walk.since_first, walk.since_previous,
        )  # fmt: skip
    return replace(walk, anchors=np.where(walk.anchors >= 0, order[np.maximum(0, walk.anchors)], -1))


def window_us(spec: FunnelSpec) -> int:
    """The conversion window in microseconds."""
    return UNLIMITED_US if spec.window is None else to_us(spec.window)
