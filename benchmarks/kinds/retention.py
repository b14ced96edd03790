"""Weekly retention over 10 M events against ClickHouse `uniqExact` through chdb, counts identical.

What is at rest on either side is said in `funnel`.
"""

import datetime as dt
import tempfile
from pathlib import Path

from benchmarks.kinds.funnel import Peer, Rows, make_events, measure, start_peer
from benchmarks.outcome import Bar, Outcome
from metrics.behaviour import (
    EventSet,
    Mode,
    Period,
    RetentionSpec,
    build_event_set,
    compute_retention,
    warm_kernels,
)

KIND = "retention"
_PERIODS = 12
_EPOCH = dt.date(1970, 1, 1)
# One pass over the events of each entity, which ClickHouse answers faster than a join with the first starts.
_BOUNDED = f"""
SELECT cohort, k, uniqExact(entity) FROM (
    SELECT entity, cohort, arrayJoin(arrayDistinct(arrayMap(
        t -> intDiv(toInt32(toMonday(t, 'UTC')) - cohort, 7), arrayFilter(t -> t >= first, returns)))) AS k
    FROM (
        SELECT entity, minIf(time, event = 0) AS first, toInt32(toMonday(first, 'UTC')) AS cohort,
            groupArrayIf(time, event = 1) AS returns
        FROM events WHERE event < 2 GROUP BY entity HAVING countIf(event = 0) > 0)
) WHERE k < {_PERIODS} GROUP BY cohort, k
"""  # noqa: S608
_UNBOUNDED = f"""
SELECT cohort, k, uniqExact(entity) FROM (
    SELECT entity, cohort, arrayJoin(range(toUInt32(least({_PERIODS}, intDiv(last - cohort, 7) + 1)))) AS k
    FROM (
        SELECT entity, minIf(time, event = 0) AS first, toInt32(toMonday(first, 'UTC')) AS cohort,
            maxIf(time, event = 1) AS latest, toInt32(toMonday(latest, 'UTC')) AS last
        FROM events WHERE event < 2 GROUP BY entity HAVING countIf(event = 0) > 0 AND latest >= first)
) GROUP BY cohort, k
"""  # noqa: S608


def run() -> Outcome:
    """Bounded and unbounded, A B A B in one process, over tables sorted alike."""
    table = make_events()
    warm_kernels()
    events = build_event_set(table, entity="entity", time="time", event="event", is_indexed=True)
    samples: dict[str, list[float]] = {}
    bars = []
    with tempfile.TemporaryDirectory() as folder:
        peer: Peer | None = start_peer(table, Path(folder))
        for mode, query in ((Mode.BOUNDED, _BOUNDED), (Mode.UNBOUNDED, _UNBOUNDED)):
            name = f"retention {mode}"
            pair = measure(lambda mode=mode: _ours(events, mode), peer, query, f"plumbline {name}", f"chdb {name}")  # type: ignore[misc]
            samples |= pair.samples
            bars.append(Bar(name=name, ratio=pair.ratio, most=0.2))
        if peer is not None:
            _check_function(events, peer)
    return Outcome(samples=samples, bars=tuple(bars))


def _check_function(events: EventSet, peer: Peer) -> None:
    """ClickHouse's `retention`: who started in a week at all, and came back in each of the weeks after it.

    Raises AssertionError where the counts differ.
    """
    asked = RetentionSpec(
        start=("s0",), returns=("s1",), period=Period.WEEK, periods=_PERIODS, is_recurring=True
    )  # fmt: skip
    cohorts = compute_retention(events, asked).cohorts
    for cohort in (cohorts[0], cohorts[4]):
        monday = (cohort.begins - _EPOCH).days
        conditions = ", ".join(
            f"event = {min(1, week)} AND toInt32(toMonday(time, 'UTC')) = {monday + 7 * week}"
            for week in range(_PERIODS)
        )
        sums = ", ".join(f"sum(r[{week}])" for week in range(1, _PERIODS + 1))
        query = f"SELECT {sums} FROM (SELECT retention({conditions}) AS r FROM events GROUP BY entity)"  # noqa: S608
        found = [(cohort.size, *(count or 0 for count in cohort.counts[1:]))]
        expected = peer.ask(query)
        assert found == expected, f"retention of {cohort.label}: {found} is not {expected}"


def _ours(events: EventSet, mode: Mode) -> Rows:
    asked = RetentionSpec(start=("s0",), returns=("s1",), period=Period.WEEK, periods=_PERIODS, mode=mode)
    return sorted(
        ((cohort.begins - _EPOCH).days, period, count)
        for cohort in compute_retention(events, asked).cohorts
        for period, count in enumerate(cohort.counts)
        if count
    )
