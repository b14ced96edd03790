"""Counts how many entities get how far through the steps of a funnel. The rules are stated in docs/counting.md."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from core.column_file import require_column
from metrics.behaviour.event_set import EventSet, lost_notes, unknown_notes
from metrics.behaviour.funnel_part import Counts, FunnelPart, count_part, counted_events, part_of_walk
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.interval import wilson_interval
from metrics.behaviour.result import FunnelResult, Segment, StepCount
from metrics.behaviour.spec import FunnelSpec
from metrics.behaviour.walk import walk_funnel

NO_VALUE = "(none)"
OTHER_VALUES = "(other)"
_MICROSECOND = 1e-6


def compute_funnel(events: EventSet, spec: FunnelSpec) -> FunnelResult:
    """The funnel of a set of events, by one scan of it. Raises InvalidError for an unknown column.

    A step that no event serves counts 0, and a note names it.
    """
    if spec.has_times and not spec.counts_attempts:
        for name in (*((spec.breakdown,) if spec.breakdown else ()), *spec.held):
            require_column(name, events.properties)
        events, spec = counted_events(events, spec)
        return count_walk(events, spec, walk_funnel(events, spec))
    return result_of(count_part(events, spec), spec)


def count_walk(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> FunnelResult:
    """The funnel of entities that were walked already."""
    return result_of(part_of_walk(events, spec, walk), spec, walk if spec.has_times else None)


def result_of(part: FunnelPart, spec: FunnelSpec, walk: FunnelWalk | None = None) -> FunnelResult:
    """The funnel that a part counts; times are known from a walk of all its entities alone."""
    named = [*(name for step in spec.steps for name in step.events), *spec.excluded]
    return FunnelResult(
        steps=_step_counts(spec, part.reached, walk),
        segments=_segments(spec, part.by),
        dropped=part.dropped,
        notes=(*lost_notes(part.lost_entities, part.lost_times), *unknown_notes(named, sorted(part.events))),
    )


def _step_counts(spec: FunnelSpec, reached: Sequence[int], walk: FunnelWalk | None) -> tuple[StepCount, ...]:
    steps = []
    for number, (step, count) in enumerate(zip(spec.steps, reached, strict=True)):
        before = reached[max(0, number - 1)]
        median_s, p90_s, step_median_s, step_p90_s = _times(walk, spec, number)
        steps.append(
            StepCount(
                name=step.name,
                count=count,
                rate=count / reached[0] if reached[0] else None,
                step_rate=count / before if before else None,
                interval=wilson_interval(count, reached[0]),
                step_interval=wilson_interval(count, before),
                median_s=median_s,
                p90_s=p90_s,
                step_median_s=step_median_s,
                step_p90_s=step_p90_s,
            )
        )
    return tuple(steps)


def _times(walk: FunnelWalk | None, spec: FunnelSpec, number: int) -> tuple[float | None, ...]:
    """Median and 90th percentile since the first step and since the step before, in seconds."""
    if walk is None:
        return (None,) * 4
    found: list[float | None] = []
    is_taken = walk.levels > number
    for times in (walk.since_first, walk.since_previous):
        # In any order there is no step before: the steps come as they come.
        if not is_taken.any() or (times is walk.since_previous and not spec.has_order_within):
            found += [None, None]
        else:
            found += [float(value) for value in np.quantile(times[is_taken, number], (0.5, 0.9)) * _MICROSECOND]
    return tuple(found)


def _segments(spec: FunnelSpec, by: Mapping[str | None, Counts]) -> tuple[Segment, ...]:
    """A funnel for each of the values with the most entities, and one for the rest."""
    labels = [label for label in by if label is not None]
    nameless = free_label(NO_VALUE, labels)
    named = {nameless if label is None else label: counts for label, counts in by.items()}
    ranked = sorted(named.items(), key=lambda one: (-one[1][0], one[0]))
    shown = ranked[: spec.top]
    if len(ranked) > spec.top:
        rest = [counts for _, counts in ranked[spec.top :]]
        shown.append((free_label(OTHER_VALUES, [*labels, nameless]), tuple(map(sum, zip(*rest, strict=True)))))
    return tuple(Segment(label=label, steps=_step_counts(spec, counts, None)) for label, counts in shown)


def free_label(label: str, taken: Collection[str]) -> str:
    """The label, in more brackets while a value of the data has the same name."""
    while label in taken:
        label = f"({label})"
    return label
