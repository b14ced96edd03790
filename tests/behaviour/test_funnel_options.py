"""Options of funnels against nested loops: limits from step to step, attempts, held properties; trend, money."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportions_ztest

from core.errors import InvalidError
from metrics.behaviour import EventSet, Exclusion, FunnelSpec, Order, Period, build_event_set, compute_funnel
from metrics.behaviour.spec import MOST_HELD
from metrics.behaviour.trend import compare_funnels, count_money, count_trend
from metrics.behaviour.walk import walk_funnel
from tests.behaviour.logs import Row, counted, counts, event_set, one_log, spec
from tests.behaviour.oracle import find_outcome

logs = st.lists(
    st.tuples(st.sampled_from("uv"), st.integers(0, 8), st.sampled_from("abcx")), min_size=1, max_size=14
).map(lambda rows: [(entity, time, event) for entity, time, event in rows])
limits = st.tuples(*[st.sampled_from([None, 0, 1, 3])] * 2)
chosen = st.sampled_from(["a,b,c", "a,a,b", "a,b|c,c", "a,b,a"])


def ordered(rows: Sequence[Row], asked: FunnelSpec) -> dict[str, list[tuple[int, int, str | None]]]:
    """The events of each entity in the stated order: time, first step served, row of the file."""

    def rank(event: str | None) -> int:
        return next((number for number, step in enumerate(asked.steps) if event in step.events), -1)

    found: dict[str, list[tuple[int, int, str | None]]] = {}
    for place, (entity, time, event) in enumerate(rows):
        found.setdefault(entity, []).append((time, place, event))
    return {entity: sorted(log, key=lambda one: (one[0], rank(one[2]), one[1])) for entity, log in found.items()}


def deepest(log: list[tuple[int, int, str | None]], asked: FunnelSpec) -> int:
    """Every choice of events, one after the other, within the window and the limits; -1 where an exclusion says so."""
    window = float("inf") if asked.window is None else asked.window.total_seconds()
    is_stopping = asked.exclusion is Exclusion.STOP
    ends: list[int] = []

    def follow(place: int, step: int, start: int) -> int:
        if step == len(asked.steps):
            ends.append(place)
            return step
        best = step
        for later in range(place + 1, len(log)):
            if is_stopping and log[later][2] in asked.excluded:
                break
            gap = asked.limits[step] if asked.limits else None
            if log[later][2] not in asked.steps[step].events or log[later][0] - start > window:
                continue
            if gap is not None and log[later][0] - log[place][0] > gap.total_seconds():
                continue
            best = max(best, follow(later, step + 1, start))
        return best

    starts = [place for place, one in enumerate(log) if one[2] in asked.steps[0].events]
    level = max((follow(place, 1, log[place][0]) for place in starts), default=0)
    for place, (time, _, event) in enumerate(log[: min(ends, default=len(log))]):
        is_within = any(start < place and time - log[start][0] <= window for start in starts)
        if event in asked.excluded and not is_stopping and is_within:
            return -1
    return level


def seconds(limit: int | None) -> dt.timedelta | None:
    return None if limit is None else dt.timedelta(seconds=limit)


@settings(max_examples=100, deadline=None)
@given(
    rows=logs, steps=chosen, window=st.sampled_from([None, 2, 5]), gaps=limits,
    excluded=st.sampled_from([(), ("x",)]), exclusion=st.sampled_from(list(Exclusion)),
)  # fmt: skip
def test_limits_between_steps_equal_every_choice_of_events(
    rows: list[Row], steps: str, window: int | None, gaps: tuple[int | None, ...], excluded: tuple[str, ...],
    exclusion: Exclusion,
) -> None:  # fmt: skip
    asked = spec(steps, window, excluded=excluded, exclusion=exclusion)
    asked = replace(asked, limits=(None, *(seconds(one) for one in gaps)))
    levels = [deepest(log, asked) for log in ordered(rows, asked).values()]
    assert counted(rows, asked) == [sum(level > step for level in levels) for step in range(3)]


@settings(max_examples=60, deadline=None)
@given(rows=logs, window=st.sampled_from([None, 2, 5]))
def test_without_limits_the_slow_walk_counts_as_the_quick_one(rows: list[Row], window: int | None) -> None:
    plain = spec("a,b,c", window)
    far = replace(plain, limits=(None, dt.timedelta(days=1), dt.timedelta(days=1)))
    assert counts(compute_funnel(event_set(rows), plain)) == counts(compute_funnel(event_set(rows), far))


def test_a_later_event_of_a_step_may_be_near_enough_to_the_next() -> None:
    # b at 1 is too far from c at 5, b at 4 is not.
    asked = replace(spec("a,b,c", None), limits=(None, None, dt.timedelta(seconds=2)))
    assert counted(one_log("ab  bc"), asked) == [1, 1, 1]
    assert counted(one_log("ab   c"), asked) == [1, 1, 0]


def test_limits_over_very_many_events_of_one_entity_look_back_only_once() -> None:
    far = dt.timedelta(days=365)
    asked = replace(spec("a,b,c", None), limits=(None, far, far))
    rows = [("u", second, "ab"[second % 2]) for second in range(200_000)]
    assert counted(rows, asked) == [1, 1, 0]


@settings(max_examples=60, deadline=None)
@given(rows=logs, steps=chosen, window=st.sampled_from([None, 2, 5]))
def test_attempts_equal_a_walk_that_begins_anew(rows: list[Row], steps: str, window: int | None) -> None:
    asked = replace(spec(steps, window), counts_attempts=True)
    expected = [0, 0, 0]
    for log in ordered(rows, asked).values():
        step, opened = 0, 0
        for time, _, event in log:
            if step and window is not None and time - opened > window:
                step = 0
            if event in asked.steps[step].events:
                opened = time if step == 0 else opened
                expected[step] += 1
                step = (step + 1) % 3
    assert counted(rows, asked) == expected


def test_attempts_begin_anew_after_the_last_step() -> None:
    assert counted(one_log("abcabxa"), replace(spec("a,b,c", None), counts_attempts=True)) == [2, 2, 1]


@settings(max_examples=60, deadline=None)
@given(
    rows=logs, kinds=st.lists(st.sampled_from(["p", "q", None]), min_size=14, max_size=14),
    order=st.sampled_from(list(Order)), exclusion=st.sampled_from(list(Exclusion)),
)  # fmt: skip
def test_a_held_property_is_one_through_the_whole_funnel(
    rows: list[Row], kinds: list[str | None], order: Order, exclusion: Exclusion
) -> None:
    asked = spec("a,b,c", 5, order=order, excluded=("x",), exclusion=exclusion)
    groups: dict[tuple[str, str | None], list[tuple[int, str | None]]] = {}
    for (entity, time, event), kind in zip(rows, kinds, strict=False):
        groups.setdefault((entity, kind), []).append((time, event))
    levels: dict[str, list[int]] = {}
    for (entity, _), log in groups.items():
        levels.setdefault(entity, []).append(find_outcome(log, asked).level)
    best = [min(found) if min(found) < 0 else max(found) for found in levels.values()]
    held = replace(asked, held=("kind",))
    found = compute_funnel(event_set(rows, kinds[: len(rows)]), held)
    assert counts(found) == [sum(level > step for level in best) for step in range(3)]
    assert found.dropped == sum(level < 0 for level in best)


@settings(max_examples=60, deadline=None)
@given(
    rows=logs, values=st.lists(st.tuples(*[st.sampled_from(["p", "q", None])] * 3), min_size=14, max_size=14),
    order=st.sampled_from(list(Order)), held=st.sampled_from([("k",), ("k", "l"), ("m", "k", "l")]),
)  # fmt: skip
def test_up_to_three_properties_are_held_together(
    rows: list[Row], values: list[tuple[str | None, ...]], order: Order, held: tuple[str, ...]
) -> None:
    values = values[: len(rows)]
    columns = {name: pa.array([one[at] for one in values], pa.string()) for at, name in enumerate("klm")}
    table = pa.table(
        {
            "u": [row[0] for row in rows],
            "t": pa.array([row[1] for row in rows], pa.timestamp("s")),
            "e": [row[2] for row in rows],
            **columns,
        }
    )
    asked = spec("a,b,c", 5, order=order)
    groups: dict[tuple[str | None, ...], list[tuple[int, str | None]]] = {}
    for (entity, time, event), kinds in zip(rows, values, strict=True):
        groups.setdefault((entity, *(kinds["klm".index(name)] for name in held)), []).append((time, event))
    levels: dict[str | None, int] = {}
    for key, log in groups.items():
        levels[key[0]] = max(levels.get(key[0], 0), find_outcome(log, asked).level)
    events = build_event_set(table, entity="u", time="t", event="e", keep="klm")
    found = counts(compute_funnel(events, replace(asked, held=held)))
    assert found == [sum(level > step for level in levels.values()) for step in range(3)]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"limits": (None, None)}, "a limit for each step"),
        ({"limits": (None, dt.timedelta(0), None), "order": Order.ANY}, "in order"),
        ({"limits": (None, dt.timedelta(0), None), "order": Order.STRICT}, "in order"),
        ({"limits": (None, dt.timedelta(-1), None)}, "negative"),
        ({"counts_attempts": True, "order": Order.STRICT}, "in order"),
        ({"counts_attempts": True, "breakdown": "kind"}, "in order"),
        ({"held": tuple("wxyz")}, f"At most {MOST_HELD}"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        replace(spec("a,b,c"), **changed)  # type: ignore[arg-type]


def worth() -> EventSet:
    """Four deals: worth 10, 20.05, 30 and nothing known; begun on 30 and 31 January and on 1 and 9 February."""
    rows = [
        ("k", "2026-01-30", "a", "10.00"), ("k", "2026-02-02", "b", "99.00"), ("l", "2026-01-31", "a", "20.05"),
        ("m", "2026-02-01", "a", "30.00"), ("m", "2026-02-05", "b", "0.01"), ("n", "2026-02-09", "a", None),
    ]  # fmt: skip
    table = pa.table(
        {
            "u": [row[0] for row in rows],
            "t": pa.array([dt.datetime.fromisoformat(row[1]) for row in rows], pa.timestamp("us")),
            "e": [row[2] for row in rows],
            "v": pa.array([None if row[3] is None else Decimal(row[3]) for row in rows], pa.decimal128(9, 2)),
        }
    )
    return build_event_set(table, entity="u", time="t", event="e", value="v")


def test_money_counts_each_entity_with_its_first_amount() -> None:
    events, asked = worth(), spec("a,b", None)
    steps = count_money(events, asked, walk_funnel(events, asked))
    assert [(step.reached, step.lost) for step in steps] == [
        (Decimal("60.05"), Decimal("20.05")), (Decimal("40.00"), Decimal("0.00")),
    ]  # fmt: skip


def test_a_trend_is_by_the_start_and_marks_what_may_still_convert() -> None:
    events = worth()
    asked = FunnelSpec(steps=spec("a,b").steps, window=dt.timedelta(days=10))
    until = int(dt.datetime(2026, 2, 12, tzinfo=dt.UTC).timestamp()) * 1_000_000
    found = count_trend(
        events, asked, walk_funnel(events, asked), Period.MONTH, until=until, zone=ZoneInfo("America/New_York")
    )
    # Midnight of 1 February in UTC is still January in New York.
    assert [(one.label, one.entered, one.converted, one.is_complete) for one in found] == [
        ("2026-01", 3, 2, True), ("2026-02", 1, 0, False),
    ]  # fmt: skip
    assert sum(one.entered for one in found) == 4


def test_two_funnels_differ_beyond_chance_as_the_test_of_two_shares_says() -> None:
    def funnel(reached: dict[str, int]) -> EventSet:
        rows: list[Row] = [
            (f"{end}{number}", second, event)
            for end, count in reached.items()
            for number in range(count)
            for second, event in enumerate("abc"[: "abc".index(end) + 1])
        ]
        return event_set(rows)

    asked = spec("a,b,c")
    now, before = (
        compute_funnel(funnel(one), asked) for one in ({"a": 400, "b": 300, "c": 300}, {"a": 500, "b": 350, "c": 150})
    )
    changes = compare_funnels(now, before)
    assert [(one.name, one.before) for one in changes] == [("b", 0.5), ("c", 0.3), ("a to c", 0.15)]
    _, independent = proportions_ztest([300, 150], [1000, 1000])
    whole = changes[-1]
    assert whole.comparison is not None
    assert whole.comparison.difference == pytest.approx(0.15)
    assert whole.comparison.p_value == pytest.approx(independent, rel=0.2)
    # 600 of 1,000 against 500 of 1,000 got to b.
    assert changes[0].comparison is not None
    assert changes[0].comparison.p_value == pytest.approx(proportions_ztest([600, 500], [1000, 1000])[1], rel=0.2)
    assert all(one.p_value is not None and one.p_value < 0.05 for one in changes)


def test_a_funnel_of_nobody_is_compared_with_nothing() -> None:
    empty = compute_funnel(event_set([("u", 0, "x")]), spec("a,b"))
    assert [(one.before, one.comparison, one.p_value) for one in compare_funnels(empty, empty)] == [
        (None, None, None)
    ] * 2


def test_attempts_never_count_less_than_entities() -> None:
    rows = [("u", second, event) for second, event in enumerate("abab")]
    assert Counter(counted(rows, replace(spec("a,b", None), counts_attempts=True))) == Counter({2: 2})
    assert counted(rows, spec("a,b", None)) == [1, 1]
