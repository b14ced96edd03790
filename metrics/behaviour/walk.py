"""Walks every entity through the steps of a funnel, by one scan of the events."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_set import EventSet
from metrics.behaviour.scan import scan_groups
from metrics.behaviour.spec import Exclusion, FunnelSpec, Order

Integers = npt.NDArray[np.int64]

# Longer than any two times are apart, and still far from the end of 64 bits.
_UNLIMITED = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunnelWalk:
    """For each entity: the steps reached (-1 taken out), the row that began the chain, times in microseconds."""

    levels: npt.NDArray[np.int8]
    anchors: Integers
    since_first: Integers
    since_previous: Integers


def walk_funnel(events: EventSet, spec: FunnelSpec) -> FunnelWalk:
    """How far each entity gets, which row began its chain and, where times are wanted, how long each step took."""
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


def window_us(spec: FunnelSpec) -> int:
    """The conversion window in microseconds."""
    if spec.window is None:
        return _UNLIMITED
    seconds = spec.window.days * 86_400 + spec.window.seconds
    return min(_UNLIMITED, seconds * 10**6 + spec.window.microseconds)
