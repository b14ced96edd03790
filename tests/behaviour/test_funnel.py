"""Funnels by hand: windows, ties, unions, repeats, exclusions, breakdowns, intervals, refusals."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from core.errors import InvalidError
from metrics.behaviour import EventSet, Exclusion, FunnelSpec, Order, build_event_set, compute_funnel, parse_window
from tests.behaviour.logs import Row, counted, counts, event_set, one_log, spec

Integers = npt.NDArray[np.int64]


@pytest.mark.parametrize(("last", "expected"), [(10, [1, 1]), (11, [1, 0])])
def test_the_last_moment_of_the_window_counts(last: int, expected: list[int]) -> None:
    assert counted([("u", 0, "a"), ("u", last, "b")], spec("a,b", 10)) == expected


def test_a_later_start_can_still_convert() -> None:
    assert counted([("u", 0, "a"), ("u", 50, "a"), ("u", 55, "b"), ("u", 60, "c")], spec("a,b,c", 10)) == [1, 1, 1]


def test_steps_of_one_chain_must_share_a_start() -> None:
    # b follows the first a in time and c follows the second b in time, but no start has both.
    assert counted([("u", 0, "a"), ("u", 9, "b"), ("u", 12, "c")], spec("a,b,c", 10)) == [1, 1, 0]


def test_events_of_the_same_moment_are_taken_in_the_order_of_the_steps() -> None:
    assert counted([("u", 5, "c"), ("u", 5, "b"), ("u", 5, "a")], spec("a,b,c", 10)) == [1, 1, 1]


def test_a_window_of_zero_means_the_same_moment() -> None:
    assert counted([("u", 5, "b"), ("u", 5, "a"), ("v", 5, "a"), ("v", 6, "b")], spec("a,b", 0)) == [2, 1]


def test_without_a_window_any_distance_counts() -> None:
    assert counted([("u", -(10**10), "a"), ("u", 10**10, "b")], spec("a,b", None)) == [1, 1]


def test_a_union_is_served_by_any_of_its_events() -> None:
    assert counted([("u", 1, "a"), ("u", 2, "b"), ("v", 1, "a"), ("v", 2, "c")], spec("a,b|c", 10)) == [2, 2]


@pytest.mark.parametrize(("log", "expected"), [("ab", [1, 1, 0]), ("aba", [1, 1, 1]), ("aab", [1, 1, 0])])
def test_a_repeated_step_needs_another_event(log: str, expected: list[int]) -> None:
    assert counted(one_log(log), spec("a,b,a")) == expected


@pytest.mark.parametrize("order", list(Order))
def test_a_copy_of_a_row_is_another_event_and_changes_no_funnel_without_repeats(order: Order) -> None:
    doubled: list[Row] = [row for row in one_log("ab") for _ in range(2)]
    # Strictly, the second copy of the first step is the one that b follows.
    assert counted(doubled, spec("a,b", order=order)) == [1, 1]
    assert counted(doubled, spec("a,a", order=order)) == [1, 1]


@pytest.mark.parametrize(("log", "expected"), [("axb", [1, 0]), ("axab", [1, 1]), ("ab", [1, 1]), ("xab", [1, 1])])
def test_strict_allows_nothing_between_but_every_start_is_tried(log: str, expected: list[int]) -> None:
    assert counted(one_log(log), spec("a,b", order=Order.STRICT)) == expected


def test_a_null_event_interrupts_a_strict_funnel_and_no_other() -> None:
    log: list[Row] = [("u", 1, "a"), ("u", 2, None), ("u", 3, "b")]
    assert counted(log, spec("a,b", order=Order.STRICT)) == [1, 0]
    assert counted(log, spec("a,b")) == [1, 1]


@pytest.mark.parametrize(("log", "expected"), [("cba", [1, 1, 1]), ("cb", [0, 0, 0]), ("ca", [1, 0, 0])])
def test_in_any_order_a_bar_has_done_its_step_and_those_before_it(log: str, expected: list[int]) -> None:
    assert counted(one_log(log), spec("a,b,c", order=Order.ANY)) == expected


def test_in_any_order_the_window_begins_with_the_earliest_of_the_events() -> None:
    assert counted([("u", 0, "c"), ("u", 6, "b"), ("u", 11, "a")], spec("a,b,c", 10, order=Order.ANY)) == [1, 1, 0]


def test_an_excluded_event_ends_the_attempt_and_a_new_start_may_convert() -> None:
    asked = spec("a,b", excluded=("x",))
    assert counted(one_log("axb"), asked) == [1, 0]
    assert counted(one_log("axab"), asked) == [1, 1]


@pytest.mark.parametrize(("log", "expected"), [("axab", [0, 0]), ("xab", [1, 1]), ("abx", [1, 1])])
def test_an_excluded_event_within_an_attempt_takes_the_entity_out(log: str, expected: list[int]) -> None:
    asked = spec("a,b", excluded=("x",), exclusion=Exclusion.DROP)
    assert counted(one_log(log), asked) == expected


def test_an_excluded_event_after_the_window_drops_nobody() -> None:
    rows: list[Row] = [("u", 0, "a"), ("u", 11, "x")]
    result = compute_funnel(event_set(rows), spec("a,b", 10, excluded=("x",), exclusion=Exclusion.DROP))
    assert (counts(result), result.dropped) == ([1, 0], 0)


def test_times_are_of_the_latest_start_and_the_first_event_of_each_step() -> None:
    result = compute_funnel(event_set(one_log("a a  b b c")), spec("a,b,c"))
    assert [step.median_s for step in result.steps] == [0, 3, 7]
    assert [step.step_median_s for step in result.steps] == [0, 3, 4]


def test_the_ninetieth_percentile_lies_between_the_waits() -> None:
    rows: list[Row] = [row for n in range(11) for row in ((f"u{n}", 0, "a"), (f"u{n}", n, "b"))]
    assert compute_funnel(event_set(rows), spec("a,b", 10)).steps[1].p90_s == pytest.approx(9)


def test_rates_are_of_the_first_step_and_of_the_one_before() -> None:
    rows = [
        (f"{n}", second, event) for n, log in enumerate(["a", "a", "ab", "abc"]) for second, event in enumerate(log)
    ]
    result = compute_funnel(event_set(rows), spec("a,b,c"))
    assert [step.rate for step in result.steps] == [1, 0.5, 0.25]
    assert [step.step_rate for step in result.steps] == [1, 0.5, 0.5]


def test_intervals_are_the_published_wilson_bounds() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 gives 0.2553 to 0.3662.
    rows: list[Row] = [(f"{n}", 0, "a") for n in range(263)]
    rows += [(f"{n}", 1, "b") for n in range(81)]
    assert compute_funnel(event_set(rows), spec("a,b")).steps[1].interval == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_a_step_that_nothing_serves_counts_zero_and_is_named() -> None:
    result = compute_funnel(event_set(one_log("ab")), spec("a,bb"))
    assert counts(result) == [1, 0]
    assert result.notes == ("No event is called 'bb'. Did you mean b?",)


def test_shares_of_nobody_are_undefined() -> None:
    first, second = compute_funnel(event_set([]), spec("a,b")).steps
    assert (first.count, first.rate, first.interval, second.rate, second.median_s) == (0, None, None, None, None)


def test_the_values_beyond_the_top_are_shown_together() -> None:
    rows: list[Row] = [(f"u{n}", 0, "a") for n in range(6)]
    rows.append(("u5", 1, "b"))
    kinds = ["X", "X", "X", "Y", "Y", "Z", None]
    result = compute_funnel(event_set(rows, kinds), spec("a,b", breakdown="kind", top=2))
    assert [(one.label, [step.count for step in one.steps]) for one in result.segments] == [
        ("X", [3, 0]), ("Y", [2, 0]), ("(other)", [1, 1]),
    ]  # fmt: skip


def test_a_step_that_came_too_early_has_no_part_in_the_breakdown() -> None:
    # The first c of v comes before any a; the row that begins its chain is its own.
    rows: list[Row] = [*((f"u{n}", second, event) for n in range(3) for second, event in enumerate("abc"))]
    rows += [("v", second, event) for second, event in enumerate("cabc")]
    kinds = [*(["X"] * 9), "Y", "Y", "Z", "Z"]
    asked = replace(spec("a,b,c", breakdown="kind"), has_times=False)
    result = compute_funnel(event_set(rows, kinds), asked)
    assert {one.label: [step.count for step in one.steps] for one in result.segments} == {
        "X": [3, 3, 3], "Y": [1, 1, 1],
    }  # fmt: skip


def test_a_missing_value_has_a_label_that_no_value_has() -> None:
    rows: list[Row] = [("u", 0, "a"), ("v", 0, "a")]
    result = compute_funnel(event_set(rows, ["(none)", None]), spec("a,b", breakdown="kind"))
    assert sorted(one.label for one in result.segments) == ["((none))", "(none)"]


def test_fifty_thousand_values_of_a_breakdown_add_up() -> None:
    rows: list[Row] = [(f"u{n}", 0, "a") for n in range(50_000)]
    result = compute_funnel(event_set(rows, [f"v{n}" for n in range(50_000)]), spec("a,b", breakdown="kind"))
    assert len(result.segments) == 26
    assert sum(one.steps[0].count for one in result.segments) == 50_000


def test_the_table_has_a_row_for_each_segment_and_step() -> None:
    result = compute_funnel(event_set(one_log("ab"), ["X", "Y"]), spec("a,b", breakdown="kind"))
    assert result.table().column("segment").to_pylist() == [None, None, "X", "X"]
    assert result.table().column("count").to_pylist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: spec("a"), "2 to 20 steps; this one has 1"),
        (lambda: spec(",".join("abcdefghijklmnopqrstu")), "this one has 21"),
        (lambda: spec("a,|b"), "names no event"),
        (lambda: spec("a,b", -1), "cannot be negative"),
        (lambda: spec("a,b", excluded=("b",)), "'b' is a step and excluded"),
        (lambda: spec("a|b,b", order=Order.ANY), "'b' could serve 'a|b' or 'b'"),
        (lambda: spec("a,b", breakdown="kind", top=0), "At least one value"),
        (lambda: parse_window("30"), "is not a conversion window"),
        (lambda: parse_window("-1d"), "is not a conversion window"),
        (lambda: compute_funnel(event_set([]), spec("a,b", breakdown="kin")), "There is no column 'kin'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(build: object, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason.replace("|", r"\|")):
        build()  # type: ignore[operator]


def test_twenty_steps_are_counted() -> None:
    letters = "abcdefghijklmnopqrst"
    assert counted(one_log(letters), spec(",".join(letters), 60)) == [1] * 20


def alternating(entities: Integers, seconds: Integers) -> EventSet:
    """Events a, b, a, b, ... of the given entities and seconds."""
    events = pa.DictionaryArray.from_arrays(pa.array(np.arange(entities.size) % 2), ["a", "b"])
    table = pa.table({"u": entities, "t": pa.array(seconds).cast(pa.timestamp("s")), "e": events})
    return build_event_set(table, entity="u", time="t", event="e")


@pytest.mark.parametrize("order", list(Order))
def test_one_entity_with_very_many_events_is_one_entity(order: Order) -> None:
    rows = np.arange(2_000_000)
    events = alternating(np.zeros_like(rows), rows)
    assert counted_in(events, spec("a,b,c", None, order=order)) == [1, 1, 0]


def test_very_many_events_of_one_moment_are_counted() -> None:
    # The rows are taken in the order of the steps: all a, then all b, so that no second a follows.
    rows = np.zeros(200_000, np.int64)
    assert counted_in(alternating(rows, rows), spec("a,b,a")) == [1, 1, 0]


def test_several_threads_count_what_one_counts() -> None:
    # Above a million rows the entities are split among threads.
    rows = np.arange(1_200_000)
    assert counted_in(alternating(rows // 2, rows), spec("a,b")) == [600_000, 600_000]


def counted_in(events: EventSet, asked: FunnelSpec) -> list[int]:
    return counts(compute_funnel(events, asked))
