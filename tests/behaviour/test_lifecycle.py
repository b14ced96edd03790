"""Lifecycle and stickiness by hand and against sets of days."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.behaviour import Period
from metrics.behaviour.lifecycle import count_lifecycle, count_stickiness
from tests.behaviour.logs import event_set

DAY = 86_400


@settings(max_examples=100, deadline=None)
@given(log=st.lists(st.tuples(st.sampled_from("uvw"), st.integers(0, 8 * DAY)), min_size=1, max_size=25))
def test_every_entity_stands_where_its_days_say(log: list[tuple[str, int]]) -> None:
    events = event_set([(entity, second, "e") for entity, second in log])
    days = {entity: {second // DAY for one, second in log if one == entity} for entity, _ in log}
    first, last = min(second // DAY for _, second in log), max(second // DAY for _, second in log)
    found = count_lifecycle(events, Period.DAY)
    assert [one.begins for one in found] == [dt.date(1970, 1, 1 + day) for day in range(first, last + 1)]
    for one, day in zip(found, range(first, last + 1), strict=True):
        there = [seen for seen in days.values() if day in seen]
        assert one.new == sum(min(seen) == day for seen in there)
        assert one.returning == sum(day - 1 in seen for seen in there)
        assert one.resurrected == sum(min(seen) < day - 1 and day - 1 not in seen for seen in there)
        assert one.dormant == sum(day - 1 in seen and day not in seen for seen in days.values())
    sizes = [len(seen) for seen in days.values()]
    assert count_stickiness(events, Period.DAY) == {size: sizes.count(size) for size in sorted(set(sizes))}


def test_no_events_have_no_periods() -> None:
    events = event_set([])
    assert (count_lifecycle(events, Period.WEEK), count_stickiness(events, Period.WEEK)) == ((), {})
