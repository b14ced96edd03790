"""How often one event comes right after another: skipped and revisited stages stand off the diagonal next to it."""

from collections.abc import Collection

import numpy as np

from metrics.behaviour.event_set import EventSet, Integers


def entities_moving(events: EventSet, pairs: Collection[tuple[str, str]]) -> Integers:
    """The numbers of the entities that have one of these pairs: the second event came right after the first."""
    known = {name: code for code, name in enumerate(events.events)}
    is_moving = np.zeros(max(0, events.row_count - 1), np.bool_)
    for source, target in pairs:
        if source in known and target in known:
            is_moving |= (events.codes[:-1] == known[source]) & (events.codes[1:] == known[target])
    owner = events.entity_of_rows()
    return np.unique(owner[:-1][is_moving & (owner[:-1] == owner[1:])])


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
