"""The value axis: nice numbers, honest ranges, one way of writing for all ticks of an axis."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.ticks import nice_step, tick_texts, value_scale

# Written down by hand: span, most parts, the smallest of 1, 2, 2.5, 5 x 10^n that does it.
STEPS = [(10, 5, 2), (11, 5, 2.5), (1, 5, 0.2), (24_600, 5, 5_000), (100, 4, 25), (3, 1, 5), (0.00012, 5, 0.000025)]


@pytest.mark.parametrize(("span", "count", "step"), STEPS)
def test_the_step_is_the_smallest_nice_number_that_is_large_enough(span: float, count: int, step: float) -> None:
    assert nice_step(span, count) == pytest.approx(step, rel=1e-12)


def test_bars_start_at_zero() -> None:
    scale = value_scale([900.0, 1000.0], is_from_zero=True)
    assert scale.low == 0
    assert scale.ticks[0] == 0


def test_a_line_far_from_zero_leaves_zero_out() -> None:
    scale = value_scale([2.02e6, 2.78e6], is_from_zero=False)
    assert scale.ticks == (2_000_000.0, 2_200_000.0, 2_400_000.0, 2_600_000.0, 2_800_000.0)
    assert scale.low > 1.9e6


def test_a_line_that_comes_near_zero_includes_it() -> None:
    assert value_scale([0.4, 1.0], is_from_zero=False).low == 0
    assert value_scale([-0.4, -1.0], is_from_zero=False).high == 0


def test_equal_values_get_a_range_that_includes_zero() -> None:
    scale = value_scale([5.0, 5.0], is_from_zero=False)
    assert scale.low == 0 < 5 < scale.high


def test_zeros_alone_get_a_range() -> None:
    scale = value_scale([0.0], is_from_zero=True)
    assert (scale.low, scale.high > 0) == (0, True)


@pytest.mark.parametrize("is_from_zero", [True, False])
@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_any_values_lie_in_their_range_and_ticks_are_even(values: list[float], *, is_from_zero: bool) -> None:
    scale = value_scale(values, is_from_zero=is_from_zero)
    assert scale.low < scale.high
    assert all(-1e-9 <= scale.share(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(scale.ticks) <= 7
    gaps = [later - earlier for earlier, later in itertools.pairwise(scale.ticks)]
    assert all(math.isclose(gap, gaps[0], rel_tol=1e-6) for gap in gaps)
    assert len(tick_texts(scale, None)) == len(scale.ticks)


def test_ticks_of_money_share_scale_and_decimals() -> None:
    scale = value_scale([2.02e6, 2.78e6], is_from_zero=False)
    assert tick_texts(scale, "USD") == tuple(f"${text}\u202fM" for text in ("2.0", "2.2", "2.4", "2.6", "2.8"))


def test_ticks_of_a_ratio_are_per_cent() -> None:
    assert tick_texts(value_scale([0.0, 0.3], is_from_zero=True), "ratio") == tuple(
        f"{number}\u202f%" for number in (0, 10, 20, 30)
    )


def test_a_noun_stands_on_the_last_tick_only() -> None:
    texts = tick_texts(value_scale([0.0, 31.0], is_from_zero=True), "days")
    assert texts == ("0", "10", "20", "30\u202fdays")


def test_negative_ticks_have_a_real_minus_and_zero_has_no_scale() -> None:
    texts = tick_texts(value_scale([-4000.0, 4000.0], is_from_zero=True), "EUR")
    assert texts == ("\u2212€4\u202fk", "\u2212€2\u202fk", "€0", "€2\u202fk", "€4\u202fk")


def test_ticks_too_close_for_three_decimals_are_written_in_full() -> None:
    texts = tick_texts(value_scale([1_000_000.0, 1_000_004.0], is_from_zero=False), None)
    assert "1,000,002" in texts
    assert len(set(texts)) == len(texts)
