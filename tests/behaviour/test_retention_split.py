"""A split retention table against a count by sets, and against a cohort's own share."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.behaviour import EventSet, Period, RetentionSpec, compute_retention, find_visits, period_edges
from metrics.behaviour.retention_split import split_retention
from tests.behaviour.logs import event_set

DAY = 86_400
Log = list[tuple[str, int, str, str | None]]


def events_of(log: Log) -> EventSet:
    return event_set([row[:3] for row in log], [row[3] for row in log])


@settings(max_examples=80, deadline=None)
@given(
    log=st.lists(
        st.tuples(
            st.sampled_from("uvwxyz"), st.integers(0, 6 * DAY), st.sampled_from("ab"), st.sampled_from(["p", "q", None])
        ),
        min_size=1,
        max_size=40,
    )
)
def test_each_value_counts_who_started_with_it_over_the_cohorts_that_are_through(log: Log) -> None:
    log = sorted({(who, at): (who, at, what, plan) for who, at, what, plan in log}.values(), key=lambda row: row[:2])
    events = events_of(log)
    spec = RetentionSpec(start=("a",), returns=("b",), period=Period.DAY, periods=4)
    edges, cohorts = period_edges(events, spec), compute_retention(events, spec).cohorts
    visits = find_visits(events, spec, edges)
    found = split_retention(visits, edges, cohorts, events.properties["kind"], columns=4, top=9, period=None)
    last = max(row[1] for row in log)
    starts = {who: (at, plan) for who, at, what, plan in reversed(log) if what == "a"}
    expected = {}
    for label in {plan for _, plan in starts.values()}:
        own = {who: at for who, (at, plan) in starts.items() if plan == label}
        through = [[who for who, at in own.items() if (at // DAY + k + 1) * DAY <= last] for k in range(4)]
        came = [
            sum(
                any(w == who and what == "b" and at >= own[who] and at // DAY == own[who] // DAY + k
                    for w, at, what, _ in log)
                for who in through[k]
            )
            for k in range(4)
        ]  # fmt: skip
        expected[label or "(none)"] = (len(own), tuple(map(len, through)), tuple(came))
    assert {row.label: (row.size, row.sizes, row.counts) for row in found.rows} == expected
    for number, row in enumerate(found.rows):
        assert [int(found.entries(visits, number, k).sum()) for k in range(4)] == list(row.counts)


def test_a_value_that_keeps_fewer_is_beyond_chance_and_the_rest_stand_together() -> None:
    # Of 40 on plan p 10 come back the next day, of 40 on q 30, and of 2 others nobody.
    log: Log = []
    for number in range(82):
        plan = "p" if number < 40 else "q" if number < 80 else f"rare{number}"
        comes = number < 10 or 40 <= number < 70
        log += [(f"e{number}", 60, "a", plan)] + ([(f"e{number}", DAY + 60, "b", plan)] if comes else [])
    log.append(("late", 3 * DAY, "b", None))
    events = events_of(log)
    spec = RetentionSpec(start=("a",), returns=("b",), period=Period.DAY, periods=2)
    edges, cohorts = period_edges(events, spec), compute_retention(events, spec).cohorts
    visits = find_visits(events, spec, edges)
    found = split_retention(visits, edges, cohorts, events.properties["kind"], columns=2, top=2, period=1)
    assert [(row.label, row.size, row.share(1)) for row in found.rows] == [
        ("p", 40, 0.25), ("q", 40, 0.75), ("(other)", 2, 0.0),
    ]  # fmt: skip
    first, second, others = found.rows
    assert first.difference is not None
    # 10 of 40 against 30 of 42: a difference of -0.464.
    assert np.isclose(first.difference.gap, 10 / 40 - 30 / 42)
    assert first.difference.p_value < 0.001
    assert second.difference is not None
    assert others.difference is None
