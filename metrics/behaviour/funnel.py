"""Counts how many entities get how far through the steps of a funnel. The rules are stated in docs/counting.md."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.column_file import require_column
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.indexed_funnel import count_indexed
from metrics.behaviour.interval import wilson_interval
from metrics.behaviour.result import FunnelResult, Segment, StepCount
from metrics.behaviour.scan import scan_groups
from metrics.behaviour.spec import Exclusion, FunnelSpec, Order

Integers = npt.NDArray[np.int64]

NO_VALUE = "(none)"
OTHER_VALUES = "(other)"
# Longer than any two times are apart, and still far from the end of 64 bits.
_UNLIMITED = 1 << 62
_MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Walk:
    """For each entity: the steps reached (-1 taken out), the row that began the chain, times in microseconds."""

    levels: npt.NDArray[np.int8]
    anchors: Integers
    since_first: Integers
    since_previous: Integers


def compute_funnel(events: EventSet, spec: FunnelSpec) -> FunnelResult:
    """The funnel of a set of events, by one scan of it. Raises InvalidError for an unknown breakdown column.

    A step that no event serves counts 0, and a note names it.
    """
    if spec.breakdown is not None:
        require_column(spec.breakdown, events.properties)
    named = [name for step in spec.steps for name in step.events]
    notes = (*events.dropped_notes(), *events.unknown_notes([*named, *spec.excluded]))
    table = count_indexed(events, spec, _window(spec))
    if table is not None:
        segments = () if spec.breakdown is None else _labelled(events, spec, table)
        steps = _step_counts(spec, [int(count) for count in table.sum(axis=0)], None)
        return FunnelResult(steps=steps, segments=segments, dropped=0, notes=notes)
    walk = _walk(events, spec)
    reached = _reached(np.bincount(walk.levels + 1, minlength=len(spec.steps) + 2)[1:])
    steps = _step_counts(spec, reached, walk if spec.has_times else None)
    segments = _segments(events, spec, walk) if spec.breakdown is not None else ()
    return FunnelResult(
        steps=steps,
        segments=segments,
        dropped=int((walk.levels < 0).sum()),
        notes=notes,
    )


def _walk(events: EventSet, spec: FunnelSpec) -> _Walk:
    from metrics.behaviour.kernels import chain, plain_chain

    orders = {Order.ORDERED: chain.ORDERED, Order.STRICT: chain.STRICT, Order.ANY: chain.ANY}
    exclusion = chain.DROP if spec.exclusion is Exclusion.DROP else chain.STOP
    window, steps = _window(spec), len(spec.steps)
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
    walk = _Walk(
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


def _window(spec: FunnelSpec) -> int:
    """The conversion window in microseconds."""
    if spec.window is None:
        return _UNLIMITED
    seconds = spec.window.days * 86_400 + spec.window.seconds
    return min(_UNLIMITED, seconds * 10**6 + spec.window.microseconds)


def _reached(levels: Integers) -> list[int]:
    """How many reached each step, from how many stopped at each level (0 is none)."""
    return [int(count) for count in levels[::-1].cumsum()[::-1][1:]]


def _step_counts(spec: FunnelSpec, reached: Sequence[int], walk: _Walk | None) -> tuple[StepCount, ...]:
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


def _times(walk: _Walk | None, spec: FunnelSpec, number: int) -> tuple[float | None, ...]:
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


def _segments(events: EventSet, spec: FunnelSpec, walk: _Walk) -> tuple[Segment, ...]:
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
