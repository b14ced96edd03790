"""Who begins, what counts as one, what is of one moment, and whose value splits: each against nested loops."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.behaviour import Attribution, Entry, FunnelSpec, Order, compute_funnel, walk_funnel
from tests.behaviour.logs import Row, counted, counts, event_set, one_log, spec
from tests.behaviour.oracle import find_outcome

logs = st.lists(
    st.tuples(st.sampled_from("uv"), st.integers(0, 12), st.sampled_from(["a", "a", "b", "b", "c", "x", None])),
    max_size=11,
)
kinds = st.lists(st.sampled_from(["p", "q", None]), min_size=11, max_size=11)
orders = st.sampled_from(list(Order))
windows = st.sampled_from([0, 2, 5, None])
Log = list[tuple[int, str | None]]


def by_entity(rows: list[Row]) -> dict[str, list[int]]:
    """The places of each entity's rows, in the order of the file."""
    found = defaultdict(list)
    for place, (entity, _, _) in enumerate(rows):
        found[entity].append(place)
    return found


def levels_of(logs: list[Log], asked: FunnelSpec) -> list[int]:
    levels = [find_outcome(log, asked).level for log in logs]
    return [sum(level > step for level in levels) for step in range(len(asked.steps))]


@settings(max_examples=80, deadline=None)
@given(rows=logs, order=orders, window=windows, steps=st.sampled_from(["a,b,c", "a|b,c"]), gap=st.integers(0, 4))
def test_sessions_are_counted_as_if_each_were_an_entity(
    rows: list[Row], order: Order, window: int | None, steps: str, gap: int
) -> None:
    sessions: list[Log] = []
    for places in by_entity(rows).values():
        log = sorted(((rows[place][1], place, rows[place][2]) for place in places), key=lambda one: one[:2])
        for at, (second, _, event) in enumerate(log):
            if at == 0 or second - log[at - 1][0] > gap:
                sessions.append([])
            sessions[-1].append((second, event))
    asked = spec(steps, window, order=order)
    expected = levels_of(sessions, asked)
    for has_times in (False, True):
        each = replace(asked, session_gap=dt.timedelta(seconds=gap), has_times=has_times)
        assert counted(rows, each) == expected
    # Of an entity, the walk tells its best session.
    walk = walk_funnel(event_set(rows), each)
    assert [int((walk.levels > step).sum()) for step in range(len(asked.steps))] <= expected


@settings(max_examples=80, deadline=None)
@given(
    rows=logs, order=st.sampled_from([Order.ORDERED, Order.STRICT, Order.ANCHORED]), window=windows,
    steps=st.sampled_from(["a,b,c", "a|b,c", "a,a,b"]),
)  # fmt: skip
def test_only_the_first_first_step_may_begin(rows: list[Row], order: Order, window: int | None, steps: str) -> None:
    asked = spec(steps, window, order=order)
    expected = [0] * len(asked.steps)
    for places in by_entity(rows).values():
        log: Log = [rows[place][1:] for place in places]
        starts = [at for at, (_, event) in enumerate(log) if event in asked.steps[0].events]
        if not starts:
            continue
        one = min(starts, key=lambda at: (log[at][0], at))
        # The others serve the later steps only: they are called by another name, as capital letters.
        again = {at: (log[at][1] or "").upper() for at in starts if at != one}
        named = [(second, again.get(at, event)) for at, (second, event) in enumerate(log)]
        later = tuple(
            replace(step, events=tuple(one.upper() if one in asked.steps[0].events else one for one in step.events))
            for step in asked.steps[1:]
        )
        level = find_outcome(named, replace(asked, steps=(asked.steps[0], *later))).level
        expected = [count + (level > step) for step, count in enumerate(expected)]
    assert counted(rows, replace(asked, entry=Entry.FIRST)) == expected


def test_a_second_start_converts_unless_the_first_one_alone_may() -> None:
    rows = one_log("a          ab")
    assert counted(rows, spec("a,b", 5)) == [1, 1]
    assert counted(rows, replace(spec("a,b", 5), entry=Entry.FIRST)) == [1, 0]


