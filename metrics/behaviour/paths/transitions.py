"""How often one event comes right after another: skipped and revisited stages stand off the diagonal next to it."""

import numpy as np

from metrics.behaviour.event_set import EventSet


def count_transitions(events: EventSet) -> dict[tuple[str, str], int]:
    """For each pair of events, how often the second is an entity's next event after the first.

    Pairs that never came are left out. An event without a name breaks the chain: nothing is known of what came between.
    """
    if events.row_count < 2:
        return {}
    is_last = np.zeros(events.row_count, np.bool_)
    is_last[events.starts[1:] - 1] = True
    before, after = events.codes[:-1].astype(np.int64), events.codes[1:].astype(np.int64)
    is_pair = ~is_last[:-1] & (before >= 0) & (after >= 0)
    kinds = len(events.events)
    pairs, counts = np.unique(before[is_pair] * kinds + after[is_pair], return_counts=True)
    return {
        (events.events[pair // kinds], events.events[pair % kinds]): int(count)
        for pair, count in zip(pairs.tolist(), counts, strict=True)
    }
