"""The kernel against nested loops, on random small logs, for every option."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from metrics.behaviour import Exclusion, FunnelSpec, Order, compute_funnel
from tests.behaviour.logs import Row, counts, event_set, spec
from tests.behaviour.oracle import Outcome, find_outcome

STEPS = ("a,b", "a,b,c", "a,b,a", "a,a,b", "a|b,c", "c,a|b,d", "a,b,c,d")
OVERLAPPING = ("a|b,b,c", "a,a|b,b|c")

rows = st.lists(
    st.tuples(
        st.sampled_from("uv"), st.integers(0, 9), st.sampled_from(["a", "a", "b", "b", "c", "c", "d", "x", None])
    ),
    max_size=12,
)
windows = st.sampled_from([0, 1, 3, 8, None])


def outcomes(log: list[Row], asked: FunnelSpec) -> list[Outcome]:
    by_entity = defaultdict(list)
    for entity, second, event in log:
        by_entity[entity].append((second, event))
    return [find_outcome(events, asked) for events in by_entity.values()]


@pytest.mark.parametrize("order", [Order.ORDERED, Order.STRICT])
@pytest.mark.parametrize("exclusion", list(Exclusion))
@settings(max_examples=100, deadline=None)
@given(log=rows, window=windows, steps=st.sampled_from(STEPS + OVERLAPPING), excluded=st.sampled_from([(), ("x",)]))
def test_counts_and_times_equal_nested_loops(
    order: Order, exclusion: Exclusion, log: list[Row], window: int | None, steps: str, excluded: tuple[str, ...]
) -> None:
    asked = spec(steps, window, order=order, excluded=excluded, exclusion=exclusion)
    check(log, asked)


@pytest.mark.parametrize("order", [Order.ANY, Order.ANCHORED])
@pytest.mark.parametrize("exclusion", list(Exclusion))
@settings(max_examples=60, deadline=None)
@given(log=rows, window=windows, steps=st.sampled_from(STEPS), excluded=st.sampled_from([(), ("x",)]))
def test_counts_and_times_in_any_order_equal_all_choices_of_events(
    order: Order, exclusion: Exclusion, log: list[Row], window: int | None, steps: str, excluded: tuple[str, ...]
) -> None:
    check(log, spec(steps, window, order=order, excluded=excluded, exclusion=exclusion))


def check(log: list[Row], asked: FunnelSpec) -> None:
    found = compute_funnel(event_set(log), asked)
    expected = outcomes(log, asked)
    assert counts(found) == [sum(one.level > step for one in expected) for step in range(len(found.steps))]
    # Without times, ordered funnels are counted by a kernel of their own, or from an index.
    for is_indexed in (False, True):
        events = event_set(log, is_indexed=is_indexed)
        assert counts(compute_funnel(events, replace(asked, has_times=False))) == counts(found)
    assert found.dropped == sum(one.level < 0 for one in expected)
    for number, step in enumerate(found.steps):
        waits = sorted(one.since_first[number] for one in expected if one.level > number)
        middle = len(waits) // 2
        median = None if not waits else (waits[middle] + waits[-middle - 1]) / 2
        assert step.median_s == pytest.approx(median)


@example(log=[("u", 0, "a")] * 4, kinds=["A", "A", "A", "B", *"AAAAAAAA"], order=Order.ORDERED, window=0, steps="a,b")
@settings(max_examples=100, deadline=None)
@given(
    log=rows,
    kinds=st.lists(st.sampled_from(["A", "B", None]), min_size=12, max_size=12),
    order=st.sampled_from(list(Order)),
    window=windows,
    steps=st.sampled_from(STEPS),
)
def test_breakdown_takes_the_value_at_the_first_step_of_the_deepest_chain(
    log: list[Row], kinds: list[str | None], order: Order, window: int | None, steps: str
) -> None:
    kinds = kinds[: len(log)]
    asked = spec(steps, window, order=order, breakdown="kind")
    found = compute_funnel(event_set(log, kinds), asked)
    without_times = compute_funnel(event_set(log, kinds), replace(asked, has_times=False))
    assert without_times.segments == found.segments
    expected: dict[str, list[int]] = {}
    for entity in {row[0] for row in log}:
        mine = [number for number, row in enumerate(log) if row[0] == entity]
        outcome = find_outcome([(log[number][1], log[number][2]) for number in mine], asked)
        if outcome.first_row is not None:
            kind = kinds[mine[outcome.first_row]] or "(none)"
            reached = expected.setdefault(kind, [0] * len(asked.steps))
            for step in range(outcome.level):
                reached[step] += 1
    assert {one.label: [step.count for step in one.steps] for one in found.segments} == expected


@settings(max_examples=100, deadline=None)
@given(log=rows, window=windows, steps=st.sampled_from(("a,b", "a,b,c", "d,c,b,a", "b,z,a")), data=st.data())
def test_breakdown_by_what_belongs_to_the_entity_is_the_same_from_an_index(
    log: list[Row], window: int | None, steps: str, data: st.DataObject
) -> None:
    owned = {entity: data.draw(st.sampled_from(["A", "B", None])) for entity in "uv"}
    kinds = [owned[row[0]] for row in log]
    asked = replace(spec(steps, window, breakdown="kind"), has_times=False)
    found = compute_funnel(event_set(log, kinds, is_indexed=True), asked)
    assert found == compute_funnel(event_set(log, kinds), asked)
    for kind in {owned[row[0]] for row in log}:
        part = outcomes([row for row in log if owned[row[0]] == kind], asked)
        expected = [sum(one.level > step for one in part) for step in range(len(asked.steps))]
        shown = {one.label: [step.count for step in one.steps] for one in found.segments}
        assert shown.get(kind or "(none)", [0] * len(asked.steps)) == expected


@settings(max_examples=100, deadline=None)
@given(log=rows, window=windows, steps=st.sampled_from(STEPS), excluded=st.sampled_from([(), ("x",)]))
def test_a_funnel_never_grows_and_strict_is_within_ordered_within_any(
    log: list[Row], window: int | None, steps: str, excluded: tuple[str, ...]
) -> None:
    events = event_set(log)
    strict, ordered, unordered = (
        counts(compute_funnel(events, spec(steps, window, order=order, excluded=excluded)))
        for order in (Order.STRICT, Order.ORDERED, Order.ANY)
    )
    for found in (strict, ordered, unordered):
        assert found == sorted(found, reverse=True)
    assert all(s <= o <= u for s, o, u in zip(strict, ordered, unordered, strict=True))


@settings(max_examples=60, deadline=None)
@given(log=rows, window=windows, steps=st.sampled_from(STEPS), order=st.sampled_from(list(Order)), data=st.data())
def test_the_order_of_the_file_changes_nothing(
    log: list[Row], window: int | None, steps: str, order: Order, data: st.DataObject
) -> None:
    asked = spec(steps, window, order=order)
    shuffled = data.draw(st.permutations(log))
    assert counts(compute_funnel(event_set(shuffled), asked)) == counts(compute_funnel(event_set(log), asked))