@settings(max_examples=60, deadline=None)
@given(rows=logs, order=orders, window=windows, grace=st.integers(0, 3))
def test_events_within_the_grace_of_a_moment_are_of_that_moment(
    rows: list[Row], order: Order, window: int | None, grace: int
) -> None:
    merged: list[Log] = []
    for places in by_entity(rows).values():
        log = sorted(((rows[place][1], place, rows[place][2]) for place in places), key=lambda one: one[:2])
        opened, moved = log[0][0], []
        for second, _, event in log:
            opened = second if second - opened > grace else opened
            moved.append((opened, event))
        merged.append(moved)
    asked = spec("a,b,c", window, order=order)
    assert counted(rows, replace(asked, grace=dt.timedelta(seconds=grace))) == levels_of(merged, asked)


def test_a_step_that_the_clock_put_a_little_too_early_counts_within_the_grace() -> None:
    rows: list[Row] = [("u", 10, "b"), ("u", 11, "a")]
    assert counted(rows, spec("a,b")) == [1, 0]
    assert counted(rows, replace(spec("a,b"), grace=dt.timedelta(seconds=1))) == [1, 1]


@settings(max_examples=150, deadline=None)
@given(
    rows=logs, kinds=kinds, order=orders, window=windows, steps=st.sampled_from(["a,b,c", "a,b,a", "a|b,c"]),
    attribution=st.sampled_from(list(Attribution)), chosen=st.integers(0, 1), entry=st.sampled_from(list(Entry)),
)  # fmt: skip
def test_a_split_is_by_the_value_at_the_step_asked_for(
    rows: list[Row], kinds: list[str | None], order: Order, window: int | None, steps: str, attribution: Attribution,
    chosen: int, entry: Entry,
) -> None:  # fmt: skip
    entry = Entry.EVERY if order is Order.ANY or steps == "a,b,a" else entry
    asked = replace(
        spec(steps, window, order=order, breakdown="kind"), attribution=attribution, attributed_step=chosen, entry=entry
    )
    expected: dict[str, list[int]] = {}
    for places in by_entity(rows).values():
        log: Log = [rows[place][1:] for place in places]
        if entry is Entry.FIRST:
            starts = sorted(
                (at for at, (_, event) in enumerate(log) if event in asked.steps[0].events),
                key=lambda at: (log[at][0], at),
            )
            log = [(second, "later" if at in starts[1:] else event) for at, (second, event) in enumerate(log)]
        outcome = find_outcome(log, asked)
        values = [kinds[places[row]] for row in outcome.rows]
        if not values:
            continue
        level, value = outcome.level, kinds[places[outcome.first_row or 0]]
        if attribution is Attribution.LAST:
            value = values[-1]
        elif attribution is Attribution.STEP:
            value = values[chosen] if chosen < level else None
        elif attribution is Attribution.ALL:
            value = values[0]
            level = next((at for at, one in enumerate(values) if one != value), level)
        reached = expected.setdefault(value or "(none)", [0] * len(asked.steps))
        for step in range(level):
            reached[step] += 1
    events = event_set(rows, kinds[: len(rows)])
    if events.properties["kind"].by_entity is None:
        found = compute_funnel(events, asked)
        assert {one.label: [step.count for step in one.steps] for one in found.segments} == expected
        assert counts(found) == counts(compute_funnel(events, replace(asked, breakdown=None)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"entry": Entry.FIRST, "order": Order.ANY}, "which step comes first"),
        ({"entry": Entry.FIRST, "counts_attempts": True}, "Either attempts"),
        ({"session_gap": dt.timedelta(0), "counts_attempts": True}, "Either attempts"),
        ({"session_gap": dt.timedelta(-1)}, "can be negative"),
        ({"grace": dt.timedelta(-1)}, "can be negative"),
        ({"attributed_step": 3}, "one of 3 steps"),
        ({"attribution": Attribution.LAST, "held": ("k",)}, "at the first step"),
        ({"attribution": Attribution.LAST, "limits": (None, dt.timedelta(0), None)}, "at the first step"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        replace(spec("a,b,c"), **changed)  # type: ignore[arg-type]
