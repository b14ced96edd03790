"""Counts who comes back in the periods after a first start. The rules are stated in docs/counting.md."""

import numpy as np
import numpy.typing as npt

from core.errors import LimitError
from metrics.behaviour.calendar_periods import PeriodEdges, build_edges, label_of
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.result import Cohort, RetentionResult
from metrics.behaviour.scan import scan_entities
from metrics.behaviour.spec import UTC, Mode, RetentionSpec

Integers = npt.NDArray[np.int64]

_MOST_CELLS = 20_000_000
_DAY = 86_400_000_000


def compute_retention(events: EventSet, spec: RetentionSpec) -> RetentionResult:
    """The cohorts of a set of events, by one scan of it. Raises LimitError when the times lie too far apart.

    Dates without a clock are days of whatever zone is asked for. An unknown event counts nothing; a note names it.
    """
    named = [*(spec.start or ()), *(spec.returns or ())]
    notes = (*events.dropped_notes(), *events.unknown_notes(named))
    if events.row_count == 0:
        return RetentionResult(period=spec.period, cohorts=(), notes=notes)
    # Each entity's rows are in order of time, so its first and last are enough.
    earliest = int(events.times[events.starts[:-1]].min())
    latest = int(events.times[events.starts[1:] - 1].max())
    edges = build_edges(
        earliest,
        latest,
        period=spec.period,
        beyond=spec.periods,
        zone=UTC if events.is_dated else spec.zone,
        week_start=spec.week_start,
    )
    sizes, counts = _count(events, spec, edges)
    # The last day of dates without a clock is known to its end.
    observed = latest + _DAY if events.is_dated else latest
    cohorts = tuple(
        _cohort(int(number), int(sizes[number]), counts[number], edges, latest, observed, spec)
        for number in np.flatnonzero(sizes)
    )
    return RetentionResult(period=spec.period, cohorts=cohorts, notes=notes)


def _count(events: EventSet, spec: RetentionSpec, edges: PeriodEdges) -> tuple[Integers, Integers]:
    from metrics.behaviour.kernels import return_visits

    rows = len(edges.days)
    if rows * spec.periods > _MOST_CELLS:
        raise LimitError(
            f"{rows:,} cohorts of {spec.periods} periods are too many cells. Ask for fewer periods or longer ones."
        )
    roles = np.zeros(len(events.events) + 1, np.int32)
    for names, role in ((spec.start, return_visits.START), (spec.returns, return_visits.RETURN)):
        if names is None:
            roles |= role
        else:
            roles[[code + 1 for code in events.codes_of(names)]] |= role

    mode = return_visits.BOUNDED if spec.mode is Mode.BOUNDED else return_visits.UNBOUNDED

    def scan(first: int, last: int) -> tuple[Integers, Integers]:
        sizes, counts = np.zeros(rows, np.int64), np.zeros((rows, spec.periods), np.int64)
        return_visits.count_returns(
            events.starts, events.times, events.codes, roles, edges.moments, spec.periods,
            mode, first, last, sizes, counts,
        )  # fmt: skip
        return sizes, counts

    parts = scan_entities(events, scan)
    sizes, counts = parts[0]
    for more_sizes, more_counts in parts[1:]:
        sizes += more_sizes
        counts += more_counts
    if spec.mode is Mode.UNBOUNDED:
        counts = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    return sizes, counts


def _cohort(
    number: int, size: int, counts: Integers, edges: PeriodEdges, latest: int, observed: int, spec: RetentionSpec
) -> Cohort:
    begins = edges.moments[number : number + spec.periods + 1]
    return Cohort(
        begins=edges.days[number],
        label=label_of(edges.days[number], spec.period),
        size=size,
        counts=tuple(int(count) if begin <= latest else None for count, begin in zip(counts, begins[:-1], strict=True)),
        complete=int((begins[1:] <= observed).sum()),
    )
