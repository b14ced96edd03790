"""Events of each entity in the order that the rules state, and which steps each of them serves."""

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_set import EventSet
from metrics.behaviour.spec import FunnelSpec

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


def step_masks(events: EventSet, spec: FunnelSpec) -> Codes:
    """For each row the steps it serves, as bits."""
    masks = np.zeros(len(events.events) + 1, np.int32)
    for number, step in enumerate(spec.steps):
        masks[[code + 1 for code in events.codes_of(step.events)]] |= 1 << number
    return masks[events.codes.astype(np.int64) + 1]


def stated_order(events: EventSet, masks: Codes) -> Integers:
    """The rows by entity and time, those of one moment by the first step they serve, none first, then as they came."""
    lowest = masks & -masks
    ranks = np.where(masks == 0, -1, np.log2(np.maximum(lowest, 1))).astype(np.int64)
    return np.lexsort((ranks, events.times, events.entity_of_rows()))
