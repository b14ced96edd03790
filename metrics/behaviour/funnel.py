"""Counts how many entities get how far through the steps of a funnel. The rules are stated in docs/counting.md."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.column_file import require_column
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.indexed_funnel import count_indexed
from metrics.behaviour.interval import wilson_interval
from metrics.behaviour.result import FunnelResult, Segment, StepCount
from metrics.behaviour.spec import FunnelSpec, Order
from metrics.behaviour.stated_order import stated_order, step_masks
from metrics.behaviour.walk import walk_funnel, window_us

Integers = npt.NDArray[np.int64]

NO_VALUE = "(none)"
OTHER_VALUES = "(other)"
_MICROSECOND = 1e-6


def compute_funnel(events: EventSet, spec: FunnelSpec) -> FunnelResult:
    """The funnel of a set of events, by one scan of it. Raises InvalidError for an unknown breakdown column.

    A step that no event serves counts 0, and a note names it.
    """
    if spec.breakdown is not None:
        require_column(spec.breakdown, events.properties)
    for name in spec.held:
        require_column(name, events.properties)
    if spec.counts_attempts:
        return _attempts(events, spec)
    table = count_indexed(events, spec, window_us(spec))
    if table is not None:
        segments = () if spec.breakdown is None else _labelled(events, spec, table)
        steps = _step_counts(spec, [int(count) for count in table.sum(axis=0)], None)
        return FunnelResult(steps=steps, segments=segments, dropped=0, notes=_notes(events, spec))
    return count_walk(events, spec, walk_funnel(events, spec))


def _attempts(events: EventSet, spec: FunnelSpec) -> FunnelResult:
    """Every attempt, where one begins anew after its last step or its window."""
    from metrics.behaviour.kernels.spaced_chain import count_attempts

    masks = step_masks(events, spec)
    order = stated_order(events, masks)
    reached = np.zeros(len(spec.steps), np.int64)
    count_attempts(events.starts, events.times[order], masks[order], len(spec.steps), window_us(spec), reached)
    steps = _step_counts(spec, [int(count) for count in reached], None)
    return FunnelResult(steps=steps, segments=(), dropped=0, notes=_notes(events, spec))


def count_walk(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> FunnelResult:
    """The funnel of entities that were walked already."""
    reached = _reached(np.bincount(walk.levels + 1, minlength=len(spec.steps) + 2)[1:])
    steps = _step_counts(spec, reached, walk if spec.has_times else None)
    segments = _segments(events, spec, walk) if spec.breakdown is not None else ()
    return FunnelResult(
        steps=steps,
        segments=segments,
        dropped=int((walk.levels < 0).sum()),
        notes=_notes(events, spec),
    )


def _notes(events: EventSet, spec: FunnelSpec) -> tuple[str, ...]:
    named = [name for step in spec.steps for name in step.events]
    return (*events.dropped_notes(), *events.unknown_notes([*named, *spec.excluded]))


def _reached(levels: Integers) -> list[int]:
    """How many reached each step, from how many stopped at each level (0 is none)."""
    return [int(count) for count in levels[::-1].cumsum()[::-1][1:]]


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
        if not is_taken.any() or (times is walk.since_previous and spec.order is Order.ANY):
            found += [None, None]
        else:
            found += [float(value) for value in np.quantile(times[is_taken, number], (0.5, 0.9)) * _MICROSECOND]
    return tuple(found)


def _segments(events: EventSet, spec: FunnelSpec, walk: FunnelWalk) -> tuple[Segment, ...]:
    """A funnel for each of the most frequent values at the first step of the chain, and one for the rest."""
    from metrics.behaviour.kernels.plain_chain import tabulate

    column = events.properties[spec.breakdown or ""]
    # The places from the end hold what has no value, and entities that were taken out.
    table = np.zeros((len(column.labels) + 1, len(spec.steps) + 2), np.int64)
    values = column.codes[walk.anchors] if column.by_entity is None else column.by_entity
    tabulate(values, walk.levels, table)
    return _labelled(events, spec, table[:, -2:0:-1].cumsum(axis=1)[:, ::-1])


def _labelled(events: EventSet, spec: FunnelSpec, table: Integers) -> tuple[Segment, ...]:
    """Segments from how many reached each step, a row for each value and the last for none."""
    labels = list(events.properties[spec.breakdown or ""].labels)
    named = [*labels, _free_label(NO_VALUE, labels)]
    sizes = table[:, 0]
    ranked = sorted((row for row in range(len(named)) if sizes[row]), key=lambda row: (-sizes[row], named[row]))
    shown = [(named[row], table[row]) for row in ranked[: spec.top]]
    if len(ranked) > spec.top:
        shown.append((_free_label(OTHER_VALUES, named), table[ranked[spec.top :]].sum(axis=0)))
    return tuple(
        Segment(label=label, steps=_step_counts(spec, [int(count) for count in row], None)) for label, row in shown
    )


def _free_label(label: str, taken: Sequence[str]) -> str:
    """The label, in more brackets while a value of the data has the same name."""
    while label in taken:
        label = f"({label})"
    return label
