"""Counts who comes back in the periods after a first start. The rules are stated in docs/counting.md."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.errors import LimitError
from metrics.behaviour.calendar_periods import PeriodEdges, build_edges, label_of
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.result import Cohort, RetentionResult
from metrics.behaviour.scan import scan_groups
from metrics.behaviour.spec import UTC, Mode, RetentionSpec
from metrics.behaviour.visits import LENGTHS, find_visits

Integers = npt.NDArray[np.int64]
Counter = Callable[[int, int, Integers, Integers], None]

_MOST_CELLS = 20_000_000
_STRETCHES = 1 << 14
_DAY = 86_400_000_000


def compute_retention(events: EventSet, spec: RetentionSpec, *, until: int | None = None) -> RetentionResult:
    """The cohorts of a set of events, by one scan of it. Raises LimitError when the times lie too far apart.

    Dates without a clock are days of whatever zone is asked for. An unknown event counts nothing; a note names it.
    `until` is the moment (in microseconds since 1970) up to which there would be events, where the last one was before.
    """
    named = [*(spec.start or ()), *(spec.returns or ())]
    notes = (*events.dropped_notes(), *events.unknown_notes(named))
    if events.row_count == 0:
        return RetentionResult(period=spec.period, cohorts=(), notes=notes)
    edges = period_edges(events, spec, until)
    latest = latest_of(events, until)
    sizes, counts = count_cells(events, spec, edges)
    return result_of_counts(sizes, counts, edges, latest, spec, is_dated=events.is_dated, notes=notes)


def count_cells(events: EventSet, spec: RetentionSpec, edges: PeriodEdges) -> tuple[Integers, Integers]:
    """The entries of each cohort, and how many of them count in each column, in the periods of `edges`.

    Those of several sets without an entity in common add up, where the edges are the same.
    """
    if events.row_count == 0:
        return np.zeros(len(edges.days), np.int64), np.zeros((len(edges.days), spec.columns), np.int64)
    if spec.is_plain:
        return _count(events, spec, edges)
    return find_visits(events, spec, edges).count(len(edges.days), spec.columns)


def result_of_counts(
    sizes: Integers, counts: Integers, edges: PeriodEdges, latest: int, spec: RetentionSpec, *,
    is_dated: bool = False, notes: tuple[str, ...] = (),
) -> RetentionResult:  # fmt: skip
    """The table of counted cells; `latest` is the last event, in microseconds since 1970 (UTC)."""
    # The last day of dates without a clock is known to its end.
    observed = latest + _DAY if is_dated else latest
    cohorts = tuple(
        _cohort(int(number), int(sizes[number]), counts[number], edges, latest, observed, spec)
        for number in np.flatnonzero(sizes)
    )
    return RetentionResult(period=spec.period, cohorts=cohorts, notes=notes)


def period_edges(events: EventSet, spec: RetentionSpec, until: int | None = None) -> PeriodEdges:
    """The periods from that of the first event on; a cohort is a place among them. Not for a set without events."""
    # Each entity's rows are in order of time, so its first and last are enough.
    return build_edges(
        int(events.times[events.starts[:-1]].min()),
        latest_of(events, until),
        period=spec.period,
        beyond=spec.reach,
        zone=UTC if events.is_dated else spec.zone,
        week_start=spec.week_start,
    )


def latest_of(events: EventSet, until: int | None) -> int:
    """The last event, or the moment up to which there would be events where that is later. Not without events."""
    latest = int(events.times[events.starts[1:] - 1].max())
    return latest if until is None else max(latest, until)


def _count(events: EventSet, spec: RetentionSpec, edges: PeriodEdges) -> tuple[Integers, Integers]:
    rows = len(edges.days)
    if rows * spec.periods > _MOST_CELLS:
        raise LimitError(
            f"{rows:,} cohorts of {spec.periods} periods are too many cells. Ask for fewer periods or longer ones."
        )
    count = _indexed_counter(events, spec, edges) or _counter(events, spec, edges)
    # Each thread adds into arrays of its own, which the next range takes over.
    tables: list[tuple[Integers, Integers]] = []

    def scan(first: int, last: int) -> None:
        held = tables.pop() if tables else (np.zeros(rows, np.int64), np.zeros((rows, spec.periods + 1), np.int64))
        count(first, last, *held)
        tables.append(held)

    scan_groups(events.starts, scan)
    sizes = np.sum([table[0] for table in tables], axis=0)
    counts = np.sum([table[1] for table in tables], axis=0)[:, :-1]
    if spec.mode is Mode.UNBOUNDED:
        counts = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    return sizes, counts


def _counter(events: EventSet, spec: RetentionSpec, edges: PeriodEdges) -> Counter:
    """Counts by a scan of all events."""
    from metrics.behaviour.kernels import return_visits

    roles = np.zeros(len(events.events) + 1, np.int8)
    for names, role in ((spec.start, return_visits.START), (spec.returns, return_visits.RETURN)):
        if names is None:
            roles |= role
        else:
            roles[[code + 1 for code in events.codes_of(names)]] |= role
    mode = return_visits.BOUNDED if spec.mode is Mode.BOUNDED else return_visits.UNBOUNDED
    guesses, shift = _guesses(edges.moments, int(events.times[events.starts[1:] - 1].max()))
    longest = int(np.diff(events.starts).max())

    def count(first: int, last: int, sizes: Integers, counts: Integers) -> None:
        return_visits.count_returns(
            events.starts, events.times, events.codes, roles, edges.moments, guesses, shift, spec.periods,
            mode, longest, first, last, sizes, counts,
        )  # fmt: skip

    return count


def _indexed_counter(events: EventSet, spec: RetentionSpec, edges: PeriodEdges) -> Counter | None:
    """Counts from the index; None without one, or when a side is no single event of the data."""
    from metrics.behaviour.kernels import indexed

    index = events.index
    codes = [events.codes_of(names) for names in (spec.start or (), spec.returns or ()) if len(names) == 1]
    if index is None or len(codes) < 2 or not all(codes):
        return None
    (start,), (back,) = codes
    mode = indexed.BOUNDED if spec.mode is Mode.BOUNDED else indexed.UNBOUNDED
    ticks = index.ticks(edges.moments)
    guesses, shift = _guesses(ticks, index.span)
    places = (index.places[start], index.places[start + 1], index.places[back], index.places[back + 1])

    def count(first: int, last: int, sizes: Integers, counts: Integers) -> None:
        indexed.count_indexed_returns(
            index.keys, *places, index.bits, ticks, guesses, shift, spec.periods, mode,
            first, last, sizes, counts,
        )  # fmt: skip

    return count


def _guesses(edges: Integers, latest: int) -> tuple[Integers, int]:
    """The period that each of some thousand stretches of time begins in, and the length of one as a power of two."""
    from metrics.behaviour.kernels.return_visits import build_guesses

    shift = int((latest - edges[0]) // _STRETCHES).bit_length()
    return build_guesses(edges, latest, shift), shift


def _cohort(
    number: int, size: int, counts: Integers, edges: PeriodEdges, latest: int, observed: int, spec: RetentionSpec
) -> Cohort:
    columns = range(spec.columns)
    if spec.is_rolling:
        # The last entity of a cohort starts just before the next one: only what it can have done by then is complete.
        length, first, after = LENGTHS[spec.period], edges.moments[number], edges.moments[number + 1]
        begins = [int(first) + spec.bounds_of(column)[0] * length for column in columns]
        ends = [int(after) + spec.bounds_of(column)[1] * length for column in columns]
    else:
        begins = [int(edges.moments[number + spec.bounds_of(column)[0]]) for column in columns]
        ends = [int(edges.moments[number + spec.bounds_of(column)[1]]) for column in columns]
    return Cohort(
        begins=edges.days[number],
        label=label_of(edges.days[number], spec.period),
        size=size,
        counts=tuple(int(count) if begin <= latest else None for count, begin in zip(counts, begins, strict=True)),
        complete=sum(end <= observed for end in ends),
    )
