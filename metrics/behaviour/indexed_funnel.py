"""Funnels that an index answers: in order, one event a step, none of them twice, nothing excluded, no times."""

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_set import EventSet
from metrics.behaviour.scan import scan_groups
from metrics.behaviour.spec import Entry, FunnelSpec, Order

Integers = npt.NDArray[np.int64]


def count_indexed(events: EventSet, spec: FunnelSpec, window_us: int) -> Integers | None:
    """How many entities reach each step, a row for each value of the breakdown and the last for none.

    None when the events have no index or the funnel is of another kind. A breakdown must be one of the entity itself:
    for others the event that began the chain is asked, which an index does not know.
    """
    index = events.index
    steps = [step.events for step in spec.steps]
    is_plain = spec.order is Order.ORDERED and not (spec.excluded or spec.has_times or spec.held or spec.limits)
    is_plain = is_plain and spec.entry is Entry.EVERY and not spec.grace
    if index is None or not is_plain or any(len(step) > 1 for step in steps) or len(set(steps)) < len(steps):
        return None
    values = np.empty(0, np.int32)
    rows = 1
    if spec.breakdown is not None:
        column = events.properties[spec.breakdown]
        if column.by_entity is None:
            return None
        values, rows = column.by_entity, len(column.labels) + 1
    from metrics.behaviour.kernels.indexed import count_chains

    codes = np.array([(events.codes_of(step) or [-1])[0] for step in steps], np.int64)
    window = index.window(window_us)

    def scan(first: int, last: int) -> Integers:
        table = np.zeros((rows, len(steps)), np.int64)
        count_chains(index.keys, index.places, codes, index.bits, window, first, last, values, table)
        return table

    total: Integers = np.sum(scan_groups(events.starts, scan), axis=0)
    return total
