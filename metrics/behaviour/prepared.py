"""Options of a funnel that change which events there are for a walk: a grace in time, and who may begin."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_set import MOST_SMALL_CODES, EventSet
from metrics.behaviour.spec import Entry, FunnelSpec, Step
from metrics.behaviour.window import to_us

Integers = npt.NDArray[np.int64]

# No event of any file is called so.
_AGAIN = "\0again"


def prepare(events: EventSet, spec: FunnelSpec) -> tuple[EventSet, FunnelSpec]:
    """The events as a walk without grace and with every entry needs them to find what the funnel asks for."""
    if spec.grace:
        events, spec = _with_moments(events, to_us(spec.grace)), replace(spec, grace=type(spec.grace)(0))
    if spec.entry is Entry.FIRST:
        return _with_one_start(events, spec)
    return events, spec


def _with_moments(events: EventSet, grace_us: int) -> EventSet:
    """Events up to so much later than the first one of a moment are of that moment; the next one begins another."""
    from metrics.behaviour.kernels.grouping import find_ties, merge_moments

    times = events.times.copy()
    merge_moments(events.starts, times, grace_us)
    has_ties = np.empty(events.entity_count, np.bool_)
    find_ties(events.starts, times, has_ties)
    return replace(events, times=times, has_ties=has_ties, index=None)


def _with_one_start(events: EventSet, spec: FunnelSpec) -> tuple[EventSet, FunnelSpec]:
    """Every first step but the first one of each entity gets another name, which serves the other steps alone.

    The first one never serves them: nothing came before it.
    """
    first, *others = spec.steps
    codes = events.codes_of(first.events)
    copies = {code: len(events.events) + number for number, code in enumerate(codes)}
    rows = np.flatnonzero(np.isin(events.codes, codes))
    owner = events.entity_of_rows()[rows]
    is_later = np.zeros(rows.size, np.bool_)
    is_later[1:] = owner[1:] == owner[:-1]
    renamed = events.codes.astype(np.int32)
    places = np.arange(len(events.events) + 1, dtype=np.int32)
    for code, copy in copies.items():
        places[code] = copy
    renamed[rows[is_later]] = places[renamed[rows[is_later]]]
    known = (*events.events, *(events.events[code] + _AGAIN for code in codes))
    again = [
        Step(name=step.name, events=tuple(one + _AGAIN if one in first.events else one for one in step.events))
        for step in others
    ]
    # As short as before where they may be: kernels are compiled for each length of codes.
    short = renamed.astype(np.int8) if len(known) <= MOST_SMALL_CODES else renamed
    return (
        replace(events, codes=short, events=known, index=None),
        replace(spec, steps=(first, *again), entry=Entry.EVERY),
    )
