"""Flows and transitions by hand and against loops over single logs."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.behaviour.paths import FlowSpec, Side, count_transitions, entities_through, find_flows
from tests.behaviour.logs import Row, event_set


def logs(text: str) -> list[Row]:
    return [(str(who), second, event) for who, word in enumerate(text.split()) for second, event in enumerate(word)]


def flows(text: str, asked: FlowSpec) -> list[tuple[int, str, str, int]]:
    return [(one.step, one.source, one.target, one.count) for one in find_flows(event_set(logs(text)), asked)]


def test_flows_after_the_first_anchor_with_loops_collapsed() -> None:
    found = flows("xabbc abd bb", FlowSpec(anchor="a", depth=2))
    assert found == [(0, "a", "b", 2), (1, "b", "c", 1), (1, "b", "d", 1)]


def test_flows_before_the_last_anchor_are_traced_back() -> None:
    assert flows("bca", FlowSpec(anchor="a", side=Side.BEFORE)) == [
        (0, "a", "c", 1), (1, "c", "b", 1), (2, "b", "(end)", 1),
    ]  # fmt: skip


def test_flows_between_two_events_follow_only_those_who_get_there() -> None:
    assert flows("abz acx", FlowSpec(anchor="a", until="z")) == [(0, "a", "b", 1), (1, "b", "z", 1)]


def test_rare_events_are_others_and_groups_share_a_name() -> None:
    found = flows("ab ab ac ad", FlowSpec(anchor="a", depth=1, least_share=0.5))
    assert found == [(0, "a", "(other)", 2), (0, "a", "b", 2)]
    assert flows("ab ac", FlowSpec(anchor="a", depth=1, groups={"b": "g", "c": "g"})) == [(0, "a", "g", 2)]


rows = st.lists(
    st.tuples(st.sampled_from("uvw"), st.integers(0, 30), st.sampled_from(["a", "b", "c", None])), max_size=25
)


def by_entity(log: list[Row]) -> list[list[str | None]]:
    found = defaultdict(list)
    for entity, second, event in sorted(log, key=lambda row: row[1]):
        found[entity].append((second, event))
    return [[event for _, event in events] for events in found.values()]


@settings(max_examples=100, deadline=None)
@given(log=rows)
def test_transitions_equal_a_loop_over_neighbours(log: list[Row]) -> None:
    expected = Counter(
        (one, other)
        for events in by_entity(log)
        for one, other in pairwise(events)
        if one is not None and other is not None
    )
    assert count_transitions(event_set(log)) == dict(expected)


@settings(max_examples=100, deadline=None)
@given(log=rows, depth=st.integers(1, 4))
def test_every_entity_with_an_anchor_leaves_it_once_and_no_step_grows(log: list[Row], depth: int) -> None:
    found = find_flows(event_set(log), FlowSpec(anchor="a", depth=depth))
    sizes = [sum(one.count for one in found if one.step == step) for step in range(depth)]
    assert sizes[0] == sum("a" in events for events in by_entity(log))
    assert sizes == sorted(sizes, reverse=True)


def walk_of(names: list[str], asked: FlowSpec) -> list[str]:
    """The way of one entity, by hand: from the anchor on, event by event."""
    names = names[::-1] if asked.side is Side.BEFORE else names
    way: list[str] = []
    for name in names[names.index(asked.anchor) :] if asked.anchor in names else []:
        if len(way) > asked.depth or (len(way) > 1 and way[-1] == asked.until):
            break
        if not (asked.is_collapsed and way and way[-1] == name):
            way.append(name)
    if asked.until is not None:
        return way if way and way[-1] == asked.until else []
    return [*way, "(end)"] if 0 < len(way) <= asked.depth else way


@settings(max_examples=200, deadline=None)
@given(
    log=rows,
    asked=st.builds(
        FlowSpec, anchor=st.sampled_from("abg"), side=st.sampled_from(list(Side)),
        until=st.sampled_from([None, None, "a", "b", "c"]), depth=st.integers(1, 4),
        least_share=st.sampled_from([0, 0, 0.4, 0.7]), groups=st.sampled_from([{}, {"b": "g", "c": "g"}]),
        is_collapsed=st.booleans(),
    ),
)  # fmt: skip
def test_flows_equal_a_loop_over_each_log(log: list[Row], asked: FlowSpec) -> None:
    events = event_set(log)
    named = [[asked.groups.get(event, event) for event in one if event is not None] for one in by_entity(log)]
    ways = [way for names in named if (way := walk_of(names, asked))]
    reached = Counter((step, name) for way in ways for step, name in enumerate(way))
    shown = [
        [
            name if step == 0 or reached[step, name] >= asked.least_share * len(ways) else "(other)"
            for step, name in enumerate(way)
        ]
        for way in ways
    ]
    expected = Counter((step, *pair) for way in shown for step, pair in enumerate(pairwise(way)))
    found = find_flows(events, asked)
    assert {(one.step, one.source, one.target): one.count for one in found} == expected
    assert [one.step for one in found] == sorted(one.step for one in found)
    for step, name in {(step, name) for way in shown for step, name in enumerate(way)}:
        through = entities_through(events, asked, step, name)
        assert len(through) == sum(len(way) > step and way[step] == name for way in shown)


def test_impossible_flows_are_refused() -> None:
    with pytest.raises(InvalidError, match="1 to 20 steps"):
        FlowSpec(anchor="a", depth=0)
    with pytest.raises(InvalidError, match="between 0 and 1"):
        FlowSpec(anchor="a", least_share=1)
