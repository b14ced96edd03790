"""Times to convert against the statistics of Python, and by hand."""

from statistics import mean, quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.behaviour import Order, walk_funnel
from metrics.behaviour.convert_time import MOST_BINS, distribute_times
from tests.behaviour.logs import event_set, one_log, spec


@settings(max_examples=60, deadline=None)
@given(waits=st.lists(st.integers(0, 90_000_000), min_size=2, max_size=12))
def test_mean_percentiles_and_bins_are_those_of_the_waits(waits: list[int]) -> None:
    rows = [row for at, wait in enumerate(waits) for row in ((f"u{at}", 0, "a"), (f"u{at}", wait, "b"))]
    found = distribute_times(walk_funnel(event_set(rows), spec("a,b", None)), 1)
    assert found.count == len(waits)
    assert found.mean_s == pytest.approx(mean(waits))
    assert list(found.percentiles_s) == [0.25, 0.5, 0.75, 0.9]
    assert [found.percentiles_s[share] for share in (0.25, 0.5, 0.75)] == pytest.approx(
        quantiles(waits, n=4, method="inclusive")
    )
    assert len(found.bins) <= MOST_BINS
    assert [one.count for one in found.bins] == [
        sum(one.begins_s <= wait < one.ends_s for wait in waits) for one in found.bins
    ]
    assert sum(one.count for one in found.bins) == len(waits)


def test_times_since_the_step_before_and_of_nobody() -> None:
    walk = walk_funnel(event_set(one_log("a  b    c")), spec("a,b,c", None))
    assert [distribute_times(walk, 2, since_previous=one).mean_s for one in (False, True)] == [8, 5]
    nobody = distribute_times(walk_funnel(event_set(one_log("a")), spec("a,b")), 1, percentiles=(0.5,))
    assert (nobody.count, nobody.mean_s, nobody.percentiles_s, nobody.bins) == (0, None, {0.5: None}, ())


def test_what_is_no_time_or_share_is_refused() -> None:
    walk = walk_funnel(event_set(one_log("ab")), spec("a,b", order=Order.ANY))
    with pytest.raises(InvalidError, match="no step before"):
        distribute_times(walk, 1, since_previous=True)
    with pytest.raises(InvalidError, match="between 0 and 1"):
        distribute_times(walk, 1, percentiles=(90,))
