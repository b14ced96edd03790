"""Lifecycle and stickiness by hand and against sets of days."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.behaviour import Period
from metrics.behaviour.lifecycle import Standing, find_presence
from tests.behaviour.logs import event_set

DAY = 86_400


@settings(max_examples=100, deadline=None)
@given(log=st.lists(st.tuples(st.sampled_from("uvw"), st.integers(0, 8 * DAY)), min_size=1, max_size=25))
def test_every_entity_stands_where_its_days_say(log: list[tuple[str, int]]) -> None:
    events = event_set([(entity, second, "e") for entity, second in log])
    days = {entity: {second // DAY for one, second in log if one == entity} for entity, _ in log}
    first, last = min(second // DAY for _, second in log), max(second // DAY for _, second in log)
    presence = find_presence(events, Period.DAY)
    assert presence is not None
    found = presence.lifecycle()
    assert [one.begins for one in found] == [dt.date(1970, 1, 1 + day) for day in range(first, last + 1)]
    names = events.entities.to_pylist()
    for place, (one, day) in enumerate(zip(found, range(first, last + 1), strict=True)):
        there = [seen for seen in days.values() if day in seen]
        assert one.new == sum(min(seen) == day for seen in there)
        assert one.returning == sum(day - 1 in seen for seen in there)
        assert one.resurrected == sum(min(seen) < day - 1 and day - 1 not in seen for seen in there)
        assert one.dormant == sum(day - 1 in seen and day not in seen for seen in days.values())
        gone = {name for name, seen in days.items() if day - 1 in seen and day not in seen}
        assert {names[number] for number in presence.members(Standing.DORMANT, place)} == gone
        for standing in Standing:
            assert presence.members(standing, place).size == one.count(standing)
    assert dict(zip(names, presence.days().tolist(), strict=True)) == {name: len(seen) for name, seen in days.items()}


def test_periods_reach_as_far_as_was_observed() -> None:
    events = event_set([("u", 3 * DAY, "e")])
    presence = find_presence(events, Period.DAY, since=2 * DAY * 10**6, until=(5 * DAY + 1) * 10**6)
    assert presence is not None
    assert [(one.begins.day, one.active, one.dormant) for one in presence.lifecycle()] == [
        (3, 0, 0), (4, 1, 0), (5, 0, 1), (6, 0, 0),
    ]  # fmt: skip


def test_no_events_have_no_periods() -> None:
    assert find_presence(event_set([]), Period.WEEK) is None
